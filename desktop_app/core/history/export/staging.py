"""The finer shapes on their way into a file: derived from the conversations, a table of their own.

The table is a temporary one of the connection: what doesn't fit into memory spills encrypted, as
everything of the store does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import duckdb
import numpy as np

from desktop_app.core.genesys import wire
from desktop_app.core.history import upsert
from desktop_app.core.history.column import Kind
from desktop_app.core.history.export.cells import part_name
from desktop_app.core.history.export.parts import PartColumn, columns_of, parts_of
from desktop_app.core.history.export.request import Shape
from desktop_app.core.history.parties import Names
from desktop_app.core.history.reader import Numbers
from desktop_app.core.history.schema import Row

TABLE = "temp.main.exported_part"
AT_ONCE = 500  # conversations, of 5 kB each

_SQL_TYPES = {
    Kind.INSTANT: "BIGINT",
    Kind.DURATION: "BIGINT",
    Kind.COUNT: "BIGINT",
    Kind.TEXT: "VARCHAR",
}


def stage(
    connection: duckdb.DuckDBPyConnection,
    numbers: Numbers,
    shape: Shape,
    names: Names,
    on_done: Callable[[int], None],
) -> None:
    """Fill the table with the parts of contacts; ``on_done`` hears how many of them are."""
    columns = columns_of(shape)
    fields = {"of_no": "BIGINT"} | {part_name(each.key): _SQL_TYPES[each.kind] for each in columns}
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE exported_part"
        f" ({', '.join(f'{name} {kind}' for name, kind in fields.items())})"
    )
    done = 0
    for chunk in _chunks(np.sort(numbers)):
        rows: list[Row] = []
        for no, raw in _raws(connection, chunk):
            rows += _rows(no, raw, shape, columns, names)
        upsert.insert(connection, TABLE, rows, fields)
        done += len(chunk)
        on_done(done)


def _chunks(numbers: Numbers) -> Iterator[Numbers]:
    for first in range(0, len(numbers), AT_ONCE):
        yield numbers[first : first + AT_ONCE]


def _raws(connection: duckdb.DuckDBPyConnection, numbers: Numbers) -> list[tuple[int, str]]:
    """Numbers are handed out in order of reading, so that neighbours lie together."""
    return connection.execute(
        f"SELECT no, raw FROM contact WHERE no BETWEEN {int(numbers[0])} AND {int(numbers[-1])}"
        f" AND no IN ({upsert.listed(numbers)})"
    ).fetchall()


def _rows(
    no: int, raw: str, shape: Shape, columns: Sequence[PartColumn], names: Names
) -> Iterator[Row]:
    conversation = wire.decode(raw.encode(), wire.Conversation)
    for part in parts_of(conversation, names, shape):
        row: Row = {"of_no": no}
        for column in columns:
            cell = column.read(part)
            row[part_name(column.key)] = None if cell == "" else cell
        yield row
