"""Who is signed in, where, until when and with which rights; and the way out."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from desktop_app.core.history.clock import Clock
from desktop_app.core.signin.session import Session
from desktop_app.gui.assets import Icon
from desktop_app.gui.theme import Mode, Theme

_MODES: tuple[tuple[Mode, str], ...] = (
    ("system", "As the system"),
    ("light", "Light"),
    ("dark", "Dark"),
)


class AccountButton(QToolButton):
    """Stands at the right of the status line, named after the person and the organisation."""

    sign_out_asked = Signal()

    def __init__(
        self, session: Session, clock: Clock, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setObjectName("account")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        menu.setObjectName("accountMenu")
        self.setMenu(menu)
        self.show_session(session, clock)

    def show_session(self, session: Session, clock: Clock) -> None:
        words = f"{session.user_name} · {session.organization_name}"
        self.setText(words.replace("&", "&&"))
        self.setAccessibleName(f"Account: {words}")
        until = int(session.expires_at.timestamp() * 1000)
        menu = self.menu()
        menu.clear()
        self._fact(menu, "accountUser", f"{session.user_name}, {session.user_email}")
        self._fact(menu, "accountOrganisation", session.organization_name)
        self._fact(menu, "accountUntil", f"Signed in until {clock.instant(until)}")
        scopes = menu.addMenu(f"Scopes of this sign-in ({len(session.scopes)})")
        scopes.menuAction().setObjectName("accountScopes")
        for scope in session.scopes or ("none named by the service",):
            self._fact(scopes, f"scope_{scope}", scope)
        if session.excess_scopes:
            self._fact(menu, "accountExcess", "This sign-in may change things; reading is enough.")
        menu.addSeparator()
        self._add_appearance(menu)
        menu.addSeparator()
        leave = menu.addAction("Sign out")
        leave.setObjectName("signOut")
        leave.setIcon(self._theme.icon(Icon.LOG_OUT, "muted"))
        leave.triggered.connect(self.sign_out_asked)

    def _add_appearance(self, menu: QMenu) -> None:
        looks = menu.addMenu("Appearance")
        group = QActionGroup(looks)
        for mode, title in _MODES:
            action = looks.addAction(title)
            action.setObjectName(f"look_{mode}")
            action.setData(mode)
            action.setCheckable(True)
            action.setChecked(self._theme.mode == mode)
            group.addAction(action)
        group.triggered.connect(self._on_look)

    def _on_look(self, action: QAction) -> None:
        self._theme.set_mode(action.data())

    def _fact(self, menu: QMenu, name: str, words: str) -> None:
        """A line to read, not to press; an ampersand is text, not a mnemonic."""
        action = menu.addAction(words.replace("&", "&&"))
        action.setObjectName(name)
        action.setEnabled(False)
