"""Telling of a newer version: a quiet bar, until it is put away; nothing is installed (T43)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from desktop_app import __version__
from desktop_app.core.genesys.network import Network
from desktop_app.core.updates.feed import FeedSource, Release, sign_feed
from desktop_app.gui.notices import NoticeBar
from desktop_app.gui.preferences import Preferences
from desktop_app.gui.tasks import Tasks
from desktop_app.gui.theme import Theme
from desktop_app.update_notice import UpdateNotice
from scripts._feed import public_text
from tests.core.tls_hosts import Authority, TlsHost

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
NOTES = "https://example.com/notes"


def feed(version: str) -> bytes:
    until = datetime.now(UTC).date() + timedelta(days=3)
    return sign_feed(Release(version=version, notes=NOTES, until=until), KEY)


class Desk:
    """A bar, and a feed on this computer; ``opened`` are the addresses a browser was given."""

    def __init__(self, host: TlsHost, ca_file: Path, theme: Theme, tasks: Tasks) -> None:
        self.host = host
        self.bar = NoticeBar(theme, None, "update")
        self.opened: list[str] = []
        self.preferences = Preferences(ca_file.with_name("preferences.ini"))
        self._source = FeedSource(f"{host.url}/feed.json", public_text(KEY))
        self._network = Network(ca_file=ca_file)
        self._tasks = tasks

    def look(self, qtbot: QtBot, parent: QObject) -> UpdateNotice:
        """As at a start of the program, until it is known."""
        made = UpdateNotice(
            self.bar,
            self._source,
            self._network,
            self._tasks,
            self.preferences,
            self._open,
            allowed=True,
            parent=parent,
        )
        made.start()
        qtbot.waitUntil(lambda: made.words != "Being looked for …")
        return made

    def _open(self, url: str) -> bool:
        self.opened.append(url)
        return True

    def press(self, name: str) -> None:
        button = self.bar.findChild(QAbstractButton, name)
        assert button is not None
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.fixture
def desk(tmp_path: Path, theme: Theme, tasks: Tasks, qtbot: QtBot) -> Iterator[Desk]:
    authority = Authority()
    with TlsHost(authority.certificate(), body=feed("99.1.0")) as host:
        made = Desk(host, authority.write(tmp_path), theme, tasks)
        qtbot.addWidget(made.bar)
        yield made


def test_a_newer_version_is_told_with_the_page_that_tells_of_it(desk: Desk, qtbot: QtBot) -> None:
    notice = desk.look(qtbot, desk.bar)
    assert notice.words == "99.1.0 is available"
    assert desk.bar.text == f"Contact History 99.1.0 is available; this is {__version__}."
    desk.press("updateAction")
    assert desk.opened == [NOTES]
    assert desk.bar.text == ""


@pytest.mark.parametrize("button", ["updateClose", "updateAction"])
def test_what_was_put_away_is_not_told_again_and_the_next_one_is(
    desk: Desk, qtbot: QtBot, button: str
) -> None:
    desk.look(qtbot, desk.bar)
    desk.press(button)
    again = desk.look(qtbot, desk.bar)
    assert (desk.bar.text, again.words) == ("", "99.1.0 is available")
    desk.host.body = feed("99.2.0")
    desk.look(qtbot, desk.bar)
    assert "99.2.0" in desk.bar.text


def test_the_newest_is_told_in_the_settings_only(desk: Desk, qtbot: QtBot) -> None:
    desk.host.body = feed(__version__)
    assert desk.look(qtbot, desk.bar).words == "None: this is the newest"
    assert desk.bar.text == ""


def test_T43_a_feed_that_cant_be_believed_disturbs_nobody(desk: Desk, qtbot: QtBot) -> None:
    desk.host.body = feed("99.1.0").replace(b"99.1.0", b"99.1.1")
    words = desk.look(qtbot, desk.bar).words
    assert words.startswith("Could not be looked for.") and "signature" in words
    assert desk.bar.text == ""


def test_a_locked_window_does_not_show_it(desk: Desk, qtbot: QtBot) -> None:
    desk.look(qtbot, desk.bar).hide()
    assert desk.bar.isHidden()


@pytest.mark.parametrize(("allowed", "words"), [(True, "neither"), (False, "administrator")])
def test_without_a_feed_nobody_is_asked(
    desk: Desk, tasks: Tasks, allowed: bool, words: str
) -> None:
    notice = UpdateNotice(
        desk.bar,
        None,
        Network(),
        tasks,
        desk.preferences,
        lambda _: True,
        allowed=allowed,
        parent=desk.bar,
    )
    notice.start()
    assert words in notice.words
    assert desk.host.connections == 0
