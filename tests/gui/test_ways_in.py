"""The ways into an organisation, and when which of them is offered."""

from __future__ import annotations

import os
import signal
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.auth_view import AuthView
from desktop_app.core.errors import LoginUnavailable, ProxySignInNeeded
from desktop_app.core.signin.policy import Policy
from desktop_app.core.signin.profiles import Grant, Profile, Way
from desktop_app.core.signin.session import Session
from desktop_app.gui.notices import NoticeBar
from desktop_app.gui.signin.login_panel import USE_BROWSER
from tests.gui.auth_views import Finishing, Make, words
from tests.gui.guarded import LOAD_MS
from tests.gui.web_server import WebServer, page, redirect

SCRIPT = "<script>{}</script>"


class Browser:
    """Takes addresses as the system's browser would."""

    def __init__(self) -> None:
        self.urls: list[str] = []
        self.takes = True

    def __call__(self, url: str) -> bool:
        self.urls.append(url)
        return self.takes


@pytest.fixture
def browser() -> Browser:
    return Browser()


def press(view: AuthView, name: str) -> None:
    button = view.findChild(QAbstractButton, name)
    assert button is not None and button.isVisible() and button.isEnabled(), name
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def shown(view: AuthView, name: str) -> str:
    """The words on a button; empty where it isn't shown."""
    button = view.findChild(QAbstractButton, name)
    assert button is not None
    return button.text() if button.isVisible() else ""


def press_use_my_browser(view: AuthView, browser: Browser, qtbot: QtBot) -> None:
    assert shown(view, "signInMessageOther") == USE_BROWSER
    press(view, "signInMessageOther")
    qtbot.waitUntil(lambda: len(browser.urls) == 1)


# --- the person's own browser ---------------------------------------------------------------


def test_the_browser_can_be_used_at_any_time(
    make: Make, host: WebServer, finishing: Finishing, browser: Browser, qtbot: QtBot
) -> None:
    finishing.hang = True
    view = make(open_url=browser)
    host.pages["/oauth/authorize"] = page("log in")
    with qtbot.waitSignal(view.page_loaded, timeout=LOAD_MS):
        view.start("acme", hint="ana.ruiz@acme.example")
    press(view, "useBrowser")
    qtbot.waitUntil(lambda: "Sign in with your browser" in words(view))
    assert "hint=ana.ruiz@acme.example" in browser.urls[0]
    press(view, "browserMessageAction")  # open it again
    assert browser.urls == [browser.urls[0]] * 2
    press(view, "browserMessageOther")  # in this window after all
    assert finishing.cancelled.wait(10)
    qtbot.waitUntil(lambda: host.paths.count("/oauth/authorize") == 2, timeout=LOAD_MS)


def test_a_browser_that_brings_an_answer_signs_in(
    make: Make, finishing: Finishing, browser: Browser, qtbot: QtBot
) -> None:
    view = make(open_url=browser)
    with qtbot.waitSignal(view.signed_in, timeout=LOAD_MS):
        press(view, "useBrowser")
    assert [profile.name for profile in finishing.browsed] == ["acme"]


def test_a_computer_without_a_browser_is_told(
    make: Make, finishing: Finishing, browser: Browser, qtbot: QtBot
) -> None:
    finishing.hang = True
    browser.takes = False
    view = make(open_url=browser)
    press(view, "useBrowser")
    qtbot.waitUntil(lambda: "No browser could be opened" in words(view))


def test_a_policy_that_forces_the_browser_opens_no_page_here(
    make: Make, host: WebServer, finishing: Finishing, browser: Browser, qtbot: QtBot
) -> None:
    finishing.hang = True
    view = make(policy=Policy(sign_in=Way.BROWSER), open_url=browser)
    view.start()
    qtbot.waitUntil(lambda: "Sign in with your browser" in words(view))
    assert shown(view, "browserMessageOther") == ""
    assert host.connections == 0


