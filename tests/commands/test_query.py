"""``query``: what it prints, and what its exit says."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime, timedelta

import pytest

from desktop_app.commands.exits import Exit
from desktop_app.core.history.columns import DEFAULT_KEYS, column
from desktop_app.practice.faults import read_script
from tests.commands.conftest import Organisation, Run, write_policy
from tests.keyring_in_memory import SafeKeyring


def records(output: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in output.splitlines()]


def truth(organisation: Organisation) -> dict[str, dict[str, object]]:
    """The service's own conversations, by id."""
    contacts = organisation.server.contacts
    found = [contacts.conversation(n, attributes=True) for n in range(len(contacts))]
    return {str(each["conversationId"]): each for each in found}


def test_json_lines_hold_every_contact_once_newest_first(
    organisation: Organisation, run: Run
) -> None:
    told = run(
        *("query", "--interval", organisation.interval),
        *("--columns", "conversation_id,start,media,duration,queues", "--json"),
    )
    assert told.exit_code == Exit.COMPLETE
    rows = records(told.stdout)
    expected = truth(organisation)
    assert {row["conversation_id"] for row in rows} == set(expected)
    assert len(rows) == len(expected)
    starts = [str(row["start"]) for row in rows]
    assert starts == sorted(starts, reverse=True)
    for row in rows:
        assert row["start"] == expected[str(row["conversation_id"])]["conversationStart"]
        assert set(row) == {"conversation_id", "start", "media", "duration_ms", "queues"}
        assert row["queues"] is None or isinstance(row["queues"], list)
    assert f"{len(rows)} contacts: complete to " in told.stderr


def test_text_elsewhere_than_on_a_terminal_is_set_apart_by_tabs(
    organisation: Organisation, run: Run
) -> None:
    told = run("query", "--interval", organisation.interval, "--limit", "7", "--sort", "start:asc")
    assert told.exit_code == 0
    header, *rows = csv.reader(io.StringIO(told.stdout), delimiter="\t", quoting=csv.QUOTE_NONE)
    assert header == [column(key).title for key in DEFAULT_KEYS]
    assert len(rows) == 7 and all(len(row) == len(header) for row in rows)
    assert "7 contacts: complete" in told.stderr


def test_a_filter_and_an_order(organisation: Organisation, run: Run) -> None:
    told = run(
        *("query", "--interval", organisation.interval, "--filter", "media:voice talk>10s"),
        *("--columns", "media,talk,attr.OrderId", "--sort", "talk:asc", "--json"),
    )
    rows = records(told.stdout)
    assert rows and {row["media"] for row in rows} == {"Voice"}
    talks = [row["talk_ms"] for row in rows]
    assert all(isinstance(talk, int) and talk > 10_000 for talk in talks)
    assert talks == sorted(talks, key=lambda talk: int(str(talk)))
    assert all("attr.OrderId" in row for row in rows)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--filter", "queue:(a wait>"], "  queue:(a wait>\n        ^"),
        (["--columns", "start,qeue"], 'There is no column "qeue". Did you mean queue'),
        (["--sort", "start:up"], "Write start:asc or start:desc"),
        (["--zone", "Europe/Londn"], 'no time zone "Europe/Londn"'),
        (["--interval", "2026-11-21/2026-11-20"], "Swap them"),
        (["--limit", "0"], "--limit"),
        (["--profile", "amce"], "It has: acme."),
    ],
)
def test_bad_input_ends_with_its_own_exit_before_anybody_signs_in(
    arguments: list[str], sentence: str, organisation: Organisation, run: Run
) -> None:
    if "--interval" not in arguments:
        arguments = ["--interval", organisation.interval, *arguments]
    told = run("query", *arguments)
    assert told.exit_code == Exit.INPUT
    assert sentence in told.stderr and "Traceback" not in told.output
    assert told.stdout == "" and not organisation.server.log


def test_T45_numbers_are_hidden_where_the_policy_says_so(
    organisation: Organisation, run: Run
) -> None:
    asked = ("query", "--interval", organisation.interval, "--filter", "media:voice")
    columns = ("--columns", "conversation_id,ani,customer")
    shown = [run(*asked, *columns, *form).stdout for form in ([], ["--json"])]
    write_policy("mask_numbers = true\n")
    hidden = [run(*asked, *columns, *form).stdout for form in ([], ["--json"])]
    numbers = {str(row["ani"]) for row in records(shown[1]) if str(row["ani"]).startswith("+")}
    assert len(numbers) > 10
    for number in numbers:
        assert number in shown[0]
        assert number not in hidden[0] and number not in hidden[1]
    assert len(hidden[0].splitlines()) == len(shown[0].splitlines())


def test_what_genesys_does_not_give_is_partial_and_printed_all_the_same(
    organisation: Organisation, run: Run, safe: SafeKeyring
) -> None:
    first, _, last = organisation.interval.partition("/")
    day_before = datetime.fromisoformat(last) - timedelta(days=1)
    whole = run("query", "--interval", f"{first}/{day_before:%Y-%m-%dT%H:%MZ}")
    assert whole.exit_code == Exit.COMPLETE
    down = '[{"match": {"path": "/api/v2/analytics/*"}, "do": {"status": 503}}]'
    organisation.server.faults.extend(read_script(down))
    told = run("query", "--interval", organisation.interval)
    assert told.exit_code == Exit.PARTIAL
    assert len(told.stdout.splitlines()) == len(whole.stdout.splitlines()) > 1
    assert "incomplete" in told.stderr and "status 503" in told.stderr


def test_where_nothing_is_held_and_genesys_fails_it_is_a_fault(
    organisation: Organisation, run: Run
) -> None:
    down = '[{"match": {"path": "/api/v2/analytics/*"}, "do": {"status": 503}}]'
    organisation.server.faults.extend(read_script(down))
    told = run("query", "--interval", organisation.interval)
    assert told.exit_code == Exit.FAULT
    assert told.stdout == "" and "Error: Genesys Cloud can't answer" in told.stderr


def test_what_is_held_is_printed_without_reading(
    organisation: Organisation, run: Run, safe: SafeKeyring
) -> None:
    nothing = run("query", "--interval", organisation.interval, "--no-sync", "--json")
    assert (nothing.exit_code, nothing.stdout) == (Exit.PARTIAL, "")
    assert "0 contacts: not read yet." in nothing.stderr
    assert run("sync", "--interval", organisation.interval).exit_code == Exit.COMPLETE
    asked = len([each for each in organisation.server.log if "analytics" in each.path])
    told = run("query", "--interval", organisation.interval, "--no-sync", "--json")
    assert told.exit_code == Exit.COMPLETE
    assert len(records(told.stdout)) == len(truth(organisation))
    assert len([each for each in organisation.server.log if "analytics" in each.path]) == asked
