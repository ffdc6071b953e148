"""How a contact was handled: its times, who was offered it, its transfers and how it ended."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from desktop_app.core.history.legs import FAR, Leg, Role

_OWN_END = frozenset({"client", "endpoint", "dndEndpoint"})
_PASSED_ON = frozenset(
    {
        "transfer",
        "consultTransfer",
        "conferenceTransfer",
        "forwardTransfer",
        "noAnswerTransfer",
        "notAvailableTransfer",
        "dndTransfer",
        "takeover",
    }
)
_GIVEN = frozenset({"transfer", "consultTransfer"})
_HANDLING = frozenset({"tTalk", "tTalkComplete", "tHeld", "tHeldComplete", "tAcw", "tHandle"})
_UNANSWERED = frozenset({"tNotResponding", "nAlertExpired", "nAgentDeclined"})

# An alert that ends this close to the customer's leg ended because the customer left.
_LEFT_TOGETHER_MS = 1000


class Cast:
    """The legs by part, each list by start.

    ``answered`` are the staff legs that interacted with the contact, ``consulted`` those between
    two of the staff while the contact waited.  The customer is the participant of that purpose;
    without one, the first external party.  Other external parties were consulted or took over.
    """

    __slots__ = (
        "answered",
        "consulted",
        "customer",
        "customers",
        "flows",
        "legs",
        "queues",
        "staff",
        "watching",
    )

    def __init__(self, legs: list[Leg]) -> None:
        self.legs = legs
        parts: defaultdict[Role, list[Leg]] = defaultdict(list)
        for leg in legs:
            parts[leg.role].append(leg)
        self.customers = parts[Role.CUSTOMER]
        self.customer = _main_customer(self.customers)
        self.queues = parts[Role.QUEUE]
        self.flows = parts[Role.FLOW]
        self.watching = parts[Role.SUPERVISOR]
        staff = parts[Role.STAFF]
        self.consulted = _consulted(staff) if self.customers and len(staff) > 1 else []
        self.staff = [leg for leg in staff if leg not in self.consulted]
        self.answered = [leg for leg in self.staff if leg.answered_at is not None]
        self.answered.sort(key=_answered_at)


def _answered_at(leg: Leg) -> int:
    return leg.answered_at or 0


def _main_customer(legs: list[Leg]) -> list[Leg]:
    named = [leg for leg in legs if leg.participant.purpose == "customer"]
    return named or [leg for leg in legs if leg.participant is legs[0].participant]


def _consulted(staff: list[Leg]) -> list[Leg]:
    """The sessions that are peers of each other: neither end of them is the customer's."""
    by_id = {leg.session.session_id: leg for leg in staff if leg.session.session_id}
    found = []
    for leg in staff:
        peer = by_id.get(leg.session.peer_id or "")
        if peer is not None and who(peer) != who(leg):
            found += [peer, leg]
    return found


def who(leg: Leg) -> str:
    """One key for all legs of the same person."""
    participant = leg.participant
    return participant.user_id or participant.participant_id or str(id(participant))


def totals(legs: Iterable[Leg]) -> dict[str, int]:
    """Metrics by name, summed over the conversation."""
    total: dict[str, int] = {}
    for leg in legs:
        for name, value in leg.metrics.items():
            total[name] = total.get(name, 0) + value
    return total


def segment_kinds(legs: Iterable[Leg]) -> dict[str, int]:
    """How many segments of each type the conversation has."""
    found: dict[str, int] = {}
    for leg in legs:
        for kind, count in leg.kinds.items():
            found[kind] = found.get(kind, 0) + count
    return found


class LegTimes(NamedTuple):
    """Of one of the staff's sessions; milliseconds, None where there was no such phase."""

    alert: int | None
    talk: int | None
    hold: int | None
    acw: int | None
    handle: int | None


def leg_times(leg: Leg) -> LegTimes:
    """What the session adds to the contact's times (``read_times``)."""
    metrics, lengths = leg.metrics, leg.lengths
    if _HANDLING.isdisjoint(metrics):
        talk, hold, acw = (lengths.get(kind) for kind in ("interact", "hold", "wrapup"))
    else:
        talk, hold, acw = _talk(metrics), _hold(metrics), metrics.get("tAcw")
    return LegTimes(
        alert=metrics.get("tAlert", lengths.get("alert")),
        talk=talk,
        hold=hold,
        acw=acw,
        handle=metrics.get("tHandle", _handle(leg)),
    )


class Times(NamedTuple):
    """Milliseconds; None where there was no such phase."""

    ivr: int | None
    queue: int | None
    alert: int | None
    talk: int | None
    hold: int | None
    acw: int | None
    handle: int | None


def read_times(cast: Cast, total: dict[str, int]) -> Times:
    """From the metrics (``total``: by name), and from the segments of sessions without them."""
    talk, hold = _talk(total), _hold(total)
    alert, acw, handle = total.get("tAlert"), total.get("tAcw"), total.get("tHandle")
    for leg in (*cast.staff, *cast.consulted):
        metrics, lengths = leg.metrics, leg.lengths
        if "tAlert" not in metrics:
            alert = _sum(alert, lengths.get("alert"))
        if _HANDLING.isdisjoint(metrics):
            talk = _sum(talk, lengths.get("interact"))
            hold = _sum(hold, lengths.get("hold"))
            acw = _sum(acw, lengths.get("wrapup"))
        if "tHandle" not in metrics:
            handle = _sum(handle, _handle(leg))
    return Times(
        ivr=_with_lengths("tIvr", total, cast.flows),
        queue=_with_lengths("tAcd", total, cast.queues),
        alert=alert,
        talk=talk,
        hold=hold,
        acw=acw,
        handle=handle,
    )


