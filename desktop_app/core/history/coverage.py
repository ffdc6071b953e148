"""What is known to be complete, and what must still be read. Pure.

The service matches conversations by the UTC day on which they start (contract §2.2), so the
unit of reading is a slice of one UTC day.  A slice that was read to its end becomes a span:
every contact that started inside it, as the service had it at ``synced_ms``, is in the store.

A reading may be limited to a scope, the canonical text of a filter that the service applied.
Its spans speak for that scope alone; those of the scope "" speak for every one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

DAY_MS = 86_400_000

# Genesys may rewrite completed contacts, nightly and 48 h or more later (contract §2.2).  A
# span is trusted for good only when it was read this long after its end.
SETTLED_MS = 4 * DAY_MS

# A younger span is trusted for a while, so that going back and forth doesn't read it again:
# for an eighth of its age when it was read, since the older a day, the less happens to it.
FRESH_MS = 15 * 60_000
AGE_SHARE = 8

# How often a range that includes the present is read on, while the rate budget is hardly used.
REFRESH_MS = 60_000
SOONEST_MS = 15_000  # whatever is due: a range that can't be mended isn't read without a pause

# What a query reaches at most, page × page size, in one direction (contract §7: not confirmed).
CEILING = 100_000


@dataclass(frozen=True, slots=True, order=True)
class Slice:
    """A half-open range, epoch milliseconds: inside one UTC day, unless a job reads it."""

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
    ``by_job``: a job has read it, so that participants have their attributes (contract §2.4).
    """

    start_ms: int
    end_ms: int
    synced_ms: int
    total_hits: int
    doubt: str = ""
    scope: str = ""
    by_job: bool = False

    def speaks_for(self, scope: str) -> bool:
        return self.scope in ("", scope)


@dataclass(frozen=True, slots=True)
class Position:
    """How far the reading of a slice has come; written in one transaction with each page.

    ``pass_ms`` marks the contacts that this pass over the slice read: the moment at which the
    reading began, one later for each further pass.  ``moved`` says that contacts changed places
    since the pass began, ``unreadable`` counts those that it could not keep.

    A reading by job has a ``job_id`` and goes on at ``cursor``; ``next_page`` counts its pages
    all the same, so that an empty cursor after the first page means that all was read.
    ``ceiling`` is what a query of this pass reaches at most: later pages count from the other end.
    """

    slice: Slice
    pass_no: int
    pass_ms: int
    next_page: int
    page_size: int
    total_hits: int | None = None
    moved: bool = False
    unreadable: int = 0
    scope: str = ""
    job_id: str = ""
    cursor: str = ""
    ceiling: int = CEILING

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
    start_ms: int,
    end_ms: int,
    spans: Iterable[Span],
    *,
    now_ms: int,
    again: bool = False,
    scope: str = "",
) -> list[Slice]:
    """The slices to read for a range, newest first.

    The range's end is frozen at ``now_ms``: contacts that start later belong to the next
    reading.  ``again`` reads everything anew.
    """
    of_scope = [] if again else [span for span in spans if span.speaks_for(scope)]
    trusted = [span for span in of_scope if is_trusted(span, now_ms)]
    wanted = days(start_ms, min(end_ms, now_ms))
    return [gap for day in wanted for gap in reversed(gaps(day, trusted))]


def is_trusted(span: Span, now_ms: int) -> bool:
    if span.doubt:
        return False
    until = _trusted_until(span)
    return until is None or span.synced_ms <= now_ms <= until


