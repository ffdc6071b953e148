"""One person's history as long as the window has it open: their store and the screen over it."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from desktop_app.core.history.clock import Clock
from desktop_app.core.history.store import Store
from desktop_app.core.signin.session import Session
from desktop_app.gui.account_menu import AccountButton
from desktop_app.gui.history.layout import Layout
from desktop_app.gui.tasks import Job, Tasks
from desktop_app.gui.theme import Theme
from desktop_app.history_view import HistoryView
from desktop_app.services import Services

BUDGET_MS = 1_000  # how often the status line tells the rate budget


class OpenHistory(QObject):
    """Made with the sign-in that opened the store; ``go_on`` and ``use`` bring later ones of the
    same person.  Its view is gone once it ``is_put_away``."""

    def __init__(
        self,
        session: Session,
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
            rights=session.rights,
            mask_numbers=services.mask_numbers,
            budget=self._budget,
            layout=services.layout_of(session),
        )
        self.view = view
        self.is_put_away = False
        self.account = AccountButton(theme, view.status)
        view.status.add_right(self.account)
        view.arrangement.changed.connect(self._on_arranged)
        self._show_account()
        self._show_budget()
        self._timer = QTimer(self, interval=BUDGET_MS)
        self._timer.timeout.connect(self._show_budget)
        self._timer.start()

    def go_on(self, session: Session) -> None:
        """The person has signed in again."""
        self._session = session
        self._show_account()
        self.view.resume(self._services.sync_for(session, self.store))

    def use(self, session: Session) -> None:
        """Their sign-in was renewed: nothing on the screen changes."""
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
            self.view.close_readers()
            self.view.deleteLater()

    def _show_account(self) -> None:
        self.account.offer_others(self._services.organisations())
        self.account.show_session(self._session, self.view.clock)

    def _budget(self) -> tuple[int, int]:
        return self._services.budget(self._session)

    def _show_budget(self) -> None:
        self.view.status.show_budget(*self._budget())

    def _on_arranged(self, layout: Layout) -> None:
        self._services.keep_layout(self._session, layout)
