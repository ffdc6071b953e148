"""A reading that goes on while something else is measured, on the lanes of the application."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QObject, QTimer

from benchmarks.reading import client_of, read
from benchmarks.serving import Served
from desktop_app.core.history.clock import Interval
from desktop_app.core.history.store import Store
from desktop_app.core.history.sync import Progress
from desktop_app.gui.history.feed import Feed
from desktop_app.gui.tasks import Tasks


class Feeding(QObject):
    """Reads all that is served, once."""

    def __init__(self, tasks: Tasks, store: Store, served: Served) -> None:
        super().__init__()
        self._tasks = tasks
        self._store = store
        self._served = served
        self._timer = QTimer(self, singleShot=True)
        self.feed = Feed(tasks, store, self._sync, lambda: served.interval[1], self)
        self.feed.stored.connect(self._on_stored)
        self.failures: list[Exception] = []
        self.feed.failed.connect(self.failures.append)

    def renew(self, renew: Callable[[], None], every_ms: int) -> None:
        """Call ``renew`` when the store holds more, no more often than ``every_ms``."""
        self._timer.setInterval(every_ms)
        self._timer.timeout.connect(renew)

    def _on_stored(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    async def _sync(
        self, interval: Interval, now_ms: int, again: bool, tell: Callable[[Progress], None]
    ) -> None:
        async with client_of(self._served) as client:
            await read(client, self._store, self._tasks.in_write_lane, interval, tell=tell)


@contextmanager
def feeding(tasks: Tasks, store: Store, served: Served) -> Iterator[Feeding]:
    """Begin to read and end with the block. Raises what ended the reading early."""
    feeding = Feeding(tasks, store, served)
    feeding.feed.read(served.interval, again=True)
    yield feeding
    feeding.feed.cancel()
    if feeding.failures:
        raise feeding.failures[0]
