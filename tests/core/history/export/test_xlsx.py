"""Spreadsheets as another library reads them again."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook

from desktop_app.core.history.column import Kind, Value
from desktop_app.core.history.export.request import Durations
from desktop_app.core.history.export.xlsx import SheetColumn, write_workbook
from tests.core.history.export.test_cells import HARMLESS, HOSTILE

PARIS = ZoneInfo("Europe/Paris")
MOMENT = 1_761_440_400_000  # 26 October 2025, 1:00 UTC
COLUMNS = [
    SheetColumn("When", Kind.INSTANT, 156),
    SheetColumn("Handle", Kind.DURATION, 88),
    SheetColumn("Count", Kind.COUNT, 72),
    SheetColumn("MOS", Kind.NUMBER, 72),
    SheetColumn("Flag", Kind.FLAG, 72),
    SheetColumn("=1+1", Kind.TEXT, 148),
    SheetColumn("Queues", Kind.LIST, 148),
]


def write(
    path: Path,
    rows: Sequence[Sequence[Value]],
    columns: Sequence[SheetColumn] = COLUMNS,
    durations: Durations = Durations.CLOCK,
    **options: Any,
) -> int:
    return write_workbook(
        path, columns, [rows], lambda count: [("Filter", "=1+1")],
        zone=PARIS, durations=durations, **options,
    )  # fmt: skip


def test_cells_have_their_types(tmp_path: Path) -> None:
    path = tmp_path / "file.xlsx"
    write(
        path, [(MOMENT, 90_061_000, 3, 4.25, True, "Ana", ("a", "b")), (None, None, 0, *[None] * 4)]
    )
    sheet = load_workbook(path).worksheets[0]
    header, first, second = sheet.iter_rows()
    assert [cell.value for cell in header] == [column.title for column in COLUMNS]
    assert [cell.value for cell in first] == [
        dt.datetime(2025, 10, 26, 2, 0),  # noqa: DTZ001 - a sheet's moments have no zone
        dt.timedelta(days=1, hours=1, minutes=1, seconds=1),
        3, 4.25, True, "Ana", "a, b",
    ]  # fmt: skip
    assert first[0].number_format == "yyyy-mm-dd hh:mm:ss"
    assert first[1].number_format == "[h]:mm:ss"
    assert [cell.value for cell in second] == [None, None, 0, *[None] * 4]
    assert sheet.freeze_panes == "A2" and sheet.auto_filter.ref == "A1:G3"
    assert 20 < sheet.column_dimensions["A"].width < 23
    assert header[0].font.bold and not first[0].font.bold


@pytest.mark.parametrize(
    ("durations", "cell"), [(Durations.SECONDS, 1.5), (Durations.MILLISECONDS, 1500)]
)
def test_lengths_as_numbers(tmp_path: Path, durations: Durations, cell: float) -> None:
    write(tmp_path / "file.xlsx", [(None, 1500, *[None] * 5)], durations=durations)
    sheet = load_workbook(tmp_path / "file.xlsx").worksheets[0]
    assert sheet["B2"].value == cell


def test_what_a_sheet_can_not_hold_is_text(tmp_path: Path) -> None:
    rows: list[tuple[Value, ...]] = [
        (2**60, -5000, 2**60, math.nan, False, "x" * 40_000, ()),
        (-(2**45), -5000, 10**15, math.inf, None, "😀" * 20_000, ("a",)),
    ]
    write(tmp_path / "file.xlsx", rows)
    _, first, second = load_workbook(tmp_path / "file.xlsx").worksheets[0].iter_rows()
    assert [cell.value for cell in first][:5] == [str(2**60), -5, str(2**60), "nan", False]
    assert [cell.value for cell in second][:4] == [str(-(2**45)), -5, str(10**15), "inf"]
    for cell in (first[5].value, second[5].value):
        assert str(cell).endswith("…") and len(str(cell).encode("utf-16-le")) <= 2 * 32_767


def test_rows_beyond_a_sheet_go_on_in_the_next(tmp_path: Path) -> None:
    rows: list[tuple[Value, ...]] = [(number,) for number in range(25)]
    heard: list[int] = []
    column = [SheetColumn("No", Kind.COUNT, 80)]
    assert write(tmp_path / "f.xlsx", rows, column, most_rows=10, on_rows=heard.append) == 25
    book = load_workbook(tmp_path / "f.xlsx")
    assert book.sheetnames == ["Contacts", "Contacts 2", "Contacts 3", "About"]
    found = [[row[0] for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets[:3]]
    assert [sheet[0] for sheet in found] == ["No"] * 3
    assert [cell for sheet in found for cell in sheet[1:]] == list(range(25))
    assert [sheet.auto_filter.ref for sheet in book.worksheets[:3]] == ["A1:A11", "A1:A11", "A1:A6"]
    assert heard == [25]


def test_T36_no_cell_is_a_formula_and_every_text_stays(tmp_path: Path) -> None:
    texts = HOSTILE + HARMLESS
    columns = [SheetColumn(text, Kind.TEXT, 80) for text in texts]
    write(tmp_path / "f.xlsx", [texts], columns)
    book = load_workbook(tmp_path / "f.xlsx")
    for row in book.worksheets[0].iter_rows():
        assert {cell.data_type for cell in row} == {"s"}
        assert [plain(cell.value) for cell in row] == [plain(text) for text in texts]
    assert book["About"]["B1"].data_type == "s"
    assert not any(cell.hyperlink for row in book.worksheets[0].iter_rows() for cell in row)


def plain(text: object) -> str:
    """XML takes no control characters: they are written as _x0000_, line ends as one."""
    told = str(text).replace("_x0000_", "\0").replace("_x000D_", "\r")
    return told.replace("\r\n", "\n").replace("\r", "\n")


def test_memory_is_flat_in_rows(tmp_path: Path) -> None:
    """Rows are asked for as they are written, never all at once."""
    alive: list[int] = []

    def batches() -> Iterator[Sequence[tuple[Value, ...]]]:
        for number in range(5):
            alive.append(number)
            yield [(number,)] * 100

    written: list[tuple[int, int]] = []
    write_workbook(
        tmp_path / "f.xlsx", [SheetColumn("No", Kind.COUNT, 80)], batches(), lambda rows: [],
        zone=PARIS, durations=Durations.CLOCK,
        on_rows=lambda rows: written.append((rows, len(alive))),
    )  # fmt: skip
    assert written == [(100, 1), (200, 2), (300, 3), (400, 4), (500, 5)]
