"""Telling of a newer version: looked for at the start and once a day, and never installed (T43)."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_app import __version__
from desktop_app.core.genesys.network import Network
from desktop_app.core.updates.feed import FeedSource, Release, is_newer
from desktop_app.core.updates.fetch import newest_release
from desktop_app.gui.notices import NoticeBar, sentence_of
from desktop_app.gui.preferences import Preferences
from desktop_app.gui.signin.browser_way import OpenUrl
from desktop_app.gui.tasks import Tasks

_DAILY_MS = 24 * 60 * 60 * 1000
_NOWHERE = "Not looked for: neither this copy nor a policy says where"
_OFF = "Not looked for: your administrator has switched it off"

log = logging.getLogger(__name__)


class UpdateNotice(QObject):
    """``words`` are for the settings; the bar shows each version until somebody closes it."""

    changed = Signal()  # the words

    def __init__(
        self,
        bar: NoticeBar,
        source: FeedSource | None,
        network: Network,
        tasks: Tasks,
        preferences: Preferences,
        open_url: OpenUrl,
        *,
        allowed: bool,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._bar = bar
        self._source = source
        self._network = network
        self._tasks = tasks
        self._preferences = preferences
        self._open_url = open_url
        self._newer: Release | None = None
        self._words = _NOWHERE if allowed else _OFF
        self._again = QTimer(self, interval=_DAILY_MS)
        self._again.timeout.connect(self._look)
        bar.stepped.connect(self._on_notes_asked)
        bar.closed.connect(self._on_closed)

    @property
    def words(self) -> str:
        return self._words

    def start(self) -> None:
        if self._source is not None:
            self._again.start()
            self._look()

    def hide(self) -> None:
        """A locked window shows its two buttons and nothing else (T45)."""
        self._bar.clear()

    def _look(self) -> None:
        source = self._source
        assert source is not None
        today = datetime.now(UTC).date()
        self._say("Being looked for …")
        job = self._tasks.network(lambda: newest_release(source, self._network, today))
        job.succeeded.connect(self._on_known)
        job.failed.connect(self._on_failed)

    def _on_known(self, release: Release) -> None:
        if not is_newer(release.version, __version__):
            self._say("None: this is the newest")
            return
        self._newer = release
        self._say(f"{release.version} is available")
        if self._preferences.told_version != release.version:
            self._bar.say(
                f"Contact History {release.version} is available; this is {__version__}.",
                "What's new",
            )

    def _on_failed(self, error: Exception) -> None:
        """Nobody is disturbed by it: the settings tell it to whoever looks."""
        log.info("Newer versions could not be looked for: %s", type(error).__name__)
        self._say(f"Could not be looked for. {sentence_of(error)}")

    def _say(self, words: str) -> None:
        self._words = words
        self.changed.emit()

    def _on_notes_asked(self) -> None:
        if self._newer is not None:
            self._open_url(self._newer.notes)
            self._on_closed()

    def _on_closed(self) -> None:
        if self._newer is not None:
            self._preferences.told_version = self._newer.version
