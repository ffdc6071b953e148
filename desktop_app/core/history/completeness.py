"""How complete a range is, in words: on the screen, and beside everything that leaves the app."""

from __future__ import annotations

from desktop_app.core.history.clock import Clock
from desktop_app.core.history.coverage import Coverage


def completeness(coverage: Coverage | None, clock: Clock) -> str:
    """ "complete to 14:02", or what is missing."""
    if coverage is None or coverage.synced_ms is None:
        return "not read yet"
    when = clock.minute(coverage.synced_ms)
    if clock.date(coverage.synced_ms) != clock.date(clock.now_ms()):
        when = f"{clock.date(coverage.synced_ms)} {when}"
    if coverage.complete:
        return f"complete to {when}"
    if coverage.missing:
        days = len(coverage.missing)
        parts = "1 day" if days == 1 else f"{days} days"
        return f"incomplete: {parts} not read yet"
    return f"may be incomplete: {coverage.doubts[0]}"
