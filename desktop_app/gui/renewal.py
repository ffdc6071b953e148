"""Looking after a sign-in: its countdown, its renewal by itself, and its end.

Shortly before the end a new sign-in is tried behind the screen.  Where the login host still
remembers the person it comes back at once; where it asks anything, the person is asked.
"""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal, SignalInstance

from desktop_app.core.signin.lifetime import countdown
from desktop_app.core.signin.offline import OfflineSession
from desktop_app.core.signin.session import Session
from desktop_app.gui.session_keeper import SessionKeeper
from desktop_app.gui.tasks import Tasks

QUIET_MS = 20_000  # a login that has not come back by then waits for a person
URGENT_S = 30 * 60  # with less than this left, the countdown is shown all the time


class SignInScreen(Protocol):
    """What is needed of the sign-in screen."""

    failed: SignalInstance

    def start_quietly(self, name: str, *, hint: str) -> bool: ...
    def cancel(self) -> None: ...


class Renewal(QObject):
    renewed = Signal(object)  # Session, of the same person
    refused = Signal(object)  # Session of somebody else, not to be used
    needs_person = Signal(str)  # words: how long the sign-in still lasts
    expired = Signal()
    ended = Signal()
    counted = Signal(str, bool)  # words, and whether it ends soon

    def __init__(self, screen: SignInScreen, tasks: Tasks, parent: QObject) -> None:
        super().__init__(parent)
        self._screen = screen
        self._session: Session | None = None
        self._trying = False
        self.keeper = SessionKeeper(tasks, parent=self)
        self.keeper.renewal_due.connect(self._on_due)
        self.keeper.expired.connect(self.expired)
        self.keeper.ended.connect(self.ended)
        self.keeper.counted.connect(self._on_counted)
        self._patience = QTimer(self, singleShot=True, interval=QUIET_MS)
        self._patience.timeout.connect(self._on_in_vain)
        screen.failed.connect(self._on_in_vain)

    def follow(self, session: Session | OfflineSession) -> None:
        """Look after this sign-in from now on, if it can be asked about."""
        if isinstance(session, OfflineSession):
            self.stop()
            return
        self._stop_trying()
        self._session = session
        self.keeper.follow(session)

    def stop(self) -> None:
        self.give_up()
        self.keeper.stop()
        self._session = None

    def tell(self) -> None:
        """Tell the countdown once more."""
        if self._session is not None:
            self._on_counted(countdown(self._session.remaining()))

    def takes(self, session: Session) -> bool:
        """Whether a sign-in that came is the one that was tried for behind the screen."""
        before = self._session
        if not self._trying or before is None:
            return False
        self._stop_trying()
        if before.same_person(session):
            self.renewed.emit(session)
        else:
            self.refused.emit(session)
            self._ask_person()
        return True

    def give_up(self) -> None:
        """Stop trying; somebody signs in before the screen."""
        if self._trying:
            self._stop_trying()
            self._screen.cancel()

    def _stop_trying(self) -> None:
        self._trying = False
        self._patience.stop()

    def _on_due(self) -> None:
        session = self._session
        if session is None:
            return
        if self._screen.start_quietly(session.profile.name, hint=session.user_email):
            self._trying = True
            self._patience.start()
        else:  # whoever is at the sign-in screen goes on there
            self._ask_person()

    def _on_in_vain(self) -> None:
        if self._trying:
            self.give_up()
            self._ask_person()

    def _ask_person(self) -> None:
        if self._session is not None:
            self.needs_person.emit(countdown(self._session.remaining()))

    def _on_counted(self, words: str) -> None:
        session = self._session
        if session is not None:
            self.counted.emit(words, session.remaining().total_seconds() < URGENT_S)
