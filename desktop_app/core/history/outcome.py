"""What became of a contact, in words: one table of rules, and the first that fits says it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from desktop_app.core.history import words
from desktop_app.core.history.clock import duration_text

if TYPE_CHECKING:  # a Contact is made with its outcome, so it imports this module
    from desktop_app.core.history.contact import Contact

State = Literal["good", "warn", "bad", "none"]

# RFC 3261 §21: the answers that tell a busy line and a wrong number from one nobody picked up.
_SIP_BUSY = frozenset({486, 600, 603})
_SIP_NO_SUCH_NUMBER = frozenset({404, 410, 484, 485, 604})
_SPOKEN = frozenset({"voice", "callback", "video"})

# Disconnect types of a session that broke (contract §2.3).
FAILURES = frozenset({"error", "transportFailure"})
_ENDED_BY_FLOW = frozenset({"flowdisconnect"})


class Outcome(NamedTuple):
    """``group`` is what it counts under, ``state`` colours the dot in the table."""

    group: str
    text: str
    state: State


@dataclass(frozen=True, slots=True)
class Rule:
    """``say`` makes the words of a contact for which ``fits`` is true."""

    name: str
    group: str
    state: State
    fits: Callable[[Contact], bool]
    say: Callable[[Contact], str]


def judge(contact: Contact) -> Outcome:
    for rule in RULES:
        if rule.fits(contact):
            return Outcome(rule.group, rule.say(contact), rule.state)
    raise AssertionError("the last rule fits every contact")


def _always(words: str) -> Callable[[Contact], str]:
    return lambda _: words


def _times(words: str, count: int) -> str:
    return f"{words} × {count}" if count > 1 else words


def _after(words: str, ms: int | None) -> str:
    return words if ms is None else f"{words} {duration_text(ms)}"


def _to(words: str, target: str) -> str:
    return f"{words} → {target}" if target else words


def _ordinal(number: int) -> str:
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


def _is_broken(c: Contact) -> bool:
    return c.disconnect_type in FAILURES or bool(c.error_code)


def _is_internal(c: Contact) -> bool:
    return not c.has_customer and not c.queues and not c.flows and bool(c.agents or c.alerted)


def _is_flow_only(c: Contact) -> bool:
    return not c.is_answered and not c.alerted and not c.queues and c.ivr_ms is not None


def _is_served_by_flow(c: Contact) -> bool:
    left = c.flow.exit.lower().replace("_", "")
    return c.flow.succeeded or left in _ENDED_BY_FLOW or c.ended_by == "System"


def _is_outbound_call(c: Contact) -> bool:
    return c.initial_direction == "outbound" and c.media in _SPOKEN


def _callback_done(c: Contact) -> str:
    tries = c.callback_tries
    return f"Callback done, {_ordinal(tries)} try" if tries > 1 else "Callback done"


def _callback_missed(c: Contact) -> str:
    tries = c.callback_tries
    return f"Callback not reached, {tries} tries" if tries > 1 else "Callback not reached"


def _failure(c: Contact) -> str:
    if c.error_code:
        return words.error(c.error_code)
    if c.sip_code is not None and c.sip_code >= 400:
        return f"SIP {c.sip_code}"
    return words.disconnect(c.disconnect_type).lower()


def _abandoned(c: Contact) -> bool:
    return not c.is_answered and c.abandon_ms is not None


RULES: tuple[Rule, ...] = (
    Rule(
        "callback scheduled", "Callback", "none",
        lambda c: c.is_open and c.media == "callback" and not (c.is_answered or c.callback_tries),
        _always("Callback scheduled"),
    ),
    Rule("open", "Open", "none", lambda c: c.is_open, _always("Still open")),
    Rule(
        "callback done", "Callback", "good",
        lambda c: c.media == "callback" and c.is_answered and c.is_reached,
        _callback_done,
    ),
    Rule(
        "callback not reached", "Callback", "warn",
        lambda c: c.media == "callback" and (c.is_answered or c.callback_tries > 0),
        _callback_missed,
    ),
    Rule(
        "voicemail", "Voicemail", "none",
        lambda c: c.has_voicemail and not c.is_answered,
        _always("Voicemail left"),
    ),
    Rule(
        "callback not made", "Callback", "bad",
        lambda c: c.media == "callback",
        _always("Callback not made"),
    ),
    Rule(
        "cut off", "Failed", "bad",
        lambda c: c.is_answered and c.disconnect_type in FAILURES,
        lambda c: f"Cut off: {_failure(c)}",
    ),
    Rule(
        "preview skipped", "Not called", "none",
        lambda c: c.is_campaign and not c.has_customer,
        _always("Preview skipped"),
    ),
    Rule(
        "internal", "Internal", "none",
        lambda c: _is_internal(c) and len(c.agents) > 1,
        _always("Internal call"),
    ),
    Rule(
        "internal missed", "Internal", "none",
        _is_internal,
        _always("Internal call, no answer"),
    ),
    Rule(
        "lost after transfer", "Abandoned", "bad",
        lambda c: c.lost_after_transfer,
        lambda c: _to("Lost after transfer", c.transfer_target),
    ),
    Rule(
        "conference", "Conference", "good",
        lambda c: c.is_answered and c.is_conference,
        _always("Conference"),
    ),
    Rule(
        "several transfers", "Transferred", "warn",
        lambda c: c.is_answered and c.blind_transfers + c.consult_transfers > 1,
        lambda c: _to(
            _times("Transferred", c.blind_transfers + c.consult_transfers), c.transfer_target
        ),
    ),
    Rule(
        "consult transfer", "Transferred", "good",
        lambda c: c.is_answered and c.consult_transfers > 0,
        lambda c: _to("Consult transfer", c.transfer_target),
    ),
    Rule(
        "blind transfer", "Transferred", "warn",
        lambda c: c.is_answered and c.blind_transfers > 0,
        lambda c: _to("Blind transfer", c.transfer_target),
    ),
    Rule(
        "dialler abandoned", "Abandoned", "bad",
        lambda c: c.dialler_abandoned and not c.is_answered,
        _always("Reached, no agent free"),
    ),
    Rule(
        "busy", "Not reached", "warn",
        lambda c: _is_outbound_call(c) and not c.is_reached and c.sip_code in _SIP_BUSY,
        _always("Busy"),
    ),
    Rule(
        "wrong number", "Not reached", "warn",
        lambda c: _is_outbound_call(c) and not c.is_reached and c.sip_code in _SIP_NO_SUCH_NUMBER,
        _always("Number not in service"),
    ),
    Rule(
        "failed", "Failed", "bad",
        lambda c: not c.is_reached and c.ended_by != "Customer" and _is_broken(c),
        lambda c: f"Failed: {_failure(c)}",
    ),
    Rule(
        "not reached", "Not reached", "warn",
        lambda c: _is_outbound_call(c) and not c.is_reached,
        _always("Not reached"),
    ),
    Rule(
        "dialler connected", "Not reached", "none",
        lambda c: _is_outbound_call(c) and not c.is_answered,
        _always("Connected, no agent"),
    ),
    Rule("reached", "Reached", "good", _is_outbound_call, _always("Reached")),
    Rule(
        "sent", "Sent", "none",
        lambda c: c.initial_direction == "outbound" and not c.queues,
        _always("Sent"),
    ),
    Rule(
        "late answer", "Answered", "warn",
        lambda c: c.is_answered and c.no_answers > 0,
        lambda c: f"{_times('No answer', c.no_answers)}, then answered",
    ),
    Rule(
        "replied", "Answered", "good",
        lambda c: c.is_answered and c.media == "email" and c.has_reply,
        _always("Replied"),
    ),
    Rule(
        "customer hung up", "Answered", "good",
        lambda c: c.is_answered and c.media in _SPOKEN and c.ended_by == "Customer",
        _always("Customer hung up"),
    ),
    Rule(
        "agent hung up", "Answered", "good",
        lambda c: c.is_answered and c.media in _SPOKEN and c.ended_by == "Agent",
        _always("Agent hung up"),
    ),
    Rule("answered", "Answered", "good", lambda c: c.is_answered, _always("Answered")),
    Rule(
        "no answer", "No answer", "bad",
        lambda c: c.no_answers > 0,
        lambda c: _times("No answer", c.no_answers),
    ),
    Rule(
        "short abandon", "Abandoned", "none",
        lambda c: _abandoned(c) and bool(c.queues) and c.short_abandon,
        lambda c: _after("Short abandon", c.abandon_ms),
    ),
    Rule(
        "abandoned in queue", "Abandoned", "bad",
        lambda c: bool(c.queues) and c.ended_by != "System",
        lambda c: _after("Abandoned in queue", c.abandon_ms or c.queue_ms),
    ),
    Rule(
        "ended in queue", "Abandoned", "bad",
        lambda c: bool(c.queues),
        lambda c: _after("Ended in queue", c.queue_ms),
    ),
    Rule(
        "self-service", "Self-service", "good",
        lambda c: _is_flow_only(c) and _is_served_by_flow(c),
        _always("Self-service"),
    ),
    Rule(
        "abandoned in IVR", "Abandoned", "warn",
        _is_flow_only,
        lambda c: _after("Abandoned in IVR", c.ivr_ms),
    ),
    Rule("not connected", "Not connected", "none", lambda _: True, _always("Not connected")),
)  # fmt: skip
