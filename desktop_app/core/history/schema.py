"""The store's tables, and how a contact becomes a row of them.

``contact`` has one SQL column for each column of the registry, so that any of them sorts and
filters at once, and the raw conversation, so that a new column is derived without asking the
service again.  ``no`` numbers contacts for the table on the screen and stays the same when a
contact is read again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import duckdb
import msgspec

from desktop_app.core.genesys import wire
from desktop_app.core.history import columns, ledger
from desktop_app.core.history.columns import COLUMNS, OWN, Kind, Value
from desktop_app.core.history.conversation import Names, read_contact
from desktop_app.core.history.folding import haystack
from desktop_app.core.history.sql import sql_name

CATALOG = "store"
VERSION = 2

Execute = Callable[..., duckdb.DuckDBPyConnection]

_SQL_TYPES = {
    Kind.INSTANT: "BIGINT",  # milliseconds since 1970 UTC
    Kind.DURATION: "BIGINT",  # milliseconds
    Kind.COUNT: "BIGINT",
    Kind.NUMBER: "DOUBLE",
    Kind.TEXT: "VARCHAR",
    Kind.LIST: "VARCHAR[]",
    Kind.FLAG: "BOOLEAN",
    Kind.ID: "VARCHAR",
}

_FIXED = {
    "no": "BIGINT PRIMARY KEY",
    "conversation_id": "VARCHAR NOT NULL UNIQUE",
    "start_ms": "BIGINT NOT NULL",
    "pass_ms": "BIGINT NOT NULL",  # the reading that met it last
    "state": "VARCHAR NOT NULL",  # of the outcome: good, warn, bad, none
    "fingerprint": "BIGINT NOT NULL",  # of what the service says, to notice that it says otherwise
    "haystack": "VARCHAR NOT NULL",  # what the text box searches, folded
    "attributes": "MAP(VARCHAR, VARCHAR)",
    "raw": "VARCHAR NOT NULL",
}

_DERIVED = {
    sql_name(column.key): _SQL_TYPES[column.kind] for column in COLUMNS if column.derive is not None
}
OWN_NAMES = {sql_name(column.key): _SQL_TYPES[column.kind] for column in OWN}
_INCOMING = _FIXED | _DERIVED
_CONTACT = _INCOMING | OWN_NAMES

# Changes whenever a row would come out differently from the same conversation.
DERIVATION = f"{columns.VERSION}:" + ",".join(f"{name} {kind}" for name, kind in _CONTACT.items())

_SHAPE = json.dumps(
    [
        {
            name: ["VARCHAR"]
            if kind == "VARCHAR[]"
            else kind.removesuffix(" NOT NULL UNIQUE")
            .removesuffix(" PRIMARY KEY")
            .removesuffix(" NOT NULL")
            for name, kind in _INCOMING.items()
        }
    ]
)

# One parameter carries a whole page as JSON: measured ten times faster than binding cells.
TAKE_IN = (
    "CREATE OR REPLACE TEMP TABLE incoming AS"
    f" SELECT unnest(from_json(?::JSON, '{_SHAPE}'), max_depth := 2)"
)

_REWRITTEN = "contact.c_end IS NOT NULL AND contact.fingerprint <> {new}.fingerprint"

# An ended contact that the service tells otherwise by now: what it told before is kept. One that
# was still going on has only gone on.
KEEP_VERSIONS = (
    "INSERT INTO version SELECT contact.no, contact.pass_ms, contact.raw FROM contact"
    f" JOIN incoming USING (conversation_id) WHERE {_REWRITTEN.format(new='incoming')}"
)


def put_contacts(table: str) -> str:
    """SQL that puts what was taken in into a table; a contact that is there keeps its number and
    what people have set on it."""
    changed = _REWRITTEN.format(new="excluded").replace("contact.", f"{table}.")
    kept = ", ".join(
        f"{name} = excluded.{name}" for name in _INCOMING if name not in ("no", "conversation_id")
    )
    return (
        f"INSERT INTO {table} ({', '.join(_INCOMING)}, c_synced_at)"
        f" SELECT {', '.join(_INCOMING)}, pass_ms FROM incoming"
        f" ON CONFLICT (conversation_id) DO UPDATE SET {kept}, c_synced_at = excluded.c_synced_at,"
        f" c_changed = CASE WHEN {changed} THEN true ELSE {table}.c_changed END,"
        f" c_changed_at = CASE WHEN {changed} THEN excluded.pass_ms ELSE {table}.c_changed_at END"
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
    attributes: dict[str, str] = field(default_factory=dict)
    fingerprint: int = 0

    def as_row(self, no: int, pass_ms: int) -> dict[str, Any]:
        row: dict[str, Any] = {
            "no": no,
            "conversation_id": self.conversation_id,
            "start_ms": self.start_ms,
            "pass_ms": pass_ms,
            "state": self.state,
            "fingerprint": self.fingerprint,
            "haystack": haystack(self.cells),
            "attributes": self.attributes,
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
        attributes=contact.attributes,
        fingerprint=fingerprint(conversation),
    )


def fingerprint(conversation: wire.Conversation) -> int:
    """64 bits of the fields that are known, in an order of their own."""
    known = msgspec.json.encode(conversation)
    return int.from_bytes(hashlib.blake2b(known, digest_size=8).digest(), "big", signed=True)


def create(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the tables that aren't there yet."""
    execute = connection.execute
    create_contact(connection, "contact")
    ledger.create(connection)
    execute("CREATE TABLE IF NOT EXISTS version (no BIGINT, seen_ms BIGINT, raw VARCHAR)")
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
