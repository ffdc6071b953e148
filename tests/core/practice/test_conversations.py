"""What happens in conversations: every scenario, every quirk, and numbers that add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest

from desktop_app.practice.contacts import Contacts, make_contacts
from desktop_app.practice.directory import DEFAULT_WRAPUP_CODE
from desktop_app.practice.scenarios import SCENARIOS

Wire = dict[str, Any]
UNTIL = 1_793_000_000_000
DAY_MS = 86_400_000


@pytest.fixture(scope="module")
def contacts() -> Contacts:
    return make_contacts(seed=11, conversations=3_000, days=30, until_ms=UNTIL)


@pytest.fixture(scope="module")
def conversations(contacts: Contacts) -> list[Wire]:
    return [contacts.conversation(index, attributes=True) for index in range(len(contacts))]


def ms(text: str) -> int:
    moment = datetime.fromisoformat(text)
    return round(moment.timestamp() * 1000)


def sessions(conversation: Wire, purpose: str | None = None) -> Iterator[Wire]:
    for participant in conversation["participants"]:
        if purpose in (None, participant["purpose"]):
            yield from participant["sessions"]


def segments(conversation: Wire, kind: str | None = None) -> Iterator[Wire]:
    for session in sessions(conversation):
        yield from (s for s in session["segments"] if kind in (None, s["segmentType"]))


def metrics(conversation: Wire) -> Counter[str]:
    names: Counter[str] = Counter()
    for session in sessions(conversation):
        for metric in session.get("metrics", ()):
            names[metric["name"]] += metric["value"]
    return names


def purposes(conversation: Wire) -> set[str]:
    return {participant["purpose"] for participant in conversation["participants"]}


def is_legacy(conversation: Wire) -> bool:
    return "divisionIds" not in conversation


def is_open(conversation: Wire) -> bool:
    return "conversationEnd" not in conversation and not is_legacy(conversation)


def is_over(conversation: Wire) -> bool:
    return "conversationEnd" in conversation


# --- scenarios ----------------------------------------------------------------------------------


def has(**counts: int) -> Callable[[Wire], bool]:
    """True when each of the metrics adds up to at least the count."""

    def check(conversation: Wire) -> bool:
        found = metrics(conversation)
        return all(found[name] >= count for name, count in counts.items())

    return check


def media(*kinds: str) -> Callable[[Wire], bool]:
    return lambda conversation: {s["mediaType"] for s in sessions(conversation)} == set(kinds)


def listens(conversation: Wire) -> bool:
    keys = ("monitoredParticipantId", "coachedParticipantId", "bargedParticipantId")
    people = {participant["participantId"] for participant in conversation["participants"]}
    targets = [s[key] for s in sessions(conversation, "user") for key in keys if key in s]
    return len(targets) == 1 and set(targets) <= people


EVIDENCE: dict[str, Callable[[Wire], bool]] = {
    "answered": lambda c: has(tTalk=1, tAcw=1)(c) and not has(nTransferred=1)(c),
    "no_answer_once": has(tNotResponding=1, tTalk=1),
    "no_answer_twice": has(tNotResponding=2, tTalk=1),
    "no_answer_at_all": lambda c: has(tNotResponding=2, tAbandon=1)(c) and not has(tTalk=1)(c),
    "abandoned_in_queue": lambda c: has(tAbandon=10_000)(c) and not has(tShortAbandon=1)(c),
    "short_abandon": has(tShortAbandon=1),
    "abandoned_in_ivr": lambda c: any(
        s["flow"]["exitReason"] == "USER_EXIT" for s in sessions(c, "ivr")
    ),
    "self_service": lambda c: c["selfServed"] is True and has(tIvr=1, tFlowDisconnect=1)(c),
    "external_and_ivr": lambda c: purposes(c) == {"external", "ivr"},
    "direct_call": lambda c: purposes(c) == {"external", "user"} and has(tTalk=1)(c),
    "voicemail_left": lambda c: has(tVoicemail=1)(c) and "agent" not in purposes(c),
    "error_disconnect": lambda c: has(nError=1)(c) and any("errorCode" in s for s in segments(c)),
    "blind_transfer_to_queue": has(nBlindTransferred=1, nTransferred=1, nOffered=2),
    "blind_transfer_to_agent": lambda c: (
        has(nBlindTransferred=1)(c) and metrics(c)["nOffered"] == 1
    ),
    "consult_transfer": has(nConsult=1, nConsultTransferred=1, nTransferred=1),
    "consult_only": lambda c: has(nConsult=1)(c) and not has(nTransferred=1)(c),
    "conference": lambda c: "conferenceStart" in c and any(s["conference"] for s in segments(c)),
    "supervised": listens,
    "agent_call": has(nOutbound=1, tDialing=1, tContacting=1, tTalk=1),
    "agent_call_not_answered": lambda c: any(
        "sipResponseCodes" in s for s in segments(c, "dialing")
    ),
    "agent_call_failed": lambda c: has(nError=1)(c) and not has(tTalk=1)(c),
    "campaign_call": has(nOutboundAttempted=1, nOutboundConnected=1, tTalk=1),
    "campaign_abandoned": has(nOutboundAbandoned=1, tAbandon=1),
    "campaign_machine": lambda c: has(nOutboundAttempted=1)(c) and "agent" not in purposes(c),
    "campaign_preview_skipped": lambda c: any(
        s.get("wrapUpCode") == "ININ-OUTBOUND-PREVIEW-SKIPPED" for s in segments(c, "wrapup")
    ),
    "colleagues": lambda c: purposes(c) == {"user"},
    "callback": lambda c: media("voice", "callback")(c) and has(nCallbackAttempts=1)(c),
    "voicemail_callback": lambda c: media("voice", "callback")(c) and has(tVoicemail=1)(c),
    "email": lambda c: media("email")(c) and c["originatingDirection"] == "inbound",
    "email_out": lambda c: media("email")(c) and c["originatingDirection"] == "outbound",
    "chat": lambda c: media("chat")(c) and has(tTalk=1)(c),
    "chat_abandoned": lambda c: media("chat")(c) and has(tAbandon=1)(c),
    "message": lambda c: media("message")(c) and has(tTalk=1)(c),
    "long_message": lambda c: len(list(sessions(c, "agent"))) >= 3,
    "bot_only": lambda c: c["selfServed"] is True and media("message")(c),
}


@pytest.mark.parametrize("scenario", [scenario.name for scenario in SCENARIOS])
def test_every_scenario_happens_and_shows(
    contacts: Contacts, conversations: list[Wire], scenario: str
) -> None:
    told = [c for i, c in enumerate(conversations) if contacts.scenario(i) == scenario]
    over = [conversation for conversation in told if is_over(conversation)]
    assert over
    assert [c["conversationId"] for c in over if not EVIDENCE[scenario](c)] == []


def test_most_contacts_are_calls(conversations: list[Wire]) -> None:
    calls = sum(next(sessions(c))["mediaType"] == "voice" for c in conversations)
    assert 0.65 < calls / len(conversations) < 0.82


def test_a_callback_needs_a_second_try(conversations: list[Wire]) -> None:
    attempts = Counter(metrics(c)["nCallbackAttempts"] for c in conversations)
    assert attempts[1] > 0 < attempts[2]


def test_few_customers_come_often(conversations: list[Wire]) -> None:
    callers = Counter(
        participant["attributes"]["Customer ANI"]
        for c in conversations
        for participant in c["participants"]
        if participant["purpose"] == "customer"
    )
    assert max(callers.values()) > 10
    assert sum(count == 1 for count in callers.values()) > len(callers) / 3


def test_leavers_are_part_of_older_history_only(contacts: Contacts) -> None:
    gone = {user["id"] for user in contacts.directory.users if user["state"] != "active"}
    ages = [
        (UNTIL - int(contacts.start_ms[index])) / DAY_MS
        for index in range(len(contacts))
        for participant in contacts.conversation(index, attributes=False)["participants"]
        if participant.get("userId") in gone
    ]
    assert len(ages) > 20
    assert min(ages) > 7


# --- numbers add up -----------------------------------------------------------------------------

LENGTHS = {
    "tTalk": "interact", "tTalkComplete": "interact", "tHeld": "hold", "tHeldComplete": "hold",
    "tAcw": "wrapup", "tAcd": "interact", "tAlert": "alert", "tNotResponding": "alert",
    "tIvr": "ivr", "tVoicemail": "voicemail", "tDialing": "dialing", "tContacting": "contacting",
    "tMonitoring": "monitoring", "tCoaching": "coaching", "tBarging": "barging", "tPark": "parked",
    "tAbandon": "interact", "tActiveCallback": "interact",
}  # fmt: skip


def test_metrics_are_the_lengths_of_segments(conversations: list[Wire]) -> None:
    checked: Counter[str] = Counter()
    for conversation in filter(is_over, conversations):
        for session in sessions(conversation):
            lengths: Counter[str] = Counter()
            for segment in session["segments"]:
                length = ms(segment["segmentEnd"]) - ms(segment["segmentStart"])
                lengths[segment["segmentType"]] += length
            sums: Counter[str] = Counter()
            for metric in session.get("metrics", ()):
                sums[metric["name"]] += metric["value"]
            for name, kind in LENGTHS.items():
                if name in sums:
                    assert sums[name] == lengths[kind], (conversation["conversationId"], name)
                    checked[name] += 1
            if "tHandle" in sums:
                assert sums["tHandle"] == sums["tTalk"] + sums["tHeld"] + sums["tAcw"]
                checked["tHandle"] += 1
    assert set(checked) == {*LENGTHS, "tHandle"}
    assert checked["tHandle"] > 1_000


def test_an_answer_takes_as_long_as_the_wait_in_the_queue(conversations: list[Wire]) -> None:
    for conversation in filter(is_over, conversations):
        values: dict[str, set[int]] = {"tAnswered": set(), "tAcd": set()}
        for session in sessions(conversation):
            for metric in session.get("metrics", ()):
                values.get(metric["name"], set()).add(metric["value"])
        assert values["tAnswered"] <= values["tAcd"]


def test_segments_of_a_session_follow_each_other(conversations: list[Wire]) -> None:
    for conversation in conversations:
        for session in sessions(conversation):
            last = 0
            for segment in session["segments"]:
                start = ms(segment["segmentStart"])
                assert start >= last
                last = ms(segment.get("segmentEnd", segment["segmentStart"]))
                assert last >= start


def test_a_conversation_ends_with_its_last_segment_or_a_little_later(
    conversations: list[Wire],
) -> None:
    late = Counter(
        ms(c["conversationEnd"]) - max(ms(s["segmentEnd"]) for s in segments(c))
        for c in conversations
        if is_over(c)
    )
    assert set(late) == {0, 900}
    assert late[0] > 20 * late[900] > 0


def test_it_begins_with_its_first_segment(conversations: list[Wire]) -> None:
    for c in conversations:
        assert min(s["segmentStart"] for s in segments(c)) == c["conversationStart"]


def test_peers_are_sessions_of_the_same_conversation(conversations: list[Wire]) -> None:
    for c in conversations:
        ids = {session["sessionId"] for session in sessions(c)}
        assert {session["peerId"] for session in sessions(c) if "peerId" in session} <= ids


def test_ids_name_things_of_the_directory(contacts: Contacts, conversations: list[Wire]) -> None:
    users = {user["id"] for user in contacts.directory.users}
    queues = {queue["id"] for queue in contacts.directory.queues}
    codes = {code["id"] for code in contacts.directory.wrapup_codes}
    used: set[str] = set()
    for c in conversations:
        assert {p["userId"] for p in c["participants"] if "userId" in p} <= users
        assert {s["queueId"] for s in segments(c) if "queueId" in s} <= queues
        used |= {s["wrapUpCode"] for s in segments(c) if "wrapUpCode" in s}
    assert codes < used
    assert used - codes == {
        DEFAULT_WRAPUP_CODE, "ININ-WRAP-UP-TIMEOUT", "ININ-OUTBOUND-PREVIEW-SKIPPED",
    }  # fmt: skip


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)
    elif isinstance(value, str):
        yield value


def test_no_list_is_empty_and_nothing_is_null(conversations: list[Wire]) -> None:
    def check(value: Any) -> None:
        assert value not in (None, [], {})
        for inner in value.values() if isinstance(value, dict) else value:
            if isinstance(inner, dict | list) or inner is None:
                check(inner)

    for conversation in conversations:
        check(conversation)


def test_mailboxes_and_numbers_are_invented(conversations: list[Wire]) -> None:
    domains = ("@example.com", "@example.org", "@example.net", "@acme.example")
    reserved = (
        "+442079460", "+441134960", "+441214960", "+441314960", "+441614960", "+442920180",
        "+442896496", "+441632960", "+447700900", "+448081570", "+120255501", "+121255501",
        "+3319900", "+4930231252", "+6125550",
    )  # fmt: skip
    national = ("+20255501", "+21255501")
    for c in conversations:
        for session in sessions(c):
            for key in ("ani", "dnis", "addressFrom", "addressTo"):
                address = session.get(key, "")
                if address.startswith("tel:"):
                    assert address[4:].startswith((*reserved, *national)), address
                elif session["mediaType"] == "email" and key.startswith("address"):
                    assert address.endswith(domains)


# --- the present --------------------------------------------------------------------------------


def test_what_goes_on_now_is_open(contacts: Contacts, conversations: list[Wire]) -> None:
    going_on = [conversation for conversation in conversations if is_open(conversation)]
    assert going_on
    for c in going_on:
        assert not any("segmentEnd" not in s and "disconnectType" in s for s in segments(c))
    assert any("segmentEnd" not in s for c in going_on for s in segments(c))


def test_nothing_comes_from_the_future(conversations: list[Wire]) -> None:
    for c in conversations:
        stated = [s[key] for s in segments(c) for key in ("segmentStart", "segmentEnd") if key in s]
        stated += [m["emitDate"] for s in sessions(c) for m in s.get("metrics", ())]
        stated += [e["eventTime"] for key in ("evaluations", "surveys") for e in c.get(key, ())]
        assert max(map(ms, stated)) < UNTIL


def test_some_of_those_who_have_just_come_are_still_talked_to() -> None:
    rush = make_contacts(
        seed=4, conversations=500, days=1, until_ms=UNTIL - UNTIL % DAY_MS + 60_000
    )
    talking = [
        index
        for index in range(500)
        if rush.scenario(index) == "answered"
        and is_open(rush.conversation(index, attributes=False))
    ]
    assert len(talking) > 20


def test_some_last_over_midnight_and_longer_than_a_day(conversations: list[Wire]) -> None:
    lengths = [
        ms(c["conversationEnd"]) - ms(c["conversationStart"]) for c in conversations if is_over(c)
    ]
    assert sum(length > DAY_MS for length in lengths) >= 10
    assert any(
        c["conversationStart"][:10] != c["conversationEnd"][:10]
        for c, length in zip(filter(is_over, conversations), lengths, strict=True)
        if length < DAY_MS
    )
