"""The frame: which screen shows, and what passes between them.

A session opens that person's store and history.  When the sign-in ends, the history stays
where it is while the sign-in screen is shown over it; the same person goes on at the same
place, another person gets another history (safety F4, F6).  When nobody has been there for a
while, all of it is covered until the person has signed in again (T45).
"""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QWidget

from desktop_app.auth_view import AuthView
from desktop_app.core.errors import ProxySignInNeeded
from desktop_app.core.genesys.retry import Pause
from desktop_app.core.history.clock import Interval
from desktop_app.core.history.store import Store
from desktop_app.core.signin.offline import OfflineSession
from desktop_app.core.signin.session import Session, SignIn
from desktop_app.gui.account_menu import LOCK_KEYS, AccountButton
from desktop_app.gui.assets import Icon
from desktop_app.gui.farewell import farewell_words
from desktop_app.gui.idle import close_popups
from desktop_app.gui.lock_page import LockPage
from desktop_app.gui.notices import NoticeBar, sentence_of, under
from desktop_app.gui.renewal import Renewal
from desktop_app.gui.settings.settings_page import SettingsPage
from desktop_app.gui.tasks import Job, Tasks
from desktop_app.gui.theme import Theme
from desktop_app.history_view import HistoryView
from desktop_app.open_history import OpenHistory
from desktop_app.services import Farewell, Services

_GO_ON = "Sign in again to go on where you were."


