"""The line under the table: counts, completeness in words, progress."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QProgressBar, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.core.history.clock import Clock
from desktop_app.core.history.completeness import completeness, held
from desktop_app.core.history.coverage import DAY_MS, Coverage, Slice
from desktop_app.core.history.sync import Progress
from desktop_app.gui.history.status_line import StatusLine
from desktop_app.gui.theme import Theme

NOW = int(datetime(2026, 11, 24, 14, 2, tzinfo=UTC).timestamp() * 1000)
CLOCK = Clock(ZoneInfo("UTC"), lambda: NOW)
DAY = Slice(NOW - NOW % DAY_MS, NOW - NOW % DAY_MS + DAY_MS)


@pytest.fixture
def line(qapp: QApplication, qtbot: QtBot) -> StatusLine:
    made = StatusLine(Theme(qapp, "light"))
    qtbot.addWidget(made)
    made.show()
    return made


Part = TypeVar("Part", bound=QWidget)


def _part(line: StatusLine, kind: type[Part], name: str) -> Part:
    found = line.findChild(kind, name)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("coverage", "words"),
    [
        (None, "not read yet"),
        (Coverage((), None, 0), "not read yet"),
        (Coverage((), NOW, 5), "complete to 14:02"),
        (Coverage((), NOW - DAY_MS, 5), "complete to 23 Nov 2026 14:02"),
        (Coverage((DAY,), NOW, 5), "incomplete: 1 day not read yet"),
        (Coverage((DAY, DAY), NOW, 5), "incomplete: 2 days not read yet"),
        (Coverage((), NOW, 5, ("rows moved",)), "may be incomplete: rows moved"),
    ],
)
def test_completeness_in_words(coverage: Coverage | None, words: str) -> None:
    assert completeness(coverage, CLOCK) == words


@pytest.mark.parametrize(
    ("coverage", "words"),
    [
        (None, "Offline · nothing held of this range"),
        (Coverage((DAY,), None, 0), "Offline · nothing held of this range"),
        (Coverage((), NOW, 5), "Offline · held to 14:02"),
        (Coverage((), NOW - DAY_MS, 5), "Offline · held to 23 Nov 2026 14:02"),
        (Coverage((DAY,), NOW, 5), "Offline · held to 14:02, 1 day not read"),
        (Coverage((), NOW, 5, ("rows moved",)), "Offline · held to 14:02, may be incomplete"),
    ],
)
def test_F09_the_age_of_what_is_held_in_words(coverage: Coverage | None, words: str) -> None:
    assert held(coverage, CLOCK) == words


def test_F09_going_online_is_offered_only_offline(line: StatusLine, qtbot: QtBot) -> None:
    online = _part(line, QPushButton, "goOnline")
    assert not online.isVisible()
    line.show_offline(True)
    line.show_coverage(Coverage((), NOW, 5), CLOCK)
    assert line.text == "Offline · held to 14:02"
    with qtbot.waitSignal(line.online_asked):
        online.click()
    line.show_offline(False)
    line.show_coverage(Coverage((), NOW, 5), CLOCK)
    assert line.text == "complete to 14:02" and not online.isVisible()


def test_counts_have_thousands(line: StatusLine) -> None:
    line.show_counts(1212, 4212)
    line.show_coverage(Coverage((), NOW, 4212), CLOCK)
    assert line.text == "1,212 of 4,212 shown · complete to 14:02"


def test_progress_shows_day_numbers_and_share(line: StatusLine) -> None:
    line.show_progress(Progress(1, 4, 600, 1200, DAY.start_ms), CLOCK)
    assert "reading 24 Nov 2026, 600 of 1,200, 50%" in line.text
    bar = _part(line, QProgressBar, "statusProgress")
    assert bar.isVisible()
    assert bar.value() == bar.maximum() // 2


def test_cancel_is_there_only_while_something_runs(line: StatusLine, qtbot: QtBot) -> None:
    cancel = _part(line, QToolButton, "statusCancel")
    assert not cancel.isVisible()
    line.show_waiting("asking Genesys Cloud …")
    assert cancel.isVisible()
    with qtbot.waitSignal(line.cancel_asked):
        cancel.click()
    line.show_idle()
    assert not cancel.isVisible()
    assert line.text == ""


def test_a_store_in_memory_is_told(line: StatusLine) -> None:
    place = _part(line, QLabel, "statusStore")
    line.show_store("")
    assert not place.isVisible()
    line.show_store("This computer has no protected keyring.")
    assert place.isVisible()
    assert place.toolTip() == "This computer has no protected keyring."
