"""A feed that is offline tells what is held, and asks nobody for more (fault F9)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from desktop_app.core.errors import NetworkError
from desktop_app.core.history.clock import Interval
from desktop_app.core.history.coverage import DAY_MS, FRESH_MS, Span
from desktop_app.core.history.store import Store
from desktop_app.core.history.vault import memory_store
from desktop_app.gui.history.feed import Feed
from desktop_app.gui.tasks import Tasks
from tests.core.history.history_samples import DAY

TODAY = Interval(DAY, DAY + DAY_MS)
NOW = DAY + DAY_MS - 1  # the range goes on, so online it would be read each minute


@pytest.fixture
def store() -> Iterator[Store]:
    made = memory_store("a test")
    made.write_end(Span(DAY, NOW - 2 * FRESH_MS, NOW - 2 * FRESH_MS, 0), pass_ms=1)
    yield made
    made.close()


@pytest.fixture
def feed(tasks: Tasks, store: Store) -> Iterator[Feed]:
    made = Feed(tasks, store, None, lambda: NOW)
    yield made
    made.close()


def test_F09_a_range_is_looked_up_and_neither_read_nor_followed(feed: Feed, qtbot: QtBot) -> None:
    failures: list[Exception] = []
    feed.failed.connect(failures.append)
    with qtbot.waitSignal(feed.covered) as told:
        feed.read(TODAY)
    assert told.args is not None and told.args[0].synced_ms == NOW - 2 * FRESH_MS
    assert not feed.running and not feed._due.isActive() and failures == []


def test_F09_a_reading_that_is_asked_for_fails_as_without_a_network(
    feed: Feed, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(feed.failed) as told:
        feed.read_once(TODAY)
    assert told.args is not None and isinstance(told.args[0], NetworkError)
    assert not feed.running


def test_F09_online_again_it_reads_and_follows(feed: Feed, qtbot: QtBot) -> None:
    read: list[Interval] = []

    async def sync(interval: Interval, now_ms: int, again: bool, tell: object) -> None:
        read.append(interval)

    feed.use(sync)
    with qtbot.waitSignal(feed.finished):
        feed.read(TODAY)
    assert read == [TODAY]
    qtbot.waitUntil(feed._due.isActive)
