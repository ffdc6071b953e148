"""The store's ledger: how far each reading has come, and what was read to its end.

``position`` holds readings that go on, ``span`` what is complete.  Spans of one scope never
overlap: a newer one cuts its range out of those before it.  ``name`` holds what ids stand for,
``name_age`` when that was learnt.  The functions work inside the store's transaction: ``execute``
is its connection's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import astuple, fields

import duckdb

from desktop_app.core.history.coverage import Position, Slice, Span, gaps

Execute = Callable[..., duckdb.DuckDBPyConnection]
Name = tuple[str, str]  # kind, id

_TABLES = (
    "position (start_ms BIGINT, end_ms BIGINT, pass_no INTEGER, pass_ms BIGINT,"
    " next_page INTEGER, page_size INTEGER, total_hits BIGINT, moved BOOLEAN, unreadable INTEGER,"
    " scope VARCHAR, job_id VARCHAR, cursor VARCHAR, ceiling BIGINT)",
    "span (start_ms BIGINT, end_ms BIGINT, synced_ms BIGINT, total_hits BIGINT, doubt VARCHAR,"
    " scope VARCHAR, by_job BOOLEAN)",
    "name (kind VARCHAR, id VARCHAR, name VARCHAR, PRIMARY KEY (kind, id))",
    "name_age (kind VARCHAR, id VARCHAR, learnt_ms BIGINT, PRIMARY KEY (kind, id))",
)
_POSITION = ", ".join(field.name for field in fields(Position) if field.name != "slice")
_SPAN = ", ".join(field.name for field in fields(Span))


def create(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the tables that aren't there yet, and bring those of version 1 to this form.

    Its positions are dropped: they were good for minutes, and their key knew no scopes.
    """
    if "scope" not in _columns(connection, "position"):
        connection.execute("DROP TABLE IF EXISTS position")
    for table in _TABLES:
        connection.execute(f"CREATE TABLE IF NOT EXISTS {table}")
    for column in ("scope VARCHAR DEFAULT ''", "by_job BOOLEAN DEFAULT false"):
        connection.execute(f"ALTER TABLE span ADD COLUMN IF NOT EXISTS {column}")


def _columns(connection: duckdb.DuckDBPyConnection, table: str) -> set[str]:
    rows = connection.execute(
        "SELECT column_name FROM duckdb_columns() WHERE table_name = ?", [table]
    )
    return {row[0] for row in rows.fetchall()}


def put_position(execute: Execute, at: Position) -> None:
    inside = (at.slice.start_ms, at.slice.end_ms)
    execute(
        "DELETE FROM position WHERE start_ms = ? AND end_ms = ? AND scope = ?", (*inside, at.scope)
    )
    row = [getattr(at, field.name) for field in fields(at) if field.name != "slice"]
    marks = ", ".join("?" * (len(inside) + len(row)))
    execute(
        f"INSERT INTO position (start_ms, end_ms, {_POSITION}) VALUES ({marks})", (*inside, *row)
    )


def position(execute: Execute, wanted: Slice, scope: str = "") -> Position | None:
    """Where an interrupted reading of this very slice goes on."""
    row = execute(
        f"SELECT {_POSITION} FROM position WHERE start_ms = ? AND end_ms = ? AND scope = ?",
        (wanted.start_ms, wanted.end_ms, scope),
    ).fetchone()
    return Position(wanted, *row) if row else None


def positions(execute: Execute, start_ms: int, end_ms: int, scope: str = "") -> list[Position]:
    """Interrupted readings inside a range, in order of time."""
    return _positions(execute, "start_ms >= ? AND end_ms <= ?", (start_ms, end_ms, scope))


def _positions(execute: Execute, where: str, values: tuple[object, ...]) -> list[Position]:
    rows = execute(
        f"SELECT start_ms, end_ms, {_POSITION} FROM position WHERE {where} AND scope = ?"
        " ORDER BY start_ms, end_ms",
        values,
    ).fetchall()
    return [Position(Slice(row[0], row[1]), *row[2:]) for row in rows]


