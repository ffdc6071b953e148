"""A running practice organisation to sign in to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from desktop_app.practice.server import PracticeServer
from desktop_app.practice.settings import PracticeSettings


@pytest.fixture(scope="module")
def shared_server() -> Iterator[PracticeServer]:
    with PracticeServer(PracticeSettings(conversations=20, days=2, rate_limit=0)) as server:
        yield server


@pytest.fixture
def server(shared_server: PracticeServer) -> Iterator[PracticeServer]:
    """Without a rate limit, rid of other tests' faults."""
    shared_server.faults.clear()
    shared_server.log.clear()
    yield shared_server
    shared_server.faults.clear()
