"""The rate budget: never refused, little wasted, fair."""

from __future__ import annotations

import asyncio
import math
import random
from collections import deque
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.core.genesys.budget import RateBudget
from tests.core.genesys.virtual_time import now, run, timing


class SlidingServer:
    def __init__(self, allowed: int, window_s: float) -> None:
        self._allowed, self._window_s = allowed, window_s
        self._passed: deque[float] = deque()
        self.refused = 0

    def arrive(self) -> None:
        while self._passed and self._passed[0] <= now() - self._window_s:
            self._passed.popleft()
        if len(self._passed) >= self._allowed:
            self.refused += 1
        else:
            self._passed.append(now())


class FixedServer:
    def __init__(self, allowed: int, window_s: float) -> None:
        self._allowed, self._window_s = allowed, window_s
        self._window, self._count = -1, 0
        self.refused = 0

    def arrive(self) -> None:
        window = math.floor(now() / self._window_s + 0.37)
        if window != self._window:
            self._window, self._count = window, 0
        self._count += 1
        self.refused += self._count > self._allowed


@pytest.mark.parametrize("make_server", [SlidingServer, FixedServer])
@pytest.mark.parametrize(("allowed", "window_s"), [(300, 60.0), (40, 4.0)])
@pytest.mark.parametrize("slowest", [0.001, 0.3, 3.0])
def test_a_long_fetch_is_never_refused_and_uses_what_is_allowed(
    make_server: Callable[[int, float], SlidingServer | FixedServer],
    allowed: int,
    window_s: float,
    slowest: float,
) -> None:
    windows = 10
    up_slowest = min(slowest, window_s / 60)  # on the way up; the server's thinking isn't
    dice = random.Random(7)

    async def main() -> tuple[int, int]:
        server = make_server(allowed, window_s)
        budget = RateBudget(allowed, window_s, timing=timing())
        sent = 0

        async def worker() -> None:
            nonlocal sent
            while now() < windows * window_s:
                ticket = await budget.acquire()
                sent += now() < windows * window_s
                await asyncio.sleep(dice.uniform(0, up_slowest))
                server.arrive()
                await asyncio.sleep(dice.uniform(0, slowest))
                budget.settle(ticket)

        await asyncio.gather(*(worker() for _ in range(64)))
        return server.refused, sent

    refused, sent = run(main())
    assert refused == 0
    assert sent >= 0.97 * allowed * windows


def test_what_is_allowed_goes_at_once_and_the_next_waits_for_the_window() -> None:
    async def main() -> list[float]:
        budget = RateBudget(3, 60.0, timing=timing())
        leaves = []
        for _ in range(5):
            ticket = await budget.acquire()
            leaves.append(now())
            await asyncio.sleep(0.1)
            budget.settle(ticket)
        return leaves

    leaves = run(main())
    assert leaves[:3] == pytest.approx([0.0, 0.1, 0.2])
    assert 60.1 <= leaves[3] <= 60.5
    assert 60.2 <= leaves[4] <= 60.7


def test_a_request_in_flight_keeps_its_place_longer_than_a_window() -> None:
    async def main() -> float:
        budget = RateBudget(1, 10.0, timing=timing())
        slow = await budget.acquire()
        waiting = asyncio.create_task(budget.acquire())
        await asyncio.sleep(25)
        assert not waiting.done()
        budget.settle(slow)
        await waiting
        return now()

    assert run(main()) == pytest.approx(25, abs=0.01)


def test_first_come_first_served_and_a_cancelled_one_makes_room() -> None:
    async def main() -> list[int]:
        budget = RateBudget(1, 10.0, timing=timing())
        budget.settle(await budget.acquire())
        served: list[int] = []

        async def worker(number: int) -> None:
            ticket = await budget.acquire()
            served.append(number)
            budget.settle(ticket)

        workers = [asyncio.create_task(worker(number)) for number in range(5)]
        await asyncio.sleep(1)
        workers[0].cancel()
        workers[2].cancel()
        await asyncio.gather(*workers, return_exceptions=True)
        return served

    assert run(main()) == [1, 3, 4]


def test_used_counts_those_in_flight_and_those_of_the_last_window() -> None:
    async def main() -> list[int]:
        budget = RateBudget(300, 60.0, timing=timing())
        first, _second = await budget.acquire(), await budget.acquire()
        counts = [budget.used()]
        budget.settle(first)
        budget.settle(first)
        counts.append(budget.used())
        await asyncio.sleep(61)
        counts.append(budget.used())
        return counts

    assert run(main()) == [2, 2, 1]


def test_the_headers_set_what_is_allowed() -> None:
    async def main() -> list[int]:
        budget = RateBudget(timing=timing())
        seen = []
        for said in ("3000", "120", "0", "-5", "1e9", "999999999", "", "²"):
            budget.learn({"inin-ratelimit-allowed": said})
            seen.append(budget.allowed)
        return seen

    assert run(main()) == [3000, *[120] * 7]


def test_requests_of_others_with_the_same_token_take_places() -> None:
    async def main() -> tuple[int, int, float]:
        budget = RateBudget(10, 60.0, timing=timing())
        budget.settle(await budget.acquire())
        budget.learn({"inin-ratelimit-count": "8", "inin-ratelimit-allowed": "10"})
        once = budget.used()
        budget.learn({"inin-ratelimit-count": "8", "inin-ratelimit-allowed": "10"})
        twice = budget.used()
        for _ in range(3):
            await budget.acquire()
        return once, twice, now()

    once, twice, third_leave = run(main())
    assert (once, twice) == (8, 8)
    assert third_leave >= 60


def test_a_count_below_ours_frees_nothing() -> None:
    async def main() -> int:
        budget = RateBudget(10, 60.0, timing=timing())
        for _ in range(5):
            budget.settle(await budget.acquire())
        budget.learn({"inin-ratelimit-count": "1"})
        return budget.used()

    assert run(main()) == 5


def test_after_a_refusal_nobody_goes_early_and_then_at_a_steady_pace() -> None:
    async def main() -> list[float]:
        budget = RateBudget(60, 60.0, timing=timing())
        budget.hold(7)
        budget.hold(3)  # a shorter one doesn't shorten it
        leaves = []
        for _ in range(3):
            budget.settle(await budget.acquire())
            leaves.append(now())
        budget.learn({"inin-ratelimit-count": "4"})  # room after all
        budget.settle(await budget.acquire())
        return [*leaves, now()]

    assert run(main()) == pytest.approx([7, 8, 9, 9])


def test_a_refusal_reaches_one_who_already_waits() -> None:
    async def main() -> float:
        budget = RateBudget(1, 10.0, timing=timing())
        budget.settle(await budget.acquire())
        waiting = asyncio.create_task(budget.acquire())
        await asyncio.sleep(1)
        budget.hold(30)
        await waiting
        return now()

    assert run(main()) >= 31


@given(
    st.dictionaries(
        st.sampled_from(["inin-ratelimit-allowed", "inin-ratelimit-count", "inin-ratelimit-reset"]),
        st.text(max_size=12) | st.integers(-9, 10**9).map(str),
    )
)
def test_no_header_can_stop_the_budget(headers: dict[str, str]) -> None:
    async def main() -> float:
        budget = RateBudget(timing=timing())
        budget.learn(headers)
        await budget.acquire()
        return now()

    assert run(main()) <= 61


@pytest.mark.parametrize(("allowed", "window_s"), [(0, 60.0), (-1, 60.0), (300, 0.0)])
def test_a_budget_of_nothing_is_refused(allowed: int, window_s: float) -> None:
    with pytest.raises(ValueError, match="budget"):
        RateBudget(allowed, window_s)
