"""How a cell reads: in the table, on the clipboard, in a file."""

from __future__ import annotations

import math
import unicodedata

from desktop_app.core.history.clock import Clock, duration_text
from desktop_app.core.history.column import Column, Kind, Value


def read(column: Column, value: Value, clock: Clock) -> str:
    """The cell as the table, the clipboard and the tour show it: one line, never raises."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if isinstance(value, str):
        return one_line(value)
    if isinstance(value, tuple):
        return one_line(column.separator.join(map(str, value)))
    if column.kind is Kind.FLAG:
        return "Yes" if value else ""
    if column.kind is Kind.NUMBER:
        return f"{value:.2f}"
    number = int(value)
    if column.kind is Kind.DURATION:
        return duration_text(number)
    if column.kind is Kind.INSTANT:
        return column.shown(clock, number) if column.shown else clock.instant(number)
    return f"{number:,}"


def one_line(text: str) -> str:
    """Text without line breaks, control characters and marks that turn its direction round.

    They would break a copied row in two, or make a name read as another.
    """
    if text.isprintable():
        return text
    return " ".join("".join(map(_plain, text)).split())


# Embeddings, overrides and isolates (UAX #9); the joiners that scripts need are left alone.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_BREAKS = frozenset({"Cc", "Zl", "Zp"})


def _plain(char: str) -> str:
    if char in _TURNING:
        return ""
    return " " if unicodedata.category(char) in _BREAKS else char
