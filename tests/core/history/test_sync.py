"""Reading a range into the store: every contact that starts inside it, exactly once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator

import pytest

from desktop_app.core.errors import RequestRefused
from desktop_app.core.genesys import wire
from desktop_app.core.genesys.client import GenesysClient
from desktop_app.core.genesys.directory import Directory
from desktop_app.core.genesys.history import HistoryApi, PageRequest
from desktop_app.core.genesys.jobs import DetailJobs
from desktop_app.core.genesys.timing import Timing
from desktop_app.core.history.coverage import DAY_MS, FRESH_MS, coverage
from desktop_app.core.history.reading.by_query import PAGES_AHEAD
from desktop_app.core.history.store import Store
from desktop_app.core.history.sync import SLICES_AT_ONCE, Limits, Progress, Synchroniser
from desktop_app.practice.server import PracticeServer
from desktop_app.practice.settings import PracticeSettings
from tests.core.history.history_samples import (
    DAY,
    HOUR_MS,
    LATER,
    Service,
    ids,
    in_memory,
    reading,
    spread,
    with_a_pause,
)


def read(
    service: Service,
    store: Store,
    start_ms: int,
    end_ms: int,
    now_ms: int,
    *,
    again: bool = False,
    page_size: int = 100,
) -> list[Progress]:
    told: list[Progress] = []
    limits = Limits(page_size=page_size)
    asyncio.run(
        reading(service, store, on_progress=told.append, limits=limits).sync(
            start_ms, end_ms, now_ms=now_ms, again=again
        )
    )
    return told


def truth(service: Service, start_ms: int, end_ms: int) -> list[str]:
    return sorted(service.inside(start_ms, end_ms))


# 24 contacts a day, one an hour.
MONTHS = {k: v for n in range(-2, 40) for k, v in spread(24, DAY + n * DAY_MS).items()}
RANGES = {
    "a day": (DAY, DAY + DAY_MS),
    "the start of a day": (DAY, DAY + 5 * HOUR_MS),
    "the middle of a day": (DAY + 5 * HOUR_MS, DAY + 9 * HOUR_MS),
    "the end of a day": (DAY + 20 * HOUR_MS, DAY + DAY_MS),
    "over midnight": (DAY - HOUR_MS, DAY + HOUR_MS),
    "several days": (DAY + HOUR_MS, DAY + 5 * DAY_MS - HOUR_MS),
    "more than a query may span": (DAY, DAY + 33 * DAY_MS),
    "an instant": (DAY + HOUR_MS, DAY + HOUR_MS + 1),
    "a time without contacts": (DAY + 100 * DAY_MS, DAY + 102 * DAY_MS),
    "nothing": (DAY, DAY),
}


@pytest.mark.parametrize("name", RANGES)
@pytest.mark.parametrize("page_size", [10, 100])
def test_a_range_is_read_whole_and_trimmed(name: str, page_size: int) -> None:
    start_ms, end_ms = RANGES[name]
    now_ms = LATER + 100 * DAY_MS
    service = Service(MONTHS)
    with in_memory() as store:
        read(service, store, start_ms, end_ms, now_ms, page_size=page_size)
        assert sorted(ids(store)) == truth(service, start_ms, end_ms)
        found = coverage(start_ms, end_ms, store.spans(start_ms, end_ms), now_ms=now_ms)
        assert (found.missing, found.doubts) == ((), ())
        pages = Counter((request.start_ms, request.page_number) for request in service.requests)
        assert set(pages.values()) <= {1}
        read(service, store, start_ms, end_ms, now_ms + DAY_MS)
        assert len(service.requests) == len(pages)  # settled: not asked again


def test_no_request_spans_more_than_one_day() -> None:
    service = Service(MONTHS)
    with in_memory() as store:
        read(service, store, DAY - HOUR_MS, DAY + 33 * DAY_MS, LATER + 100 * DAY_MS)
    for request in service.requests:
        assert request.start_ms // DAY_MS == (request.end_ms - 1) // DAY_MS


def test_a_range_into_the_future_is_frozen_at_now() -> None:
    service = Service(spread(300))
    now_ms = DAY + 10 * HOUR_MS
    with in_memory() as store:
        read(service, store, DAY, DAY + 7 * DAY_MS, now_ms)
        assert sorted(ids(store)) == truth(service, DAY, now_ms)
        assert all(request.end_ms <= now_ms for request in service.requests)
        found = coverage(DAY, DAY + 7 * DAY_MS, store.spans(0, 2**60), now_ms=now_ms + HOUR_MS)
        assert (found.complete, found.synced_ms) == (True, now_ms)

        later_ms = now_ms + FRESH_MS  # within it only what is new is read
        before = len(service.requests)
        read(service, store, DAY, DAY + 7 * DAY_MS, later_ms)
        assert sorted(ids(store)) == truth(service, DAY, later_ms)
        assert {request.start_ms for request in service.requests[before:]} == {now_ms}


def test_a_stale_day_is_read_anew_with_what_came_and_without_what_went() -> None:
    service = Service(spread(150))
    with in_memory() as store:
        read(service, store, DAY, DAY + DAY_MS, DAY + DAY_MS)
        gone = next(iter(service.rows))
        del service.rows[gone]
        service.rows["late"] = DAY + 1
        read(service, store, DAY, DAY + DAY_MS, DAY + DAY_MS + HOUR_MS)
        assert sorted(ids(store)) == truth(service, DAY, DAY + DAY_MS)
        assert gone not in ids(store)


def test_again_reads_even_what_is_settled() -> None:
    service = Service(spread(20))
    with in_memory() as store:
        read(service, store, DAY, DAY + DAY_MS, LATER)
        service.rows["late"] = DAY + 1
        read(service, store, DAY, DAY + DAY_MS, LATER + 1)
        assert "late" not in ids(store)
        read(service, store, DAY, DAY + DAY_MS, LATER + 2, again=True)
        assert "late" in ids(store)


def test_the_newest_day_is_read_first() -> None:
    service = Service(MONTHS)
    with in_memory() as store:
        read(service, store, DAY, DAY + 9 * DAY_MS, LATER)
    begun = list(dict.fromkeys(request.start_ms for request in service.requests))
    assert begun == sorted(begun, reverse=True)
    assert len(begun) == 9


def test_progress_only_grows_and_ends_at_all() -> None:
    service = Service({k: v for n in range(4) for k, v in spread(250, DAY + n * DAY_MS).items()})
    with in_memory() as store:
        told = read(service, store, DAY, DAY + 4 * DAY_MS, LATER)
    assert [p.contacts for p in told] == sorted(p.contacts for p in told)
    assert [p.slices_done for p in told] == sorted(p.slices_done for p in told)
    assert {p.slices for p in told} == {4}
    assert told[-1] == Progress(4, 4, 1000, 1000, told[-1].day_ms)
    assert {p.expected for p in told} == {None, 1000}


def test_requests_side_by_side_stay_bounded() -> None:
    service = Service({k: v for n in range(9) for k, v in spread(500, DAY + n * DAY_MS).items()})
    with in_memory() as store:
        read(service, store, DAY, DAY + 9 * DAY_MS, LATER)
        assert len(ids(store)) == 9 * 500
    assert 1 < service.most_at_once <= SLICES_AT_ONCE * (PAGES_AHEAD + 1)


@pytest.mark.parametrize(
    ("refusal", "sizes"),
    [
        (RequestRefused("too much", status=413), {100, 50, 25}),
        (RequestRefused("too much", code="response.entity.too.large"), {100, 50, 25}),
        (RequestRefused("The pageSize is too large."), {100, 50, 25}),
        (RequestRefused("Refused (400 bad.request): pageSize must be from 1 to 20"), {100, 20}),
    ],
    ids=["413", "too large", "page size", "page size named"],
)
def test_a_page_that_is_too_large_is_asked_for_in_smaller_ones(
    refusal: RequestRefused, sizes: set[int]
) -> None:
    async def refuse(number: int, request: PageRequest) -> None:
        if request.page_size > 25 and number >= 2:
            raise refusal

    service = Service(spread(430), refuse)
    with in_memory() as store:
        read(service, store, DAY, DAY + DAY_MS, LATER)
        assert sorted(ids(store)) == truth(service, DAY, DAY + DAY_MS)
        assert coverage(DAY, DAY + DAY_MS, store.spans(0, 2**60), now_ms=LATER).complete
    assert {request.page_size for request in service.requests} == sizes


def test_pages_are_not_halved_for_ever() -> None:
    async def refuse(number: int, request: PageRequest) -> None:
        raise RequestRefused("too much", status=413)

    service = Service(spread(30), refuse)
    with in_memory() as store, pytest.raises(RequestRefused):
        read(service, store, DAY, DAY + DAY_MS, LATER)
    assert len(service.requests) < 10


def test_another_refusal_is_not_about_the_page_size() -> None:
    async def refuse(number: int, request: PageRequest) -> None:
        raise RequestRefused("no", code="bad.request")

    service = Service(spread(30), refuse)
    with in_memory() as store, pytest.raises(RequestRefused):
        read(service, store, DAY, DAY + DAY_MS, LATER)
    assert len(service.requests) == 1


def test_contacts_without_an_id_are_doubted_not_hidden() -> None:
    class Nameless(Service):
        def _answer(self, request: PageRequest) -> wire.ConversationPage:
            page = super()._answer(request)
            if request.page_number == 1 and page.conversations:
                page.conversations[0] = type(page.conversations[0])(b"{}")
            return page

    service = Nameless(spread(150))
    with in_memory() as store:
        read(service, store, DAY, DAY + DAY_MS, LATER)
        assert len(ids(store)) == 149
        assert [span.doubt for span in store.spans(0, 2**60)] == [
            "1 contacts without an id could not be kept"
        ]


# --- against the practice organisation, through the real client -----------------------------------

_UNTIL_MS = DAY + 40 * DAY_MS


@pytest.fixture(scope="module")
def practice() -> Iterator[PracticeServer]:
    settings = PracticeSettings(
        conversations=1500, days=40, seed=7, rate_limit=0, until_ms=_UNTIL_MS - HOUR_MS
    )
    with PracticeServer(settings) as server:
        yield server


def read_practice(
    server: PracticeServer,
    store: Store,
    start_ms: int,
    end_ms: int,
    now_ms: int,
    *,
    by_job: bool = False,
) -> None:
    async def main() -> None:
        token = server.issue_token()
        client = GenesysClient(server.api_url, lambda: token)
        api = HistoryApi(client)
        jobs = DetailJobs(client, timing=Timing(sleep=lambda _: asyncio.sleep(0)))
        try:
            await Synchroniser(
                api.page,
                Directory(client),
                store,
                with_a_pause,
                jobs=jobs if by_job else None,
                fetch_contacts=api.contacts,
                retention_days=api.retention_days,
                limits=Limits(worth_a_job=10, page_size=10, job_page_size=70),
            ).sync(start_ms, end_ms, now_ms=now_ms)
        finally:
            await client.aclose()

    asyncio.run(main())


@pytest.mark.parametrize("by_job", [False, True], ids=["query", "jobs"])
@pytest.mark.parametrize(
    ("first_hour", "last_hour"),
    [(0, 24), (9, 15), (30 * 24 + 5, 33 * 24 + 7), (2, 35 * 24), (39 * 24, 45 * 24)],
    ids=["a day", "part of a day", "several days", "over a month", "into the future"],
)
def test_what_the_practice_organisation_has_is_what_the_store_has(
    practice: PracticeServer, first_hour: int, last_hour: int, by_job: bool
) -> None:
    contacts = practice.contacts
    start_ms = contacts.interval[0] + first_hour * HOUR_MS
    end_ms = contacts.interval[0] + last_hour * HOUR_MS
    expected = {
        contacts.conversation_id(index)
        for index, start in enumerate(contacts.start_ms.tolist())
        if start_ms <= start < end_ms
    }
    assert expected
    with in_memory() as store:
        practice.log.clear()
        read_practice(practice, store, start_ms, end_ms, _UNTIL_MS, by_job=by_job)
        found = ids(store)
        assert len(found) == len(set(found))
        assert set(found) == expected
        results = [each for each in practice.log if each.path.endswith("/results")]
        assert by_job or not results
        assert results or not by_job or len(expected) < 100
        assert coverage(start_ms, end_ms, store.spans(0, 2**60), now_ms=_UNTIL_MS).complete
        reader = store.reader()
        names = {row.cells[0] for row in reader.rows(range(1, 500), ["queues"]).values()}
        assert any(name and "-" not in str(name)[:9] for name in names)  # names, not ids
