"""The rate limit: so many requests per token in any window (contract §6)."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from .errors import too_many_requests


@dataclass(frozen=True)
class Verdict:
    """Whether a request may pass, and what the ``inin-ratelimit-*`` headers say."""

    allowed: bool
    count: int
    limit: int
    reset_s: int

    def headers(self) -> dict[str, str]:
        return {
            "inin-ratelimit-count": str(self.count),
            "inin-ratelimit-allowed": str(self.limit),
            "inin-ratelimit-reset": str(self.reset_s),
        }

    def enforce(self) -> None:
        """Raise the 429 of a refused request."""
        if not self.allowed:
            raise too_many_requests(self.reset_s, seconds_in_message=self.reset_s)


class RateLimiter:
    """A sliding window per token.

    Whether the service's window is fixed or slides isn't known; the sliding one is the stricter:
    whoever keeps to it also keeps to a fixed one.  Refused requests don't count.
    """

    def __init__(self, limit: int, window_s: float, clock: Callable[[], float]) -> None:
        self._limit = limit
        self._window_s = window_s
        self._clock = clock
        self._passed: dict[str, deque[float]] = {}

    def admit(self, token: str) -> Verdict | None:
        """Count a request of ``token``; None when there is no limit."""
        if not self._limit:
            return None
        now = self._clock()
        passed = self._passed.setdefault(token, deque())
        while passed and passed[0] <= now - self._window_s:
            passed.popleft()
        allowed = len(passed) < self._limit
        if allowed:
            passed.append(now)
        reset_s = max(1, math.ceil(passed[0] + self._window_s - now))
        count = len(passed) if allowed else self._limit + 1
        return Verdict(allowed, count, self._limit, reset_s)


def sped_up(clock: Callable[[], float], minute_s: float) -> Callable[[], float]:
    """A clock by which a minute is over in ``minute_s`` seconds of the one given."""
    factor = 60 / minute_s
    return lambda: clock() * factor
