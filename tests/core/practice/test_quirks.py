"""Every oddity of real answers that concerns contacts happens here too (quirks.md numbers)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pytest

from desktop_app.practice.contacts import Contacts, make_contacts

Wire = dict[str, Any]
Check = Callable[[Wire], bool]
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@pytest.fixture(scope="module")
def contacts() -> Contacts:
    return make_contacts(seed=21, conversations=3_000, days=14, until_ms=1_793_000_000_000)


@pytest.fixture(scope="module")
def conversations(contacts: Contacts) -> list[Wire]:
    return [contacts.conversation(index, attributes=True) for index in range(len(contacts))]


def sessions(conversation: Wire) -> Iterator[Wire]:
    for participant in conversation["participants"]:
        yield from participant["sessions"]


def any_session(check: Check) -> Check:
    return lambda conversation: any(map(check, sessions(conversation)))


def any_segment(check: Check) -> Check:
    return any_session(lambda session: any(map(check, session["segments"])))


def any_participant(check: Check) -> Check:
    return lambda conversation: any(map(check, conversation["participants"]))


def any_attribute(check: Callable[[str, str], bool]) -> Check:
    return any_participant(
        lambda p: any(check(key, value) for key, value in p.get("attributes", {}).items())
    )


def any_stat(check: Check) -> Check:
    return any_session(lambda session: any(map(check, session.get("mediaEndpointStats", ()))))


def any_flow(check: Check) -> Check:
    return any_session(lambda session: "flow" in session and check(session["flow"]))


def named(pattern: str, purpose: str | None = None) -> Check:
    return any_participant(
        lambda p: (
            purpose in (None, p["purpose"])
            and re.fullmatch(pattern, p.get("participantName", "")) is not None
        )
    )


def addressed(pattern: str, *keys: str) -> Check:
    return any_session(lambda s: any(re.fullmatch(pattern, s.get(key, "")) for key in keys))


def repeats(name: str) -> Check:
    return any_session(lambda s: [m["name"] for m in s.get("metrics", ())].count(name) > 1)


def is_gap(session: Wire) -> bool:
    inner = session["segments"]
    return any(
        before.get("segmentEnd", after["segmentStart"]) < after["segmentStart"]
        for before, after in pairwise(inner)
    )


def is_legacy(conversation: Wire) -> bool:
    ended = all(
        "segmentEnd" in s for session in sessions(conversation) for s in session["segments"]
    )
    bare = not conversation.keys() & {"conversationEnd", "divisionIds", "originatingDirection"}
    return ended and bare and not any(
        session.keys() & {"metrics", "provider", "peerId"} for session in sessions(conversation)
    )  # fmt: skip


def is_out_of_order(conversation: Wire) -> bool:
    starts = [p["sessions"][0]["segments"][0]["segmentStart"] for p in conversation["participants"]]
    return starts != sorted(starts)


def wrapped_up(check: Check) -> Check:
    return any_segment(lambda s: s["segmentType"] == "wrapup" and check(s))


QUIRKS: dict[str, Check] = {
    "1 attributes": any_participant(lambda p: "attributes" in p),
    "1 participants without attributes": any_participant(lambda p: "attributes" not in p),
    "4 ended without an end": is_legacy,
    "6 tTalk repeats": repeats("tTalk"),
    "6 tHeld repeats": repeats("tHeld"),
    "6 nFlowOutcome repeats": repeats("nFlowOutcome"),
    "6 tFlowOutcome repeats": repeats("tFlowOutcome"),
    "7 segments of no length": any_segment(lambda s: s["segmentStart"] == s.get("segmentEnd")),
    "7 gaps": any_session(is_gap),
    "7 participants out of order": is_out_of_order,
    "8 several sessions": any_participant(lambda p: len(p["sessions"]) > 1),
    "8 seven message sessions": any_participant(
        lambda p: len(p["sessions"]) >= 7 and p["sessions"][0]["mediaType"] == "message"
    ),
    "8 voicemail then callback": any_participant(
        lambda p: (
            p["purpose"] == "voicemail"
            and [s["mediaType"] for s in p["sessions"]] == ["voice", "callback"]
        )
    ),
    "9 no customer": lambda c: {p["purpose"] for p in c["participants"]} == {"user"},
    "9 workflow": any_participant(lambda p: p["purpose"] == "workflow"),
    "9 botflow": any_participant(lambda p: p["purpose"] == "botflow"),
    "10 a town": named(".* UD"),
    "10 National": named("National"),
    "10 Toll Free": named("Toll Free"),
    "10 a country": named("France|Germany|Australia"),
    "10 a number": named(r"\+\d+"),
    "10 a UUID": named(UUID.pattern, "voicemail"),
    "10 mobile": named("Mobile Number, United Kingdom"),
    "10 a code and a person": named(r"\d{3} \D+"),
    "10 none for an agent": any_participant(
        lambda p: p["purpose"] == "agent" and "participantName" not in p
    ),
    "11 tel without country code": addressed(r"tel:\+\d{10}", "ani"),
    "11 station": addressed(r"sip:[0-9a-f]{24}\+\w+\.orgspan\.com@localhost", "ani", "addressSelf"),
    "11 mailbox": addressed(r"sip:.*%40.*@[\d.]+;language=.*;user=voicemail", "dnis"),
    "11 trunk": addressed(r"sip:.*;tgrp=.*;trunk-context=.*@localhost", "ani"),
    "11 phone": addressed(r"sip:\+\d+@[\d.]+;user=phone", "ani", "sessionDnis"),
    "11 ipadphone": addressed(r"sip:ipadphone@[\d.]+", "ani"),
    "11 bare UUID": addressed(UUID.pattern, "addressFrom"),
    "11 outbound has an ANI": any_session(lambda s: s["direction"] == "outbound" and "ani" in s),
    "11 sessionDnis differs": any_session(
        lambda s: s.get("sessionDnis", s.get("dnis")) != s.get("dnis")
    ),
    "11 remote names disagree": any_session(
        lambda s: s.get("remoteNameDisplayable", s.get("remote")) != s.get("remote")
    ),
    "12 timeout": wrapped_up(lambda s: s.get("wrapUpCode") == "ININ-WRAP-UP-TIMEOUT"),
    "12 skipped": wrapped_up(lambda s: s.get("wrapUpCode") == "ININ-OUTBOUND-PREVIEW-SKIPPED"),
    "12 outboundContactId": addressed("[0-9a-f]{32}", "outboundContactId"),
    "12 protocolCallId": addressed(r".*@a[0-9a-f]+_\d+_0", "protocolCallId"),
    "12 roomId": addressed(r".*@conference\..*", "roomId"),
    "12 division *": lambda c: c.get("divisionIds") == ["*"],
    "13 no code": wrapped_up(lambda s: "wrapUpCode" not in s and "segmentEnd" in s),
    "13 ended by": wrapped_up(lambda s: "disconnectType" in s),
    "13 empty note": wrapped_up(lambda s: s.get("wrapUpNote") == ""),
    "13 foreign note": wrapped_up(lambda s: not s.get("wrapUpNote", "").isascii()),
    "13 default code": wrapped_up(
        lambda s: s.get("wrapUpCode") == "7fb334b0-0e9e-11e4-9191-0800200c9a66"
    ),
    "14 no disconnectType": any_segment(lambda s: "disconnectType" not in s),
    "14 dotted error": any_segment(lambda s: s.get("errorCode", "").startswith("error.ininedge")),
    "15 six statistics": any_session(lambda s: len(s.get("mediaEndpointStats", ())) == 6),
    "15 both codecs": any_stat(lambda stat: len(stat["codecs"]) == 2),
    "15 discarded packets": any_stat(lambda stat: "discardedPackets" in stat),
    "16 in-queue flow": any_flow(lambda flow: len(flow) == 5 and "exitReason" not in flow),
    "16 entry by number": any_flow(lambda flow: flow.get("entryReason", "").startswith("tel:")),
    "16 entry by flow": any_flow(lambda flow: flow.get("entryReason") == flow["flowId"]),
    "16 version is text": any_flow(lambda flow: flow["flowVersion"].endswith(".0")),
    "16 a bare resolution": lambda c: (
        [r.keys() for r in c.get("resolutions", ())] == [{"eventTime"}]
    ),
    "17 recordingId": any_segment(
        lambda s: any(p["property"] == "recordingId" for p in s.get("properties", ()))
    ),
    "23 leading blank": any_attribute(lambda _, value: value.startswith(" ")),
    "23 line feed": any_attribute(lambda _, value: "\n" in value),
    "23 JSON": any_attribute(lambda _, value: value.startswith("{")),
    "23 empty": any_attribute(lambda _, value: value == ""),
    "23 blank in key": any_attribute(lambda key, _: key == "Customer ANI"),
    "23 dot in key": any_attribute(lambda key, _: key == "ivr.Skills"),
    "23 two spellings": any_participant(
        lambda p: p.get("attributes", {}).keys() >= {"DNIS", "CECP_DNIS"}
    ),
    "an evaluation": lambda c: "evaluations" in c,
    "a survey": lambda c: "surveys" in c,
}  # fmt: skip


@pytest.mark.parametrize("quirk", QUIRKS)
def test_it_happens_but_not_always(conversations: list[Wire], quirk: str) -> None:
    found = sum(map(QUIRKS[quirk], conversations))
    assert len(conversations) > found > 0


@pytest.mark.parametrize(
    ("kind", "seen"),
    [
        (
            "segmentType",
            {"system", "interact", "ivr", "alert", "wrapup", "delay", "hold", "contacting"}
            | {
                "dialing",
                "uploading",
                "scheduled",
                "parked",
                "voicemail",
                "monitoring",
                "coaching",
            },
        ),
        (
            "disconnectType",
            {"endpoint", "transfer", "peer", "error", "client", "system", "noAnswerTransfer"}
            | {"consultTransfer", "timeout", "inactivity", "uncallable"},
        ),
    ],
)
def test_all_the_kinds_that_have_been_seen_occur(
    conversations: list[Wire], kind: str, seen: set[str]
) -> None:
    found = {
        segment[kind]
        for conversation in conversations
        for session in sessions(conversation)
        for segment in session["segments"]
        if kind in segment
    }
    assert seen <= found


def test_sip_codes_are_the_ones_seen(conversations: list[Wire]) -> None:
    codes = {
        code
        for conversation in conversations
        for session in sessions(conversation)
        for segment in session["segments"]
        for code in segment.get("sipResponseCodes", ())
    }
    assert {410, 487, 480, 503, 486} <= codes


def test_every_instant_has_three_digits_and_z(conversations: list[Wire]) -> None:
    instant = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
    names = re.compile(r"(Start|End|Date|Time|Timestamp)$")
    checked = 0

    def walk(value: Any) -> None:
        nonlocal checked
        for key, inner in value.items():
            if names.search(key):
                assert instant.fullmatch(inner), (key, inner)
                checked += 1
            elif isinstance(inner, list) and inner and isinstance(inner[0], dict):
                for item in inner:
                    walk(item)
            elif isinstance(inner, dict) and key != "attributes":
                walk(inner)

    for conversation in conversations[:500]:
        walk(conversation)
    assert checked > 5_000


def test_one_query_answer_in_fifty_carries_attributes(contacts: Contacts) -> None:
    carrying = sum(
        any_participant(lambda p: "attributes" in p)(contacts.conversation(i, attributes=False))
        for i in range(3_000)
    )
    assert 0.01 < carrying / 3_000 < 0.03
