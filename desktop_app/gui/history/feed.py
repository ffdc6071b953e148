"""Keeping the shown range complete: starts readings, follows them, and tells how they end.

While the range is followed it is read again by itself when it is due (see
``coverage.next_refresh``): a range that goes on every minute or so, one that Genesys may still
rewrite now and then.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_app.core.errors import NetworkError
from desktop_app.core.history.clock import Interval
from desktop_app.core.history.coverage import Coverage, Span, coverage, next_refresh
from desktop_app.core.history.store import Store
from desktop_app.core.history.sync import Progress, Sync
from desktop_app.gui.tasks import Job, Relay, Tasks

Budget = Callable[[], tuple[int, int]]  # requests used and allowed a minute

_OFFLINE = "Contact History is offline. Go online, then retry."
LONGEST_WAIT_MS = 3_600_000  # a timer that would wait for days asks again each hour


class Feed(QObject):
    """One reading at a time; a new one replaces the one that runs.

    Without a ``sync`` it is offline: it tells what is held of a range, and asks nobody for more.
    """

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
        sync: Sync | None,
        now_ms: Callable[[], int],
        parent: QObject | None = None,
        *,
        budget: Budget = lambda: (0, 1),
    ) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._store = store
        self._sync = sync
        self._now_ms = now_ms
        self._budget = budget
        self._interval: Interval | None = None
        self._following = True
        self._is_failing = False  # then nothing is tried again by itself
        self._job: Job | None = None
        self._coverage_job: Job | None = None
        self._relay = Relay(self)
        self._relay.received.connect(self._on_progress)
        self._due = QTimer(self, singleShot=True)
        self._due.timeout.connect(self._on_due)

    @property
    def running(self) -> bool:
        return self._job is not None

    @property
    def is_offline(self) -> bool:
        return self._sync is None

    @property
    def following(self) -> bool:
        """Whether the range is read again by itself."""
        return self._following

    def follow(self, following: bool) -> None:
        self._following = following
        self._due.stop()
        self.ask_coverage()

    def read(self, interval: Interval, *, again: bool = False) -> None:
        """Bring an interval up to date; ``again`` reads also what the store has."""
        self.cancel()
        self._interval = interval
        self.ask_coverage()
        if not self.is_offline:
            self._start(interval, again=again)

    def read_once(self, interval: Interval) -> None:
        """Read another range anew, without making it the one that is shown and followed."""
        self.cancel()
        self._start(interval, again=True)

    def _start(self, interval: Interval, *, again: bool) -> None:
        self._due.stop()
        self._is_failing = False
        sync, now, tell = self._sync, self._now_ms(), self._relay.send
        if sync is None:
            self.failed.emit(NetworkError(_OFFLINE))
            return
        self._job = self._tasks.network(lambda: sync(interval, now, again, tell))
        self._job.succeeded.connect(self._on_succeeded)
        self._job.failed.connect(self._on_failed)
        self.started.emit()

    def cancel(self) -> None:
        """Stop reading; what was read stays, and the next reading goes on there."""
        self._due.stop()
        if self._job is not None:
            job, self._job = self._job, None
            job.cancel()
            self.ask_coverage()
            self.finished.emit()

    def close(self) -> None:
        """Stop for good."""
        self._following = False
        self.cancel()

    def use(self, sync: Sync | None) -> None:
        """Go on with another session of the same person."""
        self._sync = sync

    # --- what is known ------------------------------------------------------------------------

    def ask_coverage(self) -> None:
        """Find out anew how complete the shown range is."""
        interval = self._interval
        if interval is None:
            return
        if self._coverage_job is not None:
            self._coverage_job.cancel()
        store = self._store
        self._coverage_job = self._tasks.write(lambda: (interval, store.spans(*interval)))
        self._coverage_job.succeeded.connect(self._on_spans)

    def _on_spans(self, known: tuple[Interval, Sequence[Span]]) -> None:
        self._coverage_job = None
        interval, spans = known
        now = self._now_ms()
        found: Coverage = coverage(*interval, spans, now_ms=now)
        self.covered.emit(found)
        may_ask = not (self.is_offline or self._is_failing)
        if self._following and self._job is None and may_ask:
            used, allowed = self._budget()
            wait = next_refresh(*interval, spans, now_ms=now, used=used, allowed=allowed)
            if wait is not None:
                self._due.start(min(wait, LONGEST_WAIT_MS))

    def _on_due(self) -> None:
        """Read again what is due, unless it isn't yet: a long wait asks in between."""
        if self._interval is None or self._job is not None or not self._following:
            return
        self._start(self._interval, again=False)

    # --- a reading ----------------------------------------------------------------------------

    def _on_progress(self, progress: Progress) -> None:
        if self._job is None:
            return
        self.progressed.emit(progress)
        self.stored.emit()

    def _on_succeeded(self, _: object) -> None:
        self._job = None
        self.ask_coverage()
        self.stored.emit()
        self.finished.emit()

    def _on_failed(self, error: Exception) -> None:
        """The person is told, and decides."""
        self._job = None
        self._is_failing = True
        self.ask_coverage()
        self.stored.emit()
        self.finished.emit()
        self.failed.emit(error)
