"""What a login page may not do, leave or be given."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWebEngineCore import (
    QWebEngineDownloadRequest,
    QWebEnginePermission,
    QWebEngineProfile,
)
from PySide6.QtWebEngineCore import QWebEngineSettings as Settings
from PySide6.QtWidgets import QDialog, QLabel, QStackedWidget, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.gui.message_page import MessagePage
from tests.gui.guarded import BIG_LINK, LOAD_MS, Begin
from tests.gui.web_server import Answer, WebServer, page

Attribute = Settings.WebAttribute
Permission = QWebEnginePermission.PermissionType
CANARY = "canary-9f3e-of-the-page"


def all_files(*folders: Path) -> set[Path]:
    return {path for folder in folders for path in folder.rglob("*") if path.is_file()}


def profile_of(widget: QWidget) -> QWebEngineProfile:
    profile = widget.findChild(QWebEngineProfile)
    assert profile is not None
    return profile


def test_T14_nothing_of_a_login_is_left_on_disk(
    host: WebServer, begin: Begin, qtbot: QtBot
) -> None:
    folders = [Path(os.environ["HOME"]), Path(tempfile.gettempdir()) / "QtWebEngine"]
    before = all_files(*folders)
    login = begin()
    host.pages["/start"] = Answer(
        f"<title>{CANARY}</title><script>localStorage.setItem('c', '{CANARY}');"
        "indexedDB.open('db'); caches.open('c')</script>",
        headers={"Set-Cookie": f"session={CANARY}; Max-Age=86400", "Cache-Control": "max-age=600"},
    )
    login.load("/start")
    assert login.run("document.cookie + localStorage.getItem('c')") == f"session={CANARY}{CANARY}"
    profile = profile_of(login.panel)
    assert profile.isOffTheRecord()
    with qtbot.waitSignal(profile.destroyed, timeout=LOAD_MS):
        login.panel.forget()
    left = all_files(*folders) - before
    assert [path for path in left if CANARY.encode() in path.read_bytes()] == []
    assert [path for path in left if "WebEngine" in str(path)] == []


def test_T14_another_login_begins_without_the_cookies_of_the_last(
    host: WebServer, begin: Begin
) -> None:
    login = begin()
    host.pages["/start"] = Answer("x", headers={"Set-Cookie": "session=1"})
    host.pages["/again"] = page("x")
    login.load("/start")
    login.load("/again")
    assert login.run("document.cookie") == "session=1"
    login.panel.forget()
    login.load("/again")
    assert login.run("document.cookie") == ""


REQUESTS = {
    Permission.Geolocation: "new Promise((d, e) => navigator.geolocation.getCurrentPosition(d, e))",
    Permission.Notifications: "Notification.requestPermission()",
    Permission.MediaAudioCapture: "navigator.mediaDevices.getUserMedia({audio: true})",
    Permission.MediaVideoCapture: "navigator.mediaDevices.getUserMedia({video: true})",
    Permission.MediaAudioVideoCapture: (
        "navigator.mediaDevices.getUserMedia({audio: true, video: true})"
    ),
    Permission.DesktopVideoCapture: "navigator.mediaDevices.getDisplayMedia({video: true})",
    Permission.DesktopAudioVideoCapture: (
        "navigator.mediaDevices.getDisplayMedia({video: true, audio: true})"
    ),
    Permission.MouseLock: "document.body.requestPointerLock()",
    Permission.ClipboardReadWrite: "navigator.clipboard.readText()",
    Permission.LocalFontsAccess: "queryLocalFonts().then(f => f.length ? f : 'denied')",
}


@pytest.mark.qt_log_ignore("capturing is not available", extend=True)
@pytest.mark.parametrize("kind", REQUESTS, ids=lambda kind: kind.name)
def test_T18_every_permission_is_denied(
    kind: Permission, host: WebServer, begin: Begin, qtbot: QtBot
) -> None:
    """The page asks at a press of the mouse, as some need; it may not have what it asks for."""
    host.pages["/start"] = page(
        "<div style='height:600px'>press</div><script>"
        "document.addEventListener('mousedown', async () => {"
        f" try {{ const said = await {REQUESTS[kind]};"
        "   document.title = said === 'denied' ? said : 'granted' }"
        " catch (error) { document.title = 'denied' } })</script>"
    )
    login = begin()
    login.load("/start")
    login.press()
    qtbot.waitUntil(lambda: login.page.title() != "page", timeout=LOAD_MS)
    assert login.page.title() == "denied"


def test_T18_all_types_that_there_are_were_asked_for() -> None:
    assert set(REQUESTS) == set(Permission) - {Permission.Unsupported}


@pytest.mark.parametrize("name", ["report.exe", "../../escape.txt", "%2e%2e%2fescape.txt"])
def test_T19_downloads_are_cancelled_and_write_no_file(
    name: str, host: WebServer, begin: Begin, qtbot: QtBot, tmp_path: Path
) -> None:
    host.pages["/start"] = page(BIG_LINK.format(to="/file", target="_self"))
    host.pages["/file"] = Answer(
        CANARY,
        headers={
            "Content-Type": "application/octet-stream",
            "Content-Disposition": f'attachment; filename="{name}"',
        },
    )
    login = begin()
    login.load("/start")
    profile = profile_of(login.panel)
    profile.setDownloadPath(str(tmp_path / "downloads"))
    asked: list[QWebEngineDownloadRequest] = []
    profile.downloadRequested.connect(asked.append)
    login.press()
    qtbot.waitUntil(lambda: bool(asked), timeout=LOAD_MS)
    cancelled = QWebEngineDownloadRequest.DownloadState.DownloadCancelled
    qtbot.waitUntil(lambda: asked[0].state() == cancelled)  # what was under way is told first
    login.settle()
    assert all_files(tmp_path, Path(os.environ["HOME"])) == set()


class HandOffs(QObject):
    """Stands in for the operating system's handlers of addresses."""

    taken = Signal(QUrl)

    def __init__(self) -> None:
        super().__init__()
        self.urls: list[str] = []

    @Slot(QUrl)
    def take(self, url: QUrl) -> None:
        self.urls.append(url.toString())


