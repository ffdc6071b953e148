"""A tree written as text, so that reading it gives the same tree."""

from __future__ import annotations

from desktop_app.core.history.filters.fields import Field, field_of
from desktop_app.core.history.filters.signs import (
    name_text,
    pattern_text,
    value_text,
    word_text,
)
from desktop_app.core.history.filters.tree import (
    And,
    Condition,
    Not,
    Off,
    Operator,
    Or,
    Term,
    Words,
)


def write(term: Term) -> str:
    """The text of a tree; "" for the one that lets everything through."""
    match term:
        case And():
            return " ".join(_part(each, Or) for each in term.terms)
        case Or():
            return " or ".join(_part(each, And) for each in term.terms)
        case _:
            return _single(term)


def _part(term: Term, loose: type[And] | type[Or]) -> str:
    """A term within another: in brackets where it would be read apart."""
    return f"({write(term)})" if isinstance(term, loose) else write(term)


def _single(term: Term) -> str:
    match term:
        case Words():
            return word_text(term.text)
        case Condition():
            return write_condition(term)
        case Not():
            inner = write(term.term)
            return f"-({inner})" if isinstance(term.term, And | Or) else f"-{inner}"
        case Off():
            return f"{{{write(term.term)}}}"
        case _:
            raise AssertionError("And and Or are written by write")


def write_condition(condition: Condition) -> str:
    field = field_of(condition.field)
    name, operator = name_text(field.name), condition.operator
    if operator in (Operator.EMPTY, Operator.PRESENT):
        return f"{name}{operator.value}"
    if operator is Operator.REGEX:
        return f"{name}~{pattern_text(condition.values[0])}"
    values = [_value(field, operator, value) for value in condition.values]
    written = values[0] if len(values) == 1 else f"({', '.join(values)})"
    return f"{name}{_sign(field, operator)}{written}"


def _sign(field: Field, operator: Operator) -> str:
    if operator is Operator.IS and (field.measure is not None or field.is_flag):
        return ":"
    return operator.value


def _value(field: Field, operator: Operator, value: str) -> str:
    if operator is Operator.IS and field.measure is None and not field.is_flag:
        return value_text(value)
    return value_text(value, open_ends=operator is Operator.CONTAINS)
