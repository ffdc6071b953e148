"""A login panel with a page under guard, and what the tests of the guard look at."""

from __future__ import annotations

import time
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop_app.core.signin.oauth import Attempt, Outcome
from desktop_app.core.signin.profiles import Grant, Profile
from desktop_app.gui.guarded_page import Guard, GuardedPage
from desktop_app.gui.signin.login_panel import LoginPanel
from desktop_app.gui.signin.surroundings import Surroundings
from desktop_app.gui.theme import Theme
from tests.gui.web_server import WebServer

TOKEN = "canary-token-5d3b"
CODE = "canary-code-7c21"
LOAD_MS = 20_000  # the first page of a run starts Chromium

BIG_LINK = '<a href="{to}" target="{target}" style="display:block;height:600px">go</a>'

Begin = Callable[..., "Login"]


class Login(QObject):
    """One attempt: the login host's pages come from ``host``, the callback leads to ``listener``.

    Writes down what the guard and the panel tell.
    """

    def __init__(
        self,
        host: WebServer,
        listener: WebServer,
        theme: Theme,
        qtbot: QtBot,
        *,
        grant: Grant = Grant.IMPLICIT,
        loopback_only: bool = True,
    ) -> None:
        super().__init__()
        self._qtbot = qtbot
        self._host = host
        self.profile = Profile(
            name="test",
            login_url=host.origin,
            api_url=host.origin,
            client_id="client",
            grant=grant,
            redirect_uri=f"{listener.origin}/oauth2/callback",
        )
        self.attempt = Attempt.start(self.profile, now=time.time())
        self.guard = Guard(self.attempt, loopback_only=loopback_only, parent=self)
        self.panel = LoginPanel(theme, Surroundings(loopback_only=loopback_only))
        self.outcomes: list[Outcome] = []
        self.blocked: list[str] = []
        self.failures: list[str] = []
        self.loads = 0
        self.guard.answered.connect(self._on_answered)
        self.guard.blocked.connect(self._on_blocked)
        self.panel.failed.connect(self._on_failed)
        self.panel.page_loaded.connect(self._on_loaded)
        qtbot.addWidget(self.panel)
        self.panel.resize(900, 700)
        self.panel.show()
        qtbot.waitExposed(self.panel)

    @property
    def callback(self) -> str:
        """The address of a good answer to this attempt."""
        state = parse_qs(urlsplit(self.attempt.authorize_url).query)["state"][0]
        if self.profile.grant is Grant.IMPLICIT:
            answer = f"#access_token={TOKEN}&expires_in=86400&token_type=bearer&state={state}"
        else:
            answer = f"?code={CODE}&state={state}"
        return self.profile.redirect_uri + answer

    @property
    def page(self) -> GuardedPage:
        page = self.panel.web_view.page()
        assert isinstance(page, GuardedPage)
        return page

    def open(self, path: str) -> None:
        """Begin to load a page of the login host."""
        self.panel.open(f"{self._host.origin}{path}", self.guard)

    def load(self, path: str) -> None:
        """Load a page of the login host and wait until it is there."""
        before = self.loads
        self.open(path)
        self._qtbot.waitUntil(lambda: self.loads > before, timeout=LOAD_MS)

    def wait_for_answer(self) -> Outcome:
        self._qtbot.waitUntil(lambda: bool(self.outcomes), timeout=LOAD_MS)
        return self.outcomes[0]

    def run(self, script: str) -> object:
        """What a page's own script would come to; run by the test, never by the program."""
        results: list[object] = []
        self.page.runJavaScript(script, results.append)
        self._qtbot.waitUntil(lambda: bool(results), timeout=LOAD_MS)
        return results[0]

    def settle(self) -> None:
        """Let the page paint and make every request that it was about to make."""
        before = len(self._host.paths)
        self.page.runJavaScript(
            "requestAnimationFrame(() => requestAnimationFrame(() => fetch('/settled')))"
        )
        self._qtbot.waitUntil(lambda: "/settled" in self._host.paths[before:], timeout=LOAD_MS)

    def press(self) -> None:
        """Press the left button over the page; Chromium takes none before the first picture."""
        self.settle()
        target = self.panel.web_view.focusProxy()
        assert target is not None
        QTest.mouseClick(target, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))

    def close(self) -> None:
        """The page goes before its profile, and both before the test ends."""
        self.panel.forget()
        self.panel.close()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def _on_answered(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)

    def _on_blocked(self, origin: str) -> None:
        self.blocked.append(origin)

    def _on_failed(self, error: Exception) -> None:
        self.failures.append(str(error))

    def _on_loaded(self) -> None:
        self.loads += 1
