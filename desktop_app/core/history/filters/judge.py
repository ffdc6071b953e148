"""Whether one contact satisfies a filter, told from its cells: the same answer as SQL gives."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from desktop_app.core.history.clock import Clock
from desktop_app.core.history.columns import Value
from desktop_app.core.history.filters.fields import Field
from desktop_app.core.history.filters.meaning import (
    BoundsTest,
    EmptyTest,
    FlagTest,
    Test,
    read_condition,
)
from desktop_app.core.history.filters.measures import within
from desktop_app.core.history.filters.tree import And, Condition, Not, Or, Term, Words, effective
from desktop_app.core.history.folding import folded, haystack

Cells = Mapping[str, Value]
"""Cells by column key; an attribute's by "attr.<key>". A missing cell is empty."""

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def matches(term: Term, cells: Cells, clock: Clock) -> bool:
    """Raises FilterMistake for a condition that can't be asked."""
    return judge(term, clock)(cells)


def judge(term: Term, clock: Clock) -> Callable[[Cells], bool]:
    """A test for many contacts; dates mean what they mean now."""
    return _judge(effective(term), clock)


def _judge(term: Term, clock: Clock) -> Callable[[Cells], bool]:
    match term:
        case Words():
            words = folded(term.text)
            return lambda cells: words in haystack(cells)
        case Condition():
            field, test = read_condition(term, clock)
            return lambda cells: _fits(test, _cell(field, cells, clock))
        case Not():
            inner = _judge(term.term, clock)
            return lambda cells: not inner(cells)
        case And() | Or():
            parts = [_judge(each, clock) for each in term.terms]
            every = all if isinstance(term, And) else any
            return lambda cells: every(part(cells) for part in parts)
        case _:
            raise AssertionError("what is switched off has been left out")


def _fits(test: Test, cell: Value) -> bool:
    if isinstance(test, FlagTest):
        return bool(cell) == test.wanted
    if isinstance(test, EmptyTest):
        return (cell is None or cell in ("", ())) == test.wanted
    if cell is None:
        return False
    if isinstance(test, BoundsTest):
        return isinstance(cell, int | float) and within(cell, list(test.ranges))
    texts = cell if isinstance(cell, tuple) else (cell,)
    return any(test.fits(str(text)) for text in texts)


def _cell(field: Field, cells: Cells, clock: Clock) -> Value:
    if field.key not in ("hour", "weekday", "overnight"):
        return cells.get(field.key)
    start, end = cells.get("start"), cells.get("end")
    if not isinstance(start, int):
        return None
    began = _local(start, clock)
    if field.key == "hour":
        return began.hour
    if field.key == "weekday":
        return began.weekday()
    return _local(end, clock).date() > began.date() if isinstance(end, int) else None


def _local(ms: int, clock: Clock) -> dt.datetime:
    return (_EPOCH + dt.timedelta(milliseconds=ms)).astimezone(clock.zone)
