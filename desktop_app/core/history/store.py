"""The store: contacts on this machine, encrypted, with what is known about their completeness.

One DuckDB file per organisation and user, attached with a key that only the operating
system's keyring holds (safety.md §4 in short: no key or no cryptography means a store in
memory, never a plain file).  The cryptography is OpenSSL's, from DuckDB's own ``httpfs``
extension, installed as a package and loaded by path.

A page of contacts, the names learnt with it and the position reached are written in one
transaction, so that whatever happens the store and its position agree.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple, Protocol

import duckdb

from desktop_app.core.errors import StoreError
from desktop_app.core.genesys.directory import local_name
from desktop_app.core.history import ledger, migration, own, schema, upsert
from desktop_app.core.history.columns import Value
from desktop_app.core.history.coverage import Position, Slice, Span
from desktop_app.core.history.failures import translated
from desktop_app.core.history.parties import Names
from desktop_app.core.history.reader import Reader
from desktop_app.core.history.store_file import StoreFile

Name = tuple[str, str]  # kind, id


class Page(NamedTuple):
    """What one answer of the service brought, and how far its slice has come with it."""

    contacts: Sequence[schema.StoredContact]
    names: Mapping[Name, str]
    at: Position


class Holdings(NamedTuple):
    """``first_ms`` and ``last_ms`` are starts of contacts, 0 when there is none."""

    contacts: int
    first_ms: int
    last_ms: int
    size_bytes: int


class Borrower(Protocol):
    """What reads the store with a connection of its own."""

    def close(self) -> None: ...


class Store:
    """An open store. ``write…`` methods belong to one thread; each reader to one of its own.

    ``why_in_memory`` is empty for a file, else the sentence that says why nothing is kept.
    ``on_damage`` is told, on any thread, when the file turns out to be damaged.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        *,
        file: StoreFile | None = None,
        forget_key: Callable[[], None] = lambda: None,
        why_in_memory: str = "",
        on_damage: Callable[[], None] = lambda: None,
    ) -> None:
        self._connection = connection
        self._file = file
        self._forget_key = forget_key
        self.on_damage = on_damage
        self._lock = threading.Lock()
        self._borrowers: list[Borrower] = []
        self.why_in_memory = why_in_memory
        migration.prepare(connection)
        row = connection.execute("SELECT coalesce(max(no), 0) FROM contact").fetchone()
        self._next_no = (row[0] if row else 0) + 1

    def reader(self) -> Reader:
        """A reader with a connection of its own: it sees each transaction whole."""
        reader = Reader(self._connect(), self.on_damage)
        self._borrowers.append(reader)
        return reader

    def lend(self, borrower: Borrower) -> duckdb.DuckDBPyConnection:
        """A connection of its own, for reading; the borrower is closed before the store is."""
        self._borrowers.append(borrower)
        return self._connect()

    def _connect(self) -> duckdb.DuckDBPyConnection:
        cursor = self._connection.cursor()
        cursor.execute(f"USE {schema.CATALOG}")
        return cursor

    # --- contacts -----------------------------------------------------------------------------

    def write_page(
        self, contacts: Sequence[schema.StoredContact], names: Mapping[Name, str], at: Position
    ) -> None:
        """Put in a page of contacts and the position after it, whole or not at all."""
        self.write_pages([Page(contacts, names, at)])

    def write_pages(self, pages: Sequence[Page]) -> None:
        """Put in pages of several slices, all or none. Costs little more than one page."""
        with self._transaction() as execute:
            for pass_ms, together in groupby(pages, key=lambda page: page.at.pass_ms):
                met = list(together)
                self._put_contacts([each for page in met for each in page.contacts], pass_ms)
                ledger.put_names(execute, _merged(page.names for page in met), pass_ms)
            for page in pages:
                ledger.put_position(execute, page.at)

    def write_end(self, span: Span, *, pass_ms: int) -> int:
        """Note a slice as read to its end; returns how many contacts are gone upstream.

        Contacts of the slice that the last pass didn't meet no longer exist there (privacy
        deletions), so they go here too.
        """
        with self._transaction() as execute:
            where = "start_ms >= ? AND start_ms < ? AND pass_ms < ?"
            values = (span.start_ms, span.end_ms, 0 if span.scope else pass_ms)
            gone = _drop(execute, where, values)
            ledger.put_span(execute, span)
        return gone

    def purge(self, before_ms: int) -> int:
        """Drop contacts that began before an instant, and what is known of reading them; returns
        how many (safety T34)."""
        with self._transaction() as execute:
            old = _drop(execute, "start_ms < ?", (before_ms,))
            ledger.purge(execute, before_ms)
        return old

    def holdings(self) -> Holdings:
        """What is held, in a few numbers."""
        row = self._one("SELECT count(*), min(start_ms), max(start_ms) FROM contact", ())
        count, first_ms, last_ms = row or (0, None, None)
        return Holdings(count, first_ms or 0, last_ms or 0, self.size_bytes())

    def count_before(self, ms: int) -> int:
        """How many contacts ``purge`` would drop."""
        row = self._one("SELECT count(*) FROM contact WHERE start_ms < ?", (ms,))
        return int(row[0]) if row else 0

    def _put_contacts(self, contacts: Sequence[schema.StoredContact], pass_ms: int) -> None:
        self._next_no = upsert.put(self._connection, contacts, self._next_no, pass_ms)

    # --- what people set, and what the store works out ----------------------------------------

    def mark_seen(self, numbers: Sequence[int]) -> None:
        """The person has looked at what was rewritten: it is news no more."""
        own.mark_seen(self._in_transaction, numbers)

    def annotate(self, numbers: Sequence[int], **values: Value) -> None:
        """Set ``mark`` (1 to 9), ``tag``, ``note`` or ``reviewed`` of contacts; None takes it off.

        Raises KeyError for any other name.
        """
        own.annotate(self._in_transaction, numbers, values)

    def refresh_repeats(self) -> None:
        """Count anew which contact of its customer each one is, and how long after the last."""
        own.refresh_repeats(self._in_transaction)

    # --- positions and spans ------------------------------------------------------------------

    def position(self, wanted: Slice, scope: str = "") -> Position | None:
        """Where an interrupted reading of this slice goes on."""
        with self._transaction() as execute:
            return ledger.position(execute, wanted, scope)

    def positions(self, start_ms: int, end_ms: int, scope: str = "") -> list[Position]:
        """Interrupted readings inside a range."""
        with self._transaction() as execute:
            return ledger.positions(execute, start_ms, end_ms, scope)

    def spans(self, start_ms: int, end_ms: int) -> list[Span]:
        """Spans that touch a range."""
        with self._transaction() as execute:
            return ledger.spans(execute, start_ms, end_ms)

    def still_open(self, start_ms: int, end_ms: int) -> list[tuple[str, int]]:
        """Ids and starts of contacts that had not ended when they were read."""
        with self._transaction() as execute:
            return ledger.still_open(execute, start_ms, end_ms)

    def names_learnt_before(self, ms: int) -> list[Name]:
        """Names that are older than an instant."""
        with self._transaction() as execute:
            return ledger.names_learnt_before(execute, ms)

    def write_contacts(
        self,
        contacts: Sequence[schema.StoredContact],
        names: Mapping[Name, str],
        *,
        pass_ms: int,
    ) -> None:
        """Put in contacts that belong to no page: those that were still open, read again."""
        with self._transaction() as execute:
            self._put_contacts(contacts, pass_ms)
            ledger.put_names(execute, names, pass_ms)

    def ids_of_pass(self, inside: Slice, pass_ms: int) -> set[str]:
        """The conversations of a slice that a pass has met so far."""
        rows = self._all(
            "SELECT conversation_id FROM contact"
            " WHERE start_ms >= ? AND start_ms < ? AND pass_ms = ?",
            (inside.start_ms, inside.end_ms, pass_ms),
        )
        return {row[0] for row in rows}

    # --- names --------------------------------------------------------------------------------

    def names(self) -> dict[Name, str]:
        """Every name learnt so far, by kind and id."""
        return {(kind, id_): name for kind, id_, name in self._all("SELECT * FROM name", ())}

    def naming(self) -> Names:
        """Names by kind and id as they are known now, for reading a contact again."""
        known = self.names()
        return lambda kind, id_: known.get((kind, id_)) or local_name(kind, id_)

    # --- connection ---------------------------------------------------------------------------

    def close(self) -> None:
        """End all reading, write what the log still holds and let the file go."""
        for borrower in self._borrowers:
            borrower.close()
        with self._lock, contextlib.suppress(duckdb.Error):
            self._connection.close()

    def erase(self) -> None:
        """Close the store and delete it for good: the key, without which every copy of the file
        is noise, and the file (safety T34).

        Raises StoreUnsafe when the keyring keeps the key, StoreError when a file stays; the rest
        is gone then, and calling it again is safe.
        """
        self.close()
        try:
            self._forget_key()
        finally:
            if self._file is not None:
                _delete(self._file)

    def size_bytes(self) -> int:
        """What the store takes on disk, 0 in memory. For any thread."""
        return self._file.size_bytes() if self._file else 0

    def _in_transaction(self, work: Callable[[schema.Execute], object]) -> None:
        with self._transaction() as execute:
            work(execute)

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[schema.Execute]:
        with self._lock, translated(self.on_damage):
            self._connection.begin()
            try:
                yield self._connection.execute
            except BaseException:
                with contextlib.suppress(duckdb.Error):  # after some failures it is over already
                    self._connection.rollback()
                with contextlib.suppress(duckdb.Error):
                    upsert.restore(self._connection)
                raise
            self._connection.commit()

    def _all(self, sql: str, values: Iterable[object]) -> list[tuple[Any, ...]]:
        with self._lock, translated(self.on_damage):
            return self._connection.execute(sql, list(values)).fetchall()

    def _one(self, sql: str, values: Iterable[object]) -> tuple[Any, ...] | None:
        rows = self._all(sql, values)
        return rows[0] if rows else None


def _merged(parts: Iterable[Mapping[Name, str]]) -> dict[Name, str]:
    return {name: value for part in parts for name, value in part.items()}


def _delete(file: StoreFile) -> None:
    try:
        file.delete()
    except OSError:
        raise StoreError(
            "The files of the local history could not be deleted. Close other programs that may"
            " have them open, such as a backup, and try again."
        ) from None


def _drop(execute: schema.Execute, where: str, values: tuple[object, ...]) -> int:
    """Drop contacts with their earlier versions; returns how many contacts."""
    found = execute(f"SELECT count(*) FROM contact WHERE {where}", values).fetchone()
    count = int(found[0]) if found else 0
    if count:
        execute(f"DELETE FROM version WHERE no IN (SELECT no FROM contact WHERE {where})", values)
        execute(f"DELETE FROM contact WHERE {where}", values)
    return count
