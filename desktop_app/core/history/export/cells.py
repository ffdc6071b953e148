"""Cells as SQL writes them into a file: for people as text, for programs by type. Pure text.

A text that a spreadsheet would take for a formula gets an apostrophe in front (safety T36).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from desktop_app.core.history.clock import Clock, Interval
from desktop_app.core.history.column import Column, Kind
from desktop_app.core.history.columns import column as column_of
from desktop_app.core.history.columns import one_line
from desktop_app.core.history.export.parts import PartColumn
from desktop_app.core.history.export.request import Durations
from desktop_app.core.history.filters.local import offsets
from desktop_app.core.history.masking import mask_text
from desktop_app.core.history.sql import quoted, sql_value

# In the syntax that Python and DuckDB (RE2) share, but for the classes in _HARMLESS and below.
_FORMULA = r"^([=+\-@＝＋－＠\t\r\n\x00])"
_NUMBER = r"\+[0-9][0-9 ]*( ext [0-9]+)?|[+-]?[0-9]+([.,][0-9]+)?"
_HARMLESS = rf"[\p{{L}}\p{{N}}][\p{{L}}\p{{M}}\p{{N}}\p{{P}}\p{{S}} ]*|{_NUMBER}"
_TURNING = r"[\x{202a}-\x{202e}\x{2066}-\x{2069}]"
_BROKEN = r"[\s\p{Z}]*[\p{Cc}\p{Zl}\p{Zp}][\s\p{Z}\p{Cc}]*"

# What a calendar of four-digit years holds.
_FIRST_MS, _LAST_MS = -62_135_596_800_000, 253_402_300_799_999


@dataclass(frozen=True, slots=True)
class Cell:
    """One column of the file. ``value`` is the SQL of what is stored: instants and lengths in
    milliseconds."""

    key: str
    title: str
    kind: Kind
    value: str
    separator: str = ""
    width: int = 148
    shown: str = ""  # "offset", "day" or "hour": an instant that reads in another way


def guarded(text: str) -> str:
    """A title as a spreadsheet may read it; cells get the same in SQL."""
    is_formula = re.search(_FORMULA, text) and not re.fullmatch(_NUMBER, text)
    return f"'{text}" if is_formula else text


def contact_cells(keys: Sequence[str], *, mask: bool) -> list[Cell]:
    """Raises KeyError for a key that is no column's: keys become SQL text (safety T40)."""
    return [_contact_cell(column_of(key), mask=mask) for key in keys]


_SHOWN: dict[Callable[[Clock, int], str], str] = {
    Clock.offset: "offset",
    Clock.day_text: "day",
    Clock.hour: "hour",
}


def _contact_cell(column: Column, *, mask: bool) -> Cell:
    value = sql_value(column)
    if mask and column.kind in _TEXTS:
        function = "mask_list" if column.kind is Kind.LIST else "mask_text"
        value = f"{function}({value}, {quoted(column.key)})"
    return Cell(
        key=column.key,
        title=mask_text(column.title) if mask else column.title,
        kind=column.kind,
        value=value,
        separator=column.separator,
        width=column.width,
        shown=_SHOWN[column.shown] if column.shown else "",
    )


_TEXTS = (Kind.TEXT, Kind.LIST, Kind.ID)


def part_cells(columns: Sequence[PartColumn], *, mask: bool) -> list[Cell]:
    cells = []
    for column in columns:
        value = part_name(column.key)
        if mask and column.kind in _TEXTS:
            value = f"mask_text({value}, {quoted(column.key)})"
        cells.append(Cell(column.key, column.title, column.kind, value))
    return cells


def part_name(key: str) -> str:
    """The SQL column that holds a cell of the finer shapes."""
    return "p_" + key.replace(".", "_")


def titles(cells: Sequence[Cell], separator: str = "") -> list[str]:
    """Each its own, on one line, and no formula. ``separator`` must not be in them either."""
    found: dict[str, str] = {}
    for cell in cells:
        title = guarded(one_line(cell.title).strip() or cell.key)
        if separator:
            title = " ".join(title.replace(separator, " ").replace('"', " ").split())
        while title in found:
            title = f"{title} ({cell.key})"
        found[title] = cell.key
    return list(found)


