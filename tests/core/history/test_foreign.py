"""F19: what stands where our store should, and isn't it, is set aside, and the store made anew."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.core.history.history_samples import ids, opened, put, stored


def _plain(path: Path, *statements: str) -> None:
    """A database of another program's, which has no key."""
    with duckdb.connect(str(path)) as connection:
        for statement in statements or ("CREATE TABLE invoice (total INTEGER)",):
            connection.execute(statement)


def _sqlite(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE contact (no INTEGER)")


def _ours(*statements: str) -> Callable[[Path], None]:
    """A database of our key in which something else stands."""

    def make(path: Path) -> None:
        store = opened(path.parent)
        for (name,) in store._all("SELECT table_name FROM duckdb_tables()", ()):
            store._connection.execute(f"DROP TABLE {name}")
        for statement in statements:
            store._connection.execute(statement)
        store.close()

    return make


_META = "CREATE TABLE meta (key VARCHAR PRIMARY KEY, value VARCHAR)"
FOREIGN: dict[str, Callable[[Path], None]] = {
    "without a key": _plain,
    "SQLite": _sqlite,
    "another table of that name": _ours("CREATE TABLE contact (a INTEGER)"),
    "a view of that name": _ours("CREATE VIEW contact AS SELECT 1 AS no"),
    "another meta": _ours("CREATE TABLE meta (key INTEGER)"),
    "an odd version": _ours(_META, "INSERT INTO meta VALUES ('version', 'x')"),
    "an older one without columns": _ours(
        _META, "INSERT INTO meta VALUES ('derivation', '0')", "CREATE TABLE contact (no BIGINT)"
    ),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_F19_a_database_of_another_program_is_set_aside(tmp_path: Path, name: str) -> None:
    path = tmp_path / "history.duckdb"
    FOREIGN[name](path)
    before = path.read_bytes()
    store = opened(tmp_path)
    assert not store.why_in_memory
    put(store, stored("new"))
    assert ids(store) == ["new"]
    store.close()
    (aside,) = tmp_path.glob("*set-aside*")
    assert aside.read_bytes() == before
    store = opened(tmp_path)
    assert ids(store) == ["new"]
    store.close()
