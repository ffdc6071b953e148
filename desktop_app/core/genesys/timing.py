"""Time and chance as values, so that waiting can be tested without waiting."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timing:
    """Where the client gets its clocks, its sleep and its jitter from.

    ``monotonic`` and ``wall`` are in seconds, ``wall`` since 1970 UTC; ``chance`` gives numbers
    in [0, 1).
    """

    monotonic: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    chance: Callable[[], float] = random.random


REAL_TIME = Timing()
