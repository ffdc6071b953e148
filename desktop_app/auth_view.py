"""The sign-in screen: whose organisation, and the ways in.

    profile ─► way in (a guarded page in this window, or the person's own browser) ─► session

Beside the ways stand the set-up page for organisations and the page for the network's proxy.
"""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop_app.core.errors import ForbiddenByPolicy, LoginUnavailable, ProxySignInNeeded
from desktop_app.core.signin.offline import Offline
from desktop_app.core.signin.profiles import Profile, Way
from desktop_app.core.signin.session import Session
from desktop_app.gui.assets import Icon
from desktop_app.gui.message_page import MessagePage
from desktop_app.gui.notices import NoticeBar
from desktop_app.gui.signin.browser_page import BrowserPage
from desktop_app.gui.signin.browser_way import BrowserWay, OpenUrl, open_in_system_browser
from desktop_app.gui.signin.failures import failed_attempt
from desktop_app.gui.signin.kept_way import KeptWay
from desktop_app.gui.signin.login_panel import STALLED_MS, LoginPanel
from desktop_app.gui.signin.offline_page import OfflinePage
from desktop_app.gui.signin.organisations import Organisations
from desktop_app.gui.signin.proxy_page import ProxyPage
from desktop_app.gui.signin.set_up import SetUp
from desktop_app.gui.signin.side_panel import SidePanel
from desktop_app.gui.signin.surroundings import Surroundings
from desktop_app.gui.signin.ways import Journey
from desktop_app.gui.signin.window_way import WindowWay
from desktop_app.gui.tasks import Tasks
from desktop_app.gui.theme import Theme


