"""Who took part in a conversation, by names that a supervisor knows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import NamedTuple

from desktop_app.core.genesys import wire
from desktop_app.core.history import words
from desktop_app.core.history.address import address
from desktop_app.core.history.handling import Cast, who
from desktop_app.core.history.legs import STAFF_ROLES, Leg, Role

# (kind, id) -> name, or None when it isn't known.
# Kinds: "user", "queue", "wrapup", "skill", "language", "division", "group", "team".
Names = Callable[[str, str], str | None]

_NAMED_BY_NUMBER = frozenset({"voice", "callback", ""})


def wrapup_name(code: str, names: Names) -> str:
    """The words for a built-in code, the organisation's name for its own, or the code itself."""
    return words.wrapup(code) or names("wrapup", code) or words.DEFAULT_WRAPUP.get(code) or code


def staff_name(participant: wire.Participant, names: Names) -> str:
    """Agents carry no name: it comes from the directory (quirk 10)."""
    user = participant.user_id
    known = names("user", user) if user else None
    return known or address(participant.participant_name) or user or "Agent"


def queue_name(participant: wire.Participant, queue_id: str, names: Names) -> str:
    """A queue's participant carries the queue's name, for those who may not list queues."""
    known = names("queue", queue_id) if queue_id else None
    return known or address(participant.participant_name) or queue_id or "Queue"


def flow_name(participant: wire.Participant, session: wire.Session) -> str:
    named = session.flow.flow_name if session.flow else None
    return named or address(participant.participant_name) or "IVR"


def other_name(participant: wire.Participant, session: wire.Session) -> str:
    """A customer's, or that of any party who isn't in the directory."""
    return (
        address(participant.participant_name)
        or address(session.remote_name_displayable)
        or address(session.remote)
        or (participant.purpose or "unknown").capitalize()
    )


def leg_name(leg: Leg, names: Names) -> str:
    role = leg.role
    if role in STAFF_ROLES:
        return staff_name(leg.participant, names)
    if role is Role.QUEUE:
        return queue_name(leg.participant, leg.queue_id, names)
    if role is Role.FLOW:
        return flow_name(leg.participant, leg.session)
    return other_name(leg.participant, leg.session)


def in_turn(legs: list[Leg], names: Names) -> tuple[str, ...]:
    """Names by time: a name comes again when the contact comes back, but never follows itself."""
    found = [leg_name(leg, names) for leg in legs]
    if len(found) < 2:
        return tuple(found)
    return tuple(
        [name for name, before in zip(found, ["", *found], strict=False) if name != before]
    )


def each_once(legs: list[Leg], names: Names) -> tuple[str, ...]:
    """Names by time, each person once."""
    if len(legs) < 2:
        return tuple([leg_name(leg, names) for leg in legs])
    first: dict[str, Leg] = {}
    for leg in legs:
        first.setdefault(who(leg), leg)
    return tuple([leg_name(leg, names) for leg in first.values()])


def named(kind: str, ids: Iterable[str | None], names: Names) -> tuple[str, ...]:
    """Each id's name once, or the id itself where it has none."""
    if not ids:
        return ()
    return tuple([names(kind, item) or item for item in dict.fromkeys(ids) if item])


class Party(NamedTuple):
    """The customer's side of a contact."""

    direction: str
    customer: str
    ani: str
    dnis: str


_direction, _name = attrgetter("direction"), attrgetter("remote_name_displayable")
_ani, _sender = attrgetter("ani"), attrgetter("address_from")
_dnis, _receiver = attrgetter("dnis"), attrgetter("address_to")


def read_party(cast: Cast, media: str, initial_direction: str) -> Party:
    """The customer's own legs say most; the others' fill in.

    Whose number counts depends on the direction (quirk 11).  A call's participant is named after
    a town or a country, so there the number stands for the customer; elsewhere the name does.
    """
    sessions = [leg.session for leg in cast.customer]
    sessions += [leg.session for leg in cast.legs if leg not in cast.customer]
    direction = next(filter(None, map(_direction, sessions)), initial_direction)
    ani = _readable(map(_ani, sessions)) or _readable(map(_sender, sessions))
    dnis = _readable(map(_dnis, sessions)) or _readable(map(_receiver, sessions))
    if not cast.customer:
        return Party(direction, "", ani, dnis)
    number = dnis if direction == "outbound" else ani
    if number and media in _NAMED_BY_NUMBER:
        return Party(direction, number, ani, dnis)
    name = address(cast.customer[0].participant.participant_name)
    return Party(direction, name or _readable(map(_name, sessions)) or number, ani, dnis)


def _readable(addresses: Iterable[str | None]) -> str:
    """The first that a person can read."""
    for raw in filter(None, addresses):
        if text := address(raw):
            return text
    return ""
