"""Reading again by itself gives way to what people ask for while the rate budget is taken."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from desktop_app.core.history.clock import Clock, Interval
from desktop_app.core.history.coverage import (
    DAY_MS,
    FRESH_MS,
    REFRESH_MS,
    SOONEST_MS,
    Slice,
    Span,
)
from desktop_app.core.history.vault import memory_store
from desktop_app.core.signin.permissions import Rights
from desktop_app.gui.tasks import Tasks
from desktop_app.gui.theme import Theme
from desktop_app.history_view import HistoryView
from tests.core.history.history_samples import DAY
from tests.gui.stored_contacts import CLOCK

NOW = DAY + DAY_MS + 2 * FRESH_MS


async def nothing_new(_interval: Interval, _now_ms: int, _again: bool, _tell: object) -> None:
    """The service has nothing that isn't held already."""


@pytest.mark.parametrize(("used", "wait"), [(0, SOONEST_MS), (149, SOONEST_MS), (150, REFRESH_MS)])
def test_the_view_tells_its_feed_how_much_of_the_budget_is_taken(
    used: int, wait: int, tasks: Tasks, theme: Theme, qtbot: QtBot
) -> None:
    store = memory_store("a test")
    day = Slice(DAY, DAY + DAY_MS)
    store.write_end(Span(day.start_ms, day.end_ms, day.end_ms, 0), pass_ms=1)  # no longer fresh
    view = HistoryView(
        tasks,
        theme,
        store,
        nothing_new,
        Clock(CLOCK.zone, lambda: NOW),
        rights=Rights(None),
        budget=lambda: (used, 300),
    )
    qtbot.addWidget(view)
    view.show_interval(Interval(day.start_ms, day.end_ms))
    qtbot.waitUntil(lambda: not view.feed.running and view.feed._due.isActive())
    assert view.feed._due.interval() == wait
    view.close_readers()
    store.close()
