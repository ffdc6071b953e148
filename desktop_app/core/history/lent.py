"""A connection that the store has lent to something that reads much, and can be told to stop."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

import duckdb

from desktop_app.core.errors import ExportCancelled
from desktop_app.core.history.failures import translated
from desktop_app.core.history.store import Store


class LentConnection:
    """``interrupt``, ``is_stopped`` and ``close`` are for any thread, the rest for one."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.connection = store.lend(self)
        self._busy = threading.Lock()
        self._stopped = threading.Event()

    @contextlib.contextmanager
    def reading(self, cancelled: str) -> Iterator[None]:
        """One transaction, so that a reading from Genesys meanwhile changes nothing of it.

        Raises StoreError, and ExportCancelled with that sentence after ``interrupt``.
        """
        with self._busy:
            self._stopped.clear()
            try:
                with translated(self._store.on_damage):
                    self.connection.begin()
                    try:
                        yield
                    finally:
                        with contextlib.suppress(duckdb.Error):
                            self.connection.rollback()
            except Exception:
                if self._stopped.is_set():
                    raise ExportCancelled(cancelled) from None
                raise

    def check_stopped(self) -> None:
        """Raise whatever, once ``interrupt`` was called: ``reading`` tells it as cancelled."""
        if self._stopped.is_set():
            raise ExportCancelled("")

    def interrupt(self) -> None:
        """End what runs now."""
        self._stopped.set()
        with contextlib.suppress(duckdb.Error):  # closed already: nothing runs
            self.connection.interrupt()

    def close(self) -> None:
        self.interrupt()
        with self._busy:
            self.connection.close()
