"""What became of a contact: one conversation for each rule, told as the service tells it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from desktop_app.core.history.contact import Contact
from desktop_app.core.history.outcome import RULES, Outcome, State, judge
from tests.core.history.conversations import (
    CALLER,
    LINE,
    Json,
    acd,
    agent,
    alert,
    contact,
    customer,
    ivr,
    party,
    segment,
    session,
    talk,
)

OUT: Json = {"direction": "outbound", "ani": LINE, "dnis": CALLER}


def outbound(*parties: Json, **more: Any) -> Contact:
    return contact(*parties, originatingDirection="outbound", **more)


def called(*segments: Json) -> Json:
    return party("external", session(*segments, **OUT), participantId="p-out")


def dialling(user: str = "u-ana", end: float = 20) -> Json:
    return agent(segment("dialing", 0, end, "client"), user=user, **OUT)


def callback(*voice: Json, reached: bool = False, **more: Any) -> Contact:
    """An inbound call that becomes a callback, which agents dial in ``voice`` sessions."""
    asked = session(segment("interact", 0, 20, "endpoint"), ani=CALLER, dnis=LINE)
    calls = [
        session(segment("interact" if reached else "dialing", 60, 90, "endpoint"), **OUT)
        for _ in voice[:1]
    ]
    work = session(segment("interact", 50, 100, "client"), mediaType="callback")
    staff = [party("agent", work, *voice, userId="u-ana")] if voice else []
    waits = session(segment("interact", 20, 50, "transfer"), mediaType="callback")
    return contact(
        party("customer", asked, *calls), party("acd", waits, participantName="Billing"),
        *staff, **more,
    )  # fmt: skip


def dial(connected: bool) -> Json:
    """One of an agent's calls within a callback."""
    if connected:
        return session(segment("dialing", 55, 60), segment("interact", 60, 90, "peer"), **OUT)
    return session(segment("dialing", 55, 90, "client"), **OUT)


def scheduled() -> Contact:
    waits = session(segment("scheduled", 20, None), mediaType="callback")
    return contact(customer(20), party("acd", waits), end=None)


def transferred(first_ends: str, to: Json, last: Json) -> Contact:
    return contact(ivr(), acd(), agent(talk(30, 60, first_ends)), to, last, customer())


CLAIMS = acd(60, 80, queue="q-claim")
ZAK = agent(talk(80, 100), user="u-zak")

