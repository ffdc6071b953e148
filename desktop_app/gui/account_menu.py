"""Who is signed in, where, until when and with which rights; and the ways on from here."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPoint, Qt, Signal, SignalInstance
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
from desktop_app.core.signin.session import Session, SignIn
from desktop_app.gui.assets import Icon
from desktop_app.gui.labels import label
from desktop_app.gui.theme import Mode, Theme

LOCK_KEYS = "Ctrl+Alt+L"

_MODES: tuple[tuple[Mode, str], ...] = (
    ("system", "As the system"),
    ("light", "Light"),
    ("dark", "Dark"),
)


class AccountButton(QToolButton):
    """Stands at the right of the status line, named after the person and the organisation."""

    sign_out_asked = Signal()
    lock_asked = Signal()
    settings_asked = Signal()
    switch_asked = Signal(str)  # the name of the other organisation's profile

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._who = ""
        self._others: tuple[str, ...] = ()
        self._countdown: QLabel | None = None
        self.setObjectName("account")
        self.menu_of_account = QMenu(self)
        self.menu_of_account.setObjectName("accountMenu")
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        theme.dress(self, Icon.USER, "muted")
        self.clicked.connect(self._on_clicked)

    def offer_others(self, names: Iterable[str]) -> None:
        """The organisations to switch to; shown from the next ``show_session`` on."""
        self._others = tuple(names)

    def show_session(self, session: SignIn, clock: Clock) -> None:
        self._who = f"{session.user_name} · {session.organization_name}"
        self._show_text("")
        until = int(session.expires_at.timestamp() * 1000)
        menu = self.menu_of_account
        menu.clear()
        who = QWidgetAction(menu)
        card = _card(session, clock.instant(until))
        self._countdown = card.findChild(QLabel, "accountCountdown")
        who.setDefaultWidget(card)
        menu.addAction(who)
        menu.addSeparator()
        self._add_others(menu, session.profile.name)
        self._add_appearance(menu)
        self._add(menu, "Settings …", "openSettings", Icon.SETTINGS, self.settings_asked)
        menu.addSeparator()
        lock = self._add(menu, "Lock now", "lockNow", Icon.LOCK, self.lock_asked)
        lock.setShortcut(LOCK_KEYS)
        self._add(menu, "Sign out", "signOut", Icon.LOG_OUT, self.sign_out_asked)

    def show_countdown(self, words: str, *, urgent: bool) -> None:
        """How long the sign-in lasts; on the button itself only when it ends soon."""
        if self._countdown is not None:
            self._countdown.setText(words)
        self._show_text(words if urgent else "")

    def _show_text(self, countdown: str) -> None:
        words = f"{self._who} · {countdown}" if countdown else self._who
        self.setText(words.replace("&", "&&"))
        self.setAccessibleName(f"Account: {words}")

    def _add(
        self, menu: QMenu, words: str, name: str, icon: Icon, asked: SignalInstance
    ) -> QAction:
        action = menu.addAction(words)
        action.setObjectName(name)
        action.setIcon(self._theme.icon(icon, "muted"))
        action.triggered.connect(asked)
        return action

    def _add_others(self, menu: QMenu, here: str) -> None:
        names = [name for name in self._others if name != here]
        if not names:
            return
        others = menu.addMenu("Switch organisation")
        others.setObjectName("switchOrganisation")
        others.triggered.connect(self._on_other)
        for name in names:
            action = others.addAction(name.replace("&", "&&"))
            action.setData(name)

    def _on_other(self, action: QAction) -> None:
        self.switch_asked.emit(action.data())

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


def _card(session: SignIn, until: str) -> QWidget:
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
    column.addWidget(_line("", "muted", "accountCountdown"))
    if not isinstance(session, Session):
        words = "Offline: not checked with Genesys Cloud since the start."
        column.addWidget(_line(words, "warn", "accountOffline"))
        return card
    column.addSpacing(4)
    column.addWidget(_line("Scopes of this sign-in", "group", "accountScopesHead"))
    for scope in session.scopes or ("none named by the service",):
        column.addWidget(_line(scope, "muted", f"scope_{scope}"))
    for lack in session.rights.lacks:
        column.addWidget(_line(lack.sentence, "warn", f"lack_{lack.feature}"))
    if session.excess_scopes:
        column.addWidget(
            _line("Some allow changes. Reading is enough for this app.", "warn", "accountExcess")
        )
    return card


def _line(words: str, role: str, name: str) -> QLabel:
    made = label(words, role, name=name, wrap=False)
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made
