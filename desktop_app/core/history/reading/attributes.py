"""Bringing the attributes of contacts that the query has read.

Only jobs are declared to carry them (contract §2.4, quirk 1).  So once the data lake has a day
that the query has read, it is read once more by a job, quiet days many together.  Nothing is
lost when that fails, and what was complete stays so meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from desktop_app.core.errors import RequestRefused
from desktop_app.core.genesys import wire
from desktop_app.core.genesys.jobs import Ending, JobPage, JobRequest
from desktop_app.core.history.coverage import Slice, Span, days
from desktop_app.core.history.reading.by_job import (
    UNABLE,
    JobSource,
    ended_or_cancelled,
    share_a_job,
)
from desktop_app.core.history.reading.intake import Run

_Group = list[tuple[Slice, Span]]


async def bring_attributes(
    run: Run, source: JobSource, spans: Iterable[Span], *, until_ms: int
) -> None:
    """Read the whole days of ``spans`` that no job has read, as far as jobs have them."""
    for group in _groups(run, spans, until_ms):
        if not run.limits.jobs_work:
            return
        try:
            run.limits.jobs_work = await _read(run, source, group)
        except RequestRefused as refusal:
            run.limits.jobs_work = run.limits.job_adapted(refusal)
        except UNABLE:
            run.limits.jobs_work = False


def _groups(run: Run, spans: Iterable[Span], until_ms: int) -> list[_Group]:
    """Neighbouring days, the newest first."""
    lacking = [
        (day, span)
        for span in spans
        if span.total_hits and not (span.by_job or span.scope or span.doubt)
        for day in days(span.start_ms, span.end_ms)
        if day.whole_day and day.end_ms <= until_ms
    ]
    groups: list[_Group] = []
    contacts = 0
    for day, span in sorted(lacking, key=lambda each: each[0], reverse=True):
        contacts += span.total_hits
        together = [each for each, _ in groups[-1]] if groups else []
        if together and share_a_job(day, together, contacts, run.limits):
            groups[-1].insert(0, (day, span))
        else:
            groups.append([(day, span)])
            contacts = span.total_hits
    return groups


async def _read(run: Run, source: JobSource, group: _Group) -> bool:
    """Whether the job brought everything."""
    start_ms, end_ms = group[0][0].start_ms, group[-1][0].end_ms
    run.tally.note("Fetching the attributes of contacts.", group[-1][0])
    job_id = await source.submit(JobRequest(start_ms, end_ms, run.scope))
    if await ended_or_cancelled(source, job_id, just_begun=True) is not Ending.DONE:
        return False
    cursor = ""
    while True:
        page = await source.page(job_id, cursor, run.limits.job_page_size)
        until_ms = wire.instant_ms(page.data_availability_date)
        if page.cursor == cursor or (until_ms is not None and until_ms < end_ms):
            return False
        await _take(run, page, start_ms, end_ms)
        if not page.cursor:
            break
        cursor = page.cursor
    for day, span in group:
        await _note_read(run, replace(span, start_ms=day.start_ms, end_ms=day.end_ms, by_job=True))
    return True


async def _note_read(run: Run, span: Span) -> None:
    """What the query met stays: a job's data may be older."""
    intake = run.intake
    await intake.in_store(lambda: intake.store.write_end(span, pass_ms=0))


async def _take(run: Run, page: JobPage, start_ms: int, end_ms: int) -> None:
    intake = run.intake
    rows = await intake.rows(page.conversations or [])
    inside = [
        each
        for each in rows.contacts
        # One that goes on in the older data of a job may have ended since.
        if each and start_ms <= each.start_ms < end_ms and each.cells["end"] is not None
    ]
    await intake.in_store(
        lambda: intake.store.write_contacts(inside, rows.names, pass_ms=run.now_ms)
    )
