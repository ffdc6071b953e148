"""A file holds the service's truth, in each format and shape, as libraries of others read it.

``EXPORT_CONTACTS=200000`` compares as many as a large organisation has in a month.
"""

from __future__ import annotations

import asyncio
import csv
import datetime as dt
import json
import math
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars
import pytest
from openpyxl import load_workbook

from desktop_app.core.genesys.client import GenesysClient
from desktop_app.core.genesys.directory import Directory
from desktop_app.core.genesys.history import HistoryApi
from desktop_app.core.genesys.jobs import DetailJobs
from desktop_app.core.history.clock import Clock
from desktop_app.core.history.column import Kind, Value
from desktop_app.core.history.columns import COLUMNS, DERIVED, column
from desktop_app.core.history.coverage import DAY_MS
from desktop_app.core.history.export.exporter import Exporter, Written
from desktop_app.core.history.export.parts import columns_of
from desktop_app.core.history.export.request import Durations, Export, Format, Shape, Style
from desktop_app.core.history.query import Query
from desktop_app.core.history.store import Store
from desktop_app.core.history.sync import Limits, Synchroniser
from desktop_app.practice.contacts import make_contacts
from desktop_app.practice.server import PracticeServer
from desktop_app.practice.settings import PracticeSettings
from tests.core.history.export import export_truth as expected
from tests.core.history.export.export_truth import ZONE, as_text, contact_texts, moment
from tests.core.history.history_samples import opened
from tests.core.history.practice_truth import Rich, Truth, truth

COUNT = int(os.environ.get("EXPORT_CONTACTS", "250"))
DAYS = 4 if COUNT < 10_000 else 30
END_MS = 19_858 * DAY_MS
UNTIL_MS = END_MS + 3 * DAY_MS
TIMEOUT_S = 120 + COUNT // 20

KEYS = (
    "conversation_id", *(each.key for each in DERIVED if each.key != "conversation_id"),
    "attr.OrderId",
)  # fmt: skip

pytestmark = pytest.mark.timeout(TIMEOUT_S)


@dataclass(frozen=True)
class Practice:
    """A store that has read everything there is, and the truth by conversation, newest first."""

    store: Store
    exporter: Exporter
    contacts: Rich
    truths: dict[str, Truth]

    def export(self, path: Path, format: Format, shape: Shape, style: Style) -> Written:
        query = Query(0, UNTIL_MS + DAY_MS, clock=Clock(ZONE, lambda: UNTIL_MS))
        export = Export(query, KEYS, format, shape, style)
        return self.exporter.write(export, path, now_ms=UNTIL_MS)


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Practice]:
    contacts = Rich(make_contacts(seed=5, conversations=COUNT, days=DAYS, until_ms=END_MS))
    settings = PracticeSettings(rate_limit=0, until_ms=UNTIL_MS)  # jobs have all there is by then
    store = opened(tmp_path_factory.mktemp("store"))
    with PracticeServer(settings, contacts=contacts) as server:
        asyncio.run(read(server, store, contacts.interval))
    found = [as_read(contacts, index) for index in range(len(contacts))]
    found.sort(key=lambda each: each.contact.start_ms, reverse=True)
    yield Practice(
        store, Exporter(store), contacts, {each.contact.conversation_id: each for each in found}
    )
    store.close()


def as_read(contacts: Rich, index: int) -> Truth:
    """What still goes on is read by the query, which tells no attributes."""
    told = truth(contacts, index, attributes=True)
    is_open = told.contact.cells["end"] is None
    return truth(contacts, index, attributes=False) if is_open else told


async def read(server: PracticeServer, store: Store, range_: tuple[int, int]) -> None:
    token = server.issue_token()
    client = GenesysClient(server.api_url, lambda: token)
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(1) as lane:
        try:
            await Synchroniser(
                HistoryApi(client).page,
                Directory(client),
                store,
                lambda work: loop.run_in_executor(lane, work),
                jobs=DetailJobs(client, poll_s=0.02),
                limits=Limits(worth_a_job=0),
            ).sync(*range_, now_ms=UNTIL_MS)
        finally:
            await client.aclose()


# --- re-reading -----------------------------------------------------------------------------------


def csv_rows(path: Path, style: Style) -> tuple[list[str], list[list[str]]]:
    with path.open(encoding="utf-8-sig" if style.bom else "utf-8", newline="") as file:
        header, *rows = csv.reader(file, delimiter=style.separator, strict=True)
    return header, rows


def sheet_rows(path: Path) -> tuple[list[str], list[list[Any]]]:
    book = load_workbook(path, read_only=True)
    header, *rows = ([*row] for row in book.worksheets[0].iter_rows(values_only=True))
    book.close()
    return [str(title) for title in header], rows


def typed_rows(path: Path) -> list[dict[str, Any]]:
    if path.suffix == ".jsonl":
        with path.open(encoding="utf-8") as lines:
            return [json.loads(line) for line in lines]
    return polars.read_parquet(path).to_dicts()


def stored_value(cell: Any) -> Any:
    """A cell of a typed file as a contact has it: milliseconds, tuples; None for empty ones."""
    if isinstance(cell, dt.datetime):
        return round(cell.timestamp() * 1000)
    if isinstance(cell, list):
        return tuple(cell) or None
    return cell


