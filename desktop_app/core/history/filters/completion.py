"""What may follow while a filter is typed: names of fields, signs, values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from desktop_app.core.history.filters import dates
from desktop_app.core.history.filters.fields import (
    ATTRIBUTE,
    RELATIONS,
    Field,
    Measure,
    all_fields,
    field_of,
    find_field,
)
from desktop_app.core.history.filters.signs import (
    BLANKS,
    HEAD,
    name_of,
    read_bare,
    read_pattern_text,
    read_quoted,
    value_text,
)
from desktop_app.core.history.filters.tree import Span
from desktop_app.core.history.folding import squeezed


@dataclass(frozen=True, slots=True)
class Offer:
    """``text`` is what is put into the filter, ``title`` and ``help`` are shown."""

    text: str
    title: str
    help: str = ""


@dataclass(frozen=True, slots=True)
class Completion:
    """``prefix`` is what has been typed of it, ``span`` what an offer replaces.

    ``offers`` are those that need no store; a field's values with their counts come from there.
    """

    kind: Literal["field", "operator", "value"]
    field: str
    prefix: str
    span: Span
    offers: tuple[Offer, ...] = ()


def complete(text: str, cursor: int) -> Completion | None:
    """What the characters before the cursor begin; None where nothing can be offered.

    ``field`` is a column's key, "attr.<key>", or "" while a field's name is typed.  Never raises.
    """
    cursor = max(0, min(cursor, len(text)))
    place = 0
    while place < cursor:
        place = _start_of_term(text, place)
        head = HEAD.match(text, place)
        if head and head.end() <= cursor:
            field = _field(name_of(head[1]))
            found = _value_at(text, cursor, field, head.end(), is_pattern=head[2] == "~")
            if isinstance(found, Completion):
                return found
            place = max(found, head.end())
        elif text[place : place + 1] == '"':
            place = read_quoted(text, place).end
            if place > cursor or (place == cursor and text[place - 1] != '"'):
                return None
        else:
            end = max(read_bare(text, place, "").end, place + 1)
            if place < cursor <= end:
                return _name_at(text, place, cursor, end)
            place = end
    return None


def quoted(value: str) -> str:
    """A value as it is put into the text: in quotes where it needs them."""
    return value_text(value, open_ends=True)


def _start_of_term(text: str, place: int) -> int:
    while place < len(text) and (text[place].isspace() or text[place] in "(){}-,"):
        place += 1
    return place


def _field(name: str) -> Field | None:
    return field_of("start") if name.casefold() in RELATIONS else find_field(name)


def _name_at(text: str, place: int, cursor: int, end: int) -> Completion | None:
    typed = text[place:cursor]
    span = Span(place, end)
    names = [each for each in _names() if _begins(each, typed)]
    known = _field(typed)
    if known is not None:
        signs = [Offer(f"{typed}{sign}", title) for sign, title in _signs(known)]
        longer = [each for each in names if squeezed(each.text) != squeezed(typed)]
        return Completion("operator", known.key, "", span, (*signs, *longer))
    return Completion("field", "", typed, span, tuple(names)) if names else None


def _begins(offer: Offer, typed: str) -> bool:
    letters = squeezed(typed)
    return bool(letters) and any(
        squeezed(each).startswith(letters) for each in (offer.text, offer.title)
    )


def _names() -> list[Offer]:
    """What a condition can begin with; a colon is put after it."""
    fields = [Offer(f"{each.name}:", each.title, each.help) for each in all_fields()]
    relations = [Offer(f"{each}:", each.capitalize(), "When it began") for each in RELATIONS]
    return [*fields, *relations, Offer(ATTRIBUTE, "Attribute", "A participant attribute")]


def _signs(field: Field) -> list[tuple[str, str]]:
    if field.is_flag:
        return [(":", "is"), (":no", "is not")]
    if field.measure is not None:
        return [(":", "is"), (">", "over"), ("<", "under"), (">=", "at least"), ("<=", "at most"),
                (":none", "is empty")]  # fmt: skip
    whole = [(":", "is")] if field.is_whole else [(":", "contains"), ("=", "is")]
    return [*whole, ("^=", "starts with"), ("$=", "ends with"), ("~", "matches the pattern"),
            (":none", "is empty"), (":*", "is not empty")]  # fmt: skip


def _value_at(
    text: str, cursor: int, field: Field | None, place: int, *, is_pattern: bool
) -> Completion | int:
    """The value at the cursor, or where the values end if the cursor is behind them."""
    if is_pattern:
        end = read_pattern_text(text, place).end
        return (
            end
            if cursor > end
            else Completion("value", field.key if field else "", "", Span(cursor, cursor))
        )
    listed = text.startswith("(", place)
    place += listed
    while True:
        if listed:
            blanks = BLANKS.match(text, place)
            place = min(blanks.end(), cursor) if blanks else place
        if text.startswith('"', place):
            token = read_quoted(text, place)
        else:
            token = read_bare(text, place, ",)" if listed else ",", spaces=listed)
        end = max(token.end, place)
        if cursor <= end:
            prefix = text[place:cursor].removeprefix('"')
            key = field.key if field else ""
            return Completion("value", key, prefix, Span(place, end), _fixed(field, prefix))
        if not text.startswith(",", end):
            return end
        place = end + 1


def _fixed(field: Field | None, prefix: str) -> tuple[Offer, ...]:
    """Values that are the same for everyone."""
    if field is None:
        return ()
    known: tuple[str, ...] = ()
    if field.is_flag:
        known = ("yes", "no")
    elif field.measure is Measure.WEEKDAY:
        known = tuple(each[:3] for each in dates.WEEKDAYS)
    elif field.measure is Measure.INSTANT:
        known = dates.EXAMPLES
    begun = prefix.casefold()
    return tuple(Offer(value_text(each), each) for each in known if each.startswith(begun))
