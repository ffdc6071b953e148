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


# A few of the columns that version 1 derived; a path was one text.
_VERSION_1 = """
CREATE TABLE contact (no BIGINT PRIMARY KEY, conversation_id VARCHAR NOT NULL UNIQUE,
    start_ms BIGINT NOT NULL, pass_ms BIGINT NOT NULL, state VARCHAR NOT NULL,
    haystack VARCHAR NOT NULL, raw VARCHAR NOT NULL, c_start BIGINT, c_outcome VARCHAR,
    c_agents VARCHAR, c_handle BIGINT, c_flagged BOOLEAN, c_mos DOUBLE, c_conversation_id VARCHAR);
CREATE TABLE position (start_ms BIGINT, end_ms BIGINT, pass_no INTEGER, pass_ms BIGINT,
    next_page INTEGER, page_size INTEGER, total_hits BIGINT, moved BOOLEAN, unreadable INTEGER,
    PRIMARY KEY (start_ms, end_ms));
CREATE TABLE span (start_ms BIGINT, end_ms BIGINT, synced_ms BIGINT, total_hits BIGINT,
    doubt VARCHAR);
CREATE TABLE name (kind VARCHAR, id VARCHAR, name VARCHAR, PRIMARY KEY (kind, id));
CREATE TABLE meta (key VARCHAR PRIMARY KEY, value VARCHAR);
INSERT INTO name VALUES ('user', 'u', 'Ana Ruiz');
INSERT INTO meta VALUES ('version', '1'), ('derivation', '1:c_start BIGINT')
"""


def make_version_1(store: Store) -> None:
    execute = store._connection.execute
    for (table,) in execute("SELECT table_name FROM duckdb_tables()").fetchall():
        execute(f"DROP TABLE {table}")
    execute(_VERSION_1)
    for page, n in ((page, n) for page in range(2) for n in range(COUNT // 2)):
        no, id_, start_ms = page * COUNT // 2 + n + 2, f"c-{page}-{n}", DAY + n
        raw = conversation(id_, start_ms).decode()
        execute(
            "INSERT INTO contact VALUES (?, ?, ?, 5, 'none', '', ?, ?, 'Gone', 'Ana → Ben', 1,"
            " false, 4.2, ?)",
            [no, id_, start_ms, raw, start_ms, id_],
        )
    execute("INSERT INTO span VALUES (?, ?, 5, 30, '')", [TODAY.start_ms, TODAY.end_ms])
    execute("INSERT INTO position VALUES (?, ?, 1, 5, 3, 100, 30, false, 0)", [DAY, DAY + 9])


EXPECTED = {f"c-{n // 15}-{n % 15}": n + 2 for n in range(COUNT)}


def assert_new(store: Store) -> None:
    assert_derived(store)
    assert store.position(TODAY) == position(3)


def assert_derived(store: Store) -> None:
    with in_memory() as fresh:
        assert _columns(store) == _columns(fresh)
    assert numbers(store) == EXPECTED
    assert set(ids(store, text="c-1-3")) == {"c-1-3"}  # the haystack is derived too
    assert store.names() == {("user", "u"): "Ana Ruiz"}
    meta = dict(store._connection.execute("SELECT key, value FROM meta").fetchall())
    assert meta == {"version": str(schema.VERSION), "derivation": schema.DERIVATION}


def test_a_store_of_version_1_is_brought_over(tmp_path: Path) -> None:
    store = opened(tmp_path)
    make_version_1(store)
    store.close()
    store = opened(tmp_path)
    assert_derived(store)
    assert store.spans(0, 2**60) == [Span(TODAY.start_ms, TODAY.end_ms, 5, 30)]
    assert store.positions(0, 2**60) == []  # good for minutes: they are not brought over
    row = store.reader().rows([2], ["agents", "handle", "mark", "changed", "synced_at"])[2]
    assert row.cells == (None, None, None, None, 5)
    put(store, stored("c-0-0"), stored("new"), pass_ms=9)
    assert numbers(store)["c-0-0"] == 2
    assert numbers(store)["new"] > COUNT + 1
    store.close()


def test_what_people_have_set_stays(tmp_path: Path) -> None:
    store = opened(tmp_path)
    put(store, stored("a", raw=conversation("a", DAY).decode()), stored("b"))
    store.annotate([1], mark=3, tag="urgent", note="call back", reviewed=True)
    store._connection.execute("UPDATE meta SET value = 'of old' WHERE key = 'derivation'")
    store.close()
    store = opened(tmp_path)
    cells = store.reader().rows([1], ["mark", "tag", "note", "reviewed", "conversation_id"])
    assert cells[1].cells == (3, "urgent", "call back", True, "a")
    store.close()


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
    make_version_1(store)
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
        assert_derived(store)  # what was left could still be brought up to date
        store.close()
        if run.stdout == "done\n":
            break
        assert run.returncode < 0
    else:
        pytest.fail("the migration never ended")
    assert statement > 8
    assert not list(tmp_path.glob("*set-aside*"))
