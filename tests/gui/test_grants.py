"""The grants: which is offered, what helps when one is refused, and what is written down of it."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel
from pytestqt.qtbot import QtBot

from desktop_app.core.errors import ClientRefused
from desktop_app.core.signin.oauth import Code
from desktop_app.core.signin.policy import Policy
from desktop_app.core.signin.profiles import Grant, Profile, load_profiles
from desktop_app.core.signin.secret import Secret
from desktop_app.core.signin.session import Session
from desktop_app.gui.assets import Icon
from desktop_app.gui.message_page import MessagePage
from desktop_app.gui.signin.failures import USE_PKCE
from desktop_app.gui.signin.side_panel import SidePanel
from desktop_app.gui.tasks import Tasks
from tests.gui.auth_views import Finishing, Make, words
from tests.gui.guarded import LOAD_MS
from tests.gui.test_ways_in import Browser, press, shown
from tests.gui.web_server import WebServer, page, redirect


@pytest.mark.parametrize("code", ["unauthorized_client", "unsupported_response_type"])
def test_a_client_refused_for_implicit_is_offered_pkce_in_one_click(
    code: str,
    make: Make,
    profile: Profile,
    host: WebServer,
    finishing: Finishing,
    qtbot: QtBot,
) -> None:
    view = make(replace(profile, grant=Grant.IMPLICIT))
    refusal = redirect(f"{profile.redirect_uri}#error={code}")
    host.pages["/oauth/authorize"] = refusal
    view.start()
    qtbot.waitUntil(lambda: ClientRefused.title in words(view), timeout=LOAD_MS)
    assert shown(view, "signInMessageAction") == USE_PKCE
    host.pages["/oauth/authorize"] = page("log in")
    with qtbot.waitSignal(view.page_loaded, timeout=LOAD_MS):
        press(view, "signInMessageAction")
    attempt = view._window.attempt
    assert attempt is not None and "code_challenge=" in attempt.authorize_url


def test_where_implicit_is_forced_no_other_grant_is_offered_in_vain(
    make: Make, profile: Profile, host: WebServer, qtbot: QtBot
) -> None:
    view = make(profile, policy=Policy(grant=Grant.IMPLICIT))
    host.pages["/oauth/authorize"] = redirect(f"{profile.redirect_uri}#error=unauthorized_client")
    view.start()
    qtbot.waitUntil(lambda: ClientRefused.title in words(view), timeout=LOAD_MS)
    assert shown(view, "signInMessageAction") == "Retry"
    assert "ask your administrator" in words(view)


def test_what_the_policy_forces_is_not_written_into_the_persons_file(
    make: Make, profile: Profile, tasks: Tasks, tmp_path: Path
) -> None:
    view = make(replace(profile, grant=Grant.IMPLICIT), policy=Policy(grant=Grant.PKCE))
    used = view.profile
    assert used is not None and used.grant is Grant.PKCE
    view._organisations.keep_pkce(used)
    tasks.close()
    assert not (tmp_path / "profiles.toml").exists()


def test_while_a_history_is_opened_no_other_attempt_begins(
    make: Make, profile: Profile, host: WebServer, qtbot: QtBot
) -> None:
    view = make()
    host.pages["/oauth/authorize"] = page("log in")
    with qtbot.waitSignal(view.page_loaded, timeout=LOAD_MS):
        view.start()
    view.cancel()
    reload, side = view.findChild(QAbstractButton, "reloadLogin"), view.findChild(SidePanel)
    assert reload is not None and side is not None
    reload.setFocus()
    view.say_opening()
    assert not reload.isVisible() and not side.isEnabled()
    QTest.keyClick(view.windowHandle(), Qt.Key.Key_Space)
    assert view._window.attempt is None and "Opening" in words(view)
    page_there = view.findChild(MessagePage, "openingMessage")
    assert page_there is not None and page_there.isEnabled()  # to be read, not grey
    view.say(Icon.WARNING, "It can't be opened", "Try again.", retry=True)
    press(view, "reloadLogin")
    assert view._window.attempt is not None


def test_what_nobody_had_thought_of_is_told_before_the_sign_in_too(
    make: Make, finishing: Finishing, qtbot: QtBot
) -> None:
    finishing.kept = cast(Session, object())
    view = make()
    view.tell("Something unforeseen went wrong.")
    notice = view.findChild(QLabel, "signInNoticeText")
    assert notice is not None and notice.isVisible()
    assert notice.text() == "Something unforeseen went wrong."
    with qtbot.waitSignal(view.signed_in, timeout=LOAD_MS):
        view.start(resume=True)
    assert not notice.isVisible()  # it isn't there any more when the screen comes back


@pytest.mark.parametrize("way", ["window", "browser"])
def test_T29_a_sign_in_that_comes_although_it_was_cancelled_is_signed_out(
    way: str, make: Make, host: WebServer, finishing: Finishing, tasks: Tasks, qtbot: QtBot
) -> None:
    view = make(open_url=Browser())
    host.pages["/oauth/authorize"] = page("log in")
    with qtbot.waitSignal(view.page_loaded, timeout=LOAD_MS):
        view.start()
    if way == "window":
        view._window._on_answered(Code(Secret("abc")))
    else:
        press(view, "useBrowser")
    passed = threading.Event()

    async def after() -> None:
        passed.set()

    tasks.network(after)
    assert passed.wait(10)  # so the session is on its way here, and not here yet
    view.cancel()
    qtbot.waitUntil(lambda: len(finishing.signed_out) == 1)


def test_what_helped_is_written_down(
    make: Make, profile: Profile, host: WebServer, qtbot: QtBot, tmp_path: Path
) -> None:
    view = make(replace(profile, grant=Grant.IMPLICIT))
    host.pages["/oauth/authorize"] = page("log in")
    with qtbot.waitSignal(view.page_loaded, timeout=LOAD_MS):
        view.start()
    with qtbot.waitSignal(view.page_loaded, timeout=LOAD_MS):
        press(view, "switchToPkce")
    attempt = view._window.attempt
    assert attempt is not None
    state = attempt.authorize_url.partition("state=")[2].partition("&")[0]
    host.pages["/oauth/authorize"] = redirect(f"{profile.redirect_uri}?code=abc&state={state}")
    organisations = view._organisations
    with qtbot.waitSignals([view.signed_in, organisations.changed], timeout=LOAD_MS):
        view.web_view.reload()
    assert load_profiles(tmp_path / "profiles.toml")["acme"].grant is Grant.PKCE


def test_implicit_says_when_it_ends_and_pkce_does_not(make: Make, profile: Profile) -> None:
    view = make(replace(profile, grant=Grant.IMPLICIT))
    note = view.findChild(QLabel, "grantNote")
    assert note is not None and "March 2027" in note.text() and shown(view, "switchToPkce")
    view._organisations.offer(profile)
    assert "March 2027" not in note.text() and not shown(view, "switchToPkce")
