"""What tests of windows share: the theme's clothes and the application's threads."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_app.core.signin.profiles import Grant
from desktop_app.gui.tasks import Tasks
from desktop_app.gui.theme import Theme
from tests.gui.guarded import Begin, Login
from tests.gui.web_server import WebServer


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    made = Theme(qapp, "light")
    yield made
    qapp.setStyleSheet("")
    made.setParent(None)


@pytest.fixture
def tasks(qapp: QApplication) -> Iterator[Tasks]:
    made = Tasks()
    yield made
    made.close()


@pytest.fixture
def host() -> Iterator[WebServer]:
    """The login host."""
    with WebServer() as server:
        yield server


@pytest.fixture
def listener() -> Iterator[WebServer]:
    """Stands where the callback points; whatever connects to it is counted."""
    with WebServer() as server:
        yield server


@pytest.fixture
def begin(host: WebServer, listener: WebServer, theme: Theme, qtbot: QtBot) -> Iterator[Begin]:
    """Begins logins, whose pages are gone before the test ends."""
    logins: list[Login] = []

    def made(grant: Grant = Grant.IMPLICIT, *, loopback_only: bool = True) -> Login:
        login = Login(host, listener, theme, qtbot, grant=grant, loopback_only=loopback_only)
        logins.append(login)
        return login

    yield made
    for login in logins:
        login.close()
