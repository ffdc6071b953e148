"""Driving the whole application as a person does, against a practice organisation."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from typing import TypeVar
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, Qt, SignalInstance
from PySide6.QtTest import QTest
from PySide6.QtWebEngineCore import QWebEngineProfile
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.exceptions import TimeoutError as NothingCame
from pytestqt.qtbot import QtBot

from desktop_app.application import Application, Options
from desktop_app.core.history.clock import Clock, Interval
from desktop_app.core.signin.profiles import Grant, Profile
from desktop_app.history_view import HistoryView
from desktop_app.main_window import MainWindow
from desktop_app.practice.server import PracticeServer

Found = TypeVar("Found", bound=QObject)

WAIT_MS = 30_000
MOST_TRIES = 4
SUPERVISOR = ("grace.obi@acme.example", "practice-supervisor")


def profile_for(server: PracticeServer, grant: Grant = Grant.IMPLICIT) -> Profile:
    clients = server.description["clients"]
    assert isinstance(clients, dict)
    client = clients[grant.value]
    return Profile(
        name="acme",
        login_url=server.login_url,
        api_url=server.api_url,
        client_id=client["client_id"],
        grant=grant,
        redirect_uri=client["redirect_uri"],
        timezone="Europe/London",
    )


def options_for(server: PracticeServer, grant: Grant = Grant.IMPLICIT) -> Options:
    """The window of a person whose profile file names this server."""
    profile = profile_for(server, grant)
    return Options(
        profiles={profile.name: profile},
        chosen=profile.name,
        mode="light",
        interval=whole_interval(server),
    )


def whole_interval(server: PracticeServer) -> Interval:
    return Clock(ZoneInfo("UTC")).parse_interval(str(server.description["interval"]))


def account(server: PracticeServer, role: str) -> tuple[str, str]:
    """E-mail address and password of the account with this role."""
    users = server.description["users"]
    assert isinstance(users, list)
    user = next(user for user in users if user["role"] == role)
    return user["email"], user["password"]


class Person:
    """Looks at the windows and acts on them with keys and the mouse."""

    def __init__(
        self,
        app: QApplication,
        qtbot: QtBot,
        options: Options,
    ) -> None:
        self._qtbot = qtbot
        self.application = Application(app, options)
        self.window: MainWindow = self.application.window
        self.login_pages = 0
        self.window.auth_view.page_loaded.connect(self._on_login_page)

    def _on_login_page(self) -> None:
        self.login_pages += 1

    # --- eyes ---------------------------------------------------------------------------------

    def wait(self, happened: Callable[[], bool]) -> None:
        self._qtbot.waitUntil(happened, timeout=WAIT_MS)

    def wait_signal(self, signal: SignalInstance) -> AbstractContextManager[object]:
        return self._qtbot.waitSignal(signal, timeout=WAIT_MS)

    def find(self, kind: type[Found], name: str) -> Found:
        found = self.window.findChild(kind, name)
        assert found is not None, f"no {kind.__name__} named {name}"
        return found

    @property
    def history(self) -> HistoryView:
        view = self.window.history_view
        assert view is not None
        return view

    @property
    def words(self) -> str:
        """The sentence that stands in place of the login page."""
        found = self.window.findChild(QWidget, "signInMessage")
        assert found is not None
        return found.accessibleName()

    @property
    def at_sign_in(self) -> bool:
        return self.window.auth_view.isVisible()

    def is_read(self) -> bool:
        view = self.window.history_view
        return (
            view is not None
            and view.coverage is not None
            and not view.feed.running
            and not view.refreshing
            and not view.model.busy
        )

    def has_other_history(self, first: HistoryView) -> bool:
        """Whether another person's history has taken the place of ``first``."""
        view = self.window.history_view
        return view is not None and view is not first and view.isVisible()

    def ids(self) -> list[str]:
        """The conversation ids of all rows, in the table's order."""
        model = self.history.model
        rows: list[tuple[str, ...]] = []
        job = model.read_texts(range(model.rowCount()), ["conversation_id"])
        ended: list[bool] = []
        job.succeeded.connect(rows.extend)
        job.ended.connect(lambda: ended.append(True))
        self.wait(lambda: bool(ended))
        return [row[0] for row in rows]

    # --- hands --------------------------------------------------------------------------------

    def open(self) -> None:
        self.application.show()
        self.window.activateWindow()

    def start(self) -> None:
        """Open the window and wait for the first login page."""
        self.open()
        self.wait(lambda: self.login_pages > 0)

    def _login_page(self) -> QWidget:
        """The login page's widget, once a field of it takes text."""

        def ready() -> bool:
            web = self.window.findChild(QWebEngineView, "loginPage")
            return web is not None and web.isVisible() and _takes_text(web.focusProxy())

        self.wait(ready)
        page = self.window.auth_view.web_view.focusProxy()
        assert page is not None
        return page

    def type_login(self, email: str, password: str) -> None:
        """Into the login page's form, whose first field has the caret."""
        page = self._login_page()
        if email:
            QTest.keyClicks(page, email)
            QTest.keyClick(page, Qt.Key.Key_Tab)
        QTest.keyClicks(page, password)
        QTest.keyClick(page, Qt.Key.Key_Return)

    def sign_in(self, email: str = SUPERVISOR[0], password: str = SUPERVISOR[1]) -> None:
        """Type the login and wait until the history stands there."""
        with self.wait_signal(self.window.signed_in):
            self.type_login(email, password)

    def correct_password(self, password: str = SUPERVISOR[1]) -> None:
        """Type the password into a login page that has come back with the address filled in.

        A page that replaces another takes keys only from its first frame on, and nothing outside
        tells when that is.  So this does as a person does: types again if nothing came of it.
        """
        signed_in: list[object] = []
        self.window.signed_in.connect(signed_in.append)
        for _ in range(MOST_TRIES):
            pages = self.login_pages
            self.type_login("", password)
            with contextlib.suppress(NothingCame):
                self._qtbot.waitUntil(
                    partial(self._came_of_it, signed_in, pages), timeout=WAIT_MS // MOST_TRIES
                )
            if signed_in:
                return
        raise AssertionError("the right password was never taken")

    def _came_of_it(self, signed_in: list[object], pages: int) -> bool:
        return bool(signed_in) or self.login_pages > pages

    def press(self, name: str) -> None:
        """Press a button that can be seen."""
        button = self.find(QAbstractButton, name)
        self.wait(button.isVisible)
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def clear_address(self) -> None:
        """Empty the address that the login page has filled in; the caret stands behind it."""
        page = self._login_page()
        QTest.keyClick(page, Qt.Key.Key_Tab, Qt.KeyboardModifier.ShiftModifier)
        QTest.keyClick(page, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClick(page, Qt.Key.Key_Backspace)

    def forget_cookies(self) -> None:
        """What the login host does when its own session is over."""
        profile = self.window.findChild(QWebEngineProfile)
        assert profile is not None
        with self.wait_signal(profile.cookieStore().cookieRemoved):
            profile.cookieStore().deleteAllCookies()

    def sign_out(self) -> None:
        with self.wait_signal(self.window.signed_out):
            self.window.sign_out()

    def leave(self) -> None:
        self.application.close()
        self.application.setParent(None)
        self.window.deleteLater()


def _takes_text(widget: QWidget | None) -> bool:
    return widget is not None and bool(widget.inputMethodQuery(Qt.InputMethodQuery.ImEnabled))
