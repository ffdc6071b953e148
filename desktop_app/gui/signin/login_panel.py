"""The login page under its origin bar, or why there is none.

Where the page shows nothing, crashes, asks for a security key or refuses embedded browsers, the
person's own browser is offered by itself (faults F23, F24).
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QLocale, QObject, Qt, QTimer, QUrl, Signal
from PySide6.QtWebEngineCore import (
    QWebEnginePage,
    QWebEngineProfile,
    QWebEngineWebAuthUxRequest,
)
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.errors import LoginUnavailable, ProxySignInNeeded
from desktop_app.core.signin.hints import Hint, hint_of
from desktop_app.gui.assets import Icon
from desktop_app.gui.guarded_page import Guard, GuardedPage, login_profile
from desktop_app.gui.labels import label
from desktop_app.gui.message_page import MessagePage
from desktop_app.gui.notices import NoticeBar
from desktop_app.gui.signin.surroundings import Surroundings
from desktop_app.gui.theme import Theme

STALLED_MS = 10_000  # a login page that shows nothing for this long gets a way out (fault F24)
USE_BROWSER = "Use my browser"
BAR_PX = 44
LOGIN_PAGE, POPUP = "loginPage", "loginPopup"
_LOOKS = 24  # a page is blank when so many points each way have one colour

_HINTS = {
    Hint.EMBEDDED_REFUSED: "This provider accepts no embedded browsers. Sign in with your own.",
    Hint.SECURITY_KEY: "Security keys and passkeys may not work in this window. Your own browser"
    " can use them.",
}


class LoginPanel(QWidget):
    """Shows one guarded page at a time. Its profile lives from the first page to ``forget``."""

    status_changed = Signal(str)
    failed = Signal(object)  # LoginUnavailable
    retry_asked = Signal()
    browser_asked = Signal()
    page_loaded = Signal()

    def __init__(
        self,
        theme: Theme,
        surroundings: Surroundings,
        *,
        stalled_ms: int = STALLED_MS,
        offer_browser: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._surroundings = surroundings
        self._use_browser = USE_BROWSER if offer_browser else ""
        self._profile: QWebEngineProfile | None = None
        self._page: GuardedPage | None = None
        self._guard: Guard | None = None
        self._refused = False
        self._crashes = 0
        self._watchdog = QTimer(self, singleShot=True, interval=stalled_ms)
        self._watchdog.timeout.connect(self._on_watchdog)
        self._is_loaded = False
        self._padlock = QLabel(self)
        self._origin = label("", "strong", name="origin", wrap=False)
        self._web: QWebEngineView | None = None
        self._message = MessagePage(theme, "signInMessage", self)
        self._message.acted.connect(self.retry_asked)
        self._message.other_acted.connect(self.browser_asked)
        self._notice = NoticeBar(theme, self, "loginNotice")
        self._notice.stepped.connect(self.browser_asked)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self._message)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._origin_bar())
        column.addWidget(self._notice)
        column.addWidget(self._stack, 1)

    @property
    def web_view(self) -> QWebEngineView:
        """The view of the page that is open."""
        assert self._web is not None, "no page is open"
        return self._web

    def open(self, url: str, guard: Guard) -> None:
        """Show a login page; what becomes of it is told by the guard and by ``failed``."""
        self.close_page()
        if self._profile is None:
            self._profile = login_profile(
                self,
                loopback_only=self._surroundings.loopback_only,
                ca_file=self._surroundings.ca_file,
            )
            self._profile.setHttpAcceptLanguage(QLocale().bcp47Name() or "en")
        self._guard = guard
        self._refused = False
        self._crashes = 0
        guard.blocked.connect(self._on_blocked)
        view = self._web = self._new_view()
        page = self._page = GuardedPage(
            self._profile,
            guard,
            view,
            credentials=self._surroundings.credentials,
            name_proxy=self._surroundings.name_proxy,
        )
        page.loadStarted.connect(self._on_load_started)
        page.loadFinished.connect(self._on_load_finished)
        page.urlChanged.connect(self._on_url_changed)
        page.popup_opened.connect(self._on_popup_opened)
        page.certificate_refused.connect(self._on_certificate_refused)
        page.proxy_sign_in_needed.connect(self._on_proxy_asks)
        page.renderProcessTerminated.connect(self._on_renderer_gone)
        page.webAuthUxRequested.connect(self._on_security_key_asked)
        self._promise.show()
        view.setPage(page)
        self._stack.setCurrentWidget(view)
        self._show_origin(QUrl(url))
        page.load(QUrl(url))

    def _new_view(self) -> QWebEngineView:
        """Made when a page may be shown: Chromium starts with the first, and where it can't run
        safely it must not start at all.  One for each page, for a view whose page was taken away
        while nobody saw it crashes with the next (PySide6 6.12)."""
        view = QWebEngineView(self)
        view.setObjectName(LOGIN_PAGE)
        view.setAccessibleName("Login page")
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        view.setAcceptDrops(False)
        self._stack.addWidget(view)
        return view

    def say(
        self, icon: Icon, title: str, text: str, action: str = "", *, browser: bool = False
    ) -> None:
        """Show words in place of the page, of which no origin is told then.

        ``browser`` offers the person's own browser beside what ``action`` offers.
        """
        if self._page is None:
            self._padlock.clear()
            self._origin.clear()
            self._promise.hide()
        self._message.say(icon, title, text, action, self._use_browser if browser else "")
        self._stack.setCurrentWidget(self._message)

    def close_page(self) -> None:
        """Let go of the page with its view, which must happen before its profile goes."""
        self._watchdog.stop()
        self._notice.clear()
        for popup in self.findChildren(QDialog, POPUP):
            popup.close()
        if self._page is not None:
            self._page.disconnect(self)
        view, self._web, self._page, self._guard = self._web, None, None, None
        if view is not None:
            self._stack.removeWidget(view)
            view.hide()
            _delete_after(self._views[:-1], view)

    def forget(self) -> None:
        """Destroy the profile: cookies, cache and whatever else the login left (T14, T29)."""
        self.close_page()
        if self._profile is not None:
            _delete_after(self._views, self._profile)
            self._profile = None

    @property
    def _views(self) -> list[QWebEngineView]:
        """The login pages' views, the oldest first, those about to be deleted too."""
        return self._stack.findChildren(QWebEngineView, LOGIN_PAGE)

    def _origin_bar(self) -> QWidget:
        bar = QFrame(self)
        bar.setObjectName("originBar")
        bar.setProperty("role", "surface")
        bar.setFixedHeight(BAR_PX)
        reload = QPushButton("Reload", bar)
        reload.setObjectName("reloadLogin")
        reload.clicked.connect(self.retry_asked)
        self._promise = label(
            "You type your password on this page; Contact History never sees it.",
            "muted",
            wrap=False,
        )
        self._promise.hide()
        row = QHBoxLayout(bar)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(8)
        row.addWidget(self._padlock)
        row.addWidget(self._origin)
        row.addSpacing(8)
        row.addWidget(self._promise)
        row.addStretch(1)
        row.addWidget(reload)
        return bar

    def _show_origin(self, url: QUrl) -> None:
        secure = url.scheme() == "https"
        self._theme.dress(self._padlock, Icon.LOCK if secure else Icon.LOCK_OPEN, "muted")
        port = f":{url.port()}" if url.port() != -1 else ""
        self._origin.setText(f"{url.host()}{port}")
        how = "secure" if secure else "on this computer, not encrypted"
        self._origin.setToolTip(how)
        self._origin.setAccessibleName(f"Page of {url.host()}, {how}")

    def _on_load_started(self) -> None:
        self._is_loaded = False
        self._watchdog.start()
        self.status_changed.emit("Waiting for the login page …")

    def _on_load_finished(self, loaded: bool) -> None:
        self._watchdog.stop()
        if loaded:
            self._is_loaded = True
            self._watchdog.start()
            self._stack.setCurrentWidget(self.web_view)
            if self.isVisible():  # a renewal behind the screen takes no keys
                self.web_view.setFocus()
            self.status_changed.emit("Waiting for you to sign in")
            self.page_loaded.emit()
        elif self._refused:
            # What the guard refused, the callback above all, also ends as "not loaded" (F25).
            self._refused = False
        elif self._guard is not None and not self._guard.is_over:
            self.failed.emit(
                LoginUnavailable(
                    f"The login page at {self._origin.text()} could not be opened. Check the"
                    " network and the region, then try again."
                )
            )

    def _on_url_changed(self, url: QUrl) -> None:
        if self._guard is not None:
            self._show_origin(url)
            hint = hint_of(url.toString())
            if hint is not None:
                self._notice.say(_HINTS[hint], self._use_browser, level="warn")
            self._guard.watch(url)

    def _on_blocked(self, origin: str) -> None:
        self._refused = True
        self.status_changed.emit(f"Blocked a page that may not be shown here: {origin}")

    def _on_certificate_refused(self, what: str) -> None:
        self._refused = True
        self.failed.emit(
            LoginUnavailable(
                f"The login page's certificate can't be trusted ({what}). Ask your admin which"
                " certificate authority your network uses."
            )
        )

    def _on_proxy_asks(self, proxy: str) -> None:
        self._refused = True
        words = f"The proxy {proxy} lets nothing through without a sign-in."
        self.failed.emit(ProxySignInNeeded(words, proxy=proxy))

    def _on_watchdog(self) -> None:
        """Nothing for ten seconds: no page, or one that is there and shows nothing."""
        if not self._is_loaded:
            self._offer_browser(
                Icon.CLOCK,
                "The login page is taking long",
                "Nothing has come from it for 10 seconds. Check the network and retry, or sign in"
                " with your own browser.",
            )
        elif self.web_view.isVisible() and _is_blank(self.web_view):
            self._offer_browser(
                Icon.WARNING,
                "The login page stays blank",
                "It has shown nothing for 10 seconds. Retry, or sign in with your own browser.",
            )

    def _offer_browser(self, icon: Icon, title: str, text: str) -> None:
        self.say(icon, title, text, "Retry", browser=True)
        self.status_changed.emit(title)

    def _on_security_key_asked(self, request: QWebEngineWebAuthUxRequest) -> None:
        """A key that needs no PIN can be touched all the same, so the page goes on waiting."""
        if request.state() == QWebEngineWebAuthUxRequest.WebAuthUxState.Discovery:
            self._notice.say(_HINTS[Hint.SECURITY_KEY], self._use_browser, level="warn")

    def _on_renderer_gone(
        self, status: QWebEnginePage.RenderProcessTerminationStatus, code: int
    ) -> None:
        if status == QWebEnginePage.RenderProcessTerminationStatus.NormalTerminationStatus:
            return
        self._crashes += 1
        if self._crashes == 1 and self._page is not None:
            self._page.triggerAction(QWebEnginePage.WebAction.Reload)
        else:
            self.failed.emit(
                LoginUnavailable(
                    "The login page crashed twice. Retry to begin anew, or sign in with your own"
                    " browser."
                )
            )

    def _on_popup_opened(self, popup: GuardedPage) -> None:
        """A window that the login page opens, under the same guard, with its origin above it.

        Nothing opens by itself over what hides the page: then the person has to be asked.
        """
        if not self.isVisible():
            popup.deleteLater()
            self.failed.emit(LoginUnavailable("The login page asks for another window."))
            return
        window = QDialog(self.web_view)  # whose end it shares, so that no profile goes before it
        window.setObjectName(POPUP)
        window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        window.setWindowTitle("Sign in")
        window.resize(560, 640)
        view = QWebEngineView(window)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        view.setPage(popup)
        popup.setParent(view)
        origin = label("", "strong", name="popupOrigin")
        popup.host_changed.connect(origin.setText)
        popup.certificate_refused.connect(self._on_certificate_refused)
        popup.proxy_sign_in_needed.connect(self._on_proxy_asks)
        popup.windowCloseRequested.connect(window.close)
        column = QVBoxLayout(window)
        column.setContentsMargins(0, 8, 0, 0)
        column.addWidget(origin, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(view, 1)
        window.show()


def _delete_after(others: Sequence[QObject], last: QObject) -> None:
    """Delete one when the others, of which each waits for those before it, are gone.

    A profile that goes before a page crashes.  The order in which deletions were asked for is no
    promise: in an event loop within a handler Qt puts off those that were asked for before it.
    """
    if others:
        others[-1].destroyed.connect(last.deleteLater)
    else:
        last.deleteLater()


def _is_blank(view: QWidget) -> bool:
    """Whether all that is painted has one colour."""
    image = view.grab().toImage()
    across, down = max(1, image.width() // _LOOKS), max(1, image.height() // _LOOKS)
    colours = {
        image.pixel(x, y)
        for x in range(across // 2, image.width(), across)
        for y in range(down // 2, image.height(), down)
    }
    return len(colours) == 1
