"""The details panel: one contact, all of it, as text and never as markup."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar

import pytest
from PySide6.QtCore import QAbstractItemModel, QModelIndex, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
    QTableView,
    QTabWidget,
    QToolButton,
    QTreeView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop_app.core.history.changes import CellChange
from desktop_app.gui.contact.details_panel import DetailsPanel
from desktop_app.gui.contact.facts import FactsList
from desktop_app.gui.contact.raw_view import pretty
from desktop_app.gui.contact.timeline_view import TimelineView
from desktop_app.gui.theme import Theme
from tests.gui.contact_samples import HOSTILE, conversation, view_of

Found = TypeVar("Found", bound=QWidget)
SEGMENTS, PARTICIPANTS, ATTRIBUTES, RAW = range(4)


@pytest.fixture
def panel(qapp: QApplication, qtbot: QtBot) -> Iterator[DetailsPanel]:
    theme = Theme(qapp, "light")
    made = DetailsPanel(theme)
    qtbot.addWidget(made)
    made.resize(360, 800)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.close()
    qapp.setStyleSheet("")
    theme.setParent(None)


def find(panel: DetailsPanel, kind: type[Found], name: str = "") -> Found:
    found = panel.findChild(kind, name) if name else panel.findChild(kind)
    assert found is not None, f"no {kind.__name__} {name}"
    return found


def tabs(panel: DetailsPanel) -> QTabWidget:
    return find(panel, QTabWidget, "detailsTabs")


def texts(model: QAbstractItemModel, parent: QModelIndex | None = None) -> list[list[str]]:
    """Every row, depth first."""
    parent = parent or QModelIndex()
    rows = []
    for row in range(model.rowCount(parent)):
        rows.append(
            [model.index(row, column, parent).data() for column in range(model.columnCount())]
        )
        rows += texts(model, model.index(row, 0, parent))
    return rows


def label(panel: DetailsPanel, name: str) -> str:
    return find(panel, QLabel, name).text()


def test_nothing_is_chosen_at_first(panel: DetailsPanel) -> None:
    assert find(panel, QWidget, "detailsEmpty").isVisible()
    assert not tabs(panel).isVisible()


def test_head_says_when_what_and_who(panel: DetailsPanel) -> None:
    view = view_of(conversation())
    panel.show_contact(view)
    assert label(panel, "detailsWhen") == "20 Nov 2026 · 09:50:00 · inbound voice"
    assert label(panel, "detailsOutcome") == view.contact.outcome != ""
    assert label(panel, "detailsCustomer") == "+442079460183 · still open"


def test_facts_are_those_of_the_columns(panel: DetailsPanel) -> None:
    panel.show_contact(view_of(conversation()))
    facts = dict(find(panel, FactsList).texts())
    assert facts["Queue"] == "Billing"
    assert facts["Talk"] == "3:00"
    assert facts["All wrap-ups"] == "Refund"
    assert "MOS" not in facts, "an empty fact is left out"


def test_facts_of_one_contact_leave_nothing_of_another(panel: DetailsPanel) -> None:
    facts = find(panel, FactsList)
    panel.show_contact(view_of({"conversationId": "c1"}))
    few = facts.texts()
    panel.show_contact(view_of(conversation()))
    assert len(facts.texts()) > len(few)
    panel.show_contact(view_of({"conversationId": "c1"}))
    assert facts.texts() == few == [("Conversation ID", "c1")]


def test_timeline_shows_the_parties(panel: DetailsPanel) -> None:
    panel.show_contact(view_of(conversation()))
    said = find(panel, TimelineView).accessibleDescription()
    for title in ("Customer", "Billing", "Ana Ruiz", "Łukasz Żak"):
        assert title in said


def test_segments_by_time(panel: DetailsPanel) -> None:
    panel.show_contact(view_of(conversation()))
    rows = texts(find(panel, QTableView, "segmentsTable").model())
    assert ["09:53:00", "Ana Ruiz", "Hold", "1:00", "Billing", ""] in rows
    assert ["09:55:00", "Ana Ruiz", "Wrap-up", "1:00", "", "Refund"] in rows
    assert [row[3] for row in rows if row[1] == "Łukasz Żak"] == ["open"]
    assert [row[0] for row in rows] == sorted(row[0] for row in rows)


def test_participants_hold_sessions_segments_and_summed_metrics(panel: DetailsPanel) -> None:
    panel.show_contact(view_of(conversation()))
    tabs(panel).setCurrentIndex(PARTICIPANTS)
    rows = texts(find(panel, QTreeView, "participantsTree").model())
    assert ["Ana Ruiz · agent", "", "", ""] in rows
    assert ["Voice inbound", "09:51:00", "5:00", ""] in rows
    assert ["Interact", "09:54:00", "1:00", "Transfer"] in rows
    assert ["tTalk", "", "3:00", ""] in rows, "a metric's name repeats: sum"
    assert ["nTransferred", "", "1", ""] in rows


def test_attributes_have_a_tab_only_when_there_are_any(panel: DetailsPanel) -> None:
    panel.show_contact(view_of(conversation()))
    assert tabs(panel).isTabVisible(ATTRIBUTES)
    tabs(panel).setCurrentIndex(ATTRIBUTES)
    rows = texts(find(panel, QTableView, "attributesTable").model())
    assert rows == [["OrderId", "A-204418", "Some Town · customer"]]
    panel.show_contact(view_of({"conversationId": "c1"}))
    assert not tabs(panel).isTabVisible(ATTRIBUTES)


def test_a_tab_shows_the_contact_that_is_chosen_now(panel: DetailsPanel) -> None:
    panel.show_contact(view_of(conversation()))
    tabs(panel).setCurrentIndex(RAW)
    raw = find(panel, QPlainTextEdit, "rawJson")
    assert "Some Town" in raw.toPlainText()
    panel.show_contact(view_of({"conversationId": "c1"}))
    assert raw.toPlainText() == '{\n  "conversationId": "c1"\n}'
    assert tabs(panel).currentIndex() == RAW


def test_tabs_are_filled_when_they_are_looked_at(panel: DetailsPanel) -> None:
    panel.show_contact(view_of(conversation()))
    raw = find(panel, QPlainTextEdit, "rawJson")
    assert raw.toPlainText() == ""
    tabs(panel).setCurrentIndex(RAW)
    assert raw.toPlainText() != ""


def test_clearing_leaves_nothing(panel: DetailsPanel) -> None:
    panel.show_contact(view_of(conversation()))
    for tab in (PARTICIPANTS, ATTRIBUTES, RAW):
        tabs(panel).setCurrentIndex(tab)
    panel.clear()
    assert find(panel, QWidget, "detailsEmpty").isVisible()
    assert find(panel, QPlainTextEdit, "rawJson").toPlainText() == ""
    assert all(texts(view.model()) == [] for view in panel.findChildren(QTableView))
    assert texts(find(panel, QTreeView).model()) == []
    assert find(panel, FactsList).texts() == []


def test_T39_markup_is_shown_as_text(panel: DetailsPanel) -> None:
    panel.show_contact(view_of(conversation(HOSTILE)))
    for tab in range(tabs(panel).count()):
        tabs(panel).setCurrentIndex(tab)
        panel.grab()
    labels = panel.findChildren(QLabel)
    assert {each.textFormat() for each in labels if not each.pixmap().width()} == {
        Qt.TextFormat.PlainText
    }
    assert HOSTILE in [each.text() for each in labels]
    attributes = find(panel, QTableView, "attributesTable").model()
    assert texts(attributes)[0][:2] == [HOSTILE, HOSTILE]
    tip = attributes.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert "<b>" not in tip
    assert "&lt;b&gt;" in tip


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"participants": []},
        {"participants": [{}, {"sessions": None}, {"sessions": [{}]}]},
        {"participants": [{"purpose": "agent", "sessions": [{"segments": [{}]}]}]},
        {"conversationStart": "not a time", "participants": [{"attributes": {"key": None}}]},
    ],
)
def test_a_conversation_with_little_in_it(panel: DetailsPanel, data: dict[str, object]) -> None:
    panel.show_contact(view_of(data))
    for tab in range(tabs(panel).count()):
        tabs(panel).setCurrentIndex(tab)
        panel.grab()
    assert label(panel, "detailsOutcome") != ""


def test_the_conversation_id_is_copied(panel: DetailsPanel, qtbot: QtBot) -> None:
    panel.show_contact(view_of(conversation()))
    button = find(panel, QToolButton, "copyConversationId")
    with qtbot.waitSignal(panel.copied) as told:
        button.click()
    assert told.args == ["the conversation ID"]
    assert QGuiApplication.clipboard().text() == "6f0c2b9e-7c1e-4c56-9a11-9d2f60a1b183"


def test_the_raw_json_is_copied_whole(panel: DetailsPanel, qtbot: QtBot) -> None:
    panel.show_contact(view_of({"conversationId": "c1"}))
    tabs(panel).setCurrentIndex(RAW)
    with qtbot.waitSignal(panel.copied):
        find(panel, QAbstractButton, "rawCopy").click()
    assert QGuiApplication.clipboard().text() == '{\n  "conversationId": "c1"\n}'


def test_the_raw_json_is_searched(panel: DetailsPanel) -> None:
    panel.show_contact(view_of({"conversationId": "😀 needle", "a": "NEEDLE", "b": "needle"}))
    tabs(panel).setCurrentIndex(RAW)
    raw, field = find(panel, QPlainTextEdit, "rawJson"), find(panel, QLineEdit, "rawFind")
    places = []
    field.setText("needle")
    for _ in range(4):
        places.append((label(panel, "rawFindCount"), raw.textCursor().blockNumber()))
        QTest.keyClick(field, Qt.Key.Key_Return)
    assert places == [("1 of 3", 1), ("2 of 3", 2), ("3 of 3", 3), ("1 of 3", 1)]
    assert len(raw.extraSelections()) == 3
    QTest.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert label(panel, "rawFindCount") == "1 of 3"
    field.setText("hay")
    assert label(panel, "rawFindCount") == "not found"
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == label(panel, "rawFindCount") == ""
    assert raw.extraSelections() == []


def test_find_key_stays_in_the_raw_json_while_the_keyboard_is_there(
    panel: DetailsPanel, qtbot: QtBot
) -> None:
    """The window's own Ctrl+F, its filter, works everywhere else."""
    filtered: list[bool] = []
    shortcut = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), panel)
    shortcut.activated.connect(lambda: filtered.append(True))
    panel.show_contact(view_of(conversation()))
    tabs(panel).setCurrentIndex(RAW)
    raw, field = find(panel, QPlainTextEdit, "rawJson"), find(panel, QLineEdit, "rawFind")
    panel.activateWindow()
    raw.setFocus()
    qtbot.waitUntil(raw.hasFocus)
    QTest.keyClick(raw, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(field.hasFocus)
    assert filtered == []
    tabs(panel).setCurrentIndex(SEGMENTS)
    table = find(panel, QTableView, "segmentsTable")
    table.setFocus()
    qtbot.waitUntil(table.hasFocus)
    QTest.keyClick(table, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert filtered == [True]


def test_bytes_that_are_no_json_are_shown_as_they_are() -> None:
    assert pretty(b"<html>\xff") == "<html>\N{REPLACEMENT CHARACTER}"


def test_what_a_person_acts_on_has_names(panel: DetailsPanel) -> None:
    kinds = (QAbstractButton, QTableView, QTreeView, QLineEdit, QPlainTextEdit, QTabWidget)
    mine = [
        widget
        for kind in kinds
        for widget in panel.findChildren(kind)
        if not isinstance(widget.parent(), QTableView | QTabBar)  # Qt's own corner and arrows
    ]
    nameless = [widget for widget in mine if not (widget.objectName() and widget.accessibleName())]
    assert nameless == []
    assert len(mine) >= 9


def test_nothing_is_wider_than_the_panel(panel: DetailsPanel, qtbot: QtBot) -> None:
    panel.show_contact(view_of(conversation()))
    timeline = find(panel, TimelineView)
    qtbot.waitUntil(lambda: timeline.width() > 0)
    right = timeline.mapTo(panel, timeline.rect().topRight()).x()
    assert right <= panel.width()


def test_what_changed_is_seen_whole_in_a_narrow_panel(panel: DetailsPanel) -> None:
    change = CellChange(1_795_000_000_000, "All wrap-ups", "Resolved", "Payment taken")
    panel.show_contact(replace(view_of(conversation()), changes=(change,)))
    bar = tabs(panel).tabBar()
    assert bar.tabRect(bar.count() - 1).right() <= bar.width()
    for number in range(bar.count()):
        words = bar.fontMetrics().horizontalAdvance(bar.tabText(number))
        assert bar.tabRect(number).width() >= words
    arrows = [b for b in bar.findChildren(QToolButton) if b.isVisible()]
    assert arrows == []
    tabs(panel).setCurrentIndex(bar.count() - 1)
    table = find(panel, QTableView, "changesTable")
    titles = ["Column", "Before", "After"]
    assert titles == [str(table.model().headerData(n, Qt.Orientation.Horizontal)) for n in range(3)]
    assert table.columnViewportPosition(2) + table.columnWidth(2) <= table.viewport().width()
