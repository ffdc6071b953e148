"""The tour's browser: a real one, that loads pages, takes keys and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from desktop_app.core.signin.exchange import exchange
from desktop_app.core.signin.listener import sign_in_through_browser
from desktop_app.gui.tasks import Relay, Tasks
from desktop_app.practice.server import PracticeServer
from desktop_app.practice.settings import PracticeSettings
from desktop_app.tour.browser import HeadlessBrowser, find_browser
from tests.core.signin.browser_calls import free_ports
from tests.core.signin.signing_in import practice_profile
from tests.gui.web_server import WebServer, page

STARTING_MS = 30_000

needs_browser = pytest.mark.skipif(
    not find_browser(), reason="no browser of Chromium's family is installed"
)

FORM = """
<form action="/sent">
  <input name="email" autofocus><input name="password" type="password"><button>Sign in</button>
</form>
"""
# The web server keeps no query, so the page that is sent to says what it was sent.
ECHO = "<p></p><script>document.querySelector('p').textContent = location.search</script>"


@pytest.fixture
def browser(
    host: WebServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> Iterator[HeadlessBrowser]:
    """Ready; its folder is made in ``tmp_path``. It ends before the host that it speaks to."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    made = HeadlessBrowser(find_browser())
    try:
        with qtbot.waitSignal(made.ready, timeout=STARTING_MS):
            made.start()
        yield made
    finally:
        made.close()


def text_of(browser: HeadlessBrowser, qtbot: QtBot) -> str:
    seen: list[str] = []
    browser.text(seen.append)
    qtbot.waitUntil(lambda: bool(seen))
    return seen[0]


def show(browser: HeadlessBrowser, url: str, qtbot: QtBot) -> str:
    """Open a page and wait for it; its title."""
    with qtbot.waitSignal(browser.loaded, timeout=STARTING_MS) as shown:
        browser.open(url)
    return str(shown.args[0])


@needs_browser
def test_a_form_is_filled_in_and_sent_with_real_keys(
    browser: HeadlessBrowser, host: WebServer, qtbot: QtBot
) -> None:
    host.pages |= {"/": page(FORM), "/sent": page(ECHO)}
    assert show(browser, f"{host.origin}/", qtbot) == "page"
    with qtbot.waitSignal(browser.loaded, timeout=STARTING_MS):
        browser.type("Grace.Łukasz+1@acme.example\tp& ss-花子=%\n")
    assert host.paths.count("/sent") == 1
    assert parse_qs(text_of(browser, qtbot).lstrip("?")) == {
        "email": ["Grace.Łukasz+1@acme.example"],
        "password": ["p& ss-花子=%"],
    }


@needs_browser
def test_keys_are_events_that_a_page_believes(
    browser: HeadlessBrowser, host: WebServer, qtbot: QtBot
) -> None:
    note = "event => seen.textContent += event.key + (event.isTrusted ? '!' : '?')"
    script = f"<p id=seen></p><script>addEventListener('keydown', {note})</script>"
    host.pages["/"] = page(FORM + script)
    show(browser, f"{host.origin}/", qtbot)
    browser.type("a\t")
    qtbot.waitUntil(lambda: text_of(browser, qtbot).strip().endswith("a!Tab!"))


@needs_browser
def test_a_picture_shows_the_page(browser: HeadlessBrowser, host: WebServer, qtbot: QtBot) -> None:
    host.pages["/"] = page("<style>html { background: #1d5fd1 }</style>")
    show(browser, f"{host.origin}/", qtbot)
    seen: list[bytes] = []
    browser.picture(seen.append)
    qtbot.waitUntil(lambda: bool(seen))
    picture = QImage.fromData(seen[0])
    assert picture.width() > 1000
    assert picture.pixelColor(picture.width() // 2, picture.height() // 2).name() == "#1d5fd1"


@needs_browser
def test_a_page_that_cannot_be_reached_is_told(browser: HeadlessBrowser, qtbot: QtBot) -> None:
    with WebServer() as gone:
        pass
    with qtbot.waitSignal(browser.failed, timeout=STARTING_MS) as failure:
        browser.open(gone.origin)
    assert "ERR_CONNECTION_REFUSED" in failure.args[0]


@needs_browser
def test_closing_ends_the_program_and_removes_its_folder(
    browser: HeadlessBrowser, tmp_path: Path, qtbot: QtBot
) -> None:
    pid = browser.process_id
    (folder,) = tmp_path.glob("contact-history-tour-*")
    assert any(folder.iterdir())
    with qtbot.assertNotEmitted(browser.failed):
        browser.close()
    assert browser.process_id == 0
    assert not folder.exists()
    if sys.platform != "win32":
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    if Path("/proc").is_dir():
        left = [line for line in command_lines() if str(folder) in line]
        assert left == []


def command_lines() -> Iterator[str]:
    """Of all programs that run here."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            yield (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:  # it has ended
            continue


@needs_browser
def test_a_browser_that_ends_by_itself_is_told(browser: HeadlessBrowser, qtbot: QtBot) -> None:
    with qtbot.waitSignal(browser.failed, timeout=STARTING_MS) as failure:
        os.kill(browser.process_id, signal.SIGTERM)
    assert "ended by itself" in failure.args[0]


@pytest.fixture
def practice() -> Iterator[PracticeServer]:
    with PracticeServer(PracticeSettings(conversations=20, days=2)) as server:
        yield server


@needs_browser
def test_a_person_signs_in_with_a_browser_of_their_own(
    practice: PracticeServer, browser: HeadlessBrowser, tasks: Tasks, qtbot: QtBot
) -> None:
    """And its address bar is rid of the code, because the browser was sent on."""
    titles: list[str] = []
    browser.loaded.connect(titles.append)
    relay = Relay()
    relay.received.connect(browser.open)
    profile = replace(practice_profile(practice), browser_ports=tuple(free_ports()))
    job = tasks.network(lambda: sign_in_through_browser(profile, relay.send))
    with qtbot.waitSignal(job.succeeded, timeout=STARTING_MS) as answered:
        qtbot.waitUntil(lambda: len(titles) == 1, timeout=STARTING_MS)
        browser.type("grace.obi@acme.example\tpractice-supervisor\n")
    attempt, code = answered.args[0]
    qtbot.waitUntil(lambda: titles[1:] == ["You are signed in"])
    assert "close this page and go back to Contact History" in text_of(browser, qtbot)
    with qtbot.waitSignal(tasks.network(lambda: exchange(attempt, code)).succeeded):
        pass
    with qtbot.waitSignal(browser.failed, timeout=STARTING_MS):  # the listener has gone
        browser.open(attempt.profile.redirect_uri)


def test_a_browser_that_is_not_there_is_told(qtbot: QtBot, tmp_path: Path) -> None:
    browser = HeadlessBrowser(str(tmp_path / "nothing"))
    with qtbot.waitSignal(browser.failed) as failure:
        browser.start()
    browser.close()
    assert failure.args == ["The browser could not be started."]


def test_the_first_browser_on_the_path_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_browser() == ""
    for name in ("google-chrome", "chromium"):
        program = tmp_path / (f"{name}.exe" if sys.platform == "win32" else name)
        program.touch(mode=0o755)
        assert Path(find_browser()).stem == name
