"""What is sorted at once: a file is put together of pieces, in the order of the whole.

A sort that fits into memory is quick; one of wide rows that doesn't is slow many times over, and
of long texts fails.  So only the contacts' numbers are sorted all at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import duckdb
import numpy as np

from desktop_app.core.history.export import sources, writers
from desktop_app.core.history.export.parts import columns_of
from desktop_app.core.history.export.request import Export, Shape
from desktop_app.core.history.export.sources import Source
from desktop_app.core.history.query import DAY_MS, UTC
from desktop_app.core.history.reader import Numbers

AT_ONCE_BYTES = 600_000_000  # what sorts in the memory that the database may use
PIECE_BYTES = 250_000_000  # measured: smaller ones take longer again
_CELL_BYTES = 16  # what a cell takes in a sort, empty or not, besides a long text
_FEWEST = 1_000  # contacts of a piece, however long they are


@dataclass(frozen=True, slots=True)
class Piece:
    """``export`` names the contacts, unless it is all there is; ``day`` is theirs, "" for any."""

    export: Export
    contacts: int
    day: str = ""


@dataclass(frozen=True, slots=True)
class Sample:
    """What a few contacts are like: how many rows each makes, and bytes of text each row."""

    contacts: int  # of all
    rows_each: float
    bytes_each: float

    @property
    def rows(self) -> int:
        """Of all, about."""
        return round(self.contacts * self.rows_each)


def sampled(
    connection: duckdb.DuckDBPyConnection, export: Export, source: Source, size: int
) -> Sample:
    """``source`` has no more than ``size`` contacts, where it is of the finer shapes."""
    rows = sources.count(connection, source)
    bytes_each = writers.text_bytes(connection, export, source, size)
    if export.shape is Shape.CONVERSATION:
        return Sample(rows, 1, bytes_each)
    contacts = sources.count_contacts(connection, export)
    return Sample(contacts, rows / max(1, contacts), bytes_each)


def pieces(connection: duckdb.DuckDBPyConnection, export: Export, sample: Sample) -> list[Piece]:
    """In the order of the file; at least one, but of days, of which there may be none."""
    if export.style.by_day:
        return list(_days(connection, export))
    row = sample.bytes_each + _CELL_BYTES * (len(export.columns) + len(columns_of(export.shape)))
    every = sample.contacts * sample.rows_each * row
    if every <= AT_ONCE_BYTES:
        return [Piece(export, sample.contacts)]
    share = PIECE_BYTES / every
    return list(_parts(sources.numbers_of(connection, export), export, share))


def _parts(numbers: Numbers, export: Export, share: float) -> Iterator[Piece]:
    size = max(_FEWEST, int(len(numbers) * share))
    for first in range(0, len(numbers), size):
        part = numbers[first : first + size]
        yield Piece(replace(export, numbers=part), len(part))


def _days(connection: duckdb.DuckDBPyConnection, export: Export) -> Iterator[Piece]:
    """The UTC days that there are, in order of time; contacts of each in the order of all."""
    numbers = sources.numbers_of(connection, export)
    days = sources.starts_of(connection, numbers) // DAY_MS
    for day in np.unique(days):
        of_day = numbers[days == day]
        moment = UTC.moment(int(day) * DAY_MS)
        name = "" if moment is None else f"{moment:%Y-%m-%d}"
        yield Piece(replace(export, numbers=of_day), len(of_day), name)
