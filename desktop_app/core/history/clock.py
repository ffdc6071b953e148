"""Instants and durations as a person reads them, and ranges of time as they are asked for.

Instants are milliseconds since 1970 UTC, ranges are half-open: [start_ms, end_ms).  Days begin
at midnight of the clock's zone, so a day on which the clocks change has 23 or 25 hours.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple
from zoneinfo import ZoneInfo

from desktop_app.core.errors import IntervalError

HOUR_MS = 3_600_000
EXAMPLE = "2026-11-20T00:00/2026-11-21T00:00"

# The names are fixed: strftime's depend on the machine's locale.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class Interval(NamedTuple):
    """[start_ms, end_ms) in milliseconds since 1970 UTC."""

    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Preset:
    """A range that is asked for by name. ``key`` is stable, ``title`` is shown."""

    key: str
    title: str
    interval: Interval


def system_now_ms() -> int:
    return time.time_ns() // 1_000_000


def duration_text(ms: int) -> str:
    """Milliseconds as "0:29", "12:05" or "1:02:03"; whole seconds, cut off as a clock does."""
    sign = "-" if ms <= -1000 else ""
    minutes, seconds = divmod(abs(ms) // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{sign}{hours}:{minutes:02}:{seconds:02}"
    return f"{sign}{minutes}:{seconds:02}"


@dataclass(frozen=True, slots=True)
class Clock:
    """Reads time in one zone. ``now_ms`` is a function, so that a test can stop the clock."""

    zone: ZoneInfo
    now_ms: Callable[[], int] = system_now_ms

    def instant(self, ms: int) -> str:
        """ "20 Nov 2026 09:49:12"; empty for an instant beyond the calendar, as all forms are."""
        moment = self.moment(ms)
        return f"{_date_text(moment)} {_time_text(moment)}" if moment else ""

    def date(self, ms: int) -> str:
        """ "20 Nov 2026"."""
        moment = self.moment(ms)
        return _date_text(moment) if moment else ""

    def time(self, ms: int) -> str:
        """ "09:49:12"."""
        moment = self.moment(ms)
        return _time_text(moment) if moment else ""

    def minute(self, ms: int) -> str:
        """ "09:49"."""
        return self.time(ms)[:5]

    def day_text(self, ms: int) -> str:
        """ "Fri 20 Nov 2026"."""
        moment = self.moment(ms)
        return f"{_WEEKDAYS[moment.weekday()]} {_date_text(moment)}" if moment else ""

    def hour(self, ms: int) -> str:
        """ "09:00", the hour that holds the instant."""
        moment = self.moment(ms)
        return f"{moment.hour:02}:00" if moment else ""

    def offset(self, ms: int) -> str:
        """ "+01:00", what the zone's clocks are ahead of UTC then."""
        moment = self.moment(ms)
        return moment.isoformat(timespec="seconds")[19:] if moment else ""

    def interval_text(self, interval: Interval) -> str:
        """ "20 Nov 2026, 00:00 – 24:00", or with both dates when the range spans days."""
        first, last = interval
        if self._is_midnight(last) and last > first:
            end_date, end_time = self.date(last - 1), "24:00"
        else:
            end_date, end_time = self.date(last), self.minute(last)
        start = f"{self.date(first)}, {self.minute(first)}"
        if end_date == self.date(first):
            return f"{start} – {end_time}"
        return f"{start} – {end_date}, {end_time}"

    def day(self, ms: int) -> Interval:
        """The day that holds the instant."""
        today = self._today(ms)
        return self._days(today, today + dt.timedelta(days=1))

    def days_before(self, ms: int, days: int) -> int:
        """The midnight that many days before the day that holds the instant.

        Raises IntervalError beyond the calendar.
        """
        try:
            return self._midnight(self._today(ms) - dt.timedelta(days=days))
        except OverflowError:
            raise IntervalError(
                "That many days ago there was no calendar. Ask for fewer."
            ) from None

    def presets(self, now_ms: int | None = None) -> tuple[Preset, ...]:
        """The named ranges, seen from ``now_ms`` (default: the clock's own now).

        Days and weeks are whole, so those that hold now end in the future. Weeks start on Monday.
        """
        now = self.now_ms() if now_ms is None else now_ms
        today = self._today(now)
        monday = today - dt.timedelta(days=today.weekday())
        one, week = dt.timedelta(days=1), dt.timedelta(days=7)
        return (
            Preset("last_hour", "Last hour", Interval(now - HOUR_MS, now)),
            Preset("today", "Today", self._days(today, today + one)),
            Preset("yesterday", "Yesterday", self._days(today - one, today)),
            Preset("this_week", "This week", self._days(monday, monday + week)),
            Preset("last_week", "Last week", self._days(monday - week, monday)),
        )

    def parse_interval(self, text: str) -> Interval:
        """Read "start/end" (ISO 8601); a half without a zone is in the clock's zone.

        A date alone is that day's midnight.  Of an hour that occurs twice, the first is meant.
        Raises IntervalError with the sentence to show.
        """
        if not text.strip():
            raise IntervalError(f"No range was given. Write it as start/end, like {EXAMPLE}.")
        halves = [half.strip() for half in text.split("/")]
        if len(halves) != 2:
            raise IntervalError(
                f"A range has one start and one end with a slash between, like {EXAMPLE}."
            )
        for half, name in zip(halves, ("start", "end"), strict=True):
            if not half:
                raise IntervalError(f"The {name} of the range is missing. Write it like {EXAMPLE}.")
        start, end = (
            self._parse_instant(half, name)
            for half, name in zip(halves, ("start", "end"), strict=True)
        )
        if start > end:
            raise IntervalError(
                "The range is turned round: its end is before its start. Swap them."
            )
        if start == end:
            raise IntervalError("The range is empty: it starts and ends at the same instant.")
        return Interval(start, end)

    def _parse_instant(self, text: str, name: str) -> int:
        try:
            moment = dt.datetime.fromisoformat(text)
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=self.zone)
            return _ms(moment)
        except (ValueError, OverflowError):
            raise IntervalError(
                f"The {name} of the range is no date and time in ISO 8601. Write it like {EXAMPLE}."
            ) from None

    def moment(self, ms: int) -> dt.datetime | None:
        """An instant in the zone; None beyond the calendar."""
        try:
            return (_EPOCH + dt.timedelta(milliseconds=ms)).astimezone(self.zone)
        except (OverflowError, ValueError):
            return None

    def _is_midnight(self, ms: int) -> bool:
        moment = self.moment(ms)
        return moment is not None and (moment.hour, moment.minute, moment.second) == (0, 0, 0)

    def _today(self, ms: int) -> dt.date:
        return (_EPOCH + dt.timedelta(milliseconds=ms)).astimezone(self.zone).date()

    def _days(self, first: dt.date, end: dt.date) -> Interval:
        return Interval(self._midnight(first), self._midnight(end))

    def _midnight(self, day: dt.date) -> int:
        return _ms(dt.datetime(day.year, day.month, day.day, tzinfo=self.zone))


def _ms(moment: dt.datetime) -> int:
    return (moment - _EPOCH) // dt.timedelta(milliseconds=1)


def _date_text(moment: dt.datetime) -> str:
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


def _time_text(moment: dt.datetime) -> str:
    return f"{moment.hour:02}:{moment.minute:02}:{moment.second:02}"