class AuthView(QWidget):
    """One attempt is live at a time; ``signed_in`` brings its checked session."""

    signed_in = Signal(object)  # Session
    failed = Signal(object)  # the exception, which is shown here
    callback_seen = Signal()
    practice_asked = Signal()
    held_asked = Signal(object)  # OfflineSession: to read what is held without a connection
    settings_asked = Signal()
    back_asked = Signal()  # to the history that is still held
    page_loaded = Signal()
    proxy_answered = Signal(str, str, str)  # proxy, user, password

    def __init__(
        self,
        organisations: Organisations,
        journey: Journey,
        tasks: Tasks,
        theme: Theme,
        *,
        surroundings: Surroundings,
        open_url: OpenUrl = open_in_system_browser,
        stalled_ms: int = STALLED_MS,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("authView")
        self._organisations = organisations
        self._journey = journey
        self._tasks = tasks
        self._hint = ""
        self._must_type = False
        self._can_go_back = False
        self._in_use = ""  # the name of the profile whose history may be held
        self._used: Profile | None = None  # the profile of the attempt under way
        self._retry_with_pkce = False
        self._side = SidePanel(self)
        self._panel = LoginPanel(
            theme,
            surroundings,
            stalled_ms=stalled_ms,
            offer_browser=not organisations.policy.forces_window,
        )
        self._window = WindowWay(self._panel, journey, tasks, surroundings, self)
        self._browser = BrowserWay(journey, tasks, open_url, self)
        self.set_up = SetUp(organisations, journey, tasks, theme, surroundings, self)
        self._kept = KeptWay(journey.resume, tasks, self)
        self._offline = OfflinePage(theme, self)
        self._waiting = BrowserPage(
            theme, self, offer_window=not organisations.policy.forces_browser
        )
        self._proxy = ProxyPage(theme, self)
        self._opening = MessagePage(theme, "openingMessage", self)
        self._right = QStackedWidget(self)
        pages = (self._panel, self._waiting, self.set_up.page, self._proxy, self._opening)
        for page in (*pages, self._offline):
            self._right.addWidget(page)
        self._notice = NoticeBar(theme, self, "signInNotice")
        right = QVBoxLayout()
        right.addWidget(self._notice)
        right.addWidget(self._right, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._side)
        row.addLayout(right, 1)
        self._connect()
        self._side.show_policy(organisations.policy)
        self._side.show_profiles(organisations.profiles)

    def _connect(self) -> None:
        self._organisations.changed.connect(self._on_organisations_changed)
        side = self._side
        side.profile_chosen.connect(self._on_profile_chosen)
        side.browser_asked.connect(self._on_browser_asked)
        side.pkce_asked.connect(self._on_pkce_asked)
        side.set_up_asked.connect(self.set_up_another)
        side.edit_asked.connect(self._on_edit_asked)
        side.practice_asked.connect(self.practice_asked)
        side.settings_asked.connect(self.settings_asked)
        side.back_asked.connect(self.back_asked)
        self._panel.status_changed.connect(side.say)
        self._panel.retry_asked.connect(self._on_retry)
        self._panel.browser_asked.connect(self._on_browser_asked)
        self._panel.page_loaded.connect(self.page_loaded)
        for way in (self._window, self._browser):
            way.callback_seen.connect(self._on_callback_seen)
        for each in (self._window, self._browser, self._kept):
            each.signed_in.connect(self._on_session)
            each.failed.connect(self._on_failed)
        self._kept.nothing_kept.connect(self._begin)
        self._offline.acted.connect(lambda: self.start(resume=True))
        self._offline.read_asked.connect(self.held_asked)
        self._browser.opened.connect(self._on_browser_opened)
        self._waiting.acted.connect(self._browser.open_again)
        self._waiting.other_acted.connect(self._on_window_asked)
        self.set_up.done.connect(self._on_set_up)
        self.set_up.closed.connect(self._on_set_up_closed)
        self._proxy.answered.connect(self._on_proxy_answered)
        self._proxy.cancelled.connect(self._on_proxy_cancelled)

    @property
    def web_view(self) -> QWebEngineView:
        return self._panel.web_view

    @property
    def profile(self) -> Profile | None:
        """The chosen organisation, as it is used."""
        return self._organisations.find(self._side.name)

    # --- what the window asks for -------------------------------------------------------------

    def must_type(self, must: bool) -> None:
        """Whether whoever signs in has to prove who they are, though a login host may remember
        them: each attempt then begins without cookies, and asks for the login page.

        Nothing else can be reached here then: who unlocks is who was there, in the same place.
        """
        self._must_type = must
        self._side.lock(must)

    def offer_back(self, offered: bool) -> None:
        """Whether there is a history to go back to, without signing in. Its organisation stays
        as it is meanwhile: who unlocks the window signs in there again."""
        self._can_go_back = offered
        self._side.offer_back(offered, in_use=self._in_use if offered else "")

    def tell(self, sentence: str) -> None:
        """Say something that isn't about the attempt."""
        self._notice.say(sentence, level="warn")

    def say_opening(self) -> None:
        """The session is there and its history is being opened: nothing else begins meanwhile."""
        self._opening.say(Icon.CLOCK, "Opening your history …", "")
        self._right.setCurrentWidget(self._opening)
        self._side.setEnabled(False)

    def start(
        self,
        name: str = "",
        *,
        hint: str = "",
        why: str = "",
        resume: bool = False,
    ) -> None:
        """Begin an attempt with the named profile, or the chosen one.

        ``hint`` is an e-mail address to fill in; ``why`` tells why signing in is asked again;
        ``resume`` goes on with a sign-in that was kept, where there is one.
        """
        if name:
            self._side.choose(name)
        self._hint = hint
        self._side.say_why(why)
        self._end()
        profile = self.profile
        if profile is None:
            self.set_up_another()
            return
        if resume and not self._must_type:
            self._resume(profile)
        else:
            self._begin(profile)

    def start_quietly(self, name: str, *, hint: str) -> bool:
        """Renew where the login host still remembers the person, with nothing to be seen.

        False where that can't be tried: in the person's own browser every try is seen, and
        nobody who is at work on this screen is torn from it.
        """
        profile = self._organisations.find(name)
        if profile is None or profile.way is Way.BROWSER or self.isVisible():
            return False
        self.cancel()
        self._hint = hint
        self._begin(profile, quiet=True)
        return True

    def _end(self) -> None:
        if self._must_type:
            self.forget()
        else:
            self.cancel()

    def cancel(self) -> None:
        """End the attempt under way, whichever way it goes."""
        self._side.setEnabled(True)
        self._kept.cancel()
        self._window.cancel()
        self._browser.cancel()
        self._retry_with_pkce = False

    def forget(self) -> None:
        """At sign-out: nothing of the login stays behind."""
        self.cancel()
        self.set_up.stop()
        self._panel.forget()

    def say(self, icon: Icon, title: str, text: str, *, retry: bool = False) -> None:
        """Show words in place of the login page; ``retry`` offers to sign in anew."""
        self._side.setEnabled(True)
        self._say(icon, title, text, "Retry" if retry else "")

    def _say(
        self, icon: Icon, title: str, text: str, action: str, *, browser: bool = False
    ) -> None:
        self._panel.say(icon, title, text, action, browser=browser)
        self._right.setCurrentWidget(self._panel)

    def say_signed_out(self, words: str) -> None:
        self._say(Icon.LOG_OUT, "You are signed out", words, "Sign in")
        self._hint = ""
        self._side.say("")

    def set_up_another(self) -> None:
        self.cancel()
        self._panel.say(Icon.KEY, "No organisation is set up yet", "", "")
        self.set_up.show_new()
        self._right.setCurrentWidget(self.set_up.page)
        self._side.say("")

    def edit(self, name: str) -> None:
        """Show an organisation's settings."""
        self.cancel()
        if self.set_up.show_existing(name):
            self._right.setCurrentWidget(self.set_up.page)
            self._side.say("")

    def ask_for_proxy(self, proxy: str) -> None:
        """Ask for the name and password that the network's proxy wants."""
        self._proxy.ask(proxy)
        self._right.setCurrentWidget(self._proxy)
        self._side.say("The network's proxy asks for a sign-in")

    # --- ways in ------------------------------------------------------------------------------

    def _begin(self, profile: Profile, way: Way | None = None, *, quiet: bool = False) -> None:
        prompt = "login" if self._must_type and not quiet else ""
        profile = self._organisations.policy.applied_to(replace(profile, way=way or profile.way))
        if not self._is_allowed(profile):
            return
        if profile.way is Way.BROWSER:
            self._right.setCurrentWidget(self._waiting)
            self._waiting.show_opening()
            self._browser.start(profile, hint=self._hint, prompt=prompt)
        else:
            self._right.setCurrentWidget(self._panel)
            self._window.start(profile, hint=self._hint, prompt=prompt)

    def _is_allowed(self, profile: Profile) -> bool:
        """Whether the policy lets anybody in there; if not, that is told."""
        self._used = profile
        try:
            self._organisations.policy.check_profile(profile)
        except ForbiddenByPolicy as refusal:
            self._on_failed(refusal)
            return False
        return True

    def _resume(self, profile: Profile) -> None:
        if not self._is_allowed(profile):
            return
        self.say(Icon.CLOCK, "Signing you in …", "")
        self._kept.start(profile)

    def _on_callback_seen(self) -> None:
        self.callback_seen.emit()
        self.say(Icon.CHECK, "Signed in", "Checking who you are …")
        self._side.say("Checking who you are …")

    def _on_session(self, session: Session) -> None:
        self._side.say("")
        self._side.say_why("")
        self._notice.clear()
        if self._used is not None:
            self._in_use = self._used.name
            self._organisations.keep_pkce(self._used)
        self.signed_in.emit(session)

    def _on_failed(self, error: Exception) -> None:
        failed = failed_attempt(error, self._used, self._organisations.policy)
        self._retry_with_pkce = failed.offers_pkce
        self._side.say(failed.title)
        if isinstance(error, ProxySignInNeeded):
            self.ask_for_proxy(error.proxy)
        elif isinstance(error, Offline):
            self._in_use = error.session.profile.name
            self._offline.tell(error)
            self._right.setCurrentWidget(self._offline)
        else:
            browser = failed.offers_browser
            self._say(Icon.WARNING, failed.title, failed.text, failed.action, browser=browser)
        self.failed.emit(error)

    def _on_retry(self) -> None:
        if self._retry_with_pkce:
            self._on_pkce_asked()
        else:
            self.start(hint=self._hint)

    def _begin_anew(self, way: Way | None = None, *, pkce: bool = False) -> None:
        self._end()
        profile = self.profile
        if profile is not None:
            self._begin(profile.with_pkce() if pkce else profile, way)

    def _on_pkce_asked(self) -> None:
        self._begin_anew(pkce=True)

    def _on_browser_asked(self) -> None:
        self._begin_anew(Way.BROWSER)

    def _on_window_asked(self) -> None:
        self._begin_anew(Way.VIEW)

    def _on_browser_opened(self, taken: bool) -> None:
        if taken:
            self._waiting.show_waiting()
            self._right.setCurrentWidget(self._waiting)
            self._side.say("Waiting for your browser")
            return
        self._on_failed(
            LoginUnavailable(
                "No browser could be opened. Choose a default browser in this computer's settings,"
                " then retry."
            )
        )

    # --- the other pages ----------------------------------------------------------------------

    def _on_profile_chosen(self) -> None:
        """Another organisation never sees the cookies of the one before."""
        self.forget()
        self.start()

    def _on_organisations_changed(self) -> None:
        self._side.show_profiles(self._organisations.profiles)

    def _on_edit_asked(self) -> None:
        self.edit(self._side.name)

    def _on_set_up(self, name: str) -> None:
        self.forget()
        self.start(name)

    def _on_set_up_closed(self) -> None:
        if self._can_go_back:
            self.back_asked.emit()
        else:
            self.start(hint=self._hint)

    def _on_proxy_answered(self, proxy: str, user: str, password: str) -> None:
        self.proxy_answered.emit(proxy, user, password)
        self.start(hint=self._hint)

    def _on_proxy_cancelled(self) -> None:
        if self._can_go_back:
            self.back_asked.emit()
            return
        words = "Without a name and a password the network's proxy lets nothing through."
        self._say(Icon.WARNING, ProxySignInNeeded.title, words, "Retry")
