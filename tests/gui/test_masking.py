"""T45: with masking on, a customer's number is nowhere in what the window shows or copies."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest
from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPoint, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface, QGuiApplication, QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractScrollArea,
    QApplication,
    QLabel,
    QPlainTextEdit,
    QTabWidget,
    QToolTip,
    QTreeView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop_app.core.genesys import wire
from desktop_app.core.history.clock import Interval
from desktop_app.core.history.columns import COLUMNS
from desktop_app.core.history.schema import stored_contact
from desktop_app.core.history.store import Store
from desktop_app.core.history.vault import memory_store
from desktop_app.core.signin.permissions import Rights
from desktop_app.gui.contact.timeline_view import TimelineView
from desktop_app.gui.tasks import Tasks
from desktop_app.gui.theme import Theme
from desktop_app.history_view import HistoryView
from tests.core.history.history_samples import DAY, iso, put
from tests.gui.stored_contacts import CLOCK, rest

CANARY = "79460183"  # the part of the number that no spelling below breaks in two
NUMBER = f"+4420{CANARY}"
UUID = "6f0c2b9e-7c1e-4c56-9a11-9d2f60a1b183"
ROLES = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.AccessibleTextRole,
    Qt.ItemDataRole.AccessibleDescriptionRole,
    Qt.ItemDataRole.StatusTipRole,
)
TEXTS = (QAccessible.Text.Name, QAccessible.Text.Description, QAccessible.Text.Value)


def conversation() -> bytes:
    """A contact that holds the number wherever the service or an agent can have put it."""
    segment = {"segmentType": "interact", "segmentStart": iso(DAY), "segmentEnd": iso(DAY + 9000)}
    told = {
        "conversationId": UUID,
        "conversationStart": iso(DAY),
        "conversationEnd": iso(DAY + 9000),
        "originatingDirection": "inbound",
        "externalTag": NUMBER,
        "participants": [
            {
                "purpose": "customer",
                "participantId": "p1",
                "participantName": NUMBER,
                "attributes": {f"caller {NUMBER}": f"said {NUMBER}"},
                "sessions": [
                    {
                        "mediaType": "voice",
                        "direction": "inbound",
                        "ani": f"tel:{NUMBER}",
                        "dnis": f"sip:{NUMBER}@10.0.0.1;user=phone",
                        "sessionDnis": NUMBER,
                        "segments": [{**segment, "subject": f"Re: {NUMBER}"}],
                    }
                ],
            },
            {
                "purpose": "agent",
                "participantId": "p2",
                "userId": "u1",
                "participantName": f"Desk {NUMBER}",
                "sessions": [
                    {
                        "mediaType": "voice",
                        "direction": "inbound",
                        "segments": [
                            segment,
                            {
                                **segment,
                                "segmentType": "wrapup",
                                "wrapUpCode": NUMBER,
                                "wrapUpNote": f"call back {NUMBER}",
                                "errorCode": f"error.{NUMBER}",
                            },
                        ],
                    }
                ],
            },
        ],
    }
    return msgspec.json.encode(told)


@pytest.fixture
def store() -> Iterator[Store]:
    made = memory_store("a test")
    raw = conversation()
    row = stored_contact(raw, wire.decode(raw, wire.Conversation), lambda kind, item: None)
    assert row is not None
    put(made, row)
    yield made
    made.close()


async def nothing_new(_interval: Interval, _now_ms: int, _again: bool, _tell: object) -> None:
    """The service has nothing that isn't held already."""


def opened(
    tasks: Tasks, theme: Theme, store: Store, qtbot: QtBot, *, mask_numbers: bool
) -> HistoryView:
    """The history with all columns, its one contact chosen and all of its tabs filled."""
    view = HistoryView(
        tasks, theme, store, nothing_new, CLOCK, rights=Rights(None), mask_numbers=mask_numbers
    )
    qtbot.addWidget(view)
    view.resize(1400, 900)
    view.show()
    qtbot.waitExposed(view)
    view.model.show_columns([column.key for column in COLUMNS])
    view.show_interval(Interval(DAY, DAY + 86_400_000))
    qtbot.waitUntil(lambda: view.model.rowCount() == 1 and not view.feed.running)
    qtbot.waitUntil(lambda: view.model.formatted(0) is not None and not view.model.busy)
    tabs = view.findChild(QTabWidget, "detailsTabs")
    assert tabs is not None
    view.table.selectRow(0)  # unless the keyboard's focus came first and has chosen it
    qtbot.waitUntil(tabs.isVisible)
    for tab in range(tabs.count()):
        tabs.setCurrentIndex(tab)
        view.grab()
    return view


def close(view: HistoryView, qtbot: QtBot) -> None:
    view.close_readers()
    qtbot.waitUntil(lambda: not view.feed.running)


def of_model(model: QAbstractItemModel, parent: QModelIndex | None = None) -> Iterator[str]:
    above = parent or QModelIndex()
    for row in range(model.rowCount(above)):
        for column in range(model.columnCount(above)):
            index = model.index(row, column, above)
            yield from (str(model.data(index, role) or "") for role in ROLES)
        yield from of_model(model, model.index(row, 0, above))


