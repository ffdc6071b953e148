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

from desktop_app.core.history import facets
from desktop_app.core.history.columns import Value, column
from desktop_app.core.history.facets import Facet, Totals
from desktop_app.core.history.failures import translated
from desktop_app.core.history.query import Query, order_by, sql_value, where
from desktop_app.core.history.upsert import listed

__all__ = ["Facet", "Numbers", "Reader", "Row", "Totals", "Version"]

ALWAYS = (-(2**62), 2**62)  # every instant there is

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one contact, in the order in which the keys were asked for."""

    no: int
    state: str
    cells: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Version:
    """A conversation as the service gave it until ``seen_ms``."""

    seen_ms: int
    raw: bytes


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
        sql, values = _found("no", query)
        with self._reading():
            return _numbers(self._connection.execute(sql, values))

    def first_rows(self, query: Query, keys: Sequence[str], limit: int) -> list[Row]:
        """The first of them with their cells, which are there long before the whole order is.

        Raises KeyError for a key that is no column's.
        """
        sql, values = _found(f"no, state{_cells(keys)}", query)
        with self._reading():
            found = self._connection.execute(f"{sql} LIMIT {int(limit)}", values).fetchall()
        return list(map(_row, found))

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
        with self._reading():
            found = self._connection.execute(
                f"SELECT no, state{_cells(keys)} FROM contact WHERE no IN ({listed(wanted)})"
            ).fetchall()
        return {row[0]: _row(row) for row in found}

    def raw(self, number: int) -> bytes | None:
        """The conversation as the service gave it, None when it is gone."""
        row = self._one("SELECT any_value(raw) FROM contact WHERE no = ?", int(number))
        return None if row[0] is None else str(row[0]).encode()

    def versions(self, number: int) -> list[Version]:
        """What the service said of a contact before it rewrote it, in order of time."""
        with self._reading():
            rows = self._connection.execute(
                "SELECT seen_ms, raw FROM version WHERE no = ? ORDER BY seen_ms", [int(number)]
            ).fetchall()
        return [Version(seen_ms, raw.encode()) for seen_ms, raw in rows]

    # --- values, counts, sums -----------------------------------------------------------------

    def facet(
        self, query: Query, key: str, *, search: str = "", limit: int = 50
    ) -> list[facets.Facet]:
        """A column's commonest values among what a query finds; None is the empty cell.

        ``search`` keeps those that hold its letters.  Raises KeyError for a key that is no
        column's, FilterMistake for a text that can't be read.
        """
        with self._reading():
            return facets.facet(self._connection.execute, query, key, search, limit)

    def suggestions(self, key: str, prefix: str, limit: int) -> list[facets.Facet]:
        """Values of a column that hold some letters, the commonest first, of all contacts."""
        return self.facet(Query(*ALWAYS), key, search=prefix, limit=limit)

    def attribute_keys(self, prefix: str, limit: int) -> list[facets.Facet]:
        """Keys of participants' attributes with how many contacts have them."""
        with self._reading():
            return facets.attribute_keys(self._connection.execute, prefix, limit)

    def totals(self, query: Query, keys: Sequence[str]) -> dict[str, facets.Totals]:
        """Sums of columns that can be added up, over what a query finds."""
        with self._reading():
            return facets.totals(self._connection.execute, query, keys)

    def totals_of(self, numbers: Numbers | Sequence[int], key: str) -> facets.Totals:
        """The same of one column over contacts by number."""
        with self._reading():
            return facets.totals_of(self._connection, numbers, key)

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


def _found(columns: str, query: Query) -> tuple[str, list[object]]:
    condition, values = where(query)
    return f"SELECT {columns} FROM contact WHERE {condition} ORDER BY {order_by(query)}", values


def _numbers(found: duckdb.DuckDBPyConnection) -> Numbers:
    return np.ascontiguousarray(found.fetchnumpy()["no"], dtype=np.int64)


def _cells(keys: Sequence[str]) -> str:
    return "".join(f", {sql_value(column(key))}" for key in keys)


def _row(found: tuple[Any, ...]) -> Row:
    no, state, *cells = found
    return Row(no, state, tuple(map(_cell, cells)))


def _cell(value: Any) -> Value:
    """Lists come as lists; everything else as it is."""
    if isinstance(value, list):
        return tuple(value)
    cell: Value = value
    return cell
