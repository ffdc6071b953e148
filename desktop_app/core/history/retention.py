"""How long contacts are kept on this computer: what the person chose, within the administrator's
limit (safety T34). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from desktop_app.core.errors import IntervalError
from desktop_app.core.history.clock import Interval
from desktop_app.core.history.coverage import DAY_MS

CHOICES: tuple[int | None, ...] = (None, 30, 90, 180, 365, 730)
"""In days; None is for as long as they are there."""


_MOST_DAYS = 100_000  # more was never chosen


def days_chosen(kept: object) -> int | None:
    """A choice as it was kept in a file; None for what isn't one."""
    text = str(kept)
    return int(text) if text.isdecimal() and 0 < int(text) < _MOST_DAYS else None


@dataclass(frozen=True, slots=True)
class Retention:
    """``chosen`` and ``most`` are days; None is no limit."""

    chosen: int | None = None
    most: int | None = None

    @property
    def days(self) -> int | None:
        """What holds: the shorter of the two."""
        return min((days for days in (self.chosen, self.most) if days is not None), default=None)

    def first_ms(self, now_ms: int) -> int | None:
        """The instant from which on contacts are kept; None for all of them."""
        return None if self.days is None else now_ms - self.days * DAY_MS

    def is_shorter_than(self, other: Retention) -> bool:
        if self.days is None:
            return False
        return other.days is None or self.days < other.days

    def allows(self, days: int | None) -> bool:
        """Whether the administrator allows this choice."""
        return self.most is None or (days is not None and days <= self.most)

    def offers(self) -> list[int | None]:
        """What there is to choose from; the administrator's own limit and the person's present
        choice are among it."""
        days = {*CHOICES, self.days} - {None}
        return [None, *sorted(each for each in days if each is not None)]

    def readable(self, interval: Interval, now_ms: int) -> Interval:
        """The part of a range that may be read: what is too old to be kept isn't fetched either.

        Raises IntervalError when nothing is left of it.
        """
        first_ms = self.first_ms(now_ms)
        if first_ms is None or interval.start_ms >= first_ms:
            return interval
        if interval.end_ms <= first_ms:
            first = datetime.fromtimestamp(first_ms / 1000, UTC)
            mend = (
                "Choose a later range."
                if self.days == self.most
                else "Choose a later range, or keep contacts for longer in the settings."
            )
            raise IntervalError(
                f"Contacts are kept for {self.days:,} days on this computer, so none from before"
                f" {first.day} {first:%B %Y} are read. {mend}"
            )
        return Interval(first_ms, interval.end_ms)
