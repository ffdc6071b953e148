"""The filter bar: chips and the line are one text, and a mistake never takes the table away."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFrame, QPushButton
from pytestqt.qtbot import QtBot

from desktop_app.core.history.filters import Offer
from desktop_app.gui.history.chip import ChipButton
from desktop_app.gui.history.filter_bar import FilterBar
from desktop_app.gui.tasks import Job, Tasks
from desktop_app.gui.theme import LIGHT, Theme


@pytest.fixture
def asked() -> list[tuple[str, str]]:
    """What values were asked for: field and what had been typed."""
    return []


@pytest.fixture
def bar(theme: Theme, tasks: Tasks, qtbot: QtBot, asked: list[tuple[str, str]]) -> FilterBar:
    def suggest(key: str, prefix: str) -> Job:
        asked.append((key, prefix))
        return tasks.order(lambda: [Offer("Billing", "Billing  (1,204)")])

    made = FilterBar(theme, suggest)
    qtbot.addWidget(made)
    made.resize(700, 40)
    made.show()
    qtbot.waitExposed(made)
    made.edit.setFocus()
    qtbot.waitUntil(made.edit.hasFocus)
    return made


def typed(bar: FilterBar, text: str) -> None:
    QTest.keyClicks(bar.edit, text)


def chips(bar: FilterBar) -> list[str]:
    return [chip.words for chip in bar.findChildren(ChipButton) if chip.isVisible()]


def applied(bar: FilterBar) -> list[str]:
    """Every filter that the bar tells from now on."""
    found: list[str] = []
    bar.changed.connect(found.append)
    return found


def test_words_filter_with_each_letter_and_stay_in_the_line(bar: FilterBar) -> None:
    told = applied(bar)
    typed(bar, "ana")
    assert told == ["a", "an", "ana"]
    assert chips(bar) == []


def test_a_condition_becomes_a_chip_with_the_blank_after_it(bar: FilterBar) -> None:
    told = applied(bar)
    typed(bar, "queue:billing ")
    assert chips(bar) == ["Queue contains billing"]
    assert bar.edit.text() == ""
    typed(bar, "refund")
    assert told[-1] == "queue:billing refund"


def test_a_chip_of_alternatives_holds_beside_what_is_typed_after_it(bar: FilterBar) -> None:
    bar.set_text("queue:billing or queue:sales")
    assert len(chips(bar)) == 1
    typed(bar, "media:voice ")
    assert len(chips(bar)) == 2
    assert bar.applied == "(queue:billing or queue:sales) media:voice"


def test_alternatives_that_are_typed_leave_the_chips_alone(bar: FilterBar) -> None:
    typed(bar, "media:voice ")
    typed(bar, "ana or li")
    assert bar.applied == "media:voice (ana or li)"
    typed(bar, " (")
    assert bar.text == "media:voice ana or li ("
    assert bar.applied == "media:voice (ana or li)"


def test_an_alternative_to_a_chip_can_be_typed_behind_it(bar: FilterBar) -> None:
    typed(bar, "queue:billing or queue:sales")
    assert bar.applied == "queue:billing or queue:sales"


def test_enter_makes_a_chip_of_what_is_done(bar: FilterBar) -> None:
    typed(bar, "wait>2m")
    QTest.keyClick(bar.edit, Qt.Key.Key_Return)
    assert chips(bar) == ["Wait over 2m"]
    assert bar.applied == "wait>2m"


def test_a_mistake_leaves_the_last_filter_and_is_told_where_it_is(bar: FilterBar) -> None:
    told = applied(bar)
    typed(bar, "refund quue:billing")
    QTest.keyClick(bar.edit, Qt.Key.Key_Return)
    assert told[-1] == bar.applied == "refund"
    assert "queue" in bar.mistake
    assert bar.edit.mistake is not None
    first, length = bar.edit.mistake
    assert bar.edit.text()[first : first + length].startswith("quue")
    bar.clear()
    assert bar.mistake == ""
    assert told[-1] == ""


def test_the_name_of_a_field_that_is_begun_is_no_word_to_filter_by(bar: FilterBar) -> None:
    typed(bar, "media:voice wait")
    assert bar.applied == "media:voice wait"
    typed(bar, ">a")
    assert bar.applied == "media:voice"
    QTest.keyClick(bar.edit, Qt.Key.Key_Backspace)
    typed(bar, "2m")
    assert bar.applied == "media:voice wait>2m"


def test_a_mistake_within_what_was_applied_leaves_it_so(bar: FilterBar) -> None:
    bar.edit.setText("note:x refund")
    typed(bar, "s")
    assert bar.applied == "note:x refunds"
    bar.edit.setCursorPosition(len("note:"))
    QTest.keyClick(bar.edit, Qt.Key.Key_Delete)
    assert bar.applied == "note:x refunds"


def test_the_box_has_the_ring_of_the_line_in_it(bar: FilterBar, qtbot: QtBot) -> None:
    box = bar.findChild(QFrame, "filterBox")
    assert box is not None
    accent = LIGHT.accent.name()
    assert box.grab().toImage().pixelColor(box.width() // 2, 0).name() == accent
    bar.edit.clearFocus()
    assert box.grab().toImage().pixelColor(box.width() // 2, 0).name() != accent


def test_chips_switched_on_or_off_and_the_line_stand_on_one_line(bar: FilterBar) -> None:
    bar.set_text("media:voice {wait>2m} ana")
    on, off = bar.findChildren(ChipButton)
    assert on.geometry().height() == off.geometry().height() == bar.edit.height()
    assert on.y() == off.y() == bar.edit.y()


def test_the_box_is_as_high_as_a_button_beside_it(bar: FilterBar, qtbot: QtBot) -> None:
    button, box = QPushButton("Columns"), bar.findChild(QFrame, "filterBox")
    qtbot.addWidget(button)
    assert box is not None
    assert box.sizeHint().height() == button.sizeHint().height()


def test_what_may_follow_stands_under_the_box(bar: FilterBar, qtbot: QtBot) -> None:
    typed(bar, "queue:")
    qtbot.waitUntil(lambda: bool(bar.edit.offers))
    popup = next(w for w in QApplication.topLevelWidgets() if w.objectName() == "filterOffers")
    box = bar.findChild(QFrame, "filterBox")
    assert box is not None
    assert popup.y() >= box.mapToGlobal(box.rect().bottomLeft()).y()


def test_a_mistake_behind_chips_is_marked_in_the_line(bar: FilterBar) -> None:
    typed(bar, "media:voice quue:x")
    QTest.keyClick(bar.edit, Qt.Key.Key_Return)
    assert bar.edit.mistake is not None
    first, length = bar.edit.mistake
    assert bar.edit.text()[first : first + length].startswith("quue")


def test_a_condition_that_is_only_begun_is_told_after_a_while(bar: FilterBar, qtbot: QtBot) -> None:
    typed(bar, "wait>")
    assert bar.mistake == "" and bar.edit.mistake is None
    qtbot.waitUntil(lambda: bar.mistake != "")
    assert bar.edit.mistake is not None


def test_backspace_in_an_empty_line_takes_the_last_chip_back(bar: FilterBar) -> None:
    typed(bar, "media:voice queue:billing ")
    QTest.keyClick(bar.edit, Qt.Key.Key_Backspace)
    assert chips(bar) == ["Media is voice"]
    assert bar.edit.text() == "queue:billing"


def test_a_chip_is_removed_by_its_cross(bar: FilterBar) -> None:
    bar.set_text("media:voice queue:billing refund")
    told = applied(bar)
    first = bar.findChildren(ChipButton)[0]
    cross = first.findChild(type(bar._clear), "chipRemove")
    assert cross is not None
    QTest.mouseClick(cross, Qt.MouseButton.LeftButton)
    assert told == ["queue:billing refund"]


def test_clearing_takes_every_chip_away(bar: FilterBar) -> None:
    bar.set_text("media:voice wait>2m ana")
    assert len(chips(bar)) == 2
    QTest.keyClick(bar.edit, Qt.Key.Key_Escape)
    assert chips(bar) == [] and bar.applied == "" and bar.edit.text() == ""
    bar.set_text("media:voice")
    bar.set_text("ana")
    assert chips(bar) == [] and bar.applied == "ana"


def test_a_chip_switched_off_stays_and_no_longer_counts(bar: FilterBar) -> None:
    bar.set_text("media:voice refund")
    told = applied(bar)
    bar.findChildren(ChipButton)[0].toggle_asked.emit()
    assert told == ["{media:voice} refund"]
    assert chips(bar) == ["Media is voice"]


def test_a_text_put_in_place_reads_back_as_chips_and_words(bar: FilterBar) -> None:
    bar.set_text('refund queue:(billing, "after sales") -agent:ana')
    assert bar.edit.text().strip() == "refund"
    assert len(chips(bar)) == 2
    assert bar.applied == 'queue:(billing, "after sales") -agent:ana refund'


def test_names_of_fields_are_offered_and_tab_takes_the_first(bar: FilterBar, qtbot: QtBot) -> None:
    typed(bar, "wai")
    qtbot.waitUntil(lambda: bool(bar.edit.offers))
    assert bar.edit.offers[0] == "Wait"
    QTest.keyClick(bar.edit, Qt.Key.Key_Tab)
    assert bar.edit.text() == "wait:"


def test_values_are_asked_for_and_put_in_as_they_have_to_be(
    bar: FilterBar, qtbot: QtBot, asked: list[tuple[str, str]]
) -> None:
    typed(bar, "queue:bil")
    qtbot.waitUntil(lambda: bar.edit.offers == ["Billing  (1,204)"])
    assert asked[-1] == ("queues", "bil")
    QTest.keyClick(bar.edit, Qt.Key.Key_Tab)
    assert bar.text == "queue:Billing"
