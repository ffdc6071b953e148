"""Reading the store for the table: an order of contacts, and the cells of those in sight."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from desktop_app.core.history.columns import Value, column
from desktop_app.core.history.failures import translated
from desktop_app.core.history.query import Query, order_by, sql_name, where

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one contact, in the order in which the keys were asked for."""

    no: int
    state: str
    cells: tuple[Value, ...]


class Reader:
    """One connection for reading; belongs to one thread, ``interrupt`` to any."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, on_damage: Callable[[], None]
    ) -> None:
        self._connection = connection
        self._on_damage = on_damage
        self._busy = threading.Lock()

    def order(self, query: Query) -> Numbers:
        """The numbers of the contacts that a query finds, in its order."""
        condition, values = where(query)
        sql = f"SELECT no FROM contact WHERE {condition} ORDER BY {order_by(query)}"
        with self._reading():
            numbers = self._connection.execute(sql, values).fetchnumpy()["no"]
        return np.ascontiguousarray(numbers, dtype=np.int64)

    def count(self, start_ms: int, end_ms: int) -> int:
        """How many contacts start inside a range."""
        (count,) = self._one(
            "SELECT count(*) FROM contact WHERE start_ms >= ? AND start_ms < ?", start_ms, end_ms
        )
        return int(count)

    def rows(self, numbers: Iterable[int], keys: Sequence[str]) -> dict[int, Row]:
        """The cells of contacts by number; a number that is gone is missing in the answer.

        Raises KeyError for a key that is no column's: keys become SQL text (safety T40).
        """
        wanted = [int(number) for number in numbers]
        if not wanted:
            return {}
        cells = ", ".join(sql_name(column(key).key) for key in keys)
        # Literals, not parameters: only so does DuckDB use the index, 2.5 times faster.
        listed = ", ".join(map(str, wanted))
        with self._reading():
            found = self._connection.execute(
                f"SELECT no, state, {cells} FROM contact WHERE no IN ({listed})"
            ).fetchall()
        return {row[0]: Row(row[0], row[1], tuple(row[2:])) for row in found}

    def raw(self, number: int) -> bytes | None:
        """The conversation as the service gave it, None when it is gone."""
        row = self._one("SELECT any_value(raw) FROM contact WHERE no = ?", number)
        return None if row[0] is None else str(row[0]).encode()

    def interrupt(self) -> None:
        """End what runs now on this connection; its caller gets a StoreError."""
        with contextlib.suppress(duckdb.Error):  # closed already: nothing runs
            self._connection.interrupt()

    def close(self) -> None:
        """End what runs and let the connection go; later calls get a StoreError."""
        self.interrupt()
        with self._busy:
            self._connection.close()

    @contextlib.contextmanager
    def _reading(self) -> Iterator[None]:
        with self._busy, translated(self._on_damage):
            yield

    def _one(self, sql: str, *values: object) -> tuple[Any, ...]:
        with self._reading():
            row = self._connection.execute(sql, list(values)).fetchone()
        return row or ()
