"""What Genesys has rewritten since somebody last looked: a mark on the row, until they look."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QHelpEvent, QImage
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.core.genesys import wire
from desktop_app.core.history.clock import Interval
from desktop_app.core.history.schema import StoredContact, stored_contact
from desktop_app.core.history.store import Store
from desktop_app.core.history.vault import memory_store
from desktop_app.core.signin.permissions import Rights
from desktop_app.gui.history import cell_delegate
from desktop_app.gui.history.history_model import CHANGED
from desktop_app.gui.history.row_painter import MARK
from desktop_app.gui.tasks import Tasks
from desktop_app.gui.theme import ROW_PX, Theme
from desktop_app.history_view import HistoryView
from tests.core.history.history_samples import DAY, iso, put
from tests.gui.stored_contacts import CLOCK

CHANGED_ROW, OTHER_ROW = 0, 1  # the newest comes first


def contact(id_: str, minute: int, seconds: int) -> StoredContact:
    """An inbound call as Genesys tells it."""
    start = DAY + minute * 60_000
    raw = msgspec.json.encode(
        {
            "conversationId": id_,
            "conversationStart": iso(start),
            "conversationEnd": iso(start + seconds * 1000),
            "originatingDirection": "inbound",
        }
    )
    row = stored_contact(raw, wire.decode(raw, wire.Conversation), lambda kind, item: None)
    assert row is not None
    return row


@pytest.fixture
def store() -> Iterator[Store]:
    made = memory_store("a test")
    put(made, contact("as-it-was", 0, 30), contact("rewritten", 1, 30))
    put(made, contact("rewritten", 1, 45), pass_ms=6)
    yield made
    made.close()


async def nothing_new(_interval: Interval, _now_ms: int, _again: bool, _tell: object) -> None:
    """The service has nothing that isn't held already."""


@pytest.fixture
def view(tasks: Tasks, theme: Theme, store: Store, qtbot: QtBot) -> Iterator[HistoryView]:
    made = HistoryView(tasks, theme, store, nothing_new, CLOCK, rights=Rights(None))
    qtbot.addWidget(made)
    made.resize(1400, 700)
    made.facets.setFocus()  # so that the table's focus chooses no row
    made.show()
    made.show_interval(Interval(DAY, DAY + 86_400_000))
    qtbot.waitUntil(lambda: made.model.rowCount() == 2 and not made.feed.running)
    qtbot.waitUntil(lambda: all(map(made.model.formatted, range(2))) and not made.model.busy)
    yield made
    made.close_readers()


def is_marked(view: HistoryView, row: int) -> bool:
    """Whether the accent's colour stands in the padding at the row's left edge."""
    image: QImage = view.table.viewport().grab().toImage()
    top = view.table.rowViewportPosition(row)
    accent = view._theme.palette.accent
    return any(
        image.pixelColor(x, y) == accent
        for x in range(8)
        for y in range(top + ROW_PX // 2 - MARK, top + ROW_PX // 2 + MARK)
    )


class ToolTips:
    """Stands for Qt's, which takes its time to hide the one before."""

    def __init__(self) -> None:
        self.text = ""

    def showText(self, _where: QPoint, text: str, _widget: QWidget) -> None:
        self.text = text


@pytest.fixture
def tooltips(monkeypatch: pytest.MonkeyPatch) -> ToolTips:
    made = ToolTips()
    monkeypatch.setattr(cell_delegate, "QToolTip", made)
    return made


def tip(tooltips: ToolTips, view: HistoryView, row: int, column: int) -> str:
    target = view.table.viewport()
    place = view.table.visualRect(view.model.index(row, column)).center()
    event = QHelpEvent(QHelpEvent.Type.ToolTip, place, target.mapToGlobal(place))
    QApplication.sendEvent(target, event)
    return tooltips.text


def spoken(view: HistoryView, row: int) -> str:
    role = Qt.ItemDataRole.AccessibleDescriptionRole
    return str(view.model.data(view.model.index(row, 2), role))


def test_only_a_contact_that_was_rewritten_has_a_mark_and_it_is_said_in_words(
    view: HistoryView, tooltips: ToolTips
) -> None:
    assert [is_marked(view, row) for row in (CHANGED_ROW, OTHER_ROW)] == [True, False]
    assert [spoken(view, row) for row in (CHANGED_ROW, OTHER_ROW)] == [CHANGED, ""]
    assert CHANGED in tip(tooltips, view, CHANGED_ROW, 0)
    assert CHANGED not in tip(tooltips, view, CHANGED_ROW, 1)
    assert CHANGED not in tip(tooltips, view, OTHER_ROW, 0)


def test_the_mark_stands_in_whichever_column_comes_first(
    view: HistoryView, tooltips: ToolTips
) -> None:
    view.table.horizontalHeader().moveSection(2, 0)
    assert is_marked(view, CHANGED_ROW)
    assert CHANGED in tip(tooltips, view, CHANGED_ROW, 2)
    assert CHANGED not in tip(tooltips, view, CHANGED_ROW, 0)


def test_who_looks_at_the_contact_takes_its_mark_off(
    view: HistoryView, store: Store, qtbot: QtBot
) -> None:
    view.table.selectRow(CHANGED_ROW)
    qtbot.waitUntil(lambda: spoken(view, CHANGED_ROW) == "")
    assert not is_marked(view, CHANGED_ROW)
    number = view.model.number(CHANGED_ROW)
    assert number is not None
    assert store.reader().rows([number], ["changed"])[number].cells == (False,)


def test_while_the_details_are_hidden_nothing_counts_as_looked_at(
    view: HistoryView, qtbot: QtBot
) -> None:
    view.bar.details.setChecked(False)
    with qtbot.waitSignal(view.contact_shown):
        view.table.selectRow(CHANGED_ROW)
    assert spoken(view, CHANGED_ROW) == CHANGED
    view.bar.details.setChecked(True)
    qtbot.waitUntil(lambda: spoken(view, CHANGED_ROW) == "")


def test_the_filter_finds_what_was_changed(view: HistoryView, qtbot: QtBot) -> None:
    view.filter.set_text("changed:yes")
    assert view.filter.mistake == ""
    qtbot.waitUntil(lambda: view.model.rowCount() == 1)
    view.filter.set_text("-changed:yes")
    qtbot.waitUntil(lambda: not view.model.busy)
    qtbot.waitUntil(lambda: view.model.formatted(0) is not None and spoken(view, 0) == "")


def test_the_contact_that_is_being_looked_at_shows_what_a_reading_has_changed(
    view: HistoryView, store: Store, qtbot: QtBot
) -> None:
    view.table.selectRow(OTHER_ROW)
    qtbot.waitUntil(lambda: view.details.contact is not None)
    shown = view.details.contact
    view.bar.refresh.click()
    qtbot.waitUntil(lambda: not view.feed.running and view.coverage is not None)
    assert view.details.contact is shown  # nothing has happened to it
    put(store, contact("as-it-was", 0, 40), pass_ms=7)
    view.bar.refresh.click()
    qtbot.waitUntil(lambda: bool(view.details.contact and view.details.contact.changes))
    qtbot.waitUntil(lambda: spoken(view, OTHER_ROW) == "")
