"""Dates as people write them, seen from a Thursday in London."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.core.history.clock import Clock, Interval
from desktop_app.core.history.filters.dates import EXAMPLES, read_date
from desktop_app.core.history.filters.local import offsets
from tests.core.history.filter_samples import HOUR, LONDON, NOW


def at(text: str) -> int:
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=LONDON.zone)
    return round(moment.timestamp() * 1000)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026-01-05", "2026-01-05", "2026-01-06"),
        ("2026-1-5", "2026-01-05", "2026-01-06"),
        ("2026-10-25", "2026-10-25T00:00+01:00", "2026-10-26T00:00+00:00"),
        ("2026-01", "2026-01-01", "2026-02-01"),
        ("2026", "2026-01-01", "2027-01-01"),
        ("2026-01-05T14:30", "2026-01-05T14:30", "2026-01-05T14:31"),
        ("2026-01-05 14:30:09", "2026-01-05T14:30:09", "2026-01-05T14:30:10"),
        ("2026-01-05T14:30Z", "2026-01-05T14:30", "2026-01-05T14:31"),
        ("2026-07-05T14:30+0200", "2026-07-05T13:30", "2026-07-05T13:31"),
        ("20 Nov 2026", "2026-11-20", "2026-11-21"),
        ("20 Nov 2026 09:49:12", "2026-11-20T09:49:12", "2026-11-20T09:49:13"),
        ("20 november", "2026-11-20", "2026-11-21"),
        ("27 nov", "2025-11-27", "2025-11-28"),
        ("nov 2025", "2025-11-01", "2025-12-01"),
        ("today", "2026-11-26", "2026-11-27"),
        ("Yesterday", "2026-11-25", "2026-11-26"),
        ("tomorrow", "2026-11-27", "2026-11-28"),
        ("thursday", "2026-11-26", "2026-11-27"),
        ("last thursday", "2026-11-19", "2026-11-20"),
        ("last friday", "2026-11-20", "2026-11-21"),
        ("this friday", "2026-11-27", "2026-11-28"),
        ("next thu", "2026-12-03", "2026-12-04"),
        ("fri", "2026-11-20", "2026-11-21"),
        ("this week", "2026-11-23", "2026-11-30"),
        ("last week", "2026-11-16", "2026-11-23"),
        ("last_month", "2026-10-01", "2026-11-01"),
        ("this year", "2026-01-01", "2027-01-01"),
        ("last hour", "2026-11-26T11:00", "2026-11-26T12:00"),
        ("7 days ago", "2026-11-19", "2026-11-20"),
        ("a week ago", "2026-11-19", "2026-11-20"),
        ("9 months ago", "2026-02-26", "2026-02-27"),
        ("1 year ago", "2025-11-26", "2025-11-27"),
        ("3 hours ago", "2026-11-26T09:00", "2026-11-26T09:01"),
        ("last 7 days", "2026-11-20", "2026-11-27"),
        ("past 24 hours", "2026-11-25T12:00", "2026-11-26T12:00"),
        ("the last 2 months", "2026-09-27", "2026-11-27"),
    ],
)
def test_a_date_is_a_period(text: str, start: str, end: str) -> None:
    assert read_date(text, LONDON) == Interval(at(start), at(end))


def test_an_hour_begins_when_the_zones_does() -> None:
    india = Clock(ZoneInfo("Asia/Kolkata"), lambda: at("2026-11-26T12:40+05:30"))
    assert read_date("this hour", india) == Interval(
        at("2026-11-26T12:00+05:30"), at("2026-11-26T13:00+05:30")
    )


@pytest.mark.parametrize(
    "text",
    [
        "", "soon", "2026-02-30", "31 feb 2026", "9999", "last", "month", "99999 years ago",
        "99999 months ago", "2026-01-05T25:00", "5 frobuary", "last 99999 months",
        "2026-01-05T10:00+99:99",
    ],
)  # fmt: skip
def test_what_is_no_date_is_told_how_to_write_one(text: str) -> None:
    with pytest.raises(ValueError, match="Write a date like"):
        read_date(text, LONDON)


@given(st.text(max_size=20) | st.from_regex(r"(last|this|\d{1,5}|[a-z]{3,9}| |:|-|ago|days?)+"))
def test_any_text_is_a_date_or_told_how_to_write_one(text: str) -> None:
    try:
        start, end = read_date(text, LONDON)
    except ValueError as error:
        sentence = str(error)
    else:
        sentence = ""
        assert start < end
    assert not sentence or sentence.startswith("Write a date like")


def test_months_of_every_length_go_back() -> None:
    clock = Clock(LONDON.zone, lambda: at("2026-03-31T12:00"))
    assert read_date("1 month ago", clock).start_ms == at("2026-02-28")
    assert read_date("13 months ago", clock).start_ms == at("2025-02-28")
    assert all(read_date(example, clock) for example in EXAMPLES)


@given(
    zone=st.sampled_from(["Europe/London", "America/New_York", "Asia/Kolkata", "Africa/Casablanca",
                          "Australia/Lord_Howe", "UTC"]),
    ms=st.integers(at("2015-01-01"), at("2030-01-01")),
    before=st.integers(0, 400 * 24 * HOUR),
)  # fmt: skip
def test_the_offset_of_every_instant_is_the_zones(zone: str, ms: int, before: int) -> None:
    info = ZoneInfo(zone)
    found = offsets(info, Interval(ms - before, ms + 1))
    offset = max((at, by) for at, by in found if at <= ms)[1]
    moment = dt.datetime.fromtimestamp(ms / 1000, info).utcoffset()
    assert moment is not None and offset == moment.total_seconds() * 1000


def test_a_range_beyond_the_calendar_has_offsets() -> None:
    assert offsets(ZoneInfo("UTC"), Interval(0, 2**60)) == ((0, 0),)
    assert offsets(LONDON.zone, Interval(2**59, 2**60))


def test_the_clock_stands_where_the_samples_say() -> None:
    assert LONDON.instant(NOW) == "26 Nov 2026 12:00:00"
