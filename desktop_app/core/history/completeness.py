"""How complete a range is, in words: on the screen, and beside everything that leaves the app."""

from __future__ import annotations

from desktop_app.core.history.clock import Clock
from desktop_app.core.history.coverage import Coverage


def completeness(coverage: Coverage | None, clock: Clock) -> str:
    """ "complete to 14:02", or what is missing."""
    if coverage is None or coverage.synced_ms is None:
        return "not read yet"
    if coverage.complete:
        return f"complete to {_when(coverage.synced_ms, clock)}"
    if coverage.missing:
        return f"incomplete: {_days(coverage)} not read yet"
    return f"may be incomplete: {coverage.doubts[0]}"


def held(coverage: Coverage | None, clock: Clock) -> str:
    """ "Offline · held to 14:02": how old what is held of the range is, and what isn't (F9)."""
    if coverage is None or coverage.synced_ms is None:
        return "Offline · nothing held of this range"
    words = f"Offline · held to {_when(coverage.synced_ms, clock)}"
    if coverage.missing:
        return f"{words}, {_days(coverage)} not read"
    return f"{words}, may be incomplete" if coverage.doubts else words


def _when(ms: int, clock: Clock) -> str:
    """ "14:02", with the date unless it is today."""
    minute = clock.minute(ms)
    return minute if clock.date(ms) == clock.date(clock.now_ms()) else f"{clock.date(ms)} {minute}"


def _days(coverage: Coverage) -> str:
    days = len(coverage.missing)
    return "1 day" if days == 1 else f"{days} days"
