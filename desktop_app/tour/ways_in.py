"""How the tour gets in: on the window's own page, or in a browser of the system's.

Both type what a person would; the browser is a real one, without a screen of its own.
"""

from __future__ import annotations

import time
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from desktop_app.application import Application
from desktop_app.tour.browser import HeadlessBrowser
from desktop_app.tour.hands import Hands
from desktop_app.tour.report import TourFailed

SETTLE_S = 5  # for a page to put its caret somewhere


class WayIn(Protocol):
    """``pages`` counts the login pages that have come so far."""

    name: str
    pages: int

    def begin_again(self) -> None: ...
    def type_login(self, keys: str) -> None: ...


class InTheWindow:
    name = "window"

    def __init__(self, application: Application, hands: Hands) -> None:
        self.pages = 0
        self._window = application.window
        self._hands = hands
        self._window.auth_view.page_loaded.connect(self._on_page)

    def begin_again(self) -> None:
        """Nothing: each login page is counted."""

    def type_login(self, keys: str) -> None:
        self._caret()
        page = self._window.auth_view.web_view.focusProxy()
        assert page is not None
        self._hands.type(page, keys)

    def _caret(self) -> None:
        """Wait until a field of the page takes text; a page without such a field gets its keys."""
        self._window.activateWindow()
        web = self._window.auth_view.web_view
        web.setFocus()
        until = time.monotonic() + SETTLE_S
        self._hands.until(
            lambda: time.monotonic() > until or _takes_text(web.focusProxy()), "the caret"
        )

    def _on_page(self) -> None:
        self.pages += 1


class InABrowser:
    """A browser that runs beside the window, which hands it the login's address."""

    name = "browser"

    def __init__(self, browser: HeadlessBrowser, application: Application, hands: Hands) -> None:
        self.pages = 0
        self._browser = browser
        self._hands = hands
        self._is_ready = False
        self._is_answered = False
        self._failure = ""
        browser.ready.connect(self._on_ready)
        browser.loaded.connect(self._on_page)
        browser.failed.connect(self._on_failed)
        application.window.auth_view.callback_seen.connect(self._on_callback)
        browser.start()
        hands.until(lambda: self._is_ready or bool(self._failure), "the browser to start")

    def begin_again(self) -> None:
        """Another sign-in is about to begin, whose page counts again."""
        self._is_answered = False

    def type_login(self, keys: str) -> None:
        self._check()
        self._browser.picture(self._hands.keep_picture_of("browser-page"))
        self._browser.type(keys)

    def _check(self) -> None:
        if self._failure:
            raise TourFailed(self._failure)

    def _on_ready(self) -> None:
        self._is_ready = True

    def _on_page(self) -> None:
        """Not the page that says that all is done."""
        if not self._is_answered:
            self.pages += 1

    def _on_callback(self) -> None:
        self._is_answered = True

    def _on_failed(self, words: str) -> None:
        self._failure = words


def _takes_text(widget: QWidget | None) -> bool:
    return widget is not None and bool(widget.inputMethodQuery(Qt.InputMethodQuery.ImEnabled))
