"""The computer's own time zone, by its name."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import tzlocal


def system_zone() -> ZoneInfo:
    """This computer's zone now, UTC where it has no name that is known."""
    try:
        tzlocal.reload_localzone()  # else it stays what it was when it was first asked
        return ZoneInfo(tzlocal.get_localzone_name() or "UTC")
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")
