"""Writing contacts into a file: found by one query, formatted by the database, whole or not at all.

Everything is read inside one transaction, so that a reading that goes on meanwhile changes
nothing of it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from desktop_app import __version__
from desktop_app.core.history import ledger
from desktop_app.core.history.completeness import completeness
from desktop_app.core.history.coverage import coverage
from desktop_app.core.history.export import masks, sources, writers
from desktop_app.core.history.export.parts import columns_of
from desktop_app.core.history.export.pieces import Piece, Sample, pieces, sampled
from desktop_app.core.history.export.provenance import Provenance
from desktop_app.core.history.export.request import Export
from desktop_app.core.history.export.sources import Source
from desktop_app.core.history.export.whole_file import whole_file, whole_folder
from desktop_app.core.history.lent import LentConnection
from desktop_app.core.history.store import Store

_SAMPLE = 500  # rows, by whose size the whole file's is told beforehand


@dataclass(frozen=True, slots=True)
class Estimate:
    """``size_bytes`` is about right: it is told from a few hundred rows."""

    rows: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Written:
    path: Path
    sidecar: Path
    rows: int
    size_bytes: int
    about: Provenance


class Exporter:
    """Has a connection of its own; ``progress`` and ``interrupt`` are for any thread, the rest
    for one."""

    def __init__(self, store: Store, *, mask_numbers: bool = False) -> None:
        """``mask_numbers`` hides customers' numbers in whatever is written (safety T45)."""
        self._store = store
        self._mask = mask_numbers
        self._lent = LentConnection(store)
        self._connection = self._lent.connection
        self._share: float | None = None
        if mask_numbers:
            masks.register(self._connection)
        self._connection.execute("SET enable_progress_bar = true")
        self._connection.execute("SET enable_progress_bar_print = false")

    def estimate(self, export: Export) -> Estimate:
        """What a file would hold, without writing it. Raises FilterMistake."""
        with self._reading():
            sample = self._sampled(export)
        length = writers.file_bytes(sample.bytes_each, export)
        return Estimate(sample.rows, round(sample.rows * length))

    def write(self, export: Export, path: Path, *, now_ms: int) -> Written:
        """Write the file, and beside it what it holds and how complete that is.

        A file of that name stays as it was until the new one is whole.  Raises ExportError,
        ExportCancelled after ``interrupt``, StoreError and FilterMistake.
        """
        sidecar = path.with_name(f"{path.name}.json")
        whole = whole_folder if export.style.by_day else whole_file
        with self._reading():
            sample = self._sampled(export)
            wanted = pieces(self._connection, export, sample)
            about = self._about(export, now_ms)
            with whole(path) as part:
                rows = writers.write(
                    self._connection,
                    export,
                    self._sources(wanted),
                    part,
                    about=lambda rows: replace(about, rows=rows).lines(),
                    on_rows=lambda done: self._on_done(done / max(1, sample.rows)),
                )
                sidecar.unlink(missing_ok=True)  # rather none than one that tells of another file
        about = replace(about, rows=rows)
        with whole_file(sidecar) as part:
            part.write_bytes(about.as_json())
        return Written(path, sidecar, rows, _size(path), about)

    def progress(self) -> float | None:
        """How much of what runs is done, 0 to 1; None while that isn't known."""
        if self._share is not None:
            return self._share
        with contextlib.suppress(duckdb.Error):
            share = self._connection.query_progress()
            return share / 100 if 0 <= share <= 100 else None
        return None

    def interrupt(self) -> None:
        """End what runs now; its caller gets ExportCancelled."""
        self._lent.interrupt()

    def close(self) -> None:
        self._lent.close()

    # ----------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            with self._lent.reading("The export was cancelled. Nothing was written."):
                yield
        finally:
            self._share = None

    def _sampled(self, export: Export) -> Sample:
        source = self._source(export, sample=_SAMPLE)
        return sampled(self._connection, export, source, _SAMPLE)

    def _sources(self, wanted: Sequence[Piece]) -> Iterator[tuple[Source, str]]:
        """Each is prepared when the one before it has been written."""
        total, before = sum(piece.contacts for piece in wanted), 0
        for piece in wanted:

            def on_staged(share: float, piece: Piece = piece, before: int = before) -> None:
                self._on_done((before + share * piece.contacts) / max(1, total))

            yield self._source(piece.export, on_staged=on_staged), piece.day
            before += piece.contacts

    def _source(
        self,
        export: Export,
        *,
        sample: int | None = None,
        on_staged: Callable[[float], None] | None = None,
    ) -> Source:
        return sources.source_of(
            self._connection,
            export,
            self._store.naming(),
            mask=self._mask,
            sample=sample,
            on_staged=on_staged or (lambda share: self._lent.check_stopped()),
        )

    def _on_done(self, share: float) -> None:
        self._lent.check_stopped()
        self._share = share if share < 1 else None

    def _about(self, export: Export, now_ms: int) -> Provenance:
        """Before the rows are counted."""
        query = export.query
        spans = ledger.spans(self._connection.execute, query.start_ms, query.end_ms)
        known = coverage(query.start_ms, query.end_ms, spans, now_ms=now_ms)
        return Provenance(
            filter=query.text,
            start_ms=query.start_ms,
            end_ms=query.end_ms,
            zone=query.clock.zone.key,
            complete=known.complete and known.synced_ms is not None,
            completeness=completeness(known, query.clock),
            synced_ms=known.synced_ms,
            rows=0,
            columns=(*export.columns, *(each.key for each in columns_of(export.shape))),
            shape=export.shape.value,
            format=export.format.value,
            app_version=__version__,
            made_ms=now_ms,
        )


def _size(path: Path) -> int:
    if path.is_dir():
        return sum(each.stat().st_size for each in path.rglob("*") if each.is_file())
    return path.stat().st_size
