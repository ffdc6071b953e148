"""The facts of a contact, from conversations as the service tells them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from desktop_app.core.genesys import wire
from desktop_app.core.genesys.wire import decode
from desktop_app.core.history.contact import Contact
from desktop_app.core.history.conversation import read_contact, wanted_names
from tests.core.history.conversations import (
    CALLER,
    LINE,
    Json,
    acd,
    agent,
    alert,
    at,
    contact,
    conversation,
    customer,
    ivr,
    metric,
    ms,
    names,
    party,
    segment,
    session,
    talk,
)
from tests.core.history.random_wire import conversations


def wrapup(start: float, end: float, code: str | None, **more: Any) -> Json:
    return segment("wrapup", start, end, **({"wrapUpCode": code} if code else {}), **more)


def test_a_transferred_call() -> None:
    told = contact(
        customer(100),
        ivr(10),
        acd(10, 30),
        agent(alert(25, 30), talk(30, 50), segment("hold", 50, 55), talk(55, 60, "transfer"),
              wrapup(60, 70, "w-refund", wrapUpNote="sent")),
        acd(60, 75, queue="q-claim"),
        agent(alert(70, 75), talk(75, 100), user="u-zak"),
        externalTag="tag", divisionIds=["d-home", "d-else"],
    )  # fmt: skip
    assert (told.start_ms, told.end_ms, told.duration_ms) == (ms(0), ms(100), 100_000)
    assert told.agents == told.alerted == ("Ana Ruiz", "Łukasz Żak")
    assert told.queues == ("Billing", "Claims")
    assert (told.last_agent, told.first_queue, told.last_queue) == (
        "Łukasz Żak", "Billing", "Claims",
    )  # fmt: skip
    assert told.flows == ("IVR Main",)
    assert (told.ivr_ms, told.queue_ms, told.alert_ms) == (10_000, 35_000, 10_000)
    assert (told.talk_ms, told.hold_ms, told.acw_ms) == (50_000, 5_000, 10_000)
    assert (told.handle_ms, told.abandon_ms, told.holds) == (65_000, None, 1)
    assert (told.transfers, told.blind_transfers, told.consult_transfers) == (1, 1, 0)
    assert told.transfer_target == "Claims"
    assert (told.wrapup, told.wrapup_note) == ("Refund", "sent")
    assert (told.ended_by, told.disconnect_type) == ("Customer", "endpoint")
    assert (told.external_tag, told.divisions) == ("tag", ("Home", "d-else"))
    assert told.segments == 11


def test_order_in_the_answer_means_nothing() -> None:
    parties = [
        customer(), acd(10, 30), agent(talk(75, 100), user="u-zak"), acd(60, 75, queue="q-claim"),
        agent(talk(55, 60, "transfer"), talk(30, 50)),
    ]  # fmt: skip
    assert contact(*parties) == contact(*reversed(parties))
    assert contact(*parties).agents == ("Ana Ruiz", "Łukasz Żak")


# --- durations ---


def test_repeated_metrics_are_summed() -> None:
    person = agent(talk())
    person["sessions"][0]["metrics"] = [
        metric("tTalk", 1000), metric("tHeld", 10), metric("tTalk", 2000), metric("tHeld", 20),
        metric("tTalkComplete", 3000), metric("tHandle", 4000),
    ]  # fmt: skip
    told = contact(person)
    assert (told.talk_ms, told.hold_ms, told.acw_ms, told.handle_ms) == (3000, 30, None, 4000)


def test_metrics_win_over_segments_and_segments_fill_in_session_by_session() -> None:
    measured = agent(talk(30, 50), metrics={"tTalk": 19_999})
    unmeasured = agent(talk(50, 70), user="u-zak")
    told = contact(measured, unmeasured)
    assert told.talk_ms == 39_999
    assert told.handle_ms == 39_999


def test_what_did_not_happen_has_no_duration_but_no_time_has() -> None:
    told = contact(agent(alert(10, 10), talk(10, 20)), customer())
    assert (told.alert_ms, told.queue_ms, told.ivr_ms, told.hold_ms) == (0, None, None, None)


def test_damaged_metrics_are_left_out() -> None:
    told = contact(agent(talk(30, 40), metrics={"tTalk": 1e300, "tAcw": -5, "tAlert": 7}))
    assert (told.talk_ms, told.acw_ms, told.alert_ms) == (10_000, None, 7)


def test_the_wait_for_a_callback_to_be_due_is_no_wait_in_queue() -> None:
    waits = session(segment("scheduled", 0, 50), segment("interact", 50, 60), mediaType="callback")
    assert contact(party("acd", waits)).queue_ms == 10_000


def test_segments_turned_round_are_read_the_right_way() -> None:
    assert contact(agent(talk(50, 30))).talk_ms == 20_000


# --- start and end ---


def test_without_an_end_it_is_open_only_if_a_segment_is() -> None:
    ended = contact(customer(90), agent(talk(30, 90), wrapup(90, 95, None)), end=None)
    assert (ended.is_open, ended.end_ms, ended.duration_ms) == (False, ms(95), 95_000)
    live = contact(customer(None, ""), end=None)
    assert (live.is_open, live.end_ms, live.duration_ms) == (True, None, None)
    closed = contact(customer(None, ""), end=100)
    assert (closed.is_open, closed.end_ms) == (False, ms(100))


def test_the_start_is_that_of_the_first_segment_where_none_is_given() -> None:
    told = contact(agent(talk(30)), customer(), conversationStart=None)
    assert told.start_ms == ms(0)
    assert contact(end=None, conversationStart="never").start_ms is None


def test_an_end_before_the_start_makes_no_negative_duration() -> None:
    assert contact(end=-5).duration_ms == 0


# --- the customer ---


def test_an_external_party_is_the_customer_of_a_call() -> None:
    caller = party("external", session(segment("interact", 0, 100, "endpoint"), ani=CALLER))
    told = contact(caller, agent(talk(1)))
    assert (told.customer, told.has_customer, told.ended_by) == (
        "+442079460183", True, "Customer",
    )  # fmt: skip


def test_the_customer_is_not_the_external_party_whom_the_agent_called() -> None:
    other = party("external", session(talk(50, 60, "client"), ani="tel:+15550100"))
    told = contact(other, agent(talk(30)), customer())
    assert told.customer == "+442079460183"
    assert told.ended_by == "Customer"


def test_outbound_the_customer_is_who_was_called() -> None:
    numbers: Json = {"direction": "outbound", "ani": LINE, "dnis": CALLER}
    told = contact(agent(talk(), **numbers), party("external", session(talk(), **numbers)))
    assert (told.customer, told.ani, told.dnis) == (
        "+442079460183", "+442079460001", "+442079460183",
    )  # fmt: skip
    assert (told.direction, told.initial_direction) == ("outbound", "inbound")


@pytest.mark.parametrize(
    ("media", "name", "shown"),
    [
        ("voice", "Leeds", "+442079460183"),
        ("chat", "Jo Bloggs", "Jo Bloggs"),
        ("chat", "6acbee65-80be-4777-be03-8dacd07ee3f9", "+442079460183"),
    ],
)
def test_calls_are_named_by_number_chats_by_name(media: str, name: str, shown: str) -> None:
    caller = customer(mediaType=media)
    caller["participantName"] = name
    assert contact(caller).customer == shown


def test_messages_and_mails_have_addresses() -> None:
    mail = session(
        talk(), mediaType="email", addressFrom="jo@example.org", addressTo="us@acme.example"
    )
    told = contact(party("customer", mail))
    assert (told.customer, told.ani, told.dnis) == (
        "jo@example.org", "jo@example.org", "us@acme.example",
    )  # fmt: skip
    web = session(talk(), mediaType="message", addressFrom="6acbee65-80be-4777-be03-8dacd07ee3f9",
                  messageType="webmessaging", remoteNameDisplayable="Jo")  # fmt: skip
    told = contact(party("customer", web))
    assert (told.customer, told.ani, told.message_type) == ("Jo", "", "webmessaging")


def test_a_call_between_colleagues_has_no_customer() -> None:
    told = contact(
        agent(talk(5, 50, "client"), purpose="user"),
        agent(talk(5, 50, "peer"), purpose="user", user="u-zak"),
    )
    assert (told.customer, told.has_customer, told.ended_by) == ("", False, "Agent")


# --- media ---


@pytest.mark.parametrize(
    ("media", "main"),
    [
        (("voice", "callback"), "callback"),
        (("cobrowse", "chat"), "chat"),
        (("screenshare",), "screenshare"),
        (("chat", "voice"), "chat"),
        (("hologram",), "hologram"),
        ((None,), ""),
    ],
)
def test_the_main_medium(media: tuple[str | None, ...], main: str) -> None:
    told = contact(*(customer(mediaType=each) for each in media))
    assert told.media == main


# --- names ---


def test_names_that_the_directory_does_not_know() -> None:
    told = contact(
        agent(talk(), user="u-left"),
        party("acd", session(segment("interact", 10, 30)), participantName="Old queue"),
        party("user", session(talk(90))),
        acd(5, 9, queue="q-gone"),
    )
    assert told.agents == ("u-left", "Agent")
    assert told.queues == ("q-gone", "Old queue")


def test_an_agent_who_takes_it_again_is_named_again_but_never_after_themselves() -> None:
    told = contact(
        agent(talk(10, 20)), agent(talk(20, 30)), agent(talk(30, 40), user="u-zak"),
        agent(talk(40, 50)),
    )  # fmt: skip
    assert told.agents == ("Ana Ruiz", "Łukasz Żak", "Ana Ruiz")


def test_agents_come_in_the_order_they_answered() -> None:
    told = contact(
        agent(alert(10, 50), talk(50, 60)), agent(alert(20, 30), talk(30, 40), user="u-zak")
    )
    assert told.alerted == ("Ana Ruiz", "Łukasz Żak")
    assert told.agents == ("Łukasz Żak", "Ana Ruiz")


@pytest.mark.parametrize(
    ("code", "words", "timed_out"),
    [
        ("w-refund", "Refund", False),
        ("ININ-WRAP-UP-TIMEOUT", "Timed out", True),
        ("ININ-OUTBOUND-PREVIEW-SKIPPED", "Preview skipped", False),
        ("ININ-OUTBOUND-RIGHT-PARTY", "Right party", False),
        ("7fb334b0-0e9e-11e4-9191-0800200c9a66", "Default wrap-up code", False),
        ("w-unknown", "w-unknown", False),
    ],
)
def test_wrapup_codes(code: str, words: str, timed_out: bool) -> None:
    told = contact(agent(talk(), wrapup(100, 110, code)))
    assert (told.wrapup, told.wrapups, told.wrapup_timed_out) == (words, (words,), timed_out)


def test_the_last_wrapup_and_the_last_note_count() -> None:
    told = contact(
        agent(talk(70, 80), wrapup(80, 90, "ININ-WRAP-UP-TIMEOUT", wrapUpNote=""), user="u-zak"),
        agent(talk(10, 20), wrapup(20, 30, "w-refund", wrapUpNote="naïve")),
        agent(talk(90, 95), wrapup(95, 99, None), user="u-obi"),
    )
    assert (told.wrapups, told.wrapup) == (("Refund", "Timed out"), "Timed out")
    assert told.wrapup_note == "naïve"


def test_skills_and_languages() -> None:
    asked = segment("interact", 0, 9, requestedRoutingSkillIds=["s-es", "s-?", "s-es"],
                    requestedLanguageId="l-pl")  # fmt: skip
    told = contact(party("acd", session(asked)))
    assert (told.skills, told.languages) == (("Spanish", "s-?"), ("Polish",))


# --- the whole ---


def test_the_repr_holds_nothing_of_the_customers() -> None:
    assert repr(contact(customer())) == "Contact('c-1')"


def test_wanted_names() -> None:
    asked = segment("interact", 0, 9, queueId="q-bill", requestedRoutingSkillIds=["s-es"],
                    requestedLanguageId="l-pl")  # fmt: skip
    told = conversation(
        party("acd", session(asked)),
        agent(talk(), wrapup(100, 110, "w-refund"), wrapup(110, 120, "ININ-WRAP-UP-TIMEOUT")),
        divisionIds=["d-home", "*"],
    )
    assert wanted_names(told) == {
        ("queue", "q-bill"), ("skill", "s-es"), ("language", "l-pl"), ("user", "u-ana"),
        ("wrapup", "w-refund"), ("division", "d-home"),
    }  # fmt: skip


def test_an_empty_answer_is_a_contact() -> None:
    assert read_contact(wire.Conversation(), names) == Contact()
    assert read_contact(decode(b"{}", wire.Conversation), names).outcome == "Not connected"


def test_instants_without_milliseconds_and_with_short_days() -> None:
    told = contact(conversationStart="2026-11-2T09:49:12Z", end=None)
    assert told.start_ms == ms(0) - 18 * 86_400_000
    assert at(0).startswith("2026-11-20")


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(conversations())
def test_any_conversation_is_a_contact_and_asks_for_wanted_names_only(
    told: wire.Conversation,
) -> None:
    asked: set[tuple[str, str]] = set()

    def spy(kind: str, item: str) -> None:
        asked.add((kind, item))

    found = read_contact(told, spy)
    assert asked <= wanted_names(told)
    assert found.outcome
    assert found.duration_ms is None or found.duration_ms >= 0
    assert not (found.is_open and found.end_ms is not None)
