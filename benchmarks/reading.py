"""Reading history as the application reads it: client, names, pages, store."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx

from benchmarks.serving import Served
from desktop_app.core.genesys.budget import RateBudget
from desktop_app.core.genesys.client import GenesysClient
from desktop_app.core.genesys.directory import Directory
from desktop_app.core.genesys.history import HistoryApi
from desktop_app.core.genesys.jobs import DetailJobs
from desktop_app.core.genesys.timing import REAL_TIME, Timing
from desktop_app.core.history.clock import Interval
from desktop_app.core.history.reading.intake import RunInStore
from desktop_app.core.history.store import Store
from desktop_app.core.history.sync import Limits, Progress, Synchroniser

POLL_S = 0.05  # the practice organisation's jobs are done at once
UNLIMITED = 1_000_000
"""Requests a minute that no reading reaches."""


@dataclass
class Counting(httpx.AsyncBaseTransport):
    """Passes requests on and notes when each was answered, and with which status."""

    monotonic: Callable[[], float] = time.monotonic
    answers: list[tuple[float, int]] = field(default_factory=list)
    _inner: httpx.AsyncHTTPTransport = field(default_factory=httpx.AsyncHTTPTransport)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        self.answers.append((self.monotonic(), response.status_code))
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()


@asynccontextmanager
async def client_of(
    served: Served,
    *,
    allowed: int = UNLIMITED,
    timing: Timing = REAL_TIME,
    transport: httpx.AsyncBaseTransport | None = None,
) -> AsyncIterator[GenesysClient]:
    """A client of the practice organisation, with so many requests a minute."""
    client = GenesysClient(
        served.api_url,
        lambda: served.token,
        budget=RateBudget(allowed, timing=timing),
        timing=timing,
        transport=transport,
    )
    try:
        yield client
    finally:
        await client.aclose()


async def read(
    client: GenesysClient,
    store: Store,
    run_in_store: RunInStore,
    interval: Interval,
    *,
    tell: Callable[[Progress], None] = lambda progress: None,
    by_jobs: bool = True,
    limits: Limits | None = None,
) -> None:
    """Bring an interval into the store, all of it anew; without jobs by the query alone."""

    api = HistoryApi(client)
    reading = Synchroniser(
        api.page,
        Directory(client),
        store,
        run_in_store,
        jobs=DetailJobs(client, poll_s=POLL_S) if by_jobs else None,
        fetch_contacts=api.contacts,
        limits=limits,
        on_progress=tell,
    )
    await reading.sync(*interval, now_ms=interval[1], again=True)


def read_into(store: Store, served: Served, interval: Interval) -> float:
    """The seconds from the first request to the last row; the store writes on its own thread.

    By the query alone, like the official SDK: jobs would read everything once more, for the
    attributes that only they carry.
    """

    async def reading() -> float:
        with ThreadPoolExecutor(1) as lane:
            loop = asyncio.get_running_loop()
            async with client_of(served) as client:
                began = time.perf_counter()
                await read(
                    client,
                    store,
                    lambda work: loop.run_in_executor(lane, work),
                    interval,
                    by_jobs=False,
                )
                return time.perf_counter() - began

    return asyncio.run(reading())
