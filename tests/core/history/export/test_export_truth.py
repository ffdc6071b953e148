"""A file holds the service's truth, in each format and shape, as libraries of others read it.

``EXPORT_CONTACTS=200000`` compares as many as a large organisation has in a month; files are
re-read row by row then, and the finer shapes have fewer of the contacts' own columns.
"""

from __future__ import annotations

import asyncio
import csv
import datetime as dt
import json
import math
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import msgspec
import polars
import pytest
from openpyxl import load_workbook

from desktop_app.core.history.clock import Clock
from desktop_app.core.history.column import Kind, Value
from desktop_app.core.history.columns import COLUMNS, DERIVED, column
from desktop_app.core.history.coverage import DAY_MS
from desktop_app.core.history.export.exporter import Exporter, Written
from desktop_app.core.history.export.parts import columns_of
from desktop_app.core.history.export.request import Durations, Export, Format, Shape, Style
from desktop_app.core.history.query import Query
from desktop_app.core.history.store import Store
from desktop_app.practice.contacts import make_contacts
from desktop_app.practice.server import PracticeServer
from desktop_app.practice.settings import PracticeSettings
from tests.core.history.export import export_truth as expected
from tests.core.history.export.export_truth import ZONE, as_text, contact_texts, moment
from tests.core.history.history_samples import opened
from tests.core.history.practice_store import fill
from tests.core.history.practice_truth import Rich, truth

COUNT = int(os.environ.get("EXPORT_CONTACTS", "250"))
DAYS = 4 if COUNT < 10_000 else 30
END_MS = 19_858 * DAY_MS
UNTIL_MS = END_MS + 3 * DAY_MS
TIMEOUT_S = 120 + COUNT // 20

KEYS = (
    "conversation_id", *(each.key for each in DERIVED if each.key != "conversation_id"),
    "attr.OrderId",
)  # fmt: skip
# A large organisation's segments with every column of their contacts would be 50 GB of text.
PART_KEYS = KEYS if COUNT < 10_000 else ("conversation_id", "start", "outcome", "talk", "queues")

pytestmark = pytest.mark.timeout(TIMEOUT_S)


QUERY = Query(0, UNTIL_MS + DAY_MS, clock=Clock(ZONE, lambda: UNTIL_MS))


@dataclass(frozen=True, slots=True)
class Told:
    """What is true of a contact, kept small: there may be 200,000 of them."""

    start_ms: int
    is_open: bool
    cells: dict[str, Value]
    raw: bytes

    @property
    def conversation(self) -> dict[str, Any]:
        decoded: dict[str, Any] = json.loads(self.raw)
        return decoded

    @property
    def certain(self) -> Sequence[str]:
        """Which reading brought what still goes on, and whether it told attributes, is chance."""
        return KEYS[:-1] if self.is_open else KEYS


@dataclass(frozen=True)
class Practice:
    """A store that has read everything there is, and the truth by conversation, newest first."""

    store: Store
    exporter: Exporter
    contacts: Rich
    truths: dict[str, Told]

    def export(self, path: Path, format: Format, shape: Shape, style: Style) -> Written:
        keys = KEYS if shape is Shape.CONVERSATION else PART_KEYS
        export = Export(QUERY, keys, format, shape, style)
        return self.exporter.write(export, path, now_ms=UNTIL_MS)


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Practice]:
    contacts = Rich(make_contacts(seed=5, conversations=COUNT, days=DAYS, until_ms=END_MS))
    settings = PracticeSettings(rate_limit=0, until_ms=UNTIL_MS)  # jobs have all there is by then
    store = opened(tmp_path_factory.mktemp("store"))
    with PracticeServer(settings, contacts=contacts) as server:
        asyncio.run(fill(server, store, contacts.interval, now_ms=UNTIL_MS))
    truths = dict(as_read(contacts, index) for index in range(len(contacts)))
    yield Practice(store, Exporter(store), contacts, {id_: truths[id_] for id_ in newest(store)})
    store.close()


