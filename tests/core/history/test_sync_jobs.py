"""Reading by asynchronous jobs: many contacts of old days, complete all the same."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from desktop_app.core.errors import (
    PermissionMissing,
    RequestRefused,
    ServiceError,
    ServiceTimeout,
    ServiceUnavailable,
)
from desktop_app.core.genesys.history import Scope
from desktop_app.core.genesys.jobs import Ending, JobPage, JobRequest
from desktop_app.core.history.coverage import DAY_MS, calendar, coverage
from desktop_app.core.history.store import Store
from desktop_app.core.history.sync import Limits, Progress
from tests.core.history.history_samples import (
    DAY,
    HOUR_MS,
    LATER,
    Service,
    ids,
    in_memory,
    iso,
    reading,
    spread,
)
from tests.core.history.job_samples import Lake

DAYS = 5
END = DAY + DAYS * DAY_MS
PER_DAY = 37
ROWS = {
    id_: start
    for day in range(DAYS)
    for id_, start in spread(PER_DAY, DAY + day * DAY_MS, DAY + (day + 1) * DAY_MS).items()
}


def limits(**values: Any) -> Limits:
    return Limits(**({"page_size": 5, "job_page_size": 20, "worth_a_job": 10} | values))


def read(
    lake: Lake,
    store: Store,
    start_ms: int = DAY,
    end_ms: int = END,
    now_ms: int = LATER,
    allowed: Limits | None = None,
    **options: Any,
) -> list[Progress]:
    told: list[Progress] = []
    synchroniser = reading(
        lake.service, store, jobs=lake, limits=allowed or limits(), on_progress=told.append
    )
    asyncio.run(synchroniser.sync(start_ms, end_ms, now_ms=now_ms, **options))
    return told


def assert_complete(lake: Lake, store: Store, start_ms: int = DAY, end_ms: int = END) -> None:
    found = ids(store)
    assert sorted(found) == sorted(lake.service.inside(start_ms, end_ms))
    assert coverage(start_ms, end_ms, store.spans(start_ms, end_ms), now_ms=LATER).complete
    assert store.positions(0, 2**60) == []


def days_of(lake: Lake) -> list[tuple[int, int]]:
    """The days, from the first on, that each job was asked for."""
    return [
        ((each.start_ms - DAY) // DAY_MS, (each.end_ms - DAY) // DAY_MS) for each in lake.requests
    ]


def test_days_that_hold_much_are_counted_by_the_query_and_read_by_jobs() -> None:
    lake = Lake(Service(ROWS), until_ms=LATER)
    with in_memory() as store:
        told = read(lake, store)
        assert_complete(lake, store)
        assert [
            day.contacts for day in calendar(DAY, END, store.spans(DAY, END), [], now_ms=LATER)
        ] == [PER_DAY] * DAYS
    assert {request.page_number for request in lake.service.requests} == {1}
    assert lake.asked.count("available") == 1
    assert (told[-1].contacts, told[-1].expected) == (DAYS * PER_DAY, DAYS * PER_DAY)
    assert [each.contacts for each in told] == sorted(each.contacts for each in told)


def test_days_that_hold_little_are_read_by_the_query_and_then_together_by_a_job() -> None:
    """Only jobs bring the attributes of participants (contract §2.4)."""
    lake = Lake(Service(ROWS), until_ms=LATER)
    allowed = limits(worth_a_job=PER_DAY)
    with in_memory() as store:
        read(lake, store, allowed=allowed)
        assert_complete(lake, store)
        assert max(request.page_number for request in lake.service.requests) > 1
        assert days_of(lake) == [(0, DAYS)]
        assert all(span.by_job for span in store.spans(DAY, END))
        asked = len(lake.asked)
        read(lake, store, now_ms=LATER + 1, allowed=allowed)
        assert len(lake.asked) == asked  # once is enough


def test_attributes_that_do_not_come_cost_no_contact() -> None:
    async def refuse(what: str) -> None:
        if what == "page":
            raise ServiceUnavailable("no")

    lake = Lake(Service(ROWS), LATER, refuse)
    allowed = limits(worth_a_job=PER_DAY)
    with in_memory() as store:
        read(lake, store, allowed=allowed)
        assert_complete(lake, store)
        assert not any(span.by_job for span in store.spans(DAY, END))
        read(lake, store, now_ms=LATER + 1, allowed=allowed)
        assert len(lake.requests) == 1  # not tried again with this sign-in


def test_a_day_that_a_job_has_read_is_read_again_by_a_job_alone() -> None:
    lake = Lake(Service(ROWS), LATER)
    with in_memory() as store:
        read(lake, store)
        lake.service.requests.clear()
        read(lake, store, now_ms=LATER + 1, again=True, allowed=limits(worth_a_job=PER_DAY))
        assert_complete(lake, store)
        assert lake.service.requests == []


def test_what_jobs_do_not_have_yet_is_read_by_the_query() -> None:
    until_ms = DAY + 3 * DAY_MS + 5 * HOUR_MS
    lake = Lake(Service(ROWS), until_ms)
    with in_memory() as store:
        read(lake, store)
        assert_complete(lake, store)
    assert lake.requests and all(request.end_ms <= until_ms for request in lake.requests)
    by_query = {at.start_ms for at in lake.service.requests if at.page_number > 1}
    assert by_query == {DAY + 3 * DAY_MS, DAY + 4 * DAY_MS}


def test_days_that_come_while_a_job_is_prepared_share_the_next() -> None:
    async def slowly(what: str) -> None:
        if what == "ended":
            for _ in range(200):
                await asyncio.sleep(0)

    lake = Lake(Service(ROWS), LATER, slowly)
    with in_memory() as store:
        read(lake, store)
        assert_complete(lake, store)
    assert len(lake.requests) < DAYS
    assert sorted(days_of(lake))[0][0] == 0


@pytest.mark.parametrize("longest", [1, 2])
def test_a_job_is_no_longer_than_the_service_allows(longest: int) -> None:
    async def slowly(what: str) -> None:
        if what == "ended":
            for _ in range(500):
                await asyncio.sleep(0)

    class Strict(Lake):
        async def submit(self, request: JobRequest) -> str:
            if request.end_ms - request.start_ms > longest * DAY_MS:
                raise RequestRefused(
                    f"Refused (400 bad.request): The interval must not exceed {longest} days."
                )
            return await super().submit(request)

    end_ms = DAY + 12 * DAY_MS
    rows = {
        id_: start
        for day in range(12)
        for id_, start in spread(20, DAY + day * DAY_MS, DAY + (day + 1) * DAY_MS).items()
    }
    lake = Strict(Service(rows), LATER, slowly)
    allowed = limits()
    with in_memory() as store:
        read(lake, store, end_ms=end_ms, allowed=allowed)
        assert_complete(lake, store, end_ms=end_ms)
    assert allowed.job_days == longest
    assert {at.page_number for at in lake.service.requests} == {1}


@pytest.mark.parametrize(
    "range_",
    [(DAY + 5 * HOUR_MS, END - 5 * HOUR_MS), (DAY + DAY_MS, DAY + 2 * DAY_MS)],
    ids=["parts of days", "a day"],
)
def test_a_job_is_trimmed_to_the_range(range_: tuple[int, int]) -> None:
    lake = Lake(Service(ROWS), LATER)
    with in_memory() as store:
        read(lake, store, *range_)
        assert_complete(lake, store, *range_)
    assert lake.requests


@pytest.mark.parametrize(
    "endings",
    [[Ending.FAILED] * 9, [Ending.LATE] * 9, [Ending.GONE] * 99],
    ids=["failed", "late", "gone"],
)
def test_what_a_job_does_not_give_is_read_by_the_query_and_said(endings: list[Ending]) -> None:
    lake = Lake(Service(ROWS), LATER, endings=endings)
    with in_memory() as store:
        told = read(lake, store)
        assert_complete(lake, store)
    assert any("page by page" in progress.note for progress in told)


@pytest.mark.parametrize(
    "failure",
    [
        RequestRefused("no"),
        PermissionMissing("no"),
        ServiceUnavailable("no"),
        ServiceTimeout("no"),
    ],
    ids=lambda failure: type(failure).__name__,
)
@pytest.mark.parametrize("where", ["available", "submit", "ended", "page"])
def test_jobs_that_are_not_to_be_had_cost_nothing_but_time(
    where: str, failure: ServiceError
) -> None:
    async def refuse(what: str) -> None:
        if what == where:
            raise failure

    lake = Lake(Service(ROWS), LATER, refuse)
    with in_memory() as store:
        read(lake, store)
        assert_complete(lake, store)
    assert lake.asked.count("available") == 1


def test_a_job_that_brings_too_little_is_completed_by_the_query() -> None:
    class Leaky(Lake):
        async def page(self, job_id: str, cursor: str, size: int) -> JobPage:
            page = await super().page(job_id, cursor, size)
            page.conversations = (page.conversations or [])[1:]
            return page

    lake = Leaky(Service(ROWS), LATER)
    with in_memory() as store:
        told = read(lake, store)
        assert_complete(lake, store)
    assert any("fewer contacts" in progress.note for progress in told)


def test_results_that_end_before_the_days_do_are_not_believed() -> None:
    class Behind(Lake):
        async def page(self, job_id: str, cursor: str, size: int) -> JobPage:
            page = await super().page(job_id, cursor, size)
            page.data_availability_date = iso(DAY + HOUR_MS)
            return page

    lake = Behind(Service(ROWS), LATER)
    with in_memory() as store:
        read(lake, store)
        assert_complete(lake, store)


def test_a_cursor_that_does_not_move_ends() -> None:
    class Circling(Lake):
        async def page(self, job_id: str, cursor: str, size: int) -> JobPage:
            page = await super().page(job_id, "", size)
            page.cursor = "again"
            return page

    lake = Circling(Service(ROWS), LATER)
    with in_memory() as store:
        read(lake, store)
        assert_complete(lake, store)


@pytest.mark.parametrize(
    ("refusal", "sizes"),
    [
        (RequestRefused("too much", status=413), {20, 10}),
        (RequestRefused("Refused (400 x): pageSize must not exceed 12"), {20, 12}),
        (ServiceTimeout("slow"), {20, 10}),
    ],
    ids=["413", "named", "timeout"],
)
def test_results_that_are_too_large_come_in_smaller_pages(
    refusal: ServiceError, sizes: set[int]
) -> None:
    class Narrow(Lake):
        async def page(self, job_id: str, cursor: str, size: int) -> JobPage:
            if size > 12:
                self.pages.append((job_id, cursor, size))
                raise refusal
            return await super().page(job_id, cursor, size)

    lake = Narrow(Service(ROWS), LATER)
    with in_memory() as store:
        read(lake, store)
        assert_complete(lake, store)
    assert {size for _, _, size in lake.pages} == sizes
    assert {at.page_number for at in lake.service.requests} == {1}


def test_contacts_without_an_id_in_a_job_are_doubted() -> None:
    class Nameless(Lake):
        async def page(self, job_id: str, cursor: str, size: int) -> JobPage:
            page = await super().page(job_id, cursor, size)
            if not cursor and page.conversations:
                page.conversations[7] = type(page.conversations[7])(b"{}")
            return page

    lake = Nameless(Service(spread(PER_DAY)), LATER)
    with in_memory() as store:
        read(lake, store, end_ms=DAY + DAY_MS)
        assert len(ids(store)) == PER_DAY - 1
        (span,) = store.spans(DAY, END)
        assert "without an id" in span.doubt


def test_rows_gone_upstream_go_with_a_job_too() -> None:
    lake = Lake(Service(ROWS), LATER)
    with in_memory() as store:
        read(lake, store)
        gone = sorted(lake.service.rows)[::7]
        for id_ in gone:
            del lake.service.rows[id_]
        read(lake, store, now_ms=LATER + 10, again=True)
        assert_complete(lake, store)
        assert set(gone).isdisjoint(ids(store))


def test_a_scoped_job_marks_its_scope_and_removes_nothing() -> None:
    everything = Lake(Service(ROWS), LATER)
    some = Lake(Service({id_: start for id_, start in ROWS.items() if id_.endswith("3")}), LATER)
    scope = Scope("ends in 3", {"segmentFilters": [{"type": "or"}]})
    with in_memory() as store:
        read(everything, store, end_ms=DAY + DAY_MS)
        read(some, store, scope=scope, allowed=limits(worth_a_job=1, page_size=1))
        assert some.requests and all(request.scope == scope for request in some.requests)
        held = set(ids(store))
        assert held == everything.service.inside(DAY, DAY + DAY_MS) | set(some.service.rows)
        spans = store.spans(DAY, END)
        assert coverage(DAY, END, spans, now_ms=LATER, scope=scope.text).complete
        assert not coverage(DAY, END, spans, now_ms=LATER).complete
        assert coverage(DAY, DAY + DAY_MS, spans, now_ms=LATER).complete
