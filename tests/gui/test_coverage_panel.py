"""The coverage calendar: each day says in words what its colour says, and keys walk through it."""

from __future__ import annotations

from datetime import datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.core.history.clock import Interval
from desktop_app.core.history.coverage import DAY_MS, Day
from desktop_app.gui.history.coverage_calendar import whole_months
from desktop_app.gui.history.coverage_grid import CELL_PX, CoverageGrid
from desktop_app.gui.history.coverage_panel import CoveragePanel
from desktop_app.gui.theme import Theme

FIRST = 20_595 * DAY_MS  # 2026-05-22
DAYS = [
    Day(FIRST, "synced", "", 4212, FIRST + DAY_MS),
    Day(FIRST + DAY_MS, "partial", "only some of its hours", 12, FIRST + DAY_MS),
    Day(FIRST + 2 * DAY_MS, "missing"),
    Day(FIRST + 3 * DAY_MS, "future"),
]


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def panel(theme: Theme, parent: QWidget, qtbot: QtBot) -> CoveragePanel:
    made = CoveragePanel(theme, following=True, parent=parent)
    made.show_days(DAYS, Interval(FIRST, FIRST + 4 * DAY_MS))
    made.show()
    qtbot.waitExposed(made)
    return made


def words(panel: CoveragePanel) -> str:
    found = panel.findChild(QLabel, "coverageDay")
    assert found is not None
    return found.text()


def grid(panel: CoveragePanel) -> CoverageGrid:
    found = panel.findChild(CoverageGrid)
    assert found is not None
    return found


def test_it_begins_at_the_last_day_that_has_begun(panel: CoveragePanel) -> None:
    assert words(panel) == "24 May 2026: not read yet"


def test_keys_walk_through_the_days_and_each_says_what_it_is(panel: CoveragePanel) -> None:
    seen = []
    for _ in range(2):
        QTest.keyClick(grid(panel), Qt.Key.Key_Left)
        seen.append(words(panel))
    assert seen == [
        "23 May 2026: in part, 12 contacts (only some of its hours)",
        "22 May 2026: complete, 4,212 contacts",
    ]
    QTest.keyClick(grid(panel), Qt.Key.Key_Left)  # there is none before
    assert words(panel) == seen[-1]


def test_a_day_can_be_shown_and_read_again_but_not_one_to_come(panel: CoveragePanel) -> None:
    shown: list[Interval] = []
    read: list[Interval] = []
    panel.day_asked.connect(shown.append)
    panel.read_asked.connect(read.append)
    show, again = (panel.findChild(QPushButton, name) for name in ("coverageShow", "coverageAgain"))
    assert show is not None and again is not None
    QTest.mouseClick(show, Qt.MouseButton.LeftButton)
    QTest.mouseClick(again, Qt.MouseButton.LeftButton)
    missing = Interval(DAYS[2].day_ms, DAYS[3].day_ms)
    assert (shown, read) == ([missing], [missing])
    QTest.keyClick(grid(panel), Qt.Key.Key_Right)
    assert words(panel) == "25 May 2026: still to come"
    assert not show.isEnabled() and not again.isEnabled()


def test_the_range_can_be_left_as_it_is(panel: CoveragePanel) -> None:
    told: list[bool] = []
    panel.following_changed.connect(told.append)
    follow = panel.findChild(QCheckBox, "coverageFollow")
    assert follow is not None and follow.isChecked()
    follow.click()
    assert told == [False]


def ms(text: str) -> int:
    return int(datetime.fromisoformat(f"{text}T00:00+00:00").timestamp() * 1000)


@pytest.mark.parametrize(
    ("start", "end", "first", "until"),
    [
        ("2026-05-27", "2026-05-28", "2026-03-01", "2026-06-01"),
        ("2026-05-01", "2026-06-01", "2026-03-01", "2026-06-01"),  # June isn't touched
        ("2026-01-31", "2026-02-01", "2025-11-01", "2026-02-01"),
        ("2025-12-15", "2026-05-02", "2025-12-01", "2026-06-01"),
        ("2020-01-01", "2026-05-02", "2025-06-01", "2026-06-01"),  # no more than twelve
        ("2026-05-27", "2026-08-01", "2026-04-01", "2026-07-01"),  # up to the present month
    ],
)
def test_it_shows_whole_calendar_months(start: str, end: str, first: str, until: str) -> None:
    now = ms("2026-06-10")
    assert whole_months(Interval(ms(start), ms(end)), now) == (ms(first), ms(until))


def test_days_outside_of_the_range_are_faint(panel: CoveragePanel, theme: Theme) -> None:
    """By weight and hue of their numbers; what is held of them is drawn as on any other day."""
    days = [Day(FIRST + number * DAY_MS, "missing") for number in range(3)]
    panel.show_days(days, Interval(FIRST + DAY_MS, FIRST + 2 * DAY_MS))
    drawn = grid(panel)
    image = drawn.grab().toImage()

    def darkest(day: Day) -> int:
        box = drawn.cell(day).adjusted(6, 6, -6, -6)
        places = [
            (x, y) for x in range(box.left(), box.right()) for y in range(box.top(), box.bottom())
        ]
        return min(image.pixelColor(x, y).lightness() for x, y in places)

    outside, inside, after = map(darkest, days)
    assert inside < outside == pytest.approx(after, abs=12)


def test_the_fourth_month_stands_under_the_first(panel: CoveragePanel) -> None:
    days = [Day(FIRST + 31 * month * DAY_MS, "missing") for month in range(4)]
    panel.show_days(days, Interval(FIRST, FIRST + DAY_MS))
    first, fourth = (grid(panel).cell(day) for day in (days[0], days[3]))
    assert abs(fourth.left() - first.left()) < 7 * CELL_PX and fourth.top() > first.top()
    assert grid(panel).sizeHint().height() > fourth.bottom()


def test_of_many_months_the_last_are_in_sight_and_the_keys_bring_the_others(
    theme: Theme, parent: QWidget, qtbot: QtBot
) -> None:
    panel = CoveragePanel(theme, following=True, parent=parent)
    panel.show()
    qtbot.waitExposed(panel)
    days = [Day(FIRST + number * DAY_MS, "missing") for number in range(365)]
    panel.show_days(days, Interval(FIRST, FIRST + 365 * DAY_MS))
    drawn = grid(panel)

    def is_in_sight(day: Day) -> bool:
        return drawn.visibleRegion().contains(drawn.cell(day).center())

    assert is_in_sight(days[-1]) and not is_in_sight(days[0])
    for _ in range(52):
        QTest.keyClick(drawn, Qt.Key.Key_Up)
    assert is_in_sight(days[0]) and not is_in_sight(days[-1])
