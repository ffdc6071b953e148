"""Readings by job that are broken off: they go on where they were, and lose nothing."""

from __future__ import annotations

import asyncio

import pytest

from desktop_app.core.errors import (
    SignInNeeded,
)
from desktop_app.core.genesys.jobs import JobPage
from desktop_app.core.history.coverage import DAY_MS, Slice
from tests.core.history.history_samples import (
    DAY,
    LATER,
    Service,
    cancelled_after,
    in_memory,
    reading,
)
from tests.core.history.job_samples import Lake
from tests.core.history.test_sync_jobs import (
    END,
    ROWS,
    assert_complete,
    limits,
    read,
)


def test_F16_a_reading_that_breaks_anywhere_goes_on_at_the_cursor() -> None:
    last = 0
    while breaks_at(last):
        last += 1
    assert last > 10


def breaks_at(last: int) -> bool:
    """Break off at the n-th answer of either kind and go on; False if it didn't break."""
    answers = 0

    async def count(*_: object) -> None:
        nonlocal answers
        answers += 1
        if answers > last:
            raise SignInNeeded("The sign-in has ended.")

    end_ms = DAY + 3 * DAY_MS
    rows = {id_: start for id_, start in ROWS.items() if start < end_ms and id_[-1] in "02468"}
    lake = Lake(Service(rows, count), LATER, count)
    with in_memory() as store:
        try:
            read(lake, store, end_ms=end_ms, allowed=limits(job_page_size=12))
        except SignInNeeded:
            pass
        else:
            assert_complete(lake, store, end_ms=end_ms)
            return False
        interrupted = [at for at in store.positions(0, 2**60) if at.job_id]
        lake.before = lake.service.before = None
        lake.pages, begun = [], len(lake.requests)
        read(lake, store, end_ms=end_ms, now_ms=LATER + 1000)
        assert_complete(lake, store, end_ms=end_ms)
        for at in interrupted:
            if at.next_page > 1 and at.cursor:  # its results are asked for from there on only
                asked = [cursor for job, cursor, _ in lake.pages if job == at.job_id]
                assert asked[0] == at.cursor
        again = {(each.start_ms, each.end_ms) for each in lake.requests[begun:]}
        assert again.isdisjoint((at.slice.start_ms, at.slice.end_ms) for at in interrupted)
    return True


def test_a_job_that_has_expired_meanwhile_is_begun_anew() -> None:
    async def end_at_the_second_page(what: str) -> None:
        if what == "page" and len(lake.pages) > 1:
            raise SignInNeeded("The sign-in has ended.")

    lake = Lake(Service(ROWS), LATER, end_at_the_second_page)
    with in_memory() as store:
        with pytest.raises(SignInNeeded):
            read(lake, store)
        lake.before = None
        lake.jobs.clear()
        begun = len(lake.requests)
        read(lake, store, now_ms=LATER + 2 * DAY_MS)
        assert_complete(lake, store)
    assert len(lake.requests) > begun


class Leaky(Lake):
    """Each page lacks a contact that the query has."""

    async def page(self, job_id: str, cursor: str, size: int) -> JobPage:
        page = await super().page(job_id, cursor, size)
        page.conversations = (page.conversations or [])[1:]
        return page


def test_what_an_interrupted_job_brings_too_little_is_completed_by_the_query() -> None:
    async def end_at_the_second_page(what: str) -> None:
        if what == "page" and len(lake.pages) == 2:
            raise SignInNeeded("The sign-in has ended.")

    lake = Leaky(Service(ROWS), LATER, end_at_the_second_page)
    with in_memory() as store:
        with pytest.raises(SignInNeeded):
            read(lake, store)
        read(lake, store, now_ms=LATER + 1000)
        assert_complete(lake, store)


def test_a_day_that_is_read_again_by_a_job_alone_loses_nothing_with_it() -> None:
    """Only the query says who has gone upstream."""
    service = Service(ROWS)
    with in_memory() as store:
        read(Lake(service, LATER), store)
        assert all(span.by_job for span in store.spans(DAY, END))
        leaky = Leaky(service, LATER)
        read(leaky, store, now_ms=LATER + 1000, again=True)
        assert_complete(leaky, store)


def test_an_interrupted_job_leaves_alone_what_was_read_since() -> None:
    async def end_at_the_second_page(what: str) -> None:
        if what == "page" and len(lake.pages) > 1:
            raise SignInNeeded("The sign-in has ended.")

    lake = Lake(Service(ROWS), LATER, end_at_the_second_page)
    day = Slice(END - DAY_MS, END)
    with in_memory() as store:
        with pytest.raises(SignInNeeded):
            read(lake, store)
        lake.before = None
        del lake.service.rows[sorted(lake.service.inside(day.start_ms, day.end_ms))[5]]
        asyncio.run(
            reading(lake.service, store, limits=limits()).sync(
                day.start_ms, day.end_ms, now_ms=LATER + 50
            )
        )
        read(lake, store, now_ms=LATER + 1000)
        assert_complete(lake, store)


def test_without_jobs_an_interrupted_one_is_read_by_the_query() -> None:
    async def end(what: str) -> None:
        if what == "page":
            raise SignInNeeded("The sign-in has ended.")

    lake = Lake(Service(ROWS), LATER, end)
    with in_memory() as store:
        with pytest.raises(SignInNeeded):
            read(lake, store)
        asyncio.run(reading(lake.service, store, limits=limits()).sync(DAY, END, now_ms=LATER + 50))
        assert_complete(lake, store)


def test_cancelled_while_it_is_prepared_a_job_is_cancelled_and_afterwards_kept() -> None:
    async def cancelled_at(where: str) -> Lake:
        reached = asyncio.Event()

        async def hang(what: str) -> None:
            if what == where:
                reached.set()
                await asyncio.Event().wait()

        lake = Lake(Service(ROWS), LATER, hang)
        with in_memory() as store:
            task = asyncio.ensure_future(
                reading(lake.service, store, jobs=lake, limits=limits()).sync(
                    DAY, END, now_ms=LATER
                )
            )
            await reached.wait()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            assert asyncio.all_tasks() == {asyncio.current_task()}
        return lake

    assert asyncio.run(cancelled_at("ended")).cancelled
    assert asyncio.run(cancelled_at("page")).cancelled == []


def test_cancelled_after_any_turn_of_the_loop_a_reading_by_job_goes_on() -> None:
    for turns in range(0, 1000, 17):
        lake = Lake(Service(ROWS), LATER)
        with in_memory() as store:
            work = reading(lake.service, store, jobs=lake, limits=limits()).sync(
                DAY, END, now_ms=LATER
            )
            ended = asyncio.run(cancelled_after(turns, work))
            read(lake, store, now_ms=LATER + 1)
            assert_complete(lake, store)
        if ended:
            break
    else:
        pytest.fail("the reading never ended by itself")
    assert turns > 50