class MainWindow(QMainWindow):
    signed_in = Signal(object)  # Session
    leaving = Signal()  # somebody signs out: what is theirs goes now
    signed_out = Signal()
    history_opened = Signal(object)  # HistoryView
    locked = Signal()
    settings_asked = Signal()  # the page is shown once it has been filled

    def __init__(
        self,
        auth_view: AuthView,
        settings_page: SettingsPage,
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
        self._session: SignIn | None = None
        self._job: Job | None = None
        self._is_locked = False
        self._is_erasing = False
        self._before_settings: QWidget | None = None
        self._next = ("", "")  # the organisation to sign in to after this, and why
        self._has_erased = False
        self.auth_view = auth_view
        self.settings_page = settings_page
        self.history: OpenHistory | None = None
        self.lock_page = LockPage(theme, self)
        self.renewal = Renewal(auth_view, tasks, self)
        self._stack = QStackedWidget(self)
        for page in (auth_view, settings_page, self.lock_page):
            self._stack.addWidget(page)
        self.update_notice = NoticeBar(theme, self, "update")
        self.setCentralWidget(under(self.update_notice, self._stack))
        self._connect()

    def _connect(self) -> None:
        self.auth_view.signed_in.connect(self._on_signed_in)
        self.auth_view.held_asked.connect(self._on_held_asked)
        self.auth_view.settings_asked.connect(self.settings_asked)
        self.auth_view.back_asked.connect(self._on_back_asked)
        self.settings_page.closed.connect(self._on_settings_closed)
        self.lock_page.unlock_asked.connect(self._on_unlock_asked)
        self.lock_page.sign_out_asked.connect(self.sign_out)
        self.renewal.renewed.connect(self._on_renewed)
        self.renewal.refused.connect(self._on_renewal_refused)
        self.renewal.needs_person.connect(self._on_renewal_needs_person)
        self.renewal.expired.connect(self._on_expired)
        self.renewal.ended.connect(self._on_expired)  # who comes back to the history is told
        self.renewal.ended.connect(self._on_sign_in_needed)
        self.renewal.counted.connect(self._on_counted)
        QShortcut(QKeySequence(LOCK_KEYS), self, self.lock)

    @property
    def sign_in(self) -> SignIn | None:
        return self._session

    @property
    def session(self) -> Session | None:
        """The sign-in, unless it is one that couldn't be checked."""
        return self._session if isinstance(self._session, Session) else None

    @property
    def _open(self) -> OpenHistory | None:
        """The history that is open, unless it was put away to be erased."""
        return None if self.history is None or self.history.is_put_away else self.history

    @property
    def history_view(self) -> HistoryView | None:
        return self._open.view if self._open is not None else None

    @property
    def is_locked(self) -> bool:
        return self._is_locked

    # --- signing in ---------------------------------------------------------------------------

    def _on_signed_in(self, session: Session) -> None:
        if self.renewal.takes(session):
            return
        self._set_locked(False)
        before = self._replace_session(session)
        history = self._open
        if history is not None and before is not None and before.same_person(session):
            self._stack.setCurrentWidget(history.view)
            history.go_on(session)
            self.signed_in.emit(session)
        else:
            self._open_history(session)

    def _on_held_asked(self, session: OfflineSession) -> None:
        """Read what is held without a connection; nothing is asked of Genesys (fault F9)."""
        self._replace_session(session)
        self._open_history(session)

    def _open_history(self, session: SignIn) -> None:
        self._close_history()
        self._stack.setCurrentWidget(self.auth_view)
        self.auth_view.say_opening()
        open_store = self._services.open_store
        self._job = self._tasks.write(lambda: (session, open_store(session)))
        self._job.succeeded.connect(self._on_store_opened)
        self._job.failed.connect(self._on_store_failed)

    def _replace_session(self, session: Session | OfflineSession) -> SignIn | None:
        """Use a new sign-in from now on; the one before is revoked, unless it goes on with the
        same token. Returns the one before."""
        before, self._session = self._session, session
        self.renewal.follow(session)
        if before is not None and not before.same_token(session):
            self._see_off(before, self._services.sign_out)
        return before

    def _see_off(self, session: SignIn, how: Farewell) -> Job:
        """End a sign-in, or what is kept of it; closing the window waits for it (T29)."""
        return self._tasks.farewell(lambda: how(session))

    def _on_renewed(self, session: Session) -> None:
        """The same person's new sign-in, come by itself, or their kept one, now that it could be
        checked: what is on the screen stays, and a reading under way goes on with it."""
        self._replace_session(session)
        if self._is_locked:
            self._see_off(session, self._services.put_away)
        if self._open is not None:
            self._open.use(session)
        self.signed_in.emit(session)

    def _on_store_opened(self, opened: tuple[SignIn, Store]) -> None:
        session, store = opened
        if session is not self._session:
            # Somebody else has signed in meanwhile: nobody sees what isn't theirs (T35).
            self._tasks.write(store.close)
            return
        history = OpenHistory(session, store, self._services, self._tasks, self._theme, self)
        self.history, view = history, history.view
        self._connect_account(history.account)
        view.sign_in_needed.connect(self._on_sign_in_needed)
        view.proxy_sign_in_needed.connect(self._on_proxy_sign_in_needed)
        view.notice.stepped.connect(self._on_renewal_asked)
        history.online.connect(self._on_renewed)
        history.refused.connect(self._on_switch_asked)
        self._stack.addWidget(view)
        self._stack.setCurrentWidget(view)
        self.renewal.tell()
        if not history.is_offline:
            self.signed_in.emit(session)
        self.history_opened.emit(view)
        view.tell_rights()
        history.show(self.interval)
        view.table.setFocus()

    def _connect_account(self, account: AccountButton) -> None:
        account.sign_out_asked.connect(self.sign_out)
        account.lock_asked.connect(self.lock)
        account.settings_asked.connect(self.settings_asked)
        account.switch_asked.connect(self._on_switch_asked)

    def _on_store_failed(self, error: Exception) -> None:
        title = "Your history can't be opened"
        self.auth_view.say(Icon.WARNING, title, sentence_of(error), retry=True)

    # --- while signed in ----------------------------------------------------------------------

    def _on_expired(self) -> None:
        """Nobody is torn from the table: what is held stays readable, and a button goes on."""
        if self._open is not None:
            self._open.tell_expired()

    def _on_sign_in_needed(self) -> None:
        self._sign_in_again(f"Your sign-in has ended. {_GO_ON}")

    def _on_renewal_asked(self) -> None:
        self._sign_in_again(f"Your sign-in ends soon. {_GO_ON}")

    def _sign_in_again(self, why: str, *, unlocking: bool = False) -> None:
        session = self._session
        if session is None:
            return
        if not unlocking and (self._is_locked or self.auth_view.isVisible()):
            return  # whoever unlocks, or is at it already, signs in anyway
        self._show_sign_in()
        self.auth_view.start(session.profile.name, hint=session.user_email, why=why)

    def _on_renewal_refused(self, session: Session) -> None:
        """Somebody else was remembered by the login host: that sign-in is not used."""
        self._see_off(session, self._services.sign_out)

    def _on_renewal_needs_person(self, words: str) -> None:
        if self._open is not None:
            self._open.ask_to_renew(words)

    def _on_counted(self, words: str, urgent: bool) -> None:
        if self._open is not None:
            self._open.account.show_countdown(words, urgent=urgent)

    def _on_proxy_sign_in_needed(self, error: ProxySignInNeeded) -> None:
        if self._is_locked or self.auth_view.isVisible():
            return  # what reads behind the screen disturbs nobody who signs in
        self._sign_in_again("The network's proxy asks for a sign-in.")
        self.auth_view.cancel()
        self.auth_view.ask_for_proxy(error.proxy)

    def show_pause(self, pause: Pause | None) -> None:
        """Say that Genesys asks for a pause, and for how long."""
        if self.history_view is not None:
            self.history_view.show_pause(pause)

    def show_unforeseen(self, sentence: str) -> None:
        """Say that something went wrong that nobody had thought of."""
        if self.history_view is not None:
            self.history_view.notice.say(sentence, level="warn")
        else:
            self.auth_view.tell(sentence)

    # --- settings -----------------------------------------------------------------------------

    def show_settings(self) -> None:
        """Show the settings over what is there now."""
        if self._stack.currentWidget() is not self.settings_page and not self._is_locked:
            self._before_settings = self._stack.currentWidget()
            self._stack.setCurrentWidget(self.settings_page)
            self.settings_page.setFocus()

    def _on_settings_closed(self) -> None:
        if self._is_erasing:
            return  # a store that is opened behind its back would be left on the disk
        if self._stack.currentWidget() is self.settings_page:
            if self._before_settings is not None:
                self._stack.setCurrentWidget(self._before_settings)
            elif self._session is not None:
                self._open_history(self._session)  # it was put away, and could not be erased
        self._before_settings = None

    def show_sign_in(self) -> None:
        """Leave the settings for the sign-in screen, to set up or to edit an organisation."""
        self._before_settings = None
        self._show_sign_in()

    def _show_sign_in(self) -> None:
        """With a way back, where a history is held and nothing has to be proved."""
        self.renewal.give_up()
        self.auth_view.offer_back(self.history_view is not None and not self._is_locked)
        self._stack.setCurrentWidget(self.auth_view)

    def _on_back_asked(self) -> None:
        if self.history_view is not None and not self._is_locked:
            self.auth_view.cancel()
            self._stack.setCurrentWidget(self.history_view)

    # --- locking ------------------------------------------------------------------------------

    def lock(self, idle_minutes: int | None = None) -> None:
        """Cover everything until the person has signed in again; None: they asked for it."""
        session = self._session
        if session is None or self.history is None or self._is_locked:
            return
        self._set_locked(True)
        self._before_settings = None
        close_popups(self)
        self.renewal.give_up()
        self.history.stay_offline()
        self._see_off(session, self._services.put_away)
        self.auth_view.cancel()  # nothing that was begun before may unlock it
        self.lock_page.show_locked(session.user_name, session.organization_name, idle_minutes)
        self._stack.setCurrentWidget(self.lock_page)
        self.locked.emit()

    def _set_locked(self, locked: bool) -> None:
        self._is_locked = locked
        self.auth_view.must_type(locked)

    def _on_unlock_asked(self) -> None:
        self._sign_in_again(f"Contact History is locked. {_GO_ON}", unlocking=True)

    # --- erasing ------------------------------------------------------------------------------

    def erase_history(self) -> Job | None:
        """Delete all that is held for the person, and sign them out (safety T34).

        Signed in, the range that is shown would be read at once, and what was erased be there
        again with a key of its own.  A failure leaves them here; it can be asked for again.
        """
        if self.history is None:
            return None
        self._before_settings = None
        self._is_erasing = True
        job = self.history.erase()
        job.ended.connect(self._on_erasing_ended)
        job.succeeded.connect(self._on_erased)
        return job

    def _on_erasing_ended(self) -> None:
        self._is_erasing = False

    def _on_erased(self) -> None:
        self._has_erased = True
        self.sign_out()

    # --- leaving ------------------------------------------------------------------------------

    def _on_switch_asked(self, name: str, why: str = "") -> None:
        """Leave nothing here, and sign in to an organisation, where ``why`` is told."""
        self._next = (name, why)
        self.sign_out()

    def sign_out(self) -> None:
        """Revoke the token, close the store, destroy the login's profile (safety T29)."""
        session, self._session = self._session, None
        self.renewal.stop()
        self._set_locked(False)
        if session is None:
            return
        self.leaving.emit()
        self._close_history()
        self.auth_view.forget()
        self._stack.setCurrentWidget(self.auth_view)
        self.auth_view.say(Icon.CLOCK, "Signing out …", "")
        self._job = self._see_off(session, self._services.sign_out)
        self._job.succeeded.connect(self._on_signed_out)
        self._job.failed.connect(self._on_signed_out)

    def _on_signed_out(self, end: object) -> None:
        """``end`` is whether Genesys was told, or what went wrong over it."""
        if self._session is not None:
            return  # somebody has signed in meanwhile
        erased, self._has_erased = self._has_erased, False
        self.auth_view.say_signed_out(farewell_words(revoked=end is True, erased=erased))
        self.signed_out.emit()
        (name, why), self._next = self._next, ("", "")
        if name:
            self.auth_view.start(name, why=why)

    def _close_history(self) -> None:
        self.auth_view.offer_back(False)
        self._before_settings = None
        history, self.history = self.history, None
        if history is not None:
            history.put_away()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop accepting, cancel, join, close; revoking the token takes 2 s at most."""
        session, self._session = self._session, None
        self.renewal.stop()
        self._close_history()
        self.auth_view.forget()
        # A locked window must not open by itself at the next start.
        leave = self._services.sign_out if self._is_locked else self._services.leave
        self._tasks.close((lambda: leave(session)) if session is not None else None)
        super().closeEvent(event)
