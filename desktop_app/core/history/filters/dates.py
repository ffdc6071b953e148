"""Dates as people write them: "2026-01-05", "5 Jan", yesterday, "last friday", "7 days ago".

Each stands for a period of time, [start, end) in milliseconds since 1970 UTC, in the clock's zone:
a day, a month, a minute.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

from desktop_app.core.history.clock import Clock, Interval

EXAMPLES = ("today", "yesterday", "last friday", "7 days ago", "last 7 days", "this month")
ADVICE = 'Write a date like 2026-01-05, yesterday, "last friday" or "7 days ago".'

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_DAY = dt.timedelta(days=1)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    "january february march april may june july august september october november december".split()
)

_ISO = re.compile(
    r"(\d{4})(?:-(\d\d?)(?:-(\d\d?)"
    r"(?:[t ](\d\d?):(\d\d)(?::(\d\d)(?:\.\d+)?)?(z|[+-]\d\d:?\d\d)?)?)?)?"
)
_SPOKEN = re.compile(r"(?:(\d\d?) )?([a-z]{3,9})(?: (\d{4}))?(?: (\d\d?):(\d\d)(?::(\d\d))?)?")
_AGO = re.compile(r"(\d{1,5}|an?) (minute|hour|day|week|month|year)s? ago")
_LAST = re.compile(r"(?:the )?(?:last|past) (\d{1,5}) (minute|hour|day|week|month)s?")
_NAMED = re.compile(r"(?:(last|this|next) )?([a-z]+)")

_SHORT_MS = {"minute": 60_000, "hour": 3_600_000}
_DAYS = {"day": 1, "week": 7}


def read_date(text: str, clock: Clock) -> Interval:
    """The period that a date means now. Raises ValueError if it can't be read."""
    words = " ".join(text.casefold().replace("_", " ").split())
    try:
        for pattern, read in _FORMS:
            match = pattern.fullmatch(words)
            if match:
                return read(match, _Calendar(clock))
    except (OverflowError, ValueError):  # "2026-02-30", and what lies outside the calendar
        pass
    raise ValueError(ADVICE)


class _Calendar:
    """Days of the clock's zone as periods."""

    def __init__(self, clock: Clock) -> None:
        self.zone = clock.zone
        self.now_ms = clock.now_ms()
        now = (_EPOCH + dt.timedelta(milliseconds=self.now_ms)).astimezone(clock.zone)
        self.today = now.date()
        self.offset_ms = (now.utcoffset() or dt.timedelta()) // dt.timedelta(milliseconds=1)

    def days(self, first: dt.date, end: dt.date) -> Interval:
        return Interval(self._midnight(first), self._midnight(end))

    def day(self, day: dt.date) -> Interval:
        return self.days(day, day + _DAY)

    def month(self, first: dt.date) -> Interval:
        return self.days(first, added_months(first, 1))

    def week(self, day: dt.date) -> Interval:
        monday = day - _DAY * day.weekday()
        return self.days(monday, monday + 7 * _DAY)

    def unit(self, unit: str, steps: int) -> Interval:
        """The day, week, month or year that many steps from now; the hour or minute likewise."""
        if unit in _SHORT_MS:
            length = _SHORT_MS[unit]
            begun_ms = (self.now_ms + self.offset_ms) % length  # of it, by the zone's clock
            start = self.now_ms - begun_ms + steps * length
            return Interval(start, start + length)
        if unit == "week":
            return self.week(self.today + 7 * steps * _DAY)
        if unit == "month":
            return self.month(added_months(self.today.replace(day=1), steps))
        if unit == "year":
            first = dt.date(self.today.year + steps, 1, 1)
            return self.days(first, added_months(first, 12))
        return self.day(self.today + steps * _DAY)

    def _midnight(self, day: dt.date) -> int:
        return _ms(dt.datetime(day.year, day.month, day.day, tzinfo=self.zone))


def _iso(match: re.Match[str], calendar: _Calendar) -> Interval:
    year, month, day, hour, minute, second, zone = match.groups()
    if month is None:
        return calendar.days(dt.date(int(year), 1, 1), dt.date(int(year) + 1, 1, 1))
    if day is None:
        return calendar.month(dt.date(int(year), int(month), 1))
    date = dt.date(int(year), int(month), int(day))
    if hour is None:
        return calendar.day(date)
    tz = (
        calendar.zone
        if zone is None
        else dt.datetime.fromisoformat(f"{date}T00:00{zone.upper()}").tzinfo
    )
    return _moment(date, (hour, minute, second), tz)


