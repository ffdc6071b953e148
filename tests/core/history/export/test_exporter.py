"""Writing files: beforehand, while it runs, when it is ended, and what stands beside it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from desktop_app.core.errors import ExportCancelled, StoreError, TargetRefused
from desktop_app.core.history.clock import Clock
from desktop_app.core.history.coverage import DAY_MS, Span
from desktop_app.core.history.export import staging
from desktop_app.core.history.export.exporter import Estimate, Exporter
from desktop_app.core.history.export.parts import Part, parts_of
from desktop_app.core.history.export.request import Export, Format, Shape
from desktop_app.core.history.filters.mistakes import FilterMistake
from desktop_app.core.history.query import Query
from desktop_app.core.history.store import Store
from tests.core.history.history_samples import DAY, ROOT, in_memory, put, stored

NOW = DAY + 2 * DAY_MS
CLOCK = Clock(ZoneInfo("UTC"), lambda: NOW)
QUERY = Query(DAY, DAY + DAY_MS, clock=CLOCK)
KEYS = ("conversation_id", "subject")
CSV = Export(QUERY, KEYS, Format.CSV)

RAW = (
    '{"conversationId": "%s", "participants": [{"purpose": "agent", "userId": "u", "sessions":'
    ' [{"mediaType": "voice", "segments": [{"segmentType": "interact"}]}]}]}'
)

# Under a limit of file size that the store in memory doesn't feel.
FULL = """
import resource, signal, sys
from pathlib import Path
from desktop_app.core.errors import TargetFull
from tests.core.history.export.test_exporter import KEYS, NOW, QUERY, fill
from tests.core.history.history_samples import in_memory
from desktop_app.core.history.export.exporter import Exporter
from desktop_app.core.history.export.request import Export, Format
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with in_memory() as store:
    fill(store, 5_000)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, 2_000))
    try:
        export = Export(QUERY, KEYS, Format(sys.argv[2]))
        Exporter(store).write(export, Path(sys.argv[1]), now_ms=NOW)
    except TargetFull as error:
        print(error)
"""


@pytest.fixture
def store() -> Iterator[Store]:
    with in_memory() as made:
        yield made


@pytest.fixture
def exporter(store: Store) -> Iterator[Exporter]:
    made = Exporter(store)
    yield made
    made.close()


def fill(store: Store, count: int) -> None:
    put(store, *(
        stored(f"c{n:05}", DAY + n, raw=RAW % f"c{n:05}", subject="words " * 9)
        for n in range(count)
    ))  # fmt: skip


def test_rows_and_size_are_told_beforehand(
    store: Store, exporter: Exporter, tmp_path: Path
) -> None:
    fill(store, 900)
    for shape in Shape:
        export = Export(QUERY, KEYS, Format.CSV, shape)
        told = exporter.estimate(export)
        written = exporter.write(export, tmp_path / "file.csv", now_ms=NOW)
        assert told.rows == written.rows == 900
        assert 0.8 < told.size_bytes / written.size_bytes < 1.25
    assert exporter.estimate(Export(Query(0, 1), KEYS, Format.CSV)) == Estimate(0, 0)


def test_a_filter_that_can_not_be_read_writes_nothing(exporter: Exporter, tmp_path: Path) -> None:
    export = Export(Query(0, 1, "wait>abc"), KEYS, Format.CSV)
    with pytest.raises(FilterMistake):
        exporter.write(export, tmp_path / "file.csv", now_ms=NOW)
    with pytest.raises(FilterMistake):
        exporter.estimate(export)
    assert list(tmp_path.iterdir()) == []


def test_beside_the_file_stands_what_it_holds(
    store: Store, exporter: Exporter, tmp_path: Path
) -> None:
    fill(store, 3)
    store.write_end(Span(DAY, DAY + DAY_MS, NOW - 60_000, 3), pass_ms=5)
    written = exporter.write(CSV, tmp_path / "file.csv", now_ms=NOW)
    assert written.sidecar == tmp_path / "file.csv.json"
    told = json.loads(written.sidecar.read_bytes())
    assert told["rows"] == 3 and told["complete"] is True
    assert told["completeness"] == "complete to 28 May 2026 23:59"
    assert told["columns"] == list(KEYS)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file.csv", "file.csv.json"]


def test_a_range_that_was_not_read_is_told_as_incomplete(
    store: Store, exporter: Exporter, tmp_path: Path
) -> None:
    fill(store, 3)
    assert not exporter.write(CSV, tmp_path / "file.csv", now_ms=NOW).about.complete
    store.write_end(Span(DAY, DAY + DAY_MS, NOW, 3, doubt="contacts moved"), pass_ms=5)
    about = exporter.write(CSV, tmp_path / "file.csv", now_ms=NOW).about
    assert not about.complete and "may be incomplete" in about.completeness


def test_F32_an_export_that_is_cancelled_leaves_the_old_file(
    store: Store, exporter: Exporter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store, 1_200)
    old = tmp_path / "file.csv"
    exporter.write(CSV, old, now_ms=NOW)
    before = old.read_bytes()
    seen: list[float | None] = []

    def interrupted(*given: Any) -> Iterator[Part]:
        if len(seen) == 500 + 700:  # so many are looked at beforehand
            exporter.interrupt()
        seen.append(exporter.progress())
        return parts_of(*given)

    with monkeypatch.context() as patched:
        patched.setattr(staging, "parts_of", interrupted)
        with pytest.raises(ExportCancelled, match="Nothing was written"):
            exporter.write(Export(QUERY, KEYS, Format.CSV, Shape.LEG), old, now_ms=NOW)
    assert 1_200 < len(seen) < 1_700 and 0 < (seen[-1] or 0) < 1
    assert old.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file.csv", "file.csv.json"]
    assert exporter.progress() is None
    assert exporter.write(CSV, old, now_ms=NOW).rows == 1_200  # and the next one goes on


def test_what_is_read_meanwhile_changes_nothing_of_the_file(
    store: Store, exporter: Exporter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store, 10)

    def reading_goes_on(*given: Any) -> Iterator[Part]:
        store.purge(NOW)
        return parts_of(*given)

    monkeypatch.setattr(staging, "parts_of", reading_goes_on)
    export = Export(QUERY, KEYS, Format.CSV, Shape.LEG)
    assert exporter.write(export, tmp_path / "file.csv", now_ms=NOW).rows == 10
    assert exporter.estimate(CSV).rows == 0


@pytest.mark.parametrize("format", list(Format))
def test_F32_a_place_that_can_not_be_written_is_told(
    store: Store, exporter: Exporter, tmp_path: Path, format: Format
) -> None:
    export = Export(QUERY, KEYS, format)
    with pytest.raises(TargetRefused, match="There is no folder"):
        exporter.write(export, tmp_path / "none" / "file", now_ms=NOW)


@pytest.mark.skipif(os.name != "posix", reason="Windows can't limit how large a file may grow")
@pytest.mark.parametrize("format", list(Format))
def test_F32_a_disk_that_fills_is_told_and_the_old_file_stays(
    tmp_path: Path, format: Format
) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    said = subprocess.run(
        [sys.executable, "-c", FULL, str(path), format.value],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert "no room for file" in said
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]


def test_a_store_that_closes_ends_its_exports(store: Store, tmp_path: Path) -> None:
    exporter = Exporter(store)
    store.close()
    with pytest.raises(StoreError):
        exporter.write(CSV, tmp_path / "file.csv", now_ms=NOW)
    assert list(tmp_path.iterdir()) == []
