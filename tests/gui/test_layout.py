"""How a person arranges the history screen: kept, and found again at the next sign-in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop_app.core.history.clock import Interval
from desktop_app.core.history.columns import DEFAULT_KEYS, PINNED
from desktop_app.core.history.store import Store
from desktop_app.core.signin.permissions import Rights
from desktop_app.gui.history.layout import Layout, layout_from
from desktop_app.gui.preferences import Preferences
from desktop_app.gui.tasks import Tasks
from desktop_app.gui.theme import Theme
from desktop_app.history_view import HistoryView
from tests.core.history.history_samples import DAY
from tests.gui.stored_contacts import CLOCK

Open = Callable[[Layout], HistoryView]


async def nothing_new(_interval: Interval, _now_ms: int, _again: bool, _tell: object) -> None:
    """The service has nothing that isn't held already."""


@pytest.fixture
def open_view(tasks: Tasks, theme: Theme, store: Store, qtbot: QtBot) -> Iterator[Open]:
    views: list[HistoryView] = []

    def opened(layout: Layout) -> HistoryView:
        view = HistoryView(
            tasks, theme, store, nothing_new, CLOCK, rights=Rights(None), layout=layout
        )
        views.append(view)
        qtbot.addWidget(view)
        view.resize(1400, 700)
        view.show()
        view.show_interval(Interval(DAY, DAY + 86_400_000))
        qtbot.waitUntil(lambda: view.model.rowCount() == 3 and not view.feed.running)
        qtbot.waitUntil(lambda: not view.model.busy)
        return view

    yield opened
    for view in views:
        view.close_readers()


def kept(view: HistoryView) -> Layout:
    """What is told when the view is put away."""
    told: list[Layout] = []
    view.arrangement.changed.connect(told.append)
    view.arrangement.settle()
    return told[-1] if told else view.arrangement.layout


def width(view: HistoryView, key: str) -> int:
    keys = [column.key for column in view.model.columns]
    return view.table.columnWidth(keys.index(key))


def test_columns_their_order_widths_and_the_sort_are_found_again(
    open_view: Open, qtbot: QtBot
) -> None:
    view = open_view(Layout(columns=("start", "outcome", "customer", "handle", "attr.Tier")))
    header = view.table.horizontalHeader()
    header.moveSection(3, 1)
    header.resizeSection(2, 333)
    with qtbot.waitSignal(view.model.query_shown):
        view.model.sort(3)
    layout = layout_from(kept(view).as_text())
    assert layout.columns == ("start", "handle", "outcome", "customer", "attr.Tier")
    assert (layout.sort, layout.descending) == ("handle", False)
    assert layout.widths == {"customer": 333}
    again = open_view(layout)
    assert again.table.shown_keys() == list(layout.columns)
    assert width(again, "customer") == 333
    assert again.model.query is not None
    assert (again.model.query.sort, again.model.query.descending) == ("handle", False)
    assert again.table.horizontalHeader().sortIndicatorSection() == 1


def test_panels_and_their_sizes_are_found_again_also_after_they_were_hidden(
    open_view: Open,
) -> None:
    view = open_view(Layout())
    view._parts.setSizes([300, 700, 400])
    before = view._parts.sizes()
    view.arrangement.settle()
    view.bar.facets.setChecked(False)
    layout = kept(view)
    assert (layout.shows_values, layout.shows_details) == (False, True)
    assert layout.sizes[0] == before[0]
    again = open_view(replace(layout, shows_details=False))
    assert not again.facets.isVisible() and not again.details.isVisible()
    assert not again.bar.facets.isChecked() and not again.bar.details.isChecked()


def test_a_width_and_an_order_stay_when_another_column_is_chosen(open_view: Open) -> None:
    view = open_view(Layout(columns=("start", "outcome", "customer", "handle")))
    header = view.table.horizontalHeader()
    header.resizeSection(2, 222)
    header.moveSection(3, 2)
    view._choice._on_chosen(["start", "outcome", "customer", "handle", "conversation_id"])
    assert view.table.shown_keys() == ["start", "outcome", "handle", "customer", "conversation_id"]
    assert width(view, "customer") == 222
    assert [header.visualIndex(section) for section in range(5)] == list(range(5))


def test_nothing_is_told_while_nothing_is_arranged_otherwise(open_view: Open, qtbot: QtBot) -> None:
    view = open_view(Layout())
    view.arrangement.settle()
    with qtbot.assertNotEmitted(view.arrangement.changed):
        view.model.refresh()
        qtbot.waitUntil(lambda: not view.model.busy)
        view.arrangement.settle()


def test_what_is_drawn_is_told_by_itself_a_moment_later(open_view: Open, qtbot: QtBot) -> None:
    view = open_view(Layout())
    with qtbot.waitSignal(view.arrangement.changed) as told:
        view.table.horizontalHeader().resizeSection(1, 321)
    assert told.args is not None and told.args[0].widths == {DEFAULT_KEYS[1]: 321}


@pytest.mark.parametrize("text", ["", "{", "null", '{"columns": 3}', '{"sizes": [-1, 2]}', "[]"])
def test_what_cannot_be_read_is_as_at_first(text: str) -> None:
    assert layout_from(text) == Layout()


def test_a_column_that_is_no_more_is_dropped_and_the_pinned_stay() -> None:
    told = Layout(
        columns=("handle", "gone", "handle", "attr.Tier"), sort="gone", widths={"gone": 9, "ani": 1}
    )
    found = layout_from(told.as_text())
    assert found.columns == (*PINNED, "handle", "attr.Tier")
    assert found.sort == "start"
    assert found.widths == {"ani": 24}


def test_each_person_has_their_own_layout_and_time_of_keeping(tmp_path: Path) -> None:
    file = tmp_path / "preferences.ini"
    first = Preferences(file)
    assert first.layout("a1") == Layout() and first.retention_days is None
    mine = Layout(columns=("start", "outcome", 'attr.Kunde "Ä", 1'), shows_details=False)
    first.keep_layout("a1", mine)
    first.retention_days = 90
    first._settings.sync()
    again = Preferences(file)
    assert again.layout("a1") == mine and again.layout("b2") == Layout()
    assert again.retention_days == 90
    again.retention_days = None
    again._settings.sync()
    assert Preferences(file).retention_days is None