# rule: the contact, then group, words and state that it gets
STORIES: dict[str, tuple[Callable[[], Contact], str, str, State]] = {
    "callback scheduled": (scheduled, "Callback", "Callback scheduled", "none"),
    "open": (
        lambda: contact(customer(None, ""), acd(), agent(talk(30, None, "")), end=None),
        "Open", "Still open", "none",
    ),
    "callback done": (
        lambda: callback(dial(False), dial(True), reached=True),
        "Callback", "Callback done, 2nd try", "good",
    ),
    "callback not reached": (
        lambda: callback(dial(False), dial(False)),
        "Callback", "Callback not reached, 2 tries", "warn",
    ),
    "voicemail": (
        lambda: contact(
            customer(50), acd(),
            party("voicemail", session(segment("voicemail", 30, 50, "peer"))),
        ),
        "Voicemail", "Voicemail left", "none",
    ),
    "callback not made": (callback, "Callback", "Callback not made", "bad"),
    "cut off": (
        lambda: contact(
            acd(),
            agent(talk(ends="error", errorCode="error.ininedgecontrol.session.inactive")),
            customer(ends="error"),
        ),
        "Failed", "Cut off: session inactive", "bad",
    ),
    "preview skipped": (
        lambda: outbound(agent(talk(), outboundCampaignId="campaign-1")),
        "Not called", "Preview skipped", "none",
    ),
    "internal": (
        lambda: outbound(
            agent(talk(5), purpose="user"), agent(talk(5), user="u-zak", purpose="user")
        ),
        "Internal", "Internal call", "none",
    ),
    "internal missed": (
        lambda: outbound(
            agent(segment("dialing", 0, 9), purpose="user"),
            agent(alert(1, 9, "peer"), user="u-zak", purpose="user"),
        ),
        "Internal", "Internal call, no answer", "none",
    ),
    "lost after transfer": (
        lambda: transferred("transfer", acd(60, 100, "peer", "q-claim"), ivr()),
        "Abandoned", "Lost after transfer → Claims", "bad",
    ),
    "conference": (
        lambda: contact(
            acd(), agent(talk(30, 60), talk(60, 100, conference=True)),
            agent(talk(60, 100, conference=True), user="u-zak"), customer(),
        ),
        "Conference", "Conference", "good",
    ),
    "several transfers": (
        lambda: contact(
            acd(), agent(talk(30, 50, "transfer")), agent(talk(50, 70, "transfer"), user="u-obi"),
            agent(talk(70, 100), user="u-zak"), customer(),
        ),
        "Transferred", "Transferred × 2 → Łukasz Żak", "warn",
    ),
    "consult transfer": (
        lambda: transferred("consultTransfer", agent(talk(50, 100), user="u-zak"), ivr()),
        "Transferred", "Consult transfer → Łukasz Żak", "good",
    ),
    "blind transfer": (
        lambda: transferred("transfer", CLAIMS, ZAK),
        "Transferred", "Blind transfer → Claims", "warn",
    ),
    "dialler abandoned": (
        lambda: outbound(
            party("customer", session(
                segment("interact", 5, 9, "endpoint"), metrics={"nOutboundAbandoned": 1}, **OUT
            )),
            acd(5, 9, "peer", tAbandon=4000),
        ),
        "Abandoned", "Reached, no agent free", "bad",
    ),
    "busy": (
        lambda: outbound(
            dialling(), called(segment("dialing", 0, 20, "endpoint", sipResponseCodes=[486]))
        ),
        "Not reached", "Busy", "warn",
    ),
    "wrong number": (
        lambda: outbound(
            dialling(), called(segment("dialing", 0, 2, "uncallable", sipResponseCodes=[404]))
        ),
        "Not reached", "Number not in service", "warn",
    ),
    "failed": (
        lambda: outbound(
            dialling(), called(segment("dialing", 0, 2, "error", sipResponseCodes=[503]))
        ),
        "Failed", "Failed: SIP 503", "bad",
    ),
    "not reached": (
        lambda: outbound(
            dialling(), called(segment("dialing", 0, 20, "peer", sipResponseCodes=[487]))
        ),
        "Not reached", "Not reached", "warn",
    ),
    "dialler connected": (
        lambda: outbound(called(segment("interact", 5, 9, "client"))),
        "Not reached", "Connected, no agent", "none",
    ),
    "reached": (
        lambda: outbound(agent(talk(5), **OUT), called(segment("interact", 5, 100, "endpoint"))),
        "Reached", "Reached", "good",
    ),
    "sent": (
        lambda: outbound(
            agent(talk(0, 60, "client"), mediaType="email", direction="outbound"),
            party("customer", session(
                segment("interact", 0, 60, "peer"), mediaType="email", direction="outbound"
            )),
        ),
        "Sent", "Sent", "none",
    ),
    "late answer": (
        lambda: contact(
            acd(10, 60), agent(alert(20, 32, "noAnswerTransfer"), user="u-zak"),
            agent(alert(40, 52, "noAnswerTransfer"), user="u-obi"), agent(talk(60)), customer(),
        ),
        "Answered", "No answer × 2, then answered", "warn",
    ),
    "replied": (
        lambda: contact(
            party("customer", session(segment("interact", 0, 100, "peer"), mediaType="email")),
            agent(talk(ends="client"), mediaType="email", metrics={"tAgentResponseTime": 9000}),
        ),
        "Answered", "Replied", "good",
    ),
    "customer hung up": (
        lambda: contact(acd(), agent(talk()), customer()), "Answered", "Customer hung up", "good",
    ),
    "agent hung up": (
        lambda: contact(acd(), agent(talk(ends="client")), customer(ends="peer")),
        "Answered", "Agent hung up", "good",
    ),
    "answered": (
        lambda: contact(
            acd(), agent(talk(), mediaType="chat"), customer(mediaType="chat")
        ),
        "Answered", "Answered", "good",
    ),
    "no answer": (
        lambda: contact(
            acd(10, 100, "peer", tAbandon=90_000), customer(),
            *(agent(alert(20 * n, 20 * n + 12, "noAnswerTransfer"), user=f"u-{n}")
              for n in (1, 2, 3)),
        ),
        "No answer", "No answer × 3", "bad",
    ),
    "short abandon": (
        lambda: contact(acd(10, 13, "peer", tAbandon=3000), customer(13)),
        "Abandoned", "Short abandon 0:03", "none",
    ),
    "abandoned in queue": (
        lambda: contact(acd(10, 112, "peer", tAbandon=102_000), customer(112)),
        "Abandoned", "Abandoned in queue 1:42", "bad",
    ),
    "ended in queue": (
        lambda: contact(acd(10, 40, "system"), customer(40, "system")),
        "Abandoned", "Ended in queue 0:30", "bad",
    ),
    "self-service": (
        lambda: contact(ivr(50, "client", exitReason="FLOW_DISCONNECT"), customer(50, "peer")),
        "Self-service", "Self-service", "good",
    ),
    "abandoned in IVR": (
        lambda: contact(ivr(20, "peer", exitReason="USER_EXIT"), customer(20)),
        "Abandoned", "Abandoned in IVR 0:20", "warn",
    ),
    "not connected": (contact, "Not connected", "Not connected", "none"),
}  # fmt: skip


