"""The columns of the history, one definition each: what a cell holds and how it reads.

A cell's value has the type its kind names, so that it sorts and filters as what it is:
INSTANT, DURATION and COUNT hold an int (milliseconds since 1970 UTC, milliseconds, a number of
things), NUMBER a float, FLAG a bool, LIST a tuple of texts, the others text; None and the empty
tuple are empty cells.  docs/columns.md lists them all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from operator import attrgetter

from desktop_app.core.history import columns_contact, columns_genesys, columns_measures
from desktop_app.core.history.column import Column, Derive, Kind, Source, Value, define, grouped
from desktop_app.core.history.columns_read import one_line, read
from desktop_app.core.history.contact import Contact

__all__ = [
    "ATTRIBUTE",
    "COLUMNS",
    "DEFAULT_KEYS",
    "DERIVED",
    "OWN",
    "PINNED",
    "VERSION",
    "Column",
    "Kind",
    "Value",
    "column",
    "one_line",
    "read",
    "row",
]

# Goes up when the same conversation would give other cells, so that stored rows are made anew.
VERSION = 2

# "attr.<key>" is a participant attribute's column; there are as many as keys.
ATTRIBUTE = "attr."

# They stand first in the table and stay there.
PINNED = ("start", "outcome")

_ALL = (
    *columns_contact.WHEN,
    *columns_contact.WHAT,
    *columns_contact.WHO,
    *columns_contact.WHERE,
    *columns_contact.RESULT,
    *columns_measures.TIMES,
    *columns_measures.COUNTS,
    *columns_genesys.QUALITY,
    *columns_genesys.ROUTING,
    *columns_genesys.FLOWS,
    *columns_genesys.MESSAGES,
    *columns_genesys.OUTBOUND,
    *columns_genesys.JOURNEY,
    *columns_contact.OURS,
    *columns_contact.IDS,
)

# In the order in which they are offered.
COLUMNS: tuple[Column, ...] = (
    *(column for column in _ALL if column.key in PINNED),
    *(column for column in _ALL if column.key not in PINNED),
)

OWN: tuple[Column, ...] = tuple(column for column in COLUMNS if column.derive is None)
"""What isn't derived from the conversation: people set it, or the store works it out."""

DEFAULT_KEYS: tuple[str, ...] = tuple(column.key for column in COLUMNS if column.default)

_BY_KEY = {column.key: column for column in COLUMNS}

DERIVED: tuple[Column, ...] = tuple(column for column in COLUMNS if column.derive is not None)
"""What is derived from the conversation."""


class _Facts:
    """Columns that are fields of the same thing, read in one go."""

    def __init__(self, columns: Iterable[Column]) -> None:
        facts = [(column.key, column.fact.rpartition(".")[2]) for column in columns]
        self._keys = tuple(key for key, _ in facts)
        self._read = attrgetter(*(fact for _, fact in facts))

    def of(self, thing: object) -> Iterator[tuple[str, Value]]:
        return zip(self._keys, self._read(thing), strict=True)


# A contact fills few of its columns: parts that are empty and signs that are missing cost nothing.
_NOTHING = Contact()
_PARTS = tuple({column.fact.partition(".")[0]: None for column in DERIVED if "." in column.fact})
_part_facts = tuple(
    (
        attrgetter(part),
        getattr(_NOTHING, part),
        _Facts(column for column in DERIVED if column.fact.startswith(f"{part}.")),
    )
    for part in _PARTS
)
_facts = _Facts(column for column in DERIVED if column.fact and "." not in column.fact)
_by_sign: dict[str, list[tuple[str, Derive]]] = {}
_others: list[tuple[str, Derive]] = []
for _column in DERIVED:
    if _column.derive is not None and not _column.fact:
        for _sign in _column.signs:
            _by_sign.setdefault(_sign, []).append((_column.key, _column.derive))
        if not _column.signs:
            _others.append((_column.key, _column.derive))


def column(key: str) -> Column:
    """The column of that key, or of the attribute "attr.<key>"; raises KeyError for other texts."""
    if key.startswith(ATTRIBUTE) and len(key) > len(ATTRIBUTE):
        return _attribute(key.removeprefix(ATTRIBUTE))
    return _BY_KEY[key]


def row(contact: Contact) -> dict[str, Value]:
    """The contact's cells by column key; a missing one is empty."""
    cells = dict(_facts.of(contact))
    for part, empty, facts in _part_facts:
        found = part(contact)
        if found is not empty:
            cells.update(facts.of(found))
    for signs in (contact.said, contact.totals, contact.kinds):
        for sign in signs:
            for key, derive in _by_sign.get(sign, ()):
                cells[key] = derive(contact)
    for key, derive in _others:
        cells[key] = derive(contact)
    return cells


def _attribute(key: str) -> Column:
    """A column that is nobody's default; its key is what a flow or a script called it."""
    source = Source(lambda contact: contact.attributes.get(key), f"participant `attributes`: {key}")
    title = one_line(key) or key
    (found,) = grouped(
        "Attributes",
        define(f"{ATTRIBUTE}{key}", title, Kind.TEXT, source, "A participant attribute"),
    )
    return found
