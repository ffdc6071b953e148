"""The left of the sign-in screen: whose organisation, in which way, and how it is going."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop_app.core.signin.policy import Policy
from desktop_app.core.signin.profiles import Grant, Profile, Way
from desktop_app.gui.labels import label

WIDTH = 420

_IN_BROWSER = "In your browser, authorization code with PKCE."
_IN_WINDOW = {
    Grant.IMPLICIT: "In this window, implicit grant. Genesys ends it by March 2027.",
    Grant.PKCE: "In this window, authorization code with PKCE.",
}


class SidePanel(QFrame):
    profile_chosen = Signal()
    browser_asked = Signal()
    pkce_asked = Signal()
    set_up_asked = Signal()
    edit_asked = Signal()
    practice_asked = Signal()
    settings_asked = Signal()
    back_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("signInSide")
        self.setProperty("role", "surface")
        self.setFixedWidth(WIDTH)
        self._profiles: dict[str, Profile] = {}
        self._policy = Policy()
        self._why = label("", "strong", name="whySignIn")
        self._why.hide()
        self._organisation = QComboBox(self)
        self._organisation.setObjectName("organisation")
        self._organisation.setAccessibleName("Organisation")
        self._organisation.activated.connect(self._on_activated)
        self._how = label("", "muted", name="grantNote")
        self._pkce = self._button("Switch to PKCE", "switchToPkce", self.pkce_asked, link=True)
        self._browser = self._button("Use my browser", "useBrowser", self.browser_asked)
        self._set_up = self._button("Set up another", "setUpAnother", self.set_up_asked)
        self._edit = self._button("Edit", "editOrganisation", self.edit_asked, link=True)
        self._back = self._button(
            "Back to your history", "backToHistory", self.back_asked, link=True
        )
        self._back.hide()
        self._is_locked = False
        self._in_use = ""
        self._settings = self._button("Settings", "signInSettings", self.settings_asked, link=True)
        self._invitation = self._build_invitation()
        self._status = label("", "muted", name="signInStatus")
        self._build()

    def _build(self) -> None:
        left = Qt.AlignmentFlag.AlignLeft
        head = QHBoxLayout()
        head.addWidget(label("Organisation", "muted", wrap=False))
        head.addStretch(1)
        head.addWidget(self._edit)
        ways = QHBoxLayout()
        ways.setSpacing(8)
        ways.addWidget(self._browser)
        ways.addWidget(self._set_up)
        ways.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(40, 48, 40, 12)
        column.setSpacing(4)
        column.addWidget(label("Contact History", "display"))
        column.addWidget(label("Sign in with your Genesys Cloud account.", "muted"))
        column.addSpacing(12)
        column.addWidget(self._why)
        column.addWidget(self._back, 0, left)
        column.addSpacing(8)
        column.addLayout(head)
        column.addWidget(self._organisation)
        column.addSpacing(4)
        column.addWidget(self._how)
        column.addWidget(self._pkce, 0, left)
        column.addSpacing(16)
        column.addLayout(ways)
        column.addSpacing(24)
        column.addWidget(self._invitation)
        column.addStretch(1)
        column.addWidget(self._settings, 0, left)
        column.addWidget(self._status)

    def _build_invitation(self) -> QWidget:
        invitation = QWidget(self)
        practice = self._button(
            "Try the practice organisation", "tryPractice", self.practice_asked, link=True
        )
        column = QVBoxLayout(invitation)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(label("No account?", "muted"))
        column.addWidget(practice, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(label("Invented contacts; nothing leaves this computer.", "muted"))
        return invitation

    def _button(self, words: str, name: str, asked: object, *, link: bool = False) -> QPushButton:
        button = QPushButton(words, self)
        button.setObjectName(name)
        if link:
            button.setProperty("kind", "link")
        button.clicked.connect(asked)
        return button

    @property
    def name(self) -> str:
        """The chosen profile's name; empty while there is none."""
        return str(self._organisation.currentData() or "")

    @property
    def _profile(self) -> Profile | None:
        return self._profiles.get(self.name)

    def show_policy(self, policy: Policy) -> None:
        """Offer nothing that the administrator doesn't allow."""
        self._policy = policy
        self._show_how()

    def show_profiles(self, profiles: Iterable[Profile]) -> None:
        """Offer these, keeping the choice where it is still there."""
        chosen = self._organisation.currentData()
        self._profiles = {profile.name: profile for profile in profiles}
        self._organisation.clear()
        for name, profile in self._profiles.items():
            self._organisation.addItem(profile.label, name)
        self._organisation.setCurrentIndex(max(0, self._organisation.findData(chosen)))
        self._organisation.setEnabled(bool(self._profiles) and not self._is_locked)
        self._show_how()

    def choose(self, name: str) -> None:
        self._organisation.setCurrentIndex(self._organisation.findData(name))
        self._show_how()

    def say(self, status: str) -> None:
        self._status.setText(status)

    def lock(self, locked: bool) -> None:
        """Leave nothing to be reached but the way in to the chosen organisation."""
        self._is_locked = locked
        self._organisation.setEnabled(bool(self._profiles) and not locked)
        self._settings.setVisible(not locked)
        self._set_up.setVisible(not locked)
        self._show_how()

    def offer_back(self, offered: bool, *, in_use: str = "") -> None:
        """``in_use`` is the name of the profile that can't be edited then."""
        self._in_use = in_use
        self._back.setVisible(offered)
        self._show_how()

    def say_why(self, why: str) -> None:
        """Tell why signing in is asked for again; empty for the first time."""
        self._why.setText(why)
        self._why.setVisible(bool(why))

    def _on_activated(self) -> None:
        self._show_how()
        self.profile_chosen.emit()

    def _show_how(self) -> None:
        profile = self._profile
        in_browser = profile is not None and profile.way is Way.BROWSER
        implicit = profile is not None and not in_browser and profile.grant is Grant.IMPLICIT
        if profile is None:
            self._how.setText("")
        else:
            self._how.setText(_IN_BROWSER if in_browser else _IN_WINDOW[profile.grant])
        self._pkce.setVisible(implicit and self._policy.grant is None)
        self._browser.setEnabled(profile is not None)
        self._browser.setVisible(not self._policy.forces_window)
        practising = profile is not None and profile.is_practice
        free = not self._is_locked
        editable = profile is not None and not practising and self.name != self._in_use
        self._edit.setVisible(editable and free)
        self._invitation.setVisible(self._policy.practice and not practising and free)
