"""Putting contacts into their table, hundreds at a time.

A contact that is there already keeps its number and what people have set on it; what the service
told before goes to table version.  No unique index sees to it (``schema.create_contact`` says
why): conversations are looked for by the hashes of their ids.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any, NamedTuple

import duckdb
import msgspec
import numpy as np
import numpy.typing as npt

from desktop_app.core.history.participants import with_attributes_of
from desktop_app.core.history.schema import CONTACT, OWN_NAMES, Cell, Row, StoredContact

_Array = npt.NDArray[Any]

# Arrays know no NULL: a value that no cell has stands for it.
_NO_INTEGER = -(2**63)
_NO_FLAG = 2


class _Known(NamedTuple):
    """What the table holds of a contact that has come again."""

    no: int
    fingerprint: int
    has_ended: bool
    own: Row

    def is_rewritten(self, contact: StoredContact) -> bool:
        """Whether the service tells an ended contact otherwise by now; one that was still going
        on has only gone on."""
        return self.has_ended and self.fingerprint != contact.fingerprint


def put(
    connection: duckdb.DuckDBPyConnection,
    contacts: Iterable[StoredContact],
    next_no: int,
    pass_ms: int,
) -> int:
    """Put in what a reading has met at ``pass_ms``; returns the next number that is free.

    Works inside the transaction of the connection.
    """
    by_id = {contact.conversation_id: contact for contact in contacts}
    if not by_id:
        return next_no
    known = _known(connection, by_id)
    by_id |= _with_earlier_attributes(connection, by_id, known)
    rewritten = [each.no for id_, each in known.items() if each.is_rewritten(by_id[id_])]
    rows = []
    for id_, contact in by_id.items():
        before = known.get(id_)
        if before is None:
            rows.append(contact.as_row(next_no, pass_ms))
            next_no += 1
        else:
            rows.append(before.own | contact.as_row(before.no, pass_ms))
            if before.is_rewritten(contact):
                rows[-1] |= {"c_changed": True, "c_changed_at": pass_ms}
    if rewritten:
        connection.execute(
            "INSERT INTO version SELECT no, pass_ms, raw FROM contact"
            f" WHERE no IN ({listed(rewritten)})"
        )
    if known:
        connection.execute(
            f"DELETE FROM contact WHERE no IN ({listed(each.no for each in known.values())})"
        )
    insert(connection, "contact", rows)
    return next_no


def listed(numbers: Iterable[int]) -> str:
    """Numbers as SQL literals, NULL if there are none."""
    return ", ".join(str(int(number)) for number in numbers) or "NULL"


def _known(
    connection: duckdb.DuckDBPyConnection, wanted: Mapping[str, StoredContact]
) -> dict[str, _Known]:
    """What the table holds of these contacts, by conversation id."""
    hashes = np.fromiter((contact.id_hash for contact in wanted.values()), dtype=np.int64)
    with _registered(connection, "met", {"id_hash": hashes}):
        rows = connection.execute(
            f"SELECT conversation_id, no, fingerprint, c_end IS NOT NULL, {', '.join(OWN_NAMES)}"
            " FROM contact SEMI JOIN met USING (id_hash)"
        ).fetchall()
    return {
        id_: _Known(no, fingerprint, ended, dict(zip(OWN_NAMES, own, strict=True)))
        for id_, no, fingerprint, ended, *own in rows
        if id_ in wanted
    }


def _with_earlier_attributes(
    connection: duckdb.DuckDBPyConnection,
    contacts: Mapping[str, StoredContact],
    known: Mapping[str, _Known],
) -> dict[str, StoredContact]:
    """Those contacts that had attributes and come without any.

    Only jobs are declared to carry them (quirk 1): an answer without any says nothing of them.
    """
    bare = [each.no for id_, each in known.items() if not contacts[id_].attributes]
    if not bare:
        return {}
    rows = connection.execute(
        "SELECT conversation_id, raw, attributes FROM contact"
        f" WHERE no IN ({listed(bare)}) AND cardinality(attributes) > 0"
    ).fetchall()
    return {
        id_: replace(
            contacts[id_], raw=with_attributes_of(raw, contacts[id_].raw), attributes=attributes
        )
        for id_, raw, attributes in rows
    }


def insert(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    rows: Sequence[Row],
    fields: Mapping[str, str] = CONTACT,
) -> None:
    """Append rows to a table of contacts, or to another whose ``fields`` have these types.

    Numbers go in as arrays and texts as one JSON document, column by column: binding cells, or
    JSON by rows, takes many times as long.
    """
    if not rows:
        return
    present = set().union(*rows)
    arrays: dict[str, _Array] = {}
    texts: dict[str, list[Cell]] = {}
    shape: dict[str, list[Any]] = {}
    sql: dict[str, str] = {}
    for name, kind in fields.items():
        if name not in present:
            continue
        cells = [row.get(name) for row in rows]
        sql[name] = name
        match kind:
            case "BIGINT":
                arrays[name] = _integers(cells)
                sql[name] = f"nullif({name}, {_NO_INTEGER})"
            case "BOOLEAN":
                arrays[name] = np.array([_NO_FLAG if c is None else c for c in cells], np.int8)
                sql[name] = f"nullif({name}, {_NO_FLAG})::BOOLEAN"
            case "DOUBLE":
                arrays[name] = np.array([np.nan if c is None else c for c in cells], np.float64)
                sql[name] = f"CASE WHEN NOT isnan({name}) THEN {name} END"
            case _:
                texts[name] = cells
                shape[name] = [["VARCHAR"] if kind == "VARCHAR[]" else kind]
    unnested = ", ".join(f"unnest(page.{name}) AS {name}" for name in texts)
    with _registered(connection, "arrays", arrays), _as_written(connection):
        connection.execute(
            f"INSERT INTO {table} ({', '.join(sql)}) SELECT {', '.join(sql.values())}"
            f" FROM arrays POSITIONAL JOIN (SELECT {unnested}"
            f" FROM (SELECT from_json(?, '{json.dumps(shape)}') AS page))",
            [msgspec.json.encode(texts).decode()],
        )


def _integers(cells: Sequence[Any]) -> _Array:
    try:
        return np.array([_NO_INTEGER if cell is None else cell for cell in cells], np.int64)
    except OverflowError:  # nonsense of the service's: an empty cell
        return _integers([None if cell and abs(cell) >= 2**63 else cell for cell in cells])


@contextmanager
def _registered(
    connection: duckdb.DuckDBPyConnection, name: str, arrays: dict[str, _Array]
) -> Iterator[None]:
    """Arrays as a table that this connection alone sees."""
    connection.register(name, arrays)
    try:
        yield
    finally:
        connection.unregister(name)


@contextmanager
def _as_written(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Without the optimizer: it takes longer over two hundred columns than the columns take."""
    connection.execute("PRAGMA disable_optimizer")
    try:
        yield
    finally:
        with suppress(duckdb.TransactionException):  # it has failed: ``restore`` after its end
            restore(connection)


def restore(connection: duckdb.DuckDBPyConnection) -> None:
    """Turn the optimizer on, which a failed ``insert`` leaves off."""
    connection.execute("PRAGMA enable_optimizer")