def put_span(execute: Execute, span: Span) -> None:
    """Note a range as read to its end.

    It takes the place of what earlier spans of the scope said of it, and ends the readings of
    which, with it, everything has been read since they began.
    """
    older = [
        other for other in spans(execute, span.start_ms, span.end_ms) if other.scope == span.scope
    ]
    execute(
        "DELETE FROM span WHERE start_ms < ? AND end_ms > ? AND scope = ?",
        (span.end_ms, span.start_ms, span.scope),
    )
    for other in older:
        for rest in gaps(Slice(other.start_ms, other.end_ms), [span]):
            _insert(execute, other, rest)
    _insert(execute, span, Slice(span.start_ms, span.end_ms))
    touching = (span.end_ms, span.start_ms, span.scope)
    for at in _positions(execute, "start_ms < ? AND end_ms > ?", touching):
        _end_if_overtaken(execute, at)


def _insert(execute: Execute, span: Span, inside: Slice) -> None:
    execute(
        f"INSERT INTO span ({_SPAN}) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (inside.start_ms, inside.end_ms, *astuple(span)[2:]),
    )


def _end_if_overtaken(execute: Execute, at: Position) -> None:
    since = [
        span
        for span in spans(execute, at.slice.start_ms, at.slice.end_ms)
        if span.scope == at.scope and span.synced_ms >= at.begun_ms
    ]
    if not gaps(at.slice, since):
        execute(
            "DELETE FROM position WHERE start_ms = ? AND end_ms = ? AND scope = ?",
            (at.slice.start_ms, at.slice.end_ms, at.scope),
        )


def spans(execute: Execute, start_ms: int, end_ms: int) -> list[Span]:
    """Spans of all scopes that touch a range, in order of time."""
    rows = execute(
        f"SELECT {_SPAN} FROM span WHERE start_ms < ? AND end_ms > ? ORDER BY start_ms, scope",
        (end_ms, start_ms),
    ).fetchall()
    return [Span(*row) for row in rows]


def purge(execute: Execute, before_ms: int) -> None:
    """Forget what was known of the time before an instant (safety T34)."""
    execute("DELETE FROM position WHERE start_ms < ?", [before_ms])
    execute("DELETE FROM span WHERE end_ms <= ?", [before_ms])
    execute("UPDATE span SET start_ms = ? WHERE start_ms < ?", [before_ms, before_ms])


# --- what is to be asked for again ----------------------------------------------------------------


def still_open(execute: Execute, start_ms: int, end_ms: int) -> list[tuple[str, int]]:
    """Contacts that began in a range and hadn't ended when they were read: id and start."""
    rows = execute(
        "SELECT conversation_id, start_ms FROM contact"
        " WHERE start_ms >= ? AND start_ms < ? AND c_end IS NULL ORDER BY start_ms DESC",
        (start_ms, end_ms),
    ).fetchall()
    return [(str(id_), int(start)) for id_, start in rows]


def put_names(execute: Execute, names: Mapping[Name, str], learnt_ms: int) -> None:
    """Put in names and when they were learnt; a later moment stays."""
    if not names:
        return
    kinds, ids = ([*part] for part in zip(*names, strict=True))
    execute(
        "INSERT OR REPLACE INTO name SELECT unnest(?), unnest(?), unnest(?)",
        (kinds, ids, list(names.values())),
    )
    execute(
        "INSERT INTO name_age SELECT unnest(?), unnest(?), ? ON CONFLICT (kind, id) DO UPDATE"
        " SET learnt_ms = greatest(learnt_ms, excluded.learnt_ms)",
        (kinds, ids, learnt_ms),
    )


def names_learnt_before(execute: Execute, ms: int) -> list[Name]:
    """Names that may have changed since; those of a store without ages are the oldest."""
    rows = execute(
        "SELECT kind, id FROM name LEFT JOIN name_age USING (kind, id)"
        " WHERE coalesce(learnt_ms, 0) < ? ORDER BY kind, id",
        [ms],
    ).fetchall()
    return [(str(kind), str(id_)) for kind, id_ in rows]
