"""From instants to pixels: the timeline's axis."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from desktop_app.core.history.clock import Clock

_SECOND = 1000
_MINUTE = 60 * _SECOND
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR
_STEPS = (
    *(n * _SECOND for n in (1, 2, 5, 10, 15, 30)),
    *(n * _MINUTE for n in (1, 2, 5, 10, 15, 30)),
    *(n * _HOUR for n in (1, 2, 3, 6, 12)),
    *(n * _DAY for n in (1, 2, 7, 14, 28, 91, 364)),
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps [start_ms, end_ms] linearly onto [left, left + width] pixels."""

    start_ms: int
    end_ms: int
    left: float
    width: float

    @property
    def span_ms(self) -> int:
        return max(self.end_ms - self.start_ms, 1)

    def x(self, ms: int) -> float:
        """The pixel of an instant; what lies outside is drawn at the edge."""
        inside = min(max(ms, self.start_ms), self.end_ms)
        return self.left + (inside - self.start_ms) / self.span_ms * self.width

    def ticks(self, clock: Clock, gap: float) -> list[tuple[int, str]]:
        """Round clock times at least ``gap`` pixels apart, each with its words."""
        least = self.span_ms * gap / max(self.width, 1.0)
        step = next((step for step in _STEPS if step >= least), _STEPS[-1])
        shift = _offset_ms(clock, self.start_ms)
        first = -(-(self.start_ms + shift) // step) * step - shift
        return [(ms, _tick_text(clock, ms, step)) for ms in range(first, self.end_ms + 1, step)]


def _offset_ms(clock: Clock, ms: int) -> int:
    """How far the zone is ahead of UTC, so that ticks fall on the zone's own round hours."""
    try:
        moment = (_EPOCH + timedelta(milliseconds=ms)).astimezone(clock.zone)
    except (OverflowError, ValueError):
        return 0
    return int((moment.utcoffset() or timedelta()) / timedelta(milliseconds=1))


def _tick_text(clock: Clock, ms: int, step: int) -> str:
    if step >= _DAY:
        return clock.date(ms).rpartition(" ")[0]
    return clock.time(ms) if step < _MINUTE else clock.minute(ms)
