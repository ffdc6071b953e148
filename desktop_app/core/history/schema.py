"""The store's tables, and how a contact becomes a row of them.

``contact`` has one SQL column for each column of the registry, so that any of them sorts and
filters at once, and the raw conversation, so that a new column is derived without asking the
service again.  ``no`` numbers contacts for the table on the screen and stays the same when a
contact is read again.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import duckdb

from desktop_app.core.genesys import wire
from desktop_app.core.history import columns
from desktop_app.core.history.columns import COLUMNS, Kind, Value
from desktop_app.core.history.conversation import Names, read_contact
from desktop_app.core.history.query import folded, sql_name

CATALOG = "store"
VERSION = 1

Execute = Callable[..., duckdb.DuckDBPyConnection]

_SQL_TYPES = {
    Kind.INSTANT: "BIGINT",  # milliseconds since 1970 UTC
    Kind.DURATION: "BIGINT",  # milliseconds
    Kind.COUNT: "BIGINT",
    Kind.NUMBER: "DOUBLE",
    Kind.TEXT: "VARCHAR",
    Kind.LIST: "VARCHAR",  # names, joined as they are shown
    Kind.FLAG: "BOOLEAN",
    Kind.ID: "VARCHAR",
}

_FIXED = {
    "no": "BIGINT PRIMARY KEY",
    "conversation_id": "VARCHAR NOT NULL UNIQUE",
    "start_ms": "BIGINT NOT NULL",
    "pass_ms": "BIGINT NOT NULL",  # the reading that met it last
    "state": "VARCHAR NOT NULL",  # of the outcome: good, warn, bad, none
    "haystack": "VARCHAR NOT NULL",  # what the text box searches, folded
    "raw": "VARCHAR NOT NULL",
}

_DERIVED = {sql_name(column.key): _SQL_TYPES[column.kind] for column in COLUMNS}
_CONTACT = _FIXED | _DERIVED

# Changes whenever a row would come out differently from the same conversation.
DERIVATION = f"{columns.VERSION}:" + ",".join(f"{name} {kind}" for name, kind in _DERIVED.items())

_SHAPE = json.dumps([{name: kind.split()[0] for name, kind in _CONTACT.items()}])


def put_contacts(table: str) -> str:
    """SQL that puts rows into a table; one that is there already keeps its number.

    One parameter carries a whole page as JSON: measured ten times faster than binding cells.
    """
    return (
        f"INSERT INTO {table} ({', '.join(_CONTACT)})"
        f" SELECT unnest(from_json(?::JSON, '{_SHAPE}'), max_depth := 2)"
        " ON CONFLICT (conversation_id) DO UPDATE SET "
        + ", ".join(
            f"{name} = excluded.{name}"
            for name in _CONTACT
            if name not in ("no", "conversation_id")
        )
    )


PUT_CONTACTS = put_contacts("contact")


@dataclass(frozen=True, slots=True)
class StoredContact:
    """A contact ready to be written."""

    conversation_id: str
    start_ms: int
    state: str
    cells: dict[str, Value]
    raw: str

    def as_row(self, no: int, pass_ms: int) -> dict[str, Any]:
        row: dict[str, Any] = {
            "no": no,
            "conversation_id": self.conversation_id,
            "start_ms": self.start_ms,
            "pass_ms": pass_ms,
            "state": self.state,
            "haystack": haystack(self.cells),
            "raw": self.raw,
        }
        for key, value in self.cells.items():
            row[sql_name(key)] = value
        return row


def stored_contact(
    raw: bytes, conversation: wire.Conversation, names: Names
) -> StoredContact | None:
    """Derive a contact's row; None for a conversation without an id or any instant."""
    contact = read_contact(conversation, names)
    if not contact.conversation_id or contact.start_ms is None:
        return None
    return StoredContact(
        conversation_id=contact.conversation_id,
        start_ms=contact.start_ms,
        state=contact.outcome_state,
        cells=columns.row(contact),
        raw=raw.decode("utf-8", "replace"),
    )


_SEARCHABLE = tuple(column.key for column in COLUMNS if column.searchable)


def haystack(cells: dict[str, Value]) -> str:
    """The texts that the text box searches, folded; a line break keeps cells apart."""
    return folded("\n".join(str(cells[key]) for key in _SEARCHABLE if cells.get(key)))


def create(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the tables that aren't there yet."""
    execute = connection.execute
    create_contact(connection, "contact")
    execute(
        "CREATE TABLE IF NOT EXISTS position (start_ms BIGINT, end_ms BIGINT, pass_no INTEGER,"
        " pass_ms BIGINT, next_page INTEGER, page_size INTEGER, total_hits BIGINT, moved BOOLEAN,"
        " unreadable INTEGER, PRIMARY KEY (start_ms, end_ms))"
    )
    execute(
        "CREATE TABLE IF NOT EXISTS span (start_ms BIGINT, end_ms BIGINT, synced_ms BIGINT,"
        " total_hits BIGINT, doubt VARCHAR)"
    )
    execute(
        "CREATE TABLE IF NOT EXISTS name"
        " (kind VARCHAR, id VARCHAR, name VARCHAR, PRIMARY KEY (kind, id))"
    )
    execute("CREATE TABLE IF NOT EXISTS meta (key VARCHAR PRIMARY KEY, value VARCHAR)")


def create_contact(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """Make a table of contacts if it isn't there yet."""
    connection.execute(f"CREATE TABLE IF NOT EXISTS {table} ({_definition(_CONTACT)})")


def _definition(fields: dict[str, str]) -> str:
    return ", ".join(f"{name} {kind}" for name, kind in fields.items())
