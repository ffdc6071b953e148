"""An event loop whose clock jumps to the next thing that is due, so that no test waits."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from desktop_app.core.genesys.timing import Timing

T = TypeVar("T")

WALL_START = 1_790_000_000.0  # 2026-09-21, in seconds since 1970


class _Selector(selectors.DefaultSelector):
    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready:
            assert timeout is not None, "everything waits for something that never happens"
            self.now += max(0.0, timeout)
        return ready


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._virtual = _Selector()
        super().__init__(self._virtual)

    def time(self) -> float:
        return self._virtual.now


def now() -> float:
    """Virtual seconds since the loop began."""
    return asyncio.get_running_loop().time()


def timing(chance: Callable[[], float] = lambda: 0.0) -> Timing:
    """The virtual clock for the code under test; without jitter unless a ``chance`` is given."""
    return Timing(monotonic=now, wall=lambda: WALL_START + now(), chance=chance)


def run(main: Coroutine[Any, Any, T]) -> T:
    """``asyncio.run`` in virtual time. For code without sockets: those need real time."""
    with asyncio.Runner(loop_factory=_Loop) as runner:
        return runner.run(main)
