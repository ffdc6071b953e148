"""Signing in on a login page inside the window.

    profile ─► attempt ─► login page ─► callback caught ─► token ─► checked ─► session

The person types the password on Genesys' page; this program never sees it.
"""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Signal

from desktop_app.core.errors import ConfigError
from desktop_app.core.signin.oauth import Attempt, Code, Failure, Outcome, Token
from desktop_app.core.signin.profiles import Profile
from desktop_app.gui.guarded_page import Guard
from desktop_app.gui.signin.login_panel import LoginPanel
from desktop_app.gui.signin.surroundings import Surroundings
from desktop_app.gui.signin.ways import Journey
from desktop_app.gui.tasks import Job, Tasks


class WindowWay(QObject):
    """One attempt at a time; ``signed_in`` brings its checked session."""

    callback_seen = Signal()
    signed_in = Signal(object)  # Session
    failed = Signal(object)  # the exception

    def __init__(
        self,
        panel: LoginPanel,
        journey: Journey,
        tasks: Tasks,
        surroundings: Surroundings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._panel = panel
        self._journey = journey
        self._tasks = tasks
        self._surroundings = surroundings
        self._attempt: Attempt | None = None
        self._guard: Guard | None = None
        self._job: Job | None = None
        panel.failed.connect(self._on_failed)

    @property
    def attempt(self) -> Attempt | None:
        """The attempt under way."""
        return self._attempt

    def start(self, profile: Profile, *, hint: str = "", prompt: str = "") -> None:
        """Begin an attempt, in place of one that is under way."""
        self.cancel()
        refusal = self._surroundings.refusal(profile)
        if refusal is not None:
            self.failed.emit(refusal)
            return
        self._attempt = Attempt.start(profile, login_hint=hint, prompt=prompt, now=time.time())
        confined = self._surroundings.loopback_only
        self._guard = Guard(self._attempt, loopback_only=confined, parent=self)
        self._guard.answered.connect(self._on_answered)
        try:
            self._panel.open(self._attempt.authorize_url, self._guard)
        except ConfigError as error:  # the policy's certificate authorities can't be read
            self._on_failed(error)

    def cancel(self) -> None:
        """End what is under way; whatever it still brings is dropped."""
        if self._job is not None:
            self._job.cancel()
            self._job = None
        self._end_attempt()

    def _end_attempt(self) -> None:
        self._panel.close_page()
        self._attempt = None
        if self._guard is not None:
            self._guard.deleteLater()
            self._guard = None

    def _on_answered(self, outcome: Outcome) -> None:
        attempt = self._attempt
        if attempt is None:
            return
        if isinstance(outcome, Failure):
            self._on_failed(outcome.error)
        elif isinstance(outcome, Token | Code):
            self.callback_seen.emit()
            finish, sign_out = self._journey.finish, self._journey.sign_out
            self._job = self._tasks.network(lambda: finish(attempt, outcome), unclaimed=sign_out)
            self._job.succeeded.connect(self._on_session)
            self._job.failed.connect(self._on_failed)

    def _on_session(self, session: object) -> None:
        self._job = None
        self._end_attempt()
        self.signed_in.emit(session)

    def _on_failed(self, error: Exception) -> None:
        self._job = None
        self._end_attempt()
        self.failed.emit(error)
