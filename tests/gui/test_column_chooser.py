"""The list of columns: found by a few letters, ticked one by one, and put back as they were."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QLineEdit,
    QPushButton,
    QStyle,
    QStyleOptionViewItem,
    QToolButton,
    QTreeView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop_app.core.history.columns import COLUMNS, DEFAULT_KEYS
from desktop_app.gui.history.column_chooser import ColumnChooser
from desktop_app.gui.theme import Mode, Theme


@pytest.fixture
def parent(qtbot: QtBot, theme: Theme) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def chooser(parent: QWidget, qtbot: QtBot) -> ColumnChooser:
    made = ColumnChooser(["start", "outcome", "ani"], ["Tier"], ("start", "outcome"), parent)
    made.show()
    qtbot.waitExposed(made)
    return made


def tree(chooser: ColumnChooser) -> QTreeView:
    found = chooser.findChild(QTreeView, "columnTree")
    assert found is not None
    return found


def rows(chooser: ColumnChooser) -> dict[str, QModelIndex]:
    """The columns that are listed, by title."""
    model = tree(chooser).model()
    heads = [model.index(row, 0) for row in range(model.rowCount())]
    under = [model.index(row, 0, head) for head in heads for row in range(model.rowCount(head))]
    return {str(index.data()): index for index in under}


def tick(chooser: ColumnChooser, title: str) -> None:
    tree(chooser).model().setData(
        rows(chooser)[title], Qt.CheckState.Checked, Qt.ItemDataRole.CheckStateRole
    )


def search(chooser: ColumnChooser, letters: str) -> None:
    found = chooser.findChild(QLineEdit, "columnSearch")
    assert found is not None
    QTest.keyClicks(found, letters)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_a_tick_that_cannot_be_taken_away_is_seen_in_either_theme(
    mode: Mode, theme: Theme, chooser: ColumnChooser
) -> None:
    theme.set_mode(mode)
    view = tree(chooser)
    row = view.visualRect(rows(chooser)["Start"])
    image = view.viewport().grab(row.adjusted(-12, 0, 0, 0)).toImage()
    ground = theme.palette.disabled.name()
    box = [image.pixelColor(x, y).name() for x in range(40) for y in range(4, image.height() - 4)]
    assert box.count(ground) > 60


def test_the_cross_that_empties_the_search_is_a_line_icon_like_all(
    chooser: ColumnChooser, qtbot: QtBot
) -> None:
    search(chooser, "wait")
    field = chooser.findChild(QLineEdit, "columnSearch")
    assert field is not None
    cross = field.findChild(QToolButton)
    assert cross is not None
    qtbot.waitUntil(lambda: cross.property("opacity") == 1)  # it comes in slowly
    corner = cross.rect().center() + QPoint(0, 6)
    image = field.grab().toImage()
    ground = image.pixelColor(field.width() // 2, field.height() - 5)
    assert image.pixelColor(cross.mapTo(field, corner)) == ground  # no disc behind it
    assert image.pixelColor(cross.mapTo(field, cross.rect().center())) != ground


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_box_of_a_tick_is_seen_in_either_theme(
    mode: Mode, theme: Theme, chooser: ColumnChooser, qtbot: QtBot
) -> None:
    theme.set_mode(mode)
    view = tree(chooser)
    index = rows(chooser)["End"]
    row = view.visualRect(index)
    option = QStyleOptionViewItem()
    view.initViewItemOption(option)
    option.rect = row
    option.features |= QStyleOptionViewItem.ViewItemFeature.HasCheckIndicator
    box = view.style().subElementRect(QStyle.SubElement.SE_ItemViewItemCheckIndicator, option, view)
    image = view.viewport().grab(box).toImage()
    ground = theme.palette.background.lightness()
    across = [image.pixelColor(x, image.height() // 2) for x in range(image.width())]
    assert max(abs(colour.lightness() - ground) for colour in across) > 60


def test_every_column_is_there_and_attributes_too(chooser: ColumnChooser) -> None:
    titles = rows(chooser)
    assert {column.title for column in COLUMNS} | {"Tier"} == set(titles)
    checked = Qt.ItemDataRole.CheckStateRole
    shown = {title for title, index in titles.items() if index.data(checked) == 2}
    assert len(shown) == 3
    assert not titles["Start"].flags() & Qt.ItemFlag.ItemIsEnabled


def test_letters_find_a_column_by_its_title_or_what_it_says(chooser: ColumnChooser) -> None:
    search(chooser, "tie")
    assert "Tier" in rows(chooser)
    assert "Start" not in rows(chooser)


def test_a_tick_is_told_with_all_that_are_shown(chooser: ColumnChooser, qtbot: QtBot) -> None:
    search(chooser, "tier")
    with qtbot.waitSignal(chooser.chosen) as told:
        tick(chooser, "Tier")
    assert told.args == [["start", "outcome", "ani", "attr.Tier"]]


def test_the_default_columns_come_back_in_one_press(chooser: ColumnChooser, qtbot: QtBot) -> None:
    told: list[list[str]] = []
    chooser.chosen.connect(told.append)
    press = chooser.findChild(QPushButton, "columnDefaults")
    assert press is not None
    QTest.mouseClick(press, Qt.MouseButton.LeftButton)
    assert told == [list(DEFAULT_KEYS)]