class TextCells:
    """As people read them, in one zone."""

    def __init__(self, clock: Clock, inside: Interval, durations: Durations) -> None:
        self._offsets = offsets(clock.zone, inside)
        self._durations = durations

    def sql(self, cell: Cell) -> str:
        value = cell.value
        match cell.kind:
            case Kind.INSTANT:
                return self._instant(cell)
            case Kind.DURATION:
                return duration(value, self._durations)
            case Kind.FLAG:
                return f"CASE {value} WHEN true THEN 'Yes' WHEN false THEN 'No' END"
            case Kind.LIST:
                return text(f"array_to_string({value}, {quoted(cell.separator)})")
            case Kind.COUNT | Kind.NUMBER:
                return f"{value}::VARCHAR"
        return text(value)

    def _instant(self, cell: Cell) -> str:
        """ "2026-11-20 09:49:12": what spreadsheets read as a moment, and what sorts."""
        return local_instant(cell, self._offsets)


def local_instant(cell: Cell, ahead: Sequence[tuple[int, int]]) -> str:
    """The text of an instant by a zone's clock, NULL beyond the calendar."""
    value = cell.value
    inside = f"{value} BETWEEN {_FIRST_MS + _DAY} AND {_LAST_MS - _DAY}"
    local = f"({value} + {_by_time(value, ahead, str)})"
    match cell.shown:
        case "offset":
            shown = _by_time(value, ahead, lambda ms: quoted(_offset_text(ms)))
        case "day":
            shown = f"make_timestamp_ms({local})::DATE::VARCHAR"
        case "hour":
            shown = f"strftime(make_timestamp_ms({local}), '%H:00')"
        case _:  # a cast takes half the time of strftime
            shown = f"make_timestamp_ms({local} // 1000 * 1000)::VARCHAR"
    return f"CASE WHEN {inside} THEN {shown} END"


_DAY = 86_400_000
_APOSTROPHE = "''"  # within an SQL text


def _by_time(value: str, ahead: Sequence[tuple[int, int]], write: Callable[[int], str]) -> str:
    (_, first), *later = ahead
    if not later:
        return write(first)
    whens = "".join(
        f" WHEN {value} >= {from_ms} THEN {write(offset)}" for from_ms, offset in reversed(later)
    )
    return f"CASE{whens} ELSE {write(first)} END"


def _offset_text(ms: int) -> str:
    sign = "-" if ms < 0 else "+"
    hours, minutes = divmod(abs(ms) // 60_000, 60)
    return f"{sign}{hours:02}:{minutes:02}"


def duration(value: str, form: Durations) -> str:
    """Always with hours: a spreadsheet takes "0:29" for 29 minutes."""
    if form is Durations.MILLISECONDS:
        return f"{value}::VARCHAR"
    if form is Durations.SECONDS:
        return f"round({value} / 1000.0, 3)::VARCHAR"
    seconds = f"(abs({value}) // 1000)"
    return (
        f"CASE WHEN {value} BETWEEN 0 AND {_DAY - 1}"
        f" THEN strftime(make_timestamp_ms({value}), '%-H:%M:%S')"
        f" ELSE CASE WHEN {value} <= -1000 THEN '-' ELSE '' END ||"
        f" printf('%d:%02d:%02d', {seconds} // 3600, {seconds} // 60 % 60, {seconds} % 60) END"
    )


def text(value: str) -> str:
    """On one line, and no formula; an empty text is no text.

    Most texts are known as harmless at a look.  What the others take must hold ``value`` once:
    the database works out what occurs twice for all.
    """
    line = (
        f"trim(regexp_replace(regexp_replace({value}, '{_TURNING}', '', 'g'),"
        f" '{_BROKEN}', ' ', 'g'))"
    )
    return (
        f"CASE WHEN regexp_full_match({value}, '{_HARMLESS}') THEN {value}"
        f" ELSE nullif(regexp_replace({line}, '{_FORMULA}', '{_APOSTROPHE}\\1'), '') END"
    )


def typed(cell: Cell, ahead: Sequence[tuple[int, int]]) -> str:
    """As programs read it: instants as moments, lists as lists. No text is empty."""
    value = cell.value
    if cell.shown:
        return local_instant(cell, ahead)
    if cell.kind is not Kind.INSTANT:
        return value
    inside = f"{value} BETWEEN {_FIRST_MS} AND {_LAST_MS}"
    return f"CASE WHEN {inside} THEN make_timestamptz({value} * 1000) END"


def typed_name(cell: Cell) -> str:
    return typed_name_of(cell.key, cell.kind)


def typed_name_of(key: str, kind: Kind) -> str:
    """A length says its unit."""
    return f"{key}_ms" if kind is Kind.DURATION else key
