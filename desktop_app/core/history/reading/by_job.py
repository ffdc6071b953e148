"""Reading days together with asynchronous jobs (contract §2.4).

A job answers a thousand contacts a page where the query answers a hundred, but hours late and
after a while.  So the query counts a day and reads its newest part; a day that holds much and
lies wholly in what jobs have comes here, together with its neighbours.  What a job can't give
goes back to the query.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from desktop_app.core.errors import (
    NotFound,
    PermissionMissing,
    RequestRefused,
    ServiceError,
    ServiceTimeout,
    ServiceUnavailable,
    UnexpectedAnswer,
)
from desktop_app.core.genesys import wire
from desktop_app.core.genesys.jobs import Ending, JobPage, JobRequest
from desktop_app.core.history.coverage import DAY_MS, Position, Slice, Span
from desktop_app.core.history.reading.by_query import falls_short
from desktop_app.core.history.reading.intake import Run
from desktop_app.core.history.reading.limits import Limits

JOB_CONTACTS = 200_000  # expected in one job, so that little is lost with one that expires
JOBS_AT_ONCE = 2  # one is prepared while another is read
_CANCEL_WITHIN_S = 2.0

ReadByQuery = Callable[[Slice], Awaitable[None]]

# What a service without jobs, or with broken ones, answers.
UNABLE = (NotFound, PermissionMissing, ServiceTimeout, ServiceUnavailable, UnexpectedAnswer)


class JobSource(Protocol):
    """``genesys.jobs.DetailJobs``."""

    async def available_ms(self) -> int | None: ...

    async def submit(self, request: JobRequest) -> str: ...

    async def ended(self, job_id: str, *, just_begun: bool) -> Ending: ...

    async def page(self, job_id: str, cursor: str, size: int) -> JobPage: ...

    async def cancel(self, job_id: str) -> None: ...


class _NoUseError(Exception):
    """A job doesn't give what was asked for; the text says why, for the person."""


class _TooLongError(Exception):
    """The days are too many for one job."""


@dataclass(slots=True)
class _Group:
    """Slices that share a job, in order of time; ``position`` is that of an interrupted one."""

    slices: list[Slice]
    position: Position | None = None
    met: Counter[Slice] = field(default_factory=Counter)

    @property
    def whole(self) -> Slice:
        if self.position is not None:
            return self.position.slice
        return Slice(self.slices[0].start_ms, self.slices[-1].end_ms)

    def slice_of(self, start_ms: int) -> Slice | None:
        """The slice that a contact belongs to; what lies outside isn't this job's business."""
        return next((each for each in self.slices if each.start_ms <= start_ms < each.end_ms), None)


