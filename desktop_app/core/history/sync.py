"""Bringing a range of history into the store, completely.

A range is read as slices of one UTC day (see ``coverage``), several at a time, each page by
page under the client's rate budget.  Days that hold much and have reached Genesys' data lake are
read by asynchronous jobs instead.  How each is done is in ``core.history.reading``.

Nothing here waits for a person: an expired token ends the reading with ``SignInNeeded``, and
the next call goes on at the stored position.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

from desktop_app.core.errors import IntervalError
from desktop_app.core.genesys.history import EVERYTHING, Scope
from desktop_app.core.genesys.together import side_by_side
from desktop_app.core.history.clock import Interval
from desktop_app.core.history.coverage import DAY_MS, FRESH_MS, Position, Slice, Span, days, plan
from desktop_app.core.history.reading.attributes import bring_attributes
from desktop_app.core.history.reading.by_job import JOBS_AT_ONCE, JobReading, JobSource
from desktop_app.core.history.reading.by_query import FetchPage, QueryReading
from desktop_app.core.history.reading.intake import Intake, NameSource, Run, RunInStore
from desktop_app.core.history.reading.limits import Limits
from desktop_app.core.history.reading.still_open import FetchContacts, read_still_open
from desktop_app.core.history.reading.tally import Progress, Tally
from desktop_app.core.history.store import Store

__all__ = ["EVERYTHING", "Limits", "NameSource", "Progress", "Scope", "Sync", "Synchroniser"]

SLICES_AT_ONCE = 6
_AFTER_A_JOB = 3  # the pass of a query over a day that a job may have read: jobs write the second

# Reads a range: (interval, now_ms, again, on_progress).
Sync = Callable[[Interval, int, bool, Callable[[Progress], None]], Coroutine[Any, Any, None]]

RetentionDays = Callable[[], Awaitable[int | None]]


class Synchroniser:
    """Reads ranges into one store. ``run_in_store`` awaits a function on the store's thread.

    ``jobs`` and ``fetch_contacts`` may be left out: then everything is read by the query, and
    contacts that are still open when their days are read again.  ``limits`` that are given are
    kept up to what the service says.
    """

    def __init__(
        self,
        fetch_page: FetchPage,
        names: NameSource,
        store: Store,
        run_in_store: RunInStore,
        *,
        jobs: JobSource | None = None,
        fetch_contacts: FetchContacts | None = None,
        retention_days: RetentionDays | None = None,
        limits: Limits | None = None,
        on_progress: Callable[[Progress], None] = lambda progress: None,
    ) -> None:
        self._fetch_page = fetch_page
        self._store = store
        self._intake = Intake(names, store, run_in_store)
        self._jobs = jobs
        self._fetch_contacts = fetch_contacts
        self._retention_days = retention_days
        self._limits = limits or Limits()
        self._on_progress = on_progress

    async def sync(
        self,
        start_ms: int,
        end_ms: int,
        *,
        now_ms: int,
        again: bool = False,
        scope: Scope = EVERYTHING,
    ) -> None:
        """Read what the store lacks of [start_ms, end_ms), as of ``now_ms``.

        ``again`` reads all of it anew; ``scope`` limits what is read.  Raises an IntervalError
        for a range that there can't be, and a ServiceError or StoreError when it can't go on:
        what was read until then is kept and the next call continues there.
        """
        start_ms = await self._checked(start_ms, end_ms, now_ms)
        store, in_store = self._store, self._intake.in_store
        spans = await in_store(lambda: store.spans(start_ms, end_ms))
        resumed = await in_store(lambda: store.positions(start_ms, end_ms, scope.text))
        slices = plan(start_ms, end_ms, spans, now_ms=now_ms, again=again, scope=scope.text)
        slices = _with_interrupted(slices, [at.slice for at in resumed if not at.job_id])
        slices += await self._read_still_open(start_ms, min(end_ms, now_ms), now_ms, slices, spans)
        run = Run(self._intake, self._limits, Tally(slices, self._on_progress), scope, now_ms)
        jobs = self._job_reading(run)
        by_job = await _for_jobs(run, jobs, [at for at in resumed if at.job_id], slices, spans)
        await self._read(run, [each for each in slices if each not in by_job], jobs)
        if self._jobs is not None and jobs is not None and not scope.text:
            spans = await in_store(lambda: store.spans(start_ms, end_ms))
            if any(not (span.by_job or span.scope) for span in spans):
                until_ms = await jobs.available_ms()
                await bring_attributes(run, self._jobs, spans, until_ms=until_ms)
        await in_store(store.refresh_repeats)

    async def _checked(self, start_ms: int, end_ms: int, now_ms: int) -> int:
        """The first moment that there is anything to be read of."""
        if end_ms < start_ms:
            raise IntervalError("The range must end after it begins.")
        if start_ms > now_ms:
            raise IntervalError("This range is still to come. Choose one that has begun.")
        kept_days = await self._retention_days() if self._retention_days else None
        if kept_days is None:
            return start_ms
        first_ms = now_ms - kept_days * DAY_MS
        if end_ms <= first_ms:
            first = datetime.fromtimestamp(first_ms / 1000, UTC)
            raise IntervalError(
                f"Genesys Cloud keeps your contacts for {kept_days:,} days: there are none from"
                f" before {first.day} {first:%B %Y} any more. Choose a later range."
            )
        return max(start_ms, first_ms)

    async def _read_still_open(
        self, start_ms: int, end_ms: int, now_ms: int, slices: list[Slice], spans: list[Span]
    ) -> list[Slice]:
        """Read the contacts that are still open; returns the days of those that weren't found,
        for only a whole day says whether a contact is gone."""
        if self._fetch_contacts is None:
            return []
        lost = await read_still_open(
            self._intake, self._fetch_contacts, start_ms, end_ms, slices, now_ms=now_ms
        )
        recent = [
            Slice(span.start_ms, span.end_ms)
            for span in spans
            if now_ms - span.synced_ms <= FRESH_MS
        ]
        return [
            day
            for day in days(start_ms, end_ms)
            if any(day.start_ms <= start < day.end_ms for start in lost)
            and not any(_overlap(day, each) for each in [*recent, *slices])
        ]

    def _job_reading(self, run: Run) -> JobReading | None:
        async def by_query(wanted: Slice) -> None:
            await QueryReading(run, self._fetch_page, wanted).read(from_pass=_AFTER_A_JOB)

        return JobReading(run, self._jobs, by_query) if self._jobs else None

    async def _read(self, run: Run, slices: list[Slice], jobs: JobReading | None) -> None:
        queue = iter(slices)

        async def work() -> None:
            for wanted in queue:
                if jobs is None:
                    await QueryReading(run, self._fetch_page, wanted).read()
                else:
                    await QueryReading(run, self._fetch_page, wanted, jobs.takes).read()

        async def all_slices() -> None:
            async with side_by_side() as workers:
                for _ in range(min(SLICES_AT_ONCE, len(slices))):
                    workers.create_task(work())
            if jobs is not None:
                jobs.end()

        async with side_by_side() as group:
            group.create_task(all_slices())
            if jobs is not None:
                for _ in range(JOBS_AT_ONCE):
                    group.create_task(jobs.work())


def _overlap(one: Slice, other: Slice) -> bool:
    return one.start_ms < other.end_ms and other.start_ms < one.end_ms


async def _for_jobs(
    run: Run,
    jobs: JobReading | None,
    interrupted: list[Position],
    slices: list[Slice],
    spans: list[Span],
) -> set[Slice]:
    """Hand over what jobs read from the start: what an interrupted one still has to bring, and
    whole days that one has read before, for the query would bring them without attributes.

    No fewer are expected of these than there were: the query is to confirm who has gone.
    """
    if jobs is None:
        return set()
    taken: set[Slice] = set()
    for at in interrupted:
        left = [each for each in slices if _holds(at.slice, each) and each not in taken]
        if left:
            jobs.resume(at, left)
            taken.update(left)
    for wanted in slices:
        before = [span for span in spans if span.by_job and span.scope == run.scope.text]
        known = next((span for span in before if _holds(span, wanted)), None)
        if known and wanted not in taken and await jobs.queue(wanted, known.total_hits):
            run.tally.heard(wanted, 0, known.total_hits)
            taken.add(wanted)
    return taken


def _holds(outer: Slice | Span, inner: Slice) -> bool:
    return outer.start_ms <= inner.start_ms and inner.end_ms <= outer.end_ms


def _with_interrupted(slices: list[Slice], interrupted: list[Slice]) -> list[Slice]:
    """Prefer the very slices whose reading was interrupted, so that it goes on where it was.

    A slice up to "now" ends later in each plan; the interrupted one is finished first, and the
    rest of the planned one follows.
    """
    planned: list[Slice] = []
    for wanted in slices:
        begun = [
            old
            for old in interrupted
            if old.start_ms == wanted.start_ms and old.end_ms <= wanted.end_ms
        ]
        if not begun:
            planned.append(wanted)
            continue
        old = max(begun)
        planned.append(old)
        if old.end_ms < wanted.end_ms:
            planned.append(Slice(old.end_ms, wanted.end_ms))
    return planned
