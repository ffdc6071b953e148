"""Rows of ready-made text for the small tables of the details panel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QPixmap

from desktop_app.core.history.timeline import BarKind
from desktop_app.gui.contact import kinds
from desktop_app.gui.theme import Theme
from desktop_app.gui.tooltip import plain

SWATCH_PX = 10
_RATIO = 4.0  # sharp up to 400 %; Qt scales down

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Row:
    """``kind`` puts a swatch before the cell in the model's ``swatch_column``."""

    texts: tuple[str, ...]
    kind: BarKind | None = None


class RowsModel(QAbstractTableModel):
    """``right`` holds the columns that align right, as numbers do."""

    def __init__(
        self,
        theme: Theme,
        titles: Sequence[str],
        parent: QObject,
        *,
        right: frozenset[int] = frozenset(),
        swatch_column: int = -1,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._titles = tuple(titles)
        self._right = right
        self._swatch_column = swatch_column
        self._swatches: dict[BarKind, QPixmap] = {}
        self._rows: list[Row] = []
        theme.changed.connect(self._on_theme_changed)

    def show_rows(self, rows: list[Row]) -> None:
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._titles)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row, column = self._rows[index.row()], index.column()
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return row.texts[column]
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain(row.texts[column])
        if role == Qt.ItemDataRole.DecorationRole and column == self._swatch_column and row.kind:
            return self._swatch(row.kind)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(column)
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(section)
        return None

    def _alignment(self, column: int) -> Qt.AlignmentFlag:
        side = Qt.AlignmentFlag.AlignRight if column in self._right else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter

    def _swatch(self, kind: BarKind) -> QPixmap:
        if kind not in self._swatches:
            self._swatches[kind] = kinds.swatch(kind, self._theme.palette, SWATCH_PX, _RATIO)
        return self._swatches[kind]

    def _on_theme_changed(self) -> None:
        self._swatches.clear()
        self.layoutChanged.emit()
