"""Noticing that nobody is at the computer (safety T45)."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QWindow
from PySide6.QtWidgets import QApplication, QWidget

TICK_MS = 15_000

# What only a person does. Moves of the mouse don't count: a desk that shakes makes them too.
# A shortcut takes the press of its key away, but not the release.
_PRESENCE = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.KeyRelease,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseButtonRelease,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TabletPress,
    }
)


class Watch(Protocol):
    """Decides when nobody has been there for long enough (``core.signin.lifetime.IdleWatch``).

    Both clocks are in seconds: the monotonic one stands still in a computer that sleeps, the
    wall clock may be set.
    """

    def touched(self, monotonic: float, wall: float, /) -> None: ...

    def due(self, monotonic: float, wall: float, /) -> bool: ...


class IdleLock(QObject):
    """Tells once that it is time to lock; starts again with ``start``.

    Sees the input that the system gives to the window, web pages in it included, by a filter on
    its ``QWindow``.  A filter on the whole application would see more, but hands every object
    to Python, those that are just being destroyed too, and crashes (PySide6 6.12).
    """

    due = Signal()

    def __init__(
        self,
        watch: Watch,
        window: QWidget,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(window)
        self._watch = watch
        self._window = window
        self._handle: QWindow | None = None
        self._monotonic = monotonic
        self._wall = wall
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self.check)

    @property
    def running(self) -> bool:
        return self._timer.isActive()

    def start(self) -> None:
        """Somebody is there now; watch from here on. The window is on the screen by then."""
        self._watch.touched(self._monotonic(), self._wall())
        if not self.running:
            self._handle = self._window.windowHandle()
            self._handle.installEventFilter(self)
            self._timer.start()

    def stop(self) -> None:
        self._timer.stop()
        if self._handle is not None:
            self._handle.removeEventFilter(self)
            self._handle = None

    def check(self) -> bool:
        """Whether it is time to lock; then ``due`` was told and nothing is watched any more."""
        if not self.running or not self._watch.due(self._monotonic(), self._wall()):
            return False
        self.stop()
        self.due.emit()
        return True

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        # Only what comes from outside is spontaneous; the program's own events are not.
        if event.type() not in _PRESENCE or not event.spontaneous():
            return False
        # A computer that slept is touched before the timer ticks: that touch must not unlock it,
        # nor reach what is about to be hidden.
        if self.check():
            return True
        self._watch.touched(self._monotonic(), self._wall())
        return False


def close_popups(window: QWidget) -> None:
    """Close whatever else the program shows beside ``window``: menus, lists, tips, dialogs."""
    for other in QApplication.topLevelWidgets():
        if other is not window and other.isVisible():
            other.close()
            other.hide()  # even if it refused: it may show what is to be hidden
