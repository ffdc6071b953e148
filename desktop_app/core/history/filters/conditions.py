"""One condition of a filter's text: a field, a sign and its values."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

from desktop_app.core.history.clock import Clock
from desktop_app.core.history.columns import Kind
from desktop_app.core.history.filters.fields import (
    ATTRIBUTE,
    RELATIONS,
    Field,
    field_of,
    find_field,
    near_names,
)
from desktop_app.core.history.filters.meaning import check_value, unfit
from desktop_app.core.history.filters.mistakes import FilterMistake, shown
from desktop_app.core.history.filters.signs import (
    BLANKS,
    NOTHING,
    STAR,
    Token,
    name_of,
    read_bare,
    read_pattern_text,
    read_quoted,
)
from desktop_app.core.history.filters.tree import (
    Condition,
    Operator,
    Span,
    Term,
    any_of,
    negated,
)
from desktop_app.core.history.folding import clean

# What a value means may depend on when it is asked, whether it can be read doesn't.
_ANY_CLOCK = Clock(ZoneInfo("UTC"))


def read_head(text: str, head: re.Match[str]) -> tuple[Term, int]:
    """The condition that begins with ``head`` (name and sign), and where it ends."""
    name, sign = name_of(head[1]), head[2]
    field, relation = _field(name, sign, head)
    if sign == "~":
        tokens = [read_pattern_text(text, head.end())]
        end = tokens[0].end
    else:
        tokens, end = _tokens(text, head, field)
    tokens = [token for token in tokens if clean(token.text)]
    span = Span(head.start(), end)
    if not tokens:
        if field.is_flag and sign == ":":
            return Condition(field.key, Operator.IS, ("yes",), span), end
        raise FilterMistake(
            f"Say what {field.title} has to be, right after the sign: "
            f"{head[0].strip()}{field.example}",
            head.start(), end - head.start(),
        )  # fmt: skip
    found: dict[Operator, list[str]] = {}
    for token in tokens:
        operator, value = _meant(field, relation or sign, token)
        _check(field, operator, value, sign, token, span)
        values = found.setdefault(operator, [])
        values += [value] if value else []
    terms = [
        Condition(field.key, operator, tuple(dict.fromkeys(values)), span)
        for operator, values in found.items()
    ]
    term = any_of(terms)
    return (negated(term) if sign == "!=" else term), end


def _field(name: str, sign: str, head: re.Match[str]) -> tuple[Field, Operator | None]:
    relation = RELATIONS.get(name.casefold())
    if relation is not None and sign == ":":
        return field_of("start"), relation
    field = find_field(clean(name))
    if field is None:
        if name.casefold() == ATTRIBUTE:
            sentence = "Write the attribute's key after the point, like attr.AccountType:premium."
            raise FilterMistake(sentence, head.start(1), len(head[1]))
        near = " or ".join(near_names(name))
        mend = f"Did you mean {near}?" if near else "Put it in quotes to search for the text."
        raise FilterMistake(f"Unknown field {shown(name)}. {mend}", head.start(1), len(head[1]))
    return field, None


def _tokens(text: str, head: re.Match[str], field: Field) -> tuple[list[Token], int]:
    """The values after the sign, and where they end."""
    begin = head.end()
    if text.startswith("(", begin):
        return _listed(text, begin, field)
    found: list[Token] = []
    place = begin
    while place < len(text) and not text[place].isspace():
        token = _value(text, place, ",")
        if token.end == place:
            break
        found.append(token)
        place = token.end
        if not text.startswith(",", place):
            return found, place
        place += 1
    if found:
        raise FilterMistake("A value is missing after this comma.", place - 1, 1)
    return found, place


def _listed(text: str, begin: int, field: Field) -> tuple[list[Token], int]:
    """Values in brackets with commas between; they may hold blanks, except IDs, which are pasted
    with anything between them."""
    found: list[Token] = []
    place = begin + 1
    while True:
        place = _skipped(text, place)
        if text.startswith(")", place):
            return found, place + 1
        if text.startswith(",", place):
            place += 1
            continue
        is_id = field.kind is Kind.ID
        token = _value(text, place, ",)", spaces=not is_id)
        if token.end == place:
            raise FilterMistake(
                'This list of values is never closed. Add ")" at its end.', begin, 1
            )
        found.append(token)
        place = _skipped(text, token.end)
        if place < len(text) and text[place] not in ",)" and not is_id:
            raise FilterMistake("Put a comma between the values.", place, 1)


def _value(text: str, place: int, stops: str, *, spaces: bool = False) -> Token:
    if text.startswith('"', place):
        return read_quoted(text, place)
    return read_bare(text, place, stops, spaces=spaces)


def _skipped(text: str, place: int) -> int:
    blanks = BLANKS.match(text, place)
    return blanks.end() if blanks else place


def _meant(field: Field, sign: str, token: Token) -> tuple[Operator, str]:
    """The operator and the value, "" for those that have none."""
    value = clean(token.text)
    if sign not in (":", "=", "!="):
        return Operator(sign), value
    if not token.is_quoted and value.casefold() == NOTHING:
        return Operator.EMPTY, ""
    opens = sign == ":" or not token.is_quoted
    if value.strip(STAR) == "" and opens and (token.begins_open or token.ends_open):
        return Operator.PRESENT, ""
    is_text = field.measure is None and not field.is_flag
    if sign == ":" and is_text and (token.begins_open or token.ends_open):
        inner = value[token.begins_open : len(value) - token.ends_open]
        if token.begins_open and token.ends_open:
            return Operator.CONTAINS, inner
        return (Operator.ENDS if token.begins_open else Operator.STARTS), inner
    if sign == ":" and is_text and not field.is_whole:
        return Operator.CONTAINS, value
    return Operator.IS, value


def _check(
    field: Field, operator: Operator, value: str, sign: str, token: Token, span: Span
) -> None:
    if operator not in field.operators:
        raise FilterMistake(unfit(field, sign), span.start, span.end - span.start)
    if operator in (Operator.EMPTY, Operator.PRESENT):
        return
    try:
        check_value(field, operator, value, _ANY_CLOCK)
    except ValueError as error:
        length = token.end - token.start
        raise FilterMistake(f"{shown(value)}: {error}", token.start, length) from None
