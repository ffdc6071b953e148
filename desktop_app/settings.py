"""The settings page at work: what it shows, and what becomes of what is chosen there."""

from __future__ import annotations

from PySide6.QtCore import QObject

from desktop_app.core.signin.findings import place_of
from desktop_app.core.signin.kept import KeptSessions
from desktop_app.core.signin.policy import Policy
from desktop_app.core.signin.policy_file import NO_PROXY, SYSTEM_PROXY
from desktop_app.core.signin.profiles import Grant, Way
from desktop_app.core.signin.session import Session
from desktop_app.gui.notices import sentence_of
from desktop_app.gui.preferences import Preferences
from desktop_app.gui.settings.state import OrganisationEntry, SettingsState
from desktop_app.gui.signin.organisations import Organisations
from desktop_app.gui.tasks import Tasks
from desktop_app.gui.theme import Mode, Theme
from desktop_app.main_window import MainWindow
from desktop_app.update_notice import UpdateNotice

_GRANTS = {Grant.IMPLICIT: "Implicit grant", Grant.PKCE: "Authorization code with PKCE"}
_WAYS = {Way.VIEW: "", Way.BROWSER: ", in your browser"}
_FORBIDDEN = "Your administrator doesn't allow to stay signed in on this computer."
_NO_KEYRING = "This computer has no protected keyring, so a sign-in can't be kept."


class SettingsKeeper(QObject):
    def __init__(
        self,
        window: MainWindow,
        organisations: Organisations,
        preferences: Preferences,
        theme: Theme,
        kept: KeptSessions,
        tasks: Tasks,
        updates: UpdateNotice,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._page = window.settings_page
        self._organisations = organisations
        self._preferences = preferences
        self._theme = theme
        self._kept = kept
        self._tasks = tasks
        self._updates = updates
        self._has_keyring = True
        window.settings_asked.connect(self._on_asked)
        self._page.look_chosen.connect(self._on_look_chosen)
        self._page.stay_signed_in_changed.connect(self._on_stay_changed)
        self._page.edit_asked.connect(self._on_edit_asked)
        self._page.remove_asked.connect(self._on_remove_asked)
        self._page.set_up_asked.connect(self._on_set_up_asked)
        organisations.changed.connect(self._show)
        updates.changed.connect(self._on_updates_changed)
        if not organisations.policy.stay_signed_in:  # nor may what was kept before stay
            tasks.write(kept.forget_all)

    def _on_updates_changed(self) -> None:
        """This line alone: the list that somebody may be in is not made anew for it."""
        self._page.show_updates(self._updates.words)

    def _on_asked(self) -> None:
        """The keyring may take its time, so the page is shown first."""
        self._page.tell_nothing()
        self._show()
        self._window.show_settings()
        job = self._tasks.window(self._kept.available)
        job.succeeded.connect(self._on_keyring_known)

    def _on_keyring_known(self, available: bool) -> None:
        self._has_keyring = available
        self._show()

    def _show(self) -> None:
        policy = self._organisations.policy
        self._page.show_state(
            SettingsState(
                mode=self._preferences.mode,
                stay_signed_in=self._preferences.stay_signed_in and policy.stay_signed_in,
                why_not_stay=self._why_not_stay(policy),
                organisations=self._entries(),
                proxy=_proxy_words(policy),
                certificates=_certificate_words(policy),
                admin=policy.settings(),
                updates=self._updates.words,
            )
        )

    def _why_not_stay(self, policy: Policy) -> str:
        if not policy.stay_signed_in:
            return _FORBIDDEN
        return "" if self._has_keyring else _NO_KEYRING

    def _entries(self) -> list[OrganisationEntry]:
        # Until a history is held there is nothing to unlock, and nobody to be signed out.
        sign_in = self._window.sign_in if self._window.history_view is not None else None
        in_use = sign_in.profile.name if sign_in is not None else ""
        return [
            OrganisationEntry(
                name=profile.name,
                title="Practice organisation" if profile.is_practice else profile.name,
                region=place_of(profile),
                grant=_GRANTS[profile.grant] + _WAYS[profile.way],
                editable=not profile.is_practice,
                in_use=profile.name == in_use,
            )
            for profile in self._organisations.profiles
        ]

    def _on_look_chosen(self, mode: Mode) -> None:
        self._preferences.mode = mode
        self._theme.set_mode(mode)

    def _on_stay_changed(self, stay: bool) -> None:
        """On also means the sign-in that is open now; off, that what is kept is forgotten."""
        self._preferences.stay_signed_in = stay
        session = self._window.session
        if not stay:
            self._tasks.write(self._kept.forget_all)
        elif session is not None and self._may_keep(session):
            self._keep(session)

    def _may_keep(self, session: Session) -> bool:
        return self._organisations.policy.stay_signed_in and not session.profile.is_practice

    def _keep(self, session: Session) -> None:
        def work() -> Session:
            self._kept.keep(session)
            return session

        job = self._tasks.write(work)
        job.succeeded.connect(self._on_kept)
        job.failed.connect(self._on_not_kept)

    def _on_kept(self, session: Session) -> None:
        """It waited for its turn: who has locked or left meanwhile leaves nothing (T29, T45)."""
        if self._window.is_locked or self._window.session is not session:
            self._tasks.write(lambda: self._kept.forget(session.profile))

    def _on_not_kept(self, error: Exception) -> None:
        self._preferences.stay_signed_in = False
        self._page.tell(sentence_of(error))
        self._show()

    def _on_edit_asked(self, name: str) -> None:
        self._window.show_sign_in()
        self._window.auth_view.edit(name)

    def _on_remove_asked(self, name: str) -> None:
        self._organisations.remove(name).failed.connect(self._on_not_removed)

    def _on_not_removed(self, error: Exception) -> None:
        self._page.tell(sentence_of(error))
        self._show()

    def _on_set_up_asked(self) -> None:
        self._window.show_sign_in()
        self._window.auth_view.set_up_another()


def _proxy_words(policy: Policy) -> str:
    if policy.proxy == SYSTEM_PROXY:
        return "As this computer is set up"
    return "None" if policy.proxy == NO_PROXY else policy.proxy


def _certificate_words(policy: Policy) -> str:
    if policy.ca_file is None:
        return "Those that this computer trusts"
    return f"Those that this computer trusts, and {policy.ca_file}"
