"""The test of settings that only a browser can make.

A login host may compute its refusal in a script of its page, which ``core.signin.check`` never
runs.  Here the page is opened where nobody sees it, under the guard and off the record, and
closed as soon as it has said something.  Nobody signs in: a token that comes all the same, from a
provider that knows this computer, is dropped.
"""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, QTimer, QUrl, Signal
from PySide6.QtWebEngineCore import QWebEngineProfile

from desktop_app.core.errors import ConfigError, LoginUnavailable, SignInError
from desktop_app.core.signin.findings import Finding, Subject, Verdict, about_client
from desktop_app.core.signin.oauth import Attempt, Failure, Outcome
from desktop_app.core.signin.profiles import Profile
from desktop_app.gui.guarded_page import Guard, GuardedPage, login_profile
from desktop_app.gui.signin.surroundings import Surroundings

DEADLINE_MS = 15_000
SETTLED_MS = 1_500  # a page that has loaded may go on to its error page by script


class PageCheck(QObject):
    """One check; ``finished`` brings its Finding, once, unless it is cancelled before.

    Opens a web page: the caller has asked the surroundings whether it may.
    """

    finished = Signal(object)

    def __init__(
        self,
        profile: Profile,
        surroundings: Surroundings,
        *,
        deadline_ms: int = DEADLINE_MS,
        settled_ms: int = SETTLED_MS,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._profile = profile
        self._surroundings = surroundings
        self._web_profile: QWebEngineProfile | None = None
        self._page: GuardedPage | None = None
        self._deadline = QTimer(self, singleShot=True, interval=deadline_ms)
        self._deadline.timeout.connect(self._on_deadline)
        self._settled = QTimer(self, singleShot=True, interval=settled_ms)
        self._settled.timeout.connect(self._on_settled)

    def start(self) -> None:
        attempt = Attempt.start(self._profile, now=time.time(), prompt="login")
        guard = Guard(attempt, loopback_only=self._surroundings.loopback_only, parent=self)
        guard.answered.connect(self._on_answered)
        around = self._surroundings
        try:
            self._web_profile = login_profile(
                self, loopback_only=around.loopback_only, ca_file=around.ca_file
            )
        except ConfigError as error:
            self.finished.emit(Finding(Subject.CERTIFICATE, Verdict.WRONG, error.sentence))
            return
        page = self._page = GuardedPage(
            self._web_profile,
            guard,
            self,
            credentials=around.credentials,
            name_proxy=around.name_proxy,
        )
        page.proxy_sign_in_needed.connect(self._on_proxy_asks)
        page.urlChanged.connect(guard.watch)
        page.loadStarted.connect(self._settled.stop)
        page.loadFinished.connect(self._on_load_finished)
        page.certificate_refused.connect(self._on_certificate_refused)
        self._deadline.start()
        page.load(QUrl(attempt.authorize_url))

    def cancel(self) -> None:
        """Close the page, which must go before its profile. Nothing is told any more."""
        self._deadline.stop()
        self._settled.stop()
        page, self._page = self._page, None
        web_profile, self._web_profile = self._web_profile, None
        if page is not None and web_profile is not None:
            page.disconnect(self)
            page.destroyed.connect(web_profile.deleteLater)
            page.deleteLater()

    def _end(self, subject: Subject, verdict: Verdict, sentence: str) -> None:
        if self._page is not None:
            self.cancel()
            self.finished.emit(Finding(subject, verdict, sentence))

    def _on_answered(self, outcome: Outcome) -> None:
        if isinstance(outcome, Failure):
            self._on_refused(outcome.error)
        else:
            self._on_settled()

    def _on_refused(self, error: SignInError) -> None:
        if isinstance(error, LoginUnavailable):
            self._end(Subject.LOGIN, Verdict.WRONG, error.sentence)
            return
        findings = about_client(self._profile, error)
        wrong = next(finding for finding in findings if finding.verdict is Verdict.WRONG)
        self._end(wrong.subject, wrong.verdict, wrong.sentence)

    def _on_load_finished(self, loaded: bool) -> None:
        if loaded:
            self._settled.start()
        else:
            self._end(
                Subject.LOGIN,
                Verdict.WRONG,
                "The login page could not be opened. Check the network and the region, then test"
                " again.",
            )

    def _on_settled(self) -> None:
        self._end(Subject.GRANT, Verdict.OK, "The login page accepts these settings.")

    def _on_proxy_asks(self, proxy: str) -> None:
        self._end(
            Subject.PROXY,
            Verdict.WRONG,
            f"The proxy {proxy} asks for a sign-in. Save these settings; it is asked for when you"
            " sign in.",
        )

    def _on_certificate_refused(self, what: str) -> None:
        self._end(
            Subject.CERTIFICATE,
            Verdict.WRONG,
            f"The login page's certificate can't be trusted ({what}). Ask your admin which"
            " certificate authority your network uses.",
        )

    def _on_deadline(self) -> None:
        self._end(
            Subject.LOGIN,
            Verdict.UNKNOWN,
            "The login page took too long to say. Check the network, then test again.",
        )
