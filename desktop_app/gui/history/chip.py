"""One condition of the filter as a chip: what it says, a switch, and a way to be rid of it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QContextMenuEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QToolButton, QWidget

from desktop_app.gui.assets import Icon
from desktop_app.gui.theme import Theme
from desktop_app.gui.tooltip import plain


class ChipButton(QFrame):
    """A click edits it; the cross removes it; its menu, or Space, switches it off and on."""

    edit_asked = Signal()
    remove_asked = Signal()
    toggle_asked = Signal()

    def __init__(
        self,
        theme: Theme,
        words: str,
        *,
        on: bool,
        hint: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("chip")
        self.setProperty("role", "chip")
        self.setProperty("state", "on" if on else "off")
        self._is_on = on
        self._words = QPushButton(self)
        self._words.setObjectName("chipWords")
        self._words.setProperty("kind", "chip")
        self._words.setText(words.replace("&", "&&"))  # a lone one would mark a shortcut
        self._words.setToolTip(plain(hint))
        state = "" if on else ", switched off"
        self._words.setAccessibleName(f"Filter {words}{state}")
        self._words.setAccessibleDescription(hint)
        self._words.clicked.connect(self.edit_asked)
        font = self._words.font()
        font.setStrikeOut(not on)
        self._words.setFont(font)
        remove = QToolButton(self)
        remove.setObjectName("chipRemove")
        remove.setAccessibleName(f"Remove filter {words}")
        remove.setToolTip("Remove")
        theme.dress(remove, Icon.CANCEL, "muted", 10)
        remove.clicked.connect(self.remove_asked)
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 0, 2, 0)
        row.setSpacing(0)
        row.addWidget(self._words)
        row.addWidget(remove)

    @property
    def words(self) -> str:
        return self._words.text().replace("&&", "&")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete:
            self.remove_asked.emit()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.setObjectName("chipMenu")
        for title, asked in (
            ("Switch off" if self._is_on else "Switch on", self.toggle_asked),
            ("Edit", self.edit_asked),
            ("Remove", self.remove_asked),
        ):
            action = QAction(title, menu)
            action.triggered.connect(asked)
            menu.addAction(action)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(event.globalPos())