def _trusted_until(span: Span) -> int | None:
    """The moment from which a span is to be read again; None for one that has settled."""
    age = span.synced_ms - span.end_ms
    return None if age >= SETTLED_MS else span.synced_ms + max(FRESH_MS, age // AGE_SHARE)


def next_refresh(
    start_ms: int,
    end_ms: int,
    spans: Iterable[Span],
    *,
    now_ms: int,
    used: int,
    allowed: int,
    scope: str = "",
) -> int | None:
    """In how many milliseconds the shown range is due to be read again; None: by itself never.

    A range that goes on is due ``REFRESH_MS`` after its last reading, any other when one of its
    spans is no longer trusted.  While half of the rate budget (``used`` of ``allowed`` requests)
    is taken, what people ask for goes first and it waits another ``REFRESH_MS``.
    """
    touching = [span for span in _touching(start_ms, end_ms, spans) if span.speaks_for(scope)]
    due = [until for span in touching if (until := _trusted_until(span)) is not None]
    if start_ms <= now_ms < end_ms:
        due.append(max((span.synced_ms for span in touching), default=now_ms) + REFRESH_MS)
    if not due:
        return None
    wait = max(SOONEST_MS, min(due) - now_ms)
    return max(wait, REFRESH_MS) if 2 * used >= allowed else wait


def _touching(start_ms: int, end_ms: int, spans: Iterable[Span]) -> list[Span]:
    return [span for span in spans if span.start_ms < end_ms and start_ms < span.end_ms]


def _total_hits(spans: list[Span]) -> int:
    """The service counts whole days: several spans of one day tell the same count, or a newer."""
    of_day: dict[int, int] = {}
    for span in sorted(spans, key=lambda span: span.synced_ms):
        of_day[span.start_ms // DAY_MS] = span.total_hits
    return sum(of_day.values())


def coverage(
    start_ms: int, end_ms: int, spans: Iterable[Span], *, now_ms: int, scope: str = ""
) -> Coverage:
    """How complete [start_ms, end_ms) is, as far as it has happened."""
    until = min(end_ms, now_ms)
    touching = [span for span in _touching(start_ms, until, spans) if span.speaks_for(scope)]
    return Coverage(
        missing=tuple(_missing(start_ms, until, touching)),
        synced_ms=min((span.synced_ms for span in touching), default=None),
        total_hits=_total_hits(touching),
        doubts=tuple(dict.fromkeys(span.doubt for span in touching if span.doubt)),
    )


def _missing(start_ms: int, until_ms: int, touching: list[Span]) -> list[Slice]:
    """What was never read, newest first."""
    missing = [gap for day in days(start_ms, until_ms) for gap in gaps(day, touching)]
    # What began after the last reading is not missing: it is what "complete to" excludes.
    latest = max((span.synced_ms for span in touching), default=until_ms)
    return [gap for gap in missing if gap.start_ms < min(latest, until_ms)]


# --- the calendar ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Day:
    """What is known of one UTC day: ``contacts`` by the service's count, 0 when nothing is read.

    ``why`` is empty, or says in a few words why it isn't all there, or not for good.
    ``synced_ms`` is the moment up to which what is there is true, 0 when nothing is.
    """

    day_ms: int
    state: Literal["synced", "partial", "missing", "future"]
    why: str = ""
    contacts: int = 0
    synced_ms: int = 0


def calendar(
    start_ms: int,
    end_ms: int,
    spans: Sequence[Span],
    positions: Sequence[Position],
    *,
    now_ms: int,
) -> list[Day]:
    """The UTC days that a range touches, in order of time."""
    first = start_ms - start_ms % DAY_MS
    return [_day(day_ms, spans, positions, now_ms) for day_ms in range(first, end_ms, DAY_MS)]


def _day(day_ms: int, spans: Sequence[Span], positions: Sequence[Position], now_ms: int) -> Day:
    if day_ms > now_ms:
        return Day(day_ms, "future")
    end_ms = min(day_ms + DAY_MS, now_ms)
    touching = _touching(day_ms, day_ms + DAY_MS, spans)
    whole = [span for span in touching if not span.scope]
    being_read = [
        at for at in positions if at.slice.start_ms < day_ms + DAY_MS and day_ms < at.slice.end_ms
    ]
    if not whole:
        if being_read:
            return Day(day_ms, "partial", _reading(being_read[0]))
        if touching:
            return Day(day_ms, "partial", "only what a filter asked for")
        return Day(day_ms, "missing")
    known = coverage(day_ms, end_ms, whole, now_ms=now_ms)
    contacts, synced_ms = known.total_hits, known.synced_ms or 0
    if known.missing:
        why = _reading(being_read[0]) if being_read else "only some of its hours"
    else:
        why = ", ".join(known.doubts)
    if why:
        return Day(day_ms, "partial", why, contacts, synced_ms)
    settled = all(_trusted_until(span) is None for span in whole)
    why = "" if settled else "Genesys may still change it"
    return Day(day_ms, "synced", why, contacts, synced_ms)


def _reading(at: Position) -> str:
    if at.job_id and at.next_page == 1:
        return "Genesys prepares it"
    if at.job_id or not at.total_hits:
        return "reading has begun"
    read = min((at.next_page - 1) * at.page_size, at.total_hits)
    return f"{read:,} of {at.total_hits:,} read"
