"""``publish``: whole UTC days of whatever range, and what is told of them."""

from __future__ import annotations

import json
from pathlib import Path

import polars
import pytest

from desktop_app.commands.exits import Exit
from desktop_app.places import data_folder
from desktop_app.practice.faults import read_script
from tests.commands.conftest import Organisation, Run, write_policy
from tests.keyring_in_memory import SafeKeyring


def test_a_range_is_published_by_whole_days_and_then_only_what_is_new(
    organisation: Organisation, run: Run, safe: SafeKeyring, tmp_path: Path
) -> None:
    folder = tmp_path / "set"
    day = organisation.interval.partition("T")[0]
    asked = ("--interval", f"{day}T22:00Z/{day}T23:00Z", "--to", str(folder))
    first = run("publish", *asked, "--table", "contacts", "--table", "segments")
    assert first.exit_code == Exit.COMPLETE
    assert "2 files written, 0 unchanged: complete to " in first.stderr
    contacts = organisation.server.contacts
    of_day = [
        contacts.conversation_id(n)
        for n in range(len(contacts))
        if contacts.conversation(n, attributes=False)["conversationStart"].startswith(day)
    ]
    table = polars.read_parquet(folder / "contacts" / "**" / "*.parquet")
    assert sorted(table["conversation_id"].to_list()) == sorted(of_day)
    again = run("publish", *asked)
    assert again.exit_code == Exit.COMPLETE and "0 files written, 1 unchanged" in again.stderr
    told = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert set(told["tables"]) == {"contacts", "segments"}
    assert told["tables"]["contacts"]["days"][day]["complete"] is True
    (entry,) = (data_folder() / "exports.jsonl").read_text(encoding="utf-8").split("\n")[1:]
    assert json.loads(entry)["path"] == str(folder)


def test_without_a_store_that_is_kept_only_what_changed_is_written(
    organisation: Organisation, run: Run, tmp_path: Path
) -> None:
    """As on a server: no keyring, so that each run reads all of it."""
    asked = ("--interval", organisation.interval, "--to", str(tmp_path / "set"))
    first = run("publish", *asked, env=organisation.service)
    assert first.exit_code == Exit.COMPLETE and "memory only" in first.stderr
    again = run("publish", *asked, env=organisation.service)
    assert "0 files written" in again.stderr


def test_what_genesys_does_not_give_is_told_in_the_exit(
    organisation: Organisation, run: Run, safe: SafeKeyring, tmp_path: Path
) -> None:
    asked = ("--to", str(tmp_path / "set"))
    day = organisation.interval.partition("T")[0]
    assert run("publish", "--interval", f"{day}T00:00Z/{day}T01:00Z", *asked).exit_code == 0
    down = '[{"match": {"path": "/api/v2/analytics/*"}, "do": {"status": 503}}]'
    organisation.server.faults.extend(read_script(down))
    told = run("publish", "--interval", organisation.interval, *asked)
    assert told.exit_code == Exit.PARTIAL and "status 503" in told.stderr
    assert len(list((tmp_path / "set" / "contacts").iterdir())) == 1


@pytest.mark.parametrize(
    ("policy", "arguments", "code"),
    [
        ("export = false\n", [], Exit.PERMISSION),
        ("", ["--table", "legs"], Exit.INPUT),
    ],
)
def test_what_may_not_be_published(
    policy: str,
    arguments: list[str],
    code: Exit,
    organisation: Organisation,
    run: Run,
    tmp_path: Path,
) -> None:
    write_policy(policy)
    folder = tmp_path / "set"
    told = run("publish", "--interval", organisation.interval, "--to", str(folder), *arguments)
    assert told.exit_code == code
    assert not folder.exists() and not organisation.server.log
