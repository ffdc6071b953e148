"""Threats that only the whole program can show itself proof against (T11, T17, T39)."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from desktop_app.core.signin.profiles import Grant
from desktop_app.practice.server import PracticeServer
from tests.gui.web_server import WebServer, page
from tests.journeys.conftest import Arrive
from tests.journeys.driving import WAIT_MS

QUERY = "/api/v2/analytics/conversations/details/query"
READING = {
    ("POST", "/oauth/authorize"),  # the login page's own form
    ("POST", "/oauth/token"),
    ("POST", QUERY),  # a search whose conditions don't fit into an address
    ("POST", f"{QUERY.removesuffix('query')}jobs"),  # the same, whose answer is fetched later
    ("DELETE", "/api/v2/tokens/me"),
}


@pytest.mark.parametrize("grant", list(Grant))
def test_T11_signing_in_reading_and_signing_out_change_nothing_but_the_sign_in(
    grant: Grant, arrive: Arrive, server: PracticeServer
) -> None:
    person = arrive(grant)
    person.sign_in()
    person.wait(person.is_read)
    person.sign_out()
    asked = {(seen.method, seen.path) for seen in server.log if seen.method not in ("GET", "HEAD")}
    assert ("POST", QUERY) in asked and ("DELETE", "/api/v2/tokens/me") in asked
    assert asked <= READING


# --- T17 ------------------------------------------------------------------------------------------


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def is_open(port: int) -> bool:
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def program(config: Path, variables: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """The program itself, as the command line starts it, until the block is left."""
    command = [sys.executable, "-m", "desktop_app", "--config", str(config)]
    with subprocess.Popen(command, env=os.environ | variables) as process:
        try:
            yield process
        finally:
            process.kill()


def test_T17_the_program_starts_without_the_debugging_port_that_its_environment_asks_for(
    tmp_path: Path, qtbot: QtBot
) -> None:
    config = tmp_path / "profiles.toml"
    ports = free_port(), free_port()
    variables = {
        "QTWEBENGINE_REMOTE_DEBUGGING": str(ports[0]),
        "QTWEBENGINE_CHROMIUM_FLAGS": f"--remote-debugging-port={ports[1]}",
        "QT_PLUGIN_PATH": str(tmp_path / "plugins"),
    }
    with WebServer() as host:
        # The page asks for a second thing, so that it is known to be open.
        host.pages["/oauth/authorize"] = page("<script>fetch('/open')</script>")
        config.write_text(
            f'[profiles.acme]\nlogin_url = "{host.origin}"\napi_url = "{host.origin}"\n'
            'client_id = "client"\ngrant = "implicit"\n'
            f'redirect_uri = "{host.origin}/oauth2/callback"\n',
            encoding="utf-8",
        )
        with program(config, variables) as process:
            seen: set[int] = set()

            def page_is_open() -> bool:
                assert process.poll() is None, "the program ended by itself"
                seen.update(port for port in ports if is_open(port))
                return "/open" in host.paths

            qtbot.waitUntil(page_is_open, timeout=WAIT_MS)
            page_is_open()  # and look once more, now that it is
    assert seen == set()


# --- T39 ------------------------------------------------------------------------------------------


def rich_labels(app: QApplication) -> list[str]:
    """Labels with words in them that would obey markup, by name or by their words."""
    return [
        label.objectName() or label.text()
        for label in app.allWidgets()
        if isinstance(label, QLabel)
        and label.text()
        and label.textFormat() != Qt.TextFormat.PlainText
        and label.objectName() != "qtooltip_label"  # Qt's own; its words are escaped
    ]


def test_T39_no_label_of_any_screen_obeys_markup(
    arrive: Arrive, server: PracticeServer, qapp: QApplication
) -> None:
    person = arrive()
    assert rich_labels(qapp) == []
    person.sign_in()
    person.wait(person.is_read)
    table = person.history.table
    table.selectRow(0)
    person.press("account")
    person.window.show_settings()
    person.window.auth_view.set_up_another()
    person.window.lock()
    assert sum(isinstance(each, QLabel) for each in qapp.allWidgets()) > 10
    assert rich_labels(qapp) == []
