"""What a locked window shows: that it is locked, for whom, and the two ways on. No data."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop_app.gui.assets import Icon
from desktop_app.gui.labels import label
from desktop_app.gui.theme import Theme

_WIDTH_PX = 460
_ICON_PX = 40


class LockPage(QWidget):
    """Stands in the window's stack in place of the screens, whose keys and shortcuts then rest."""

    unlock_asked = Signal()
    sign_out_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lockPage")
        picture = QLabel(self)
        theme.dress(picture, Icon.LOCK, "muted", _ICON_PX)
        self._why = _centred("muted", "lockReason")
        self._who = _centred("", "lockPerson")
        self._unlock = QPushButton("Unlock by signing in", self)
        self._unlock.setObjectName("unlock")
        self._unlock.setProperty("kind", "primary")
        self._unlock.clicked.connect(self.unlock_asked)
        sign_out = QPushButton("Sign out", self)
        sign_out.setObjectName("lockSignOut")
        sign_out.clicked.connect(self.sign_out_asked)
        for button in (self._unlock, sign_out):
            button.setAccessibleName(button.text())
            button.setAutoDefault(True)  # Enter presses the one that has the focus

        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(self._unlock)
        buttons.addWidget(sign_out)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(8)
        column.addStretch(2)
        column.addWidget(picture, 0, Qt.AlignmentFlag.AlignHCenter)
        title = _centred("title", "lockTitle")
        title.setText("Locked")
        for words in (title, self._why, self._who):
            column.addWidget(words, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(8)
        column.addLayout(buttons)
        column.addStretch(3)

    def show_locked(self, person: str, organisation: str, idle_minutes: int | None) -> None:
        """Say who is signed in where, and after how many idle minutes; None: locked by hand."""
        if idle_minutes is None:
            why = "You locked Contact History."
        else:
            length = "1 minute" if idle_minutes == 1 else f"{idle_minutes:,} minutes"
            why = f"Nobody has used Contact History for {length}."
        who = " · ".join(filter(None, (person, organisation)))
        self._why.setText(why)
        self._who.setText(f"Signed in: {who}" if who else "")
        self._who.setVisible(bool(who))
        self.setAccessibleName(f"Locked. {why}")

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._unlock.setFocus(Qt.FocusReason.OtherFocusReason)


def _centred(role: str, name: str) -> QLabel:
    made = label("", role, name=name)
    made.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    made.setFixedWidth(_WIDTH_PX)
    return made
