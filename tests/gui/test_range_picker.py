"""Choosing a range: presets in the zone, a range of one's own, and what is wrong with it."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QDate, QDateTime, QTime
from PySide6.QtWidgets import QDateTimeEdit, QLabel
from pytestqt.qtbot import QtBot

from desktop_app.core.history.clock import Clock, Interval
from desktop_app.gui.history.range_picker import RangeDialog, RangePicker

NOW = int(datetime(2026, 11, 24, 14, 2, tzinfo=UTC).timestamp() * 1000)
LONDON = Clock(ZoneInfo("Europe/London"), lambda: NOW)
TOKYO = Clock(ZoneInfo("Asia/Tokyo"), lambda: NOW)


@pytest.fixture
def picker(qtbot: QtBot) -> RangePicker:
    made = RangePicker(LONDON)
    qtbot.addWidget(made)
    return made


def test_it_begins_with_today(picker: RangePicker) -> None:
    assert picker.interval == LONDON.day(NOW)
    assert picker.text() == "24 Nov 2026, 00:00 – 24:00"


@pytest.mark.parametrize("key", ["last_hour", "today", "yesterday", "this_week", "last_week"])
def test_presets(picker: RangePicker, qtbot: QtBot, key: str) -> None:
    menu = picker.menu()
    menu.aboutToShow.emit()
    action = next(action for action in menu.actions() if action.data() == key)
    with qtbot.waitSignal(picker.picked) as picked:
        action.trigger()
    expected = next(preset.interval for preset in LONDON.presets() if preset.key == key)
    assert picked.args == [expected]
    assert picker.interval == expected


def test_a_preset_moves_with_the_zone_and_a_range_of_ones_own_stays(picker: RangePicker) -> None:
    picker.set_clock(TOKYO)
    assert picker.interval == TOKYO.day(NOW)
    own = Interval(NOW - 1000, NOW)
    picker.set_interval(own)
    picker.set_clock(LONDON)
    assert picker.interval == own


def _set(dialog: RangeDialog, name: str, day: int, hour: int) -> None:
    edit = dialog.findChild(QDateTimeEdit, name)
    assert edit is not None
    edit.setDateTime(QDateTime(QDate(2026, 11, day), QTime(hour, 0)))


@pytest.fixture
def dialog(picker: RangePicker, qtbot: QtBot) -> RangeDialog:
    made = RangeDialog(LONDON, picker.interval, picker)
    qtbot.addWidget(made)
    return made


def test_a_range_of_ones_own_is_in_the_clocks_zone(dialog: RangeDialog, qtbot: QtBot) -> None:
    _set(dialog, "rangeStart", 20, 9)
    _set(dialog, "rangeEnd", 20, 10)
    with qtbot.waitSignal(dialog.chosen) as chosen:
        dialog.accept()
    nine = int(datetime(2026, 11, 20, 9, tzinfo=UTC).timestamp() * 1000)
    assert chosen.args == [Interval(nine, nine + 3_600_000)]


@pytest.mark.parametrize(
    ("start", "end", "word"),
    [
        ((20, 10), (20, 9), "turned round"),
        ((20, 9), (20, 9), "empty"),
        ((28, 9), (29, 9), "future"),
    ],
)
def test_a_mistake_gets_its_sentence_and_keeps_the_dialog(
    dialog: RangeDialog, start: tuple[int, int], end: tuple[int, int], word: str
) -> None:
    _set(dialog, "rangeStart", *start)
    _set(dialog, "rangeEnd", *end)
    told: list[object] = []
    dialog.chosen.connect(told.append)
    dialog.accept()
    assert told == []
    problem = dialog.findChild(QLabel, "rangeProblem")
    assert problem is not None
    assert word in problem.text()
