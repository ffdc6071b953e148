"""What is shown while somebody signs in with a browser of their own."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from desktop_app.gui.assets import Icon
from desktop_app.gui.message_page import MessagePage
from desktop_app.gui.theme import Theme

_OPENED = (
    "The login page has opened there. Sign in and come back: this window goes on by itself. It"
    " waits for 5 minutes."
)


class BrowserPage(MessagePage):
    """``acted`` asks to open the page again, ``other_acted`` for this window instead."""

    def __init__(self, theme: Theme, parent: QWidget, *, offer_window: bool) -> None:
        super().__init__(theme, "browserMessage", parent)
        self._other_way = "Use this window" if offer_window else ""

    def show_opening(self) -> None:
        self.say(Icon.GLOBE, "Opening your browser …", "")
        self.setFocus()

    def show_waiting(self) -> None:
        self.say(Icon.GLOBE, "Sign in with your browser", _OPENED, "Open it again", self._other_way)
        self.setFocus()
