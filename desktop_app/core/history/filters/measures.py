"""What an ordered value covers: [low, high), so that every comparison follows from one rule.

A value covers what is shown the same way: "1:30" a whole second, "2026-01-05" a whole day, "5" of
a count exactly 5, "4.12" of a score what is shown as 4.12.  "above" begins where it ends.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from desktop_app.core.history.clock import Clock
from desktop_app.core.history.filters import dates
from desktop_app.core.history.filters.fields import Field, Measure
from desktop_app.core.history.filters.tree import Operator

Bound = int | float | None
Bounds = tuple[Bound, Bound]
"""[low, high); None is open."""

_LARGEST = 10**15
_HALF_SHOWN = 0.005  # scores are shown with two digits

_CLOCK = re.compile(r"(?:(\d{1,6}):)?(\d{1,6}):(\d\d)")
_UNITS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}
_UNIT_NAMES = {
    "sec": "s", "secs": "s", "second": "s", "seconds": "s", "min": "m", "mins": "m",
    "minute": "m", "minutes": "m", "hr": "h", "hrs": "h", "hour": "h", "hours": "h",
    "day": "d", "days": "d", "week": "w", "weeks": "w",
}  # fmt: skip
_PART = re.compile(r"(\d{1,9}(?:\.\d{1,6})?) ?([a-z]+) ?")
_NUMBER = re.compile(r"\d{1,15}(?:\.\d{1,9})?")
_COUNT = re.compile(r"\d{1,15}")
_HOUR = re.compile(r"(\d\d?)(?::00)?")
_DASH = re.compile(r"([\w.:]+)-([\w.:]+)")


def read_bounds(
    field: Field, operator: Operator, values: tuple[str, ...], clock: Clock
) -> list[Bounds]:
    """The ranges of cells that fit one of the values.

    Raises ValueError, with a sentence that names the mend, for a value that can't be read.
    """
    found: list[Bounds] = []
    for value in values:
        if operator is Operator.IS:
            found += _range(field, value, clock)
        else:
            low, high = _value(field, value, clock)
            found.append(
                {
                    Operator.BELOW: (None, low),
                    Operator.AT_MOST: (None, high),
                    Operator.ABOVE: (high, None),
                    Operator.AT_LEAST: (low, None),
                }[operator]
            )
    return found


def _range(field: Field, text: str, clock: Clock) -> list[Bounds]:
    first, dots, last = text.partition("..")
    if not dots and field.measure is not Measure.INSTANT:
        dashed = _DASH.fullmatch(text.strip())
        if dashed:
            first, dots, last = dashed[1], "-", dashed[2]
    if not dots:
        return [_value(field, text, clock)]
    if not first.strip() and not last.strip():
        raise ValueError(f"Write the range with its ends, like {field.example}..{field.example}.")
    low = _value(field, first, clock)[0] if first.strip() else None
    high = _value(field, last, clock)[1] if last.strip() else None
    if low is None or high is None or low < high:
        return [(low, high)]
    if field.measure in (Measure.HOUR, Measure.WEEKDAY):  # "fri-mon" goes round
        return [(low, None), (None, high)]
    if field.measure is Measure.INSTANT:  # "today..last friday" may be right next week
        return [(low, high)]
    raise ValueError(f"The range is turned round. Write {last.strip()}..{first.strip()}.")


def _value(field: Field, text: str, clock: Clock) -> tuple[int | float, int | float]:
    assert field.measure is not None
    if field.measure is Measure.INSTANT:
        return dates.read_date(text, clock)
    return _READERS[field.measure](text.strip().casefold())


def _duration(text: str) -> tuple[int, int]:
    ms = _clock_ms(text)
    if ms is None:
        ms = _spelled_ms(text)
    if ms > _LARGEST:
        raise ValueError("That is longer than any contact. Write a time like 90s, 2m or 1:30.")
    return (ms, ms + 1) if ms % 1000 else (ms, ms + 1000)


def _clock_ms(text: str) -> int | None:
    match = _CLOCK.fullmatch(text)
    if match is None:
        return None
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return ((hours * 60 + minutes) * 60 + seconds) * 1000


def _spelled_ms(text: str) -> int:
    if _NUMBER.fullmatch(text):
        raise ValueError(f"Say the unit: {text}s for seconds or {text}m for minutes.")
    ms, place = 0.0, 0
    while match := _PART.match(text, place):
        unit = _UNITS.get(_UNIT_NAMES.get(match[2], match[2]))
        if unit is None:
            break
        ms += float(match[1]) * unit
        place = match.end()
    if place < len(text) or not text:
        raise ValueError("Write a time like 90s, 2m, 1:30 or 1h30m.")
    return round(ms)


def _count(text: str) -> tuple[int, int]:
    if not _COUNT.fullmatch(text):
        raise ValueError("Write a whole number, like 3.")
    return int(text), int(text) + 1


def _number(text: str) -> tuple[float, float]:
    if not _NUMBER.fullmatch(text):
        raise ValueError("Write a number, like 3.5.")
    value = float(text)
    return value - _HALF_SHOWN, value + _HALF_SHOWN


def _hour(text: str) -> tuple[int, int]:
    match = _HOUR.fullmatch(text)
    if match is None or int(match[1]) > 23:
        raise ValueError("Write an hour from 0 to 23, or several like 9-17.")
    return int(match[1]), int(match[1]) + 1


def _weekday(text: str) -> tuple[int, int]:
    number = dates.weekday(text)
    if number is None:
        raise ValueError("Write a weekday like mon, or several like mon-fri.")
    return number, number + 1


_READERS: dict[Measure, Callable[[str], tuple[int | float, int | float]]] = {
    Measure.DURATION: _duration,
    Measure.COUNT: _count,
    Measure.NUMBER: _number,
    Measure.HOUR: _hour,
    Measure.WEEKDAY: _weekday,
}


def within(value: int | float, bounds: list[Bounds]) -> bool:
    return any(
        (low is None or value >= low) and (high is None or value < high) for low, high in bounds
    )
