"""The guard over navigations: the callback is caught and nothing of it reaches the network."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from desktop_app.core.signin.oauth import Code, Failure, Token
from desktop_app.core.signin.profiles import Grant
from tests.gui.guarded import BIG_LINK, CODE, LOAD_MS, TOKEN, Begin
from tests.gui.web_server import WebServer, page, redirect

WAYS = ("302", "302 after a form", "form", "script", "replace", "meta refresh", "link")


@pytest.mark.parametrize("grant", Grant)
@pytest.mark.parametrize("way", WAYS)
def test_T05_callback_never_reaches_the_network(
    way: str, grant: Grant, host: WebServer, listener: WebServer, begin: Begin, qtbot: QtBot
) -> None:
    login = begin(grant)
    to = login.callback
    host.pages |= {
        "/302": redirect(to),
        "/form": page(
            '<form method="post" action="/302"></form><script>document.forms[0].submit()</script>'
        ),
        "/post": page(
            f'<form method="post" action="{to}"></form><script>document.forms[0].submit()</script>'
        ),
        "/script": page(f"<script>location.href = '{to}'</script>"),
        "/replace": page(f"<script>location.replace('{to}')</script>"),
        "/meta": page(f'<meta http-equiv="refresh" content="0;url={to}">'),
        "/link": page(BIG_LINK.format(to=to, target="_self")),
    }
    start = {
        "302": "/302",
        "302 after a form": "/form",
        "form": "/post",
        "script": "/script",
        "replace": "/replace",
        "meta refresh": "/meta",
        "link": "/link",
    }[way]
    if way == "link":
        login.load(start)
        login.press()
    else:
        login.open(start)
    answer = login.wait_for_answer()
    if grant is Grant.IMPLICIT:
        assert isinstance(answer, Token) and answer.access_token.reveal() == TOKEN
    else:
        assert isinstance(answer, Code) and answer.code.reveal() == CODE
    host.pages["/after"] = page("a page after it")
    login.page.load(QUrl(f"{host.origin}/after"))
    qtbot.waitUntil(lambda: "/after" in host.paths, timeout=LOAD_MS)
    assert (listener.connections, len(login.outcomes)) == (0, 1)


def test_T05_the_listener_counts_what_is_let_through(
    host: WebServer, listener: WebServer, begin: Begin, qtbot: QtBot
) -> None:
    """So that the zeros above mean something."""
    login = begin()
    host.pages["/302"] = redirect(f"{listener.origin}/elsewhere")
    login.open("/302")
    qtbot.waitUntil(lambda: listener.paths == ["/elsewhere"], timeout=LOAD_MS)
    assert listener.connections >= 1 and login.outcomes == []


def test_T04_callback_in_a_frame_is_no_answer(
    host: WebServer, listener: WebServer, begin: Begin, qtbot: QtBot
) -> None:
    login = begin()
    host.pages["/framed"] = page(f'<iframe src="{login.callback}"></iframe>')
    login.load("/framed")
    login.settle()
    assert login.outcomes == []
    assert listener.connections == 0


def test_T04_callback_in_a_popup_is_caught(
    host: WebServer, listener: WebServer, begin: Begin, qtbot: QtBot
) -> None:
    login = begin()
    host.pages["/opener"] = page(BIG_LINK.format(to="/popup", target="_blank"))
    host.pages["/popup"] = redirect(login.callback)
    login.load("/opener")
    login.press()
    assert isinstance(login.wait_for_answer(), Token)
    assert listener.connections == 0


def test_T04_a_popup_stands_under_its_own_origin_and_closes_itself(
    host: WebServer, begin: Begin, qtbot: QtBot
) -> None:
    login = begin()
    host.pages["/opener"] = page(BIG_LINK.format(to="/popup", target="_blank"))
    host.pages["/popup"] = page("a window of the identity provider")
    login.load("/opener")
    login.press()
    qtbot.waitUntil(lambda: "/popup" in host.paths, timeout=LOAD_MS)
    window = login.panel.findChild(QDialog, "loginPopup")
    assert window is not None
    view = window.findChild(QWebEngineView)
    assert view is not None
    qtbot.waitUntil(lambda: view.url().path() == "/popup", timeout=LOAD_MS)
    with qtbot.waitSignal(window.destroyed, timeout=LOAD_MS):
        view.page().runJavaScript("window.close()")


def test_T10_an_error_on_another_page_is_not_believed(
    host: WebServer, listener: WebServer, begin: Begin
) -> None:
    """Neither a query on the login host nor the login host's error route on another host."""
    login = begin()
    host.pages["/idp"] = page("a page with an error of its own")
    listener.pages["/"] = page("another host")
    login.load("/idp?error=access_denied")
    host.pages["/elsewhere"] = redirect(f"{listener.origin}/#/error?errorKey=invalidClientId")
    login.load("/elsewhere")
    assert login.outcomes == [] and login.failures == []


def test_T10_the_login_hosts_own_error_page_is_believed(host: WebServer, begin: Begin) -> None:
    login = begin()
    host.pages["/start"] = redirect(f"{host.origin}/#/error?errorKey=invalidClientId")
    host.pages["/"] = page("an error page")
    login.open("/start")
    assert isinstance(login.wait_for_answer(), Failure)


def test_T13_an_identity_provider_without_tls_is_blocked(
    host: WebServer, begin: Begin, qtbot: QtBot
) -> None:
    login = begin(loopback_only=False)
    host.pages["/start"] = redirect("http://idp.example.com/login?secret=1")
    login.open("/start")
    qtbot.waitUntil(lambda: bool(login.blocked), timeout=LOAD_MS)
    assert login.blocked == ["http://idp.example.com"]


@pytest.mark.parametrize(
    "target", ["file:///etc/hostname", "data:text/html,x", "chrome://version", "qrc:/x"]
)
def test_T22_other_schemes_are_blocked(
    target: str, host: WebServer, begin: Begin, qtbot: QtBot
) -> None:
    login = begin()
    host.pages["/start"] = page("a page")
    login.load("/start")
    login.page.load(QUrl(target))
    qtbot.waitUntil(lambda: bool(login.blocked), timeout=LOAD_MS)
    assert login.page.url().path() == "/start"
    assert login.failures == []


def test_T22_a_page_cannot_lead_to_a_file(host: WebServer, begin: Begin, tmp_path: Path) -> None:
    secret = tmp_path / "secret.html"
    secret.write_text("<title>secret</title>")
    login = begin()
    host.pages["/start"] = page(f"<script>location.href = '{secret.as_uri()}'</script>")
    login.load("/start")
    login.settle()
    assert login.page.url().path() == "/start" and login.page.title() != "secret"
