"""A model whose reader waits for the test."""

from __future__ import annotations

import threading
from typing import Any

from desktop_app.core.history.query import Query
from desktop_app.core.history.reader import Numbers, Reader, Row
from desktop_app.core.history.store import Store
from desktop_app.gui.history.history_model import HistoryModel
from desktop_app.gui.tasks import Tasks
from tests.gui.stored_contacts import CLOCK, KEYS


class SlowReader:
    """A reader whose answers wait for the test, and which counts what it is asked."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.gate = threading.Event()
        self.first_gate = threading.Event()
        self.first_gate.set()
        self.firsts: list[Query] = []
        self.orders: list[Query] = []
        self.windows: list[list[int]] = []
        self.interrupts = 0

    def first_rows(self, query: Query, keys: Any, limit: int) -> list[Row]:
        self.firsts.append(query)
        assert self.first_gate.wait(10)
        return self._reader.first_rows(query, keys, limit)

    def order(self, query: Query) -> Numbers:
        self.orders.append(query)
        assert self.gate.wait(10)
        return self._reader.order(query)

    def rows(self, numbers: Any, keys: Any) -> dict[int, Row]:
        self.windows.append(list(numbers))
        assert self.gate.wait(10)
        return self._reader.rows(numbers, keys)

    def interrupt(self) -> None:
        self.interrupts += 1
        self.gate.set()
        self.first_gate.set()


def slow(tasks: Tasks, store: Store) -> tuple[HistoryModel, SlowReader]:
    reader: Any = SlowReader(store.reader())
    return HistoryModel(tasks, lambda: reader, CLOCK, KEYS), reader
