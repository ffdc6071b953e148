"""The steps that look: sums of some rows, days that are held, columns to choose, a changed contact.

Each leaves the history as it was, and returns what the report tells of it.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtNetwork import QNetworkAccessManager, QNetworkProxy, QNetworkReply, QNetworkRequest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QLabel,
    QLineEdit,
    QPushButton,
    QTabBar,
    QTabWidget,
    QToolButton,
    QWidget,
)

from desktop_app.core.history.columns import Kind
from desktop_app.gui.history.coverage_grid import CoverageGrid
from desktop_app.history_view import HistoryView
from desktop_app.tour.hands import Hands
from desktop_app.tour.report import TourFailed
from desktop_app.tour.sights import all_counted, all_painted, at_rest, on_top, part

SUMMED_ROWS = 7
SEARCHED = "wait"  # among the columns
_INSIDE_PX = 12  # from the left edge of a cell: a wide one may not be wholly in sight


def open_contact(view: HistoryView, hands: Hands) -> str:
    if not view.model.rowCount():
        return "no contact to open"
    hands.until(lambda: all_painted(view), "the cells in sight")
    _press_cell(view, hands, 0, 1)
    hands.until(lambda: _shows_current(view), "the contact's details")
    hands.picture("contact")
    return "contact opened"


def add_up(view: HistoryView, hands: Hands) -> str:
    """Select some rows, standing in a column of durations, and see their sum below."""
    last = min(SUMMED_ROWS, view.model.rowCount()) - 1
    if last < 1:
        return "too few contacts to add up"
    place = next(
        (n for n, column in enumerate(view.model.columns) if column.kind is Kind.DURATION), 0
    )
    _press_cell(view, hands, 0, place)
    _press_cell(view, hands, last, place, Qt.KeyboardModifier.ShiftModifier)
    selected, sums = (view.status.findChild(QLabel, f"status{n}") for n in ("Selected", "Totals"))
    assert selected is not None and sums is not None
    hands.until(
        lambda: selected.isVisible() and all_counted(view) and _shows_current(view), "the sums"
    )
    hands.picture("sums")
    if not selected.text().startswith(str(last + 1)):
        raise TourFailed(f"{last + 1} rows were selected, and the line says {selected.text()}.")
    _press_cell(view, hands, 0, place)
    hands.until(lambda: not selected.isVisible() and all_counted(view), "one row to be selected")
    return "added up"


def look_at_coverage(view: HistoryView, hands: Hands) -> str:
    """Open the calendar from the words that say how complete the history is, and go a day back."""
    state = part(view.status, QPushButton, "statusState")
    hands.press(state, state.rect().center())
    hands.until(lambda: on_top("coveragePanel") is not None, "the coverage calendar")
    panel = on_top("coveragePanel")
    assert panel is not None
    grid = part(panel, CoverageGrid, "coverageGrid")
    hands.until(lambda: grid.current is not None, "the days")
    assert grid.current is not None
    hands.press(grid, grid.cell(grid.current).center())
    QTest.keyClick(grid, Qt.Key.Key_Left)
    hands.picture("coverage", panel)
    _leave(panel, "coveragePanel", hands)
    return "coverage seen"


def look_at_columns(view: HistoryView, hands: Hands) -> str:
    """Open the list of columns, and find one by a few letters."""
    button = view.bar.columns
    hands.press(button, button.rect().center())
    hands.until(lambda: on_top("columnChooser") is not None, "the columns")
    chooser = on_top("columnChooser")
    assert chooser is not None
    hands.picture("columns", chooser)
    search = part(chooser, QLineEdit, "columnSearch")
    hands.type(search, SEARCHED)
    cross = search.findChild(QToolButton)
    hands.until(lambda: cross is None or cross.property("opacity") == 1, "the field's own cross")
    hands.picture("columns-found", chooser)
    _leave(chooser, "columnChooser", hands)
    return "columns seen"


def look_at_export(view: HistoryView, hands: Hands) -> str:
    """Open the export window, see how much there is to write, and leave it at that."""
    button = view.bar.export
    if not button.isEnabled():
        return "exports are not allowed"
    hands.press(button, button.rect().center())
    hands.until(lambda: on_top("exportPanel") is not None, "the export window")
    panel = on_top("exportPanel")
    assert panel is not None
    size = part(panel, QLabel, "exportSize")
    hands.until(lambda: "rows, about" in size.text(), "the size of an export")
    hands.picture("export", panel)
    _leave(panel, "exportPanel", hands)
    return "export seen"


def look_at_changes(view: HistoryView, hands: Hands, api_url: str) -> str:
    """Have the practice organisation at ``api_url`` rewrite some contacts, read them again, and
    see what has become of one."""
    _revise(api_url, hands)
    refresh = view.bar.refresh
    hands.press(refresh, refresh.rect().center())
    hands.until(lambda: at_rest(view) and all_counted(view), "the history to be read again")
    total = view.model.rowCount()
    hands.press(view.filter.edit, view.filter.edit.rect().center())
    hands.type(view.filter.edit, "changed:yes ")
    view.table.scrollTo(view.model.index(0, 0))
    hands.until(lambda: bool(view.filter.applied) and all_counted(view), "the changed contacts")
    is_any = view.model.rowCount() > 0
    if is_any:
        hands.picture("changed")
        _press_cell(view, hands, 0, 0)
        hands.until(lambda: _shows_current(view) and _shows_changes(view), "what has changed")
        _choose_tab(view, hands, "Changes")
        hands.until(lambda: all_counted(view), "the rows")
        hands.picture("changes")
        _choose_tab(view, hands, "Segments")
    QTest.keyClick(view.filter.edit, Qt.Key.Key_Escape)
    hands.until(lambda: view.model.rowCount() == total and all_counted(view), "all rows again")
    return "changes seen" if is_any else "no contact changed"


def _revise(api_url: str, hands: Hands) -> None:
    network = QNetworkAccessManager()
    network.setProxy(QNetworkProxy(QNetworkProxy.ProxyType.NoProxy))
    request = QNetworkRequest(QUrl(f"{api_url}/practice/revisions"))
    request.setHeader(QNetworkRequest.KnownHeaders.ContentTypeHeader, "application/json")
    reply = network.post(request, b"")
    hands.until(reply.isFinished, "the practice organisation to rewrite some contacts")
    if reply.error() != QNetworkReply.NetworkError.NoError:
        raise TourFailed("The practice organisation did not rewrite any contacts.")


def _press_cell(
    view: HistoryView,
    hands: Hands,
    row: int,
    place: int,
    keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    index = view.model.index(row, place)
    view.table.scrollTo(index)
    left, middle = view.table.visualRect(index).left(), view.table.visualRect(index).center().y()
    hands.press(view.table.viewport(), QPoint(left + _INSIDE_PX, middle), keys)


def _shows_current(view: HistoryView) -> bool:
    """Whether the details are those of the row that the person stands in."""
    shown = view.details.contact
    row = view.table.currentIndex().row()
    return shown is not None and shown.number == view.model.number(row)


def _shows_changes(view: HistoryView) -> bool:
    shown = view.details.contact
    return shown is not None and bool(shown.changes)


def _choose_tab(view: HistoryView, hands: Hands, title: str) -> None:
    tabs = part(view.details, QTabWidget, "detailsTabs")
    bar = tabs.findChild(QTabBar)
    assert bar is not None
    place = next((n for n in range(tabs.count()) if tabs.tabText(n) == title), -1)
    if place < 0 or not tabs.isTabVisible(place):
        raise TourFailed(f"The details have no tab {title}.")
    hands.press(bar, bar.tabRect(place).center())


def _leave(dialog: QWidget, name: str, hands: Hands) -> None:
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    hands.until(lambda: on_top(name) is None, f"{name} to close")
