"""What is known to be complete, and what must still be read. Pure.

The service matches conversations by the UTC day on which they start (contract §2.2), so the
unit of reading is a slice of one UTC day.  A slice that was read to its end becomes a span:
every contact that started inside it, as the service had it at ``synced_ms``, is in the store.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

DAY_MS = 86_400_000

# Genesys may rewrite completed contacts, nightly and 48 h or more later (contract §2.2).  A
# span is trusted for good only when it was read this long after its end.
SETTLED_MS = 4 * DAY_MS

# A younger span is trusted for a while, so that going back and forth doesn't read it again.
FRESH_MS = 15 * 60_000


@dataclass(frozen=True, slots=True, order=True)
class Slice:
    """A half-open range inside one UTC day, epoch milliseconds."""

    start_ms: int
    end_ms: int

    @property
    def from_midnight(self) -> bool:
        return self.start_ms % DAY_MS == 0

    @property
    def whole_day(self) -> bool:
        return self.from_midnight and self.end_ms - self.start_ms == DAY_MS


@dataclass(frozen=True, slots=True)
class Span:
    """A range read to its end. ``total_hits`` is what the service said the day holds.

    ``synced_ms`` is the moment at which the reading was begun: later contacts aren't in it.
    ``doubt`` is empty, or says why contacts may be missing although the reading ended.
    """

    start_ms: int
    end_ms: int
    synced_ms: int
    total_hits: int
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class Position:
    """How far the reading of a slice has come; written in one transaction with each page.

    ``pass_ms`` marks the contacts that this pass over the slice read: the moment at which the
    reading began, one later for each further pass.  ``moved`` says that contacts changed places
    since the pass began, ``unreadable`` counts those that it could not keep.
    """

    slice: Slice
    pass_no: int
    pass_ms: int
    next_page: int
    page_size: int
    total_hits: int | None = None
    moved: bool = False
    unreadable: int = 0

    @property
    def begun_ms(self) -> int:
        """When the reading began."""
        return self.pass_ms - (self.pass_no - 1)


@dataclass(frozen=True, slots=True)
class Coverage:
    """How complete a range is: for the status bar, and for everything that leaves the app.

    ``missing`` lists what was never read, newest first.  ``synced_ms`` is the moment up to
    which all of it is true, None when nothing was read.  ``total_hits`` is the service's own
    count of the days that were read; it counts whole days, so it may exceed the range's.
    """

    missing: tuple[Slice, ...]
    synced_ms: int | None
    total_hits: int
    doubts: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        return not self.missing and not self.doubts


def days(start_ms: int, end_ms: int) -> list[Slice]:
    """A range cut at midnights UTC, newest first, since that is what people look at first."""
    cuts: list[Slice] = []
    start = start_ms
    while start < end_ms:
        end = min(end_ms, start - start % DAY_MS + DAY_MS)
        cuts.append(Slice(start, end))
        start = end
    return cuts[::-1]


def gaps(wanted: Slice, spans: Iterable[Span]) -> list[Slice]:
    """The parts of a slice that no span covers, in order of time."""
    left = [wanted]
    for span in sorted(spans, key=lambda span: span.start_ms):
        remaining: list[Slice] = []
        for part in left:
            if span.end_ms <= part.start_ms or part.end_ms <= span.start_ms:
                remaining.append(part)
                continue
            if part.start_ms < span.start_ms:
                remaining.append(Slice(part.start_ms, span.start_ms))
            if span.end_ms < part.end_ms:
                remaining.append(Slice(span.end_ms, part.end_ms))
        left = remaining
    return left


def plan(
    start_ms: int, end_ms: int, spans: Iterable[Span], *, now_ms: int, again: bool = False
) -> list[Slice]:
    """The slices to read for a range, newest first.

    The range's end is frozen at ``now_ms``: contacts that start later belong to the next
    reading.  ``again`` reads everything anew.
    """
    trusted = [] if again else [span for span in spans if is_trusted(span, now_ms)]
    wanted = days(start_ms, min(end_ms, now_ms))
    return [gap for day in wanted for gap in reversed(gaps(day, trusted))]


def is_trusted(span: Span, now_ms: int) -> bool:
    if span.doubt:
        return False
    settled = span.synced_ms >= span.end_ms + SETTLED_MS
    return settled or 0 <= now_ms - span.synced_ms <= FRESH_MS


def _total_hits(spans: list[Span]) -> int:
    """The service counts whole days: several spans of one day tell the same count, or a newer."""
    of_day: dict[int, int] = {}
    for span in sorted(spans, key=lambda span: span.synced_ms):
        of_day[span.start_ms // DAY_MS] = span.total_hits
    return sum(of_day.values())


def coverage(start_ms: int, end_ms: int, spans: Iterable[Span], *, now_ms: int) -> Coverage:
    """How complete [start_ms, end_ms) is, as far as it has happened."""
    until = min(end_ms, now_ms)
    touching = [span for span in spans if span.start_ms < until and start_ms < span.end_ms]
    missing = [gap for day in days(start_ms, until) for gap in gaps(day, touching)]
    # What began after the last reading is not missing: it is what "complete to" excludes.
    if touching:
        latest = max(span.synced_ms for span in touching)
        missing = [gap for gap in missing if gap.start_ms < min(latest, until)]
    return Coverage(
        missing=tuple(missing),
        synced_ms=min((span.synced_ms for span in touching), default=None),
        total_hits=_total_hits(touching),
        doubts=tuple(dict.fromkeys(span.doubt for span in touching if span.doubt)),
    )