@pytest.mark.parametrize("policy", [Policy(sign_in=Way.VIEW), Policy(grant=Grant.IMPLICIT)])
def test_a_policy_that_forces_the_window_offers_no_browser(
    policy: Policy,
    make: Make,
    host: WebServer,
    finishing: Finishing,
    browser: Browser,
    qtbot: QtBot,
) -> None:
    host.hang.add("/oauth/authorize")
    view = make(policy=policy, open_url=browser, stalled_ms=300)
    assert shown(view, "useBrowser") == ""
    view.start()
    qtbot.waitUntil(lambda: "taking long" in words(view), timeout=LOAD_MS)
    assert shown(view, "signInMessageOther") == ""
    view._on_browser_asked()  # should anything still ask for it
    assert finishing.browsed == [] and browser.urls == []


def test_a_policy_that_forces_a_grant_offers_no_other(make: Make, host: WebServer) -> None:
    view = make(policy=Policy(grant=Grant.IMPLICIT))
    host.pages["/oauth/authorize"] = page("log in")
    assert shown(view, "switchToPkce") == ""
    view._on_pkce_asked()
    attempt = view._window.attempt
    assert attempt is not None and "response_type=token" in attempt.authorize_url


def test_where_no_page_may_be_shown_the_browser_is_offered(
    make: Make, finishing: Finishing, browser: Browser, qtbot: QtBot
) -> None:
    view = make(unsafe="the program runs as root", open_url=browser)
    view.start()
    press_use_my_browser(view, browser, qtbot)


# --- offered by itself ------------------------------------------------------------------------


def test_F24_a_page_that_never_comes_leads_to_the_browser(
    make: Make, host: WebServer, browser: Browser, qtbot: QtBot
) -> None:
    host.hang.add("/oauth/authorize")
    view = make(stalled_ms=300, open_url=browser)
    view.start()
    qtbot.waitUntil(lambda: "taking long" in words(view), timeout=LOAD_MS)
    press_use_my_browser(view, browser, qtbot)


def test_F24_a_page_that_stays_blank_leads_to_the_browser(
    make: Make, host: WebServer, browser: Browser, qtbot: QtBot
) -> None:
    host.pages["/oauth/authorize"] = page("")
    view = make(stalled_ms=300, open_url=browser)
    view.start()
    qtbot.waitUntil(lambda: "stays blank" in words(view), timeout=LOAD_MS)
    press_use_my_browser(view, browser, qtbot)


def test_F24_a_page_that_shows_something_is_left_alone(
    make: Make, host: WebServer, qtbot: QtBot
) -> None:
    host.pages["/oauth/authorize"] = page("<h1>log in</h1>")
    view = make(stalled_ms=300)
    with qtbot.waitSignal(view.page_loaded, timeout=LOAD_MS):
        view.start()
    watchdog = view._panel._watchdog
    assert watchdog.isActive()
    with qtbot.waitSignal(watchdog.timeout, timeout=LOAD_MS):
        pass
    assert words(view) == ""


def test_F23_a_page_that_crashes_is_loaded_once_more_then_the_browser_is_offered(
    make: Make, host: WebServer, browser: Browser, qtbot: QtBot
) -> None:
    host.pages["/oauth/authorize"] = page("log in")
    view = make(open_url=browser)
    with qtbot.waitSignal(view.page_loaded, timeout=LOAD_MS):
        view.start()
    with qtbot.waitSignal(view.page_loaded, timeout=LOAD_MS):
        os.kill(view.web_view.page().renderProcessPid(), signal.SIGKILL)
    assert words(view) == ""
    os.kill(view.web_view.page().renderProcessPid(), signal.SIGKILL)
    qtbot.waitUntil(lambda: "crashed twice" in words(view), timeout=LOAD_MS)
    press_use_my_browser(view, browser, qtbot)


def notice(view: AuthView) -> NoticeBar:
    found = view.findChild(NoticeBar, "loginNoticeBar")
    assert found is not None
    return found


def test_a_page_for_security_keys_offers_the_browser_and_stays(
    make: Make, host: WebServer, browser: Browser, qtbot: QtBot
) -> None:
    host.pages["/oauth/authorize"] = redirect("/signin/verify/webauthn")
    host.pages["/signin/verify/webauthn"] = page("touch your key")
    view = make(open_url=browser)
    with qtbot.waitSignal(view.page_loaded, timeout=LOAD_MS):
        view.start()
    assert "Security keys" in notice(view).text and words(view) == ""
    press(view, "loginNoticeAction")
    qtbot.waitUntil(lambda: len(browser.urls) == 1)


