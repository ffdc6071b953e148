"""The sign-in screen: which attempts it begins, refuses and ends, and in which words."""

from __future__ import annotations

import asyncio
import dataclasses
import threading
from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest
from PySide6.QtWidgets import QComboBox, QLabel, QStackedWidget
from pytestqt.qtbot import QtBot

from desktop_app.auth_view import AuthView
from desktop_app.core.errors import WrongOrganisation
from desktop_app.core.signin.oauth import Attempt, Code, Token
from desktop_app.core.signin.profiles import Grant, Profile
from desktop_app.core.signin.session import Session
from desktop_app.gui.message_page import MessagePage
from desktop_app.gui.tasks import Tasks
from desktop_app.gui.theme import Theme
from tests.gui.guarded import LOAD_MS
from tests.gui.web_server import WebServer, page, redirect


class Finishing:
    """Stands for the check of a token; ends as the test says."""

    def __init__(self) -> None:
        self.given: list[Token | Code] = []
        self.error: Exception | None = None
        self.hang = False
        self.cancelled = threading.Event()

    async def __call__(self, profile: Profile, attempt: Attempt, answer: Token | Code) -> Session:
        self.given.append(answer)
        if self.hang:
            try:
                await asyncio.Event().wait()
            finally:
                self.cancelled.set()
        if self.error is not None:
            raise self.error
        return cast(Session, object())


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


Make = Callable[..., AuthView]


@pytest.fixture
def make(
    profile: Profile, finishing: Finishing, tasks: Tasks, theme: Theme, qtbot: QtBot
) -> Iterator[Make]:
    views: list[AuthView] = []

    def made(*profiles: Profile, **options: Any) -> AuthView:
        view = AuthView(
            profiles or (profile,),
            tasks,
            theme,
            finishing,
            profile_file="profiles.toml",
            loopback_only=options.pop("loopback_only", True),
            **options,
        )
        qtbot.addWidget(view)
        view.resize(1200, 700)
        view.show()
        views.append(view)
        return view

    yield made
    for view in views:
        view.forget()


def words(view: AuthView) -> str:
    """The sentence that is shown, empty while the login page is."""
    message = view.findChild(MessagePage)
    assert message is not None
    stack = message.parentWidget()
    assert isinstance(stack, QStackedWidget)
    return message.text if stack.currentWidget() is message else ""


def answer_at_once(host: WebServer, view: AuthView) -> None:
    """From now on the login host sends everybody back with a code."""
    attempt = view._attempt
    assert attempt is not None
    state = attempt.authorize_url.partition("state=")[2].partition("&")[0]
    to = f"{attempt.profile.redirect_uri}?code=abc&state={state}"
    host.pages["/oauth/authorize"] = redirect(to)


def test_a_callback_becomes_a_checked_session(
    make: Make, host: WebServer, listener: WebServer, finishing: Finishing, qtbot: QtBot
) -> None:
    view = make()
    host.pages["/oauth/authorize"] = page("log in")
    with qtbot.waitSignal(view.page_loaded, timeout=LOAD_MS):
        view.start()
    answer_at_once(host, view)
    with qtbot.waitSignals([view.callback_seen, view.signed_in], timeout=LOAD_MS):
        view.web_view.reload()
    assert [type(answer) for answer in finishing.given] == [Code]
    assert listener.connections == 0


def test_a_token_that_does_not_pass_the_check_is_told(
    make: Make, host: WebServer, finishing: Finishing, qtbot: QtBot
) -> None:
    finishing.error = WrongOrganisation("This sign-in was given for another application.")
    view = make()
    sessions: list[object] = []
    view.signed_in.connect(sessions.append)
    host.pages["/oauth/authorize"] = page("log in")
    with qtbot.waitSignal(view.page_loaded, timeout=LOAD_MS):
        view.start()
    answer_at_once(host, view)
    view.web_view.reload()
    qtbot.waitUntil(lambda: "another application" in words(view), timeout=LOAD_MS)
    assert words(view).startswith(WrongOrganisation.title)
    assert sessions == []


def test_leaving_while_a_token_is_checked_ends_the_check(
    make: Make, host: WebServer, finishing: Finishing, qtbot: QtBot
) -> None:
    finishing.hang = True
    view = make()
    host.pages["/oauth/authorize"] = page("log in")
    with qtbot.waitSignal(view.page_loaded, timeout=LOAD_MS):
        view.start()
    answer_at_once(host, view)
    with qtbot.waitSignal(view.callback_seen, timeout=LOAD_MS):
        view.web_view.reload()
    qtbot.waitUntil(lambda: len(finishing.given) == 1)
    view.forget()
    assert finishing.cancelled.wait(10)


def test_T16_no_page_is_opened_where_it_would_be_unsafe(
    make: Make, host: WebServer, qtbot: QtBot
) -> None:
    view = make(unsafe="the program runs as root")
    view.start()
    assert "because the program runs as root" in words(view)
    assert host.connections == 0


def test_T16_a_window_without_sandbox_signs_in_on_this_computer_only(
    make: Make, profile: Profile, host: WebServer
) -> None:
    elsewhere = dataclasses.replace(profile, login_url="https://login.example.com")
    view = make(elsewhere)
    view.start()
    assert "without the browser's sandbox" in words(view)
    assert host.connections == 0


def test_without_a_profile_the_way_to_one_is_told(
    tasks: Tasks, theme: Theme, finishing: Finishing, qtbot: QtBot
) -> None:
    view = AuthView((), tasks, theme, finishing, profile_file="profiles.toml", loopback_only=True)
    qtbot.addWidget(view)
    view.show()
    view.start()
    assert "profiles.toml" in words(view) and "practice organisation" in words(view)


def test_another_organisation_begins_without_the_cookies_of_the_one_before(
    make: Make, profile: Profile, host: WebServer, qtbot: QtBot
) -> None:
    view = make(profile, dataclasses.replace(profile, name="other"))
    host.pages["/oauth/authorize"] = dataclasses.replace(
        page("log in"), headers={"Set-Cookie": "session=1"}
    )
    with qtbot.waitSignal(view.page_loaded, timeout=LOAD_MS):
        view.start()
    before = view.web_view.page().profile()
    organisations = view.findChild(QComboBox, "organisation")
    assert organisations is not None
    with qtbot.waitSignals([view.page_loaded, before.destroyed], timeout=LOAD_MS):
        organisations.setCurrentIndex(1)
        organisations.activated.emit(1)
    assert view.profile is not None and view.profile.name == "other"


def test_why_and_for_whom_signing_in_is_asked_again(
    make: Make, host: WebServer, qtbot: QtBot
) -> None:
    view = make()
    host.pages["/oauth/authorize"] = page("log in")
    with qtbot.waitSignal(view.page_loaded, timeout=LOAD_MS):
        view.start("acme", hint="ana.ruiz@acme.example", why="Your sign-in has ended.")
    why = view.findChild(QLabel, "whySignIn")
    assert why is not None and why.isVisible() and why.text() == "Your sign-in has ended."
    assert view._attempt is not None
    assert "login_hint=ana.ruiz%40acme.example" in view._attempt.authorize_url
