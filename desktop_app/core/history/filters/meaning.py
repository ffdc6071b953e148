"""What a condition asks of a cell: one reading, for SQL, the judge and the service alike."""

from __future__ import annotations

from dataclasses import dataclass

from desktop_app.core.history.clock import Clock
from desktop_app.core.history.filters.fields import Field, field_of
from desktop_app.core.history.filters.measures import Bounds, read_bounds
from desktop_app.core.history.filters.mistakes import FilterMistake, shown
from desktop_app.core.history.filters.patterns import Pattern, PatternError, read_pattern
from desktop_app.core.history.filters.tree import Condition, Operator
from desktop_app.core.history.folding import plain

_YES = frozenset({"yes", "y", "true", "on", "1"})
_NO = frozenset({"no", "n", "false", "off", "0"})


@dataclass(frozen=True, slots=True)
class TextTest:
    """IS, CONTAINS, STARTS or ENDS, by plain texts; of a list, one of its texts has to fit."""

    operator: Operator
    needles: tuple[str, ...]

    def fits(self, cell: str) -> bool:
        letters = plain(cell)
        return any(_FITS[self.operator](letters, needle) for needle in self.needles)


@dataclass(frozen=True, slots=True)
class PatternTest:
    pattern: Pattern

    def fits(self, cell: str) -> bool:
        return self.pattern.finds(plain(cell))


@dataclass(frozen=True, slots=True)
class BoundsTest:
    """The cell lies in one of the ranges."""

    ranges: tuple[Bounds, ...]


@dataclass(frozen=True, slots=True)
class FlagTest:
    """An empty flag reads as "no"."""

    wanted: bool


@dataclass(frozen=True, slots=True)
class EmptyTest:
    wanted: bool


Test = TextTest | PatternTest | BoundsTest | FlagTest | EmptyTest

_FITS = {
    Operator.IS: str.__eq__,
    Operator.CONTAINS: str.__contains__,
    Operator.STARTS: str.startswith,
    Operator.ENDS: str.endswith,
}


def read_condition(condition: Condition, clock: Clock) -> tuple[Field, Test]:
    """Raises FilterMistake, at the condition's own place, for what can't be asked."""
    start, end = condition.span
    try:
        field = field_of(condition.field)
    except KeyError:
        sentence = f"Unknown field {shown(condition.field)}."
        raise FilterMistake(sentence, start, end - start) from None
    if condition.operator not in field.operators:
        raise FilterMistake(unfit(field, condition.operator.value), start, end - start)
    try:
        return field, _test(field, condition, clock)
    except ValueError as error:
        raise FilterMistake(f"{error}", start, end - start) from None


def check_value(field: Field, operator: Operator, value: str, clock: Clock) -> None:
    """Raises ValueError, with the sentence, for a value that the field can't be compared with."""
    _test(field, Condition(field.key, operator, (value,)), clock)


def _test(field: Field, condition: Condition, clock: Clock) -> Test:
    operator, values = condition.operator, condition.values
    if operator in (Operator.EMPTY, Operator.PRESENT):
        empty = operator is Operator.EMPTY
        return FlagTest(not empty) if field.is_flag else EmptyTest(empty)
    if not values:
        raise ValueError(f"Say what {field.title} has to be, like {field.name}:{field.example}.")
    if field.is_flag:
        return FlagTest(_flag(values))
    if field.measure is not None:
        return BoundsTest(tuple(read_bounds(field, operator, values, clock)))
    if operator is Operator.REGEX:
        return PatternTest(_pattern(values))
    return TextTest(operator, _needles(field, operator, values))


def _flag(values: tuple[str, ...]) -> bool:
    found = {value.casefold() for value in values}
    if found <= _YES:
        return True
    if found <= _NO:
        return False
    raise ValueError("Write yes or no.")


def _pattern(values: tuple[str, ...]) -> Pattern:
    if len(values) > 1:
        raise ValueError('Write one pattern; "|" stands for "or" in it.')
    try:
        return read_pattern(values[0])
    except PatternError as error:
        place = f" (sign {error.offset + 1} of the pattern)" if error.offset else ""
        raise ValueError(f"{error}{place}") from None


def _needles(field: Field, operator: Operator, values: tuple[str, ...]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for value in values:
        if not plain(value):
            raise ValueError(f"{shown(value)} has no letters. Use :none for an empty cell.")
        if operator in (Operator.IS, Operator.CONTAINS):
            found |= dict.fromkeys(sorted(field.needles(value)))
        else:
            found[plain(value)] = None
    return tuple(found)


def unfit(field: Field, sign: str) -> str:
    """Why a sign can't follow the field, and which can."""
    if field.is_flag:
        return f"{field.title} is yes or no. Write {field.name}:yes or {field.name}:no."
    if field.measure is None:
        signs = "a colon or =" if not field.is_whole else "a colon"
        return f'{field.title} is a text, so "{sign}" can\'t be used. Use {signs} instead.'
    return (
        f'{field.title} is a quantity, so "{sign}" can\'t be used.'
        f" Write {field.name}>{field.example} or {field.name}<{field.example}."
    )
