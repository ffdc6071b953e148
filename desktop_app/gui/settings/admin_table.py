"""What the administrator's policy says, to read: every setting, its value and where it is set."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from desktop_app.core.signin.policy import Setting
from desktop_app.gui.labels import label

_HEADS = ("Setting", "Value", "Set in")
_TITLE_PX, _VALUE_PX = 180, 160


class AdminTable(QWidget):
    """Labels rather than a table view: nothing is cut, and the page scrolls, not a part of it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("adminSettings")
        self.setAccessibleName("Set by your administrator")
        self._cells: list[QLabel] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        for column, width in enumerate((_TITLE_PX, _VALUE_PX)):
            self._grid.setColumnMinimumWidth(column, width)
        self._grid.setColumnStretch(len(_HEADS) - 1, 1)

    def show_settings(self, settings: Sequence[Setting]) -> None:
        for cell in self._cells:
            self._grid.removeWidget(cell)
            cell.deleteLater()
        self._cells = []
        for row, (title, value, origin) in enumerate([_HEADS, *map(_texts, settings)]):
            role = "strong" if row == 0 else ""
            for column, text in enumerate((title, value, origin)):
                cell = label(text, role or ("" if column == 1 else "muted"))
                cell.setAccessibleName(text if row == 0 or column == 0 else f"{title}: {text}")
                cell.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                self._grid.addWidget(cell, row, column, Qt.AlignmentFlag.AlignTop)
                self._cells.append(cell)

    def texts(self) -> list[tuple[str, str, str]]:
        """What is shown, row by row, without the heads."""
        words = [cell.text() for cell in self._cells]
        return list(zip(words[3::3], words[4::3], words[5::3], strict=True))


def _texts(setting: Setting) -> tuple[str, str, str]:
    return setting.title, setting.value, str(setting.origin or "Default")
