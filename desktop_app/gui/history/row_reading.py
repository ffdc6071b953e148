"""Contacts' cells as they are shown, read from the store: what runs on the read lanes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from desktop_app.core.history.columns import Column, Value
from desktop_app.core.history.query import Query
from desktop_app.core.history.reader import Numbers, Reader, Row
from desktop_app.gui.history.reordering import Reordering, brought_forward

CellText = Callable[[Column, Value], str]


@dataclass(frozen=True, slots=True)
class FormattedRow:
    """One contact as it is painted. ``state`` is that of the outcome: good, warn, bad, none.

    ``changed``: Genesys has rewritten it since the person last looked at it.
    """

    state: str
    texts: tuple[str, ...]
    changed: bool = False


@dataclass(frozen=True, slots=True)
class FirstRows:
    """A query's first rows by number, and how to put them first; ``columns`` and ``cell_text``
    are what they were read for."""

    rows: dict[int, FormattedRow]
    change: Reordering | None
    columns: Sequence[Column]
    cell_text: CellText


def read_first(
    reader: Reader,
    query: Query,
    before: Numbers,
    columns: Sequence[Column],
    cell_text: CellText,
    limit: int,
) -> FirstRows:
    """Read a query's first rows; ``before`` is the order that is shown until now."""
    rows = reader.first_rows(query, _asked(columns), limit)
    first = np.array([row.no for row in rows], dtype=np.int64)
    change = brought_forward(before, first)
    return FirstRows(_formatted(rows, columns, cell_text), change, columns, cell_text)


def read_rows(
    reader: Reader, numbers: Sequence[int], columns: Sequence[Column], cell_text: CellText
) -> dict[int, FormattedRow]:
    """Read contacts by number; those that are gone are missing."""
    rows = reader.rows(numbers, _asked(columns))
    return _formatted(rows.values(), columns, cell_text)


def read_texts(
    reader: Reader, numbers: Sequence[int], columns: Sequence[Column], cell_text: CellText
) -> list[tuple[str, ...]]:
    """The texts of contacts in the order of ``numbers``, without those that are gone."""
    texts: list[tuple[str, ...]] = []
    for first in range(0, len(numbers), 1000):
        part = numbers[first : first + 1000]
        found = read_rows(reader, part, columns, cell_text)
        texts += [found[number].texts for number in part if number in found]
    return texts


def read_value(reader: Reader, number: int, key: str) -> Value:
    """A cell as it is stored; None where the contact is gone."""
    row = reader.rows([number], [key]).get(number)
    return row.cells[0] if row else None


def _asked(columns: Sequence[Column]) -> list[str]:
    """The keys of the columns and, last, whether a contact was changed."""
    return [*(column.key for column in columns), "changed"]


def _formatted(
    rows: Iterable[Row], columns: Sequence[Column], cell_text: CellText
) -> dict[int, FormattedRow]:
    return {row.no: _formatted_row(row, columns, cell_text) for row in rows}


def _formatted_row(row: Row, columns: Sequence[Column], cell_text: CellText) -> FormattedRow:
    *values, changed = row.cells
    texts = tuple(cell_text(column, value) for column, value in zip(columns, values, strict=True))
    return FormattedRow(row.state, texts, bool(changed))
