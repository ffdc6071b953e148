"""Opens the coverage calendar, and keeps it true while it stands open."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop_app.core.history.clock import Clock, Interval
from desktop_app.core.history.coverage import DAY_MS, Day, calendar
from desktop_app.core.history.store import Store
from desktop_app.gui.history.coverage_panel import CoveragePanel
from desktop_app.gui.tasks import Tasks
from desktop_app.gui.theme import Theme

DAYS_BEFORE = 62  # the month that is shown and the two before it


class CoverageCalendar(QObject):
    day_asked = Signal(object)  # Interval
    read_asked = Signal(object)  # Interval
    following_changed = Signal(bool)

    def __init__(
        self, tasks: Tasks, store: Store, theme: Theme, clock: Clock, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._store = store
        self._theme = theme
        self._clock = clock
        self._parent = parent
        self._interval: Interval | None = None
        self._panel: CoveragePanel | None = None

    def set_clock(self, clock: Clock) -> None:
        self._clock = clock

    def show(self, interval: Interval, *, following: bool) -> None:
        """Open it at the range that is shown."""
        self._interval = interval
        if self._panel is None:
            self._panel = CoveragePanel(self._theme, following=following, parent=self._parent)
            self._panel.day_asked.connect(self.day_asked)
            self._panel.read_asked.connect(self.read_asked)
            self._panel.following_changed.connect(self.following_changed)
            self._panel.destroyed.connect(self._on_closed)
        self.renew()
        self._panel.show()
        self._panel.activateWindow()

    def renew(self) -> None:
        """Something was read: look again, if anybody looks."""
        if self._panel is None or self._interval is None:
            return
        store, now = self._store, self._clock.now_ms()
        start, end = _months(self._interval, now)
        job = self._tasks.write(
            lambda: calendar(
                start, end, store.spans(start, end), store.positions(start, end), now_ms=now
            )
        )
        job.succeeded.connect(self._on_days)

    def _on_days(self, days: list[Day]) -> None:
        if self._panel is not None:
            self._panel.show_days(days)

    def _on_closed(self) -> None:
        self._panel = None


def _months(interval: Interval, now_ms: int) -> Interval:
    """Whole UTC days: up to the end of the range's month, from two months earlier on."""
    last = min(max(interval.end_ms, interval.start_ms + 1), now_ms + DAY_MS)
    end = -(-last // DAY_MS) * DAY_MS
    return Interval(end - DAYS_BEFORE * DAY_MS, end)
