"""The log of exports: what left, where to, and no customer in it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from desktop_app.core.history.export import log as log_module
from desktop_app.core.history.export.log import ExportLog
from desktop_app.core.history.export.provenance import Provenance

ABOUT = Provenance(
    filter='ani:+442079460123 "Ana Ruiz" -(queue:billing {wait>2m}) ana',
    start_ms=0,
    end_ms=86_400_000,
    zone="Europe/London",
    complete=True,
    completeness="complete to 14:02",
    synced_ms=86_400_000,
    rows=12,
    columns=("start", "attr.Tier"),
    shape="conversation",
    format="csv",
    app_version="1.0",
    made_ms=86_400_000,
)


def test_it_tells_what_left_and_where_to_but_no_customer(tmp_path: Path) -> None:
    log = ExportLog(tmp_path / "folder" / "exports.jsonl")
    assert log.entries() == []
    log.add(tmp_path / "contacts.csv", 640, ABOUT)
    (entry,) = log.entries()
    assert (entry.rows, entry.size_bytes, entry.format) == (12, 640, "csv")
    assert entry.path == str(tmp_path / "contacts.csv")
    assert (entry.made, entry.start) == ("1970-01-02T00:00:00.000Z", "1970-01-01T00:00:00.000Z")
    assert entry.fields == ("ani", "words", "queues") and entry.columns == ABOUT.columns
    written = (tmp_path / "folder" / "exports.jsonl").read_text()
    assert not any(word in written.lower() for word in ("7946", "ruiz", "billing", "ana"))


@pytest.mark.skipif(os.name != "posix", reason="Windows has no permission bits")
def test_it_is_the_persons_own(tmp_path: Path) -> None:
    log = ExportLog(tmp_path / "exports.jsonl")
    log.add(tmp_path / "a.csv", 1, ABOUT)
    assert (tmp_path / "exports.jsonl").stat().st_mode & 0o777 == 0o600


def test_a_line_that_was_cut_costs_no_other(tmp_path: Path) -> None:
    path = tmp_path / "exports.jsonl"
    log = ExportLog(path)
    for name in ("a", "b"):
        log.add(Path(name), 1, ABOUT)
    path.write_bytes(path.read_bytes()[:-9])
    log.add(Path("c"), 1, ABOUT)
    assert [entry.path for entry in log.entries()] == ["c", "a"]
    assert [entry.path for entry in log.entries(1)] == ["c"]


def test_it_keeps_the_newest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_module, "_MOST_LINES", 6)
    log = ExportLog(tmp_path / "exports.jsonl")
    for number in range(8):
        log.add(Path(str(number)), 1, ABOUT)
    assert [entry.path for entry in log.entries()] == ["7", "6", "5", "4"]


def test_a_log_that_can_not_be_written_spoils_no_export(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    log = ExportLog(tmp_path / "file" / "exports.jsonl")
    log.add(Path("a"), 1, ABOUT)
    assert log.entries() == []
