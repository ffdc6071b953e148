"""T24: a release with old security patches is refused; the dates are given, not today's."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from scripts._chromium_age import MOST_DAYS, judge, read_table, released_on

DAY = date(2026, 8, 25)
VERSION = "152.0.7977.83"
TABLE = {"152": DAY}


@pytest.mark.parametrize(
    ("age", "passed"), [(0, True), (44, True), (45, True), (46, False), (90, False)]
)
def test_T24_patches_may_be_45_days_old(age: int, passed: bool) -> None:
    verdict = judge(VERSION, TABLE, DAY + timedelta(days=age))
    assert verdict.passed is passed
    assert f"{age} days old" in verdict.sentence
    assert VERSION in verdict.sentence and "2026-08-25" in verdict.sentence
    assert passed or "scripts/lock" in verdict.sentence


@pytest.mark.parametrize("unknown", ["158.0.8130.1", "15.0.1.1", "1520.0.1.1", "52.0.7977.83", ""])
def test_T24_what_nobody_knows_is_refused(unknown: str) -> None:
    verdict = judge(unknown, TABLE, DAY)
    assert not verdict.passed
    assert "packaging/chromium-patches.toml" in verdict.sentence


def test_T24_a_day_to_come_is_refused() -> None:
    verdict = judge(VERSION, TABLE, DAY - timedelta(days=1))
    assert not verdict.passed and "yet to come" in verdict.sentence


def test_T24_a_patch_version_of_its_own_counts_before_its_milestone() -> None:
    later = DAY + timedelta(days=14)
    table = {**TABLE, VERSION: later, "152.0": DAY + timedelta(days=7)}
    assert released_on(VERSION, table) == later
    assert released_on("152.0.7977.8", table) == DAY + timedelta(days=7)
    assert released_on("152.1.1.1", table) == DAY


def test_T24_the_table_is_in_order_and_without_a_gap() -> None:
    table = read_table()
    assert all(re.fullmatch(r"\d+(\.\d+){0,3}", version) for version in table)
    assert all(type(day) is date for day in table.values())
    milestones = {int(version): day for version, day in table.items() if version.isdigit()}
    assert sorted(milestones) == list(range(min(milestones), max(milestones) + 1))
    days = [milestones[each] for each in sorted(milestones)]
    assert days == sorted(set(days))
    assert MOST_DAYS == 45
