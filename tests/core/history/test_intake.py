"""Pages of several slices that wait for the store go into it together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from desktop_app.core.errors import StoreFull
from desktop_app.core.history.coverage import DAY_MS, Slice
from desktop_app.core.history.reading.intake import Intake
from desktop_app.core.history.store import Page, Store
from tests.core.history.history_samples import DAY, ids, in_memory, position, stored


class Nobody:
    """Names that nobody has."""

    def name(self, kind: str, id_: str) -> str | None:
        return None

    async def learn(self, wanted: object) -> Mapping[Any, str]:
        return {}


class Lane:
    """The store's lane; the test lets each work go on."""

    def __init__(self) -> None:
        self.come = asyncio.Semaphore(0)
        self.gone_on = asyncio.Semaphore(0)
        self.failure: Exception | None = None
        self.works = 0

    async def run(self, work: Callable[[], object]) -> object:
        self.works += 1
        self.come.release()
        await self.gone_on.acquire()
        failure, self.failure = self.failure, None
        if failure is not None:
            raise failure
        return work()


def slice_of(day: int) -> Slice:
    return Slice(DAY + day * DAY_MS, DAY + (day + 1) * DAY_MS)


def page(day: int) -> Page:
    inside = slice_of(day)
    return Page([stored(f"c{day}", inside.start_ms)], {}, position(inside=inside))


def writing(intake: Intake, *days: int) -> list[asyncio.Task[None]]:
    return [asyncio.ensure_future(intake.write_page(*page(day))) for day in days]


def positions(store: Store) -> int:
    return len(store.positions(0, 2**60))


def test_what_waits_while_a_page_is_written_is_written_together() -> None:
    async def main(store: Store) -> None:
        lane = Lane()
        intake = Intake(Nobody(), store, lane.run)
        first = writing(intake, 0)
        await lane.come.acquire()
        others = writing(intake, 1, 2, 3)
        await asyncio.sleep(0)
        lane.gone_on.release()
        lane.gone_on.release()
        await asyncio.gather(*first, *others)
        assert lane.works == 2

    with in_memory() as store:
        asyncio.run(main(store))
        assert sorted(ids(store)) == ["c0", "c1", "c2", "c3"]
        assert positions(store) == 4


def test_whoever_waited_with_a_page_that_failed_or_was_cancelled_writes_their_own() -> None:
    async def main(store: Store, *, cancel: bool) -> None:
        lane = Lane()
        intake = Intake(Nobody(), store, lane.run)
        held = writing(intake, 9)
        await lane.come.acquire()
        leader, follower = writing(intake, 0, 1)
        await asyncio.sleep(0)
        lane.gone_on.release()
        await asyncio.gather(*held)
        await lane.come.acquire()  # the leader has both pages
        if cancel:
            leader.cancel()
        else:
            lane.failure = StoreFull("There is no room left. Make some.")
            lane.gone_on.release()
        with pytest.raises((StoreFull, asyncio.CancelledError)):
            await leader
        lane.gone_on.release()
        await follower

    for cancel in (False, True):
        with in_memory() as store:
            asyncio.run(main(store, cancel=cancel))
            assert sorted(ids(store)) == ["c1", "c9"]
            assert positions(store) == 2
