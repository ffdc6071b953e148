"""A whole screen's worth of one sentence: empty, failed and waiting are screens too."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop_app.gui.assets import Icon
from desktop_app.gui.theme import Theme

_WIDTH = 460
_ICON_PX = 40


class MessagePage(QWidget):
    """An icon, what happened, what to do, and the next step as a button; at times another way."""

    acted = Signal()
    other_acted = Signal()

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon_name = Icon.INFO
        self.setObjectName(name)
        self._icon = QLabel(self)
        self._title = _words(self, "title")
        self._title.setObjectName(f"{name}Title")
        self._text = _words(self, "muted")
        self._text.setObjectName(f"{name}Text")
        self._button = QPushButton(self)
        self._button.setObjectName(f"{name}Action")
        self._button.clicked.connect(self.acted)
        self.setFocusProxy(self._button)
        self._other = QPushButton(self)
        self._other.setObjectName(f"{name}Other")
        self._other.clicked.connect(self.other_acted)
        theme.changed.connect(self._draw_icon)

        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(self._button)
        buttons.addWidget(self._other)
        buttons.addStretch(1)
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self._title)
        column.addWidget(self._text)
        column.addSpacing(8)
        column.addLayout(buttons)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addLayout(column)
        row.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(24, 24, 24, 24)
        whole.addStretch(2)
        whole.addLayout(row)
        whole.addStretch(3)

    @property
    def text(self) -> str:
        return f"{self._title.text()} {self._text.text()}".strip()

    def say(self, icon: Icon, title: str, text: str, action: str = "", other: str = "") -> None:
        """Show words; a button without words isn't shown."""
        self._icon_name = icon
        self._draw_icon()
        self._title.setText(title)
        self._text.setText(text)
        self._text.setVisible(bool(text))
        for button, words in ((self._button, action), (self._other, other)):
            button.setText(words)
            button.setVisible(bool(words))
        self.setAccessibleName(self.text)

    def _draw_icon(self) -> None:
        icon = self._theme.icon(self._icon_name, "muted")
        self._icon.setPixmap(icon.pixmap(_ICON_PX, _ICON_PX))


def _words(parent: QWidget, role: str) -> QLabel:
    label = QLabel(parent)
    label.setProperty("role", role)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    label.setWordWrap(True)
    label.setFixedWidth(_WIDTH)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
