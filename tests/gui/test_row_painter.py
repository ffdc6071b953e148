"""Painting by row: what is cut, what stands where, and how little is painted on scrolling."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import pytest
from PySide6.QtCore import QItemSelectionModel, QPoint, QRect
from PySide6.QtGui import QFontMetrics, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop_app.core.history.columns import Kind, column
from desktop_app.core.history.store import Store
from desktop_app.core.history.vault import memory_store
from desktop_app.gui.history import row_painter
from desktop_app.gui.history.header import PADDING
from desktop_app.gui.history.history_model import HistoryModel
from desktop_app.gui.history.row_painter import SIGNS, Section, sections_in
from desktop_app.gui.history.table import HistoryTable
from desktop_app.gui.theme import ROW_PX, Theme
from tests.gui.stored_contacts import CUSTOMER, HANDLE, add

ROWS = 60


@pytest.fixture
def store() -> Iterator[Store]:
    made = memory_store("a test")
    add(made, *(f"customer {number:02}" for number in range(ROWS)))
    yield made
    made.close()


def section(key: str, width: int) -> Section:
    return Section(0, 0, width, column(key))


def cell(table: HistoryTable, row: int, place: int) -> QImage:
    area: QRect = table.visualRect(table.model().index(row, place))
    return table.viewport().grab(area).toImage()


def ink(image: QImage, theme: Theme) -> list[int]:
    """The places across, from the left, at which there is text."""
    text = theme.palette.text.lightness()
    return [
        x
        for x in range(image.width())
        if any(
            abs(image.pixelColor(x, y).lightness() - text) < 60 for y in range(image.height() - 1)
        )
    ]


@pytest.mark.parametrize("key", ["customer", "outcome"])
def test_a_text_without_room_is_cut_with_an_ellipsis_and_keeps_off_the_edges(
    key: str, theme: Theme, table: HistoryTable
) -> None:
    metrics = QFontMetrics(table.font())
    fitted = row_painter._fit("Wilhelmina van der\nWoodsen", section(key, 90), metrics)
    assert fitted.text.endswith("…") and "\n" not in fitted.text
    assert fitted.offset == PADDING + SIGNS.get(key, 0)
    assert fitted.offset + metrics.horizontalAdvance(fitted.text) <= 90 - PADDING


def test_a_number_is_never_cut_with_an_ellipsis(table: HistoryTable) -> None:
    metrics = QFontMetrics(table.font())
    assert column("handle").kind is Kind.DURATION
    fitted = row_painter._fit("888:00:00", section("handle", 40), metrics)
    assert fitted.is_too_wide and fitted.text == "888:00:00"
    assert not row_painter._fit("0:05", section("handle", 90), metrics).is_too_wide


def test_numbers_stand_at_the_right_and_names_at_the_left(
    table: HistoryTable, theme: Theme
) -> None:
    name = ink(cell(table, 0, CUSTOMER), theme)
    assert PADDING <= name[0] < PADDING + 4
    image = cell(table, 0, HANDLE)
    number = ink(image, theme)
    assert image.width() - PADDING - 6 < number[-1] < image.width() - PADDING + 1


def test_a_number_that_is_too_wide_stays_in_its_column(
    table: HistoryTable, theme: Theme, model: HistoryModel
) -> None:
    table.horizontalHeader().setMinimumSectionSize(10)
    table.setColumnWidth(HANDLE, 2 * PADDING + 6)
    places = ink(cell(table, 0, HANDLE), theme)
    assert places and places[0] >= PADDING and places[-1] < PADDING + 6


def test_columns_in_sight_are_told_as_they_stand(table: HistoryTable) -> None:
    header, columns = table.horizontalHeader(), table.history().columns
    header.moveSection(CUSTOMER, 0)
    header.hideSection(1)
    found = sections_in(header, columns, 0, table.viewport().width() - 1)
    assert [each.column.key for each in found] == ["customer", "start", "handle"]
    assert [each.left for each in found] == [
        header.sectionViewportPosition(each.place) for each in found
    ]
    (first,) = sections_in(header, columns, 0, 0)
    assert first.column.key == "customer"


def test_the_row_under_the_pointer_is_painted_in_its_colour_and_left_again(
    table: HistoryTable, theme: Theme, qtbot: QtBot
) -> None:
    hover = theme.palette.hover

    def hovered() -> list[int]:
        image = table.viewport().grab().toImage()
        return [row for row in range(5) if image.pixelColor(3, row * ROW_PX + 3) == hover]

    for row in (2, 4):
        at = table.visualRect(table.model().index(row, CUSTOMER)).center()
        QTest.mouseMove(table.viewport(), at)
        qtbot.waitUntil(partial(_is, hovered, [row]))
    QTest.mouseMove(table, QPoint(2, table.height() + 200))
    qtbot.waitUntil(lambda: hovered() == [])


def _is(found: Callable[[], list[int]], wanted: list[int]) -> bool:
    return found() == wanted


def test_scrolling_paints_only_the_rows_that_come_into_sight(
    table: HistoryTable, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    painted: list[int] = []
    monkeypatch.setattr(
        row_painter.RowPainter, "row", lambda self, row, top, height, **more: painted.append(top)
    )
    table.verticalScrollBar().setValue(2 * ROW_PX)
    qtbot.waitUntil(lambda: bool(painted))
    assert len(painted) <= 4


def test_another_theme_paints_everything_anew(
    table: HistoryTable, theme: Theme, qtbot: QtBot
) -> None:
    light = cell(table, 1, 1)
    theme.set_mode("dark")
    dark = cell(table, 1, 1)
    assert dark.pixelColor(1, 1) == theme.palette.background
    assert dark != light


def test_a_selection_reaches_from_the_first_column_to_the_last(
    table: HistoryTable, theme: Theme
) -> None:
    table.selectRow(1)
    image = table.viewport().grab().toImage()
    last = table.columnViewportPosition(HANDLE) + table.columnWidth(HANDLE) - 1
    for x in (0, last):
        assert image.pixelColor(x, ROW_PX + 3) == theme.palette.selection
    if last + 1 < image.width():
        assert image.pixelColor(last + 1, ROW_PX + 3) == theme.palette.background
    assert image.pixelColor(0, 3) != theme.palette.selection


def test_the_current_row_is_marked_as_long_as_none_is_selected(
    table: HistoryTable, theme: Theme, qtbot: QtBot
) -> None:
    """With the focus Qt makes a row current that it doesn't select; the details show it."""
    table.clearSelection()

    def marked() -> list[int]:
        image = table.viewport().grab().toImage()
        return [
            row
            for row in range(4)
            if image.pixelColor(3, row * ROW_PX + 3) == theme.palette.selection
        ]

    for row in (2, 1):
        table.selectionModel().setCurrentIndex(
            table.model().index(row, CUSTOMER), QItemSelectionModel.SelectionFlag.NoUpdate
        )
        assert marked() == [row]
    table.selectRow(3)
    assert marked() == [3]


def test_texts_that_stay_measured_are_bounded(
    table: HistoryTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(row_painter, "_KEPT", 30)
    for row in range(0, ROWS, 5):
        table.scrollTo(table.model().index(row, 0))
        table.viewport().grab()
    assert len(table._painter._fitted) < 30 + 12 * 4


def test_alignment_of_a_moved_column_follows_it(table: HistoryTable, theme: Theme) -> None:
    before = ink(cell(table, 0, HANDLE), theme)
    table.horizontalHeader().moveSection(HANDLE, 0)
    assert ink(cell(table, 0, HANDLE), theme) == before


def test_without_a_model_the_ground_is_painted(theme: Theme, qtbot: QtBot) -> None:
    empty = HistoryTable(theme)
    qtbot.addWidget(empty)
    empty.resize(200, 100)
    empty.show()
    qtbot.waitExposed(empty)
    image = empty.viewport().grab().toImage()
    assert image.pixelColor(5, 5) == theme.palette.background
