"""Chips and text are two views of one filter: a chip is a part of the text, an edit a new text."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

from desktop_app.core.history.columns import Value
from desktop_app.core.history.filters.fields import Where, field_of
from desktop_app.core.history.filters.mistakes import FilterMistake
from desktop_app.core.history.filters.parser import parse
from desktop_app.core.history.filters.tree import (
    And,
    Condition,
    Not,
    Off,
    Operator,
    Or,
    Span,
    Term,
    Words,
    any_of,
    conditions,
    conjuncts,
)
from desktop_app.core.history.filters.writer import write, write_condition


@dataclass(frozen=True, slots=True)
class Chip:
    """A term that must hold. ``text`` is that part of the filter's text, ``label`` says it.

    ``where`` is "instant" when what is held on this computer answers it, "needs sync" when it
    depends on what has been fetched: the time range, and attributes, which only jobs bring.
    """

    text: str
    span: Span
    label: str
    on: bool = True
    where: Where = "instant"
    is_words: bool = False


def chips(text: str) -> list[Chip]:
    """The chips of a text, in its order. Raises FilterMistake."""
    return [_chip(text, term) for term in conjuncts(parse(text)) if term.span.end]


def _chip(text: str, term: Term) -> Chip:
    inner = term.term if isinstance(term, Off) else term
    places = {field_of(each.field).where for each in conditions(inner)}
    return Chip(
        text=text[term.span.start : term.span.end],
        span=term.span,
        label=label(inner),
        on=not isinstance(term, Off),
        where="needs sync" if "needs sync" in places else "instant",
        is_words=isinstance(term, Words),
    )


_PHRASES = {
    Operator.IS: "is {}",
    Operator.CONTAINS: "contains {}",
    Operator.STARTS: "starts with {}",
    Operator.ENDS: "ends with {}",
    Operator.REGEX: "matches {}",
    Operator.BELOW: "under {}",
    Operator.AT_MOST: "at most {}",
    Operator.ABOVE: "over {}",
    Operator.AT_LEAST: "at least {}",
    Operator.EMPTY: "is empty",
    Operator.PRESENT: "is not empty",
}
_NEGATED_PHRASES = {
    Operator.IS: "is not {}",
    Operator.CONTAINS: "doesn't contain {}",
    Operator.STARTS: "doesn't start with {}",
    Operator.ENDS: "doesn't end with {}",
    Operator.REGEX: "doesn't match {}",
    Operator.EMPTY: "is not empty",
    Operator.PRESENT: "is empty",
}
_INSTANT_PHRASES = {
    Operator.IS: "on {}",
    Operator.BELOW: "before {}",
    Operator.AT_MOST: "until {}",
    Operator.ABOVE: "after {}",
    Operator.AT_LEAST: "since {}",
}


def label(term: Term) -> str:
    """The term in words: "Queue contains billing or sales"."""
    match term:
        case Words():
            return f"“{term.text}”"
        case Condition():
            return _condition_label(term)
        case Not(term=Condition() as inner) if _has_negated_phrase(inner):
            phrase = _NEGATED_PHRASES[inner.operator]
            return f"{field_of(inner.field).title} {phrase.format(_values(inner))}"
        case Not():
            return f"not {_nested(term.term)}"
        case Off():
            return f"off: {label(term.term)}"
        case And():
            return " and ".join(_nested(each) for each in term.terms)
        case Or():
            return " or ".join(_nested(each) for each in term.terms)


def _nested(term: Term) -> str:
    return f"({label(term)})" if isinstance(term, And | Or) else label(term)


def _condition_label(condition: Condition) -> str:
    field = field_of(condition.field)
    phrase = _PHRASES[condition.operator]
    if field.kind == "instant":
        phrase = _INSTANT_PHRASES.get(condition.operator, phrase)
    if field.is_flag and condition.values:
        return f"{field.title}: {condition.values[0]}"
    return f"{field.title} {phrase.format(_values(condition))}"


def _has_negated_phrase(condition: Condition) -> bool:
    field = field_of(condition.field)
    return condition.operator in _NEGATED_PHRASES and field.kind != "instant" and not field.is_flag


def _values(condition: Condition) -> str:
    return " or ".join(condition.values)


def replace_span(text: str, span: Span, new: str) -> str:
    """The text with another part at that place; an empty one is taken out with its blank."""
    before, after = text[: span.start], text[span.end :]
    if not new:
        if not before or before[-1].isspace():
            after = after.lstrip()
        if not after:
            before = before.rstrip()
    return f"{before}{new}{after}"


def toggled(text: str) -> str:
    """One chip's text switched off, or on again. Raises FilterMistake."""
    term = parse(text)
    if isinstance(term, Off):
        inner = text[text.index("{") + 1 : text.rindex("}")].strip()
        return f"({inner})" if isinstance(term.term, And | Or) else inner
    return f"{{{text}}}"


