"""Times as people read them; ranges as they are asked for, also when the clocks change."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.core.errors import IntervalError
from desktop_app.core.history.clock import Clock, Interval, duration_text

LONDON = Clock(ZoneInfo("Europe/London"))
KOLKATA = Clock(ZoneInfo("Asia/Kolkata"))
HOUR = 3_600_000


def utc(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def preset(clock: Clock, key: str, now: str) -> Interval:
    return next(p.interval for p in clock.presets(utc(now)) if p.key == key)


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (0, "0:00"),
        (999, "0:00"),
        (29_000, "0:29"),
        (102_900, "1:42"),
        (3_599_999, "59:59"),
        (3_723_000, "1:02:03"),
        (360_000_000, "100:00:00"),
        (-5_000, "-0:05"),
        (-400, "0:00"),
    ],
)
def test_durations(ms: int, text: str) -> None:
    assert duration_text(ms) == text


def test_forms_of_an_instant() -> None:
    winter = utc("2026-11-20T09:49:12.900")
    assert LONDON.instant(winter) == "20 Nov 2026 09:49:12"
    assert LONDON.date(winter) == "20 Nov 2026"
    assert LONDON.time(winter) == "09:49:12"
    assert LONDON.minute(winter) == "09:49"


def test_an_instant_is_read_in_the_zone_and_its_season() -> None:
    assert LONDON.instant(utc("2026-07-01T23:30:00")) == "2 Jul 2026 00:30:00"
    assert KOLKATA.instant(utc("2026-07-01T23:30:00")) == "2 Jul 2026 05:00:00"


@pytest.mark.parametrize("ms", [1 << 62, -(1 << 62), 253_402_300_799_999])
def test_instants_beyond_the_calendar_are_empty(ms: int) -> None:
    assert KOLKATA.instant(ms) == ""
    assert KOLKATA.date(ms) == KOLKATA.time(ms) == KOLKATA.minute(ms) == ""


def test_presets() -> None:
    now = "2026-11-20T09:49:12"  # a Friday
    assert [p.title for p in LONDON.presets(utc(now))] == [
        "Last hour",
        "Today",
        "Yesterday",
        "This week",
        "Last week",
    ]
    assert preset(LONDON, "last_hour", now) == (utc(now) - HOUR, utc(now))
    assert preset(LONDON, "today", now) == (utc("2026-11-20"), utc("2026-11-21"))
    assert preset(LONDON, "yesterday", now) == (utc("2026-11-19"), utc("2026-11-20"))
    assert preset(LONDON, "this_week", now) == (utc("2026-11-16"), utc("2026-11-23"))
    assert preset(LONDON, "last_week", now) == (utc("2026-11-09"), utc("2026-11-16"))


def test_a_week_begins_on_monday_itself_and_holds_sunday() -> None:
    week = (utc("2026-11-16"), utc("2026-11-23"))
    assert preset(LONDON, "this_week", "2026-11-16T00:00:00") == week
    assert preset(LONDON, "this_week", "2026-11-22T23:59:59") == week


def test_days_have_23_or_25_hours_when_the_clocks_change() -> None:
    spring = preset(LONDON, "today", "2026-03-29T12:00:00")
    autumn = preset(LONDON, "today", "2026-10-25T12:00:00")
    assert spring == (utc("2026-03-29T00:00:00"), utc("2026-03-29T23:00:00"))
    assert autumn == (utc("2026-10-24T23:00:00"), utc("2026-10-26T00:00:00"))


def test_a_day_begins_late_where_midnight_is_skipped() -> None:
    cairo = Clock(ZoneInfo("Africa/Cairo"))  # 24 Apr 2026: 00:00 becomes 01:00
    start, end = preset(cairo, "today", "2026-04-24T12:00:00")
    assert cairo.instant(start) == "24 Apr 2026 01:00:00"
    assert end - start == 23 * HOUR


def test_the_clock_asks_the_time_itself() -> None:
    stopped = Clock(ZoneInfo("Europe/London"), lambda: utc("2026-11-20T09:49:12"))
    assert stopped.presets() == LONDON.presets(utc("2026-11-20T09:49:12"))


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        ("2026-11-20T00:00", "2026-11-21T00:00", "20 Nov 2026, 00:00 – 24:00"),
        ("2026-11-20T08:49", "2026-11-20T09:49", "20 Nov 2026, 08:49 – 09:49"),
        ("2026-11-16T00:00", "2026-11-23T00:00", "16 Nov 2026, 00:00 – 22 Nov 2026, 24:00"),
        ("2026-11-20T23:30", "2026-11-21T00:30", "20 Nov 2026, 23:30 – 21 Nov 2026, 00:30"),
    ],
)
def test_the_words_of_a_range(start: str, end: str, text: str) -> None:
    assert LONDON.interval_text(Interval(utc(start), utc(end))) == text


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026-11-20T00:00/2026-11-21T00:00", "2026-11-20T00:00", "2026-11-21T00:00"),
        ("2026-07-01/2026-07-02", "2026-06-30T23:00", "2026-07-01T23:00"),
        (" 2026-07-01T10:00Z / 2026-07-01T12:00+01:00 ", "2026-07-01T10:00", "2026-07-01T11:00"),
        ("2026-07-01T10:00:00.500Z/2026-07-02T00:00Z", "2026-07-01T10:00:00.5", "2026-07-02"),
        ("2026-10-25T01:30/2026-10-25T02:00", "2026-10-25T00:30", "2026-10-25T02:00"),
    ],
)
def test_intervals_are_read(text: str, start: str, end: str) -> None:
    assert LONDON.parse_interval(text) == (utc(start), utc(end))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "No range was given"),
        ("  ", "No range was given"),
        ("2026-11-20", "one start and one end"),
        ("2026-11-20/2026-11-21/2026-11-22", "one start and one end"),
        ("/2026-11-21", "The start of the range is missing"),
        ("2026-11-20/", "The end of the range is missing"),
        ("yesterday/2026-11-21", "The start of the range is no date"),
        ("2026-11-20/2026-13-01", "The end of the range is no date"),
        ("2026-11-20/P1D", "The end of the range is no date"),
        ("2026-11-21/2026-11-20", "turned round"),
        ("2026-11-20/2026-11-20", "empty"),
    ],
)
def test_what_cannot_be_asked_for_gets_a_sentence(text: str, words: str) -> None:
    with pytest.raises(IntervalError, match=words):
        LONDON.parse_interval(text)


@given(st.text(max_size=60))
def test_any_text_is_an_interval_or_an_interval_error(text: str) -> None:
    try:
        start, end = LONDON.parse_interval(text)
    except IntervalError:
        return
    assert start < end


@given(st.integers(min_value=0, max_value=4_102_444_800_000))
def test_every_instant_is_in_its_own_day(ms: int) -> None:
    for clock in (LONDON, KOLKATA):
        start, end = clock.day(ms)
        assert start <= ms < end
        assert 22 * HOUR < end - start < 26 * HOUR
        assert clock.time(start) == "00:00:00"
