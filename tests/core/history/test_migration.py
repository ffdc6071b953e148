"""Stores of other versions: brought up to date whole or not at all, or set aside."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from desktop_app.core.history import schema
from desktop_app.core.history.coverage import Span
from desktop_app.core.history.store import Store
from tests.core.history.history_samples import (
    DAY,
    ROOT,
    TODAY,
    conversation,
    ids,
    in_memory,
    opened,
    position,
    put,
    stored,
)

PROCESS = "tests.core.history.store_process"
COUNT = 30
_MOST_STATEMENTS = 40


def make_old(store: Store, *, count: int = COUNT) -> None:
    """As a version with a column less and one that is forgotten would have left it."""
    put(store, stored("dropped"))
    for page in range(2):
        store.write_page(
            [
                stored(f"c-{page}-{n}", DAY + n, conversation(f"c-{page}-{n}", DAY + n).decode())
                for n in range(count // 2)
            ],
            {("user", "u"): "Ana Ruiz"},
            position(page + 2),
        )
    execute = store._connection.execute
    execute("DELETE FROM contact WHERE conversation_id = 'dropped'")  # numbers begin at 2
    columns = [name for name in _columns(store) if name != "c_mos"]
    execute(f"CREATE TABLE old AS SELECT {', '.join(columns)}, 'x' AS c_forgotten FROM contact")
    execute("UPDATE old SET c_conversation_id = 'derived otherwise', haystack = ''")
    execute("DROP TABLE contact")
    execute("ALTER TABLE old RENAME TO contact")
    execute("UPDATE meta SET value = 'of old' WHERE key = 'derivation'")


def _columns(store: Store) -> list[str]:
    rows = store._connection.execute(
        "SELECT column_name FROM duckdb_columns() WHERE table_name = 'contact'"
        " AND database_name = ? ORDER BY column_index",
        [schema.CATALOG],
    ).fetchall()
    return [name for (name,) in rows]


def numbers(store: Store) -> dict[str, int]:
    reader = store.reader()
    rows = reader.rows(range(COUNT * 2), ["conversation_id", "mos"])
    return {str(row.cells[0]): row.no for row in rows.values()}


EXPECTED = {f"c-{n // 15}-{n % 15}": n + 2 for n in range(COUNT)}


def assert_new(store: Store) -> None:
    with in_memory() as fresh:
        assert _columns(store) == _columns(fresh)
    assert numbers(store) == EXPECTED
    assert set(ids(store, text="c-1-3")) == {"c-1-3"}  # the haystack is derived too
    assert store.position(TODAY) == position(3)
    assert store.names() == {("user", "u"): "Ana Ruiz"}
    meta = dict(store._connection.execute("SELECT key, value FROM meta").fetchall())
    assert meta == {"version": str(schema.VERSION), "derivation": schema.DERIVATION}


def test_rows_of_an_older_derivation_are_made_anew(tmp_path: Path) -> None:
    store = opened(tmp_path)
    make_old(store)
    store.close()
    store = opened(tmp_path)
    assert_new(store)
    put(store, stored("c-0-0"), stored("new"), pass_ms=9)
    assert numbers(store)["c-0-0"] == 2
    assert numbers(store)["new"] > COUNT + 1
    store.close()
    store = opened(tmp_path)  # and only once
    assert len(ids(store)) == COUNT + 1
    store.close()
    assert not list(tmp_path.glob("*set-aside*"))


def test_a_row_that_can_not_be_derived_any_more_is_asked_for_again(tmp_path: Path) -> None:
    store = opened(tmp_path)
    put(store, stored("unreadable", DAY + 5))
    store.write_end(Span(TODAY.start_ms, TODAY.end_ms, DAY, 1), pass_ms=0)
    store.write_end(Span(0, 9, DAY, 1), pass_ms=0)
    store._connection.execute("UPDATE meta SET value = 'of old' WHERE key = 'derivation'")
    store.close()
    store = opened(tmp_path)
    assert ids(store) == []
    assert store.spans(0, 2**60) == [Span(0, 9, DAY, 1)]
    store.close()


def test_a_store_of_a_newer_version_is_set_aside(tmp_path: Path) -> None:
    store = opened(tmp_path)
    put(store, stored("of the future"))
    store._connection.execute("UPDATE meta SET value = '99' WHERE key = 'version'")
    store.close()
    before = (tmp_path / "history.duckdb").read_bytes()
    store = opened(tmp_path)
    assert ids(store) == []
    put(store, stored("new"))
    store.close()
    assert [path.read_bytes() for path in tmp_path.glob("*set-aside*")] == [before]


def test_opening_an_up_to_date_store_writes_nothing(tmp_path: Path) -> None:
    opened(tmp_path).close()
    before = (tmp_path / "history.duckdb").read_bytes()
    opened(tmp_path).close()
    assert (tmp_path / "history.duckdb").read_bytes() == before


@pytest.mark.skipif(os.name != "posix", reason="the process kills itself by a POSIX signal")
def test_F20_killed_at_any_step_the_store_is_the_old_or_the_new_one(tmp_path: Path) -> None:
    store = opened(tmp_path)
    make_old(store)
    store.close()
    path = tmp_path / "history.duckdb"
    old = path.read_bytes()
    for statement in range(_MOST_STATEMENTS):
        path.write_bytes(old)
        run = subprocess.run(
            [sys.executable, "-m", PROCESS, "migrate", str(tmp_path), str(statement)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        store = opened(tmp_path)
        assert_new(store)  # what was left could still be brought up to date
        store.close()
        if run.stdout == "done\n":
            break
        assert run.returncode < 0
    else:
        pytest.fail("the migration never ended")
    assert statement > 8
    assert not list(tmp_path.glob("*set-aside*"))