@pytest.fixture
def hand_offs() -> Iterator[HandOffs]:
    handler = HandOffs()
    schemes = ("vendor-app", "mailto", "tel")
    # The stubs say bytes, the call takes a name.
    register: Callable[..., None] = QDesktopServices.setUrlHandler
    for scheme in schemes:
        register(scheme, handler, "take")
    yield handler
    for scheme in schemes:
        QDesktopServices.unsetUrlHandler(scheme)


def test_T20_the_handler_would_be_called(hand_offs: HandOffs) -> None:
    QDesktopServices.openUrl(QUrl("vendor-app://x"))
    assert hand_offs.urls == ["vendor-app://x"]


@pytest.mark.parametrize("scheme", ["vendor-app", "mailto", "tel"])
def test_T20_an_address_of_another_program_is_not_handed_over(
    scheme: str, host: WebServer, begin: Begin, hand_offs: HandOffs
) -> None:
    to = f"{scheme}:token={CANARY}"
    host.pages["/start"] = page(BIG_LINK.format(to=to, target="_self"))
    login = begin()
    login.load("/start")
    login.press()
    login.settle()
    login.page.runJavaScript(f"location.href = '{to}'")
    login.settle()
    assert hand_offs.urls == []
    assert login.page.url().path() == "/start"


OFF = (
    Attribute.AllowGeolocationOnInsecureOrigins,
    Attribute.AllowRunningInsecureContent,
    Attribute.AllowWindowActivationFromJavaScript,
    Attribute.AutoLoadIconsForPage,
    Attribute.BackForwardCacheEnabled,
    Attribute.DnsPrefetchEnabled,
    Attribute.ErrorPageEnabled,
    Attribute.FullScreenSupportEnabled,
    Attribute.HyperlinkAuditingEnabled,
    Attribute.JavascriptCanAccessClipboard,
    Attribute.JavascriptCanPaste,
    Attribute.LocalContentCanAccessFileUrls,
    Attribute.LocalContentCanAccessRemoteUrls,
    Attribute.NavigateOnDropEnabled,
    Attribute.PdfViewerEnabled,
    Attribute.PluginsEnabled,
    Attribute.ScreenCaptureEnabled,
    Attribute.WebGLEnabled,
)


def test_T21_risky_settings_are_off_for_profile_and_page(host: WebServer, begin: Begin) -> None:
    login = begin()
    host.pages["/start"] = page("x")
    login.load("/start")
    for settings in (login.page.settings(), profile_of(login.panel).settings()):
        assert [attribute for attribute in OFF if settings.testAttribute(attribute)] == []
        assert settings.testAttribute(Attribute.WebRTCPublicInterfacesOnly)
        assert (
            settings.unknownUrlSchemePolicy()
            == Settings.UnknownUrlSchemePolicy.DisallowUnknownUrlSchemes
        )
    assert login.page.settings().testAttribute(Attribute.JavascriptEnabled)


