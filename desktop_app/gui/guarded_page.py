"""The web page that shows the login: it may show it, and nothing else.

Every navigation is offered to the sign-in attempt before any request is made; the one that is
the callback is refused to the network and becomes the attempt's outcome (safety T5).  Windows
that a page opens are pages of this same class, so nothing gets past the guard (T4).  No script
is injected, no password is seen (T23), nothing is stored on disk (T14), nothing is granted
(T18), downloaded (T19), or handed to other programs (T20).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtNetwork import QAuthenticator
from PySide6.QtWebEngineCore import (
    QWebEngineCertificateError,
    QWebEngineDownloadRequest,
    QWebEnginePage,
    QWebEnginePermission,
    QWebEngineProfile,
    QWebEngineSettings,
    QWebEngineUrlRequestInfo,
    QWebEngineUrlRequestInterceptor,
)

from desktop_app.core.signin.callback import is_callback
from desktop_app.core.signin.oauth import Attempt, NotOurs, Outcome
from desktop_app.core.signin.profiles import is_loopback_host
from desktop_app.gui.network.web_trust import authorities, off_the_record_profile, refusal

Attribute = QWebEngineSettings.WebAttribute

_OFF = (
    Attribute.LocalContentCanAccessFileUrls,
    Attribute.LocalContentCanAccessRemoteUrls,
    Attribute.NavigateOnDropEnabled,
    Attribute.PdfViewerEnabled,
    Attribute.PluginsEnabled,
    Attribute.FullScreenSupportEnabled,
    Attribute.ScreenCaptureEnabled,
    Attribute.JavascriptCanAccessClipboard,
    Attribute.JavascriptCanPaste,
    Attribute.AllowRunningInsecureContent,
    Attribute.AllowGeolocationOnInsecureOrigins,
    Attribute.AllowWindowActivationFromJavaScript,
    Attribute.HyperlinkAuditingEnabled,
    Attribute.DnsPrefetchEnabled,
    Attribute.AutoLoadIconsForPage,
    Attribute.WebGLEnabled,
    Attribute.ErrorPageEnabled,  # the application says what happened, with a way on
    Attribute.BackForwardCacheEnabled,
)
_ON = (
    Attribute.JavascriptEnabled,
    Attribute.JavascriptCanOpenWindows,  # identity providers open them; they are guarded too
    Attribute.WebRTCPublicInterfacesOnly,
    Attribute.PlaybackRequiresUserGesture,
)


class LoopbackOnly(QWebEngineUrlRequestInterceptor):
    """Blocks every request that leaves this computer: used where the sandbox is off (T16)."""

    def interceptRequest(self, info: QWebEngineUrlRequestInfo) -> None:
        url = info.requestUrl()
        if url.scheme() not in ("data", "blob", "about") and not is_loopback_host(url.host()):
            info.block(True)


def login_profile(
    parent: QObject, *, loopback_only: bool, ca_file: Path | None = None
) -> QWebEngineProfile:
    """A fresh off-the-record profile: cookies and cache live in memory and end with it.

    It trusts the authorities of ``ca_file``, a PEM file, beside the system's.
    Raises ConfigError for a ``ca_file`` that can't be used.
    """
    profile = off_the_record_profile(parent, authorities(ca_file))
    profile.setHttpCacheType(QWebEngineProfile.HttpCacheType.MemoryHttpCache)
    profile.setPersistentCookiesPolicy(
        QWebEngineProfile.PersistentCookiesPolicy.NoPersistentCookies
    )
    profile.setPersistentPermissionsPolicy(
        QWebEngineProfile.PersistentPermissionsPolicy.AskEveryTime
    )
    profile.setSpellCheckEnabled(False)
    profile.setPushServiceEnabled(False)
    profile.downloadRequested.connect(_cancel_download)
    harden(profile.settings())
    if loopback_only:
        profile.setUrlRequestInterceptor(LoopbackOnly(profile))
    return profile


def harden(settings: QWebEngineSettings) -> None:
    """Switch off what a login page has no need of (T20, T21)."""
    for attribute in _OFF:
        settings.setAttribute(attribute, False)
    for attribute in _ON:
        settings.setAttribute(attribute, True)
    settings.setUnknownUrlSchemePolicy(
        QWebEngineSettings.UnknownUrlSchemePolicy.DisallowUnknownUrlSchemes
    )


def _cancel_download(download: QWebEngineDownloadRequest) -> None:
    download.cancel()


class Guard(QObject):
    """Decides over navigations on behalf of one attempt; shared by its page and its popups."""

    answered = Signal(object)  # an Outcome that is ours: a token, a code or a failure
    blocked = Signal(str)  # the scheme and host of a page that may not be shown

    def __init__(
        self,
        attempt: Attempt,
        *,
        loopback_only: bool,
        now: Callable[[], float] = time.time,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._attempt = attempt
        self._loopback_only = loopback_only
        self._now = now
        self._over = False

    def admits(self, url: QUrl, *, main_frame: bool) -> bool:
        """Whether a navigation may go on. The callback never may: it becomes ``answered``."""
        text = _text(url)
        outcome = self._attempt.offer(text, main_frame=main_frame, now=self._now())
        if not isinstance(outcome, NotOurs):
            self._answer(outcome)
            return False
        # In a frame the callback is no answer to us, and must not leave all the same.
        is_framed_callback = is_callback(text, self._attempt.profile.redirect_uri)
        if not is_framed_callback and self._is_showable(url, main_frame=main_frame):
            return True
        self.blocked.emit(f"{url.scheme()}://{url.host()}")
        return False

    @property
    def is_over(self) -> bool:
        """Whether the attempt has had its answer."""
        return self._over

    def watch(self, url: QUrl) -> None:
        """Look at where a page has gone by itself: the login host tells some failures only in
        the fragment of its own URL (contract §1, failure A)."""
        outcome = self._attempt.offer(_text(url), main_frame=True, now=self._now())
        if not isinstance(outcome, NotOurs):
            self._answer(outcome)

    def _answer(self, outcome: Outcome) -> None:
        if not self._over:
            self._over = True
            self.answered.emit(outcome)

    def _is_showable(self, url: QUrl, *, main_frame: bool) -> bool:
        """Pages over TLS; plain http on this computer; blank frames inside a page (T13, T22)."""
        loopback = is_loopback_host(url.host())
        if url.scheme() == "https":
            return loopback or not self._loopback_only
        if url.scheme() == "http":
            return loopback
        return url.scheme() == "about" and (not main_frame or url.path() == "blank")


def _text(url: QUrl) -> str:
    return url.toString(QUrl.ComponentFormattingOption.FullyEncoded)


def _none_known(proxy: str) -> tuple[str, str] | None:
    return None


def _host_alone(host: str, url: str) -> str:
    return host


def _without_fragment(url: QUrl) -> str:
    return _text(url).partition("#")[0]


class GuardedPage(QWebEnginePage):
    """A page under guard. Its console is silent: what pages print there may hold tokens (T26).

    ``credentials`` knows user name and password for a proxy by its name, which ``name_proxy``
    makes of the proxy's host and the address on the way to which it stands: WebEngine tells the
    host alone, see ``ProxyFinder.name``.
    """

    popup_opened = Signal(QWebEnginePage)
    host_changed = Signal(str)
    certificate_refused = Signal(str)  # "HOST: reason, issued by ISSUER"
    proxy_sign_in_needed = Signal(str)  # the proxy's name; the page doesn't load then

    def __init__(
        self,
        profile: QWebEngineProfile,
        guard: Guard,
        parent: QObject,
        *,
        credentials: Callable[[str], tuple[str, str] | None] = _none_known,
        name_proxy: Callable[[str, str], str] = _host_alone,
    ) -> None:
        super().__init__(profile, parent)
        self._guard = guard
        self._credentials = credentials
        self._name_proxy = name_proxy
        self._tried: set[str] = set()  # proxies that this load was offered credentials for
        self._goes_to = ""
        harden(self.settings())
        self.urlChanged.connect(self._on_url_changed)
        self.permissionRequested.connect(_deny)
        self.certificateError.connect(self._on_certificate_error)
        self.loadStarted.connect(self._on_load_started)
        self.proxyAuthenticationRequired.connect(self._on_proxy_asks)
        self.authenticationRequired.connect(self._on_page_asks)
        self.fullScreenRequested.connect(_reject)
        self.registerProtocolHandlerRequested.connect(_reject)
        self.fileSystemAccessRequested.connect(_reject)

    def acceptNavigationRequest(
        self, url: QUrl | str, type: QWebEnginePage.NavigationType, isMainFrame: bool
    ) -> bool:
        if isMainFrame:
            self._goes_to = _without_fragment(QUrl(url))
        return self._guard.admits(QUrl(url), main_frame=isMainFrame)

    def createWindow(self, type: QWebEnginePage.WebWindowType) -> QWebEnginePage:
        popup = GuardedPage(
            self.profile(),
            self._guard,
            self,
            credentials=self._credentials,
            name_proxy=self._name_proxy,
        )
        popup.windowCloseRequested.connect(popup.deleteLater)
        self.popup_opened.emit(popup)
        return popup

    def chooseFiles(self, mode: object, old: object, accepted: object) -> list[str]:
        return []

    def javaScriptConsoleMessage(self, level: object, message: str, line: int, source: str) -> None:
        return

    def javaScriptAlert(self, origin: QUrl | str, message: str) -> None:
        return

    def javaScriptConfirm(self, origin: QUrl | str, message: str) -> bool:
        return False

    def _on_load_started(self) -> None:
        self._tried.clear()

    def _on_url_changed(self, url: QUrl) -> None:
        self.host_changed.emit(url.host())

    def _on_certificate_error(self, error: QWebEngineCertificateError) -> None:
        error.rejectCertificate()
        if error.isMainFrame():
            self.certificate_refused.emit(refusal(error))

    def _on_proxy_asks(self, url: QUrl, answer: QAuthenticator, host: str) -> None:
        """Once per load: who asks again has refused what we know."""
        name = self._name_proxy(host, _text(url))
        known = None if name in self._tried else self._credentials(name)
        self._tried.add(name)
        if known is None:
            self.proxy_sign_in_needed.emit(name)
            self._stop()
        else:
            answer.setUser(known[0])
            answer.setPassword(known[1])

    def _on_page_asks(self, url: QUrl, answer: QAuthenticator) -> None:
        """HTTP authentication, for which a login page under guard has no use. A part of a page
        that asks for it must not end the page."""
        if _without_fragment(url) == self._goes_to:
            self._stop()

    def _stop(self) -> None:
        """Give up loading. To leave the answer empty is no refusal: Chromium takes that for an
        empty name and password and tries them 32 times (measured with Qt 6.12)."""
        self.triggerAction(QWebEnginePage.WebAction.Stop)


def _deny(permission: QWebEnginePermission) -> None:
    permission.deny()


def _reject(request: object) -> None:
    reject = getattr(request, "reject", None)
    if reject is not None:
        reject()
