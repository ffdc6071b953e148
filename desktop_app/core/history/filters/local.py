"""The hours of a zone within a range, as a few numbers that SQL can add."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from zoneinfo import ZoneInfo

from desktop_app.core.history.clock import Interval

_DAY_MS = 86_400_000
_STEP_MS = 7 * _DAY_MS  # no zone changes its clocks and back again within a week
_FIRST_MS = 0
_LAST_MS = 130 * 365 * _DAY_MS  # about 2100
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@lru_cache(maxsize=32)
def offsets(zone: ZoneInfo, inside: Interval) -> tuple[tuple[int, int], ...]:
    """(from when, milliseconds ahead of UTC), in order; the first holds before that too.

    A contact may end days after the range, so two weeks more are looked at.  Beyond 1970 to 2100
    the clocks are taken to stand still.
    """
    start = min(max(inside.start_ms, _FIRST_MS), _LAST_MS)
    end = min(max(inside.end_ms + 2 * _STEP_MS, start), _LAST_MS)
    found = [(start, _offset(zone, start))]
    before = start
    while before < end:
        after = min(before + _STEP_MS, end)
        if _offset(zone, after) != found[-1][1]:
            found.append((_change(zone, before, after), _offset(zone, after)))
        before = after
    return tuple(found)


def _change(zone: ZoneInfo, before: int, after: int) -> int:
    """The first millisecond with the offset of ``after``."""
    wanted = _offset(zone, after)
    while after - before > 1:
        middle = (before + after) // 2
        if _offset(zone, middle) == wanted:
            after = middle
        else:
            before = middle
    return after


def _offset(zone: ZoneInfo, ms: int) -> int:
    moment = (_EPOCH + dt.timedelta(milliseconds=ms)).astimezone(zone)
    ahead = moment.utcoffset() or dt.timedelta()
    return ahead // dt.timedelta(milliseconds=1)