def as_read(contacts: Rich, index: int) -> tuple[str, Told]:
    """What still goes on is read by the query, which tells no attributes."""
    told = truth(contacts, index, attributes=True)
    is_open = told.contact.cells["end"] is None
    if is_open:
        told = truth(contacts, index, attributes=False)
    contact = told.contact
    raw = msgspec.json.encode(told.conversation)
    return contact.conversation_id, Told(contact.start_ms, is_open, told.cells, raw)


def newest(store: Store) -> list[str]:
    """The table's order, in which contacts that start at once follow each other by number."""
    reader = store.reader()
    order = reader.order(QUERY)
    found = reader.rows(order, ["conversation_id", "start"])
    starts = [int(str(found[no].cells[1])) for no in order]
    assert starts == sorted(starts, reverse=True)
    reader.close()
    return [str(found[no].cells[0]) for no in order]


# --- re-reading -----------------------------------------------------------------------------------


def csv_rows(path: Path, style: Style) -> Iterator[list[str]]:
    """The header first."""
    with path.open(encoding="utf-8-sig" if style.bom else "utf-8", newline="") as file:
        yield from csv.reader(file, delimiter=style.separator, strict=True)


def sheet_rows(path: Path) -> Iterator[list[Any]]:
    """The header first, which every sheet has, then the rows of all."""
    book = load_workbook(path, read_only=True)
    for place, sheet in enumerate(book.worksheets[:-1]):
        rows = sheet.iter_rows(values_only=True)
        header = next(rows)
        if place == 0:
            yield [*header]
        yield from ([*row] for row in rows)
    assert book.sheetnames[-1] == "About"
    book.close()


def typed_rows(path: Path) -> Iterator[dict[str, Any]]:
    if path.suffix == ".jsonl":
        with path.open(encoding="utf-8") as lines:
            yield from (json.loads(line) for line in lines)
    else:
        for part in polars.read_parquet(path).iter_slices(2_000):
            yield from part.to_dicts()


def stored_value(cell: Any) -> Any:
    """A cell of a typed file as a contact has it: milliseconds, tuples; None for empty ones."""
    if isinstance(cell, dt.datetime):
        return round(cell.timestamp() * 1000)
    if isinstance(cell, list):
        return tuple(cell) or None
    return cell


@cache
def plain_keys(keys: Sequence[str]) -> list[tuple[str, Kind, str]]:
    """Those that don't read as something else than they are stored as, and their typed names."""
    plain = [column(key) for key in keys if not column(key).shown]
    return [(each.key, each.kind, typed_name(each.key, each.kind)) for each in plain]


def typed_name(key: str, kind: Kind) -> str:
    return f"{key}_ms" if kind is Kind.DURATION else key


# --- one row for each conversation ----------------------------------------------------------------


@pytest.mark.parametrize(
    "style",
    [Style(), Style(separator=";", bom=True)],
    ids=["comma", "semicolon and mark"],
)
def test_csv(practice: Practice, tmp_path: Path, style: Style) -> None:
    path = tmp_path / "contacts.csv"
    written = practice.export(path, Format.CSV, Shape.CONVERSATION, style)
    rows = csv_rows(path, style)
    assert next(rows) == [column(key).title for key in KEYS]
    for row, each in zip(rows, practice.truths.values(), strict=True):
        found = dict(zip(KEYS, unguarded(row), strict=True))
        told = dict(zip(KEYS, contact_texts(each.cells, KEYS), strict=True))
        assert {key: found[key] for key in each.certain} == {key: told[key] for key in each.certain}
    assert written.rows == len(practice.truths) >= COUNT - 5 - COUNT // 1000
    assert written.size_bytes == path.stat().st_size


