"""Spreadsheets: typed cells, one header that stays in sight, nothing that is a formula (T36).

XlsxWriter keeps one row in memory (``constant_memory``), so that a file may have any length.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.format import Format as CellFormat
from xlsxwriter.worksheet import Worksheet

from desktop_app.core.history.clock import Clock
from desktop_app.core.history.column import Kind, Value
from desktop_app.core.history.export.request import Durations

MOST_ROWS = 1_048_575  # of a sheet, below its header
_MOST_UNITS = 32_767  # of a text, in UTF-16
_SAFE_INTEGER = 10**15  # a sheet keeps fifteen digits
_DAY_MS = 86_400_000
_PX_PER_WIDTH = 7  # of a character of the sheet's own font, besides 5 px of margin
_FIRST_YEAR = 1901  # in 1900 sheets count a day that never was

Row = Sequence[Value]


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """``width`` is in pixels at 100 %."""

    title: str
    kind: Kind
    width: int


def write_workbook(
    path: Path,
    columns: Sequence[SheetColumn],
    batches: Iterable[Sequence[Row]],
    about: Callable[[int], Sequence[tuple[str, str]]],
    *,
    zone: ZoneInfo,
    durations: Durations,
    on_rows: Callable[[int], None] = lambda rows: None,
    most_rows: int = MOST_ROWS,
) -> int:
    """Write rows of milliseconds, texts and numbers; returns how many.

    Beyond ``most_rows`` they go on in a further sheet.  ``about`` is told how many there are, and
    has a sheet of its own, the last; ``on_rows`` hears how many are written by now, and may raise.
    Rows wait beside ``path``, never in a folder that others share.  Raises OSError.
    """
    with TemporaryDirectory(prefix=path.name, dir=path.parent) as waiting:
        book = xlsxwriter.Workbook(path, {"constant_memory": True, "tmpdir": waiting})
        try:
            writer = _Writer(book, columns, Clock(zone), durations)
            rows = writer.write_all(batches, on_rows, most_rows)
            writer.tell(about(rows))
            book.close()
        except FileCreateError as error:
            raise OSError(getattr(error.args[0], "errno", None), str(error)) from None
        finally:
            for sheet in book.worksheets():
                sheet._opt_close()  # else Windows keeps what waits
    return rows


class _Writer:
    def __init__(
        self,
        book: xlsxwriter.Workbook,
        columns: Sequence[SheetColumn],
        clock: Clock,
        durations: Durations,
    ) -> None:
        self._book = book
        self._columns = columns
        self._clock = clock
        self._durations = durations
        self._sheets = 0
        self._bold = book.add_format({"bold": True})
        self._moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._length = book.add_format({"num_format": "[h]:mm:ss"})
        kinds: dict[Kind, Callable[[Worksheet, int, int, Value], object]] = {
            Kind.INSTANT: self._write_instant,
            Kind.DURATION: self._write_duration,
            Kind.COUNT: self._write_number,
            Kind.NUMBER: self._write_number,
            Kind.FLAG: self._write_flag,
        }
        self._writers = [kinds.get(column.kind, self._write_text) for column in columns]

    def new_sheet(self) -> Worksheet:
        self._sheets += 1
        number = f" {self._sheets}" if self._sheets > 1 else ""
        sheet: Worksheet = self._book.add_worksheet(f"Contacts{number}")
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(self._columns):
            sheet.set_column(place, place, (column.width - 5) / _PX_PER_WIDTH)
        for place, column in enumerate(self._columns):
            self._write_text(sheet, 0, place, column.title, self._bold)
        return sheet

    def write_all(
        self, batches: Iterable[Sequence[Row]], on_rows: Callable[[int], None], most_rows: int
    ) -> int:
        sheet, rows, on_sheet = self.new_sheet(), 0, 0
        for batch in batches:
            for row in batch:
                if on_sheet == most_rows:
                    self.finish(sheet, on_sheet)
                    sheet, on_sheet = self.new_sheet(), 0
                on_sheet += 1
                self._write(sheet, on_sheet, row)
            rows += len(batch)
            on_rows(rows)
        self.finish(sheet, on_sheet)
        return rows

    def _write(self, sheet: Worksheet, at: int, row: Row) -> None:
        for place, (value, write) in enumerate(zip(row, self._writers, strict=True)):
            if value is not None:
                write(sheet, at, place, value)

    def finish(self, sheet: Worksheet, rows: int) -> None:
        if self._columns:
            sheet.autofilter(0, 0, rows, len(self._columns) - 1)

    def tell(self, about: Sequence[tuple[str, str]]) -> None:
        sheet: Worksheet = self._book.add_worksheet("About")
        sheet.set_column(0, 0, 28)
        sheet.set_column(1, 1, 80)
        for at, (title, value) in enumerate(about):
            self._write_text(sheet, at, 0, title, self._bold)
            self._write_text(sheet, at, 1, value)

    def _write_text(
        self, sheet: Worksheet, at: int, place: int, value: Value, form: CellFormat | None = None
    ) -> None:
        text = ", ".join(value) if isinstance(value, tuple) else str(value)
        if text:
            sheet.write_string(at, place, _fitting(text), form)

    def _write_instant(self, sheet: Worksheet, at: int, place: int, value: Value) -> None:
        moment = self._clock.moment(_whole(value))
        if moment is None or moment.year < _FIRST_YEAR:
            self._write_text(sheet, at, place, str(value))
        else:
            sheet.write_datetime(at, place, moment.replace(tzinfo=None), self._moment)

    def _write_duration(self, sheet: Worksheet, at: int, place: int, value: Value) -> None:
        length = _whole(value)
        match self._durations:
            case Durations.CLOCK if length >= 0:  # a sheet shows no length below nothing
                sheet.write_number(at, place, length / _DAY_MS, self._length)
            case Durations.MILLISECONDS:
                self._write_number(sheet, at, place, length)
            case _:
                sheet.write_number(at, place, length / 1000)

    def _write_number(self, sheet: Worksheet, at: int, place: int, value: Value) -> None:
        if isinstance(value, (int, float)) and abs(value) < _SAFE_INTEGER:  # and no NaN
            sheet.write_number(at, place, value)
        else:
            self._write_text(sheet, at, place, str(value))

    def _write_flag(self, sheet: Worksheet, at: int, place: int, value: Value) -> None:
        sheet.write_boolean(at, place, bool(value))


def _whole(value: Value) -> int:
    assert isinstance(value, int)
    return value


def _fitting(text: str) -> str:
    """As much of a text as a cell takes."""
    if len(text) <= _MOST_UNITS // 2:
        return text
    units = text.encode("utf-16-le", "replace")
    if len(units) <= 2 * _MOST_UNITS:
        return text
    return units[: 2 * (_MOST_UNITS - 1)].decode("utf-16-le", "ignore") + "…"
