"""How login pages and their profile go: the profile last, whatever happens to the window (T14)."""

from __future__ import annotations

import pytest
import shiboken6
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWebEngineCore import QWebEnginePage, QWebEngineProfile
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from desktop_app.gui.signin.login_panel import POPUP, LoginPanel
from desktop_app.gui.signin.surroundings import Surroundings
from desktop_app.gui.theme import Theme
from tests.gui.guarded import BIG_LINK, LOAD_MS, Begin, Login
from tests.gui.web_server import WebServer, page


def open_popup(login: Login, host: WebServer, qtbot: QtBot) -> None:
    host.pages["/opener"] = page(BIG_LINK.format(to="/popup", target="_blank"))
    host.pages["/popup"] = page("a window of the identity provider")
    login.load("/opener")
    login.press()
    qtbot.waitUntil(lambda: login.panel.findChild(QDialog, POPUP) is not None, timeout=LOAD_MS)


def written_down(panel: LoginPanel) -> list[str]:
    """How pages and their profile go, one after the other, from now on."""
    order: list[str] = []
    for each in panel.findChildren(QWebEnginePage):
        each.destroyed.connect(lambda: order.append("page"))
    profile = panel.findChild(QWebEngineProfile)
    assert profile is not None
    profile.destroyed.connect(lambda: order.append("profile"))
    return order


def destroy(login: Login, theme: Theme) -> None:
    """The panel with all that it holds goes, as its window would take it along."""
    panel, login.panel = login.panel, LoginPanel(theme, Surroundings(loopback_only=True))
    shiboken6.delete(panel)


@pytest.mark.parametrize("how", ["forgotten", "closed, then forgotten", "destroyed"])
def test_T14_no_page_outlives_its_profile(
    how: str, host: WebServer, begin: Begin, theme: Theme, qtbot: QtBot
) -> None:
    """Chromium says to expect troubles then, and has them."""
    login = begin()
    open_popup(login, host, qtbot)
    order = written_down(login.panel)
    if how == "destroyed":
        destroy(login, theme)
    else:
        if how == "closed, then forgotten":
            login.panel.close_page()
        login.panel.forget()
    qtbot.waitUntil(lambda: "profile" in order, timeout=LOAD_MS)
    assert order == ["page", "page", "profile"]


def test_T14_a_page_whose_end_is_put_off_keeps_its_profile(
    host: WebServer, begin: Begin, qtbot: QtBot
) -> None:
    """Qt puts deletions off that were asked for before a loop inside the loop began."""
    login = begin()
    open_popup(login, host, qtbot)
    order = written_down(login.panel)
    inner = QEventLoop()

    def leave() -> None:
        login.panel.close_page()
        QTimer.singleShot(0, login.panel, forget)
        inner.exec()

    def forget() -> None:
        login.panel.forget()
        QTimer.singleShot(0, login.panel, lambda: QTimer.singleShot(0, inner, inner.quit))

    QTimer.singleShot(0, login.panel, leave)
    qtbot.waitUntil(lambda: "profile" in order, timeout=LOAD_MS)
    assert order == ["page", "page", "profile"]