def unguarded(row: list[str]) -> list[str]:
    """Without the apostrophes before what a spreadsheet would take for a formula (T36)."""
    return [cell[1:] if cell.startswith("'") else cell for cell in row]


@pytest.mark.parametrize("format", [Format.PARQUET, Format.JSONL])
def test_typed_files(practice: Practice, tmp_path: Path, format: Format) -> None:
    path = tmp_path / f"contacts.{format}"
    practice.export(path, format, Shape.CONVERSATION, Style())
    for row, (id_, known) in zip(typed_rows(path), practice.truths.items(), strict=True):
        assert row["conversation_id"] == id_
        for key, kind, name in plain_keys(known.certain):
            cell = row[name]
            if format is Format.JSONL and kind is Kind.INSTANT and cell is not None:
                cell = dt.datetime.fromisoformat(cell)
            assert stored_value(cell) == known.cells.get(key), key


def test_parquet_by_day(practice: Practice, tmp_path: Path) -> None:
    path = tmp_path / "contacts"
    written = practice.export(path, Format.PARQUET, Shape.CONVERSATION, Style(by_day=True))
    table = polars.read_parquet(path / "**" / "*.parquet", hive_partitioning=True)
    assert table.height == written.rows == len(practice.truths)
    days = {
        id_: (expected.EPOCH + dt.timedelta(milliseconds=each.start_ms)).date()
        for id_, each in practice.truths.items()
    }
    assert {each.name for each in path.iterdir()} == {f"utc_day={day}" for day in days.values()}
    for id_, start in table.select("conversation_id", "start").iter_rows():
        assert stored_value(start) == practice.truths[id_].cells["start"]


def test_raw_conversations(practice: Practice, tmp_path: Path) -> None:
    path = tmp_path / "contacts.jsonl"
    practice.export(path, Format.JSONL, Shape.CONVERSATION, Style(raw=True))
    for found, each in zip(typed_rows(path), practice.truths.values(), strict=True):
        told = each.conversation
        if each.is_open:  # few answers of the query carry attributes, of which both may be one
            for participant in (*found["participants"], *told["participants"]):
                participant.pop("attributes", None)
        assert found == told


def test_xlsx(practice: Practice, tmp_path: Path) -> None:
    path = tmp_path / "contacts.xlsx"
    practice.export(path, Format.XLSX, Shape.CONVERSATION, Style(durations=Durations.SECONDS))
    rows = sheet_rows(path)
    assert next(rows) == [column(key).title for key in KEYS]
    for row, (id_, known) in zip(rows, practice.truths.items(), strict=True):
        assert row[0] == id_
        assert len(row) == len(KEYS)
        for key, cell in zip(known.certain, row, strict=False):
            assert_sheet_cell(key, cell, known.cells.get(key))


def assert_sheet_cell(key: str, cell: Any, value: Value) -> None:
    chosen = column(key)
    if chosen.shown or isinstance(value, tuple | str | None):
        told = as_text(chosen.kind, value, chosen.separator) if not chosen.shown else None
        assert told is None or " ".join(str(cell or "").split()) == told, key
    elif chosen.kind is Kind.INSTANT:
        wall = moment(int(value)).replace(tzinfo=None)
        assert abs(cell - wall) < dt.timedelta(milliseconds=2), key
    elif chosen.kind is Kind.DURATION:
        assert abs(cell - int(value) / 1000) < 0.001, key
    elif chosen.kind is Kind.NUMBER:
        assert math.isclose(cell, float(value), rel_tol=1e-14), key  # a sheet keeps 16 digits
    else:
        assert cell == value, key


# --- the finer shapes -----------------------------------------------------------------------------

SEGMENT_KEYS = ("type", "start", "end", "duration_ms", "queue", "wrapup", "wrapup_note", "error")
LEG_KEYS = ("agent", "start", "talk_ms")


