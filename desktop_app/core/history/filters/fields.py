"""The fields that a condition can be about: every column, every attribute, and a few of its own."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Literal

from desktop_app.core.history import words
from desktop_app.core.history.columns import COLUMNS, Column, Kind
from desktop_app.core.history.filters.tree import Operator
from desktop_app.core.history.folding import plain, squeezed

ATTRIBUTE = "attr."
Where = Literal["instant", "needs sync"]


class Measure(StrEnum):
    """How the values of an ordered field are read."""

    INSTANT = "instant"
    DURATION = "duration"
    COUNT = "count"
    NUMBER = "number"
    HOUR = "hour"
    WEEKDAY = "weekday"


_EXAMPLES = {
    Measure.INSTANT: "2026-01-05",
    Measure.DURATION: "2m",
    Measure.COUNT: "3",
    Measure.NUMBER: "3.5",
    Measure.HOUR: "9",
    Measure.WEEKDAY: "mon",
}
TEXT_OPERATORS = frozenset(
    {Operator.IS, Operator.CONTAINS, Operator.STARTS, Operator.ENDS, Operator.REGEX}
)
ORDERED_OPERATORS = frozenset(
    {Operator.IS, Operator.BELOW, Operator.AT_MOST, Operator.ABOVE, Operator.AT_LEAST}
)
FLAG_OPERATORS = frozenset({Operator.IS})
_ALWAYS = frozenset({Operator.EMPTY, Operator.PRESENT})


@dataclass(frozen=True, slots=True)
class Field:
    """``name`` is how a condition begins, ``key`` how the tree calls it.

    ``measure`` is None for texts, lists and flags.  ``is_whole`` says that ":" means "is": a
    chosen word or an ID isn't searched in parts.  ``spellings`` are other words for a cell's
    text, by their letters: the service's own "email" for "E-mail".
    """

    key: str
    name: str
    title: str
    kind: Kind
    help: str = ""
    measure: Measure | None = None
    is_whole: bool = False
    spellings: Mapping[str, frozenset[str]] = field(default_factory=dict, compare=False)

    @property
    def is_flag(self) -> bool:
        return self.kind is Kind.FLAG

    @property
    def is_attribute(self) -> bool:
        return self.key.startswith(ATTRIBUTE)

    @property
    def where(self) -> Where:
        """Whether what is held answers it, or what is fetched depends on it.

        The time range says what is fetched, and attributes come with jobs only, later.
        """
        return "needs sync" if self.is_attribute or self.key == "start" else "instant"

    @property
    def operators(self) -> frozenset[Operator]:
        if self.is_flag:
            return FLAG_OPERATORS | _ALWAYS
        return (TEXT_OPERATORS if self.measure is None else ORDERED_OPERATORS) | _ALWAYS

    @property
    def example(self) -> str:
        return "yes" if self.is_flag else _EXAMPLES[self.measure] if self.measure else "billing"

    def needles(self, value: str) -> frozenset[str]:
        """The plain texts that a value stands for."""
        return frozenset({plain(value)}) | self.spellings.get(squeezed(value), frozenset())


# What people write first; a column's key and title work as well.
_NAMES = {
    "agents": "agent",
    "queues": "queue",
    "flows": "flow",
    "skills": "skill",
    "languages": "language",
    "divisions": "division",
    "wrapup": "wrap",
    "wrapups": "wraps",
    "wrapup_note": "wrapnote",
    "queue_wait": "wait",
    "outcome_group": "group",
    "is_recorded": "recorded",
    "conversation_id": "id",
    "sip_call_id": "sip",
    "nth_contact": "repeat",
    "since_previous": "gap",
    "external_tag": "externaltag",
}
_MEASURES = {
    Kind.INSTANT: Measure.INSTANT,
    Kind.DURATION: Measure.DURATION,
    Kind.COUNT: Measure.COUNT,
    Kind.NUMBER: Measure.NUMBER,
}

# Contract §2.3.
DISCONNECT_TYPES = (
    "client conferenceTransfer consultTransfer dndEndpoint dndTransfer endpoint error"
    " forwardTransfer inactivity noAnswerTransfer notAvailableTransfer other peer sessionExpired"
    " spam system takeover timeout transfer transportFailure uncallable"
).split()
USED_ROUTING = "Bullseye Conditional Direct Last Manual Predictive Preferred Standard Vip".split()

# The service's words by the cell's text, for columns whose cell is one of a few words.
CHOICES: Mapping[str, Mapping[str, str]] = {
    "media": words.MEDIA,
    "direction": words.DIRECTION,
    "initial_direction": words.DIRECTION,
    "message_type": words.MESSAGE_TYPE,
    "disconnect_type": {each: words.disconnect(each) for each in DISCONNECT_TYPES},
    "used_routing": {each: each for each in USED_ROUTING},
    "ended_by": {each.lower(): each for each in ("Customer", "Agent", "System")},
    "outcome_group": {},
}
# The same for columns that hold other words besides.
BUILT_IN_WRAPUPS = {
    code: words.wrapup(code) or code
    for code in ("ININ-WRAP-UP-TIMEOUT", "ININ-WRAP-UP-SKIPPED", "ININ-OUTBOUND-PREVIEW-SKIPPED")
}
_WRAPUP_WORDS = BUILT_IN_WRAPUPS | {"timeout": "Timed out"}
_ALSO: Mapping[str, Mapping[str, str]] = {"wrapup": _WRAPUP_WORDS, "wrapups": _WRAPUP_WORDS}

OWN_FIELDS = (
    Field("hour", "hour", "Hour", Kind.COUNT, "The hour in which it began", Measure.HOUR),
    Field("weekday", "weekday", "Weekday", Kind.COUNT, "The weekday on which it began",
          Measure.WEEKDAY),
    Field("overnight", "overnight", "Overnight", Kind.FLAG, "It ended on a later day"),
)  # fmt: skip

# Ways to write a condition on the start.
RELATIONS: Mapping[str, Operator] = {
    "before": Operator.BELOW,
    "after": Operator.ABOVE,
    "since": Operator.AT_LEAST,
    "until": Operator.AT_MOST,
    "on": Operator.IS,
}

_SEPARATORS = re.compile(r"[\s_.-]+")


def all_fields() -> tuple[Field, ...]:
    """Every field but the attributes, in the order of the columns."""
    return _fields()


def find_field(name: str) -> Field | None:
    """The field of that name, key or title; None if there is none."""
    if name[: len(ATTRIBUTE)].lower() == ATTRIBUTE and len(name) > len(ATTRIBUTE):
        return attribute_field(name[len(ATTRIBUTE) :])
    return _by_name().get(_bare(name))


def field_of(key: str) -> Field:
    """The field that the tree calls so. Raises KeyError for another text."""
    if key.startswith(ATTRIBUTE) and len(key) > len(ATTRIBUTE):
        return attribute_field(key.removeprefix(ATTRIBUTE))
    return _by_key()[key]


def attribute_field(key: str) -> Field:
    return Field(ATTRIBUTE + key, ATTRIBUTE + key, key, Kind.TEXT, "A participant attribute")


def near_names(name: str) -> list[str]:
    """Names that may have been meant, the likeliest first."""
    known = {found.name: found.name for found in _fields()} | dict.fromkeys(RELATIONS, "")
    known |= {bare: found.name for bare, found in _by_name().items()}
    near = difflib.get_close_matches(_bare(name[:40]), list(known), n=2, cutoff=0.6)
    return list(dict.fromkeys(known[each] or each for each in near))


def _bare(name: str) -> str:
    return _SEPARATORS.sub("", name.casefold())


@cache
def _fields() -> tuple[Field, ...]:
    own = {found.key for found in OWN_FIELDS}
    return (*(_of_column(each) for each in COLUMNS if each.key not in own), *OWN_FIELDS)


def _of_column(column: Column) -> Field:
    return Field(
        key=column.key,
        name=_NAMES.get(column.key, column.key),
        title=column.title,
        kind=column.kind,
        help=column.help,
        measure=_MEASURES.get(column.kind),
        is_whole=column.key in CHOICES or column.kind is Kind.ID,
        spellings=_spellings(CHOICES.get(column.key) or _ALSO.get(column.key) or {}),
    )


def _spellings(cells: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """The plain cell texts by the letters of both the service's word and the cell's text."""
    found: dict[str, frozenset[str]] = {}
    for word, cell in cells.items():
        for spelling in (squeezed(word), squeezed(cell)):
            found[spelling] = found.get(spelling, frozenset()) | {plain(cell)}
    return found


@cache
def _by_key() -> dict[str, Field]:
    return {found.key: found for found in _fields()}


@cache
def _by_name() -> dict[str, Field]:
    """Short names win over keys, keys over titles: the first to claim a name has it."""
    found: dict[str, Field] = {}
    for names in _ways_to_name():
        for name, each in names:
            found.setdefault(_bare(name), each)
    return found


def _ways_to_name() -> Iterator[Iterable[tuple[str, Field]]]:
    fields = _fields()
    yield ((found.name, found) for found in fields)
    yield ((found.key, found) for found in fields)
    yield ((found.title, found) for found in fields if not _SEPARATORS.fullmatch(found.title))
