"""The right of the sign-in screen: the login page under its origin bar, or why there is none."""

from __future__ import annotations

from PySide6.QtCore import QLocale, Qt, QTimer, QUrl, Signal
from PySide6.QtWebEngineCore import QWebEnginePage, QWebEngineProfile
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

from desktop_app.core.errors import LoginUnavailable
from desktop_app.gui.assets import Icon
from desktop_app.gui.guarded_page import Guard, GuardedPage, login_profile
from desktop_app.gui.labels import label
from desktop_app.gui.message_page import MessagePage
from desktop_app.gui.theme import Theme

STALLED_MS = 10_000  # a login page that shows nothing for this long gets a way out (fault F24)
BAR_PX = 44
POPUP = "loginPopup"


class LoginPanel(QWidget):
    """Shows one guarded page at a time. Its profile lives from the first page to ``forget``."""

    status_changed = Signal(str)
    failed = Signal(LoginUnavailable)
    retry_asked = Signal()
    page_loaded = Signal()

    def __init__(self, theme: Theme, *, loopback_only: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._loopback_only = loopback_only
        self._profile: QWebEngineProfile | None = None
        self._page: GuardedPage | None = None
        self._guard: Guard | None = None
        self._refused = False
        self._crashes = 0
        self._watchdog = QTimer(self, singleShot=True, interval=STALLED_MS)
        self._watchdog.timeout.connect(self._on_stalled)
        self._padlock = QLabel(self)
        self._origin = label("", "strong", name="origin", wrap=False)
        self._web: QWebEngineView | None = None
        self._message = MessagePage(theme, "signInMessage", self)
        self._message.acted.connect(self.retry_asked)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self._message)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._origin_bar())
        column.addWidget(self._stack, 1)

    @property
    def web_view(self) -> QWebEngineView:
        """The view, made when it is first needed: Chromium starts with it, and where it can't
        run safely it must not start at all."""
        if self._web is None:
            self._web = QWebEngineView(self)
            self._web.setObjectName("loginPage")
            self._web.setAccessibleName("Login page")
            self._web.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
            self._web.setAcceptDrops(False)
            self._stack.addWidget(self._web)
        return self._web

    def open(self, url: str, guard: Guard) -> None:
        """Show a login page; what becomes of it is told by the guard and by ``failed``."""
        self.close_page()
        if self._profile is None:
            self._profile = login_profile(self, loopback_only=self._loopback_only)
            self._profile.setHttpAcceptLanguage(QLocale().bcp47Name() or "en")
        self._guard = guard
        self._refused = False
        self._crashes = 0
        guard.blocked.connect(self._on_blocked)
        page = self._page = GuardedPage(self._profile, guard, self.web_view)
        page.loadStarted.connect(self._on_load_started)
        page.loadFinished.connect(self._on_load_finished)
        page.urlChanged.connect(self._on_url_changed)
        page.popup_opened.connect(self._on_popup_opened)
        page.certificate_refused.connect(self._on_certificate_refused)
        page.renderProcessTerminated.connect(self._on_renderer_gone)
        self.web_view.setPage(page)
        self._stack.setCurrentWidget(self.web_view)
        self._show_origin(QUrl(url))
        page.load(QUrl(url))

    def say(self, icon: Icon, title: str, text: str, action: str = "") -> None:
        """Show words in place of the page, of which no origin is told then."""
        if self._page is None:
            self._padlock.clear()
            self._origin.clear()
        self._message.say(icon, title, text, action)
        self._stack.setCurrentWidget(self._message)

    def close_page(self) -> None:
        """Let go of the page, which must happen before its profile goes."""
        self._watchdog.stop()
        for popup in self.findChildren(QDialog, POPUP):
            popup.close()
        if self._page is not None:
            page, self._page, self._guard = self._page, None, None
            page.disconnect(self)
            page.deleteLater()

    def forget(self) -> None:
        """Destroy the profile: cookies, cache and whatever else the login left (T14, T29)."""
        self.close_page()
        if self._profile is not None:
            self._profile.deleteLater()
            self._profile = None

    def _origin_bar(self) -> QWidget:
        bar = QFrame(self)
        bar.setObjectName("originBar")
        bar.setProperty("role", "surface")
        bar.setFixedHeight(BAR_PX)
        reload = QPushButton("Reload", bar)
        reload.setObjectName("reloadLogin")
        reload.clicked.connect(self.retry_asked)
        promise = label(
            "You type your password on this page; Contact History never sees it.", "muted"
        )
        promise.setWordWrap(False)
        row = QHBoxLayout(bar)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(8)
        row.addWidget(self._padlock)
        row.addWidget(self._origin)
        row.addSpacing(8)
        row.addWidget(promise, 1)
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
        self._watchdog.start()
        self.status_changed.emit("Waiting for the login page …")

    def _on_load_finished(self, loaded: bool) -> None:
        self._watchdog.stop()
        if loaded:
            self._stack.setCurrentWidget(self.web_view)
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

    def _on_stalled(self) -> None:
        self.say(
            Icon.CLOCK,
            "The login page is taking long",
            "Nothing has come from it for 10 seconds. Check the network, then retry.",
            "Retry",
        )
        self.status_changed.emit("The login page is taking long")

    def _on_renderer_gone(
        self, status: QWebEnginePage.RenderProcessTerminationStatus, code: int
    ) -> None:
        if status == QWebEnginePage.RenderProcessTerminationStatus.NormalTerminationStatus:
            return
        self._crashes += 1
        if self._crashes == 1 and self._page is not None:
            self._page.triggerAction(QWebEnginePage.WebAction.Reload)
        else:
            self.failed.emit(LoginUnavailable("The login page crashed twice. Retry to begin anew."))

    def _on_popup_opened(self, popup: GuardedPage) -> None:
        """A window that the login page opens, under the same guard, with its origin above it."""
        window = QDialog(self)
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
        popup.windowCloseRequested.connect(window.close)
        column = QVBoxLayout(window)
        column.setContentsMargins(0, 8, 0, 0)
        column.addWidget(origin, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(view, 1)
        window.show()