ASK_FOR_KEY = (
    "navigator.credentials.get({publicKey: {challenge: new Uint8Array(16), rpId: 'localhost',"
    " allowCredentials: []}}).catch(error => { document.title = error.name })"
)


def test_a_page_that_asks_for_a_security_key_offers_the_browser(
    make: Make, host: WebServer, profile: Profile, qtbot: QtBot
) -> None:
    host.pages["/oauth/authorize"] = page("key" + SCRIPT.format(ASK_FOR_KEY))
    # Keys belong to names, not to addresses.
    here = replace(profile, login_url=host.origin.replace("127.0.0.1", "localhost"))
    view = make(here)
    with qtbot.waitSignal(view.page_loaded, timeout=LOAD_MS):
        view.start()
    web = view.web_view.page()
    qtbot.waitUntil(
        lambda: bool(notice(view).text) or web.title().endswith("Error"), timeout=LOAD_MS
    )
    if web.title() == "NotSupportedError":
        pytest.skip("Chromium can't reach security keys here and tells nobody but the page")
    assert "Security keys" in notice(view).text


def test_F29_an_authority_file_that_cannot_be_used_is_told_with_its_name(
    make: Make, host: WebServer, tmp_path: Path
) -> None:
    missing = tmp_path / "company.pem"
    view = make(ca_file=missing)
    view.start()
    assert str(missing) in words(view)
    assert host.connections == 0


# --- the network's proxy ----------------------------------------------------------------------


def test_F28_the_proxys_sign_in_is_asked_for_and_tried_again(
    make: Make, finishing: Finishing, browser: Browser, qtbot: QtBot
) -> None:
    finishing.error = ProxySignInNeeded("The proxy asks.", proxy="proxy.example.com:8080")
    view = make(open_url=browser)
    given: list[tuple[str, str, str]] = []
    view.proxy_answered.connect(lambda *answer: given.append(answer))
    press(view, "useBrowser")
    asked = view.findChild(QWidget, "proxyPage")
    assert asked is not None
    qtbot.waitUntil(asked.isVisible)
    finishing.error = LoginUnavailable("Genesys did not answer.")
    for name, text in (("proxyUser", "grace"), ("proxyPassword", "geheim")):
        field = view.findChild(QLineEdit, name)
        assert field is not None
        QTest.keyClicks(field, text)
    press(view, "proxyGoOn")
    assert given == [("proxy.example.com:8080", "grace", "geheim")]
    password = view.findChild(QLineEdit, "proxyPassword")
    assert password is not None and password.text() == ""


def test_without_the_proxys_sign_in_nothing_goes_on_by_itself(make: Make, host: WebServer) -> None:
    view = make()
    view.ask_for_proxy("proxy.example.com:8080")
    press(view, "proxyCancel")
    assert "nothing through" in words(view) and shown(view, "signInMessageAction") == "Retry"
    assert host.connections == 0


@pytest.mark.parametrize("cancel", ["proxyCancel", "setupCancel"])
def test_where_a_way_leads_back_cancel_takes_it(
    cancel: str, make: Make, host: WebServer, qtbot: QtBot
) -> None:
    view = make()
    assert shown(view, "backToHistory") == ""
    view.offer_back(True)
    if cancel == "proxyCancel":
        view.ask_for_proxy("proxy.example.com:8080")
    else:
        view.set_up_another()
    with qtbot.waitSignal(view.back_asked):
        press(view, cancel)
    with qtbot.waitSignal(view.back_asked):
        press(view, "backToHistory")
    assert host.connections == 0
    view.offer_back(False)
    assert shown(view, "backToHistory") == ""


# --- a sign-in that was kept -------------------------------------------------------------------


def test_a_kept_sign_in_needs_no_page(
    make: Make, host: WebServer, finishing: Finishing, qtbot: QtBot
) -> None:
    kept = cast(Session, object())
    finishing.kept = kept
    view = make()
    with qtbot.waitSignal(view.signed_in, timeout=LOAD_MS) as told:
        view.start(resume=True)
    assert told.args == [kept] and host.connections == 0
