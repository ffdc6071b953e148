"""What share of the allowed requests does a long fetch use, and how often is it refused?

The application's own reading into an encrypted store.  The practice organisation enforces its 300
requests a minute with minutes that pass ten times quicker, and the client's clock runs at the same
pace; pages hold a tenth of what they may, so that contacts come as fast as in real time.  The peer
is a loop that asks for one page after the other and sleeps as long as a 429 says.  Counted after
the first minute, in which the limit lets a burst pass.
"""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from benchmarks.measuring import (
    Line,
    at_least,
    at_most,
    compared,
    limited,
    options,
    said,
    share,
    table,
)
from benchmarks.reading import Counting, client_of, read
from benchmarks.serving import Served, practice
from benchmarks.stores import new_store
from desktop_app.core.genesys.budget import ALLOWED, WINDOW_S
from desktop_app.core.genesys.history import QUERY, PageRequest, body
from desktop_app.core.genesys.timing import Timing
from desktop_app.core.history.coverage import DAY_MS
from desktop_app.core.history.sync import Limits

TITLE = "2 · Requests used of those allowed"
PAGE_SIZE = 10
_ENOUGH = 4 / 3  # contacts to be read, of those that the limit allows
LATENCY_MS = 100  # of the service, by its own clock


@dataclass(frozen=True, slots=True)
class Used:
    """Of the requests allowed after the first minute: the share that was answered, and refusals."""

    part: float
    refusals: int


def sped_up(minute_s: float) -> Timing:
    factor = 60 / minute_s
    return Timing(
        monotonic=lambda: time.monotonic() * factor,
        sleep=lambda seconds: asyncio.sleep(seconds / factor),
    )


def _used(answers: list[tuple[float, int]], began: float, minutes: int) -> Used:
    counted = [
        status for at, status in answers if began + WINDOW_S <= at < began + minutes * WINDOW_S
    ]
    return Used(counted.count(200) / (ALLOWED * (minutes - 1)), counted.count(429))


async def ours(served: Served, minutes: int, timing: Timing) -> Used:
    transport = Counting(monotonic=timing.monotonic)
    loop = asyncio.get_running_loop()
    with (
        TemporaryDirectory(prefix="contact-history-") as folder,
        new_store(Path(folder)) as store,
        ThreadPoolExecutor(1) as lane,
    ):
        async with client_of(served, allowed=ALLOWED, timing=timing, transport=transport) as client:
            began = timing.monotonic()
            reading = asyncio.ensure_future(
                read(
                    client,
                    store,
                    lambda work: loop.run_in_executor(lane, work),
                    served.interval,
                    by_jobs=False,
                    limits=Limits(page_size=PAGE_SIZE),
                )
            )
            await timing.sleep(minutes * WINDOW_S)
            if reading.done():
                raise RuntimeError("everything was read before the time was over")
            reading.cancel()
            await asyncio.wait([reading])
    return _used(transport.answers, began, minutes)


async def naive(served: Served, minutes: int, timing: Timing) -> Used:
    transport = Counting(monotonic=timing.monotonic)
    headers = {"Authorization": f"Bearer {served.token}"}
    async with httpx.AsyncClient(
        base_url=served.api_url, headers=headers, transport=transport
    ) as client:
        began = timing.monotonic()
        while timing.monotonic() < began + minutes * WINDOW_S:
            answer = await client.post(QUERY, json=body(_page(served)))
            if answer.status_code == 429:
                await timing.sleep(float(answer.headers["Retry-After"]))
    return _used(transport.answers, began, minutes)


def _page(served: Served) -> PageRequest:
    start = served.interval[0]
    return PageRequest(start, start + DAY_MS, page_number=1, page_size=PAGE_SIZE)


def measured(minutes: int, minute_s: float) -> list[Line]:
    timing = sped_up(minute_s)
    latency = round(LATENCY_MS * minute_s / 60)
    contacts = round(minutes * ALLOWED * PAGE_SIZE * _ENOUGH)
    serving = ("--minute", str(minute_s), "--latency-ms", str(latency))
    found: list[Used] = []
    for fetch in (ours, naive):  # each with a server, and so a token, of its own
        with practice(contacts, *serving) as served, said(f"{minutes} minutes of {minute_s:g} s"):
            found.append(asyncio.run(fetch(served, minutes, timing)))
    us, peer = found
    return [
        compared("share of the allowed requests", us.part, peer.part, None, share),
        limited(
            "share of the allowed requests", us.part * 100, at_least(97, "%"), "{:.1f} %".format
        ),
        Line(
            "refusals after the first minute",
            str(us.refusals),
            str(peer.refusals),
            "",
            at_most(0, "").written,
            at_most(0, "").verdict(us.refusals) if not us.refusals else f"{us.refusals} too many",
        ),
    ]


def main(arguments: list[str] | None = None) -> None:
    parser = options(__doc__, minutes=5)
    parser.add_argument("--minute", type=float, default=6.0, metavar="SECONDS")
    given = parser.parse_args(arguments)
    lines = measured(given.minutes, given.minute)
    notes = (
        f"{given.minutes} minutes of {given.minute:g} s, {ALLOWED} requests each,"
        f" {LATENCY_MS} ms to an answer by that clock. The peer is a loop that sleeps on 429."
    )
    print(table(TITLE, notes, lines))


if __name__ == "__main__":
    main()
