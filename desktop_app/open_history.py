"""One person's history as long as the window has it open: their store and the screen over it."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from desktop_app.core.errors import (
    NetworkError,
    ProxySignInNeeded,
    RateLimited,
    ServiceUnavailable,
    SignInNeeded,
    UnexpectedAnswer,
)
from desktop_app.core.history.clock import Clock, Interval
from desktop_app.core.history.store import Holdings, Store
from desktop_app.core.signin.offline import Offline
from desktop_app.core.signin.permissions import Rights
from desktop_app.core.signin.session import Session, SignIn
from desktop_app.gui.account_menu import AccountButton
from desktop_app.gui.export.exporting import Exporting, Shown
from desktop_app.gui.history.layout import Layout
from desktop_app.gui.notices import sentence_of
from desktop_app.gui.signin.kept_way import KeptWay
from desktop_app.gui.tasks import Job, Tasks
from desktop_app.gui.theme import Theme
from desktop_app.history_view import HistoryView
from desktop_app.services import Services

BUDGET_MS = 1_000  # how often the status line tells the rate budget

# After these a sign-in that was kept may hold as well as before.
_STILL_OFFLINE = (NetworkError, RateLimited, ServiceUnavailable, UnexpectedAnswer)


class OpenHistory(QObject):
    """Made with the sign-in that opened the store; ``go_on`` and ``use`` bring later ones of the
    same person.  Its view is gone once it ``is_put_away``.

    With a sign-in that couldn't be checked it is offline: it shows what is held, until the person
    asks to go online (fault F9).
    """

    online = Signal(object)  # Session: the sign-in that was kept still holds
    refused = Signal(str, str)  # it doesn't: the organisation's name, and why

    def __init__(
        self,
        session: SignIn,
        store: Store,
        services: Services,
        tasks: Tasks,
        theme: Theme,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.store = store
        self._session = session
        self._services = services
        self._tasks = tasks
        view = HistoryView(
            tasks,
            theme,
            store,
            services.sync_for(session, store),
            Clock(services.zone_for(session)),
            parent,
            rights=_rights(session),
            mask_numbers=services.mask_numbers,
            budget=self._budget,
            layout=services.layout_of(session),
        )
        self.view = view
        self.is_put_away = False
        self._exporting = Exporting(
            tasks,
            store,
            self._shown,
            view,
            mask_numbers=services.mask_numbers,
            log=services.export_log(session),
        )
        self._offer_export()
        self.account = AccountButton(theme, view.status)
        view.status.add_right(self.account)
        view.arrangement.changed.connect(self._on_arranged)
        self._kept = KeptWay(services.resume, tasks, self)
        self._kept.signed_in.connect(self.online)
        self._kept.nothing_kept.connect(self._on_ended)
        self._kept.failed.connect(self._on_not_online)
        view.online_asked.connect(self._go_online)
        view.status.online_asked.connect(self._go_online)
        view.status.cancel_asked.connect(self.stay_offline)
        view.status.show_offline(self.is_offline)
        self._show_account()
        self._show_budget()
        self._timer = QTimer(self, interval=BUDGET_MS)
        self._timer.timeout.connect(self._show_budget)
        self._timer.start()

    @property
    def is_offline(self) -> bool:
        return not isinstance(self._session, Session)

    def show(self, interval: Interval | None) -> None:
        """Show a range.  None is for today; offline for the day that was met last, for nothing
        comes in any more."""
        if interval is None and self.is_offline:
            job = self._tasks.write(self.store.holdings)
            job.succeeded.connect(self._on_holdings)
            job.failed.connect(self.view.notice.show_error)
        else:
            self.view.show_interval(interval)

    def _on_holdings(self, holdings: Holdings) -> None:
        if not self.is_put_away:
            last = self.view.clock.day(holdings.last_ms)
            is_today = last == self.view.picker.interval
            self.view.show_interval(last if holdings.contacts and not is_today else None)

    def go_on(self, session: Session) -> None:
        """The person has signed in again."""
        self.stay_offline()
        self._session = session
        self._show_account()
        self._show_budget()
        self.view.status.show_offline(False)
        self.view.resume(self._services.sync_for(session, self.store), session.rights)

    def use(self, session: Session) -> None:
        """Their sign-in was renewed: nothing on the screen changes, unless that was offline."""
        if self.is_offline:
            self.go_on(session)
            return
        self._session = session
        self._show_account()
        self.view.use(self._services.sync_for(session, self.store))

    def put_away(self) -> None:
        """Stop all that runs for it and let the file go."""
        self.close_view()
        self._tasks.write(self.store.close)
        self.deleteLater()

    def erase(self) -> Job:
        """Stop all that runs for it and delete what is held: key and file (safety T34).

        After a failure it can be called again.
        """
        self.close_view()
        return self._tasks.write(self.store.erase)

    def close_view(self) -> None:
        if not self.is_put_away:
            self.is_put_away = True
            self._timer.stop()
            self._kept.cancel()
            self._exporting.close()
            self.view.close_readers()
            self.view.deleteLater()

    def tell_expired(self) -> None:
        self.view.notice.show_error(
            SignInNeeded("Your sign-in has run out. What is here can still be read.")
        )

    def ask_to_renew(self, words: str) -> None:
        """``words`` say how long the sign-in still lasts."""
        self.view.notice.say(f"{words.capitalize()}. Renew it to go on.", "Renew", level="warn")

    # --- offline ------------------------------------------------------------------------------

    def _go_online(self) -> None:
        """Try the sign-in that was kept once more; the table stays as it is meanwhile."""
        if self.is_offline:
            self.view.notice.clear()
            self.view.status.show_waiting("asking Genesys Cloud …")
            self._kept.start(self._session.profile)

    def stay_offline(self) -> None:
        """Give up a try that is under way."""
        self._kept.cancel()
        if self.is_offline:
            self.view.status.show_idle()

    def _on_ended(self) -> None:
        self._refuse("Your sign-in has ended. Sign in again.")

    def _refuse(self, why: str) -> None:
        self.refused.emit(self._session.profile.name, why)

    def _on_not_online(self, error: Exception) -> None:
        if not isinstance(error, _STILL_OFFLINE):
            self._refuse(sentence_of(error))
            return
        self.view.status.show_idle()
        self.view.notice.show_error(error.reason if isinstance(error, Offline) else error)
        if isinstance(error, ProxySignInNeeded):
            self.view.proxy_sign_in_needed.emit(error)

    # --- exports ------------------------------------------------------------------------------

    def _offer_export(self) -> None:
        button = self.view.bar.export
        if not self._services.may_export:
            button.setEnabled(False)
            button.setToolTip("Your administrator doesn't allow exports")
            return
        button.clicked.connect(self._exporting.show)
        QShortcut(QKeySequence("Ctrl+E"), self.view, self._exporting.show)

    def _shown(self) -> Shown | None:
        view = self.view
        if view.model.query is None:
            return None
        return Shown(
            view.model.query,
            view.model.rowCount(),
            view.table.selected_numbers(),
            view.arrangement.layout.columns,
            view.coverage,
            view.clock,
        )

    # --- beside the view ----------------------------------------------------------------------

    def _show_account(self) -> None:
        self.account.offer_others(self._services.organisations())
        self.account.show_session(self._session, self.view.clock)

    def _budget(self) -> tuple[int, int]:
        return self._services.budget(self._session)

    def _show_budget(self) -> None:
        self.view.status.show_budget(*self._budget())

    def _on_arranged(self, layout: Layout) -> None:
        self._services.keep_layout(self._session, layout)


def _rights(session: SignIn) -> Rights:
    """What is held was read by the person; what they may see now, only Genesys can tell."""
    return session.rights if isinstance(session, Session) else Rights()
