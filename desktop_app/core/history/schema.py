"""The store's tables, and how a contact becomes a row of them.

``contact`` has one SQL column for each column of the registry, so that any of them sorts and
filters at once, and the raw conversation, so that a new column is derived without asking the
service again.  ``no`` numbers contacts for the table on the screen and stays the same when a
contact is read again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

import duckdb
import msgspec

from desktop_app.core.genesys import wire
from desktop_app.core.history import columns, ledger
from desktop_app.core.history.columns import COLUMNS, OWN, Kind, Value
from desktop_app.core.history.conversation import Names, read_contact
from desktop_app.core.history.folding import haystack
from desktop_app.core.history.sql import has_sort_text, sort_text, sql_name, sql_sort_name

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
    "no": "BIGINT",
    "conversation_id": "VARCHAR",
    "id_hash": "BIGINT",  # by which a conversation is found: an eighth of the id's length
    "start_ms": "BIGINT",
    "pass_ms": "BIGINT",  # the reading that met it last
    "state": "VARCHAR",  # of the outcome: good, warn, bad, none
    "fingerprint": "BIGINT",  # of what the service says, to notice that it says otherwise
    "haystack": "VARCHAR",  # what the text box searches, folded
    "attributes": "MAP(VARCHAR, VARCHAR)",
    "raw": "VARCHAR",
}

_STORAGE = dict.fromkeys(
    _FIXED.keys() - {"id_hash", "fingerprint", "attributes", "raw"}, "NOT NULL"
) | {
    # By itself DuckDB compresses texts as long as these nearly four times worse, and slower.
    "raw": "NOT NULL USING COMPRESSION zstd"
}

_DERIVED = {column.key: sql_name(column.key) for column in COLUMNS if column.derive is not None}
_SORTED = {column.key: sql_sort_name(column.key) for column in COLUMNS if has_sort_text(column)}
OWN_NAMES = tuple(sql_name(column.key) for column in OWN)

CONTACT = (
    _FIXED
    | {sql_name(column.key): _SQL_TYPES[column.kind] for column in COLUMNS}
    | dict.fromkeys(_SORTED.values(), "VARCHAR")
)
"""The columns of table contact with their types, in its order."""

# Changes whenever a row would come out differently from the same conversation.
DERIVATION = f"{columns.VERSION}:" + ",".join(f"{name} {kind}" for name, kind in CONTACT.items())

# From 2,048 bytes on hashlib lets other threads go on, and then waits for them longer than for the
# hash itself.
_HASHED_AT_ONCE = 2047

_EMPTY: tuple[Value, ...] = (None, "", ())

Cell = Value | dict[str, str]
Row = dict[str, Cell]  # by SQL column; an empty cell is missing, and NULL in the table


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

    @property
    def id_hash(self) -> int:
        return hashed(self.conversation_id.encode())

    def as_row(self, no: int, pass_ms: int) -> Row:
        cells = self.cells
        row: Row = {
            "no": no,
            "conversation_id": self.conversation_id,
            "id_hash": self.id_hash,
            "start_ms": self.start_ms,
            "pass_ms": pass_ms,
            "state": self.state,
            "fingerprint": self.fingerprint,
            "haystack": haystack(cells),
            "attributes": self.attributes,
            "raw": self.raw,
            "c_synced_at": pass_ms,
        }
        for key, value in cells.items():
            if value in _EMPTY or key not in _DERIVED:
                continue
            row[_DERIVED[key]] = value
            if key in _SORTED and isinstance(value, (str, tuple)) and (text := sort_text(value)):
                row[_SORTED[key]] = text
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
    """64 bits of the fields that are known, in an order of their own.

    Attributes are left out: jobs bring them for contacts that the query has brought without.
    """
    participants = conversation.participants or []
    if any(each.attributes for each in participants):
        bare = [msgspec.structs.replace(each, attributes=None) for each in participants]
        conversation = msgspec.structs.replace(conversation, participants=bare)
    return hashed(msgspec.json.encode(conversation))


def hashed(data: bytes) -> int:
    """64 bits, the same on every machine and with every version."""
    digest = hashlib.blake2b(digest_size=8)
    for first in range(0, len(data), _HASHED_AT_ONCE):
        digest.update(data[first : first + _HASHED_AT_ONCE])
    return int.from_bytes(digest.digest(), "big", signed=True)


def create(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the tables that aren't there yet."""
    execute = connection.execute
    ledger.create(connection)
    execute(
        "CREATE TABLE IF NOT EXISTS version"
        " (no BIGINT, seen_ms BIGINT, raw VARCHAR USING COMPRESSION zstd)"
    )
    execute("CREATE TABLE IF NOT EXISTS meta (key VARCHAR PRIMARY KEY, value VARCHAR)")


def create_contact(connection: duckdb.DuckDBPyConnection, table: str = "contact") -> None:
    """Make a table of contacts if it isn't there yet.

    It has no key and no index.  After a kill DuckDB 1.5's indexes may lack what the log held, and
    a later deletion is then fatal ("Failed to delete all rows from index", its issue 23645; the
    test of F16 met it).  Finding a page among a million takes 5 ms.
    """
    fields = ", ".join(f"{name} {kind} {_STORAGE.get(name, '')}" for name, kind in CONTACT.items())
    connection.execute(f"CREATE TABLE IF NOT EXISTS {table} ({fields})")