def certain(truth: Truth) -> Sequence[str]:
    """Which reading brought what still goes on, and whether it told attributes, is chance."""
    return KEYS[:-1] if truth.contact.cells["end"] is None else KEYS


def plain_keys(keys: Sequence[str]) -> list[str]:
    """Those that don't read as something else than they are stored as."""
    return [key for key in keys if not column(key).shown]


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
    header, rows = csv_rows(path, style)
    assert header == [column(key).title for key in KEYS]
    for row, each in zip(rows, practice.truths.values(), strict=True):
        found = dict(zip(KEYS, unguarded(row), strict=True))
        told = dict(zip(KEYS, contact_texts(each, KEYS), strict=True))
        assert {key: found[key] for key in certain(each)} == {
            key: told[key] for key in certain(each)
        }
    assert written.rows == len(rows) == len(practice.truths) >= COUNT - 5
    assert written.size_bytes == path.stat().st_size


def unguarded(row: list[str]) -> list[str]:
    """Without the apostrophes before what a spreadsheet would take for a formula (T36)."""
    return [cell[1:] if cell.startswith("'") else cell for cell in row]


@pytest.mark.parametrize("format", [Format.PARQUET, Format.JSONL])
def test_typed_files(practice: Practice, tmp_path: Path, format: Format) -> None:
    path = tmp_path / f"contacts.{format}"
    practice.export(path, format, Shape.CONVERSATION, Style())
    rows = typed_rows(path)
    assert [row["conversation_id"] for row in rows] == list(practice.truths)
    for row in rows:
        truth = practice.truths[row["conversation_id"]]
        for key in plain_keys(certain(truth)):
            kind = column(key).kind
            cell = row[typed_name(key, kind)]
            if format is Format.JSONL and kind is Kind.INSTANT and cell is not None:
                cell = dt.datetime.fromisoformat(cell)
            assert stored_value(cell) == truth.cells.get(key), key


def test_parquet_by_day(practice: Practice, tmp_path: Path) -> None:
    path = tmp_path / "contacts"
    written = practice.export(path, Format.PARQUET, Shape.CONVERSATION, Style(by_day=True))
    table = polars.read_parquet(path / "**" / "*.parquet", hive_partitioning=True)
    assert table.height == written.rows == len(practice.truths)
    days = {
        id_: (expected.EPOCH + dt.timedelta(milliseconds=each.contact.start_ms)).date()
        for id_, each in practice.truths.items()
    }
    assert {each.name for each in path.iterdir()} == {f"utc_day={day}" for day in days.values()}
    for id_, start in table.select("conversation_id", "start").iter_rows():
        assert stored_value(start) == practice.truths[id_].cells["start"]


def test_raw_conversations(practice: Practice, tmp_path: Path) -> None:
    path = tmp_path / "contacts.jsonl"
    practice.export(path, Format.JSONL, Shape.CONVERSATION, Style(raw=True))
    for found, each in zip(typed_rows(path), practice.truths.values(), strict=True):
        if each.contact.cells["end"] is None:  # few answers of the query carry attributes
            for participant in found["participants"]:
                participant.pop("attributes", None)
        assert found == each.conversation


def test_xlsx(practice: Practice, tmp_path: Path) -> None:
    path = tmp_path / "contacts.xlsx"
    practice.export(path, Format.XLSX, Shape.CONVERSATION, Style(durations=Durations.SECONDS))
    header, rows = sheet_rows(path)
    assert header == [column(key).title for key in KEYS]
    ids = [str(row[0]) for row in rows]
    assert ids == list(practice.truths)
    for id_, row in zip(ids, rows, strict=True):
        truth = practice.truths[id_]
        for key, cell in zip(KEYS, row, strict=True):
            if key in certain(truth):
                assert_sheet_cell(key, cell, truth.cells.get(key))


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
    rows = typed_rows(path)
    assert written.rows == len(rows)
    prefix, keys = ("leg.", LEG_KEYS) if shape is Shape.LEG else ("segment.", SEGMENT_KEYS)
    parts: dict[str, list[tuple[object, ...]]] = {}
    for row in rows:
        truth = practice.truths[row["conversation_id"]]
        assert row["outcome"] == truth.cells["outcome"]
        cells = [row[prefix + key] for key in keys]
        found = parts.setdefault(row["conversation_id"], [])
        found.append(tuple(part_value(key, cell) for key, cell in zip(keys, cells, strict=True)))
        assert row[f"{prefix}number"] == len(found)
    told = expected.legs if shape is Shape.LEG else expected.segments
    for id_, truth in practice.truths.items():
        wanted = told(practice.contacts, truth.conversation)
        assert sorted(parts.get(id_, []), key=repr) == sorted(wanted, key=repr)


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
    header, rows = csv_rows(text, Style())
    sheet_header, sheet_cells = sheet_rows(sheet)
    assert header == sheet_header
    told = typed_rows(typed)
    assert len(told) == len(rows) == len(sheet_cells)
    first = len(KEYS)
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
