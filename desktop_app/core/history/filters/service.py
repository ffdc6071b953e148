"""What of a filter Genesys can be asked for, so that less has to be fetched.

A segment filter matches a conversation if one of its segments does (contract §2.1), text is
compared as it stands, and people and queues go by ids.  So a term is sent only where every
contact that it holds for is sure to be in the answer: the answer is a superset, and the residue
is looked at here.  A negation is never sent: "a segment without" isn't "no segment with".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from desktop_app.core.history.clock import Clock
from desktop_app.core.history.filters.fields import BUILT_IN_WRAPUPS, CHOICES, Field
from desktop_app.core.history.filters.meaning import (
    BoundsTest,
    EmptyTest,
    FlagTest,
    Test,
    TextTest,
    read_condition,
)
from desktop_app.core.history.filters.measures import Bounds
from desktop_app.core.history.filters.tree import (
    And,
    Condition,
    Operator,
    Or,
    Term,
    all_of,
    conjuncts,
    effective,
)
from desktop_app.core.history.filters.writer import write
from desktop_app.core.history.folding import plain
from desktop_app.core.history.words import DEFAULT_WRAPUP

Level = Literal["conversation", "segment"]
Predicate = dict[str, Any]
Directory = Mapping[str, Mapping[str, str]]
"""Names by id, by kind: "user", "queue", "wrapup", "skill", "language", "division".

