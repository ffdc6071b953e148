"""The settings of what is held here: shown as told, and asked about before anything goes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QPushButton, QStackedWidget
from pytestqt.qtbot import QtBot

from desktop_app.gui.settings.history_section import HistorySection
from desktop_app.gui.settings.settings_page import SettingsPage
from desktop_app.gui.settings.state import HoldingsState
from desktop_app.gui.theme import Theme

STATE = HoldingsState(
    held="12,431 contacts, 20 Oct 2026 to 23 Nov 2026",
    size="48.2 MB on disk, encrypted",
    choices=((None, False), (30, True), (45, True), (90, False)),
    chosen=45,
    why_not="Your administrator allows 45 days at most.",
    can_erase=True,
)


@pytest.fixture
def section(theme: Theme, qtbot: QtBot) -> HistorySection:
    made = HistorySection()
    qtbot.addWidget(made)
    made.show_state(STATE)
    made.resize(700, 300)
    made.show()
    qtbot.waitExposed(made)
    return made


def choice(section: HistorySection) -> QComboBox:
    found = section.findChild(QComboBox, "retention")
    assert found is not None
    return found


def button(section: HistorySection, name: str) -> QPushButton:
    found = section.findChild(QPushButton, name)
    assert found is not None
    return found


def press(section: HistorySection, name: str) -> None:
    QTest.mouseClick(button(section, name), Qt.MouseButton.LeftButton)


def test_it_tells_what_is_held_and_for_how_long(section: HistorySection) -> None:
    words = {each.objectName(): each.text() for each in section.findChildren(QLabel)}
    assert words["historyHeld"] == STATE.held and words["historySize"] == STATE.size
    assert words["retentionWords"] == STATE.why_not
    assert choice(section).currentText() == "45 days"
    assert choice(section).accessibleDescription() == STATE.why_not


def test_T34_what_the_administrator_forbids_cannot_be_chosen(
    section: HistorySection, qtbot: QtBot
) -> None:
    box = choice(section)
    enabled = [
        bool(box.model().flags(box.model().index(row, 0)) & Qt.ItemFlag.ItemIsEnabled)
        for row in range(box.count())
    ]
    assert enabled == [False, True, True, False]
    box.setFocus()
    with qtbot.waitSignal(section.retention_chosen) as told:
        QTest.keyClick(box, Qt.Key.Key_Up)
    assert told.args == [30]
    with qtbot.assertNotEmitted(section.retention_chosen):
        QTest.keyClick(box, Qt.Key.Key_Up)  # for good is not allowed


def test_the_longest_choice_is_read_whole_although_it_comes_late(
    theme: Theme, qtbot: QtBot
) -> None:
    pages, page = QStackedWidget(), SettingsPage(theme)
    qtbot.addWidget(pages)
    pages.addWidget(page)
    pages.resize(1000, 800)
    pages.show()
    qtbot.waitExposed(pages)
    box = choice(page.history)
    qtbot.waitUntil(lambda: box.isVisible() and box.width() == box.sizeHint().width())
    page.history.show_state(replace(STATE, chosen=None))
    assert box.sizeHint().width() > box.fontMetrics().horizontalAdvance(box.currentText())


def test_the_wheel_passes_over_the_choice(section: HistorySection, qtbot: QtBot) -> None:
    box = choice(section)
    box.setFocus()
    nowhere = Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(
        QPointF(5, 5),
        QPointF(box.mapToGlobal(QPoint(5, 5))),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        nowhere,
        False,
    )
    with qtbot.assertNotEmitted(section.retention_chosen):
        QApplication.sendEvent(box, event)
    assert box.currentText() == "45 days"


def test_T34_erasing_is_asked_about_first_and_no_has_the_focus(
    section: HistorySection, qtbot: QtBot
) -> None:
    section.activateWindow()
    qtbot.waitUntil(section.isActiveWindow)
    press(section, "eraseHistory")
    assert not button(section, "eraseHistory").isVisible()
    qtbot.waitUntil(button(section, "eraseNo").hasFocus)
    words = section.findChild(QLabel, "eraseWords")
    assert words is not None
    for said in ("contacts", "marks, notes and tags", "keyring", "set aside", "Genesys Cloud"):
        assert said in words.text()
    with qtbot.assertNotEmitted(section.erase_agreed):
        press(section, "eraseNo")
    qtbot.waitUntil(button(section, "eraseHistory").hasFocus)
    press(section, "eraseHistory")
    with qtbot.waitSignal(section.erase_agreed):
        press(section, "eraseYes")


def test_T34_removing_is_asked_about_with_how_many_go(
    section: HistorySection, qtbot: QtBot
) -> None:
    section.ask_to_purge("1,203 contacts would go")
    assert button(section, "purgeYes").accessibleDescription() == "1,203 contacts would go"
    with qtbot.waitSignal(section.purge_declined):
        press(section, "purgeNo")
    section.ask_to_purge("1,203 contacts would go")
    with qtbot.waitSignal(section.purge_agreed):
        press(section, "purgeYes")
    assert not button(section, "purgeYes").isVisible()


def test_one_question_is_asked_at_a_time(section: HistorySection, qtbot: QtBot) -> None:
    section.ask_to_purge("1,203 contacts would go")
    with qtbot.waitSignal(section.purge_declined):
        press(section, "eraseHistory")
    assert button(section, "eraseYes").isVisible() and not button(section, "purgeYes").isVisible()


def test_with_nothing_open_there_is_nothing_to_erase(section: HistorySection) -> None:
    section.show_state(HoldingsState(held="Sign in to see what is held for you."))
    assert not button(section, "eraseHistory").isEnabled()
    assert choice(section).currentText() == "As long as they are there"
