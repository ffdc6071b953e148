"""The object graph of the window: every part gets what it needs here, and nowhere else."""

from __future__ import annotations

import logging
import secrets
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from platformdirs import user_data_path
from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtWidgets import QApplication

from desktop_app.auth_view import AuthView
from desktop_app.core.genesys.directory import Directory
from desktop_app.core.genesys.history import PageRequest, fetch_page
from desktop_app.core.genesys.wire import ConversationPage
from desktop_app.core.history import vault
from desktop_app.core.history.clock import Clock, Interval
from desktop_app.core.history.store import Store
from desktop_app.core.history.sync import Progress, Synchroniser
from desktop_app.core.signin.exchange import exchange
from desktop_app.core.signin.oauth import Attempt, Code, Token
from desktop_app.core.signin.profiles import PRACTICE, Grant, Profile, profile_file
from desktop_app.core.signin.session import Session, open_session, sign_out
from desktop_app.gui.assets import Icon, app_icon
from desktop_app.gui.history.feed import Sync
from desktop_app.gui.history.zone_button import system_zone
from desktop_app.gui.practice_process import PracticeProcess
from desktop_app.gui.sandbox import is_switched_off
from desktop_app.gui.tasks import Relay, Tasks
from desktop_app.gui.theme import Mode, Theme
from desktop_app.main_window import MainWindow, Services

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Options:
    """How the window was asked for."""

    profiles: Mapping[str, Profile] = field(default_factory=dict)
    chosen: str = ""
    practice: bool = False
    practice_options: list[str] = field(default_factory=list)
    practice_grant: Grant = Grant.IMPLICIT
    unsafe: str = ""  # why no login page may be shown, from gui.sandbox
    mode: Mode = "system"
    interval: Interval | None = None
    config: Path | None = None


class Application(QObject):
    """Owns the tasks, the theme, the window and the practice organisation's process."""

    def __init__(self, app: QApplication, options: Options) -> None:
        super().__init__(app)
        app.setApplicationName("Contact History")
        app.setApplicationDisplayName("Contact History")
        app.setDesktopFileName("contact-history")
        app.setWindowIcon(app_icon())
        self._options = options
        self._folder = tempfile.TemporaryDirectory(prefix="contact-history-")
        self._practice: PracticeProcess | None = None
        self.practice_description: dict[str, Any] = {}
        self.theme = Theme(app, options.mode)
        self.tasks = Tasks(self)
        auth_view = AuthView(
            options.profiles.values(),
            self.tasks,
            self.theme,
            finish_sign_in,
            profile_file=str(options.config or profile_file()),
            unsafe=options.unsafe,
            loopback_only=is_switched_off(),
        )
        auth_view.practice_asked.connect(self.start_practice)
        self._pauses = Relay(self)
        services = Services(
            open_store=self._open_store,
            sync_for=self._sync_for,
            sign_out=sign_out,
            budget=_budget,
            zone_for=_zone_for,
        )
        self.window = MainWindow(
            auth_view, services, self.tasks, self.theme, interval=options.interval
        )

        self._pauses.received.connect(self.window.show_pause)

    def show(self) -> None:
        """Show the window and begin the first sign-in."""
        self.window.show()
        if self._options.practice:
            self.start_practice()
        else:
            self.window.auth_view.start(self._options.chosen)

    def start_practice(self) -> None:
        """Start the practice organisation, or sign in to the one that runs."""
        if self._practice is not None and self._practice.running:
            self.window.auth_view.start(PRACTICE)
            return
        self.window.auth_view.say(
            Icon.CLOCK,
            "Starting the practice organisation …",
            "A Genesys Cloud of invented contacts on this computer.",
        )
        self._practice = PracticeProcess(self._options.practice_options, self)
        self._practice.ready.connect(self._on_practice_ready)
        self._practice.failed.connect(self._on_practice_failed)
        self._practice.start()

    def close(self) -> None:
        """Everything that outlives the window: processes, threads, temporary files."""
        self.window.close()
        # No event loop may follow, and the login's page must go before its profile.
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        self.tasks.close()
        if self._practice is not None:
            self._practice.stop()
        self._folder.cleanup()

    def _on_practice_ready(self, description: dict[str, Any]) -> None:
        self.practice_description = description
        if self.window.interval is None:
            self.window.interval = practice_interval(description)
        self.window.auth_view.add_profile(
            practice_profile(description, self._options.practice_grant)
        )
        self.window.auth_view.start(PRACTICE)

    def _on_practice_failed(self, sentence: str) -> None:
        self.window.auth_view.say(Icon.WARNING, "The practice organisation isn't there", sentence)

    def _open_store(self, session: Session) -> Store:
        """The person's own store; for the practice organisation one that ends with the window."""
        name = vault.store_name(session.organization_id, session.user_id)
        if session.profile.is_practice:
            key = secrets.token_hex(32)
            return vault.open_store(Path(self._folder.name) / key[:8], name, lambda _: key)
        return vault.open_store(user_data_path("contact-history", appauthor=False), name)

    def _sync_for(self, session: Session, store: Store) -> Sync:
        directory: list[Directory] = []
        session.client.on_pause = self._pauses.send

        async def fetch(request: PageRequest) -> ConversationPage:
            return await fetch_page(session.client, request)

        async def sync(
            interval: Interval, now_ms: int, again: bool, tell: Callable[[Progress], None]
        ) -> None:
            if not directory:
                known = await self.tasks.in_write_lane(store.names)
                directory.append(Directory(session.client, known))
            reading = Synchroniser(
                fetch, directory[0], store, self.tasks.in_write_lane, on_progress=tell
            )
            await reading.sync(*interval, now_ms=now_ms, again=again)

        return sync


async def finish_sign_in(profile: Profile, attempt: Attempt, answer: Token | Code) -> Session:
    """From the callback's answer to a checked session."""
    token = answer if isinstance(answer, Token) else await exchange(attempt, answer)
    return await open_session(profile, token)


def practice_profile(description: Mapping[str, Any], grant: Grant = Grant.IMPLICIT) -> Profile:
    """The profile of a running practice organisation."""
    client = description["clients"][grant.value]
    return Profile(
        name=PRACTICE,
        login_url=description["login_url"],
        api_url=description["api_url"],
        client_id=client["client_id"],
        grant=grant,
        redirect_uri=client["redirect_uri"],
        timezone="Europe/London",
    )


def practice_interval(description: Mapping[str, Any]) -> Interval:
    """The range that holds all invented contacts."""
    return Clock(ZoneInfo("UTC")).parse_interval(description["interval"])


def _budget(session: Session) -> tuple[int, int]:
    return session.client.budget.used(), session.client.budget.allowed


def _zone_for(session: Session) -> ZoneInfo:
    """The profile's zone, else this computer's."""
    name = session.profile.timezone
    return ZoneInfo(name) if name else system_zone()
