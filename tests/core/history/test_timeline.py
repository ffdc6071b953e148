"""A conversation over time: lanes, bars and the list of segments."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings

from desktop_app.core.genesys import wire
from desktop_app.core.history.conversation import wanted_names
from desktop_app.core.history.timeline import Bar, BarKind, Lane, read_timeline, segments
from tests.core.history.conversations import (
    CALLER,
    Json,
    acd,
    agent,
    alert,
    conversation,
    customer,
    ivr,
    ms,
    names,
    party,
    segment,
    session,
    talk,
)
from tests.core.history.random_wire import conversations

NOW = ms(500)


def wrapup(start: float, end: float) -> Json:
    return segment("wrapup", start, end, wrapUpCode="w-refund", queueId="q-bill")


def consult_transfer() -> wire.Conversation:
    """Ana talks, asks Łukasz during a hold, and hands over; Łukasz's session is one segment."""
    return conversation(
        customer(100),
        ivr(10),
        acd(10, 30),
        agent(alert(25, 30), talk(30, 50), segment("hold", 50, 70, "consultTransfer"),
              wrapup(70, 80)),
        agent(talk(55, 100), user="u-zak"),
    )  # fmt: skip


def lanes(*parties: Json) -> tuple[Lane, ...]:
    return read_timeline(conversation(*parties), names, NOW).lanes


def spans(lane: Lane) -> list[tuple[BarKind, float, float]]:
    return [
        (bar.kind, (bar.start_ms - ms(0)) / 1000, (bar.end_ms - ms(0)) / 1000) for bar in lane.bars
    ]


def test_lanes_come_in_the_order_in_which_parties_appear() -> None:
    timeline = read_timeline(consult_transfer(), names, NOW)
    assert [lane.title for lane in timeline.lanes] == [
        "Customer", "IVR Main", "Billing", "Ana Ruiz", "Łukasz Żak",
    ]  # fmt: skip
    assert (timeline.start_ms, timeline.end_ms) == (ms(0), ms(100))
    assert len({lane.key for lane in timeline.lanes}) == 5


def test_bars_are_what_the_party_did() -> None:
    timeline = read_timeline(consult_transfer(), names, NOW)
    assert [spans(lane) for lane in timeline.lanes] == [
        [(BarKind.CUSTOMER, 0, 100)],
        [(BarKind.IVR, 0, 10)],
        [(BarKind.QUEUE, 10, 30)],
        [(BarKind.ALERT, 25, 30), (BarKind.TALK, 30, 50), (BarKind.HOLD, 50, 70),
         (BarKind.WRAPUP, 70, 80)],
        [(BarKind.CONSULT, 55, 70), (BarKind.TALK, 70, 100)],
    ]  # fmt: skip
    assert [bar.label for bar in timeline.lanes[3].bars] == [
        "Alert", "Talk", "Hold", "Wrap-up: Refund",
    ]  # fmt: skip


def test_a_consult_that_is_its_own_session() -> None:
    first = agent(talk(30, 50), segment("hold", 50, 60), talk(60, 100))
    first["sessions"].append(session(talk(50, 60, "client"), sessionId="s-asks"))
    asked = agent(talk(50, 60, "client"), user="u-zak", sessionId="s-asked", peerId="s-asks")
    ana, zak = lanes(customer(), first, asked)[1:]
    assert spans(zak) == [(BarKind.CONSULT, 50, 60)]
    assert (BarKind.CONSULT, 50, 60) in spans(ana)


def test_a_consulted_outside_party_has_a_lane_of_its_own() -> None:
    other = party("external", session(talk(50, 60), remote="tel:+15550100"), participantName="")
    asking = agent(talk(30, 100), metrics={"nConsult": 1})
    outside = lanes(customer(), asking, other)[-1]
    assert (outside.title, spans(outside)) == ("+15550100", [(BarKind.CONSULT, 50, 60)])


def test_a_conference_is_talk() -> None:
    asking = agent(talk(30, 100), metrics={"nConsult": 1})
    zak = lanes(customer(), asking, agent(talk(50, 90, conference=True), user="u-zak"))[-1]
    assert spans(zak) == [(BarKind.TALK, 50, 90)]


def test_the_same_agent_and_the_same_queue_share_a_lane() -> None:
    found = lanes(
        acd(60, 70), acd(10, 20), agent(talk(70, 80)), agent(talk(20, 30)),
    )  # fmt: skip
    assert [(lane.title, len(lane.bars)) for lane in found] == [("Billing", 2), ("Ana Ruiz", 2)]
    assert spans(found[1]) == [(BarKind.TALK, 20, 30), (BarKind.TALK, 70, 80)]


def test_what_is_open_lasts_until_now_and_not_before_its_start() -> None:
    told = conversation(agent(talk(30, None, "")), end=None)
    for now, end in ((ms(500), ms(500)), (ms(10), ms(30))):
        timeline = read_timeline(told, names, now)
        assert timeline.lanes[0].bars == (Bar(BarKind.TALK, ms(30), end, "Talk", is_open=True),)
        assert timeline.end_ms == end