def test_T23_nothing_is_put_into_the_page(host: WebServer, begin: Begin) -> None:
    login = begin()
    host.pages["/start"] = page("x")
    login.load("/start")
    assert login.page.scripts().count() == 0
    assert profile_of(login.panel).scripts().count() == 0
    assert login.page.webChannel() is None


def test_T26_what_a_page_prints_is_not_repeated(
    host: WebServer, begin: Begin, capfd: pytest.CaptureFixture[str]
) -> None:
    login = begin()
    host.pages["/start"] = page(
        f"<script>for (const say of ['log', 'warn', 'error', 'info']) console[say]('{CANARY}');"
        f"setTimeout(() => {{ throw new Error('{CANARY}') }})</script>"
    )
    login.load("/start")
    login.settle()
    said = capfd.readouterr()
    assert CANARY not in said.out + said.err


def message(panel: QWidget) -> MessagePage:
    found = panel.findChild(MessagePage)
    assert found is not None
    return found


def shows_page(panel: QWidget) -> bool:
    stack = panel.findChild(QStackedWidget)
    assert stack is not None
    return stack.currentWidget() is not message(panel)


def test_F23_a_killed_renderer_is_reloaded_once_and_then_told(
    host: WebServer, begin: Begin, qtbot: QtBot
) -> None:
    login = begin()
    host.pages["/start"] = page("x")
    login.load("/start")
    os.kill(login.page.renderProcessPid(), signal.SIGKILL)
    qtbot.waitUntil(lambda: login.loads == 2, timeout=LOAD_MS)
    assert login.failures == [] and shows_page(login.panel)
    os.kill(login.page.renderProcessPid(), signal.SIGKILL)
    qtbot.waitUntil(lambda: bool(login.failures), timeout=LOAD_MS)
    assert "crashed twice" in login.failures[0] and len(login.failures) == 1
    assert login.loads == 2


def test_F25_our_own_refusal_is_no_failure(host: WebServer, begin: Begin) -> None:
    login = begin()
    host.pages["/start"] = page(f"<script>location.href = '{login.callback}'</script>")
    host.pages["/after"] = page("x")
    login.open("/start")
    login.wait_for_answer()
    login.settle()
    assert login.failures == [] and shows_page(login.panel)


def test_a_page_that_cannot_be_reached_is_told(begin: Begin, host: WebServer, qtbot: QtBot) -> None:
    login = begin()
    host.pages["/start"] = Answer(status=204)
    with WebServer() as gone:
        origin = gone.origin
    login.panel.open(f"{origin}/", login.guard)
    qtbot.waitUntil(lambda: bool(login.failures), timeout=LOAD_MS)
    (sentence,) = login.failures
    assert sentence.startswith(f"The login page at {QUrl(origin).authority()} could not be opened.")


def test_F26_a_redirect_loop_ends_with_a_sentence(
    host: WebServer, begin: Begin, qtbot: QtBot
) -> None:
    host.pages["/start"] = Answer(status=302, headers={"Location": "/start"})
    login = begin()
    login.open("/start")
    qtbot.waitUntil(lambda: bool(login.failures), timeout=LOAD_MS)
    assert len(host.paths) <= 30


def test_T39_the_origin_and_every_word_stay_text(host: WebServer, begin: Begin) -> None:
    login = begin()
    host.pages["/start"] = page("x")
    login.load("/start")
    origin = login.panel.findChild(QLabel, "origin")
    assert origin is not None and origin.text() == QUrl(host.origin).authority()
    rich = [
        label.objectName() or label.text()
        for label in login.panel.findChildren(QLabel)
        if label.text() and label.textFormat().name != "PlainText"
    ]
    assert rich == []


def test_T04_a_page_that_is_hidden_opens_no_window_over_what_hides_it(
    host: WebServer, begin: Begin, qtbot: QtBot
) -> None:
    """A renewal behind the lock or the table: the person is asked instead."""
    login = begin()
    host.pages["/start"] = page(BIG_LINK.format(to="/other", target="_blank"))
    host.pages["/other"] = page("another window")
    login.load("/start")
    login.panel.hide()
    login.run("window.open('/other'); 0")
    qtbot.waitUntil(lambda: len(login.failures) == 1, timeout=LOAD_MS)
    assert login.panel.findChildren(QDialog) == []
