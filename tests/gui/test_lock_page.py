"""T45: a locked window shows no data, and nothing but two buttons can be reached in it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QLineEdit,
    QMainWindow,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop_app.gui.lock_page import LockPage
from desktop_app.gui.theme import Theme


class Window(QMainWindow):
    """As the application's: screens in a stack, one of them with data and a shortcut."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.covered = QWidget()
        self.field = QLineEdit("+44 20 7946 0183", self.covered)
        QVBoxLayout(self.covered).addWidget(self.field)
        self.shortcut = QShortcut(QKeySequence("Ctrl+F"), self.covered)
        self.page = LockPage(theme)
        self.stack = QStackedWidget(self)
        self.stack.addWidget(self.covered)
        self.stack.addWidget(self.page)
        self.setCentralWidget(self.stack)
        self.resize(900, 560)

    def lock(self) -> None:
        self.page.show_locked("Grace Obi", "Acme Insurance", 15)
        self.stack.setCurrentWidget(self.page)


@pytest.fixture
def window(theme: Theme, qtbot: QtBot) -> Window:
    made = Window(theme)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    made.field.setFocus()
    made.lock()
    return made


def button(window: Window, name: str) -> QPushButton:
    found = window.findChild(QPushButton, name)
    assert found is not None
    return found


def words(window: Window) -> list[str]:
    return [each.text() for each in window.findChildren(QLabel) if each.text()]


def test_it_says_why_and_for_whom(window: Window) -> None:
    assert words(window) == [
        "Locked",
        "Nobody has used Contact History for 15 minutes.",
        "Signed in: Grace Obi · Acme Insurance",
    ]
    assert window.page.accessibleName() == "Locked. Nobody has used Contact History for 15 minutes."


@pytest.mark.parametrize(
    ("minutes", "why"),
    [
        (1, "Nobody has used Contact History for 1 minute."),
        (None, "You locked Contact History."),
    ],
)
def test_it_says_that_it_was_asked_for(window: Window, minutes: int | None, why: str) -> None:
    window.page.show_locked("", "", minutes)
    assert [each.text() for each in window.findChildren(QLabel) if each.isVisible()][1:] == [
        "Locked",
        why,
    ]


def test_T45_only_its_two_buttons_are_reached_by_tab(window: Window, qtbot: QtBot) -> None:
    first, second = button(window, "unlock"), button(window, "lockSignOut")
    qtbot.waitUntil(first.hasFocus)
    reached = []
    for key in (Qt.Key.Key_Tab, Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Backtab):
        QTest.keyClick(window.windowHandle(), key)
        reached.append(QApplication.focusWidget())
    assert reached == [second, first, second, first]


def test_T45_the_shortcuts_of_what_is_covered_rest(window: Window, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(window.shortcut.activated):
        QTest.keyClick(window.windowHandle(), Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    window.stack.setCurrentWidget(window.covered)
    with qtbot.waitSignal(window.shortcut.activated):
        QTest.keyClick(window.windowHandle(), Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)


def test_T45_typing_does_not_reach_what_is_covered(window: Window) -> None:
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_X)
    assert window.field.text() == "+44 20 7946 0183"
    assert not window.field.isVisible()


def test_T45_nothing_is_painted_of_what_is_covered(window: Window) -> None:
    window.field.setStyleSheet("background: #ff00ff")
    image = window.grab().toImage()
    colours = {
        image.pixelColor(x, y).name()
        for x in range(0, image.width(), 5)
        for y in range(0, image.height(), 5)
    }
    assert "#ff00ff" not in colours and len(colours) > 1


def test_both_ways_on_are_told(window: Window, qtbot: QtBot) -> None:
    qtbot.waitUntil(button(window, "unlock").hasFocus)
    with qtbot.waitSignal(window.page.unlock_asked):
        QTest.keyClick(window.windowHandle(), Qt.Key.Key_Return)
    with qtbot.waitSignal(window.page.unlock_asked):
        QTest.keyClick(window.windowHandle(), Qt.Key.Key_Space)
    with qtbot.waitSignal(window.page.sign_out_asked):
        QTest.mouseClick(button(window, "lockSignOut"), Qt.MouseButton.LeftButton)


def test_T39_a_name_is_shown_as_text(window: Window) -> None:
    window.page.show_locked("<b>Grace</b>", "<img src='file:///nowhere.png'>", 15)
    assert "Signed in: <b>Grace</b> · <img src='file:///nowhere.png'>" in words(window)
    assert all(
        each.textFormat() is Qt.TextFormat.PlainText
        for each in window.findChildren(QLabel)
        if each.text()
    )
