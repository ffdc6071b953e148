"""Hands and eyes of the tour: pressing, typing, waiting for what can be seen, taking pictures."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QPainter, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import QApplication, QDialog, QMenu, QWidget

from desktop_app.gui.theme import Mode, Theme
from desktop_app.tour.report import TourFailed

LOOK_EVERY_MS = 15
REPAINT_S = 0.3  # a web page repaints in a process of its own and doesn't tell when it has

_MODES: tuple[Mode, ...] = ("light", "dark")
_KEYS = {"\t": Qt.Key.Key_Tab, "\n": Qt.Key.Key_Return, "\r": Qt.Key.Key_Return}


def _is_past(moment: float) -> bool:
    return time.monotonic() > moment


def _never() -> bool:
    return False


def _press_foreign_key(widget: QWidget, character: str) -> None:
    """Qt's own keyClicks aborts the program over a letter that no ASCII keyboard has."""
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        key = QKeyEvent(kind, Qt.Key.Key_unknown, Qt.KeyboardModifier.NoModifier, character)
        QCoreApplication.sendEvent(widget, key)


class Hands:
    """``screen_words`` tells what stands on the screen, for the report of a failure."""

    def __init__(
        self,
        window: QWidget,
        theme: Theme,
        screen_words: Callable[[], str],
        *,
        folder: Path | None,
        timeout_s: float,
    ) -> None:
        self._window = window
        self._theme = theme
        self._screen_words = screen_words
        self._folder = folder
        self._deadline = time.monotonic() + timeout_s
        self._pictures = 0

    def press(
        self,
        widget: QWidget,
        where: QPoint,
        keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    ) -> None:
        """A click with the left button, while ``keys`` are held."""
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, keys, where)

    def press_for_menu(self, widget: QWidget, where: QPoint) -> None:
        """A click with the right button, on the window: Qt makes context menus of those only."""
        window = widget.window()
        QTest.mouseClick(
            window.windowHandle(),
            Qt.MouseButton.RightButton,
            Qt.KeyboardModifier.NoModifier,
            widget.mapTo(window, where),
        )

    def choose(self, menu: QMenu, words: str) -> None:
        """Press an entry of an open menu, by its object name or by how it begins."""
        action = next(
            (
                action
                for action in menu.actions()
                if action.objectName() == words or action.text().startswith(words)
            ),
            None,
        )
        if action is None:
            raise TourFailed(f"The menu {menu.objectName()} has no entry {words}.")
        self.press(menu, menu.actionGeometry(action).center())

    def type(self, widget: QWidget, text: str) -> None:
        """Keys one by one; tabulators and line breaks are the keys of that name."""
        for character in text:
            if character in _KEYS:
                QTest.keyClick(widget, _KEYS[character])
            elif character.isascii():
                QTest.keyClicks(widget, character)
            else:
                _press_foreign_key(widget, character)

    def until(self, happened: Callable[[], bool], what: str) -> None:
        """Let the application run until something is so; raises TourFailed when time is up."""
        self._watch(happened, lambda: time.monotonic() > self._deadline, what)

    def picture(self, name: str, over: QWidget | None = None) -> None:
        """The window in both themes; ``over`` is a menu or a dialog, drawn where it stands."""
        if self._folder is None:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        self._pictures += 1
        for mode in _MODES:
            self._theme.set_mode(mode)
            wait = REPAINT_S if self._shows_web_page() else 0
            self._watch(partial(_is_past, time.monotonic() + wait), _never, "")
            picture = self._window.grab()
            if over is not None:
                self._draw_over(picture, over)
            picture.save(str(self._folder / f"{self._pictures:02}-{name}-{mode}.png"))
        self._theme.set_mode("light")

    def keep_picture_of(self, name: str) -> Callable[[bytes], None]:
        """Takes a picture of another program's making, as PNG, when it comes."""
        self._pictures += 1
        file = self._folder / f"{self._pictures:02}-{name}.png" if self._folder else None

        def keep(png: bytes) -> None:
            if file is not None and png:
                file.write_bytes(png)

        return keep

    def _watch(self, happened: Callable[[], bool], over: Callable[[], bool], what: str) -> None:
        loop = QEventLoop()
        look = QTimer(interval=LOOK_EVERY_MS)
        failure: list[Exception] = []

        def check() -> None:
            try:
                active = QApplication.activeWindow()
                if active is None or not active.isVisible():
                    # Without a window manager nobody gives the keys back when a popup has gone.
                    self._window.activateWindow()
                if happened():
                    loop.quit()
                elif over():
                    raise TourFailed(f"Waited in vain for {what}. {self._screen_words()}".strip())
            except Exception as error:  # an exception must not get lost in Qt's event loop
                failure.append(error)
                loop.quit()

        look.timeout.connect(check)
        look.start()
        loop.exec()
        look.stop()
        if failure:
            raise failure[0]

    def _shows_web_page(self) -> bool:
        return any(page.isVisible() for page in self._window.findChildren(QWebEngineView))

    def _draw_over(self, picture: QPixmap, over: QWidget) -> None:
        painter = QPainter(picture)
        corner = self._window.mapFromGlobal(over.mapToGlobal(QPoint(0, 0)))
        painter.drawPixmap(corner, over.grab())
        if isinstance(over, QDialog):  # its edge is the desktop's to draw
            painter.setPen(self._theme.palette.muted)
            painter.drawRect(QRect(corner, over.size()))
        painter.end()
