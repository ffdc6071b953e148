"""Keeping a data set of Parquet files up to date: new and changed days only, each file whole.

    FOLDER/contacts/utc_day=2026-11-20/contacts.parquet
    FOLDER/manifest.json

A day's file has a fixed name, is written beside its place and put there in one step.  The
manifest comes last: a data set whose writer was killed reads all the same, and the next run ends
what was begun.  Nothing that was published is ever deleted.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple, dataclass, field
from pathlib import Path
from typing import Any

import duckdb
from msgspec import structs

from desktop_app import __version__
from desktop_app.core.errors import StoreFull, TargetRefused
from desktop_app.core.history import columns as registry
from desktop_app.core.history import ledger, schema
from desktop_app.core.history.coverage import DAY_MS, Day, calendar
from desktop_app.core.history.export import masks, sources
from desktop_app.core.history.export.provenance import iso
from desktop_app.core.history.export.request import Export, Format, Shape
from desktop_app.core.history.export.sources import Source
from desktop_app.core.history.export.whole_file import clear_stale, meaning, whole_file
from desktop_app.core.history.failures import meaning as database_meaning
from desktop_app.core.history.lent import LentConnection
from desktop_app.core.history.publish import manifest as manifests
from desktop_app.core.history.publish.manifest import (
    ColumnEntry,
    Manifest,
    PublishedDay,
    TableEntry,
)
from desktop_app.core.history.publish.tables import TABLES, Table, columns, content, selected
from desktop_app.core.history.query import UTC, Query
from desktop_app.core.history.store import Store

_SAVED_EVERY = 30  # files: what a kill costs at most
# Whatever the rows' order; of two that are the same the first hash tells nothing, the second does.
_HASHED = "SELECT count(*), bit_xor(hash({0})), sum(hash({0}))"
_CANCELLED = "Publishing was stopped. Days that were written by then are whole."


@dataclass(slots=True)
class Published:
    """``kept`` days were published better than they are held now; ``incomplete`` lists days
    that are published and not complete.  ``rows`` and ``size_bytes`` are of what was written."""

    written: int = 0
    unchanged: int = 0
    kept: int = 0
    rows: int = 0
    size_bytes: int = 0
    incomplete: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Place:
    """A day of a table, and where it lies."""

    table: Table
    day: Day
    name: str

    @property
    def file(self) -> str:
        return f"{self.table.name}/utc_day={self.name}/{self.table.name}.parquet"


class Publisher:
    """Has a connection of its own; ``interrupt`` is for any thread, the rest for one."""

    def __init__(
        self, store: Store, folder: Path, *, owner: str, mask_numbers: bool = False
    ) -> None:
        """``owner`` tells whose contacts they are; ``mask_numbers`` hides customers' numbers in
        whatever is written (safety T45)."""
        self._store = store
        self._folder = folder
        self._owner = owner
        self._mask = mask_numbers
        self._lent = LentConnection(store)
        self._connection = self._lent.connection
        if mask_numbers:
            masks.register(self._connection)

    def publish(
        self,
        start_ms: int,
        end_ms: int,
        *,
        now_ms: int,
        shapes: Sequence[Shape] = (Shape.CONVERSATION,),
        on_day: Callable[[int, int], None] = lambda done, total: None,
    ) -> Published:
        """Write what is new of the UTC days that a range touches and of which something is held.

        ``on_day`` hears how many days are done, of how many.  Raises ExportError, StoreError, and
        ExportCancelled after ``interrupt``.
        """
        told = Published()
        with self._lent.reading(_CANCELLED):
            manifest = self._manifest()
            tables = [table for table in TABLES if table.shape in shapes]
            days = [day for day in self._days(start_ms, end_ms, now_ms) if day.synced_ms]
            saved = 0
            try:
                for done, (table, day) in enumerate(_each(tables, days)):
                    on_day(done, len(tables) * len(days))
                    self._lent.check_stopped()
                    self._publish_day(manifest, table, day, now_ms, told)
                    if told.written - saved >= _SAVED_EVERY:
                        manifests.save(self._folder, manifest, iso(now_ms))
                        saved = told.written
            finally:
                manifests.save(self._folder, manifest, iso(now_ms))
        return told

    def interrupt(self) -> None:
        self._lent.interrupt()

    def close(self) -> None:
        self._lent.close()

    # --- what there is ----------------------------------------------------------------------------

    def _manifest(self) -> Manifest:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise meaning(error, self._folder) from None
        manifest = manifests.load(self._folder, self._owner)
        manifest.app_version = __version__
        manifest.masked = self._mask
        for table in TABLES:
            if table.name in manifest.tables or (self._folder / table.name).is_dir():
                for folder in (self._folder / table.name).glob("utc_day=*"):
                    clear_stale(folder)
        return manifest

    def _days(self, start_ms: int, end_ms: int, now_ms: int) -> list[Day]:
        first, last = start_ms - start_ms % DAY_MS, -(-end_ms // DAY_MS) * DAY_MS
        execute = self._connection.execute
        spans = ledger.spans(execute, first, last)
        positions = ledger.positions(execute, first, last)
        return calendar(first, last, spans, positions, now_ms=now_ms)

    # --- one day ----------------------------------------------------------------------------------

    def _publish_day(
        self, manifest: Manifest, table: Table, day: Day, now_ms: int, told: Published
    ) -> None:
        entry = manifest.tables.setdefault(table.name, TableEntry(version=table.version))
        entry.version = table.version
        entry.columns = [ColumnEntry(*astuple(column)) for column in columns(table)]
        place = _Place(table, day, iso(day.day_ms)[:10])
        before = entry.days.get(place.name)
        is_complete, why = _completeness(day)
        if before is not None and before.complete and not is_complete:
            told.kept += 1
            return
        if not is_complete:
            told.incomplete.append(place.name)
        held = structs.replace(
            before or PublishedDay(file=place.file),
            complete=is_complete,
            why=why,
            synced=iso(day.synced_ms),
            source=self._source_hash(place),
        )
        entry.days[place.name] = self._brought(place, before, held, now_ms, told)

    def _brought(
        self,
        place: _Place,
        before: PublishedDay | None,
        held: PublishedDay,
        now_ms: int,
        told: Published,
    ) -> PublishedDay:
        """Write the file unless it holds the same rows already."""
        is_there = before is not None and self._is_there(before)
        if is_there and before is not None and held.source and before.source == held.source:
            told.unchanged += 1
            return held
        prepared = self._prepared(place)
        rows, digest = self._hash(place, prepared)
        if is_there and digest == held.hash:
            told.unchanged += 1
            return held
        size = self._write(place, prepared)
        told.written += 1
        told.rows += rows
        told.size_bytes += size
        return structs.replace(held, rows=rows, bytes=size, hash=digest, written=iso(now_ms))

    def _is_there(self, published: PublishedDay) -> bool:
        try:
            return (self._folder / published.file).stat().st_size == published.bytes
        except OSError:
            return False

    def _source_hash(self, place: _Place) -> str:
        """Of all that the day's rows are made of, without making them.

        A part's names come from its conversation's ids: any new name counts as a change.  None
        where numbers are hidden, for it could be told from a hash what was hidden.
        """
        if self._mask:
            return ""
        contacts = f"{content(_contacts_of(place.table), mask=False)}, fingerprint"
        found = self._one(
            f"{_HASHED.format(contacts)} FROM contact WHERE start_ms >= ? AND start_ms < ?",
            [place.day.day_ms, place.day.day_ms + DAY_MS],
        )
        names: tuple[Any, ...] = ()
        if place.table.shape is not Shape.CONVERSATION:
            names = self._one(f"{_HASHED.format('kind, id, name')} FROM name", [])
        return _joined(*found, *names, registry.VERSION, self._form(place.table))

    def _prepared(self, place: _Place) -> Source:
        start_ms = place.day.day_ms
        query = Query(start_ms, start_ms + DAY_MS, descending=False, clock=UTC)
        export = Export(query, place.table.keys, Format.PARQUET, place.table.shape)
        return sources.source_of(
            self._connection,
            export,
            self._store.naming(),
            mask=self._mask,
            on_staged=lambda share: self._lent.check_stopped(),
        )

    def _hash(self, place: _Place, prepared: Source) -> tuple[int, str]:
        """How many rows, and a hash of them that doesn't ask for their order."""
        values = content(place.table, mask=self._mask)
        found = self._one(f"{_HASHED.format(values)} FROM {prepared.tables}", prepared.values)
        return int(found[0]), _joined(*found, self._form(place.table))

    def _form(self, table: Table) -> str:
        """What the file's form depends on: its columns, and whether numbers are hidden."""
        fields = [(column.name, column.type) for column in columns(table)]
        return f"{schema.hashed(repr((fields, self._mask)).encode()):x}"

    def _write(self, place: _Place, prepared: Source) -> int:
        path = self._folder / place.file
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            leads_out = not path.parent.resolve().is_relative_to(self._folder.resolve())
        except OSError as error:
            raise meaning(error, path.parent) from None
        if leads_out:
            raise TargetRefused(
                f"{path.parent} leads out of the published folder. Take the link away, or choose"
                " another folder."
            )
        select = ", ".join(selected(place.table, mask=self._mask))
        with whole_file(path) as part:
            target = str(part).replace("'", "''")
            try:
                self._connection.execute(
                    f"COPY (SELECT {select} FROM {prepared.tables} ORDER BY {prepared.order})"
                    f" TO '{target}' (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)",
                    prepared.values,
                )
            except duckdb.Error as error:
                if isinstance(database_meaning(error), StoreFull):  # not the store, the folder
                    raise OSError(errno.ENOSPC, "no room") from None
                raise
        return path.stat().st_size

    def _one(self, sql: str, values: Sequence[object]) -> tuple[Any, ...]:
        return self._connection.execute(sql, values).fetchone() or ()


def _each(tables: Sequence[Table], days: Sequence[Day]) -> Iterator[tuple[Table, Day]]:
    for day in days:
        for table in tables:
            yield table, day


def _contacts_of(table: Table) -> Table:
    """The table whose columns tell of a change: parts are made of their contacts."""
    return TABLES[0] if table.shape is not Shape.CONVERSATION else table


def _completeness(day: Day) -> tuple[bool, str]:
    """A day that still goes on is not complete, however much of it was read."""
    if day.state == "synced" and day.synced_ms < day.day_ms + DAY_MS:
        return False, "the day goes on"
    return day.state == "synced", day.why


def _joined(*values: object) -> str:
    return ".".join(f"{value:x}" if isinstance(value, int) else str(value) for value in values)
