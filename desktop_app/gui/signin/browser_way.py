"""Signing in with the person's own browser: a page opens there, and its answer comes back here.

For identity providers that refuse embedded browsers, for security keys and for devices that must
prove themselves.  Always authorization code with PKCE (RFC 8252).
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices

from desktop_app.core.signin.profiles import Profile
from desktop_app.gui.signin.ways import Journey
from desktop_app.gui.tasks import Job, Relay, Tasks

OpenUrl = Callable[[str], bool]  # hands an address to a browser; False when none took it


def open_in_system_browser(url: str) -> bool:
    return QDesktopServices.openUrl(QUrl(url))


class BrowserWay(QObject):
    """One attempt at a time; ``signed_in`` brings its checked session."""

    opened = Signal(bool)  # whether a browser took the address
    callback_seen = Signal()
    signed_in = Signal(object)  # Session
    failed = Signal(object)  # the exception

    def __init__(
        self,
        journey: Journey,
        tasks: Tasks,
        open_url: OpenUrl = open_in_system_browser,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._journey = journey
        self._tasks = tasks
        self._open_url = open_url
        self._url = ""
        self._job: Job | None = None
        self._generation = 0  # of attempts; what an earlier one still sends is dropped
        self._addresses, self._answers = Relay(self), Relay(self)
        self._addresses.received.connect(self._on_address)
        self._answers.received.connect(self._on_answer)

    @property
    def url(self) -> str:
        """The address that is waited for; empty while nothing is under way."""
        return self._url

    def start(self, profile: Profile, *, hint: str = "", prompt: str = "") -> None:
        """Begin an attempt, in place of one that is under way."""
        self.cancel()
        through_browser = self._journey.through_browser
        self._generation += 1
        generation, addresses, answers = self._generation, self._addresses, self._answers

        def on_url(url: str) -> None:
            addresses.send((generation, url))

        def on_answer() -> None:
            answers.send(generation)

        self._job = self._tasks.network(
            lambda: through_browser(profile, on_url, on_answer, hint=hint, prompt=prompt),
            unclaimed=self._journey.sign_out,
        )
        self._job.succeeded.connect(self._on_session)
        self._job.failed.connect(self._on_failed)

    def open_again(self) -> None:
        """For somebody who has closed the page."""
        if self._url:
            self.opened.emit(self._open_url(self._url))

    def cancel(self) -> None:
        """End what is under way: nobody listens for its answer any more."""
        if self._job is not None:
            self._job.cancel()
        self._end()

    def _end(self) -> None:
        self._job = None
        self._url = ""

    def _on_address(self, sent: tuple[int, str]) -> None:
        generation, url = sent
        if self._job is not None and generation == self._generation:
            self._url = url
            self.opened.emit(self._open_url(url))

    def _on_answer(self, generation: int) -> None:
        if self._job is not None and generation == self._generation:
            self.callback_seen.emit()

    def _on_session(self, session: object) -> None:
        self._end()
        self.signed_in.emit(session)

    def _on_failed(self, error: Exception) -> None:
        self._end()
        self.failed.emit(error)