def test_zero_length_bars_and_gaps_stay() -> None:
    (lane,) = lanes(agent(alert(10, 10), talk(10, 20), talk(25, 30)))
    assert spans(lane) == [(BarKind.TALK, 10, 20), (BarKind.ALERT, 10, 10), (BarKind.TALK, 25, 30)]


def test_an_error_is_a_mark_where_it_happened() -> None:
    code = "error.ininedgecontrol.session.inactive"
    (lane,) = lanes(agent(talk(10, 20, "error", errorCode=code)))
    assert lane.bars[1] == Bar(BarKind.ERROR, ms(20), ms(20), "Error: session inactive")


def test_bars_that_start_together_come_longest_first() -> None:
    person = agent(segment("dialing", 10, 12), segment("hold", 10, 30))
    assert [kind for kind, *_ in spans(lanes(person)[0])] == [BarKind.HOLD, BarKind.ALERT]


def test_other_parties_and_kinds_have_words() -> None:
    found = lanes(
        party("voicemail", session(segment("interact", 0, 9)), participantName="not a name"),
        agent(segment("monitoring", 10, 20), purpose="user"),
        agent(segment("dialing", 21, 22), user="u-zak"),
        party("fax", session(segment("transmitting", 30, 40)), participantId="p-fax"),
        party("group", session(segment("newKind", 50, 60)), participantName="Sales desk"),
    )
    assert [(lane.title, lane.bars[0].kind, lane.bars[0].label) for lane in found] == [
        ("Voicemail", BarKind.OTHER, "Voicemail"),
        ("Ana Ruiz", BarKind.OTHER, "Monitoring"),
        ("Łukasz Żak", BarKind.ALERT, "Dialling"),
        ("Fax", BarKind.OTHER, "Transmitting"),
        ("Sales desk", BarKind.OTHER, "New kind"),
    ]


def test_nothing_is_an_empty_timeline() -> None:
    timeline = read_timeline(wire.Conversation(), names, NOW)
    assert (timeline.start_ms, timeline.end_ms, timeline.lanes) == (NOW, NOW, ())
    assert segments(wire.Conversation(), names) == []


def test_segments_as_rows() -> None:
    rows = segments(consult_transfer(), names)
    assert [
        (row.start_ms - ms(0), row.who, row.label, row.length_ms, row.queue, row.end_words)
        for row in rows
    ] == [
        (0, "Customer", "Connected", 100_000, "", "Endpoint"),
        (0, "IVR Main", "IVR", 10_000, "", "Transfer"),
        (10_000, "Billing", "Queue", 20_000, "Billing", "Transfer"),
        (25_000, "Ana Ruiz", "Alert", 5_000, "Billing", ""),
        (30_000, "Ana Ruiz", "Talk", 20_000, "Billing", "Peer"),
        (50_000, "Ana Ruiz", "Hold", 20_000, "", "Consult transfer"),
        (55_000, "Łukasz Żak", "Consult", 15_000, "Billing", ""),
        (70_000, "Ana Ruiz", "Wrap-up", 10_000, "Billing", "Refund"),
        (70_000, "Łukasz Żak", "Talk", 30_000, "Billing", "Peer"),
    ]


def test_an_open_segment_has_no_length_yet() -> None:
    (row,) = segments(conversation(agent(talk(30, None, "")), end=None), names)
    assert (row.length_ms, row.kind, row.end_words) == (None, BarKind.TALK, "")


def test_a_queue_without_a_known_name_is_called_what_its_participant_is_called() -> None:
    waits = session(segment("interact", 10, 20, queueId="q-?"))
    rows = segments(conversation(party("acd", waits, participantName="Old queue")), names)
    assert [(row.who, row.queue) for row in rows] == [("Old queue", "Old queue")]


def test_reprs_hold_nothing_of_the_customers() -> None:
    timeline = read_timeline(conversation(customer()), names, NOW)
    assert CALLER[4:] not in repr(timeline) + repr(timeline.lanes[0])
    assert "Customer" not in repr(segments(conversation(customer()), names))


def test_a_segment_of_a_blank_type_has_a_label() -> None:
    (lane,) = lanes(agent(segment("\r", 0, 9)))
    assert lane.bars[0].label == "Segment"


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(conversations())
def test_any_conversation_has_a_timeline(told: wire.Conversation) -> None:
    asked: set[tuple[str, str]] = set()

    def spy(kind: str, item: str) -> None:
        asked.add((kind, item))

    timeline = read_timeline(told, spy, NOW)
    rows = segments(told, spy)
    assert asked <= wanted_names(told)
    for lane in timeline.lanes:
        assert lane.title
        assert lane.bars
        for bar in lane.bars:
            assert timeline.start_ms <= bar.start_ms <= bar.end_ms <= timeline.end_ms
            assert bar.label
    assert [row.start_ms for row in rows] == sorted(row.start_ms for row in rows)
    drawn = [bar for lane in timeline.lanes for bar in lane.bars if bar.kind is not BarKind.ERROR]
    assert len(drawn) == len(rows)
