"""Ranges and columns as they are asked for."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from desktop_app.commands.asked import Asked, columns_of, interval_of
from desktop_app.core.errors import InputError, IntervalError
from desktop_app.core.history.clock import Clock
from desktop_app.core.history.columns import COLUMNS, DEFAULT_KEYS
from desktop_app.core.history.zones import system_zone

LONDON = ZoneInfo("Europe/London")


def ms(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=LONDON).timestamp() * 1000)


CLOCK = Clock(LONDON, lambda: ms("2026-03-31T14:02"))  # two days after the clocks went forward


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("today", "2026-03-31", "2026-04-01"),
        ("Yesterday", "2026-03-30", "2026-03-31"),
        ("this-week", "2026-03-30", "2026-04-06"),
        ("last_week", "2026-03-23", "2026-03-30"),
        ("last-hour", "2026-03-31T13:02", "2026-03-31T14:02"),
        ("last-3-days", "2026-03-28", "2026-03-31T14:02"),
        ("last-1-day", "2026-03-30", "2026-03-31T14:02"),
        ("2026-03-01/2026-03-02", "2026-03-01", "2026-03-02"),
    ],
)
def test_ranges_by_name_and_by_their_ends(text: str, start: str, end: str) -> None:
    assert interval_of(text, CLOCK) == (ms(start), ms(end))


@pytest.mark.parametrize("text", ["", "last-days", "tomorrow", "2026-03-01", "a/b"])
def test_other_ranges_are_told_how_to_write_one(text: str) -> None:
    with pytest.raises(IntervalError, match=r"2026-11-20T00:00/2026-11-21T00:00"):
        interval_of(text, CLOCK)


def test_columns_in_the_order_in_which_they_were_named() -> None:
    assert columns_of("") == DEFAULT_KEYS
    assert columns_of(" talk, start ,attr.Order Id,talk") == ("talk", "start", "attr.Order Id")
    assert columns_of("all") == tuple(column.key for column in COLUMNS)
    with pytest.raises(InputError, match=r"docs/columns\.md"):
        columns_of("zzzzzz")


def test_the_zone_is_the_named_one_then_the_profiles_then_the_computers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert Asked("today", zone="Asia/Tokyo").clock("Europe/London").zone.key == "Asia/Tokyo"
    assert Asked("today").clock("Europe/London").zone.key == "Europe/London"
    monkeypatch.setenv("TZ", "America/Lima")
    assert Asked("today").clock("").zone.key == "America/Lima"
    monkeypatch.setenv("TZ", ":/nowhere")
    assert system_zone().key