def test_every_rule_has_its_story() -> None:
    assert [rule.name for rule in RULES] == list(STORIES)


@pytest.mark.parametrize("name", STORIES)
def test_rule(name: str) -> None:
    tell, group, text, state = STORIES[name]
    told = tell()
    assert next(rule.name for rule in RULES if rule.fits(told)) == name
    assert judge(told) == Outcome(group, text, state)
    assert (told.outcome, told.outcome_group, told.outcome_state) == (text, group, state)


def test_a_first_try_is_not_counted() -> None:
    assert callback(dial(True), reached=True).outcome == "Callback done"
    assert callback(dial(False)).outcome == "Callback not reached"


@pytest.mark.parametrize(("tries", "words"), [(3, "3rd try"), (4, "4th try"), (11, "11th try")])
def test_tries_are_ordinal_numbers(tries: int, words: str) -> None:
    told = callback(*[dial(False)] * (tries - 1), dial(True), reached=True)
    assert told.outcome == f"Callback done, {words}"


def test_one_missed_alert_is_not_counted() -> None:
    missed = agent(alert(20, 32, "noAnswerTransfer"), user="u-zak")
    assert contact(acd(), missed, agent(talk(40)), customer()).outcome == (
        "No answer, then answered"
    )


def test_a_caller_who_leaves_while_an_agent_is_alerted_has_abandoned() -> None:
    told = contact(acd(10, 40, "peer", tAbandon=30_000), agent(alert(35, 40, "peer")), customer(40))
    assert told.outcome == "Abandoned in queue 0:30"


def test_an_abandon_without_metrics_is_measured_by_its_segment() -> None:
    waits = party("acd", session(segment("interact", 10, 40, "peer", queueId="q-bill")))
    assert contact(waits, customer(40)).outcome == "Abandoned in queue 0:30"


def test_a_queue_that_never_answered_is_said_after_a_transfer_only() -> None:
    told = transferred("transfer", acd(60, 80, queue="q-claim"), agent(talk(80), user="u-zak"))
    assert not told.lost_after_transfer
