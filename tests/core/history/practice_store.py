"""A store that has read a practice organisation, by jobs, as the application does."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from desktop_app.core.genesys.client import GenesysClient
from desktop_app.core.genesys.directory import Directory
from desktop_app.core.genesys.history import HistoryApi
from desktop_app.core.genesys.jobs import DetailJobs
from desktop_app.core.history.store import Store
from desktop_app.core.history.sync import Limits, Synchroniser
from desktop_app.practice.server import PracticeServer


async def fill(
    server: PracticeServer, store: Store, range_: tuple[int, int], *, now_ms: int
) -> None:
    """Read a range as of ``now_ms``."""
    token = server.issue_token()
    client = GenesysClient(server.api_url, lambda: token)
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(1) as lane:
        try:
            await Synchroniser(
                HistoryApi(client).page,
                Directory(client),
                store,
                lambda work: loop.run_in_executor(lane, work),
                jobs=DetailJobs(client, poll_s=0.02),
                limits=Limits(worth_a_job=0),
            ).sync(*range_, now_ms=now_ms)
        finally:
            await client.aclose()