def of_widgets(view: QWidget) -> Iterator[str]:
    for widget in (view, *view.findChildren(QWidget)):
        yield from (widget.toolTip(), widget.accessibleName(), widget.accessibleDescription())
        yield from (widget.statusTip(), widget.whatsThis(), widget.windowTitle())
        if isinstance(widget, QLabel):
            yield widget.text()
        elif isinstance(widget, QPlainTextEdit):
            yield widget.toPlainText()
        elif isinstance(widget, QAbstractItemView):
            yield from of_model(widget.model())
        elif isinstance(widget, TimelineView):
            for placed, _area in widget.bar_areas():
                yield placed.label
            widget.setFocus()
            QTest.keyClick(widget, Qt.Key.Key_Home)
            yield widget.current_words()


def of_accessibles(interface: QAccessibleInterface) -> Iterator[str]:
    yield from (interface.text(which) for which in TEXTS)
    for number in range(interface.childCount()):
        child = interface.child(number)
        if child is not None:
            yield from of_accessibles(child)


def of_tooltips(view: HistoryView) -> Iterator[str]:
    """Those of the cells, which are shown where a text had to be cut, and of the timeline."""
    table = view.table
    for column in range(view.model.columnCount()):
        table.setColumnWidth(column, 40)
    for column in range(view.model.columnCount()):
        index = view.model.index(0, column)
        table.scrollTo(index)
        yield tip(table, table.visualRect(index).center())
    timeline = view.findChild(TimelineView)
    assert timeline is not None
    for _bar, area in timeline.bar_areas():
        yield tip(timeline, area.center().toPoint())
        yield tip(timeline, QPoint(4, round(area.center().y())))


def tip(widget: QWidget, place: QPoint) -> str:
    target = widget.viewport() if isinstance(widget, QAbstractScrollArea) else widget
    QToolTip.showText(QPoint(0, 0), "")
    event = QHelpEvent(QHelpEvent.Type.ToolTip, place, target.mapToGlobal(place))
    QApplication.sendEvent(target, event)
    return QToolTip.text()


def copies(view: HistoryView, qtbot: QtBot) -> Iterator[str]:
    for copy in (view.table.copy_rows, view.table.copy_rows_with_headers, view.table.copy_ids):
        with qtbot.waitSignal(view.table.copied):
            copy()
        yield QGuiApplication.clipboard().text()
    for name in ("rawCopy", "copyConversationId"):
        button = view.findChild(QWidget, name)
        assert button is not None
        with qtbot.waitSignal(view.details.copied):
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        yield QGuiApplication.clipboard().text()


def everything(view: HistoryView, qtbot: QtBot) -> dict[str, list[str]]:
    accessible = QAccessible.queryAccessibleInterface(view)
    return {
        "widgets": list(of_widgets(view)),
        "accessible texts": list(of_accessibles(accessible)),
        "tooltips": list(of_tooltips(view)),
        "copies": list(copies(view, qtbot)),
    }


def squeezed(text: str) -> str:
    return "".join(char for char in text if char.isalnum())


@pytest.mark.parametrize("mask_numbers", [True, False])
def test_T45_a_masked_number_is_nowhere_on_the_screen_or_the_clipboard(
    mask_numbers: bool, tasks: Tasks, theme: Theme, store: Store, qtbot: QtBot
) -> None:
    view = opened(tasks, theme, store, qtbot, mask_numbers=mask_numbers)
    found = {
        place: sum(CANARY in squeezed(text) for text in texts)
        for place, texts in everything(view, qtbot).items()
    }
    close(view, qtbot)
    if mask_numbers:
        assert not any(found.values()), found
    else:
        assert all(found.values()), f"the search itself finds nothing: {found}"


def test_masking_leaves_ids_times_and_the_end_of_the_number(
    tasks: Tasks, theme: Theme, store: Store, qtbot: QtBot
) -> None:
    view = opened(tasks, theme, store, qtbot, mask_numbers=True)
    words = everything(view, qtbot)
    tree = view.findChild(QTreeView, "participantsTree")
    assert tree is not None and tree.model().rowCount() == 2
    close(view, qtbot)
    row = words["copies"][0].split("\t")
    assert "+44 •••• 183" in row and UUID in row and "27 May 2026 00:00:00" in row
    assert words["copies"][-1] == UUID


def test_the_filter_finds_a_number_that_is_masked(
    tasks: Tasks, theme: Theme, store: Store, qtbot: QtBot
) -> None:
    view = opened(tasks, theme, store, qtbot, mask_numbers=True)
    view.filter.set_text(CANARY)
    rest(qtbot, view.model)
    assert view.model.rowCount() == 1
    view.filter.set_text("55501999")
    qtbot.waitUntil(lambda: view.model.rowCount() == 0)
    close(view, qtbot)
