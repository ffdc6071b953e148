"""What the service takes at once: ceilings, sizes, lengths; and ranges that there can't be."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from desktop_app.core.errors import IntervalError, RequestRefused
from desktop_app.core.genesys import wire
from desktop_app.core.genesys.history import PageRequest, Scope
from desktop_app.core.history.coverage import DAY_MS, Position, coverage
from desktop_app.core.history.reading.limits import Limits
from desktop_app.core.history.store import Store
from desktop_app.core.history.sync import Synchroniser
from tests.core.history.history_samples import (
    DAY,
    HOUR_MS,
    LATER,
    TODAY,
    Service,
    ids,
    in_memory,
    reading,
    spread,
)

CEILING = 20
PAGE = 5


class Ceiled(Service):
    """Refuses what lies beyond a ceiling, in the words of the practice organisation."""

    ceiling = CEILING

    def _answer(self, request: PageRequest) -> wire.ConversationPage:
        if request.page_number * request.page_size > self.ceiling:
            raise RequestRefused(
                "Genesys Cloud refused the request (400 bad.request): paging.pageSize *"
                f" paging.pageNumber may not exceed {self.ceiling} results"
            )
        return super()._answer(request)


def read(
    service: Service,
    store: Store,
    start_ms: int = DAY,
    end_ms: int = DAY + DAY_MS,
    now_ms: int = LATER,
    limits: Limits | None = None,
    scope: Scope | None = None,
) -> None:
    limits = limits or Limits(page_size=PAGE, ceiling=CEILING)
    asyncio.run(
        reading(service, store, limits=limits).sync(
            start_ms, end_ms, now_ms=now_ms, scope=scope or Scope()
        )
    )


def assert_complete(service: Service, store: Store, start_ms: int, end_ms: int) -> None:
    assert sorted(ids(store)) == sorted(service.inside(start_ms, end_ms))
    assert coverage(start_ms, end_ms, store.spans(0, 2**60), now_ms=LATER).complete
    assert store.positions(0, 2**60) == []


@pytest.mark.parametrize("count", [19, 20, 21, 25, 33, 37, 40])
@pytest.mark.parametrize("known", [True, False], ids=["known", "found out"])
def test_a_day_beyond_the_ceiling_is_read_from_both_ends(count: int, known: bool) -> None:
    service = Ceiled(spread(count))
    with in_memory() as store:
        read(service, store, limits=Limits(page_size=PAGE, ceiling=CEILING if known else 1000))
        assert_complete(service, store, DAY, DAY + DAY_MS)
    beyond = [at for at in service.requests if at.page_number * PAGE > CEILING]
    assert not (known and beyond)
    assert ("desc" in {at.order for at in service.requests}) == (count >= CEILING)


@pytest.mark.parametrize("hours", [(3, 24), (0, 21), (5, 19)], ids=str)
def test_a_part_of_a_day_beyond_the_ceiling_is_read_from_both_ends(hours: tuple[int, int]) -> None:
    start_ms, end_ms = DAY + hours[0] * HOUR_MS, DAY + hours[1] * HOUR_MS
    service = Ceiled(spread(38))
    with in_memory() as store:
        read(service, store, start_ms, end_ms)
        assert_complete(service, store, start_ms, end_ms)


def test_what_no_query_reaches_is_a_doubt_and_loses_nothing_else() -> None:
    service = Ceiled(spread(47))
    with in_memory() as store:
        read(service, store)
        held = set(ids(store))
        assert len(held) == 2 * CEILING
        (span,) = store.spans(DAY, DAY + DAY_MS)
        assert span.doubt == "the day holds more than the 40 within reach"
        assert not coverage(DAY, DAY + DAY_MS, [span], now_ms=LATER).complete
        read(service, store, now_ms=LATER + 1)
        assert held <= set(ids(store))


@pytest.mark.parametrize("broken_at", range(12))
def test_a_reading_from_both_ends_goes_on_where_it_was(broken_at: int) -> None:
    async def breaks(number: int, request: PageRequest) -> None:
        if number == broken_at:
            raise RequestRefused("Another refusal.")

    service = Ceiled(spread(38), breaks)
    with in_memory() as store:
        try:
            read(service, store)
        except RequestRefused:
            read(service, store, now_ms=LATER + 1)
        assert_complete(service, store, DAY, DAY + DAY_MS)


def test_a_ceiling_that_has_changed_since_loses_nothing() -> None:
    """The position knows under which ceiling its pages were counted."""

    async def breaks(number: int, request: PageRequest) -> None:
        if request.order == "desc" and request.page_number == 2:
            raise RequestRefused("Another refusal.")

    service = Ceiled(spread(38), breaks)
    with in_memory() as store:
        with pytest.raises(RequestRefused):
            read(service, store)
        service.before, service.ceiling = None, 1000
        read(service, store, now_ms=LATER + 1, limits=Limits(page_size=PAGE))
        assert_complete(service, store, DAY, DAY + DAY_MS)


# --- reading refusals ---------------------------------------------------------------------------


def refused(words: str, code: str = "bad.request", status: int = 400) -> RequestRefused:
    return RequestRefused(
        f"Genesys Cloud refused the request ({status} {code}): {words}", status=status, code=code
    )


AT = Position(TODAY, 1, 5, 7, 100, total_hits=5000, unreadable=2)


@pytest.mark.parametrize(
    ("refusal", "page", "size", "ceiling"),
    [
        (refused("pageSize must be between 1 and 50"), 1, 50, 100_000),
        (refused("pageSize must be between 1 and 500"), 1, 50, 100_000),
        (refused("pageSize is too large"), 1, 50, 100_000),
        (refused("no", "response.entity.too.large"), 1, 50, 100_000),
        (refused("no", status=413), 1, 50, 100_000),
        (refused("pageSize * pageNumber may not exceed 600 results"), 7, 100, 600),
        (refused("pageSize * pageNumber may not exceed 50,000 results"), 7, 100, 50_000),
        (refused("pageSize * pageNumber may not exceed 300 results"), 7, 100, 600),
        (refused("no more than 10.000 hits can be paged"), 7, 100, 10_000),
        (refused("pageNumber is too large"), 7, 100, 600),
    ],
    ids=lambda value: str(value)[40:] if isinstance(value, RequestRefused) else "",
)
def test_a_refusal_names_or_hints_at_a_limit(
    refusal: RequestRefused, page: int, size: int, ceiling: int
) -> None:
    at = Limits().adapted(refusal, AT)
    assert at is not None
    assert (at.next_page, at.page_size, at.ceiling) == (page, size, ceiling)
    assert (at.total_hits, at.unreadable) == ((None, 0) if page == 1 else (5000, 2))


@pytest.mark.parametrize("words", ["no", "interval is wrong", "filter 100"])
def test_other_refusals_are_about_no_limit(words: str) -> None:
    limits = Limits()
    assert limits.adapted(refused(words), AT) is None
    assert limits == Limits()


def test_what_was_named_holds_for_the_next_slice() -> None:
    async def refuse(number: int, request: PageRequest) -> None:
        if request.page_size > 20:
            raise refused("pageSize must be between 1 and 20")

    service = Service(spread(60) | spread(60, DAY - DAY_MS, DAY), refuse)
    limits = Limits()
    with in_memory() as store:
        read(service, store, limits=limits)
        read(service, store, DAY - DAY_MS, limits=limits)
        assert_complete(service, store, DAY - DAY_MS, DAY + DAY_MS)
    assert [request.page_size for request in service.requests].count(100) == 1


# --- scopes -------------------------------------------------------------------------------------


def test_a_scoped_reading_asks_with_its_filter_and_marks_its_scope_only() -> None:
    scope = Scope("queue:billing", {"segmentFilters": [{"type": "or", "predicates": []}]})
    service = Service(spread(30))
    now_ms = LATER
    with in_memory() as store:
        read(service, store, scope=scope)
        assert all(request.scope is scope for request in service.requests)
        spans = store.spans(DAY, DAY + DAY_MS)
        assert [span.scope for span in spans] == [scope.text]
        asked = len(service.requests)
        read(service, store, scope=scope, now_ms=now_ms + 1)
        assert len(service.requests) == asked  # covered
        read(service, store, now_ms=now_ms + 2)
        assert len(service.requests) > asked  # not for everything
        asked = len(service.requests)
        read(service, store, scope=Scope("another", {}), now_ms=now_ms + 3)
        assert len(service.requests) == asked  # all of it covers every scope


def test_a_scoped_reading_removes_nothing() -> None:
    everything = Service(spread(30))
    some = Service({id_: start for id_, start in everything.rows.items() if id_.endswith("3")})
    with in_memory() as store:
        read(everything, store)
        read(some, store, now_ms=LATER + DAY_MS, scope=Scope("some", {"segmentFilters": []}))
        assert_complete(everything, store, DAY, DAY + DAY_MS)


# --- ranges that there can't be -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("start_ms", "end_ms", "words"),
    [
        (DAY + 1, DAY, "must end after it begins"),
        (LATER + 1, LATER + DAY_MS, "still to come"),
        (DAY - 400 * DAY_MS, DAY - 399 * DAY_MS, "keeps your contacts for 90 days"),
    ],
    ids=["turned round", "future", "beyond retention"],
)
def test_a_range_that_there_cannot_be_gets_its_sentence(
    start_ms: int, end_ms: int, words: str
) -> None:
    service = Service(spread(30))
    with in_memory() as store:
        with pytest.raises(IntervalError, match=words):
            asyncio.run(kept(service, store, ninety).sync(start_ms, end_ms, now_ms=LATER))
        assert service.requests == []


async def ninety() -> int | None:
    return 90


async def unsaid() -> int | None:
    return None


def kept(service: Service, store: Store, days: Callable[[], Awaitable[int | None]]) -> Synchroniser:
    return reading(service, store, retention_days=days)


def test_what_is_no_longer_kept_there_is_neither_asked_for_nor_lost_here() -> None:
    service = Service(spread(30) | spread(30, DAY - 80 * DAY_MS, DAY - 79 * DAY_MS))
    old_ms = DAY - 80 * DAY_MS
    with in_memory() as store:
        asyncio.run(kept(service, store, unsaid).sync(old_ms, DAY, now_ms=LATER))
        before = set(ids(store))
        service.requests, service.rows = [], spread(30)
        asyncio.run(kept(service, store, ninety).sync(old_ms, DAY, now_ms=LATER, again=True))
        assert set(ids(store)) == before and before
    assert min(request.start_ms for request in service.requests) == LATER - 90 * DAY_MS
