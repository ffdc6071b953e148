"""Each benchmark runs and prints its table; how quick anything is is never asserted."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.__main__ import chosen, names
from benchmarks.measuring import (
    Line,
    at_least,
    at_most,
    compared,
    limited,
    machine,
    medians,
    percentile,
    table,
)
from benchmarks.stores import new_store, store_of

ROOT = Path(__file__).resolve().parents[2]
TINY = {
    "b1_ingest": ["--conversations", "60", "--sdk", "20", "--rounds", "1"],
    "b2_rate": ["--minutes", "2", "--minute", "0.5"],
    "b3_table": ["--rows", "400", "--rounds", "1"],
    "b4_scroll": ["--rows", "400", "--frames", "3", "--rounds", "1", "--fetched", "30"],
    "b6_export": ["--rows", "400", "--sheet-rows", "100", "--rounds", "1"],
    "b7_growth": ["--sizes", "200", "400", "--frames", "2", "--fetched", "30"],
    "whole_sync": ["--conversations", "300", "--kills", "1"],
}
NEEDS = {"b1_ingest": "PureCloudPlatformClientV2", "b4_scroll": "PySide6", "b7_growth": "PySide6"}


def run(*arguments: str) -> str:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    ran = subprocess.run(
        [sys.executable, "-m", "benchmarks", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@pytest.mark.parametrize("name", TINY)
def test_it_prints_its_table(name: str) -> None:
    if name in NEEDS and importlib.util.find_spec(NEEDS[name]) is None:
        pytest.skip(f"{NEEDS[name]} is not installed here")
    printed = run(name, *TINY[name])
    assert printed.startswith("## ")
    rows = [line for line in printed.splitlines() if line.startswith("|")]
    assert len(rows) >= 3
    assert len({row.count("|") for row in rows}) == 1
    assert "ours" in rows[0]
    assert any(word in printed for word in ("| met", "missed by"))


def test_all_are_listed_and_all_are_tried_here() -> None:
    assert run("--list").splitlines() == sorted(TINY)


def test_a_benchmark_is_known_by_each_of_its_names() -> None:
    assert {chosen("b3"), chosen("table"), chosen("b3_table")} == {"b3_table"}
    with pytest.raises(SystemExit, match="no benchmark b99"):
        chosen("b99")
    assert all(name in TINY for name in names())


def test_a_bar_says_how_far_it_was_missed() -> None:
    assert at_most(1.5).verdict(1.5) == "met"
    assert at_most(1.5).verdict(3.0) == "missed by 100%"
    assert at_least(20).verdict(5) == "missed by 75%"


def test_a_line_compares_ours_with_the_peer() -> None:
    line = compared("what", 3.0, 2.0, at_most(1.5), "{:.0f} s".format)
    assert line == Line("what", "3 s", "2 s", "1.50 ×", "≤ 1.5 ×", "met")
    assert limited("what", 17.0, at_most(16, "ms"), "{:.0f}".format).verdict == "missed by 6%"


def test_rounds_take_turns_and_medians_are_of_each() -> None:
    turns: list[str] = []

    def measure(name: str, values: list[float]) -> float:
        turns.append(name)
        return values.pop()

    ours, peer = [9.0, 1.0, 2.0], [5.0, 4.0, 6.0]
    found = medians(3, lambda: measure("ours", ours), lambda: measure("peer", peer))
    assert found == [2.0, 5.0]
    assert turns == ["ours", "peer"] * 3
    assert percentile([5.0, 1.0, 3.0], 0.99) == 5.0


def test_the_table_is_markdown_whose_columns_line_up() -> None:
    printed = table("Title", "Notes.", [Line("a", "1 ms"), Line("longer", "10 ms")])
    rows = printed.splitlines()[4:]
    assert len({len(row) for row in rows}) == 1
    assert rows[1].startswith("|-")


def test_the_machine_is_told_without_its_name() -> None:
    told = machine()
    assert "cores" in told and "Python" in told
    assert os.uname().nodename not in told if hasattr(os, "uname") else True
    assert str(Path.home()) not in told


def test_a_store_holds_as_many_contacts_as_asked_for_each_once() -> None:
    with store_of(700) as store:
        found = store._connection.execute(
            "SELECT count(*), count(DISTINCT no), count(DISTINCT conversation_id) FROM contact"
        ).fetchone()
    assert found == (700, 700, 700)


def test_copies_fill_a_store_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("benchmarks.stores.SEEDED", 50)
    from benchmarks.stores import fill

    with new_store(tmp_path) as store:
        fill(store, 170)
        found = store._connection.execute(
            "SELECT count(*), count(DISTINCT no), count(DISTINCT conversation_id),"
            " count(DISTINCT c_conversation_id) FROM contact"
        ).fetchone()
    assert found == (170, 170, 170, 170)
