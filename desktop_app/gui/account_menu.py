"""Who is signed in, where, until when and with which rights; and the way out."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import (
    QLabel,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
    QWidgetAction,
)

from desktop_app.core.history.clock import Clock
from desktop_app.core.signin.session import Session
from desktop_app.gui.assets import Icon
from desktop_app.gui.labels import label
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
        self.menu_of_account = QMenu(self)
        self.menu_of_account.setObjectName("accountMenu")
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        theme.dress(self, Icon.USER, "muted")
        self.clicked.connect(self._on_clicked)
        self.show_session(session, clock)

    def show_session(self, session: Session, clock: Clock) -> None:
        words = f"{session.user_name} · {session.organization_name}"
        self.setText(words.replace("&", "&&"))
        self.setAccessibleName(f"Account: {words}")
        until = int(session.expires_at.timestamp() * 1000)
        menu = self.menu_of_account
        menu.clear()
        who = QWidgetAction(menu)
        who.setDefaultWidget(_card(session, clock.instant(until)))
        menu.addAction(who)
        menu.addSeparator()
        self._add_appearance(menu)
        menu.addSeparator()
        leave = menu.addAction("Sign out")
        leave.setObjectName("signOut")
        leave.setIcon(self._theme.icon(Icon.LOG_OUT, "muted"))
        leave.triggered.connect(self.sign_out_asked)

    def _on_clicked(self) -> None:
        """Above the button, flush with its right edge."""
        menu = self.menu_of_account
        corner = self.mapToGlobal(QPoint(self.width(), 0))
        menu.popup(corner - QPoint(menu.sizeHint().width(), menu.sizeHint().height()))

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


def _card(session: Session, until: str) -> QWidget:
    """What the service says of this sign-in, to read and to copy."""
    card = QWidget()
    card.setObjectName("accountCard")
    column = QVBoxLayout(card)
    column.setContentsMargins(16, 12, 16, 8)
    column.setSpacing(4)
    column.addWidget(_line(session.user_name, "strong", "accountUser"))
    column.addWidget(_line(session.user_email, "muted", "accountEmail"))
    column.addWidget(_line(session.organization_name, "", "accountOrganisation"))
    column.addWidget(_line(f"Signed in until {until}", "muted", "accountUntil"))
    column.addSpacing(4)
    column.addWidget(_line("Scopes of this sign-in", "group", "accountScopesHead"))
    for scope in session.scopes or ("none named by the service",):
        column.addWidget(_line(scope, "muted", f"scope_{scope}"))
    if session.excess_scopes:
        column.addWidget(
            _line("Some allow changes. Reading is enough for this app.", "warn", "accountExcess")
        )
    return card


def _line(words: str, role: str, name: str) -> QLabel:
    made = label(words, role, name=name, wrap=False)
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made
