"""What the person asks to see: a range of time, words, and an order. Pure.

The words filter what the store holds: each must occur somewhere in the contact's visible
texts, whatever the case and accents; "quoted words" must occur together.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from desktop_app.core.history.columns import Column, Kind, column

DAY_MS = 86_400_000

_WORD = re.compile(r'"([^"]*)"?|(\S+)')


@dataclass(frozen=True, slots=True)
class Query:
    """Contacts that start in [start_ms, end_ms), epoch milliseconds UTC."""

    start_ms: int
    end_ms: int
    text: str = ""
    sort: str = "start"
    descending: bool = True

    @property
    def words(self) -> list[str]:
        """The folded words that must all occur."""
        text = self.text.encode("utf-8", "ignore").decode()  # no halves of pairs
        found = (folded(quoted or bare) for quoted, bare in _WORD.findall(text))
        return [word for word in found if word]


def folded(text: str) -> str:
    """Lower case without accents, so that "lukasz" finds "Łukasz"."""
    compatible = unicodedata.normalize("NFKD", text)  # first: "™" becomes capital letters
    decomposed = unicodedata.normalize("NFKD", compatible.casefold())
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    return plain.translate(_STROKES).strip()


# Letters whose stroke or ligature Unicode doesn't decompose.
_STROKES = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "æ": "ae", "œ": "oe", "ı": "i"})


def where(query: Query) -> tuple[str, list[object]]:
    """The query's condition in SQL, and the values bound to its parameters."""
    conditions = ["start_ms >= ?", "start_ms < ?"]
    values: list[object] = [query.start_ms, query.end_ms]
    for word in query.words:
        conditions.append("contains(haystack, ?)")
        values.append(word)
    return " AND ".join(conditions), values


def order_by(query: Query) -> str:
    """The query's order in SQL. Empty cells come last in both directions; ties by newest start.

    Only names from the column registry reach the text (safety T40).
    """
    chosen = column(query.sort)
    direction = "DESC" if query.descending else "ASC"
    return f"{sort_key(chosen)} {direction} NULLS LAST, start_ms DESC, no"


def sort_key(chosen: Column) -> str:
    """How a column sorts: text by its folded letters, everything else by value."""
    name = sql_name(chosen.key)
    if chosen.kind in (Kind.TEXT, Kind.LIST, Kind.ID):
        return f"nullif(lower(strip_accents({name})), '')"
    return name


def sql_name(key: str) -> str:
    """The SQL column that holds a registry column; the prefix keeps clear of reserved words."""
    return f"c_{key}"