def _spoken(match: re.Match[str], calendar: _Calendar) -> Interval:
    """ "5 Jan 2026 14:30", "5 Jan", "Jan 2026": without a year the latest that has begun."""
    day, name, year, *time = match.groups()
    month = next((no for no, full in enumerate(_MONTHS, 1) if full.startswith(name)), None)
    if month is None or (day is None and year is None) or (day is None and time[0]):
        return _named_day(match, calendar)
    number = int(day or 1)
    if year is None:
        begun = (month, number) <= (calendar.today.month, calendar.today.day)
        date = dt.date(calendar.today.year - (not begun), month, number)
    else:
        date = dt.date(int(year), month, number)
    if day is None:
        return calendar.month(date)
    if time[0] is None:
        return calendar.day(date)
    return _moment(date, (time[0], time[1], time[2]), calendar.zone)


def _moment(date: dt.date, time: tuple[str, str, str | None], zone: dt.tzinfo | None) -> Interval:
    hour, minute, second = time
    at = dt.datetime(
        date.year, date.month, date.day, int(hour), int(minute), int(second or 0), tzinfo=zone
    )
    start = _ms(at)
    return Interval(start, start + (60_000 if second is None else 1000))


def _ago(match: re.Match[str], calendar: _Calendar) -> Interval:
    count = 1 if match[1].startswith("a") else int(match[1])
    unit = match[2]
    if unit in _SHORT_MS:
        return calendar.unit("minute", -count * _SHORT_MS[unit] // 60_000)
    if unit in _DAYS:
        return calendar.day(calendar.today - count * _DAYS[unit] * _DAY)
    return calendar.day(added_months(calendar.today, -count * (12 if unit == "year" else 1)))


def _last(match: re.Match[str], calendar: _Calendar) -> Interval:
    """ "last 7 days" are today and the six before; "last 24 hours" end now."""
    count, unit = int(match[1]), match[2]
    if unit in _SHORT_MS:
        return Interval(calendar.now_ms - count * _SHORT_MS[unit], calendar.now_ms)
    tomorrow = calendar.today + _DAY
    if unit == "month":
        return calendar.days(added_months(tomorrow, -count), tomorrow)
    return calendar.days(tomorrow - count * _DAYS[unit] * _DAY, tomorrow)


def _named_day(match: re.Match[str], calendar: _Calendar) -> Interval:
    named = _NAMED.fullmatch(match[0])
    if named is None:
        raise ValueError(ADVICE)
    which, name = named.groups()
    if which is None and name in ("today", "yesterday", "tomorrow", "now"):
        if name == "now":
            return Interval(calendar.now_ms, calendar.now_ms + 1)
        return calendar.unit("day", ("yesterday", "today", "tomorrow").index(name) - 1)
    number = weekday(name)
    if number is not None:
        return calendar.day(_weekday(which, number, calendar.today))
    if which is not None and name in ("minute", "hour", "day", "week", "month", "year"):
        return calendar.unit(name, ("last", "this", "next").index(which) - 1)
    raise ValueError(ADVICE)


def _weekday(which: str | None, number: int, today: dt.date) -> dt.date:
    """ "friday" is the latest, maybe today; "last friday" comes before today."""
    back = (today.weekday() - number) % 7
    if which == "last":
        return today - _DAY * (back or 7)
    if which == "next":
        return today + _DAY * (7 - back)
    if which == "this":
        return today - _DAY * (today.weekday() - number)
    return today - _DAY * back


def weekday(name: str) -> int | None:
    """0 for "mon" or "Monday"; None for what is no weekday."""
    name = name.casefold()
    for number, full in enumerate(WEEKDAYS):
        if len(name) >= 3 and full.startswith(name):
            return number
    return None


def added_months(day: dt.date, months: int) -> dt.date:
    """The same day that many months on, or the last of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for number in range(day.day, 27, -1):
        try:
            return dt.date(year, month + 1, number)
        except ValueError:
            continue
    return dt.date(year, month + 1, min(day.day, 27))


def _ms(moment: dt.datetime) -> int:
    return (moment - _EPOCH) // dt.timedelta(milliseconds=1)


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], _Calendar], Interval]], ...] = (
    (_ISO, _iso),
    (_AGO, _ago),
    (_LAST, _last),
    (_SPOKEN, _spoken),
    (_NAMED, _named_day),
)
