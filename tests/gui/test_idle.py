"""T45: whether somebody is there, and what closes when nobody is."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt, QTimer
from PySide6.QtGui import QAction, QCloseEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDialog,
    QLineEdit,
    QMenu,
    QMessageBox,
    QToolTip,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop_app.gui.idle import TICK_MS, IdleLock, close_popups

LIMIT_S = 900.0


class Clocks:
    """A watch over two clocks that the test sets."""

    def __init__(self) -> None:
        self.monotonic = 1_000.0
        self.wall = 5_000.0
        self.touches = 0
        self._last = (0.0, 0.0)

    def touched(self, monotonic: float, wall: float, /) -> None:
        self.touches += 1
        self._last = (monotonic, wall)

    def due(self, monotonic: float, wall: float, /) -> bool:
        return max(monotonic - self._last[0], wall - self._last[1]) >= LIMIT_S

    def wait(self, seconds: float) -> None:
        self.monotonic += seconds
        self.wall += seconds


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


class Window(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.field = QLineEdit(self)
        self.list = QComboBox(self)
        self.list.addItems(["one", "two"])
        column = QVBoxLayout(self)
        column.addWidget(self.field)
        column.addWidget(self.list)
        self.resize(400, 300)


@pytest.fixture
def window(qtbot: QtBot) -> Window:
    made = Window()
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


@pytest.fixture
def lock(window: Window, clocks: Clocks) -> Iterator[IdleLock]:
    made = IdleLock(clocks, window, monotonic=lambda: clocks.monotonic, wall=lambda: clocks.wall)
    made.start()
    clocks.touches = 0
    yield made
    made.stop()


def test_T45_keys_and_buttons_keep_it_open(window: Window, lock: IdleLock, clocks: Clocks) -> None:
    acts: tuple[Callable[[], None], ...] = (
        lambda: QTest.keyClick(window.windowHandle(), Qt.Key.Key_B),
        lambda: QTest.mouseClick(
            window.windowHandle(), Qt.MouseButton.LeftButton, pos=QPoint(50, 20)
        ),
    )
    for act in acts:
        before = clocks.touches
        act()
        assert clocks.touches > before
        clocks.wait(LIMIT_S - 1)
        assert not lock.check()


def test_T45_a_shortcut_keeps_it_open(
    window: Window, lock: IdleLock, clocks: Clocks, qtbot: QtBot
) -> None:
    shortcut = QShortcut(QKeySequence("Ctrl+J"), window)
    with qtbot.waitSignal(shortcut.activated):
        QTest.keyClick(window.windowHandle(), Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    assert clocks.touches > 0


def test_T45_moves_and_the_program_itself_are_nobody(
    window: Window, lock: IdleLock, clocks: Clocks
) -> None:
    for place in ((20, 20), (21, 20), (200, 100)):
        QTest.mouseMove(window.windowHandle(), QPoint(*place))
    key = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier, "a")
    QCoreApplication.sendEvent(window.field, key)
    window.repaint()
    window.resize(410, 310)
    QApplication.processEvents()
    assert clocks.touches == 0


def test_T45_it_is_due_at_the_limit_and_told_once(
    lock: IdleLock, clocks: Clocks, qtbot: QtBot
) -> None:
    clocks.wait(LIMIT_S - 0.1)
    assert not lock.check() and lock.running
    clocks.wait(0.1)
    with qtbot.waitSignal(lock.due):
        assert lock.check()
    assert not lock.running
    with qtbot.assertNotEmitted(lock.due):
        assert not lock.check()


def test_T45_the_timer_asks_every_15_seconds(lock: IdleLock, clocks: Clocks, qtbot: QtBot) -> None:
    timer = lock.findChild(QTimer)
    assert timer is not None and timer.isActive() and timer.interval() == TICK_MS == 15_000
    clocks.wait(LIMIT_S)
    with qtbot.waitSignal(lock.due):
        timer.timeout.emit()


def test_T45_the_first_key_after_a_long_sleep_locks_and_goes_nowhere(
    window: Window, lock: IdleLock, clocks: Clocks, qtbot: QtBot
) -> None:
    clocks.wall += LIMIT_S  # the monotonic clock stood still
    with qtbot.waitSignal(lock.due):
        QTest.keyClick(window.windowHandle(), Qt.Key.Key_A)
    assert window.field.text() == ""


def test_after_starting_again_it_is_watched_from_then(lock: IdleLock, clocks: Clocks) -> None:
    clocks.wait(LIMIT_S)
    assert lock.check()
    lock.start()
    assert lock.running and not lock.check()
    clocks.wait(LIMIT_S - 1)
    assert not lock.check()


def test_while_stopped_nothing_is_seen(window: Window, lock: IdleLock, clocks: Clocks) -> None:
    lock.stop()
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_A)
    assert clocks.touches == 0


# --- closing what stands above the window -----------------------------------------------------


def shown_above(window: Window) -> list[str]:
    return [
        type(widget).__name__
        for widget in QApplication.topLevelWidgets()
        if widget is not window and widget.isVisible()
    ]


def tooltip(window: Window) -> None:
    QToolTip.showText(window.mapToGlobal(QPoint(5, 5)), "+44 20 7946 0183", window)


def menu(window: Window) -> None:
    made = QMenu(window)
    made.addMenu("more").addAction("one")
    made.popup(window.mapToGlobal(QPoint(5, 5)))


def dialog(window: Window) -> None:
    made = QDialog(window)
    made.setModal(True)
    made.show()


class Stubborn(QDialog):
    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()

    def reject(self) -> None:
        pass


def stubborn_dialog(window: Window) -> None:
    Stubborn(window).show()


def list_of_a_combo_box(window: Window) -> None:
    window.list.showPopup()


@pytest.mark.parametrize("open_", [tooltip, menu, dialog, stubborn_dialog, list_of_a_combo_box])
def test_T45_what_stands_above_the_window_is_closed(
    open_: Callable[[Window], None], window: Window, qtbot: QtBot
) -> None:
    open_(window)
    qtbot.waitUntil(lambda: bool(shown_above(window)))
    close_popups(window)
    assert shown_above(window) == []
    assert window.isVisible()


def test_T45_a_dialog_that_waits_for_an_answer_ends_without_one(window: Window) -> None:
    box = QMessageBox(QMessageBox.Icon.Question, "Remove?", "Really?", parent=window)
    box.addButton(QMessageBox.StandardButton.Yes)
    box.addButton(QMessageBox.StandardButton.Cancel)
    QTimer.singleShot(0, box, lambda: close_popups(window))
    assert box.exec() != QMessageBox.StandardButton.Yes
    assert shown_above(window) == []


def test_an_action_of_a_closed_menu_is_not_run(window: Window) -> None:
    ran: list[bool] = []
    made = QMenu(window)
    action = QAction("one", made)
    action.triggered.connect(lambda: ran.append(True))
    made.addAction(action)
    made.popup(QPoint(5, 5))
    close_popups(window)
    QTest.keyClick(window, Qt.Key.Key_Return)
    assert ran == []
