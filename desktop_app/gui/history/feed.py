"""Keeping the shown range complete: starts readings, follows them, and tells how they end."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import QObject, Signal

from desktop_app.core.history.clock import Interval
from desktop_app.core.history.coverage import Coverage, coverage
from desktop_app.core.history.store import Store
from desktop_app.core.history.sync import Progress
from desktop_app.gui.tasks import Job, Relay, Tasks

# Reads a range: (interval, now_ms, again, on_progress). Made where the object graph is built.
Sync = Callable[[Interval, int, bool, Callable[[Progress], None]], Coroutine[Any, Any, None]]


class Feed(QObject):
    """One reading at a time; a new one replaces the one that runs."""

    started = Signal()
    progressed = Signal(object)  # Progress
    stored = Signal()  # the store holds more than before
    finished = Signal()
    failed = Signal(object)  # the exception
    covered = Signal(object)  # Coverage of the present interval

    def __init__(
        self,
        tasks: Tasks,
        store: Store,
        sync: Sync,
        now_ms: Callable[[], int],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._store = store
        self._sync = sync
        self._now_ms = now_ms
        self._interval: Interval | None = None
        self._job: Job | None = None
        self._coverage_job: Job | None = None
        self._relay = Relay(self)
        self._relay.received.connect(self._on_progress)

    @property
    def running(self) -> bool:
        return self._job is not None

    def read(self, interval: Interval, *, again: bool = False) -> None:
        """Bring an interval up to date; ``again`` reads also what the store has."""
        self.cancel()
        self._interval = interval
        self._ask_coverage()
        sync, now, tell = self._sync, self._now_ms(), self._relay.send
        self._job = self._tasks.network(lambda: sync(interval, now, again, tell))
        self._job.succeeded.connect(self._on_succeeded)
        self._job.failed.connect(self._on_failed)
        self.started.emit()

    def cancel(self) -> None:
        """Stop reading; what was read stays, and the next reading goes on there."""
        if self._job is not None:
            job, self._job = self._job, None
            job.cancel()
            self._ask_coverage()
            self.finished.emit()

    def use(self, sync: Sync) -> None:
        """Go on with another session of the same person."""
        self._sync = sync

    def _ask_coverage(self) -> None:
        interval = self._interval
        if interval is None:
            return
        if self._coverage_job is not None:
            self._coverage_job.cancel()
        store, now = self._store, self._now_ms()
        self._coverage_job = self._tasks.write(
            lambda: coverage(*interval, store.spans(*interval), now_ms=now)
        )
        self._coverage_job.succeeded.connect(self._on_coverage)

    def _on_coverage(self, found: Coverage) -> None:
        self._coverage_job = None
        self.covered.emit(found)

    def _on_progress(self, progress: Progress) -> None:
        if self._job is None:
            return
        self.progressed.emit(progress)
        self.stored.emit()

    def _on_succeeded(self, _: object) -> None:
        self._job = None
        self._ask_coverage()
        self.stored.emit()
        self.finished.emit()

    def _on_failed(self, error: Exception) -> None:
        self._job = None
        self._ask_coverage()
        self.stored.emit()
        self.finished.emit()
        self.failed.emit(error)
