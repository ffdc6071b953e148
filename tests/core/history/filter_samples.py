"""Random filters and contacts: few fields and texts, so that they often meet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from desktop_app.core.history.clock import Clock
from desktop_app.core.history.columns import Kind, Value
from desktop_app.core.history.filters import (
    Condition,
    Operator,
    Term,
    Words,
    all_of,
    any_of,
    field_of,
    negated,
    switched_off,
)

# Thursday 26 November 2026, 12:00 UTC; the clocks went back on 25 October.
NOW = 1_795_694_400_000
HOUR = 3_600_000
LONDON = Clock(ZoneInfo("Europe/London"), lambda: NOW)

# One of each kind, and each of the filter's own.
KINDS: Mapping[str, Kind] = {
    "start": Kind.INSTANT,
    "end": Kind.INSTANT,
    "queue_wait": Kind.DURATION,
    "holds": Kind.COUNT,
    "mos": Kind.NUMBER,
    "customer": Kind.TEXT,
    "media": Kind.TEXT,
    "wrapup": Kind.TEXT,
    "agents": Kind.LIST,
    "flagged": Kind.FLAG,
    "conversation_id": Kind.ID,
    "attr.Customer ANI": Kind.TEXT,
    "attr.it's; --": Kind.TEXT,
}

PARTS = (
    "a",
    "É",
    "ł",
    "ß",
    "Œ",
    "佐",
    "1",
    " ",
    "*",
    '"',
    "\\",
    "'",
    "-",
    "none",
    "™",
    "ς",
    "ñ",
    ",",
    ")",
)
texts = st.lists(st.sampled_from(PARTS), max_size=3).map("".join)
needles = texts.filter(lambda text: text.strip() != "")
names = st.sampled_from(["Ana Ruiz", "Łukasz Żak", "ana", "Zoë", "Œuvre (UK)", "a, b"])

_CELLS: Mapping[Kind, st.SearchStrategy[Any]] = {
    Kind.INSTANT: st.integers(NOW - 90 * 24 * HOUR, NOW + HOUR),
    Kind.DURATION: st.sampled_from([0, 999, 1000, 59_999, 60_000, 60_500, 61_000, 90_000]),
    Kind.COUNT: st.integers(0, 4),
    Kind.NUMBER: st.sampled_from([1.0, 2.5, 3.494, 3.495, 3.5, 4.1249]),
    Kind.TEXT: texts
    | names
    | st.sampled_from(["Voice", "E-mail", "Timed out", "Internal message"]),
    Kind.LIST: st.lists(needles | names, max_size=3).map(tuple),
    Kind.FLAG: st.booleans(),
    Kind.ID: st.sampled_from(["3f0c-A", "3f0c-B", "77aa"]),
}


@st.composite
def rows(draw: st.DrawFn) -> dict[str, Value]:
    cells = {key: draw(st.none() | _CELLS[kind]) for key, kind in KINDS.items() if key != "start"}
    return cells | {"start": draw(_CELLS[Kind.INSTANT])}


_DATES = ["today", "yesterday", "last friday", "2026-10-25", "2026-11", "this week", "7 days ago",
          "2026-10-25 01:30", "last 24 hours", "3 hours ago", "20 nov"]  # fmt: skip
_SINGLE: Mapping[str, list[str]] = {
    "instant": _DATES,
    "duration": ["0s", "1s", "60s", "1m", "1:00", "1m30s", "1500ms"],
    "count": ["0", "2"],
    "number": ["1", "3.5", "4.12"],
    "hour": ["0", "12"],
    "weekday": ["mon", "saturday"],
}
_RANGES: Mapping[str, list[str]] = {
    "instant": ["2026-10-01..yesterday", "..2026-11-01", "today..2026-01-01"],
    "duration": ["1s..1m", "..1:00", "59s-61s"],
    "count": ["1-3", "2..", "..1"],
    "number": ["2.5..3.5"],
    "hour": ["9-17", "22-3"],
    "weekday": ["fri-mon", "mon-fri", "sat.."],
}
_ORDERED = (Operator.BELOW, Operator.AT_MOST, Operator.ABOVE, Operator.AT_LEAST)
_TEXTUAL = (Operator.IS, Operator.CONTAINS, Operator.STARTS, Operator.ENDS)
PATTERNS = ("^a", "[a-ł]$", "a|É", r"\d\s?", r"\bana\b", "(?:ł|ß)+", "^[^a]{1,3}$", "Z.k", r"\*")
FIELDS = (*KINDS, "hour", "weekday", "overnight")


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    field = field_of(draw(st.sampled_from(FIELDS)))
    if draw(st.integers(0, 5)) == 0 and not field.is_flag:
        return Condition(field.key, draw(st.sampled_from([Operator.EMPTY, Operator.PRESENT])))
    if field.is_flag:
        return Condition(field.key, Operator.IS, (draw(st.sampled_from(["yes", "no"])),))
    if field.measure is not None:
        single = _SINGLE[field.measure]
        if draw(st.booleans()):
            return Condition(
                field.key, draw(st.sampled_from(_ORDERED)), (draw(st.sampled_from(single)),)
            )
        values = st.sampled_from([*single, *_RANGES[field.measure]])
        found = draw(st.lists(values, min_size=1, max_size=3, unique=True))
        return Condition(field.key, Operator.IS, tuple(found))
    if draw(st.integers(0, 4)) == 0:
        return Condition(field.key, Operator.REGEX, (draw(st.sampled_from(PATTERNS)),))
    operators = [each for each in _TEXTUAL if not (field.is_whole and each is Operator.CONTAINS)]
    written = needles | names | st.sampled_from(["email", "timeout", "voice", "3f0c-a", "77AA"])
    found = draw(st.lists(written.filter(_is_value), min_size=1, max_size=3, unique=True))
    return Condition(field.key, draw(st.sampled_from(operators)), tuple(found))


def _is_value(text: str) -> bool:
    return text.strip() == text


words = needles.map(lambda text: Words(text.strip()))


def terms() -> st.SearchStrategy[Term]:
    """Trees in the form that reading a text gives."""
    return st.recursive(
        conditions() | words,
        lambda inner: (
            st.lists(inner, min_size=2, max_size=3).map(all_of)
            | st.lists(inner, min_size=2, max_size=3).map(any_of)
            | inner.map(negated)
            | inner.map(switched_off)
        ),
        max_leaves=6,
    )
