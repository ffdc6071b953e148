"""How the columns of the registry are written in SQL. Pure text.

Only names from the registry and quoted literals come out of here (safety T40).
"""

from __future__ import annotations

from functools import lru_cache

from desktop_app.core.history import folding
from desktop_app.core.history.columns import Column, Kind
from desktop_app.core.history.folding import DOUBLE, SINGLE

ATTRIBUTE = "attr."

# Joins the parts of a list where they are compared as one text; it occurs in no name.
UNIT = "\x1f"
SEPARATOR = "chr(31)"

# Texts of which nearly every contact has another.
_MANIFOLD = frozenset(
    ("customer", "ani", "dnis", "address_from", "address_to", "subject", "wrapup_note")
)


def sql_name(key: str) -> str:
    """The SQL column that holds a registry column; the prefix keeps clear of reserved words."""
    return f"c_{key}"


def sql_value(column: Column) -> str:
    """The SQL expression of a column's cell.

    Raises KeyError for an attribute's key that no store can hold.
    """
    if column.key.startswith(ATTRIBUTE):
        return attribute(column.key.removeprefix(ATTRIBUTE))
    return sql_name(column.key)


def attribute(key: str) -> str:
    """The value of a participant attribute, NULL where there is none."""
    return f"attributes[{quoted(key)}]"


def quoted(text: str) -> str:
    """A text as a literal. Raises KeyError for one that SQL can't carry."""
    if "\0" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise KeyError(text)
    return "'" + text.replace("'", "''") + "'"


def sort_key(chosen: Column) -> str:
    """How a column sorts: text by its plain letters, lists as they read, all else by value."""
    if has_sort_text(chosen):
        return sql_sort_name(chosen.key)
    value = sql_value(chosen)
    if chosen.kind in (Kind.TEXT, Kind.ID):
        return f"nullif({plain(value)}, '')"
    return value


def has_sort_text(of: Column) -> bool:
    """Whether the plain letters of a column's cells are stored beside them.

    DuckDB makes those of a few thousand different texts in no time, but not of a million, and
    joining lists takes longer still.
    """
    return of.derive is not None and (of.kind is Kind.LIST or of.key in _MANIFOLD)


def sql_sort_name(key: str) -> str:
    """The SQL column that holds them."""
    return f"s_{key}"


@lru_cache(maxsize=8192)  # most come again and again
def sort_text(cell: str | tuple[str, ...]) -> str:
    """What it holds for a cell."""
    return folding.plain(cell if isinstance(cell, str) else UNIT.join(cell))


def plain(value: str) -> str:
    """``folding.plain`` of an SQL text; most texts are ASCII and take the short way."""
    letters = f"lower(strip_accents({value}))"
    for char, plain_char in DOUBLE.items():
        letters = f"replace({letters}, '{char}', '{plain_char}')"
    letters = f"translate({letters}, '{''.join(SINGLE)}', '{''.join(SINGLE.values())}')"
    return f"CASE WHEN strlen({value}) = length({value}) THEN lower({value}) ELSE {letters} END"
