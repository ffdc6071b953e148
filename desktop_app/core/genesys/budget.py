"""The rate budget: so many requests per token in any window (contract §6).

Whether the service counts in fixed minutes or in a sliding one isn't known.  Whoever keeps to
the sliding one keeps to both, so this is a sliding window.

The service counts a request when it arrives, which is some time after it was sent.  A request
therefore holds its place until a whole window after its answer began, when it has surely
arrived; but a slow answer delays that by no more than ``_LATENESS`` of the window, so that a
long fetch still uses 97.8 % of what is allowed.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Mapping
from dataclasses import dataclass

from desktop_app.core.genesys.timing import REAL_TIME, Timing

ALLOWED = 300
WINDOW_S = 60.0

_LATENESS = 1 / 60  # one second in the minute
_MARGIN = 0.005
_MOST_ALLOWED = 100_000  # a larger header is a mistake


@dataclass(slots=True)
class Ticket:
    """Leave to send one request; give it back with ``RateBudget.settle``."""

    sent: float
    settled: bool = False


class RateBudget:
    """Hands out leave to send, first come, first served; belongs to one token and one loop."""

    def __init__(
        self, allowed: int = ALLOWED, window_s: float = WINDOW_S, *, timing: Timing = REAL_TIME
    ) -> None:
        if allowed < 1 or window_s <= 0:
            raise ValueError("a budget needs at least one request and a window")
        self.allowed = allowed
        self.window_s = window_s
        self._timing = timing
        self._in_flight = 0
        self._ends: list[float] = []  # a heap: when each place becomes free
        self._turn = asyncio.Lock()  # fair: asyncio wakes its waiters in order
        self._answered = asyncio.Event()
        self._held_until = float("-inf")
        self._paced_until = float("-inf")
        self._last_leave = float("-inf")

    def used(self) -> int:
        """Requests that count against the current window, other users of the token included."""
        now = self._timing.monotonic()
        while self._ends and self._ends[0] <= now:
            heapq.heappop(self._ends)
        return self._in_flight + len(self._ends)

    async def acquire(self) -> Ticket:
        """Wait for a place. Cancelling the wait gives it up and lets the next one in."""
        async with self._turn:
            while (wait_s := self._wait_s()) > 0:
                if wait_s == float("inf"):
                    self._answered.clear()
                    await self._answered.wait()
                else:
                    await self._timing.sleep(wait_s)
            self._in_flight += 1
            self._last_leave = self._timing.monotonic()
            return Ticket(self._last_leave)

    def settle(self, ticket: Ticket) -> None:
        """Say that the answer to a request began, or that there will be none. Once is enough."""
        if ticket.settled:
            return
        ticket.settled = True
        self._in_flight -= 1
        arrived = min(self._timing.monotonic(), ticket.sent + self.window_s * _LATENESS)
        self._occupy(arrived)
        self._answered.set()

    def learn(self, headers: Mapping[str, str]) -> None:
        """Adopt what an accepted request's ``inin-ratelimit-*`` headers say, if it has them.

        They are missing from many real answers (quirk 31), so nothing depends on them.  A count
        above ours means that someone else uses the token: their requests take places too.
        """
        allowed = _whole(headers.get("inin-ratelimit-allowed"))
        if allowed is not None and 0 < allowed <= _MOST_ALLOWED:
            self.allowed = allowed
        count = _whole(headers.get("inin-ratelimit-count"))
        if count is None:
            return
        now = self._timing.monotonic()
        for _ in range(min(count, self.allowed) - self.used()):
            self._occupy(now)
        if count < self.allowed // 2:
            self._paced_until = float("-inf")

    def hold(self, seconds: float) -> None:
        """The service refused: nobody sends for so long, and then at the sustainable pace.

        Without the pace, all who wait would be let go at once into a window that has one place.
        It ends after a window, or as soon as a header shows that half of the window is free.
        """
        self._held_until = max(self._held_until, self._timing.monotonic() + seconds)
        self._paced_until = self._held_until + self.window_s

    def _occupy(self, since: float) -> None:
        heapq.heappush(self._ends, since + self.window_s * (1 + _MARGIN))

    def _wait_s(self) -> float:
        """Seconds until the next request may go; infinite while only an answer can free a place."""
        now = self._timing.monotonic()
        wait_s = self._held_until - now
        if now < self._paced_until:
            wait_s = max(wait_s, self._last_leave + self.window_s / self.allowed - now)
        if self.used() >= self.allowed:
            wait_s = max(wait_s, self._ends[0] - now if self._ends else float("inf"))
        return wait_s


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() else None
