"""The sign-in screen: whose organisation, and its login page in a guarded web view.

    profile ─► attempt ─► login page ─► callback caught ─► token ─► checked ─► session

The person types the password on Genesys' page; this program never sees it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop_app.core.errors import ContactHistoryError, UnsafeEnvironment
from desktop_app.core.signin.oauth import Attempt, Code, Failure, Outcome, Token
from desktop_app.core.signin.profiles import Profile
from desktop_app.core.signin.session import Session
from desktop_app.gui.assets import Icon
from desktop_app.gui.guarded_page import Guard
from desktop_app.gui.notices import sentence_of
from desktop_app.gui.signin.login_panel import LoginPanel
from desktop_app.gui.signin.side_panel import SidePanel
from desktop_app.gui.tasks import Job, Tasks
from desktop_app.gui.theme import Theme

# Turns the callback's answer into a checked session, on the network lane.
Finish = Callable[[Profile, Attempt, Token | Code], Coroutine[Any, Any, Session]]


class AuthView(QWidget):
    """One attempt is live at a time; ``signed_in`` brings its checked session.

    ``unsafe`` says why no page may be shown at all; ``loopback_only`` confines pages to this
    computer because the browser's sandbox is off (see ``gui.sandbox``).
    """

    signed_in = Signal(object)  # Session
    callback_seen = Signal()
    practice_asked = Signal()
    page_loaded = Signal()

    def __init__(
        self,
        profiles: Iterable[Profile],
        tasks: Tasks,
        theme: Theme,
        finish: Finish,
        *,
        profile_file: str,
        unsafe: str = "",
        loopback_only: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("authView")
        self._profiles = {profile.name: profile for profile in profiles}
        self._tasks = tasks
        self._finish = finish
        self._profile_file = profile_file
        self._unsafe = unsafe
        self._loopback_only = loopback_only
        self._attempt: Attempt | None = None
        self._guard: Guard | None = None
        self._job: Job | None = None
        self._hint = ""
        self._side = SidePanel(self)
        self._side.show_profiles(self._profiles.values())
        self._side.profile_chosen.connect(self._on_profile_chosen)
        self._side.practice_asked.connect(self.practice_asked)
        self._panel = LoginPanel(theme, loopback_only=loopback_only, parent=self)
        self._panel.status_changed.connect(self._side.say)
        self._panel.failed.connect(self._on_failed)
        self._panel.retry_asked.connect(self._on_retry)
        self._panel.page_loaded.connect(self.page_loaded)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._side)
        row.addWidget(self._panel, 1)

    @property
    def web_view(self) -> QWebEngineView:
        return self._panel.web_view

    @property
    def profile(self) -> Profile | None:
        return self._side.profile

    def add_profile(self, profile: Profile) -> None:
        """Add or replace a profile, e.g. the practice organisation once it runs."""
        self._profiles[profile.name] = profile
        self._side.show_profiles(self._profiles.values())

    def say(self, icon: Icon, title: str, text: str, *, retry: bool = False) -> None:
        """Show words in place of the login page; ``retry`` offers to sign in anew."""
        self._panel.say(icon, title, text, "Retry" if retry else "")

    def say_signed_out(self, *, revoked: bool) -> None:
        words = (
            "The sign-in was revoked and nothing of it is left on this computer."
            if revoked
            else "Nothing of the sign-in is left on this computer. Genesys could not be told to"
            " revoke it, so there it ends when its time is over."
        )
        self._panel.say(Icon.LOG_OUT, "You are signed out", words, "Sign in")
        self._side.say("")

    def start(self, name: str = "", *, hint: str = "", why: str = "") -> None:
        """Begin an attempt with the named profile, or the chosen one.

        ``hint`` is an e-mail address to fill in; ``why`` tells why signing in is asked again.
        """
        if name:
            self._side.choose(name)
        self._hint = hint
        self._side.say_why(why)
        self._end_attempt()
        profile = self.profile
        if profile is None:
            self._say_no_profile()
            return
        refusal = self._refusal(profile)
        if refusal is not None:
            self._on_failed(refusal)
            return
        self._attempt = Attempt.start(profile, login_hint=hint, now=time.time())
        self._guard = Guard(self._attempt, loopback_only=self._loopback_only, parent=self)
        self._guard.answered.connect(self._on_answered)
        self._panel.open(self._attempt.authorize_url, self._guard)

    def forget(self) -> None:
        """At sign-out: nothing of the login stays behind."""
        self._end_attempt()
        self._panel.forget()

    def _refusal(self, profile: Profile) -> ContactHistoryError | None:
        if self._unsafe:
            mend = "with --practice" if profile.is_practice else "as an ordinary user"
            return UnsafeEnvironment(
                f"The login page can't be shown safely because {self._unsafe}. Start Contact"
                f" History again {mend}, or ask your admin."
            )
        if self._loopback_only and not profile.is_loopback:
            return UnsafeEnvironment(
                "This window was opened without the browser's sandbox, for the practice"
                " organisation only. Start Contact History again, as an ordinary user, to sign"
                " in elsewhere."
            )
        return None

    def _end_attempt(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job = None
        self._panel.close_page()
        self._attempt = None
        if self._guard is not None:
            self._guard.deleteLater()
            self._guard = None

    def _on_answered(self, outcome: Outcome) -> None:
        profile, attempt = self.profile, self._attempt
        if profile is None or attempt is None or self._job is not None:
            return
        if isinstance(outcome, Failure):
            self._on_failed(outcome.error)
        elif isinstance(outcome, Token | Code):
            self.callback_seen.emit()
            self._panel.say(Icon.CHECK, "Signed in", "Checking who you are …")
            self._side.say("Checking who you are …")
            self._job = self._tasks.network(lambda: self._finish(profile, attempt, outcome))
            self._job.succeeded.connect(self._on_session)
            self._job.failed.connect(self._on_failed)

    def _on_session(self, session: Session) -> None:
        self._job = None
        self._end_attempt()
        self._side.say("")
        self._side.say_why("")
        self.signed_in.emit(session)

    def _on_failed(self, error: Exception) -> None:
        self._job = None
        self._end_attempt()
        title = error.title if isinstance(error, ContactHistoryError) else "Sign-in did not finish"
        self._panel.say(Icon.WARNING, title, sentence_of(error), "Retry")
        self._side.say(title)

    def _on_profile_chosen(self) -> None:
        """Another organisation never sees the cookies of the one before."""
        self.forget()
        self.start()

    def _on_retry(self) -> None:
        self.start(hint=self._hint, why="")

    def _say_no_profile(self) -> None:
        self._panel.say(
            Icon.KEY,
            "No organisation is set up yet",
            f"Describe yours in {self._profile_file}, or try the practice organisation.",
        )
