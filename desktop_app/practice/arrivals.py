"""When contacts arrive: quiet nights, peaks at 10 and 14 o'clock, busy Mondays, calm weekends."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

DAY_MS = 86_400_000
ZONE = ZoneInfo("Europe/London")

_STEP_MS = 900_000
# Contacts per local hour (from 0 and from 12 o'clock) and per weekday from Monday, relative.
_MORNING = (0.6, 0.4, 0.3, 0.3, 0.4, 0.8, 2, 5, 9, 12, 13.5, 11.5)
_AFTERNOON = (9, 10, 13, 11.5, 9.5, 7, 5, 3.5, 2.6, 2, 1.4, 0.9)
_HOURS = np.array((*_MORNING, *_AFTERNOON))
_WEEKDAYS = np.array([1.28, 1.06, 1.0, 0.98, 0.95, 0.24, 0.17])


def interval_of(days: int, until_ms: int) -> tuple[int, int]:
    """``days`` whole UTC days as [first, last) in epoch ms; the last one holds ``until_ms - 1``."""
    last = -(-until_ms // DAY_MS) * DAY_MS
    return last - days * DAY_MS, last


def arrivals(seed: int, count: int, interval: tuple[int, int], until_ms: int) -> NDArray[np.int64]:
    """``count`` starts in epoch ms, ascending, inside ``interval`` and before ``until_ms``."""
    first, last = interval[0], min(interval[1], until_ms)
    edges = np.append(np.arange(first, last, _STEP_MS, dtype=np.int64), last)
    random = np.random.default_rng(seed)
    local = [_local(int(edge)) for edge in edges[:-1]]
    hours = np.array([moment.hour + moment.minute / 60 for moment in local])
    weekdays = np.array([moment.weekday() for moment in local])
    days = np.array([moment.toordinal() for moment in local])
    mood = random.uniform(0.9, 1.1, size=int(days[-1] - days[0]) + 1)[days - days[0]]
    # The value of an hour stands in its middle, so that the curve has no steps.
    rate = np.interp(hours, np.arange(24) + 0.5, _HOURS, period=24) * _WEEKDAYS[weekdays] * mood
    mass = np.concatenate(([0.0], np.cumsum(rate * np.diff(edges))))
    starts = np.interp(random.random(count) * mass[-1], mass, edges.astype(np.float64))
    return np.sort(np.clip(starts.astype(np.int64), first, last - 1))


def _local(instant_ms: int) -> datetime:
    return datetime.fromtimestamp(instant_ms / 1000, UTC).astimezone(ZONE)
