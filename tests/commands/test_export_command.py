"""``export``: the file, what stands beside it, and the log."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import polars
import pytest
from openpyxl import load_workbook

from desktop_app.commands.exits import Exit
from desktop_app.places import data_folder
from tests.commands.conftest import CONTACTS, Organisation, Run, write_policy
from tests.keyring_in_memory import SafeKeyring


def exported(run: Run, organisation: Organisation, path: Path, *more: str) -> int:
    told = run("export", "--interval", organisation.interval, "--out", str(path), *more)
    assert told.exit_code == Exit.COMPLETE, told.output
    sidecar = json.loads(path.with_name(f"{path.name}.json").read_text(encoding="utf-8"))
    assert sidecar["complete"] is True
    assert f"{sidecar['rows']:,} rows in {path}: complete to" in told.stderr
    return int(sidecar["rows"])


def test_the_files_name_says_the_format(
    organisation: Organisation, run: Run, safe: SafeKeyring, tmp_path: Path
) -> None:
    count = len(organisation.server.contacts)
    assert count > CONTACTS * 0.9
    text, sheet, table, lines = (
        tmp_path / f"contacts.{suffix}" for suffix in ("csv", "xlsx", "parquet", "jsonl")
    )
    for path in (text, sheet, table, lines):
        assert exported(run, organisation, path, "--columns", "conversation_id,talk") == count
    with text.open(encoding="utf-8", newline="") as file:
        ids = [row[0] for row in csv.reader(file)][1:]
    book = load_workbook(sheet, read_only=True)
    assert [row[0] for row in book.worksheets[0].iter_rows(min_row=2, values_only=True)] == ids
    book.close()
    assert polars.read_parquet(table)["conversation_id"].to_list() == ids
    with lines.open(encoding="utf-8") as rows:
        assert [json.loads(line)["conversation_id"] for line in rows] == ids
    assert len(set(ids)) == count


def test_styles_and_presets(
    organisation: Organisation, run: Run, safe: SafeKeyring, tmp_path: Path
) -> None:
    path = tmp_path / "contacts.csv"
    keys = ("--columns", "conversation_id,duration")
    exported(run, organisation, path, *keys, "--preset", "csv-excel", "--durations", "seconds")
    header, *rows = path.read_text(encoding="utf-8").splitlines()
    assert header.startswith("\ufeff") and ";" in header
    assert any("." in row.rpartition(";")[2] for row in rows)
    exported(run, organisation, path, *keys, "--separator", ";")
    assert not path.read_text(encoding="utf-8").startswith("\ufeff")
    folder = tmp_path / "by day"
    exported(run, organisation, folder, *keys, "--by-day")
    assert polars.read_parquet(folder / "**" / "*.parquet").height == len(
        organisation.server.contacts
    )
    raw = tmp_path / "contacts.jsonl"
    exported(run, organisation, raw, "--raw")
    with raw.open(encoding="utf-8") as lines:
        assert "participants" in json.loads(next(lines))
    legs = tmp_path / "legs.parquet"
    rows_of_legs = exported(run, organisation, legs, *keys, "--shape", "agent-leg")
    assert "leg.agent" in polars.read_parquet(legs).columns and rows_of_legs > 50


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--out", "contacts.txt"], "Add --format"),
        (["--out", "nowhere/contacts.csv"], "There is no folder"),
        (["--out", "a.csv", "--raw"], "go into JSON Lines"),
        (["--out", "a.csv", "--by-day"], "Only Parquet"),
        (["--out", "a.xlsx", "--separator", ";"], "--separator and --bom are for CSV"),
        (["--out", "a.parquet", "--durations", "seconds"], "--durations is for CSV and XLSX"),
        (["--out", "a.csv", "--preset", "excel", "--format", "csv"], "Leave out --format"),
        (["--out", "a.csv", "--shape", "agent"], "--shape"),
    ],
)
def test_what_can_not_be_written_is_told_before_anything_is_read(
    arguments: list[str],
    sentence: str,
    organisation: Organisation,
    run: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    told = run("export", "--interval", organisation.interval, *arguments)
    assert told.exit_code == Exit.INPUT and sentence in " ".join(told.stderr.split())
    assert not organisation.server.log
    assert [each.name for each in tmp_path.iterdir()] == ["profiles.toml"]


def test_the_policy_can_forbid_it(organisation: Organisation, run: Run, tmp_path: Path) -> None:
    write_policy("export = false\n")
    path = tmp_path / "contacts.csv"
    told = run("export", "--interval", organisation.interval, "--out", str(path))
    assert told.exit_code == Exit.PERMISSION and "switched off" in told.stderr
    assert not path.exists() and not organisation.server.log


def test_every_export_is_in_the_local_log(
    organisation: Organisation, run: Run, safe: SafeKeyring, tmp_path: Path
) -> None:
    path = tmp_path / "contacts.csv"
    exported(run, organisation, path, "--filter", "media:voice")
    (entry,) = (data_folder() / "exports.jsonl").read_text(encoding="utf-8").split("\n")[1:]
    assert json.loads(entry)["path"] == str(path)
    assert json.loads(entry)["fields"] == ["media"]
