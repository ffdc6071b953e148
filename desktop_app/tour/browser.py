"""A real browser without a window, for the tour's way out: it does what a person's would.

It is a program of its own with a folder of its own for all that it keeps; both are gone after
``close``.  It is spoken to by the Chrome DevTools Protocol (domains Target, Page, Input, Runtime
and Browser), from Qt's event loop.  Keys are real key events, as the browser's own input gives.
"""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, QUrl, Signal
from PySide6.QtNetwork import QNetworkProxy
from PySide6.QtWebSockets import QWebSocket

CANDIDATES = ("chromium", "chromium-browser", "google-chrome")
LEAVING_MS = 3000

_ARGUMENTS = (
    "--headless=new",
    "--remote-debugging-port=0",  # one that is free
    "--no-first-run",
    "--no-default-browser-check",
    "--password-store=basic",  # rather than the person's own keyring
    "--use-mock-keychain",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--disable-extensions",
    "--disable-breakpad",
    "--disable-background-networking",
    "--disable-component-update",
    "--window-size=1280,900",
)
# Where the browser says that it can be spoken to; a script that starts it may say more.
_LISTENING = re.compile(rb"^DevTools listening on (ws://127\.0\.0\.1:\S+)\s*$", re.MULTILINE)
_KEYS = {"\t": ("Tab", 9, ""), "\n": ("Enter", 13, "\r"), "\r": ("Enter", 13, "\r")}

_BLANK = "about:blank"  # what is shown at first; it may still be loading when it is spoken to
# A page gives its field the focus when it is first drawn, which may be after it has loaded.
_TITLE_ONCE_DRAWN = {
    "expression": (
        "new Promise(done => requestAnimationFrame(() =>"
        f" done(location.href === '{_BLANK}' ? null : document.title)))"
    ),
    "awaitPromise": True,
}

Answer = dict[str, Any]


def find_browser() -> str:
    """A browser of Chromium's family on PATH; empty when there is none."""
    return next(filter(None, map(shutil.which, CANDIDATES)), "")


def _value(result: Answer) -> str:
    """What a script gave; scripts here give text."""
    return str(result.get("result", {}).get("value", ""))


