"""A file that is put together of pieces is the file that is sorted at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars
import pytest
from openpyxl import load_workbook

from desktop_app.core.history.export import pieces
from desktop_app.core.history.export.exporter import Exporter
from desktop_app.core.history.export.request import Export, Format, Shape, Style
from desktop_app.core.history.query import Query
from desktop_app.core.history.reader import Numbers
from desktop_app.core.history.store import Store
from tests.core.history.history_samples import DAY, HOUR_MS, in_memory, put, stored

PLAIN = Style()
COUNT = 90
NOW = DAY + 30 * HOUR_MS
RAW = (
    '{"conversationId": "c", "participants": [{"purpose": "agent", "sessions":'
    ' [{"mediaType": "voice", "segments": [{"segmentType": "interact"},'
    ' {"segmentType": "wrapup"}]}]}]}'
)


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    """Contacts of two days, whose customers come in no order."""
    with in_memory() as made:
        for number in range(COUNT):
            start = DAY + number * HOUR_MS // 3
            contact = stored(f"c-{number:03}", start, raw=RAW, customer=f"Nº {number * 37 % COUNT}")
            put(made, contact, pass_ms=5 + number)
        yield made


def written(
    store: Store,
    path: Path,
    shape: Shape = Shape.CONVERSATION,
    style: Style = PLAIN,
    numbers: Numbers | None = None,
) -> int:
    query = Query(DAY, DAY + 48 * HOUR_MS, sort="customer", descending=False)
    form = Format(path.suffix.removeprefix(".") or Format.PARQUET)
    export = Export(query, ("conversation_id", "customer", "start"), form, shape, style, numbers)
    exporter = Exporter(store)
    try:
        return exporter.write(export, path, now_ms=NOW).rows
    finally:
        exporter.close()


@pytest.fixture
def in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "AT_ONCE_BYTES", 100)
    monkeypatch.setattr(pieces, "PIECE_BYTES", 100)
    monkeypatch.setattr(pieces, "_FEWEST", 7)


@pytest.mark.parametrize("shape", list(Shape))
@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet", "xlsx"])
def test_pieces_make_the_same_file(
    store: Store, tmp_path: Path, shape: Shape, suffix: str, request: pytest.FixtureRequest
) -> None:
    whole, parts = tmp_path / f"whole.{suffix}", tmp_path / f"parts.{suffix}"
    rows = written(store, whole, shape)
    request.getfixturevalue("in_pieces")
    assert written(store, parts, shape) == rows >= COUNT
    if suffix == "parquet":
        assert polars.read_parquet(parts).equals(polars.read_parquet(whole))
    elif suffix == "xlsx":
        assert sheets(parts) == sheets(whole)
    else:
        assert parts.read_bytes() == whole.read_bytes()
    expected = {f"{path.name}{more}" for path in (whole, parts) for more in ("", ".json")}
    assert {path.name for path in tmp_path.iterdir()} == expected


def sheets(path: Path) -> list[list[tuple[object, ...]]]:
    book = load_workbook(path)
    return [list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets]


def test_whole_conversations_and_a_selection(
    store: Store, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    chosen = np.arange(80, 20, -2, dtype=np.int64)
    raw = Style(raw=True)
    before = [tmp_path / name for name in ("a.jsonl", "b.csv")]
    written(store, before[0], style=raw)
    written(store, before[1], numbers=chosen)
    told = [path.read_bytes() for path in before]
    request.getfixturevalue("in_pieces")
    assert written(store, before[0], style=raw) == COUNT
    assert written(store, before[1], numbers=chosen) == len(chosen)
    assert [path.read_bytes() for path in before] == told


def test_days_are_pieces(store: Store, tmp_path: Path) -> None:
    assert written(store, tmp_path / "set", style=Style(by_day=True)) == COUNT
    files = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.parquet"))
    assert files == [f"set/utc_day=2026-05-{day}/contacts.parquet" for day in (27, 28)]
    first = polars.read_parquet(tmp_path / "set" / "utc_day=2026-05-27" / "*.parquet")
    assert first.height == 72 and first["customer"].is_sorted()


def test_nothing_found_makes_a_file_all_the_same(tmp_path: Path, in_pieces: None) -> None:
    with in_memory() as empty:
        assert written(empty, tmp_path / "a.csv") == 0
        assert written(empty, tmp_path / "set", style=Style(by_day=True)) == 0
    assert (tmp_path / "a.csv").read_text(encoding="utf-8").count("\n") == 1
    assert list((tmp_path / "set").iterdir()) == []
