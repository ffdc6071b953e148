"""The sign-in screen: which attempts it begins, refuses and ends, and in which words."""

from __future__ import annotations

import dataclasses

import pytest
from PySide6.QtWidgets import QComboBox, QLabel
from pytestqt.qtbot import QtBot

from desktop_app.auth_view import AuthView
from desktop_app.core.errors import WrongOrganisation
from desktop_app.core.signin.oauth import Code
from desktop_app.core.signin.profiles import Profile
from desktop_app.gui.signin.surroundings import Surroundings
from tests.gui.auth_views import Finishing, Make, words
from tests.gui.guarded import LOAD_MS
from tests.gui.web_server import WebServer, page, redirect


def answer_at_once(host: WebServer, view: AuthView) -> None:
    """From now on the login host sends everybody back with a code."""
    attempt = view._window.attempt
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


@pytest.mark.parametrize("unsafe", ["", "the program runs as root"])
@pytest.mark.parametrize("other_way", [True, False])
def test_the_browser_is_named_as_a_way_on_only_where_it_is_one(
    unsafe: str, other_way: bool, profile: Profile
) -> None:
    elsewhere = dataclasses.replace(profile, login_url="https://login.example.com")
    surroundings = Surroundings(unsafe=unsafe, loopback_only=True, other_way=other_way)
    assert ("your browser" in str(surroundings.refusal(elsewhere))) is other_way


def test_without_a_profile_the_set_up_page_is_shown(make: Make) -> None:
    view = make(none=True)
    view.start()
    assert view.set_up.page.isVisible()


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
    attempt = view._window.attempt
    assert attempt is not None
    assert "login_hint=ana.ruiz%40acme.example" in attempt.authorize_url
