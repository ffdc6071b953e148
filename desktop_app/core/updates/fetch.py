"""Reading the feed over the network: one plain request that tells nothing about who asks."""

from __future__ import annotations

import asyncio
from datetime import date

import httpx

from desktop_app.core.errors import UpdateFeedRefused
from desktop_app.core.genesys.answers import (
    ACCEPT_ENCODING,
    BodyBroken,
    BodyRefused,
    read_answer,
)
from desktop_app.core.genesys.network import Network
from desktop_app.core.updates.feed import FeedSource, Release, read_feed, read_key

DEADLINE_S = 20.0
LONGEST_FEED = 16 * 1024

_HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": ACCEPT_ENCODING,
    "User-Agent": "contact-history",  # not which version: nobody counts who runs what
}
_SUCCESS = 200


async def newest_release(source: FeedSource, network: Network, today: date) -> Release:
    """The feed's release, checked. No redirect is followed.

    Raises UpdateFeedRefused, also where it can't be reached, and what ``Network.route`` raises.
    """
    body = await _body(source.url, network)
    return read_feed(body, read_key(source.key), today)


async def _body(url: str, network: Network) -> bytes:
    route = await network.route(url)
    try:
        async with (
            asyncio.timeout(DEADLINE_S),
            httpx.AsyncClient(
                trust_env=False, follow_redirects=False, verify=route.verify, proxy=route.proxy
            ) as http,
            http.stream("GET", url, headers=_HEADERS) as response,
        ):
            answer = await read_answer(response, LONGEST_FEED)
    except BodyRefused:
        raise UpdateFeedRefused("It is too long to be a feed of versions.") from None
    except (httpx.HTTPError, TimeoutError, BodyBroken):
        raise UpdateFeedRefused("The server where it lies can't be reached safely.") from None
    if answer.status != _SUCCESS:
        raise UpdateFeedRefused(f"The server where it lies answered with {answer.status}.")
    return answer.body
