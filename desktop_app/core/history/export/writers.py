"""The files themselves. The database writes all but spreadsheets."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import duckdb

from desktop_app.core.errors import StoreFull
from desktop_app.core.history.clock import Interval
from desktop_app.core.history.column import Kind, Value
from desktop_app.core.history.export.cells import (
    Cell,
    TextCells,
    local_instant,
    titles,
    typed,
    typed_name,
)
from desktop_app.core.history.export.request import Export, Format
from desktop_app.core.history.export.sources import Source
from desktop_app.core.history.export.xlsx import SheetColumn, write_workbook
from desktop_app.core.history.failures import meaning
from desktop_app.core.history.filters.local import offsets

_BOM = "\ufeff"
_AT_ONCE = 2_000  # rows that a spreadsheet takes at a time
_YEAR_MS = 366 * 86_400_000
# A record of JSON Lines holds no other line break than its own (they may stand between tokens).
_RAW_LINE = "translate({}, chr(10) || chr(13), '  ')"
_RAW_FORM = "FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER e'\\x1f'"

# What a row takes in a file of that format for each byte of CSV, measured over practice contacts.
_AGAINST_CSV = {Format.CSV: 1.0, Format.PARQUET: 0.2, Format.XLSX: 0.65, Format.JSONL: 2.2}


def write(
    connection: duckdb.DuckDBPyConnection,
    export: Export,
    source: Source,
    path: Path,
    *,
    about: Sequence[tuple[str, str]],
    on_rows: Callable[[int], None],
) -> int:
    """Write the file; returns how many rows it has.

    ``about`` goes into a spreadsheet's own sheet; ``on_rows`` hears how many rows that has by now,
    and may raise.
    """
    match export.format:
        case Format.CSV:
            return _copied(connection, export, source, *_csv(export, source), path)
        case Format.JSONL:
            return _copied(connection, export, source, *_jsonl(export, source), path)
        case Format.PARQUET:
            return _copied(connection, export, source, *_parquet(export, source), path)
    return _workbook(connection, export, source, path, about, on_rows)


def average_bytes(
    connection: duckdb.DuckDBPyConnection, export: Export, source: Source, sample: int
) -> float:
    """Of a row in the file, told from some."""
    if export.style.raw:
        line = "strlen(raw)"
    else:
        text = _text_cells(export)
        line = f"strlen(concat_ws(',', {', '.join(text.sql(cell) for cell in source.cells)}))"
    row = connection.execute(
        f"SELECT avg(line) FROM (SELECT {line} AS line FROM {source.tables} LIMIT {int(sample)})",
        source.values,
    ).fetchone()
    average = (row[0] if row else None) or 0
    if export.style.raw:
        return float(average)
    separators = len(source.cells)
    return (average + separators / 2) * _AGAINST_CSV[export.format]


def _copied(
    connection: duckdb.DuckDBPyConnection,
    export: Export,
    source: Source,
    select: str,
    form: str,
    path: Path,
) -> int:
    target = str(path).replace("'", "''")
    if not export.style.by_day:
        form += ", USE_TMP_FILE false"  # ``path`` is one already
    try:
        row = connection.execute(
            f"COPY (SELECT {select} FROM {source.tables} ORDER BY {source.order})"
            f" TO '{target}' ({form})",
            source.values,
        ).fetchone()
    except duckdb.Error as error:
        if isinstance(meaning(error), StoreFull):  # not the store, what is being written
            raise OSError(errno.ENOSPC, "no room") from None
        raise
    return int(row[0]) if row else 0


def _csv(export: Export, source: Source) -> tuple[str, str]:
    separator = export.style.separator
    text = _text_cells(export)
    names = titles(source.cells, separator)
    if export.style.bom:
        names[0] = _BOM + names[0]
    select = _selected([text.sql(cell) for cell in source.cells], names)
    form = "FORMAT csv, HEADER, QUOTE '\"', ESCAPE '\"', NULLSTR '', COMPRESSION none"
    return select, f"{form}, DELIMITER '{separator}'"


def _jsonl(export: Export, source: Source) -> tuple[str, str]:
    if export.style.raw:
        raw = "mask_raw(raw)" if source.is_masked else "raw"
        return _RAW_LINE.format(raw), _RAW_FORM
    cells = [_json_cell(cell, export) for cell in source.cells]
    return _selected(cells, [typed_name(cell) for cell in source.cells]), "FORMAT json"


def _json_cell(cell: Cell, export: Export) -> str:
    """An instant as ISO 8601 in UTC, to the millisecond."""
    value = typed(cell, _ahead(export))
    if cell.kind is not Kind.INSTANT or cell.shown:
        return value
    return f"strftime(({value}) AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%gZ')"


def _parquet(export: Export, source: Source) -> tuple[str, str]:
    ahead = _ahead(export)
    select = _selected(
        [typed(cell, ahead) for cell in source.cells], [typed_name(cell) for cell in source.cells]
    )
    form = "FORMAT parquet, COMPRESSION zstd"
    if not export.style.by_day:
        return select, form
    day = "strftime(make_timestamp_ms(start_ms), '%Y-%m-%d')"
    return f"{select}, {day} AS utc_day", f"{form}, PARTITION_BY (utc_day)"


def _selected(values: Sequence[str], names: Sequence[str]) -> str:
    return ", ".join(
        f'{value} AS "{name.replace(chr(34), chr(34) * 2)}"'
        for value, name in zip(values, names, strict=True)
    )


def _workbook(
    connection: duckdb.DuckDBPyConnection,
    export: Export,
    source: Source,
    path: Path,
    about: Sequence[tuple[str, str]],
    on_rows: Callable[[int], None],
) -> int:
    cells, ahead = source.cells, _ahead(export)
    values = [_sheet_cell(cell, ahead) for cell in cells]
    found = connection.execute(
        f"SELECT {', '.join(values)} FROM {source.tables} ORDER BY {source.order}", source.values
    )
    return write_workbook(
        path,
        [
            SheetColumn(title, Kind.TEXT if cell.shown else cell.kind, cell.width)
            for title, cell in zip(titles(cells), cells, strict=True)
        ],
        _batches(found),
        about,
        zone=export.query.clock.zone,
        durations=export.style.durations,
        on_rows=on_rows,
    )


def _sheet_cell(cell: Cell, ahead: Sequence[tuple[int, int]]) -> str:
    """Instants stay milliseconds: the sheet has moments of its own."""
    if cell.shown:
        return local_instant(cell, ahead)
    if cell.kind is Kind.LIST:
        separator = cell.separator.replace("'", "''")
        return f"array_to_string({cell.value}, '{separator}')"
    return cell.value


def _batches(found: duckdb.DuckDBPyConnection) -> Iterator[Sequence[tuple[Value, ...]]]:
    while rows := found.fetchmany(_AT_ONCE):
        yield rows


def _text_cells(export: Export) -> TextCells:
    return TextCells(export.query.clock, _around(export), export.style.durations)


def _ahead(export: Export) -> tuple[tuple[int, int], ...]:
    return offsets(export.query.clock.zone, _around(export))


def _around(export: Export) -> Interval:
    """The range with all that its contacts may name: callbacks that are due, readings until now."""
    query = export.query
    return Interval(query.start_ms, max(query.end_ms, query.clock.now_ms()) + _YEAR_MS)
