"""What a column is, and the ways in which one comes from a contact."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from operator import attrgetter
from typing import NamedTuple

from desktop_app.core.history import sessions
from desktop_app.core.history.clock import Clock
from desktop_app.core.history.contact import Contact

Value = str | int | float | bool | None | tuple[str, ...]
Derive = Callable[[Contact], Value]

PATH, LIST = " → ", ", "


class Kind(StrEnum):
    INSTANT = "instant"
    DURATION = "duration"
    COUNT = "count"
    NUMBER = "number"
    TEXT = "text"
    LIST = "list"
    FLAG = "flag"
    ID = "id"


@dataclass(frozen=True, slots=True)
class Column:
    """``width`` is in pixels at 100 %: numbers and instants never have to be cut.

    ``derive`` is None for what doesn't come from the conversation.  ``searchable`` texts are what
    the text box looks in.  ``separator`` joins a list's parts where it is read.  ``genesys`` is
    the title that Genesys' own Interactions view has for it, "" if none; ``source`` says where
    the cell comes from.  ``fact`` is the field of a Contact that it is, if it is one; ``signs`` are
    names (of fields of sessions, metrics or types of segments) without any of which it is empty.
    ``shown`` reads an instant in another way than as date and time.
    """

    key: str
    title: str
    kind: Kind
    derive: Derive | None
    width: int
    default: bool
    help: str
    searchable: bool
    group: str = ""
    separator: str = LIST
    genesys: str = ""
    source: str = ""
    fact: str = ""
    signs: tuple[str, ...] = ()
    shown: Callable[[Clock, int], str] | None = None


class Source(NamedTuple):
    """How a cell is derived, and the same in words; ``fact`` and ``signs`` as in Column."""

    derive: Derive | None
    told: str
    fact: str = ""
    signs: tuple[str, ...] = ()


# The longest of each kind in the table's font: "30 Nov 2026 23:59:59", "100:59:59", "1,000".
_WIDTHS = {
    Kind.INSTANT: 156,
    Kind.DURATION: 88,
    Kind.COUNT: 96,
    Kind.NUMBER: 72,
    Kind.TEXT: 148,
    Kind.LIST: 208,
    Kind.FLAG: 104,
    Kind.ID: 288,
}


def define(
    key: str,
    title: str,
    kind: Kind,
    source: Source,
    help: str,
    *,
    genesys: str = "",
    width: int | None = None,
    default: bool = False,
    searchable: bool = False,
    separator: str = LIST,
    shown: Callable[[Clock, int], str] | None = None,
) -> Column:
    return Column(
        key=key,
        title=title,
        kind=kind,
        derive=source.derive,
        width=max(width or _WIDTHS[kind], 8 * len(title) + 24),  # the title and its arrow fit
        default=default,
        help=help,
        searchable=searchable,
        separator=separator,
        genesys=genesys,
        source=source.told,
        fact=source.fact,
        signs=source.signs,
        shown=shown,
    )


def grouped(group: str, *columns: Column) -> tuple[Column, ...]:
    return tuple(replace(column, group=group) for column in columns)


def fact(attribute: str, told: str) -> Source:
    """A field of the contact; dots lead into its parts."""
    return Source(attrgetter(attribute), told, attribute)


def worded(attribute: str, say: Callable[[str], str], told: str) -> Source:
    """A field that holds the service's word, in the supervisor's."""
    get: Callable[[Contact], str] = attrgetter(attribute)
    return Source(lambda contact: say(get(contact)), told)


def number_of(attribute: str, told: str) -> Source:
    """How many different names a field of the contact holds."""
    get: Callable[[Contact], tuple[str, ...]] = attrgetter(attribute)
    return Source(lambda contact: len(set(get(contact))), told)


def total(metric: str) -> Source:
    """A metric, summed over all sessions; empty if there is none."""
    return Source(lambda contact: contact.totals.get(metric), f"metric `{metric}`", signs=(metric,))


def segments(kind: str) -> Source:
    """How many segments of a type there are; empty if there is none."""
    return Source(lambda contact: contact.kinds.get(kind), f"segments `{kind}`", signs=(kind,))


def first(field: str, say: Callable[[str], str] = str) -> Source:
    """What the first session says that says it."""
    return _one(field, 0, say, "first")


def last(field: str, say: Callable[[str], str] = str) -> Source:
    return _one(field, -1, say, "last")


def _one(field: str, place: int, say: Callable[[str], str], which: str) -> Source:
    def derive(contact: Contact) -> Value:
        values = contact.said.get(field)
        return say(values[place]) if values else ""

    return Source(derive, f"session `{camel(field)}`, {which}", signs=(field,))


def each(field: str, say: Callable[[str], str] = str) -> Source:
    """What all sessions say, each once."""

    def derive(contact: Contact) -> Value:
        found = [text for value in sessions.each(contact.said, field) if (text := say(value))]
        return tuple(dict.fromkeys(found)) if len(found) > 1 else tuple(found)

    return Source(derive, f"session `{camel(field)}`, all", signs=(field,))


def any_of(*, said: str = "", metric: str = "", segment: str = "") -> Source:
    """True if a session says it, a metric counts it, or a segment is of that type."""
    told = [
        f"session `{camel(said)}`" if said else "",
        f"metric `{metric}`" if metric else "",
        f"segments `{segment}`" if segment else "",
    ]

    def derive(contact: Contact) -> Value:
        if said in contact.said or contact.totals.get(metric):
            return True
        return bool(segment) and segment in contact.kinds

    signs = tuple(filter(None, (said, metric, segment)))
    return Source(derive, ", ".join(filter(None, told)), signs=signs)


def own(told: str) -> Source:
    """Not derived from the conversation."""
    return Source(None, told)


def camel(field: str) -> str:
    """The service's spelling of a field's name."""
    head, *rest = field.split("_")
    return head + "".join(part.capitalize() for part in rest)
