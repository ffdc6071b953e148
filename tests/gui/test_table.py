"""The table of contacts: what is painted, copied, sorted, and where the caret stands."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from desktop_app.core.history.store import Store
from desktop_app.gui.history.history_model import HistoryModel
from desktop_app.gui.history.table import HistoryTable
from desktop_app.gui.theme import Theme
from tests.core.history.history_samples import DAY, put, stored
from tests.gui.stored_contacts import ALL, CUSTOMER, HANDLE, add, read, rest


def choose(table: HistoryTable, *rows: int) -> None:
    """Press rows one after the other with Ctrl held."""
    for row in rows:
        QTest.mouseClick(
            table.viewport(),
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.ControlModifier,
            table.visualRect(table.model().index(row, CUSTOMER)).center(),
        )


def copied(table: HistoryTable, qtbot: QtBot, key: Qt.Key, *, shift: bool = False) -> str:
    """What Ctrl and a key put on the clipboard."""
    modifiers = Qt.KeyboardModifier.ControlModifier
    if shift:
        modifiers |= Qt.KeyboardModifier.ShiftModifier
    table.setFocus()
    with qtbot.waitSignal(table.copied):
        QTest.keyClick(table, key, modifiers)
    return QGuiApplication.clipboard().text()


# --- copying --------------------------------------------------------------------------------------


def test_selected_rows_are_copied_as_they_are_shown(table: HistoryTable, qtbot: QtBot) -> None:
    choose(table, 2, 0)
    assert copied(table, qtbot, Qt.Key.Key_C) == (
        "27 May 2026 00:02:00\tAnswered\tLi\t0:02\n27 May 2026 00:00:00\tAnswered\tAna\t0:03"
    )


def test_heads_come_with_the_rows_when_asked_for(table: HistoryTable, qtbot: QtBot) -> None:
    choose(table, 1)
    text = copied(table, qtbot, Qt.Key.Key_C, shift=True)
    assert text == ("Start\tOutcome\tCustomer\tHandle\n27 May 2026 00:01:00\tAnswered\tBoris\t0:05")


def test_ids_are_copied_one_a_line(table: HistoryTable, qtbot: QtBot) -> None:
    choose(table, 0, 1)
    assert copied(table, qtbot, Qt.Key.Key_I, shift=True) == "id-Li\nid-Boris"


def test_tabs_and_line_breaks_in_a_cell_do_not_break_the_rows(
    table: HistoryTable, model: HistoryModel, store: Store, qtbot: QtBot
) -> None:
    put(store, stored("id-odd", DAY + 3_600_000, customer="a\tb\r\nc", outcome="x"))
    model.refresh()
    rest(qtbot, model)
    choose(table, 0)
    text = copied(table, qtbot, Qt.Key.Key_C)
    assert text == "27 May 2026 01:00:00\tx\ta b c\t"


def test_columns_are_copied_in_the_order_in_which_they_stand(
    table: HistoryTable, qtbot: QtBot
) -> None:
    table.horizontalHeader().moveSection(CUSTOMER, 0)
    choose(table, 0)
    assert copied(table, qtbot, Qt.Key.Key_C).startswith("Li\t27 May")


def test_without_a_selection_the_clipboard_stays(table: HistoryTable, qtbot: QtBot) -> None:
    QGuiApplication.clipboard().setText("before")
    table.clearSelection()
    table.copy_rows()
    rest(qtbot, table.history())
    assert QGuiApplication.clipboard().text() == "before"


# --- sorting and columns --------------------------------------------------------------------------


def press_head(table: HistoryTable, section: int) -> None:
    header = table.horizontalHeader()
    x = header.sectionViewportPosition(section) + header.sectionSize(section) // 2
    QTest.mouseClick(
        header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(x, header.height() // 2)
    )


def test_pressing_a_head_sorts_and_pressing_again_turns_it_round(
    table: HistoryTable, model: HistoryModel, qtbot: QtBot
) -> None:
    header = table.horizontalHeader()
    assert header.sortIndicatorSection() == 0  # the newest first, as the query says
    assert header.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder
    press_head(table, HANDLE)
    rest(qtbot, model)
    assert read(qtbot, model) == ["Li", "Ana", "Boris"]
    press_head(table, HANDLE)
    rest(qtbot, model)
    assert read(qtbot, model) == ["Boris", "Ana", "Li"]
    assert model.query is not None and model.query.descending
    assert header.sortIndicatorSection() == HANDLE


def test_the_selection_stays_with_its_contact_when_the_order_changes(
    table: HistoryTable, model: HistoryModel, qtbot: QtBot
) -> None:
    choose(table, 2)
    press_head(table, CUSTOMER)
    rest(qtbot, model)
    shown = read(qtbot, model)
    rows = [index.row() for index in table.selectionModel().selectedRows()]
    assert [shown[row] for row in rows] == ["Ana"]
    assert shown[table.currentIndex().row()] == "Ana"


def header_menu(table: HistoryTable, section: int) -> QMenu:
    header = table.horizontalHeader()
    where = QPoint(header.sectionViewportPosition(section) + 5, 5)
    header.customContextMenuRequested.emit(where)
    (menu,) = table.findChildren(QMenu, "headerMenu")
    return menu


def test_a_heads_menu_hides_its_column_and_leads_to_all_others(
    table: HistoryTable, qtbot: QtBot
) -> None:
    menu = header_menu(table, CUSTOMER)
    hide, choose = menu.actions()
    with qtbot.waitSignal(table.columns_asked):
        choose.trigger()
    with qtbot.waitSignal(table.columns_changed):
        hide.trigger()
    assert [column.key for column in table.history().columns] == ["start", "outcome", "handle"]
    with qtbot.waitSignal(menu.destroyed):
        menu.close()


def test_the_pinned_columns_cannot_be_hidden(table: HistoryTable, qtbot: QtBot) -> None:
    menu = header_menu(table, 0)
    assert not menu.actions()[0].isEnabled()
    with qtbot.waitSignal(menu.destroyed):
        menu.close()


# --- a cell's value as a filter -------------------------------------------------------------------


def test_alt_and_a_click_choose_a_cells_value_and_shift_leaves_it_out(
    table: HistoryTable, qtbot: QtBot
) -> None:
    model = table.history()
    where = table.visualRect(model.index(1, CUSTOMER)).center()
    left, alt = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.AltModifier
    with qtbot.waitSignal(table.value_chosen) as told:
        QTest.mouseClick(table.viewport(), left, alt, where)
    assert told.args == ["customer", "Boris", False]
    with qtbot.waitSignal(table.value_chosen) as told:
        QTest.mouseClick(table.viewport(), left, alt | Qt.KeyboardModifier.ShiftModifier, where)
    assert told.args == ["customer", "Boris", True]


def test_what_is_selected_is_told_by_number_in_the_tables_order(
    table: HistoryTable, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(table.selection_settled):
        table.selectAll()
    assert list(table.selected_numbers()) == list(table.history().numbers)
    table.clearSelection()
    assert len(table.selected_numbers()) == 0


# --- moving ---------------------------------------------------------------------------------------


def test_j_and_k_step_and_stop_at_the_ends(table: HistoryTable) -> None:
    table.setFocus()  # puts the caret into the first row
    visited = []
    for key in "jjjjkkkk":
        QTest.keyClicks(table, key)
        visited.append(table.currentIndex().row())
    assert visited == [1, 2, 2, 2, 1, 0, 0, 0]


def test_stepping_tells_which_contact_is_chosen(table: HistoryTable, qtbot: QtBot) -> None:
    table.setFocus()
    with qtbot.waitSignal(table.chosen) as told:
        QTest.keyClicks(table, "j")
    assert told.args == [table.history().number(1)]


def test_j_in_an_empty_table_does_nothing(
    table: HistoryTable, model: HistoryModel, qtbot: QtBot
) -> None:
    model.show(ALL.__class__(0, 1))
    rest(qtbot, model)
    QTest.keyClicks(table, "jk")
    QTest.keyClick(table, Qt.Key.Key_Return)
    assert not table.currentIndex().isValid()


@pytest.mark.parametrize("how", ["enter", "return", "double click"])
def test_a_contact_is_opened(how: str, table: HistoryTable, qtbot: QtBot) -> None:
    choose(table, 1)
    with qtbot.waitSignal(table.opened) as told:
        if how == "double click":
            where = table.visualRect(table.model().index(1, CUSTOMER)).center()
            QTest.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=where)
        else:
            key = Qt.Key.Key_Enter if how == "enter" else Qt.Key.Key_Return
            QTest.keyClick(table, key)
    assert told.args == [table.history().number(1)]


def test_while_rows_stream_in_the_table_stays_where_it_is(
    table: HistoryTable, model: HistoryModel, store: Store, qtbot: QtBot
) -> None:
    """Newer contacts come in above the chosen one, which stays chosen."""
    choose(table, 1)
    add(store, *(f"new{n}" for n in range(50)), first=60)
    model.refresh()
    rest(qtbot, model)
    assert model.number(table.currentIndex().row()) == 2
    assert table.currentIndex().row() == 51


# --- painting -------------------------------------------------------------------------------------


def picture(table: HistoryTable, row: int, column: int) -> QImage:
    area: QRect = table.visualRect(table.model().index(row, column))
    return table.viewport().grab(area).toImage()


def colours(image: QImage) -> set[str]:
    return {
        image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())
    }


@pytest.mark.parametrize("state", ["good", "warn", "bad"])
@pytest.mark.parametrize("mode", ["light", "dark"])
def test_an_outcome_shows_its_state_in_the_states_colour(
    state: str, mode: str, table: HistoryTable, store: Store, theme: Theme, qtbot: QtBot
) -> None:
    theme.set_mode("dark" if mode == "dark" else "light")
    store._connection.execute("UPDATE contact SET state = ?", [state])
    model = table.history()
    model.refresh()
    rest(qtbot, model)
    qtbot.waitUntil(lambda: (row := model.formatted(0)) is not None and row.state == state)
    wanted: QColor = getattr(theme.palette, state)
    others = {getattr(theme.palette, name).name() for name in {"good", "warn", "bad"} - {state}}
    painted = colours(picture(table, 0, 1))
    assert wanted.name() in painted
    assert others.isdisjoint(painted)


def test_a_row_that_is_still_read_is_painted_as_waiting(
    table: HistoryTable, theme: Theme, qtbot: QtBot
) -> None:
    model = table.history()
    there = colours(picture(table, 0, CUSTOMER))
    model._forget_rows()
    waiting = colours(picture(table, 0, CUSTOMER))
    assert theme.palette.line.name() in waiting and len(waiting) < len(there)
    rest(qtbot, model)


def test_a_selected_row_is_painted_in_the_selections_colour(
    table: HistoryTable, theme: Theme
) -> None:
    colour = theme.palette.selection.name()
    assert colour not in colours(picture(table, 1, CUSTOMER))
    choose(table, 1)
    assert colour in colours(picture(table, 1, CUSTOMER))


def test_T39_markup_in_a_cell_is_painted_as_text(
    table: HistoryTable, store: Store, qtbot: QtBot
) -> None:
    put(store, stored("id-a", DAY + 7_200_000, customer="<b></b>", outcome="x"))
    model = table.history()
    model.refresh()
    rest(qtbot, model)
    assert read(qtbot, model)[0] == "<b></b>"
    assert len(colours(picture(table, 0, CUSTOMER))) > 3  # there is ink: the tags themselves
