"""A published data set holds the service's truth, as two engines of others read it."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import polars
import pytest

from desktop_app.core.history.coverage import DAY_MS
from desktop_app.core.history.export.request import Shape
from desktop_app.core.history.publish.publisher import Published, Publisher
from desktop_app.core.history.publish.tables import TABLES, Table, cells, columns
from desktop_app.practice.contacts import make_contacts
from desktop_app.practice.server import PracticeServer
from desktop_app.practice.settings import PracticeSettings
from tests.core.history.export import export_truth as expected
from tests.core.history.history_samples import opened
from tests.core.history.practice_store import fill
from tests.core.history.practice_truth import Rich, Truth, truth

COUNT, DAYS = 200, 3
END_MS = 19_858 * DAY_MS
UNTIL_MS = END_MS + 3 * DAY_MS


@dataclass(frozen=True)
class DataSet:
    folder: Path
    told: Published
    contacts: Rich
    truths: dict[str, Truth]

    def by_duckdb(self, table: Table) -> list[dict[str, Any]]:
        moments = [each.name for each in columns(table) if each.type.startswith("TIMESTAMP")]
        replaced = ", ".join(f'epoch_ms("{name}") AS "{name}"' for name in moments)
        with duckdb.connect() as connection:
            found = connection.execute(
                f"SELECT * REPLACE ({replaced}) FROM read_parquet(?, hive_partitioning = true)",
                [str(self.folder / table.name / "*" / "*.parquet")],
            )
            names = [each[0] for each in found.description or ()]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def by_polars(self, table: Table) -> list[dict[str, Any]]:
        files = str(self.folder / table.name / "**" / "*.parquet")
        found = polars.scan_parquet(files, hive_partitioning=True).collect()
        return found.to_dicts()


@pytest.fixture(scope="module")
def data_set(tmp_path_factory: pytest.TempPathFactory) -> DataSet:
    contacts = Rich(make_contacts(seed=8, conversations=COUNT, days=DAYS, until_ms=END_MS))
    settings = PracticeSettings(rate_limit=0, until_ms=UNTIL_MS)
    store = opened(tmp_path_factory.mktemp("store"))
    with PracticeServer(settings, contacts=contacts) as server:
        asyncio.run(fill(server, store, contacts.interval, now_ms=UNTIL_MS))
    folder = tmp_path_factory.mktemp("published") / "set"
    publisher = Publisher(store, folder, owner="o")
    told = publisher.publish(*contacts.interval, now_ms=UNTIL_MS, shapes=list(Shape))
    store.close()
    found = [truth(contacts, index, attributes=True) for index in range(len(contacts))]
    return DataSet(folder, told, contacts, {each.contact.conversation_id: each for each in found})


def stored(value: Any) -> Any:
    """As a contact has it: milliseconds, tuples, dicts; None for empty ones."""
    if isinstance(value, dt.datetime):
        return round(value.timestamp() * 1000)
    if isinstance(value, list):
        if value and isinstance(value[0], dict):  # how Polars reads a map
            return {each["key"]: each["value"] for each in value}
        return tuple(value) or None
    return value


@pytest.mark.parametrize("engine", ["by_duckdb", "by_polars"])
def test_contacts(data_set: DataSet, engine: str) -> None:
    rows = getattr(data_set, engine)(TABLES[0])
    assert {row["conversation_id"] for row in rows} == set(data_set.truths)
    assert len(rows) == len(data_set.truths)
    named = list(zip(columns(TABLES[0]), cells(TABLES[0], mask=False), strict=False))
    assert len(named) > 180
    for row in rows:
        each = data_set.truths[row["conversation_id"]]
        known = each.cells
        for column, cell in named:
            assert stored(row[column.name]) == known.get(cell.key), column.name
        if known.get("end") is not None:  # what goes on is read without its attributes
            assert (stored(row["attributes"]) or {}) == each.contact.attributes
        day = dt.datetime.fromtimestamp(each.contact.start_ms / 1000, dt.UTC).date()
        assert row["utc_day"] == day


@pytest.mark.parametrize("engine", ["by_duckdb", "by_polars"])
@pytest.mark.parametrize(
    ("table", "names"),
    [
        (TABLES[1], ("leg_agent", "leg_start", "leg_talk_ms")),
        (
            TABLES[2],
            (
                *("segment_type", "segment_start", "segment_end", "segment_duration_ms"),
                *("segment_queue", "segment_wrapup", "segment_wrapup_note", "segment_error"),
            ),
        ),
    ],
    ids=["agent legs", "segments"],
)
def test_parts(data_set: DataSet, engine: str, table: Table, names: tuple[str, ...]) -> None:
    found: dict[str, list[tuple[object, ...]]] = defaultdict(list)
    for row in getattr(data_set, engine)(table):
        found[row["conversation_id"]].append(tuple(stored(row[name]) for name in names))
        assert row["outcome"] == data_set.truths[row["conversation_id"]].cells["outcome"]
    told = expected.legs if table.shape is Shape.LEG else expected.segments
    for id_, each in data_set.truths.items():
        wanted = told(data_set.contacts, each.conversation)
        assert sorted(found.get(id_, []), key=repr) == sorted(wanted, key=repr)
    assert len(found) > COUNT // 3


@pytest.mark.parametrize("table", TABLES, ids=[table.name for table in TABLES])
def test_the_files_have_the_columns_that_are_told(data_set: DataSet, table: Table) -> None:
    files = str(data_set.folder / table.name / "*" / "*.parquet")
    with duckdb.connect() as connection:
        found = connection.execute(
            "DESCRIBE SELECT * FROM read_parquet(?, hive_partitioning = true)", [files]
        ).fetchall()
    told = [(column.name, column.type) for column in columns(table)]
    assert [(name, kind) for name, kind, *_ in found] == [*told, ("utc_day", "DATE")]
    assert all(name.replace("_", "").isalnum() and name.isascii() for name, _ in told)


def test_one_file_for_each_day_of_each_table(data_set: DataSet) -> None:
    files = [path for path in data_set.folder.rglob("*") if path.is_file()]
    assert len(files) == 3 * DAYS + 1
    assert data_set.told.written == 3 * DAYS
    sizes = sum(path.stat().st_size for path in files if path.suffix == ".parquet")
    assert data_set.told.size_bytes == sizes
