"""Values with their counts, and sums: what the contacts of a query have in common, in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt

from desktop_app.core.history import sql
from desktop_app.core.history.columns import Kind, Value, column
from desktop_app.core.history.folding import plain
from desktop_app.core.history.query import Query, where
from desktop_app.core.history.schema import Execute

COUNTABLE = (Kind.DURATION, Kind.COUNT, Kind.NUMBER)


@dataclass(frozen=True, slots=True)
class Facet:
    """``value`` is one of a list's, None for an empty cell."""

    value: Value
    count: int


@dataclass(frozen=True, slots=True)
class Totals:
    """``count`` is of cells that aren't empty; the others are None when there is none."""

    count: int
    sum: float | None
    mean: float | None
    median: float | None
    least: float | None
    most: float | None


def facet(execute: Execute, query: Query, key: str, search: str, limit: int) -> list[Facet]:
    chosen = column(key)
    condition, values = where(query)
    value = sql.sql_value(chosen)
    letters = plain(search.strip())
    is_list = chosen.kind is Kind.LIST
    found = f"SELECT {f'unnest({value})' if is_list else value} AS value FROM contact"
    counted = (
        f"SELECT value, count(*) AS count FROM ({found} WHERE {condition})"
        f"{_holding('value::VARCHAR', letters)} GROUP BY value"
    )
    bound = [*values, letters] if letters else values
    if is_list and not letters:  # what unnest leaves out: faster than putting something in
        counted += (
            f" UNION ALL SELECT NULL, count(*) FROM contact WHERE {condition}"
            f" AND {value} IS NULL HAVING count(*) > 0"
        )
        bound = [*bound, *values]
    rows = execute(f"{counted} ORDER BY count DESC, value NULLS LAST LIMIT {int(limit)}", bound)
    return [Facet(value, count) for value, count in rows.fetchall()]


def _holding(value: str, letters: str) -> str:
    return f" WHERE contains({sql.plain(value)}, ?)" if letters else ""


def attribute_keys(execute: Execute, search: str, limit: int) -> list[Facet]:
    letters = plain(search.strip())
    rows = execute(
        "SELECT key, count(*) AS count FROM (SELECT unnest(map_keys(attributes)) AS key"
        f" FROM contact){_holding('key', letters)} GROUP BY key ORDER BY count DESC, key"
        f" LIMIT {int(limit)}",
        [letters] if letters else [],
    ).fetchall()
    return [Facet(key, count) for key, count in rows]


def totals(execute: Execute, query: Query, keys: Sequence[str]) -> dict[str, Totals]:
    if not keys:
        return {}
    condition, values = where(query)
    sums = ", ".join(_sums(key) for key in keys)
    row = execute(f"SELECT {sums} FROM contact WHERE {condition}", values).fetchone() or ()
    return {key: Totals(*row[6 * at : 6 * at + 6]) for at, key in enumerate(keys)}


def totals_of(
    connection: duckdb.DuckDBPyConnection, numbers: npt.NDArray[np.int64] | Sequence[int], key: str
) -> Totals:
    """``numbers`` may be a million: they go in as an array, not as text."""
    connection.register("chosen", {"no": np.asarray(numbers, dtype=np.int64)})
    try:
        row = connection.execute(
            f"SELECT {_sums(key)} FROM contact SEMI JOIN chosen USING (no)"
        ).fetchone()
    finally:
        connection.unregister("chosen")
    return Totals(*(row or (0, None, None, None, None, None)))


def _sums(key: str) -> str:
    """Raises KeyError for a column that can't be added up."""
    chosen = column(key)
    if chosen.kind not in COUNTABLE:
        raise KeyError(key)
    value = sql.sql_value(chosen)
    return (
        f"count({value}), sum({value})::DOUBLE, avg({value}), median({value})::DOUBLE,"
        f" min({value})::DOUBLE, max({value})::DOUBLE"
    )
