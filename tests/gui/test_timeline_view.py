"""The timeline: bars where their instants are, in their colours, reachable without a mouse."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_app.core.history.clock import Clock
from desktop_app.core.history.timeline import Bar, BarKind, Lane, Timeline
from desktop_app.gui.contact import kinds
from desktop_app.gui.contact.timeline_scale import Scale
from desktop_app.gui.contact.timeline_view import TimelineView
from desktop_app.gui.theme import Theme
from desktop_app.gui.tooltip import plain

MINUTE = 60_000
START = 1_795_168_800_000  # 20 Nov 2026 10:00 UTC
CLOCK = Clock(ZoneInfo("UTC"))


def bar(kind: BarKind, start: int, end: int, label: str = "", *, is_open: bool = False) -> Bar:
    """Minutes after START."""
    return Bar(
        kind, START + start * MINUTE, START + end * MINUTE, label or kinds.word(kind), is_open
    )


LANES = (
    Lane("customer", "Customer", (bar(BarKind.CUSTOMER, 0, 10),)),
    Lane("queue q1", "Billing", (bar(BarKind.QUEUE, 0, 2),)),
    Lane(
        "user u1",
        "Ana Ruiz",
        (bar(BarKind.TALK, 2, 6), bar(BarKind.HOLD, 6, 7), bar(BarKind.TALK, 7, 8)),
    ),
    Lane("user u2", "A name that is much too long for its place", (bar(BarKind.ERROR, 10, 10),)),
)
TIMELINE = Timeline(START, START + 10 * MINUTE, LANES)


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    made = Theme(qapp, "light")
    yield made
    qapp.setStyleSheet("")
    made.setParent(None)


@pytest.fixture
def view(theme: Theme, qtbot: QtBot) -> TimelineView:
    made = TimelineView(theme)
    qtbot.addWidget(made)
    made.resize(640, made.heightForWidth(640))
    made.show_timeline(TIMELINE, CLOCK)
    made.resize(640, made.heightForWidth(640))
    made.show()
    qtbot.waitExposed(made)
    return made


def drawn(view: TimelineView) -> QImage:
    return view.grab().toImage()


def focused(view: TimelineView, qtbot: QtBot) -> TimelineView:
    view.activateWindow()
    view.clearFocus()  # it came with the window, not by Tab
    view.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(view.hasFocus)
    return view


def test_bars_are_proportional_to_their_instants(view: TimelineView) -> None:
    areas = view.bar_areas()
    customer = areas[0][1]
    for each, area in areas[:-1]:
        for ms, x in ((each.start_ms, area.left()), (each.end_ms, area.right())):
            share = (ms - START) / (10 * MINUTE)
            assert x == pytest.approx(customer.left() + share * customer.width(), abs=0.01)
    assert customer.right() == pytest.approx(view.width() - 1)


def test_lanes_stand_one_below_the_other(view: TimelineView) -> None:
    tops = [area.top() for _, area in view.bar_areas()]
    assert tops == sorted(tops)
    assert len(set(tops)) == len(LANES)


def test_bars_are_painted_in_their_hues(view: TimelineView, theme: Theme) -> None:
    image = drawn(view)
    for each, area in view.bar_areas()[:-1]:
        inside = QPoint(round(area.right()) - 4, round(area.top()) + 3)
        if each.kind in (BarKind.CUSTOMER, BarKind.QUEUE, BarKind.TALK):
            assert image.pixelColor(inside) == theme.palette.timeline[each.kind]
    queue = view.bar_areas()[1][1]
    beyond = QPoint(round(queue.right()) + 6, round(queue.center().y()))
    assert image.pixelColor(beyond) == theme.palette.surface


def test_hue_is_not_the_only_sign(view: TimelineView) -> None:
    """A held stretch shows more than one colour even where no word fits."""
    image = drawn(view)
    hold = next(area for each, area in view.bar_areas() if each.kind is BarKind.HOLD)
    colours = {
        image.pixelColor(x, round(hold.bottom()) - 2).name()
        for x in range(round(hold.left()) + 2, round(hold.right()) - 2)
    }
    assert len(colours) > 1


def test_a_mark_without_length_can_be_seen_and_stays_inside(view: TimelineView) -> None:
    error = view.bar_areas()[-1][1]
    assert error.width() >= 4
    assert error.right() <= view.width()


def test_the_theme_is_followed(view: TimelineView, theme: Theme) -> None:
    before = drawn(view)
    theme.set_mode("dark")
    assert drawn(view) != before


def test_every_bar_is_reached_by_keyboard(view: TimelineView, qtbot: QtBot) -> None:
    focused(view, qtbot)
    said = [view.current_words()]
    for _ in range(10):
        QTest.keyClick(view, Qt.Key.Key_Right)
        said.append(view.current_words())
    assert len(set(said)) == len(view.bar_areas())
    assert said[1] == "Billing · Queue · 10:00:00 – 10:02:00 · 2:00"
    assert view.accessibleDescription() == said[-1]
    QTest.keyClick(view, Qt.Key.Key_Home)
    assert view.current_words() == said[0]


def test_up_and_down_go_to_the_nearest_bar(view: TimelineView, qtbot: QtBot) -> None:
    focused(view, qtbot)
    QTest.keyClick(view, Qt.Key.Key_End)
    assert view.current_words().startswith("A name that")
    QTest.keyClick(view, Qt.Key.Key_Up)
    assert view.current_words() == "Ana Ruiz · Talk · 10:07:00 – 10:08:00 · 1:00"
    QTest.keyClick(view, Qt.Key.Key_Up)
    assert view.current_words().startswith("Billing")
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert view.current_words() == "Ana Ruiz · Talk · 10:02:00 – 10:06:00 · 4:00"


def test_the_current_bar_is_marked(view: TimelineView, qtbot: QtBot) -> None:
    before = drawn(view)
    focused(view, qtbot)
    assert drawn(view) != before


def test_a_click_chooses_a_bar(view: TimelineView) -> None:
    middle = view.bar_areas()[2][1].center().toPoint()
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=middle)
    assert view.current_words().startswith("Ana Ruiz · Talk")


def test_screen_readers_are_told_all_of_it(view: TimelineView) -> None:
    said = view.accessibleDescription()
    assert view.accessibleName()
    for lane in LANES:
        assert lane.title in said


def test_what_is_open_says_so(view: TimelineView) -> None:
    lanes = (Lane("user u1", "Ana Ruiz", (bar(BarKind.TALK, 0, 3, is_open=True),)),)
    view.show_timeline(Timeline(START, START + 3 * MINUTE, lanes), CLOCK)
    assert view.accessibleDescription() == "Ana Ruiz · Talk · 10:00:00 – still open · 3:00"


@pytest.mark.parametrize("width", [1, 40, 120, 640])
def test_no_width_and_no_content_is_too_odd(view: TimelineView, width: int) -> None:
    instant = Timeline(START, START, (Lane("a", "", (bar(BarKind.OTHER, 0, 0),)),))
    for timeline in (TIMELINE, instant, Timeline(0, 0, ())):
        view.show_timeline(timeline, CLOCK)
        view.resize(width, max(view.heightForWidth(width), 1))
        assert not drawn(view).isNull()
    assert view.heightForWidth(width) == 0
    view.clear()
    assert view.bar_areas() == []


def test_tooltips_show_markup_as_text() -> None:
    assert "<b>" not in plain("<b>Ana</b> & co")
    assert "&lt;b&gt;Ana&lt;/b&gt; &amp; co" in plain("<b>Ana</b> & co")
    assert plain("") == ""


@pytest.mark.parametrize(
    ("span_ms", "zone", "expected"),
    [
        (10_000, "UTC", ["10:00:00", "10:00:02", "10:00:04"]),
        (10 * MINUTE, "UTC", ["10:00", "10:02", "10:04"]),
        (3 * 60 * MINUTE, "Asia/Kolkata", ["15:30", "16:00", "16:30"]),
        (36 * 60 * MINUTE, "Asia/Kolkata", ["18:00", "00:00", "06:00"]),
        (30 * 24 * 60 * MINUTE, "UTC", ["26 Nov", "3 Dec", "10 Dec"]),
    ],
)
def test_ticks_are_round_in_the_zone(span_ms: int, zone: str, expected: list[str]) -> None:
    scale = Scale(START, START + span_ms, 0, 500)
    ticks = scale.ticks(Clock(ZoneInfo(zone)), 80)
    assert [words for _, words in ticks][:3] == expected
    places = [scale.x(ms) for ms, _ in ticks]
    assert all(after - before >= 80 for before, after in pairwise(places))


def test_instants_outside_are_drawn_at_the_edge() -> None:
    scale = Scale(START, START + MINUTE, 100, 500)
    assert [scale.x(START - 1), scale.x(START + 2 * MINUTE)] == [100, 600]
    assert QPointF(scale.x(START + MINUTE // 2), 0).x() == 350