def _with_lengths(metric: str, total: dict[str, int], legs: list[Leg]) -> int | None:
    """The metric, and the length of the legs that haven't got it."""
    value = total.get(metric)
    for leg in legs:
        if metric not in leg.metrics:
            value = _sum(value, leg.length)
    return value


def _talk(metrics: dict[str, int]) -> int | None:
    return metrics.get("tTalk", metrics.get("tTalkComplete"))


def _hold(metrics: dict[str, int]) -> int | None:
    return metrics.get("tHeld", metrics.get("tHeldComplete"))


def _handle(leg: Leg) -> int | None:
    metrics, lengths = leg.metrics, leg.lengths
    if _HANDLING.isdisjoint(metrics):
        return _sum(lengths.get("interact"), _sum(lengths.get("hold"), lengths.get("wrapup")))
    return _sum(_talk(metrics), _sum(_hold(metrics), metrics.get("tAcw")))


def _sum(one: int | None, other: int | None) -> int | None:
    """None only if there is nothing to add up."""
    if one is None:
        return other
    return one if other is None else one + other


def mean_of(legs: Iterable[Leg], metric: str) -> int | None:
    """The mean of every single value of a metric; None if there is none."""
    values = [
        each.value
        for leg in legs
        for each in leg.session.metrics or ()
        if each.name == metric and each.value is not None and math.isfinite(each.value)
    ]
    return round(sum(values) / len(values)) if values else None


def not_responding(cast: Cast) -> list[Leg]:
    """The staff legs that were alerted, did not answer, and did not lose the caller meanwhile."""
    customer_end = max((leg.end for leg in cast.customer if leg.end is not None), default=FAR)
    return [leg for leg in cast.staff if _missed(leg, customer_end)]


def _missed(leg: Leg, customer_end: int) -> bool:
    alert_end = leg.alert_end
    if alert_end is None or alert_end == FAR or leg.answered_at is not None:
        return False
    if not _UNANSWERED.isdisjoint(leg.metrics):
        return True
    if leg.disconnect not in ("", "peer"):
        return True
    return alert_end + _LEFT_TOGETHER_MS < customer_end


class Transfers(NamedTuple):
    """``target`` is the leg that took over after the last one; ``lost`` if nobody answered it."""

    blind: int = 0
    consult: int = 0
    target: Leg | None = None
    lost: bool = False

    @property
    def total(self) -> int:
        return self.blind + self.consult


_COUNTED = frozenset({"nTransferred", "nBlindTransferred", "nConsultTransferred"})


def read_transfers(cast: Cast) -> Transfers:
    """The staff's transfers; a queue's or flow's "transfer" only hands the contact on."""
    counted = [leg for leg in cast.answered if not _COUNTED.isdisjoint(leg.metrics)]
    if counted:
        consult = sum(leg.metrics.get("nConsultTransferred", 0) for leg in counted)
        total = sum(_transferred(leg) for leg in counted)
        return _with_target(cast, total - consult, consult, counted[-1])
    # An agent's session also ends in a transfer when the contact is queued for the same agent,
    # and with a consult two of them end in the same one.
    given = {
        (who(leg), leg.disconnected_at): leg
        for leg in cast.answered
        if leg.disconnect in _GIVEN and _taken_over(cast, leg)
    }
    giving = list(given.values())
    consult = sum(leg.disconnect == "consultTransfer" for leg in giving)
    return _with_target(cast, len(giving) - consult, consult, giving[-1]) if giving else Transfers()


def _transferred(leg: Leg) -> int:
    blind, consult = (
        leg.metrics.get(name, 0) for name in ("nBlindTransferred", "nConsultTransferred")
    )
    return max(leg.metrics.get("nTransferred", 0), blind + consult)


def _with_target(cast: Cast, blind: int, consult: int, last: Leg) -> Transfers:
    target = _taken_over(cast, last)
    return Transfers(blind, consult, target, _is_lost(cast, last, target))


def _taken_over(cast: Cast, giver: Leg) -> Leg | None:
    """The first party that came after the giver and stayed longer: queue, agent, flow or other."""
    began, left = giver.start or 0, giver.talk_end or 0
    for leg in cast.legs:
        if leg.start is None or leg.end is None or leg.start <= began or leg.end <= left:
            continue
        if leg.role is Role.SUPERVISOR or who(leg) == who(giver) or leg in cast.customer:
            continue
        return leg
    return None


def _is_lost(cast: Cast, giver: Leg, target: Leg | None) -> bool:
    if target is None or target.role is not Role.QUEUE or target.is_open:
        return False
    left = giver.talk_end or 0
    return not any(leg is not giver and (leg.talk_end or 0) > left for leg in cast.answered)


class Ending(NamedTuple):
    """``by`` is "Customer", "Agent", "System" or ""; ``disconnect`` is the word that tells."""

    by: str
    disconnect: str


def read_ending(cast: Cast) -> Ending:
    """Each side says how its leg ended; "peer" says that it was the other side (contract §2.3)."""
    customer = _last_word(cast.customer)
    staff = _last_word(cast.answered)
    for by, word in (("Customer", customer), ("Agent", staff)):
        if word in _OWN_END:
            return Ending(by, word)
    for word in (customer, staff):
        if word and word != "peer" and word not in _PASSED_ON:
            return Ending("System", word)
    if staff == "peer":
        return Ending("Customer" if cast.customers else "Agent", staff)
    if customer == "peer":
        return Ending("Agent" if cast.answered else "System", customer)
    return Ending("", customer or staff or _last_word(cast.legs))


def _last_word(legs: list[Leg]) -> str:
    """Of sessions that ended together, the one begun last: a call within a callback."""
    word, at = "", -FAR
    for leg in legs:
        if leg.disconnect and leg.disconnected_at >= at:
            word, at = leg.disconnect, leg.disconnected_at
    return word
