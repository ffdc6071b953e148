"""What tests of windows share: the theme's clothes and the application's threads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_app.auth_view import AuthView
from desktop_app.core.history.store import Store
from desktop_app.core.history.vault import memory_store
from desktop_app.core.signin.policy import Policy
from desktop_app.core.signin.profiles import Grant, Profile
from desktop_app.gui.history.history_model import HistoryModel
from desktop_app.gui.history.table import HistoryTable
from desktop_app.gui.signin.organisations import Organisations
from desktop_app.gui.signin.surroundings import Surroundings
from desktop_app.gui.tasks import Tasks
from desktop_app.gui.theme import Theme
from tests.gui.auth_views import Finishing, Make
from tests.gui.guarded import Begin, Login
from tests.gui.stored_contacts import ALL, add, model_over, read, rest
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
def store() -> Iterator[Store]:
    """Three contacts, the newest is Li's."""
    made = memory_store("a test")
    add(made, "Ana", "Boris", "Li")
    yield made
    made.close()


@pytest.fixture
def model(tasks: Tasks, store: Store, qtbot: QtBot) -> HistoryModel:
    """Shows all that the store has."""
    made = model_over(tasks, store)
    made.show(ALL)
    rest(qtbot, made)
    return made


@pytest.fixture
def table(model: HistoryModel, theme: Theme, qtbot: QtBot) -> HistoryTable:
    """Its cells have been read."""
    made = HistoryTable(theme)
    qtbot.addWidget(made)
    made.show_model(model)
    made.resize(800, 300)
    made.show()
    qtbot.waitExposed(made)
    read(qtbot, model)
    return made


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


@pytest.fixture
def finishing() -> Finishing:
    return Finishing()


@pytest.fixture
def profile(host: WebServer, listener: WebServer) -> Profile:
    """Its login page answers at once, as for somebody whom the login host remembers."""
    return Profile(
        name="acme",
        login_url=host.origin,
        api_url=host.origin,
        client_id="client",
        grant=Grant.PKCE,
        redirect_uri=f"{listener.origin}/oauth2/callback",
    )


@pytest.fixture
def make(
    profile: Profile,
    finishing: Finishing,
    tasks: Tasks,
    theme: Theme,
    qtbot: QtBot,
    tmp_path: Path,
) -> Iterator[Make]:
    views: list[AuthView] = []

    def made(
        *profiles: Profile,
        policy: Policy | None = None,
        none: bool = False,
        unsafe: str = "",
        ca_file: Path | None = None,
        **options: Any,
    ) -> AuthView:
        organisations = Organisations(
            () if none else profiles or (profile,),
            tmp_path / "profiles.toml",
            policy or Policy(),
            tasks,
        )
        view = AuthView(
            organisations,
            finishing,
            tasks,
            theme,
            surroundings=Surroundings(loopback_only=True, unsafe=unsafe, ca_file=ca_file),
            **options,
        )
        organisations.setParent(view)
        qtbot.addWidget(view)
        view.resize(1200, 700)
        view.show()
        views.append(view)
        return view

    yield made
    for view in views:
        view.forget()
