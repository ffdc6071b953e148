"""F15: contacts appear, vanish and change places between the pages of a reading."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.core.genesys import wire
from desktop_app.core.genesys.history import PageRequest
from desktop_app.core.history.coverage import DAY_MS, coverage
from desktop_app.core.history.reading.by_query import MOST_PASSES
from desktop_app.core.history.store import Store
from desktop_app.core.history.sync import Limits, Synchroniser
from tests.core.history.history_samples import (
    DAY,
    HOUR_MS,
    LATER,
    Service,
    ids,
    in_memory,
    spread,
)
from tests.core.history.history_samples import (
    reading as reading_of,
)

PAGE = 5


def reading(service: Service, store: Store, **options: Any) -> Synchroniser:
    return reading_of(service, store, limits=Limits(page_size=PAGE), **options)


@dataclass
class _Changing:
    """Applies one change just before each of some requests, and delays answers by turns."""

    changes: dict[int, tuple[str, int, int]]
    delays: list[int]
    service: Service = field(init=False)

    async def __call__(self, number: int, request: PageRequest) -> None:
        if number in self.changes:
            kind, which, start_ms = self.changes[number]
            rows = self.service.rows
            known = sorted(rows)
            if kind == "appear":
                rows[f"new-{number}"] = start_ms
            elif known and kind == "vanish":
                del rows[known[which % len(known)]]
            elif known:
                rows[known[which % len(known)]] = start_ms
        for _ in range(self.delays[number % len(self.delays)]):
            await asyncio.sleep(0)


_STARTS = st.integers(0, 47).map(lambda half_hour: DAY + half_hour * HOUR_MS // 2 + 7)
_PLACES = st.tuples(st.integers(0, 40), _STARTS)  # which contact, and where to
_CHANGES = st.dictionaries(
    st.integers(1, 14),
    st.tuples(st.sampled_from(["appear", "vanish", "move"]), st.integers(0, 40), _STARTS),
    max_size=1,
)


@settings(max_examples=40)
@given(
    count=st.integers(0, 33),
    changes=_CHANGES,
    delays=st.lists(st.integers(0, 5), min_size=1, max_size=6),
)
def test_F15_what_changes_while_it_is_read_is_in_the_result_or_the_result_is_doubted(
    count: int, changes: dict[int, tuple[str, int, int]], delays: list[int]
) -> None:
    changing = _Changing(changes, delays)
    service = changing.service = Service(spread(count), changing)
    with in_memory() as store:
        asyncio.run(reading(service, store).sync(DAY, DAY + DAY_MS, now_ms=LATER))
        (span,) = store.spans(0, 2**60)
        assert span.doubt or sorted(ids(store)) == sorted(service.rows)
        assert span.synced_ms == LATER


@settings(max_examples=20)
@given(
    kind=st.sampled_from(["appear", "vanish"]),
    changes=st.dictionaries(st.integers(1, 14), _PLACES, min_size=2, max_size=5),
    delays=st.lists(st.integers(0, 5), min_size=1, max_size=6),
)
def test_F15_nothing_that_was_there_all_the_time_is_lost_without_a_doubt(
    kind: str, changes: dict[int, tuple[int, int]], delays: list[int]
) -> None:
    """Contacts appear, or vanish, again and again.

    Not both at once: one that vanishes and one that appears between the same two requests leave
    the count as it was, and only another pass would show it.
    """
    changing = _Changing({number: (kind, *place) for number, place in changes.items()}, delays)
    service = changing.service = Service(spread(24), changing)
    before = set(service.rows)
    with in_memory() as store:
        asyncio.run(reading(service, store).sync(DAY, DAY + DAY_MS, now_ms=LATER))
        (span,) = store.spans(0, 2**60)
        assert before & set(service.rows) <= set(ids(store))
        assert span.doubt or sorted(ids(store)) == sorted(service.rows)


def test_F15_a_count_that_is_never_reached_is_read_twice_and_believed() -> None:
    class Overcounting(Service):
        def _answer(self, request: PageRequest) -> wire.ConversationPage:
            page = super()._answer(request)
            page.total_hits = len(self.rows) + 2
            return page

    service = Overcounting(spread(12))
    with in_memory() as store:
        asyncio.run(reading(service, store).sync(DAY, DAY + DAY_MS, now_ms=LATER))
        assert len(ids(store)) == 12
        assert coverage(DAY, DAY + DAY_MS, store.spans(0, 2**60), now_ms=LATER).complete
    assert [request.page_number for request in service.requests].count(1) == 2


def test_F15_progress_does_not_fall_back_with_a_further_pass() -> None:
    async def arrive(number: int, request: PageRequest) -> None:
        if number == 2:
            service.rows["late"] = DAY

    told: list[int] = []
    service = Service(spread(20), arrive)
    with in_memory() as store:
        told_by = reading(
            service, store, on_progress=lambda progress: told.append(progress.contacts)
        )
        asyncio.run(told_by.sync(DAY, DAY + DAY_MS, now_ms=LATER))
    assert told == sorted(told)
    assert told[-1] == 21


def test_F15_contacts_that_never_rest_leave_a_doubt_and_lose_nothing() -> None:
    async def shake(number: int, request: PageRequest) -> None:
        service.rows[f"new-{number}"] = DAY + number

    service = Service(spread(20), shake)
    always = set(service.rows)
    with in_memory() as store:
        asyncio.run(reading(service, store).sync(DAY, DAY + DAY_MS, now_ms=LATER))
        (span,) = store.spans(0, 2**60)
        assert "kept moving" in span.doubt
        assert always <= set(ids(store))
        assert not coverage(DAY, DAY + DAY_MS, [span], now_ms=LATER).complete
    first_pages = [request for request in service.requests if request.page_number == 1]
    assert len(first_pages) == MOST_PASSES


@pytest.mark.parametrize("start_ms", [DAY, DAY + 3 * HOUR_MS])
def test_F15_a_day_that_goes_on_grows_without_losing_anything(start_ms: int) -> None:
    now_ms = DAY + 12 * HOUR_MS

    async def grow(number: int, request: PageRequest) -> None:
        service.rows[f"new-{number}"] = now_ms + number

    service = Service(spread(24, DAY, now_ms), grow)
    with in_memory() as store:
        asyncio.run(reading(service, store).sync(start_ms, DAY + DAY_MS, now_ms=now_ms))
        assert sorted(ids(store)) == sorted(service.inside(start_ms, now_ms))
        found = coverage(start_ms, DAY + DAY_MS, store.spans(0, 2**60), now_ms=now_ms + HOUR_MS)
        assert (found.complete, found.synced_ms) == (True, now_ms)