class JobReading:
    """The jobs of one run; days that arrive while they are read wait for the next."""

    def __init__(self, run: Run, source: JobSource, by_query: ReadByQuery) -> None:
        self._run = run
        self._source = source
        self._by_query = by_query
        self._waiting: dict[Slice, int] = {}
        self._interrupted: list[_Group] = []
        self._came = asyncio.Event()
        self._no_more = False
        self._asking = asyncio.Lock()
        self._available_ms = None if run.limits.jobs_work else 0

    # --- what comes here ----------------------------------------------------------------------

    async def takes(self, wanted: Slice, contacts_left: int) -> bool:
        """Whether a job is to read this slice; it is queued then."""
        return contacts_left > self._run.limits.worth_a_job and await self.queue(
            wanted, contacts_left
        )

    async def queue(self, wanted: Slice, contacts: int) -> bool:
        """Have a slice read by job, whatever it holds; False if jobs don't have it yet."""
        if wanted.end_ms > await self.available_ms():
            return False
        self._waiting[wanted] = contacts
        self._came.set()
        return True

    def resume(self, interrupted: Position, slices: list[Slice]) -> None:
        """Go on with a job of an earlier run, for those of its slices that are still wanted."""
        self._interrupted.append(_Group(sorted(slices), interrupted))
        self._came.set()

    def end(self) -> None:
        """No more slices will come."""
        self._no_more = True
        self._came.set()

    async def available_ms(self) -> int:
        """Up to when jobs have contacts; asked once. 0 when there are no jobs for this person."""
        async with self._asking:
            if self._available_ms is None:
                try:
                    self._available_ms = await self._source.available_ms() or 0
                except (NotFound, PermissionMissing, RequestRefused):
                    self._run.limits.jobs_work = False
                    self._available_ms = 0
                except UNABLE:
                    self._available_ms = 0
            return self._available_ms

    # --- the jobs -----------------------------------------------------------------------------

    async def work(self) -> None:
        """Read what comes until ``end``; several may work at once."""
        while (group := await self._next()) is not None:
            await self._read(group)

    async def _next(self) -> _Group | None:
        while not (self._waiting or self._interrupted):
            if self._no_more:
                return None
            self._came.clear()
            await self._came.wait()
        return self._interrupted.pop() if self._interrupted else self._newest_neighbours()

    def _newest_neighbours(self) -> _Group:
        """The newest slice that waits and those before it that a job may hold as well."""
        group: list[Slice] = []
        expected = 0
        for wanted in sorted(self._waiting, reverse=True):
            expected += self._waiting[wanted]
            if group and not share_a_job(wanted, group, expected, self._run.limits):
                break
            group.insert(0, wanted)
        for wanted in group:
            del self._waiting[wanted]
        return _Group(group)

    async def _read(self, group: _Group) -> None:
        """Read the slices by job, and by the query those of which it brings too little."""
        try:
            position = await self._results(group)
            left = await self._finish(group, position)
        except _TooLongError:
            self._waiting.update({each: self._run.tally.expected(each) for each in group.slices})
            return
        except _NoUseError as why:
            self._run.tally.note(f"{why}: these days are read page by page.", group.whole)
            left = group.slices
        if left:
            await self._forget(group)
        for wanted in reversed(left):
            await self._by_query(wanted)

    async def _results(self, group: _Group) -> Position:
        """Read a job's results to their end."""
        position = group.position
        for _ in range(2):  # what has expired is begun anew, once
            just_begun = position is None
            position = position or await self._begin(group)
            ending = await self._ended(position, just_begun=just_begun)
            if ending is Ending.DONE:
                read = await self._read_pages(group, position)
                if read is not None:
                    return read
            elif ending is not Ending.GONE:
                raise _NoUseError(f"A job of Genesys Cloud's {_WORDS[ending]}")
            position = None
        raise _NoUseError("The results of Genesys Cloud's job are gone")

    async def _begin(self, group: _Group) -> Position:
        run, whole = self._run, group.whole
        run.tally.note("Genesys Cloud prepares several days at once.", whole)
        try:
            job_id = await self._source.submit(JobRequest(whole.start_ms, whole.end_ms, run.scope))
        except RequestRefused as refusal:
            if run.limits.job_adapted(refusal) and len(group.slices) > 1:
                raise _TooLongError from None
            self._available_ms = 0
            raise _NoUseError("Genesys Cloud refused a job") from None
        except UNABLE:
            self._available_ms = 0
            raise _NoUseError("Genesys Cloud's jobs don't answer") from None
        position = Position(
            whole,
            2,  # the first pass was the query's, over the first page of each day
            run.now_ms + 1,
            1,
            run.limits.job_page_size,
            total_hits=sum(run.tally.expected(each) for each in group.slices),
            scope=run.scope.text,
            job_id=job_id,
        )
        await self._store(position)
        return position

    async def _ended(self, position: Position, *, just_begun: bool) -> Ending:
        try:
            return await ended_or_cancelled(self._source, position.job_id, just_begun=just_begun)
        except (RequestRefused, *UNABLE):
            raise _NoUseError("Genesys Cloud's jobs don't answer") from None

    async def _read_pages(self, group: _Group, position: Position) -> Position | None:
        """Read the pages from the position on; None when the results have expired."""
        limits = self._run.limits
        while position.next_page == 1 or position.cursor:
            try:
                page = await self._source.page(
                    position.job_id, position.cursor, limits.job_page_size
                )
            except NotFound:
                return None
            except (RequestRefused, *UNABLE) as failure:
                if not limits.job_page_adapted(failure):
                    raise _NoUseError("The results of Genesys Cloud's job don't come") from None
                continue
            position = await self._take(group, page, position)
        return position

    async def _take(self, group: _Group, page: JobPage, position: Position) -> Position:
        until_ms = wire.instant_ms(page.data_availability_date)
        if until_ms is not None and until_ms < group.slices[-1].end_ms:
            raise _NoUseError("The results of Genesys Cloud's job end too early")
        if page.cursor and page.cursor == position.cursor:
            raise _NoUseError("The results of Genesys Cloud's job don't end")
        intake, tally = self._run.intake, self._run.tally
        rows = await intake.rows(page.conversations or [])
        placed = [
            (contact, wanted)
            for contact in rows.contacts
            if contact and (wanted := group.slice_of(contact.start_ms))
        ]
        after = replace(
            position,
            next_page=position.next_page + 1,
            cursor=page.cursor or "",
            unreadable=position.unreadable + rows.contacts.count(None),
        )
        inside = [contact for contact, _ in placed]
        await intake.write_page(inside, rows.names, after)
        group.met.update(wanted for _, wanted in placed)
        for wanted in dict.fromkeys(wanted for _, wanted in placed):
            tally.heard(wanted, group.met[wanted], tally.expected(wanted) or None)
        return after

    # --- the end ------------------------------------------------------------------------------

    async def _finish(self, group: _Group, position: Position) -> list[Slice]:
        """Note the slices as read; those of which the job brought too little."""
        met = {wanted: await self._met(wanted, position.pass_ms) for wanted in group.slices}
        left = [wanted for wanted in group.slices if self._is_short(wanted, met[wanted], position)]
        if falls_short(sum(met.values()) + position.unreadable, position.total_hits or 0):
            left = left or [wanted for wanted in group.slices if not wanted.whole_day]
        for wanted in group.slices:
            if wanted not in left:
                await self._note_read(wanted, met[wanted], position)
        if left:
            self._run.tally.note("A job brought fewer contacts than there are.", left[0])
        return left

    def _is_short(self, wanted: Slice, met: int, position: Position) -> bool:
        counted = self._run.tally.expected(wanted) if wanted.whole_day else 0
        return falls_short(met + position.unreadable, counted)

    async def _met(self, wanted: Slice, pass_ms: int) -> int:
        intake = self._run.intake
        return len(await intake.in_store(lambda: intake.store.ids_of_pass(wanted, pass_ms)))

    async def _note_read(self, wanted: Slice, met: int, position: Position) -> None:
        doubt = ""
        if position.unreadable:
            doubt = f"{position.unreadable} contacts without an id could not be kept"
        span = Span(
            wanted.start_ms,
            wanted.end_ms,
            synced_ms=position.begun_ms,
            total_hits=met,
            doubt=doubt,
            scope=position.scope,
            by_job=True,
        )
        intake = self._run.intake
        await intake.in_store(lambda: intake.store.write_end(span, pass_ms=position.pass_ms))
        self._run.tally.finished(wanted, met)

    async def _forget(self, group: _Group) -> None:
        """The next reading is not to go on with this job."""
        intake, whole = self._run.intake, group.whole
        at = await intake.in_store(lambda: intake.store.position(whole, self._run.scope.text))
        if at is not None and at.job_id:
            await self._store(replace(at, job_id="", cursor="", next_page=1))

    async def _store(self, position: Position) -> None:
        await self._run.intake.write_page([], {}, position)


def share_a_job(wanted: Slice, group: Sequence[Slice], contacts: int, limits: Limits) -> bool:
    """Whether a slice may go with those after it into one job, with so many contacts together."""
    days = (group[-1].end_ms - 1) // DAY_MS - wanted.start_ms // DAY_MS + 1
    adjoins = wanted.end_ms == group[0].start_ms
    return adjoins and days <= limits.job_days and contacts <= JOB_CONTACTS


async def ended_or_cancelled(source: JobSource, job_id: str, *, just_begun: bool) -> Ending:
    """Wait for a job. Cancelled while it is prepared, it ends too; its results are kept once they
    are there, for the next reading goes on with them."""
    try:
        return await source.ended(job_id, just_begun=just_begun)
    except asyncio.CancelledError:
        with contextlib.suppress(ServiceError, TimeoutError):
            async with asyncio.timeout(_CANCEL_WITHIN_S):
                await source.cancel(job_id)
        raise


_WORDS = {Ending.FAILED: "failed", Ending.LATE: "did not end in time"}
