"""Looks after a sign-in while the window is open: counts down, asks the service, tells the end.

Asking doesn't keep Genesys' own idle limit from running (``preserveIdleTTL``), and the service's
answer decides: a clock that was put right, or a computer that slept, ends nothing by itself
(faults F7, F8).
"""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_app.core.errors import SignInNeeded
from desktop_app.core.signin.lifetime import Event, Lifetime, countdown
from desktop_app.core.signin.session import Session, heartbeat
from desktop_app.gui.tasks import Job, Tasks

TICK_MS = 15_000


class SessionKeeper(QObject):
    renewal_due = Signal()  # the sign-in ends soon
    expired = Signal()  # its time is over, by the service's clock
    ended = Signal()  # the service says that it has ended
    counted = Signal(str)  # how long it still lasts, in words

    def __init__(
        self,
        tasks: Tasks,
        *,
        wall: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._wall = wall
        self._monotonic = monotonic
        self._session: Session | None = None
        self._lifetime: Lifetime | None = None
        self._job: Job | None = None
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self.tick)

    def follow(self, session: Session) -> None:
        """Look after this one, and no longer after the one before."""
        self.stop()
        self._session = session
        self._lifetime = Lifetime(
            session.remaining().total_seconds(), wall=self._wall(), monotonic=self._monotonic()
        )
        self._timer.start()
        self.counted.emit(countdown(session.remaining()))

    def stop(self) -> None:
        self._timer.stop()
        if self._job is not None:
            self._job.cancel()
            self._job = None
        self._session = self._lifetime = None

    def tick(self) -> None:
        """Look once; the timer does so every 15 seconds."""
        session, lifetime = self._session, self._lifetime
        if session is None or lifetime is None:
            return
        remaining = session.remaining()
        self.counted.emit(countdown(remaining))
        event = lifetime.tick(
            remaining.total_seconds(), wall=self._wall(), monotonic=self._monotonic()
        )
        if event is Event.CHECK:
            self.check()
        elif event is Event.RENEW_SOON:
            self.renewal_due.emit()
        elif event is Event.EXPIRED:
            self.expired.emit()

    def check(self) -> None:
        """Ask the service whether the sign-in still holds."""
        session = self._session
        if session is not None and self._job is None:
            self._job = self._tasks.network(lambda: heartbeat(session))
            self._job.ended.connect(self._on_checked)
            self._job.failed.connect(self._on_check_failed)

    def _on_checked(self) -> None:
        self._job = None

    def _on_check_failed(self, error: Exception) -> None:
        """Being offline ends no sign-in."""
        if isinstance(error, SignInNeeded):
            self._timer.stop()
            self.ended.emit()
