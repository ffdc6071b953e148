"""What share of the allowed requests does a long fetch use, and how often is it refused?

The practice organisation enforces its 300 requests a minute with minutes that pass quicker; the
client's clock runs at the same pace.  Pages are small, so that nothing but the limit holds anybody
up.  The peer is a loop that asks for one page after the other and sleeps as long as a 429 says.
Counted after the first minute, in which the limit lets a burst pass.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

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
from benchmarks.reading import Counting, client_of
from benchmarks.serving import Served, practice
from desktop_app.core.genesys.budget import ALLOWED, WINDOW_S
from desktop_app.core.genesys.client import CONNECTIONS
from desktop_app.core.genesys.history import QUERY, PageRequest, body, fetch_page
from desktop_app.core.genesys.timing import Timing
from desktop_app.core.history.coverage import DAY_MS

TITLE = "2 · Requests used of those allowed"
PAGE_SIZE = 2
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
    async with client_of(served, allowed=ALLOWED, timing=timing, transport=transport) as client:
        began = timing.monotonic()

        async def fetch() -> None:
            while timing.monotonic() < began + minutes * WINDOW_S:
                await fetch_page(client, _page(served))

        fetching = [asyncio.ensure_future(fetch()) for _ in range(CONNECTIONS)]
        await timing.sleep(minutes * WINDOW_S)
        for each in fetching:
            each.cancel()
        await asyncio.gather(*fetching, return_exceptions=True)
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
    serving = ("--minute", str(minute_s), "--latency-ms", str(latency))
    found: list[Used] = []
    for fetch in (ours, naive):  # each with a server, and so a token, of its own
        with practice(1_000, *serving) as served, said(f"{minutes} minutes of {minute_s:g} s"):
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
