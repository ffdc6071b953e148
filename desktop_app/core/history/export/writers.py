"""The files themselves. The database writes all but spreadsheets."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
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
_COPIED_AT_ONCE = 1 << 20
_PARQUET_FORM = "FORMAT parquet, COMPRESSION zstd"
_YEAR_MS = 366 * 86_400_000
# A record of JSON Lines holds no other line break than its own (they may stand between tokens).
_RAW_LINE = "translate({}, chr(10) || chr(13), '  ')"
_RAW_FORM = "FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER e'\\x1f'"

# What a row takes in a file of that format for each byte of CSV, measured over practice contacts.
_AGAINST_CSV = {Format.CSV: 1.0, Format.PARQUET: 0.2, Format.XLSX: 0.65, Format.JSONL: 2.2}


def write(
    connection: duckdb.DuckDBPyConnection,
    export: Export,
    pieces: Iterable[tuple[Source, str]],
    path: Path,
    *,
    about: Callable[[int], Sequence[tuple[str, str]]],
    on_rows: Callable[[int], None],
) -> int:
    """Write the file; returns how many rows it has.

    ``pieces`` come one after the other, each with the day that it is of, and are there only until
    the next.  ``about`` tells of so many rows what goes into a spreadsheet's own sheet; ``on_rows``
    hears how many there are by now, and may raise.
    """
    if export.format is Format.XLSX:
        return _workbook(connection, export, (source for source, _ in pieces), path, about, on_rows)
    rows = 0
    parts: list[Path] = []
    try:
        for source, day in pieces:
            if export.style.by_day:
                folder = path / f"utc_day={day}"
                folder.mkdir()
                rows += _copied(connection, export, source, folder / "contacts.parquet")
            else:
                part = path.with_name(f"{path.name}.{len(parts)}") if parts else path
                parts.append(part)
                rows += _copied(connection, export, source, part, is_first=part is path)
                if part is not path and export.format is not Format.PARQUET:
                    _append(part, path)
            on_rows(rows)
        if len(parts) > 1 and export.format is Format.PARQUET:
            _merge(connection, parts, path)
    finally:
        for part in parts[1:]:
            part.unlink(missing_ok=True)
    return rows


def text_bytes(
    connection: duckdb.DuckDBPyConnection, export: Export, source: Source, sample: int
) -> float:
    """How long a row is as text, told from some."""
    if export.style.raw:
        line = "strlen(raw)"
    else:
        text = _text_cells(export)
        line = f"strlen(concat_ws(',', {', '.join(text.sql(cell) for cell in source.cells)}))"
    row = connection.execute(
        f"SELECT avg({line}) FROM (SELECT * FROM {source.tables} LIMIT {int(sample)})",
        source.values,
    ).fetchone()
    average = float((row[0] if row else None) or 0)
    return average if export.style.raw else average + len(source.cells) / 2  # the separators


def file_bytes(text_bytes: float, export: Export) -> float:
    """What a row takes in the file, by how long it is as text."""
    return text_bytes if export.style.raw else text_bytes * _AGAINST_CSV[export.format]


def _copied(
    connection: duckdb.DuckDBPyConnection,
    export: Export,
    source: Source,
    path: Path,
    *,
    is_first: bool = True,
) -> int:
    match export.format:
        case Format.CSV:
            select, form = _csv(export, source, header=is_first)
        case Format.JSONL:
            select, form = _jsonl(export, source)
        case _:
            select, form = _parquet(export, source)
    return _copy(
        connection,
        f"SELECT {select} FROM {source.tables} ORDER BY {source.order}",
        source.values,
        path,
        form,
    )


def _copy(
    connection: duckdb.DuckDBPyConnection,
    sql: str,
    values: Sequence[object],
    path: Path,
    form: str,
) -> int:
    target = str(path).replace("'", "''")
    try:
        row = connection.execute(
            f"COPY ({sql}) TO '{target}' ({form}, USE_TMP_FILE false)", values
        ).fetchone()
    except duckdb.Error as error:
        if isinstance(meaning(error), StoreFull):  # not the store, what is being written
            raise OSError(errno.ENOSPC, "no room") from None
        raise
    return int(row[0]) if row else 0


def _append(part: Path, path: Path) -> None:
    with part.open("rb") as source, path.open("ab") as target:
        shutil.copyfileobj(source, target, _COPIED_AT_ONCE)
    part.unlink()


def _merge(connection: duckdb.DuckDBPyConnection, parts: Sequence[Path], path: Path) -> None:
    """Parquet tells at its end where all is, so that files can't be joined: it is read again."""
    whole = path.with_name(f"{path.name}.whole")
    listed = ", ".join("'" + str(part).replace("'", "''") + "'" for part in parts)
    try:
        _copy(connection, f"FROM read_parquet([{listed}])", [], whole, _PARQUET_FORM)
        whole.replace(path)
    finally:
        whole.unlink(missing_ok=True)


def _csv(export: Export, source: Source, *, header: bool) -> tuple[str, str]:
    separator = export.style.separator
    text = _text_cells(export)
    names = titles(source.cells, separator)
    if export.style.bom:
        names[0] = _BOM + names[0]
    select = _selected([text.sql(cell) for cell in source.cells], names)
    form = f"FORMAT csv, HEADER {header}, QUOTE '\"', ESCAPE '\"', NULLSTR '', COMPRESSION none"
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
    return select, _PARQUET_FORM


def _selected(values: Sequence[str], names: Sequence[str]) -> str:
    return ", ".join(
        f'{value} AS "{name.replace(chr(34), chr(34) * 2)}"'
        for value, name in zip(values, names, strict=True)
    )


def _workbook(
    connection: duckdb.DuckDBPyConnection,
    export: Export,
    pieces: Iterator[Source],
    path: Path,
    about: Callable[[int], Sequence[tuple[str, str]]],
    on_rows: Callable[[int], None],
) -> int:
    first = next(pieces)
    ahead = _ahead(export)

    def batches() -> Iterator[Sequence[tuple[Value, ...]]]:
        for source in chain([first], pieces):
            values = [_sheet_cell(cell, ahead) for cell in source.cells]
            found = connection.execute(
                f"SELECT {', '.join(values)} FROM {source.tables} ORDER BY {source.order}",
                source.values,
            )
            while rows := found.fetchmany(_AT_ONCE):
                yield rows

    return write_workbook(
        path,
        [
            SheetColumn(title, Kind.TEXT if cell.shown else cell.kind, cell.width)
            for title, cell in zip(titles(first.cells), first.cells, strict=True)
        ],
        batches(),
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


def _text_cells(export: Export) -> TextCells:
    return TextCells(export.query.clock, _around(export), export.style.durations)


def _ahead(export: Export) -> tuple[tuple[int, int], ...]:
    return offsets(export.query.clock.zone, _around(export))


def _around(export: Export) -> Interval:
    """The range with all that its contacts may name: callbacks that are due, readings until now."""
    query = export.query
    return Interval(query.start_ms, max(query.end_ms, query.clock.now_ms()) + _YEAR_MS)
