"""Opens the coverage calendar, and keeps it true while it stands open."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop_app.core.history.clock import Clock, Interval
from desktop_app.core.history.coverage import Day, calendar
from desktop_app.core.history.store import Store
from desktop_app.gui.history.coverage_panel import CoveragePanel
from desktop_app.gui.history.feed import Feed
from desktop_app.gui.tasks import Tasks
from desktop_app.gui.theme import Theme

LEAST_MONTHS = 3  # the range's last one and those before it
MOST_MONTHS = 12


class CoverageCalendar(QObject):
    day_asked = Signal(object)  # Interval
    read_asked = Signal(object)  # Interval

    def __init__(
        self, tasks: Tasks, store: Store, feed: Feed, theme: Theme, clock: Clock, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._feed = feed
        feed.covered.connect(self.renew)
        self._tasks = tasks
        self._store = store
        self._theme = theme
        self._clock = clock
        self._parent = parent
        self._interval: Interval | None = None
        self._panel: CoveragePanel | None = None

    def set_clock(self, clock: Clock) -> None:
        self._clock = clock

    def show(self, interval: Interval) -> None:
        """Open it at the range that is shown."""
        self._interval = interval
        if self._panel is None:
            self._panel = CoveragePanel(
                self._theme, following=self._feed.following, parent=self._parent
            )
            self._panel.day_asked.connect(self.day_asked)
            self._panel.read_asked.connect(self.read_asked)
            self._panel.following_changed.connect(self._feed.follow)
            self._panel.destroyed.connect(self._on_closed)
        self.renew()
        self._panel.show()
        self._panel.activateWindow()

    def renew(self) -> None:
        """Something was read: look again, if anybody looks."""
        if self._panel is None or self._interval is None:
            return
        store, now = self._store, self._clock.now_ms()
        start, end = whole_months(self._interval, now)
        job = self._tasks.write(
            lambda: calendar(
                start, end, store.spans(start, end), store.positions(start, end), now_ms=now
            )
        )
        job.succeeded.connect(self._on_days)

    def _on_days(self, days: list[Day]) -> None:
        if self._panel is not None and self._interval is not None:
            self._panel.show_days(days, self._interval)

    def _on_closed(self) -> None:
        self._panel = None


def whole_months(interval: Interval, now_ms: int) -> Interval:
    """The calendar months (UTC) that a range touches, up to the present one; at least three, and
    no more than the last twelve of them."""
    last = _month(min(max(interval.end_ms - 1, interval.start_ms), now_ms))
    first = _month(min(interval.start_ms, now_ms))
    first = max(last - MOST_MONTHS + 1, min(first, last - LEAST_MONTHS + 1))
    return Interval(_start_of(first), _start_of(last + 1))


def _month(ms: int) -> int:
    """Months since the year 0."""
    moment = datetime.fromtimestamp(ms / 1000, UTC)
    return moment.year * 12 + moment.month - 1


def _start_of(month: int) -> int:
    return int(datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC).timestamp() * 1000)
