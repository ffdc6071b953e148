"""The name and password that the network's proxy asks for (fault F28). Kept in memory only."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from desktop_app.gui.assets import Icon
from desktop_app.gui.labels import label
from desktop_app.gui.theme import Theme

_WIDTH = 360


class ProxyPage(QWidget):
    answered = Signal(str, str, str)  # proxy, user, password
    cancelled = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("proxyPage")
        self._address = ""
        self._icon = QLabel(self)
        theme.dress(self._icon, Icon.KEY, "muted", 40)
        self._words = label("", "muted", name="proxyWords")
        self._user = _field("proxyUser", "User name")
        self._password = _field("proxyPassword", "Password")
        self._password.setEchoMode(QLineEdit.EchoMode.Password)
        self._go_on = QPushButton("Go on", self)
        self._go_on.setObjectName("proxyGoOn")
        self._go_on.setProperty("kind", "primary")
        self._go_on.clicked.connect(self._on_go_on)
        self._cancel = QPushButton("Cancel", self)
        self._cancel.setObjectName("proxyCancel")
        self._cancel.clicked.connect(self.cancelled)
        for field in (self._user, self._password):
            field.returnPressed.connect(self._on_go_on)
            field.textChanged.connect(self._on_edited)
        self._build()

    def ask(self, proxy: str) -> None:
        """Ask for one proxy, named by host and port. What was typed before is gone."""
        again = bool(proxy) and proxy == self._address
        self._address = proxy
        self._user.clear()
        self._password.clear()
        where = f"The proxy {proxy}" if proxy else "This network's proxy"
        refused = " It did not accept what was given." if again else ""
        self._words.setText(
            f"{where} lets nothing through without a sign-in.{refused} Both are kept in memory"
            " until the window closes."
        )
        self._on_edited()
        self._user.setFocus()

    def _build(self) -> None:
        form = QWidget(self)
        form.setFixedWidth(_WIDTH)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self._go_on)
        buttons.addWidget(self._cancel)
        buttons.addStretch(1)
        column = QVBoxLayout(form)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._icon)
        column.addSpacing(8)
        column.addWidget(label("The network's proxy asks for a sign-in", "title"))
        column.addWidget(self._words)
        column.addSpacing(12)
        column.addWidget(label("User name", "muted"))
        column.addWidget(self._user)
        column.addSpacing(8)
        column.addWidget(label("Password", "muted"))
        column.addWidget(self._password)
        column.addSpacing(12)
        column.addLayout(buttons)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(form)
        row.addStretch(1)
        whole = QVBoxLayout(self)
        whole.addStretch(2)
        whole.addLayout(row)
        whole.addStretch(3)

    def _on_edited(self) -> None:
        self._go_on.setEnabled(bool(self._user.text()))

    def _on_go_on(self) -> None:
        if not self._user.text():
            return
        user, password = self._user.text(), self._password.text()
        self._password.clear()
        self.answered.emit(self._address, user, password)


def _field(name: str, title: str) -> QLineEdit:
    field = QLineEdit()
    field.setObjectName(name)
    field.setAccessibleName(title)
    return field
