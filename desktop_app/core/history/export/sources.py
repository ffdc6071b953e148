"""Where the rows of a file come from: the contacts that are wanted, or their parts, as SQL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import duckdb
import numpy as np

from desktop_app.core.history.export.cells import Cell, contact_cells, part_cells, part_name
from desktop_app.core.history.export.parts import columns_of
from desktop_app.core.history.export.request import Export, Shape
from desktop_app.core.history.export.staging import TABLE, stage
from desktop_app.core.history.parties import Names
from desktop_app.core.history.query import order_by, where
from desktop_app.core.history.reader import Numbers

_PLACES = "exported_place"


@dataclass(frozen=True, slots=True)
class Source:
    """``tables`` is what follows FROM, its condition included, with ``values`` bound to it.

    ``scale`` is how many rows there are for each of these: more than one where they are a sample.
    """

    cells: list[Cell]
    tables: str
    order: str
    values: list[object]
    is_masked: bool
    scale: float = 1.0


def source_of(
    connection: duckdb.DuckDBPyConnection,
    export: Export,
    names: Names,
    *,
    mask: bool,
    sample: int | None = None,
    on_staged: Callable[[float], None] = lambda share: None,
) -> Source:
    """Prepare the rows on this connection.

    The finer shapes are derived first, of no more than ``sample`` contacts; ``on_staged`` hears
    how much of that is done.  Raises FilterMistake and, for a key that is no column's, KeyError.
    """
    cells = contact_cells(export.columns, mask=mask)
    if export.shape is Shape.CONVERSATION:
        return Source(cells, *_contacts(connection, export), is_masked=mask)
    cells += part_cells(columns_of(export.shape), mask=mask)
    numbers = numbers_of(connection, export)
    looked_at = numbers if sample is None else numbers[:sample]
    total = max(1, len(looked_at))
    stage(connection, looked_at, export.shape, names, lambda done: on_staged(done / total))
    _register_places(connection, looked_at)
    number = part_name(columns_of(export.shape)[0].key)
    return Source(
        cells,
        f"{TABLE} JOIN {_PLACES} ON of_no = wanted_no JOIN contact ON no = wanted_no",
        f"place, {number}",
        [],
        is_masked=mask,
        scale=len(numbers) / total,
    )


def _contacts(
    connection: duckdb.DuckDBPyConnection, export: Export
) -> tuple[str, str, list[object]]:
    """The tables with their condition, the order, and the values."""
    if export.numbers is not None:
        _register_places(connection, export.numbers)
        return f"{_PLACES} JOIN contact ON no = wanted_no", "place", []
    condition, values = where(export.query)
    return f"contact WHERE {condition}", order_by(export.query), values


def numbers_of(connection: duckdb.DuckDBPyConnection, export: Export) -> Numbers:
    """The contacts that are wanted, in the order of the file."""
    if export.numbers is not None:
        return export.numbers
    tables, order, values = _contacts(connection, export)
    found = connection.execute(f"SELECT no FROM {tables} ORDER BY {order}", values)
    return np.ascontiguousarray(found.fetchnumpy()["no"], dtype=np.int64)


def count_contacts(connection: duckdb.DuckDBPyConnection, export: Export) -> int:
    tables, _, values = _contacts(connection, export)
    row = connection.execute(f"SELECT count(*) FROM {tables}", values).fetchone()
    return int(row[0]) if row else 0


def starts_of(connection: duckdb.DuckDBPyConnection, numbers: Numbers) -> Numbers:
    """When contacts began, milliseconds, in the order of their numbers."""
    _register_places(connection, numbers)
    found = connection.execute(
        f"SELECT start_ms FROM {_PLACES} JOIN contact ON no = wanted_no ORDER BY place"
    )
    return np.ascontiguousarray(found.fetchnumpy()["start_ms"], dtype=np.int64)


def _register_places(connection: duckdb.DuckDBPyConnection, numbers: Numbers) -> None:
    wanted = np.ascontiguousarray(numbers, dtype=np.int64)
    connection.register(_PLACES, {"wanted_no": wanted, "place": np.arange(len(wanted))})


def count(connection: duckdb.DuckDBPyConnection, source: Source) -> int:
    """How many rows there are, or would be."""
    row = connection.execute(f"SELECT count(*) FROM {source.tables}", source.values).fetchone()
    return round((row[0] if row else 0) * source.scale)
