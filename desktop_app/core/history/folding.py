"""Texts as they are compared: without regard to case and accents.

``folded`` is what bare words are looked up by, in a haystack made once for each contact.
``plain`` is what a cell is compared by; SQL has to make it while it looks, so it is simpler: it
doesn't take compatibility characters apart ("™" stays).  ``core.history.sql.plain`` is the same.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from desktop_app.core.history.columns import COLUMNS, Value

# Letters whose stroke, ligature or other form Unicode doesn't decompose.
_STROKES = {"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "æ": "ae", "œ": "oe", "ı": "i"}
SINGLE = {"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ı": "i", "ς": "σ"}
DOUBLE = {"æ": "ae", "œ": "oe", "ß": "ss"}
_FOLDED = str.maketrans(_STROKES)
_PLAIN = str.maketrans(SINGLE | DOUBLE)

_SEARCHABLE = tuple(column.key for column in COLUMNS if column.searchable)


def clean(text: str) -> str:
    """Without halves of surrogate pairs and signs that the store keeps for itself."""
    return text.encode("utf-8", "ignore").decode().replace("\0", "").replace("\x1f", "")


def folded(text: str) -> str:
    """Lower case without accents, so that "lukasz" finds "Łukasz"."""
    return text.lower().strip() if text.isascii() else _folded(text)


@lru_cache(maxsize=4096)  # names come again and again
def _folded(text: str) -> str:
    compatible = unicodedata.normalize("NFKD", text)  # first: "™" becomes capital letters
    decomposed = unicodedata.normalize("NFKD", compatible.casefold())
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return bare.translate(_FOLDED).strip()


def plain(text: str) -> str:
    """Lower case without marks; each letter for itself."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFD", text)
    bare = "".join(char for char in decomposed if unicodedata.category(char)[0] != "M")
    lower = "".join(map(str.lower, unicodedata.normalize("NFC", bare)))
    return lower.translate(_PLAIN)


def squeezed(text: str) -> str:
    """Letters and digits only, so that "e-mail" and "email" are one word."""
    return "".join(char for char in plain(text) if char.isalnum())


def haystack(cells: Mapping[str, Value]) -> str:
    """The texts that bare words are looked up in, folded; a line break keeps them apart."""
    found: list[str] = []
    for key in _SEARCHABLE:
        cell = cells.get(key)
        if isinstance(cell, tuple):
            found += map(str, cell)
        elif cell:
            found.append(str(cell))
    return "\n".join(map(folded, found))
