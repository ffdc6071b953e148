"""The object graph of the window: every part gets what it needs here, and nowhere else."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtWidgets import QApplication

from desktop_app.auth_view import AuthView
from desktop_app.core.crash import Watch
from desktop_app.core.errors import StoreError
from desktop_app.core.genesys.network import Network
from desktop_app.core.history import vault
from desktop_app.core.history.clock import Clock, Interval, system_now_ms
from desktop_app.core.history.retention import Retention
from desktop_app.core.history.store import Store
from desktop_app.core.history.sync import Sync
from desktop_app.core.history.zones import system_zone
from desktop_app.core.keychain import Keychain
from desktop_app.core.signin.journey import SignInJourney
from desktop_app.core.signin.kept import KeptSessions
from desktop_app.core.signin.lifetime import IdleWatch
from desktop_app.core.signin.policy import Policy
from desktop_app.core.signin.profiles import PRACTICE, Grant, Profile, Way, profile_file
from desktop_app.core.signin.remembered import Remembered
from desktop_app.core.signin.session import Session, SignIn
from desktop_app.core.updates.feed import built_in_source
from desktop_app.gui.assets import Icon, app_icon
from desktop_app.gui.history.layout import Layout
from desktop_app.gui.idle import IdleLock
from desktop_app.gui.network.proxies import apply_to_qt, find_proxy
from desktop_app.gui.practice_process import PracticeProcess
from desktop_app.gui.preferences import Preferences
from desktop_app.gui.sandbox import is_switched_off
from desktop_app.gui.settings.settings_page import SettingsPage
from desktop_app.gui.signin.browser_way import OpenUrl, open_in_system_browser
from desktop_app.gui.signin.organisations import Organisations
from desktop_app.gui.signin.surroundings import Surroundings
from desktop_app.gui.tasks import Relay, Tasks
from desktop_app.gui.theme import Mode, Theme
from desktop_app.history_settings import HistorySettings
from desktop_app.main_window import MainWindow
from desktop_app.places import (
    FOLDER,
    SIGN_IN_KEYS,
    data_folder,
    export_log,
    preferences_file,
    store_name,
)
from desktop_app.reading import open_store, sync_into
from desktop_app.services import Services
from desktop_app.settings import SettingsKeeper
from desktop_app.update_notice import UpdateNotice


@dataclass(frozen=True)
class Options:
    """How the window was asked for."""

    profiles: Mapping[str, Profile] = field(default_factory=dict)
    chosen: str = ""
    policy: Policy = field(default_factory=Policy)
    practice: bool = False
    practice_options: list[str] = field(default_factory=list)
    practice_grant: Grant = Grant.IMPLICIT
    practice_way: Way = Way.VIEW
    unsafe: str = ""  # why no login page may be shown, from gui.sandbox
    mode: Mode | None = None  # what the person has chosen, when None
    interval: Interval | None = None
    config: Path | None = None
    open_url: OpenUrl = open_in_system_browser
    watch: Watch | None = None  # what unforeseen errors are told to


class Application(QObject):
    """Owns the tasks, the theme, the window and the practice organisation's process."""

    def __init__(self, app: QApplication, options: Options) -> None:
        super().__init__(app)
        app.setApplicationName("Contact History")
        app.setApplicationDisplayName("Contact History")
        app.setDesktopFileName(FOLDER)
        app.setWindowIcon(app_icon())
        self._options = options
        policy = options.policy
        self._folder = tempfile.TemporaryDirectory(prefix="contact-history-")
        self._practice: PracticeProcess | None = None
        self._practice_set_up = False  # the practice organisation is to be shown for set-up
        self.practice_description: dict[str, Any] = {}
        self.preferences = Preferences(preferences_file())
        self.theme = Theme(app, options.mode or self.preferences.mode)
        watch = options.watch
        self.tasks = Tasks(self, on_loop_error=watch.on_loop_error if watch else None)
        self._unforeseen = Relay(self)
        if watch is not None:
            watch.on_unhandled = self._unforeseen.send
        apply_to_qt(policy.proxy)
        self._find_proxy = find_proxy(policy.proxy, ca_file=policy.ca_file)
        self._network = Network(find_proxy=self._find_proxy, ca_file=policy.ca_file)
        self._kept = KeptSessions(Keychain(SIGN_IN_KEYS))
        self.journey = SignInJourney(
            self._network,
            policy,
            Remembered(data_folder()),
            self._kept,
            stay_signed_in=self._stays_signed_in,
            is_held=self._is_held,
        )
        self.organisations = Organisations(
            options.profiles.values(),
            options.config or profile_file(),
            policy,
            self.tasks,
            self,
            forget=self.journey.forget,
        )
        self._pauses = Relay(self)
        self.window = self._make_window()
        self._updates = UpdateNotice(
            self.window.update_notice,
            policy.update_source(built_in_source()),
            self._network,
            self.tasks,
            self.preferences,
            options.open_url,
            allowed=policy.update_notice,
            parent=self,
        )
        self._settings = SettingsKeeper(
            self.window,
            self.organisations,
            self.preferences,
            self.theme,
            self._kept,
            self.tasks,
            self._updates,
            self,
        )
        self._history_settings = HistorySettings(
            self.window,
            self.preferences,
            policy.retention_days,
            self.tasks,
            system_now_ms,
            self,
        )
        self._idle = IdleLock(IdleWatch(policy.idle_lock_minutes * 60), self.window)
        self._connect()

    def _make_window(self) -> MainWindow:
        options, policy = self._options, self._options.policy
        auth_view = AuthView(
            self.organisations,
            self.journey,
            self.tasks,
            self.theme,
            surroundings=Surroundings(
                unsafe=options.unsafe,
                loopback_only=is_switched_off(),
                other_way=not policy.forces_window,
                ca_file=policy.ca_file,
                credentials=self._network.credentials,
                name_proxy=self._find_proxy.name,
            ),
            open_url=options.open_url,
        )
        services = Services(
            open_store=self._open_store,
            sync_for=self._sync_for,
            resume=self.journey.resume,
            sign_out=self.journey.sign_out,
            leave=self.journey.leave,
            put_away=self.journey.put_away,
            budget=_budget,
            zone_for=_zone_for,
            organisations=lambda: self.organisations.names,
            layout_of=self._layout_of,
            keep_layout=self._keep_layout,
            export_log=export_log,
            may_export=policy.export,
            mask_numbers=policy.mask_numbers,
        )
        return MainWindow(
            auth_view,
            SettingsPage(self.theme),
            services,
            self.tasks,
            self.theme,
            interval=options.interval,
        )

    def _connect(self) -> None:
        auth_view = self.window.auth_view
        auth_view.practice_asked.connect(self.start_practice)
        auth_view.set_up.practice_asked.connect(self._on_practice_set_up_asked)
        auth_view.proxy_answered.connect(self._network.use_credentials)
        self._unforeseen.received.connect(self.window.show_unforeseen)
        self._pauses.received.connect(self.window.show_pause)
        self._idle.due.connect(self._on_idle)
        self.window.signed_in.connect(self._on_somebody_there)
        self.window.history_opened.connect(self._on_somebody_there)
        self.window.locked.connect(self._idle.stop)
        self.window.locked.connect(self._updates.hide)
        self.window.signed_out.connect(self._idle.stop)
        self.window.leaving.connect(self._network.forget_credentials)

    def show(self) -> None:
        """Show the window and begin the first sign-in."""
        self.window.show()
        self._updates.start()
        if self._options.practice:
            self.start_practice()
        else:
            self.window.auth_view.start(self._options.chosen, resume=True)

    def start_practice(self) -> None:
        """Start the practice organisation and sign in to it."""
        self._practice_set_up = False
        self._run_practice()

    def _on_practice_set_up_asked(self) -> None:
        """Start it for somebody who sets it up by hand, to see how that is done."""
        self._practice_set_up = True
        self._run_practice()

    def _run_practice(self) -> None:
        if self._practice is not None and self._practice.running:
            if self.practice_description:
                self._go_to_practice()
            return
        if not self._practice_set_up:
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
        self._idle.stop()
        self.window.close()
        # No event loop may follow, and the login's page must go before its profile.
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        self.tasks.close()
        if self._options.mode is None:
            self.preferences.mode = self.theme.mode
        if self._practice is not None:
            self._practice.stop()
        self._folder.cleanup()

    def _on_practice_ready(self, description: dict[str, Any]) -> None:
        self.practice_description = description
        if self.window.interval is None:
            self.window.interval = practice_interval(description)
        self._go_to_practice()

    def _go_to_practice(self) -> None:
        options, auth_view = self._options, self.window.auth_view
        profile = practice_profile(
            self.practice_description,
            options.policy.grant or options.practice_grant,
            options.practice_way,
        )
        if self._practice_set_up:
            auth_view.set_up.show_practice(profile)
            return
        self.organisations.offer(profile)
        auth_view.start(PRACTICE)

    def _on_practice_failed(self, sentence: str) -> None:
        self.practice_description = {}
        self.window.auth_view.say(Icon.WARNING, "The practice organisation isn't there", sentence)

    def _stays_signed_in(self) -> bool:
        return self.preferences.stay_signed_in and self._options.policy.stay_signed_in

    def _on_somebody_there(self) -> None:
        if not self._idle.running and not self.window.is_locked:
            self._idle.start()

    def _on_idle(self) -> None:
        self.window.lock(self._options.policy.idle_lock_minutes)

    async def _is_held(self, session: SignIn) -> bool:
        """On the write lane, where the store isn't being opened or closed meanwhile."""
        return await self.tasks.in_write_lane(lambda: self._holds(session))

    def _holds(self, session: SignIn) -> bool:
        if self.window.history is not None:
            return True  # it is being read already, and two can't have the file open
        if not vault.is_kept(data_folder(), store_name(session)):
            return False
        with suppress(StoreError), closing(self._open_store(session)) as store:
            return store.holdings().contacts > 0
        return False

    def _open_store(self, session: SignIn) -> Store:
        """The person's own store; for the practice organisation one that ends with the window."""
        if session.profile.is_practice:
            key = secrets.token_hex(32)
            folder = Path(self._folder.name) / key[:8]
            return vault.open_store(folder, store_name(session), lambda _: key)
        return open_store(session, self._retention)

    @property
    def _retention(self) -> Retention:
        """For any thread."""
        return Retention(self.preferences.retention_days, self._options.policy.retention_days)

    def _layout_of(self, session: SignIn) -> Layout:
        if session.profile.is_practice:
            return Layout()
        return self.preferences.layout(store_name(session))

    def _keep_layout(self, session: SignIn, layout: Layout) -> None:
        """The practice organisation leaves nothing behind."""
        if not session.profile.is_practice:
            self.preferences.keep_layout(store_name(session), layout)

    def _sync_for(self, session: SignIn, store: Store) -> Sync | None:
        if not isinstance(session, Session):
            return None
        session.client.on_pause = self._pauses.send
        return sync_into(session, store, self.tasks.in_write_lane, lambda: self._retention)


def practice_profile(
    description: Mapping[str, Any], grant: Grant = Grant.IMPLICIT, way: Way = Way.VIEW
) -> Profile:
    """The profile of a running practice organisation."""
    clients = description["clients"]
    client = clients[grant.value]
    return Profile(
        name=PRACTICE,
        login_url=description["login_url"],
        api_url=description["api_url"],
        client_id=client["client_id"],
        grant=grant,
        redirect_uri=client["redirect_uri"],
        timezone="Europe/London",
        way=way,
        pkce_client_id=clients[Grant.PKCE.value]["client_id"],
    )


def practice_interval(description: Mapping[str, Any]) -> Interval:
    """The range that holds all invented contacts."""
    return Clock(ZoneInfo("UTC")).parse_interval(description["interval"])


def _budget(session: SignIn) -> tuple[int, int]:
    if not isinstance(session, Session):
        return 0, 0
    return session.client.budget.used(), session.client.budget.allowed


def _zone_for(session: SignIn) -> ZoneInfo:
    """The profile's zone, else this computer's."""
    name = session.profile.timezone
    return ZoneInfo(name) if name else system_zone()
