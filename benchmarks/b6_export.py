"""How long do a million rows take out of the store, and a hundred thousand into a spreadsheet?

Ours is the export of the whole table, formatted, guarded, sorted and described.  The peer of the
text and of Parquet is DuckDB's bare COPY of the same columns in the same order out of the same
encrypted file: no zone, no lengths as people write them, nothing guarded.  The peer of the
spreadsheet is XlsxWriter in constant_memory, fed constants of the same kinds.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import duckdb
import xlsxwriter

from benchmarks.measuring import (
    Line,
    at_most,
    compared,
    medians,
    megabytes,
    options,
    said,
    seconds,
    table,
)
from benchmarks.stores import DAYS, UNTIL_MS, folder_of, new_store, store_of
from desktop_app.core.history.clock import Clock
from desktop_app.core.history.columns import COLUMNS, Kind
from desktop_app.core.history.coverage import DAY_MS
from desktop_app.core.history.export.exporter import Exporter
from desktop_app.core.history.export.request import Export, Format
from desktop_app.core.history.query import Query
from desktop_app.core.history.sql import sql_name
from desktop_app.core.history.store import Store

TITLE = "6 · Out of the store"
BAR = at_most(1.3)
KEYS = tuple(column.key for column in COLUMNS[:20])
CLOCK = Clock(ZoneInfo("Europe/London"), lambda: UNTIL_MS)
EVERYTHING = Query(UNTIL_MS - (DAYS + 1) * DAY_MS, UNTIL_MS + DAY_MS, clock=CLOCK)
_BARE = {
    Format.CSV: "FORMAT csv, HEADER",
    Format.PARQUET: "FORMAT parquet, COMPRESSION zstd",
}


def measured(rows: int, sheet_rows: int, rounds: int) -> list[Line]:
    lines: list[Line] = []
    with TemporaryDirectory(prefix="contact-history-") as name:
        folder = Path(name)
        with store_of(rows) as store:
            lines += [_against_duckdb(store, folder, each, rows, rounds) for each in _BARE]
        lines += _memory(folder, rows)
        with store_of(sheet_rows) as store:
            lines.append(_against_xlsxwriter(store, folder, sheet_rows, rounds))
    return lines


def _ours(exporter: Exporter, path: Path, query: Query = EVERYTHING) -> None:
    export = Export(query, KEYS, Format(path.suffix[1:]))
    exporter.write(export, path, now_ms=UNTIL_MS)


def _against_duckdb(store: Store, folder: Path, format: Format, rows: int, rounds: int) -> Line:
    bare = store._connection.cursor()
    bare.execute("USE store")
    exporter = Exporter(store)
    path = folder / f"ours.{format}"
    ours, peer = medians(
        rounds,
        lambda: seconds(lambda: _ours(exporter, path)),
        lambda: seconds(lambda: _copied(bare, folder / "peer", format)),
    )
    exporter.close()
    return compared(f"{rows:,} rows as {format.upper()}", ours, peer, BAR, _in_s)


def _copied(bare: duckdb.DuckDBPyConnection, path: Path, format: Format) -> None:
    cells = ", ".join(map(sql_name, KEYS))
    bare.execute(
        f"COPY (SELECT {cells} FROM contact ORDER BY start_ms DESC, no)"
        f" TO '{path}' ({_BARE[format]})"
    )


def _against_xlsxwriter(store: Store, folder: Path, rows: int, rounds: int) -> Line:
    exporter = Exporter(store)
    ours, peer = medians(
        rounds,
        lambda: seconds(lambda: _ours(exporter, folder / "ours.xlsx")),
        lambda: seconds(lambda: _constants(folder / "peer.xlsx", rows)),
    )
    exporter.close()
    return compared(f"{rows:,} rows as XLSX", ours, peer, BAR, _in_s)


_CONSTANTS = {
    Kind.TEXT: "Ana Ruiz",
    Kind.LIST: "Billing",
    Kind.ID: "8daafb9a-111b-4224-aff6-b23c79cc3c08",
}


def _constants(path: Path, rows: int) -> None:
    cells = [_CONSTANTS.get(column.kind, 45_000.5) for column in COLUMNS[: len(KEYS)]]
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        for row in range(rows):
            for place, cell in enumerate(cells):
                sheet.write(row, place, cell)


def _memory(folder: Path, rows: int) -> list[Line]:
    """The peak of an export, which sorts in memory up to the database's limit and beyond it on
    disk: it must be no more than the bare COPY's, and no more for twice the rows."""
    with folder_of(rows) as held:
        tenth = _peak_of(held, folder, "tenth")
        ours, peer = (_peak_of(held, folder, what) for what in ("ours", "peer"))
    with folder_of(2 * rows) as held:
        twice = _peak_of(held, folder, "ours")
    if not ours:
        return []  # this system doesn't tell
    return [
        Line(f"peak of memory, {rows // 10:,} rows", megabytes(tenth)),
        compared(f"peak of memory, {rows:,} rows", ours, peer, BAR, megabytes),
        compared(f"peak of memory, {2 * rows:,} rows and half", twice, ours, BAR, megabytes),
    ]


def _peak_of(held: Path, folder: Path, what: str) -> int:
    """In a process that has done nothing before; what the database keeps of earlier work would
    count otherwise. Bytes, 0 where the system doesn't tell."""
    with said(f"the peak of memory: {what}"):
        ran = subprocess.run(
            [
                *(sys.executable, "-m", "benchmarks.b6_export"),
                *("--peak", what, "--held", str(held), "--out", str(folder)),
            ],
            stdout=subprocess.PIPE,
            encoding="utf-8",
            check=True,
        )
    return int(ran.stdout)


def _peak_here(held: Path, folder: Path, what: str) -> int:
    end_ms = EVERYTHING.end_ms
    tenth = Query(end_ms - (DAYS + 2) * DAY_MS // 10, end_ms, clock=CLOCK)
    with new_store(held) as store:
        if not _forget_peak():
            return 0
        if what == "peer":
            bare = store._connection.cursor()
            bare.execute("USE store")
            _copied(bare, folder / "peer", Format.CSV)
        else:
            query = tenth if what == "tenth" else EVERYTHING
            _ours(Exporter(store), folder / "ours.csv", query)
        return _peak()


def _forget_peak() -> bool:
    """Begin to watch the peak anew; whether that is possible here."""
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return False
    return True


def _peak() -> int:
    """Bytes; the system's own count."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (line,) = [line for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(line.split()[1]) * 1024


def _in_s(duration: float) -> str:
    return f"{duration:.2f} s"


def main(arguments: list[str] | None = None) -> None:
    parser = options(__doc__, rows=1_000_000, sheet_rows=100_000, rounds=3)
    parser.add_argument("--peak", metavar="WHAT", help="Measure one export's memory alone.")
    parser.add_argument("--held", type=Path, help="The folder of its store.")
    parser.add_argument("--out", type=Path, help="The folder for its file.")
    given = parser.parse_args(arguments)
    if given.peak:
        print(_peak_here(given.held, given.out, given.peak))
        return
    notes = (
        f"{len(KEYS)} columns out of an encrypted file; medians over {given.rounds} rounds. The"
        " peers are DuckDB's bare COPY, sorted alike, and XlsxWriter fed constants."
    )
    print(table(TITLE, notes, measured(given.rows, given.sheet_rows, given.rounds)))


if __name__ == "__main__":
    main()