def toggle(text: str, chip: Chip) -> str:
    return replace_span(text, chip.span, toggled(chip.text))


def with_term(text: str, new: str) -> str:
    """The text with one more that must hold too. Raises FilterMistake."""
    return f"{_one_of_several(text)} {_one_of_several(new)}" if text.strip() else new


def _one_of_several(text: str) -> str:
    """The text as it stands beside others that must hold: alternatives in brackets."""
    whole = _closed(text.strip())
    return f"({whole})" if isinstance(parse(whole), Or) else whole


def _closed(text: str) -> str:
    """The text with its last quote closed, which while typing it needn't be."""
    parse(text)
    for ending in ("", '"', '\\"'):
        with contextlib.suppress(FilterMistake):
            parse(f"({text}{ending})")
            return text + ending
    return text


def with_value(text: str, key: str, value: Value, *, exclude: bool = False) -> str:
    """The text that keeps only a column's value, or leaves it out; None is an empty cell.

    A value of a column that has one chosen already joins it: either will do.  Only texts and
    flags have values to choose from.  Raises FilterMistake if the text can't be read.
    """
    field = field_of(key)
    if field.is_flag:
        return with_term(text, f"{field.name}:{'yes' if bool(value) != exclude else 'no'}")
    empty = value is None or value == ""
    new = Condition(key, Operator.EMPTY) if empty else Condition(key, Operator.IS, (str(value),))
    if exclude:
        return with_term(text, f"-{write_condition(new)}")
    for term in conjuncts(parse(text)):
        chosen = _chosen(term, key)
        if chosen:
            written = write(any_of(_merged([*chosen, new])))
            if len({each.operator for each in (*chosen, new)}) > 1:
                written = f"({written})"
            return replace_span(text, term.span, written)
    return with_term(text, write_condition(new))


def _chosen(term: Term, key: str) -> tuple[Condition, ...]:
    """The conditions of a term that does nothing but choose values of that column."""
    terms = term.terms if isinstance(term, Or) else (term,)
    found = tuple(each for each in terms if isinstance(each, Condition) and each.field == key)
    chooses = all(each.operator in (Operator.IS, Operator.EMPTY) for each in found)
    return found if chooses and len(found) == len(terms) else ()


def _merged(found: list[Condition]) -> list[Condition]:
    """One condition for each operator."""
    values: dict[Operator, dict[str, None]] = {}
    for each in found:
        values.setdefault(each.operator, {}).update(dict.fromkeys(each.values))
    return [Condition(found[0].field, operator, tuple(each)) for operator, each in values.items()]


def without_field(text: str, key: str) -> str:
    """The text without the chips that are about that column only. Raises FilterMistake."""
    for term in reversed(conjuncts(parse(text))):
        if {each.field for each in conditions(term)} == {key} and not _has_words(term):
            text = replace_span(text, term.span, "")
    return text


def _has_words(term: Term) -> bool:
    match term:
        case Words():
            return True
        case Condition():
            return False
        case Not() | Off():
            return _has_words(term.term)
        case And() | Or():
            return any(map(_has_words, term.terms))
