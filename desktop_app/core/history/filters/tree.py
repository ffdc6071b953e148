"""A filter as a tree. Equality is by meaning: where a term stands in its text doesn't count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from dataclasses import field as _field
from enum import StrEnum
from typing import NamedTuple


class Span(NamedTuple):
    """The characters [start, end) of the text."""

    start: int = 0
    end: int = 0


class Operator(StrEnum):
    """How a cell is compared with a condition's values; one of them has to fit."""

    IS = "="
    CONTAINS = ":"
    STARTS = "^="
    ENDS = "$="
    REGEX = "~"
    BELOW = "<"
    AT_MOST = "<="
    ABOVE = ">"
    AT_LEAST = ">="
    EMPTY = ":none"
    PRESENT = ":*"


@dataclass(frozen=True, slots=True)
class Words:
    """A text that occurs somewhere in the contact's visible texts."""

    text: str
    span: Span = _field(default=Span(), compare=False)


@dataclass(frozen=True, slots=True)
class Condition:
    """``field`` is a column's key, "attr.<key>" or one of the filter's own fields.

    ``values`` stay as they were written ("2m", "last friday"): what they mean depends on when
    they are asked.  EMPTY and PRESENT have none.
    """

    field: str
    operator: Operator
    values: tuple[str, ...] = ()
    span: Span = _field(default=Span(), compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    term: Term
    span: Span = _field(default=Span(), compare=False)


@dataclass(frozen=True, slots=True)
class Off:
    """A term that is kept but doesn't count."""

    term: Term
    span: Span = _field(default=Span(), compare=False)


@dataclass(frozen=True, slots=True)
class And:
    """Without terms: everything."""

    terms: tuple[Term, ...] = ()
    span: Span = _field(default=Span(), compare=False)


@dataclass(frozen=True, slots=True)
class Or:
    terms: tuple[Term, ...]
    span: Span = _field(default=Span(), compare=False)


Term = Words | Condition | Not | Off | And | Or
EVERYTHING = And()


def all_of(terms: Iterable[Term]) -> Term:
    """The terms joined by "and", in the one form that reading a text gives."""
    return _joined(And, terms)


def any_of(terms: Iterable[Term]) -> Term:
    """The terms joined by "or"; there has to be at least one."""
    return _joined(Or, terms)


def _joined(kind: type[And] | type[Or], terms: Iterable[Term]) -> Term:
    given = list(terms)
    if len(given) == 1:
        return given[0]
    flat: list[Term] = []
    for term in given:
        flat += term.terms if isinstance(term, kind) else [term]
    span = Span(flat[0].span.start, flat[-1].span.end) if flat else Span()
    return kind(tuple(flat), span)


def negated(term: Term, span: Span | None = None) -> Term:
    """Not the term; twice is the term itself."""
    found = term.term if isinstance(term, Not) else Not(term)
    return replace(found, span=term.span if span is None else span)


def switched_off(term: Term, span: Span | None = None) -> Off:
    inner = term.term if isinstance(term, Off) else term
    return Off(inner, term.span if span is None else span)


def conjuncts(term: Term) -> tuple[Term, ...]:
    """The terms that must all hold: what chips are made of."""
    return term.terms if isinstance(term, And) else (term,)


def effective(term: Term) -> Term:
    """The tree without what is switched off."""
    return _effective(term) or EVERYTHING


def _effective(term: Term) -> Term | None:
    match term:
        case Off():
            return None
        case Not():
            inner = _effective(term.term)
            return None if inner is None else negated(inner, term.span)
        case And() | Or():
            left = [found for each in term.terms if (found := _effective(each)) is not None]
            if not left:
                return EVERYTHING if term == EVERYTHING else None
            return all_of(left) if isinstance(term, And) else any_of(left)
        case _:
            return term


def conditions(term: Term) -> Iterator[Condition]:
    """Every condition of the tree, those that are switched off too."""
    return (leaf for leaf in leaves(term) if isinstance(leaf, Condition))


def leaves(term: Term) -> Iterator[Condition | Words]:
    """The same with free words."""
    match term:
        case Condition() | Words():
            yield term
        case Not() | Off():
            yield from leaves(term.term)
        case And() | Or():
            for each in term.terms:
                yield from leaves(each)