@pytest.mark.parametrize("format", [Format.PARQUET, Format.JSONL])
@pytest.mark.parametrize("shape", [Shape.LEG, Shape.SEGMENT])
def test_parts_of_contacts(
    practice: Practice, tmp_path: Path, shape: Shape, format: Format
) -> None:
    path = tmp_path / f"parts.{format}"
    written = practice.export(path, format, shape, Style())
    prefix, keys = ("leg.", LEG_KEYS) if shape is Shape.LEG else ("segment.", SEGMENT_KEYS)
    told = expected.legs if shape is Shape.LEG else expected.segments
    parts = groupby(typed_rows(path), lambda row: str(row["conversation_id"]))
    count, group = 0, next(parts, None)
    for id_, known in practice.truths.items():  # the file has them in this order
        found: list[tuple[object, ...]] = []
        if group is not None and group[0] == id_:
            for row in group[1]:
                assert row["outcome"] == known.cells["outcome"]
                cells = [part_value(key, row[prefix + key]) for key in keys]
                found.append(tuple(cells))
                assert row[f"{prefix}number"] == len(found)
            group = next(parts, None)
        wanted = told(practice.contacts, known.conversation)
        assert sorted(found, key=repr) == sorted(wanted, key=repr)
        count += len(found)
    assert group is None  # nothing in the file that belongs to none
    assert written.rows == count > len(practice.truths) // 2


def part_value(key: str, cell: Any) -> object:
    if isinstance(cell, str) and key in ("start", "end"):
        cell = dt.datetime.fromisoformat(cell)
    return stored_value(cell)


@pytest.mark.parametrize("shape", [Shape.LEG, Shape.SEGMENT])
def test_parts_as_text_and_in_a_sheet(practice: Practice, tmp_path: Path, shape: Shape) -> None:
    """As text they say what the typed file does, which is compared above."""
    typed, text, sheet = (tmp_path / f"parts.{suffix}" for suffix in ("jsonl", "csv", "xlsx"))
    practice.export(typed, Format.JSONL, shape, Style())
    practice.export(text, Format.CSV, shape, Style(durations=Durations.MILLISECONDS))
    practice.export(sheet, Format.XLSX, shape, Style(durations=Durations.MILLISECONDS))
    rows, sheet_cells, told = csv_rows(text, Style()), sheet_rows(sheet), typed_rows(typed)
    assert next(rows) == next(sheet_cells)
    first = len(PART_KEYS)
    for row, cells, wanted in zip(rows, sheet_cells, told, strict=True):
        for place, each in enumerate(columns_of(shape), start=first):
            value = wanted[typed_name(each.key, each.kind)]
            if each.kind is Kind.INSTANT:
                value = value and round(dt.datetime.fromisoformat(value).timestamp() * 1000)
                assert row[place] == as_text(each.kind, value)
                assert cells[place] is None or isinstance(cells[place], dt.datetime)
            else:
                plain = "" if value is None else " ".join(str(value).split())
                assert unguarded([row[place]]) == [plain]
                assert " ".join(str(cells[place] if cells[place] is not None else "").split()) == (
                    plain
                )


def test_what_agents_talked_adds_up_to_the_contacts(practice: Practice, tmp_path: Path) -> None:
    path = tmp_path / "legs.parquet"
    practice.export(path, Format.PARQUET, Shape.LEG, Style())
    table = polars.read_parquet(path).filter(polars.col("leg.part") != "Supervisor")
    summed = table.group_by("conversation_id").agg(polars.col("leg.talk_ms").sum())
    for id_, talk in summed.iter_rows():
        assert talk == (practice.truths[id_].cells.get("talk") or 0), id_


def test_the_practice_contacts_fill_the_columns(practice: Practice) -> None:
    """Else an equal cell would prove nothing."""
    filled = {key for each in practice.truths.values() for key in each.cells}
    lacking = {column.key for column in COLUMNS if column.derive} - filled
    assert COUNT < 450 or not lacking
    assert len(filled) > 120
