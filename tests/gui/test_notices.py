"""The one path from an error to the person."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.core import errors
from desktop_app.core.errors import Advice, ContactHistoryError
from desktop_app.gui.assets import Icon
from desktop_app.gui.message_page import MessagePage
from desktop_app.gui.notices import NoticeBar, sentence_of
from desktop_app.gui.theme import Theme

CUSTOMER = "+44 20 7946 0183"


@pytest.fixture
def bar(theme: Theme, qtbot: QtBot) -> Iterator[NoticeBar]:
    parent = QWidget()
    qtbot.addWidget(parent)
    made = NoticeBar(theme, parent)
    parent.resize(800, 60)
    parent.show()
    qtbot.waitExposed(parent)
    yield made
    parent.close()


def button(parent: QWidget, name: str) -> QAbstractButton:
    found = parent.findChild(QAbstractButton, name)
    assert found is not None
    return found


def every_error() -> list[type[ContactHistoryError]]:
    return [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, ContactHistoryError)
    ]


@pytest.mark.parametrize("kind", every_error(), ids=lambda kind: kind.__name__)
def test_every_error_is_told_with_its_title_and_the_step_it_advises(
    kind: type[ContactHistoryError], bar: NoticeBar
) -> None:
    bar.show_error(kind("This is what happened. Do that."))
    assert bar.isVisible()
    assert bar.text == f"{kind.title}. This is what happened. Do that."
    assert bar.accessibleName() == bar.text
    step = button(bar, "noticeAction")
    steps = {Advice.RETRY: "Try again", Advice.SIGN_IN: "Sign in again"}
    assert (step.text() if step.isVisible() else None) == steps.get(kind.advice)


def test_a_foreign_exception_is_told_by_its_kind_alone(bar: NoticeBar) -> None:
    error = ValueError(f"bad number {CUSTOMER}")
    bar.show_error(error)
    assert "ValueError" in bar.text and CUSTOMER not in bar.text
    assert CUSTOMER not in sentence_of(error)


def test_the_step_hides_the_notice_and_is_told_once(bar: NoticeBar) -> None:
    told: list[object] = []
    bar.acted.connect(told.append)
    bar.show_error(errors.SignInNeeded("x"))
    QTest.mouseClick(button(bar, "noticeAction"), Qt.MouseButton.LeftButton)
    assert told == [Advice.SIGN_IN]
    assert not bar.isVisible() and bar.text == ""


def test_closing_a_notice_does_nothing_else(bar: NoticeBar) -> None:
    told: list[object] = []
    bar.acted.connect(told.append)
    bar.show_error(errors.ServiceUnavailable("x"))
    QTest.mouseClick(button(bar, "noticeClose"), Qt.MouseButton.LeftButton)
    assert told == [] and not bar.isVisible()


def test_a_newer_notice_takes_the_place_and_the_step_of_an_older(bar: NoticeBar) -> None:
    bar.show_error(errors.ServiceUnavailable("x"))
    bar.say("Contacts are kept in memory only.", level="warn")
    assert bar.text == "Contacts are kept in memory only."
    assert not button(bar, "noticeAction").isVisible()
    bar.say("Read it.")
    assert bar.property("level") == "info" and bar.text == "Read it."


def test_the_step_of_a_notice_that_is_no_failure_is_told(bar: NoticeBar, qtbot: QtBot) -> None:
    bar.say("Your sign-in ends in 4 min.", "Renew")
    with qtbot.waitSignal(bar.stepped), qtbot.assertNotEmitted(bar.acted):
        QTest.mouseClick(button(bar, "noticeAction"), Qt.MouseButton.LeftButton)
    assert bar.text == ""


def test_T39_markup_in_a_notice_stays_text(bar: NoticeBar) -> None:
    bar.show_error(errors.NotFound("<img src='file:///nowhere.png'>"))
    words = bar.findChild(QLabel, "noticeText")
    assert words is not None and words.textFormat() == Qt.TextFormat.PlainText
    assert "<img" in words.text()


def test_a_message_page_says_what_happened_and_offers_a_way_on(theme: Theme, qtbot: QtBot) -> None:
    page = MessagePage(theme, "message")
    qtbot.addWidget(page)
    page.show()
    qtbot.waitExposed(page)
    page.say(Icon.WARNING, "No contacts", "<b>none</b>", "Try again")
    assert page.text == page.accessibleName() == "No contacts <b>none</b>"
    with qtbot.waitSignal(page.acted):
        QTest.mouseClick(button(page, "messageAction"), Qt.MouseButton.LeftButton)
    page.say(Icon.CLOCK, "Reading …", "")
    assert not button(page, "messageAction").isVisible()
    assert {label.textFormat().name for label in page.findChildren(QLabel) if label.text()} == {
        "PlainText"
    }
