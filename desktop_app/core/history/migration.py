"""Bringing an older store up to date, whole or not at all.

A row is derived from its raw conversation, so when columns are added or derived otherwise
every row is made anew from what is stored, without asking the service.  All of it happens in
one transaction: killed at any moment, the store is as it was before or as it is after.
"""

from __future__ import annotations

import duckdb

from desktop_app.core.errors import StoreDamaged
from desktop_app.core.genesys import wire
from desktop_app.core.genesys.directory import local_name
from desktop_app.core.history import schema, upsert
from desktop_app.core.history.parties import Names

_AT_ONCE = 1000  # rows in memory


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the tables, or bring those of an older version to this one's form.

    Takes about as long as reading the contacts took to derive, without the network.  Raises
    StoreDamaged, with its own sentence, for a store that a newer version has written.
    """
    connection.begin()
    try:
        schema.create_contact(connection)
        schema.create(connection)
        known = dict(connection.execute("SELECT key, value FROM meta").fetchall())
        if int(known.get("version", schema.VERSION)) > schema.VERSION:
            raise StoreDamaged(
                "The local history was written by a newer Contact History. It is set aside and"
                " will be fetched again."
            )
        if known.get("derivation", schema.DERIVATION) != schema.DERIVATION:
            _derive_anew(connection)
        if known != (current := {"version": str(schema.VERSION), "derivation": schema.DERIVATION}):
            connection.executemany(
                "INSERT OR REPLACE INTO meta VALUES (?, ?)", list(current.items())
            )
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


def _derive_anew(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill a new table from the old one, number by number, and put it in its place."""
    names = _names(connection)
    own = _own_names(connection)
    (most,) = connection.execute("SELECT coalesce(max(no), 0) FROM contact").fetchone() or (0,)
    schema.create_contact(connection, "derived")
    for first in range(0, most + 1, _AT_ONCE):
        rows = connection.execute(
            f"SELECT no, pass_ms, start_ms, raw{''.join(f', {name}' for name in own)} FROM contact"
            " WHERE no >= ? AND no < ? ORDER BY no",
            [first, first + _AT_ONCE],
        ).fetchall()
        derived = []
        for no, pass_ms, start_ms, text, *kept in rows:
            raw = text.encode()
            contact = schema.stored_contact(raw, wire.decode(raw, wire.Conversation), names)
            if contact:
                row = contact.as_row(no, pass_ms)
                derived.append(dict(zip(own, kept, strict=True)) | row)
            else:  # what can't be read any more must not count as complete
                connection.execute(
                    "DELETE FROM span WHERE start_ms <= ? AND end_ms > ?", [start_ms, start_ms]
                )
        upsert.insert(connection, "derived", derived)
    connection.execute("DROP TABLE contact")
    connection.execute("ALTER TABLE derived RENAME TO contact")


def _own_names(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """What can't be derived, as far as the old table has it."""
    found = connection.execute(
        "SELECT column_name FROM duckdb_columns() WHERE table_name = 'contact'"
    ).fetchall()
    before = {row[0] for row in found}
    return [name for name in schema.OWN_NAMES if name in before]


def _names(connection: duckdb.DuckDBPyConnection) -> Names:
    rows = connection.execute("SELECT kind, id, name FROM name").fetchall()
    known = {(kind, id_): name for kind, id_, name in rows}
    return lambda kind, id_: known.get((kind, id_)) or local_name(kind, id_)
