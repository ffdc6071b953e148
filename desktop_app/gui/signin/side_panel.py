"""The left of the sign-in screen: whose organisation, in which way, and how it is going."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QPushButton, QVBoxLayout, QWidget

from desktop_app.core.signin.profiles import Grant, Profile
from desktop_app.gui.labels import label

WIDTH = 420

_GRANTS = {
    Grant.IMPLICIT: "In this window, implicit grant. Genesys ends it by March 2027.",
    Grant.PKCE: "In this window, authorization code with PKCE.",
}


class SidePanel(QFrame):
    profile_chosen = Signal()
    practice_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("signInSide")
        self.setProperty("role", "surface")
        self.setFixedWidth(WIDTH)
        self._profiles: dict[str, Profile] = {}
        self._why = label("", "strong", name="whySignIn")
        self._why.hide()
        self._organisation = QComboBox(self)
        self._organisation.setObjectName("organisation")
        self._organisation.setAccessibleName("Organisation")
        self._organisation.activated.connect(self._on_activated)
        self._how = label("", "muted", name="grantNote")
        self._invitation = QWidget(self)
        practice = QPushButton("Try the practice organisation", self)
        practice.setObjectName("tryPractice")
        practice.setProperty("kind", "link")
        practice.clicked.connect(self.practice_asked)
        invitation = QVBoxLayout(self._invitation)
        invitation.setContentsMargins(0, 0, 0, 0)
        invitation.setSpacing(4)
        invitation.addWidget(label("No account?", "muted"))
        invitation.addWidget(practice, 0, Qt.AlignmentFlag.AlignLeft)
        invitation.addWidget(label("Invented contacts; nothing leaves this computer.", "muted"))
        self._status = label("", "muted", name="signInStatus")

        column = QVBoxLayout(self)
        column.setContentsMargins(40, 48, 40, 12)
        column.setSpacing(4)
        column.addWidget(label("Contact History", "display"))
        column.addWidget(label("Sign in with your Genesys Cloud account.", "muted"))
        column.addSpacing(12)
        column.addWidget(self._why)
        column.addSpacing(8)
        column.addWidget(label("Organisation", "muted"))
        column.addWidget(self._organisation)
        column.addSpacing(4)
        column.addWidget(self._how)
        column.addSpacing(24)
        column.addWidget(self._invitation)
        column.addStretch(1)
        column.addWidget(self._status)

    @property
    def profile(self) -> Profile | None:
        return self._profiles.get(str(self._organisation.currentData() or ""))

    def show_profiles(self, profiles: Iterable[Profile]) -> None:
        """Offer these, keeping the choice where it is still there."""
        chosen = self._organisation.currentData()
        self._profiles = {profile.name: profile for profile in profiles}
        self._organisation.clear()
        for name, profile in self._profiles.items():
            self._organisation.addItem(profile.label, name)
        self._organisation.setCurrentIndex(max(0, self._organisation.findData(chosen)))
        self._organisation.setEnabled(bool(self._profiles))
        self._show_grant()

    def choose(self, name: str) -> None:
        self._organisation.setCurrentIndex(self._organisation.findData(name))
        self._show_grant()

    def say(self, status: str) -> None:
        self._status.setText(status)

    def say_why(self, why: str) -> None:
        """Tell why signing in is asked for again; empty for the first time."""
        self._why.setText(why)
        self._why.setVisible(bool(why))

    def _on_activated(self) -> None:
        self._show_grant()
        self.profile_chosen.emit()

    def _show_grant(self) -> None:
        profile = self.profile
        self._how.setText(_GRANTS[profile.grant] if profile else "")
        self._invitation.setVisible(profile is None or not profile.is_practice)
