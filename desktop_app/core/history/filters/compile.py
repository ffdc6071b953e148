"""A filter as a condition in SQL over table ``contact``.

Only names from the registry and quoted attribute keys reach the text; values are bound (T40).
Every condition may come out NULL for an empty cell, which counts as "no": ``IS NOT TRUE``
turns it to "yes" under a negation.
"""

from __future__ import annotations

from collections.abc import Callable

from desktop_app.core.history.clock import Clock, Interval
from desktop_app.core.history.columns import Kind
from desktop_app.core.history.filters.fields import Field
from desktop_app.core.history.filters.local import offsets
from desktop_app.core.history.filters.meaning import (
    BoundsTest,
    EmptyTest,
    FlagTest,
    PatternTest,
    Test,
    TextTest,
    read_condition,
)
from desktop_app.core.history.filters.mistakes import FilterMistake
from desktop_app.core.history.filters.tree import (
    And,
    Condition,
    Not,
    Operator,
    Or,
    Term,
    Words,
    effective,
)
from desktop_app.core.history.folding import folded
from desktop_app.core.history.sql import SEPARATOR, attribute, plain, sql_name

Sql = tuple[str, list[object]]

_HOUR_MS, _DAY_MS = 3_600_000, 86_400_000
_UNIT = "\x1f"  # what SEPARATOR is
_MOST_TERMS = 2000


def to_sql(term: Term, clock: Clock, inside: Interval) -> Sql:
    """The condition and its bound values; ``inside`` is the range of starts that is asked for.

    Raises FilterMistake for a condition that can't be asked.
    """
    wanted = effective(term)
    if _size(wanted) > _MOST_TERMS:
        raise FilterMistake(
            f"There are more than {_MOST_TERMS} conditions. Write values as field:(a, b, c)."
        )
    return _Compiler(clock, inside).term(wanted)


def _size(term: Term) -> int:
    match term:
        case And() | Or():
            return sum(map(_size, term.terms))
        case _:
            return 1


class _Compiler:
    def __init__(self, clock: Clock, inside: Interval) -> None:
        self._clock = clock
        self._inside = inside

    def term(self, term: Term) -> Sql:
        match term:
            case Words():
                return "contains(haystack, ?)", [folded(term.text)]
            case Condition():
                field, test = read_condition(term, self._clock)
                return self._condition(field, test)
            case Not():
                sql, values = self.term(term.term)
                return f"({sql}) IS NOT TRUE", values
            case And():
                return _joined(" AND ", [self.term(each) for each in term.terms])
            case Or():
                return _joined(" OR ", [self.term(each) for each in term.terms])
            case _:
                raise AssertionError("what is switched off has been left out")

    def _condition(self, field: Field, test: Test) -> Sql:
        value = self._value(field)
        match test:
            case FlagTest():
                return (f"{value} IS TRUE" if test.wanted else f"{value} IS NOT TRUE"), []
            case EmptyTest():
                return _empty(field, value, test.wanted), []
            case BoundsTest():
                return _joined(" OR ", [_between(value, low, high) for low, high in test.ranges])
            case PatternTest():
                return _pattern(field, value, test.pattern.re2)
            case TextTest():
                return _text(field, value, test)

    def _value(self, field: Field) -> str:
        if field.is_attribute:
            return attribute(field.title)
        if field.key == "start":
            return "start_ms"  # in whose order the table lies
        if field.key == "hour":
            return f"({self._local('start_ms')} // {_HOUR_MS}) % 24"
        if field.key == "weekday":  # 1 January 1970 was a Thursday
            return f"({self._local('start_ms')} // {_DAY_MS} + 3) % 7"
        if field.key == "overnight":
            end, start = self._local(sql_name("end")), self._local("start_ms")
            return f"({end} // {_DAY_MS} > {start} // {_DAY_MS})"
        return sql_name(field.key)

    def _local(self, name: str) -> str:
        """Milliseconds of the zone's own calendar: plain sums, where calendars are slow."""
        first, *later = offsets(self._clock.zone, self._inside)
        cases = "".join(f" WHEN {name} >= {at} THEN {by}" for at, by in reversed(later))
        shift = f"CASE{cases} ELSE {first[1]} END" if later else str(first[1])
        return f"({name} + {shift})"


def _joined(word: str, parts: list[Sql]) -> Sql:
    if not parts:
        return "TRUE", []
    if len(parts) == 1:
        return parts[0]
    sql = word.join(f"({part})" for part, _ in parts)
    return f"({sql})", [value for _, values in parts for value in values]


def _between(value: str, low: object, high: object) -> Sql:
    bounds = [(f"{value} >= ?", low), (f"{value} < ?", high)]
    given = [(sql, bound) for sql, bound in bounds if bound is not None]
    return " AND ".join(sql for sql, _ in given), [bound for _, bound in given]


def _empty(field: Field, value: str, wanted: bool) -> str:
    if field.measure is not None:
        return f"{value} IS {'' if wanted else 'NOT '}NULL"
    size = f"coalesce({'len' if field.kind is Kind.LIST else 'strlen'}({value}), 0)"
    return f"{size} {'=' if wanted else '>'} 0"


def _pattern(field: Field, value: str, pattern: str) -> Sql:
    return _any_of_list(field, value, lambda text: (f"regexp_matches({text}, ?)", [pattern]))


def _text(field: Field, value: str, test: TextTest) -> Sql:
    if test.operator is Operator.IS and len(test.needles) > 1:
        return _is_one_of(field, value, test.needles)
    compared = _COMPARED[test.operator]
    return _any_of_list(
        field,
        value,
        lambda text: _joined(" OR ", [(compared.format(text), [each]) for each in test.needles]),
    )


_COMPARED = {
    Operator.IS: "{} = ?",
    Operator.CONTAINS: "contains({}, ?)",
    Operator.STARTS: "starts_with({}, ?)",
    Operator.ENDS: "suffix({}, ?)",
}


def _any_of_list(field: Field, value: str, compare: Callable[[str], Sql]) -> Sql:
    """The comparison of a text's plain letters; of a list's texts, one has to fit."""
    if field.kind is not Kind.LIST:
        return compare(plain(value))
    sql, values = compare(plain("each"))
    return f"len(list_filter({value}, lambda each: {sql})) > 0", values


def _is_one_of(field: Field, value: str, needles: tuple[str, ...]) -> Sql:
    """Thousands of pasted IDs, say: as one text they are bound at once, and looked up by hash."""
    listed = f"string_split(?, {SEPARATOR})"
    bound: list[object] = [_UNIT.join(needles)]
    if field.kind is Kind.LIST:
        letters = f"list_transform({value}, lambda each: {plain('each')})"
        return f"list_has_any({letters}, {listed})", bound
    return f"{plain(value)} IN (SELECT unnest({listed}))", bound
