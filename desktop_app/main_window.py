"""The frame: which screen shows, and what passes between them.

A session opens that person's store and history.  When the sign-in ends, the history stays
where it is while the sign-in screen is shown over it; the same person goes on at the same
place, another person gets another history (safety F4, F6).
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QWidget

from desktop_app.auth_view import AuthView
from desktop_app.core.errors import SignInNeeded
from desktop_app.core.genesys.retry import Pause
from desktop_app.core.history.clock import Clock, Interval
from desktop_app.core.history.store import Store
from desktop_app.core.signin.session import Session
from desktop_app.gui.account_menu import AccountButton
from desktop_app.gui.assets import Icon
from desktop_app.gui.history.feed import Sync
from desktop_app.gui.notices import sentence_of
from desktop_app.gui.tasks import Job, Tasks
from desktop_app.gui.theme import Theme
from desktop_app.history_view import HistoryView

BUDGET_MS = 1_000  # how often the status line tells the rate budget


@dataclass(frozen=True)
class Services:
    """What the window needs of the core, chosen where the object graph is built (``cli``)."""

    open_store: Callable[[Session], Store]  # blocks; runs on the write lane
    sync_for: Callable[[Session, Store], Sync]
    sign_out: Callable[[Session], Coroutine[Any, Any, bool]]  # whether Genesys was told
    budget: Callable[[Session], tuple[int, int]]  # requests used and allowed a minute
    zone_for: Callable[[Session], ZoneInfo]


def _ms_until(moment: datetime) -> int:
    """From now, as a timer takes it: it counts 24 days at most."""
    left = (moment - datetime.now(UTC)).total_seconds() * 1000
    return int(min(max(left, 0), 2**31 - 1))


class MainWindow(QMainWindow):
    signed_in = Signal(object)  # Session
    signed_out = Signal()
    history_opened = Signal(object)  # HistoryView

    def __init__(
        self,
        auth_view: AuthView,
        services: Services,
        tasks: Tasks,
        theme: Theme,
        *,
        interval: Interval | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("mainWindow")
        self.setWindowTitle("Contact History")
        self.resize(1440, 900)
        self.setMinimumSize(900, 560)
        self._services = services
        self._tasks = tasks
        self._theme = theme
        self.interval = interval  # shown first; today when None
        self._session: Session | None = None
        self._store: Store | None = None
        self._job: Job | None = None
        self._account: AccountButton | None = None
        self.auth_view = auth_view
        self.history_view: HistoryView | None = None
        auth_view.signed_in.connect(self._on_signed_in)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(auth_view)
        self.setCentralWidget(self._stack)
        self._expiry = QTimer(self, singleShot=True)
        self._expiry.timeout.connect(self._on_expired)
        self._budget_timer = QTimer(self, interval=BUDGET_MS)
        self._budget_timer.timeout.connect(self._show_budget)

    @property
    def session(self) -> Session | None:
        return self._session

    # --- signing in ---------------------------------------------------------------------------

    def _on_signed_in(self, session: Session) -> None:
        before, self._session = self._session, session
        self._expiry.start(_ms_until(session.expires_at))
        if before is not None:
            self._tasks.network(before.close)
        if self.history_view is not None and before is not None and self._store is not None:
            if before.store_key == session.store_key:
                self._go_on(session, self.history_view, self._store)
                return
            self._close_history()
        self.auth_view.say(Icon.CLOCK, "Opening your history …", "")
        open_store = self._services.open_store
        self._job = self._tasks.write(lambda: open_store(session))
        self._job.succeeded.connect(self._on_store_opened)
        self._job.failed.connect(self._on_store_failed)

    def _go_on(self, session: Session, view: HistoryView, store: Store) -> None:
        assert self._account is not None
        self._account.show_session(session, view.clock)
        self._stack.setCurrentWidget(view)
        view.resume(self._services.sync_for(session, store))
        self.signed_in.emit(session)

    def _on_store_opened(self, store: Store) -> None:
        session = self._session
        assert session is not None
        clock = Clock(self._services.zone_for(session))
        self._store = store
        view = HistoryView(
            self._tasks, self._theme, store, self._services.sync_for(session, store), clock, self
        )
        self._account = AccountButton(session, clock, self._theme, view.status)
        self._account.sign_out_asked.connect(self.sign_out)
        view.status.add_right(self._account)
        view.sign_in_needed.connect(self._on_sign_in_needed)
        self.history_view = view
        self._stack.addWidget(view)
        self._stack.setCurrentWidget(view)
        self._budget_timer.start()
        self._show_budget()
        self.signed_in.emit(session)
        self.history_opened.emit(view)
        view.show_interval(self.interval)
        view.table.setFocus()

    def _on_store_failed(self, error: Exception) -> None:
        title = "Your history can't be opened"
        self.auth_view.say(Icon.WARNING, title, sentence_of(error), retry=True)

    def _on_expired(self) -> None:
        """Nobody is torn from the table: what is held stays readable, and a button goes on."""
        if self.history_view is not None:
            self.history_view.notice.show_error(
                SignInNeeded("Your sign-in has run out. What is here can still be read.")
            )

    def _on_sign_in_needed(self) -> None:
        session = self._session
        if session is None:
            return
        self._stack.setCurrentWidget(self.auth_view)
        self.auth_view.start(
            session.profile.name,
            hint=session.user_email,
            why="Your sign-in has ended. Sign in again to go on where you were.",
        )

    def show_pause(self, pause: Pause | None) -> None:
        """Say that Genesys asks for a pause, and for how long."""
        if self.history_view is not None:
            self.history_view.show_pause(pause)

    # --- leaving ------------------------------------------------------------------------------

    def sign_out(self) -> None:
        """Revoke the token, close the store, destroy the login's profile (safety T29)."""
        session, self._session = self._session, None
        self._expiry.stop()
        if session is None:
            return
        sign_out = self._services.sign_out
        self._close_history()
        self.auth_view.forget()
        self._stack.setCurrentWidget(self.auth_view)
        self.auth_view.say(Icon.CLOCK, "Signing out …", "")
        self._job = self._tasks.network(lambda: sign_out(session))
        self._job.succeeded.connect(self._on_signed_out)
        self._job.failed.connect(self._on_sign_out_failed)

    def _on_signed_out(self, revoked: bool) -> None:
        self.auth_view.say_signed_out(revoked=revoked)
        self.signed_out.emit()

    def _on_sign_out_failed(self, error: Exception) -> None:
        self._on_signed_out(False)

    def _close_history(self) -> None:
        self._budget_timer.stop()
        view, self.history_view = self.history_view, None
        if view is not None:
            view.close_readers()
            self._stack.removeWidget(view)
            view.deleteLater()
        store, self._store = self._store, None
        if store is not None:
            self._tasks.write(store.close)

    def _show_budget(self) -> None:
        if self.history_view is not None and self._session is not None:
            self.history_view.status.show_budget(*self._services.budget(self._session))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop accepting, cancel, join, close; revoking the token takes 2 s at most."""
        session, self._session = self._session, None
        self._close_history()
        self.auth_view.forget()
        sign_out = self._services.sign_out
        self._tasks.close((lambda: sign_out(session)) if session is not None else None)
        super().closeEvent(event)