class HeadlessBrowser(QObject):
    """One page. Nothing but ``start`` and ``close`` may be called before ``ready``."""

    ready = Signal()
    loaded = Signal(str)  # a page has loaded and is drawn; its title
    failed = Signal(str)  # a sentence

    def __init__(self, executable: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._executable = executable
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._said = b""
        self._session = ""
        self._number = 0
        self._callbacks: dict[int, Callable[[Answer], None]] = {}
        self._process = QProcess(self)
        self._process.readyReadStandardError.connect(self._on_said)
        self._process.errorOccurred.connect(self._on_process_error)
        self._process.finished.connect(self._on_finished)
        self._socket = QWebSocket(parent=self)
        self._socket.setProxy(QNetworkProxy(QNetworkProxy.ProxyType.NoProxy))
        self._socket.connected.connect(self._on_connected)
        self._socket.textMessageReceived.connect(self._on_message)

    @property
    def process_id(self) -> int:
        """0 while it isn't running."""
        return self._process.processId()

    def start(self) -> None:
        """Start the browser; ``ready`` or ``failed`` follows."""
        self._folder = tempfile.TemporaryDirectory(
            prefix="contact-history-tour-", ignore_cleanup_errors=True
        )
        home = self._folder.name
        environment = QProcessEnvironment.systemEnvironment()
        for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"):
            environment.insert(name, home)
        if os.name == "posix":
            # Chromium puts a socket there, whose whole path may have 108 characters at most.
            environment.insert("TMPDIR", "/tmp")  # noqa: S108 - the shortest that there is
        self._process.setProcessEnvironment(environment)
        # Its sandbox can't be had as root, which is what containers run the tests as.
        as_root = hasattr(os, "geteuid") and os.geteuid() == 0
        unsandboxed = ["--no-sandbox"] if as_root else []
        arguments = [*_ARGUMENTS, *unsandboxed, f"--user-data-dir={home}/profile", _BLANK]
        self._process.setStandardOutputFile(QProcess.nullDevice())
        self._process.start(self._executable, arguments)

    def open(self, url: str) -> None:
        """Go to an address; ``loaded`` or ``failed`` follows."""
        self._send("Page.navigate", {"url": url}, self._on_navigated)

    def type(self, text: str) -> None:
        """Keys one by one; tabulators and line breaks are the keys of that name."""
        for character in text:
            key, code, writes = _KEYS.get(character, (character, 0, character))
            pressed: Answer = {"key": key, "windowsVirtualKeyCode": code}
            if writes:
                pressed |= {"text": writes, "unmodifiedText": writes}
            self._send("Input.dispatchKeyEvent", {"type": "keyDown", **pressed})
            self._send("Input.dispatchKeyEvent", {"type": "keyUp", **pressed})

    def text(self, callback: Callable[[str], None]) -> None:
        """What the page shows, in words."""
        script = {"expression": "document.body ? document.body.innerText : ''"}
        self._send("Runtime.evaluate", script, lambda result: callback(_value(result)))

    def picture(self, callback: Callable[[bytes], None]) -> None:
        """What the page looks like, as PNG."""

        self._send(
            "Page.captureScreenshot",
            {"format": "png"},
            lambda result: callback(base64.b64decode(result["data"])),
        )

    def close(self) -> None:
        """End the browser and drop all that it kept; what was asked is not answered any more."""
        self._process.blockSignals(True)
        self._socket.blockSignals(True)
        self._callbacks.clear()
        if self._process.state() != QProcess.ProcessState.NotRunning:
            self._ask_to_leave()
            if not self._process.waitForFinished(LEAVING_MS):
                self._process.kill()
                self._process.waitForFinished(LEAVING_MS)
        self._socket.abort()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def _ask_to_leave(self) -> None:
        """By the protocol where it is spoken already: on Windows no signal asks a program."""
        if self._socket.isValid():
            self._send("Browser.close")
            self._socket.flush()
        else:
            self._process.terminate()

    def _send(
        self,
        method: str,
        parameters: Answer | None = None,
        callback: Callable[[Answer], None] | None = None,
    ) -> None:
        self._number += 1
        message: Answer = {"id": self._number, "method": method, "params": parameters or {}}
        if self._session and not method.startswith(("Target.", "Browser.")):
            message["sessionId"] = self._session
        if callback is not None:
            self._callbacks[self._number] = callback
        self._socket.sendTextMessage(json.dumps(message))

    def _on_said(self) -> None:
        said = self._process.readAllStandardError().data()
        if self._socket.requestUrl().isValid():
            return  # nothing more is of interest
        self._said += said
        found = _LISTENING.search(self._said)
        if found:
            self._socket.open(QUrl(found[1].decode()))

    def _on_connected(self) -> None:
        self._send("Target.getTargets", {}, self._on_targets)

    def _on_targets(self, result: Answer) -> None:
        pages = [each for each in result.get("targetInfos", ()) if each.get("type") == "page"]
        if not pages:
            self.failed.emit("The browser has no page.")
            return
        target = {"targetId": pages[0]["targetId"], "flatten": True}
        self._send("Target.attachToTarget", target, self._on_attached)

    def _on_attached(self, result: Answer) -> None:
        self._session = result.get("sessionId", "")
        self._send("Emulation.setFocusEmulationEnabled", {"enabled": True})
        self._send("Page.enable", {}, self._on_enabled)

    def _on_enabled(self, _result: Answer) -> None:
        self.ready.emit()

    def _on_drawn(self, result: Answer) -> None:
        if result["result"].get("value") is not None:
            self.loaded.emit(_value(result))

    def _on_navigated(self, result: Answer) -> None:
        if "errorText" in result:
            self.failed.emit(f"The browser could not open the page ({result['errorText']}).")

    def _on_message(self, text: str) -> None:
        message: Answer = json.loads(text)
        if message.get("method") == "Page.loadEventFired":
            self._send("Runtime.evaluate", _TITLE_ONCE_DRAWN, self._on_drawn)
            return
        callback = self._callbacks.pop(message.get("id", 0), None)
        if "error" not in message:
            if callback is not None:
                callback(message.get("result", {}))
        elif callback != self._on_drawn:  # that page has gone on to another, which will be told
            self.failed.emit(f"The browser refused: {message['error'].get('message', '')}")

    def _on_process_error(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self.failed.emit("The browser could not be started.")

    def _on_finished(self, code: int) -> None:
        self.failed.emit(f"The browser ended by itself (exit code {code}).")
