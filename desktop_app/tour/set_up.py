"""The first run: from nothing to an organisation, through the set-up page."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from desktop_app.gui.signin.setup_result import BAD, GOOD
from desktop_app.main_window import MainWindow
from desktop_app.tour.hands import Hands
from desktop_app.tour.report import TourFailed


def set_up_practice(window: MainWindow, hands: Hands) -> None:
    """Have the practice organisation filled in, test it, and save it."""
    page = window.auth_view.set_up.page
    hands.until(page.isVisible, "the set-up page")
    hands.picture("set-up")
    _press(page, hands, "setupPractice")
    hosts = page.findChild(QWidget, "setupHosts")
    hands.until(lambda: hosts is not None and hosts.isVisible(), "the practice organisation")
    _press(page, hands, "setupTest")
    verdict = page.findChild(QLabel, "setupVerdict")
    assert verdict is not None
    hands.until(lambda: verdict.text() in (GOOD, BAD), "the test of the settings")
    hands.picture("set-up-tested")
    if verdict.text() != GOOD:
        raise TourFailed("The settings of the practice organisation failed their test.")
    _press(page, hands, "setupSave")


def _press(page: QWidget, hands: Hands, name: str) -> None:
    button = page.findChild(QPushButton, name)
    if button is None or not button.isVisible():
        raise TourFailed(f"There is no button {name} on the set-up page.")
    hands.press(button, button.rect().center())
