"""Stores to measure on: practice contacts, read as the application reads them, many times over.

Deriving a million contacts would take minutes, so the first ``SEEDED`` are derived from practice
conversations and SQL copies them with other numbers, ids and instants.  The conversations
themselves are left out of the copies: no reading of the table touches them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from benchmarks.measuring import said
from desktop_app.core.genesys import wire
from desktop_app.core.genesys.directory import local_name
from desktop_app.core.history.columns import COLUMNS, Kind
from desktop_app.core.history.coverage import DAY_MS, Position, Slice
from desktop_app.core.history.schema import StoredContact, stored_contact
from desktop_app.core.history.sql import sql_name
from desktop_app.core.history.store import Store
from desktop_app.core.history.vault import open_store
from desktop_app.practice.contacts import Contacts, make_contacts

SEEDED = 10_000
DAYS = 30
UNTIL_MS = 1_795_132_800_000  # 20 November 2026, midnight UTC
START_MS = UNTIL_MS - DAYS * DAY_MS
KEY = "5a" * 32
_PAGE = 1000


def practice_contacts(count: int) -> Contacts:
    return make_contacts(seed=1, conversations=count, days=DAYS, until_ms=UNTIL_MS)


def raw_conversations(contacts: Contacts) -> Iterator[bytes]:
    """As the service's answers hold them."""
    for index in range(len(contacts)):
        yield msgspec.json.encode(contacts.conversation(index, attributes=True))


@contextmanager
def new_store(folder: Path) -> Iterator[Store]:
    """An empty encrypted store in a folder. Raises RuntimeError where there can be none."""
    store = open_store(folder, "benchmark", lambda name: KEY)
    if store.why_in_memory:
        raise RuntimeError(store.why_in_memory)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def folder_of(count: int) -> Iterator[Path]:
    """A folder with an encrypted store of ``count`` contacts, for ``new_store``."""
    with TemporaryDirectory(prefix="contact-history-") as folder:
        with said(f"making a store of {count:,} contacts"), new_store(Path(folder)) as store:
            fill(store, count)
        yield Path(folder)


@contextmanager
def store_of(count: int) -> Iterator[Store]:
    """An encrypted store of ``count`` contacts in a file that goes with it."""
    with folder_of(count) as folder, new_store(folder) as store:  # numbers go on after the copies'
        yield store


def fill(store: Store, count: int) -> None:
    """Derive the first contacts, copy the rest."""
    contacts = practice_contacts(min(count, SEEDED))
    known = contacts.directory.names()

    def name(kind: str, wanted: str) -> str | None:
        return known.get((kind, wanted)) or local_name(kind, wanted)

    page: list[StoredContact] = []
    for raw in raw_conversations(contacts):
        contact = stored_contact(raw, wire.decode(raw, wire.Conversation), name)
        if contact is not None:
            page.append(contact)
        if len(page) == _PAGE:
            _write(store, page)
            page = []
    _write(store, page)
    _copy(store, count)


def _write(store: Store, page: list[StoredContact]) -> None:
    at = Position(Slice(START_MS, UNTIL_MS), 1, UNTIL_MS, 1, _PAGE)
    store.write_page(page, {}, at)


def _copy(store: Store, count: int) -> None:
    """Multiply what is there, up to ``count``; each copy lies a little later than its original."""
    execute = store._connection.execute
    names = [row[0] for row in execute("DESCRIBE contact").fetchall()]
    instants = [sql_name(column.key) for column in COLUMNS if column.kind is Kind.INSTANT]
    shift = "(7919 * copy) % 3_600_000"
    changed = {
        "no": f"no + copy * {SEEDED}",
        "conversation_id": "id",
        sql_name("conversation_id"): "id",
        "start_ms": f"start_ms + {shift}",
        **{instant: f"{instant} + {shift}" for instant in instants},
        # Else a search would look at each text once, in DuckDB's dictionary of them.
        "haystack": "haystack || chr(10) || id",
        sql_name("customer"): f"{sql_name('customer')} || ' ' || copy",
        "raw": "'{}'",
    }
    there = _count(store)
    copies = -(-count // there) - 1 if there else 0
    values = ", ".join(changed.get(name, name) for name in names)
    execute("BEGIN")
    execute(
        f"INSERT INTO contact ({', '.join(names)}) SELECT {values} FROM"
        " (SELECT *, uuid()::VARCHAR AS id FROM contact, range(1, ? + 1) AS r(copy)"
        " ORDER BY start_ms + copy LIMIT ?)",
        [copies, count - there],
    )
    execute("COMMIT")
    execute("CHECKPOINT")


def _count(store: Store) -> int:
    row = store._connection.execute("SELECT count(*) FROM contact").fetchone()
    return int(row[0]) if row else 0
