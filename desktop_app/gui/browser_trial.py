"""Whether the embedded browser works here: a page of this program's own, over TLS, until its red
square has been drawn. For ``doctor`` and the self-test."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import shiboken6
from PySide6.QtCore import QEventLoop, QObject, QTimer, QUrl
from PySide6.QtGui import QColor, QImage
from PySide6.QtNetwork import QSsl, QSslCertificate
from PySide6.QtWebEngineCore import QWebEnginePage
from PySide6.QtWebEngineWidgets import QWebEngineView

from desktop_app.gui.network.web_trust import off_the_record_profile

PAGE = """<!doctype html><title>trial</title><body style="margin:0">
<canvas id="square" width="200" height="200"></canvas><script>
const pen = document.getElementById("square").getContext("2d");
pen.fillStyle = "#ff0000"; pen.fillRect(0, 0, 200, 200);
</script></body>"""

_RED = QColor("#ff0000").rgb()
_LOOK_EVERY_MS = 50


@dataclass(frozen=True, slots=True)
class BrowserTrial:
    """``sandboxed`` is None where it can't be read from outside (Windows, macOS)."""

    drawn: bool
    sandboxed: bool | None


def try_browser(url: str, certificate_pem: bytes, timeout_ms: int) -> BrowserTrial:
    """Show ``url``, which must serve ``PAGE`` with this very certificate, trusted for this alone;
    needs a QApplication."""
    owner = QObject()
    trusted = QSslCertificate.fromData(certificate_pem, QSsl.EncodingFormat.Pem)
    profile = off_the_record_profile(owner, trusted)
    page = QWebEnginePage(profile)
    view = QWebEngineView()
    view.setPage(page)
    view.resize(240, 240)
    view.show()
    view.load(QUrl(url))
    drawn = _wait_until_drawn(view, timeout_ms)
    sandboxed = _is_sandboxed(page.renderProcessPid()) if drawn else None
    view.close()
    for each in (view, page, owner):  # a page must go before its profile
        shiboken6.delete(each)
    return BrowserTrial(drawn, sandboxed)


def _wait_until_drawn(view: QWebEngineView, timeout_ms: int) -> bool:
    loop = QEventLoop()
    seen: list[bool] = []

    def look() -> None:
        if _has_red(view.grab().toImage()):
            seen.append(True)
            loop.quit()

    looking = QTimer()
    looking.timeout.connect(look)
    looking.start(_LOOK_EVERY_MS)
    QTimer.singleShot(timeout_ms, loop, loop.quit)
    loop.exec()
    return bool(seen)


def _has_red(picture: QImage) -> bool:
    middle = picture.width() * 5 // 12, picture.height() * 5 // 12
    return not picture.isNull() and picture.pixel(*middle) == _RED


def _is_sandboxed(pid: int) -> bool | None:
    """By what the kernel says of the renderer: filtered calls, and namespaces of its own."""
    if not sys.platform.startswith("linux"):
        return None
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    said = dict(line.split(":", 1) for line in lines.splitlines() if ":" in line)
    return said.get("Seccomp", "").strip() == "2" and len(said.get("NSpid", "").split()) > 1