Only kinds of which every id is known, deleted ones too: a name that isn't known is shown in the
table all the same (a queue's participant carries it) and would be missed here.
"""

_MOST_PREDICATES = 500  # a body may have 512,000 bytes (contract §6)


@dataclass(frozen=True, slots=True)
class ServiceFilter:
    """``text`` is the canonical text of what is asked for, "" for everything.

    ``residue`` is what has to be checked in the answer.
    """

    text: str
    conversation: tuple[Predicate, ...]
    segment: tuple[Predicate, ...]
    residue: Term

    def body(self) -> dict[str, Any]:
        """The fields of a query's body, those without a filter left out."""
        found = {"conversationFilters": self.conversation, "segmentFilters": self.segment}
        return {name: list(filters) for name, filters in found.items() if filters}


def to_service(term: Term, names: Directory, clock: Clock) -> ServiceFilter:
    """Raises FilterMistake for a condition that can't be asked."""
    levels: dict[Level, list[Predicate]] = {"conversation": [], "segment": []}
    sent: list[Term] = []
    residue: list[Term] = []
    for each in conjuncts(effective(term)):
        found = _Asked.of(each, names, clock)
        if found is not None:
            sent.append(each)
            levels[found.level].append({"type": "or", "predicates": list(found.predicates)})
        if found is None or not found.is_exact:
            residue.append(each)
    return ServiceFilter(
        write(all_of(sent)), tuple(levels["conversation"]), tuple(levels["segment"]),
        all_of(residue),
    )  # fmt: skip


def starts_within(term: Term, clock: Clock) -> tuple[int | None, int | None]:
    """The range [start, end) outside which no contact can satisfy the filter; None is open."""
    low: int | None = None
    high: int | None = None
    for each in conjuncts(effective(term)):
        if not isinstance(each, Condition) or each.field != "start":
            continue
        _, test = read_condition(each, clock)
        if isinstance(test, BoundsTest):
            lows = [bounds[0] for bounds in test.ranges]
            highs = [bounds[1] for bounds in test.ranges]
            low = _tighter(max, low, None if None in lows else min(map(_int, lows)))
            high = _tighter(min, high, None if None in highs else max(map(_int, highs)))
    return low, high


def _int(bound: object) -> int:
    assert isinstance(bound, int)
    return bound


def _tighter(choose: Any, one: int | None, other: int | None) -> int | None:
    if one is None or other is None:
        return other if one is None else one
    chosen: int = choose(one, other)
    return chosen


@dataclass(frozen=True, slots=True)
class _Asked:
    """One of the predicates has to match; ``is_exact`` if only those contacts are then found."""

    level: Level
    predicates: tuple[Predicate, ...]
    is_exact: bool = False

    @staticmethod
    def of(term: Term, names: Directory, clock: Clock) -> _Asked | None:
        match term:
            case Condition():
                found = _condition(term, names, clock)
            case Or():
                found = _either([_Asked.of(each, names, clock) for each in term.terms])
            case And():  # one that must hold is enough
                parts = [_Asked.of(each, names, clock) for each in term.terms]
                found = next((part for part in parts if part is not None), None)
                found = found and _Asked(found.level, found.predicates)
            case _:
                return None
        if found is None or not 0 < len(found.predicates) <= _MOST_PREDICATES:
            return None
        return found


def _either(parts: list[_Asked | None]) -> _Asked | None:
    known = [part for part in parts if part is not None]
    levels = {part.level for part in known}
    if len(known) < len(parts) or len(levels) != 1:
        return None
    predicates = tuple(each for part in known for each in part.predicates)
    return _Asked(levels.pop(), predicates, all(part.is_exact for part in known))


def _condition(condition: Condition, names: Directory, clock: Clock) -> _Asked | None:
    field, test = read_condition(condition, clock)
    key = field.key
    if isinstance(test, EmptyTest):
        return None if test.wanted else _PRESENT.get(key)
    if isinstance(test, FlagTest):
        return _FLAGGED.get(key) if test.wanted else None
    if isinstance(test, BoundsTest):
        return _bounded(key, test)
    if key == "conversation_id":
        return _ids(condition)
    if key in _NAMED:
        return _named(key, test, names)
    if key in _CHOSEN:
        return _chosen(field, condition)
    return None


def _ids(condition: Condition) -> _Asked | None:
    """As written and in small letters, in which Genesys writes them."""
    if condition.operator is not Operator.IS:
        return None
    ids = dict.fromkeys(form for id_ in condition.values for form in (id_, id_.lower()))
    return _Asked("conversation", tuple(_is("conversationId", id_) for id_ in ids))


def _named(key: str, test: Test, names: Directory) -> _Asked | None:
    """The ids whose names fit. Without one the service can't be asked: no value would match all."""
    level, dimension, kind = _NAMED[key]
    known = names.get(kind)
    if known is None or not isinstance(test, TextTest):
        return None
    if kind == "wrapup":
        known = DEFAULT_WRAPUP | dict(known) | BUILT_IN_WRAPUPS
    ids = [id_ for id_, name in known.items() if test.fits(name)]
    # An id that has lost its name is shown as it is.
    ids += [needle for needle in test.needles if test.operator is Operator.IS]
    return _Asked(level, tuple(_is(dimension, id_) for id_ in dict.fromkeys(ids)))


def _chosen(field: Field, condition: Condition) -> _Asked | None:
    """The service's words for the cell's; a word that isn't known may be written in any way."""
    level, dimension, is_missing_too = _CHOSEN[field.key]
    if condition.operator is not Operator.IS:
        return None
    found: list[Predicate] = []
    for value in condition.values:
        needles = field.needles(value)
        words = [word for word, cell in CHOICES[field.key].items() if plain(cell) in needles]
        if not words:
            return None
        found += [_is(dimension, word) for word in words]
    if is_missing_too:
        found.append({"type": "dimension", "dimension": dimension, "operator": "notExists"})
    return _Asked(level, tuple(found))


def _bounded(key: str, test: BoundsTest) -> _Asked | None:
    if key == "mos":
        dimension = "mediaStatsMinConversationMos"
        ranges = [
            _range({"type": "dimension", "dimension": dimension}, each) for each in test.ranges
        ]
        return _Asked("conversation", tuple(ranges), is_exact=True)
    if key != "duration":
        return None
    metric = {"type": "metric", "metric": "tConversationDuration"}
    # A contact that is taken to last 0 because its end is before its start is below 0 there.
    ranges = [_range(metric, (low if low else None, high)) for low, high in test.ranges
              if low or high is not None]  # fmt: skip
    if len(ranges) < len(test.ranges):
        return None
    missing = [_without("conversationStart"), _without("conversationEnd")]
    return _Asked("conversation", (*ranges, *missing))


def _range(of: Predicate, bounds: Bounds) -> Predicate:
    limits = {name: bound for name, bound in zip(("gte", "lt"), bounds, strict=True)
              if bound is not None}  # fmt: skip
    return of | {"range": limits}


def _is(dimension: str, value: str) -> Predicate:
    return {"type": "dimension", "dimension": dimension, "operator": "matches", "value": value}


def _exists(dimension: str) -> Predicate:
    return {"type": "dimension", "dimension": dimension, "operator": "exists"}


def _without(dimension: str) -> Predicate:
    return {"type": "dimension", "dimension": dimension, "operator": "notExists"}


def _segments(*predicates: Predicate, is_exact: bool = False) -> _Asked:
    return _Asked("segment", predicates, is_exact)


# Where the ids of a column's names stand.
_NAMED: Mapping[str, tuple[Level, str, str]] = {
    "agents": ("segment", "userId", "user"),
    "last_agent": ("segment", "userId", "user"),
    "alerted": ("segment", "userId", "user"),
    "not_responding": ("segment", "userId", "user"),
    "supervisors": ("segment", "userId", "user"),
    "queues": ("segment", "queueId", "queue"),
    "first_queue": ("segment", "queueId", "queue"),
    "last_queue": ("segment", "queueId", "queue"),
    "wrapup": ("segment", "wrapUpCode", "wrapup"),
    "wrapups": ("segment", "wrapUpCode", "wrapup"),
    "skills": ("segment", "requestedRoutingSkillId", "skill"),
    "languages": ("segment", "requestedLanguageId", "language"),
    "divisions": ("conversation", "divisionId", "division"),
}
# Where a column's words stand, and whether the cell may come from elsewhere if none is there.
_CHOSEN: Mapping[str, tuple[Level, str, bool]] = {
    "media": ("segment", "mediaType", False),
    "direction": ("segment", "direction", True),
    "initial_direction": ("conversation", "originatingDirection", True),
    "message_type": ("segment", "messageType", False),
    "disconnect_type": ("segment", "disconnectType", False),
    "used_routing": ("segment", "usedRouting", False),
}
_PRESENT: Mapping[str, _Asked] = {
    "agents": _segments(_is("purpose", "agent"), _is("purpose", "user")),
    "last_agent": _segments(_is("purpose", "agent"), _is("purpose", "user")),
    "queues": _segments(_is("purpose", "acd")),
    "first_queue": _segments(_is("purpose", "acd")),
    "last_queue": _segments(_is("purpose", "acd")),
    "flows": _segments(
        *(_is("purpose", each) for each in ("ivr", "workflow", "botflow", "voicesurveyflow"))
    ),
    "wrapup": _segments(_exists("wrapUpCode")),
    "wrapups": _segments(_exists("wrapUpCode")),
    "wrapup_note": _segments(_exists("wrapUpNote")),
    "subject": _segments(_exists("subject")),
    "error_code": _segments(_exists("errorCode")),
    "message_type": _segments(_exists("messageType")),
    "used_routing": _segments(_exists("usedRouting")),
    "skills": _segments(_exists("requestedRoutingSkillId")),
    "languages": _segments(_exists("requestedLanguageId")),
    "sip_call_id": _segments(_exists("protocolCallId")),
    "session_dnis": _segments(_exists("sessionDnis")),
    "ani": _segments(_exists("ani"), _exists("addressFrom")),
    "dnis": _segments(_exists("dnis"), _exists("addressTo")),
    "divisions": _Asked("conversation", (_exists("divisionId"),)),
    "external_tag": _Asked("conversation", (_exists("externalTag"),)),
    "mos": _Asked("conversation", (_exists("mediaStatsMinConversationMos"),)),
}
_FLAGGED: Mapping[str, _Asked] = {
    "is_recorded": _segments(_is("recording", "true"), is_exact=True),
    "flagged": _segments(_exists("flaggedReason")),
    "wrapup_timed_out": _segments(_is("wrapUpCode", "ININ-WRAP-UP-TIMEOUT"), is_exact=True),
}
