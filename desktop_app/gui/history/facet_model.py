"""What the facet rail lists: columns, and under each its commonest values with their counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from desktop_app.core.history.columns import Value, column

Index = QModelIndex | QPersistentModelIndex

EMPTY = "(empty)"
_NO_PARENT = 0  # internal id of a group; its values bear the group's place plus one


@dataclass(frozen=True, slots=True)
class FacetValue:
    """``text`` is as the table shows it; ``value`` is None for cells that are empty."""

    text: str
    value: Value
    count: int


class FacetModel(QAbstractItemModel):
    """Two levels: a group for each column, and its values, the commonest first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._keys: list[str] = []
        self._values: dict[str, Sequence[FacetValue]] = {}

    @property
    def keys(self) -> Sequence[str]:
        return self._keys

    def show_groups(self, keys: Sequence[str]) -> None:
        """Other columns; values that are known already stay."""
        self.beginResetModel()
        self._keys = list(keys)
        self._values = {key: self._values.get(key, ()) for key in keys}
        self.endResetModel()

    def show_values(self, found: Mapping[str, Sequence[FacetValue]]) -> None:
        """New counts, group by group; the groups stay as they are, open or closed."""
        for key, values in found.items():
            if key in self._values:
                self._replace(key, values)

    def _replace(self, key: str, values: Sequence[FacetValue]) -> None:
        group = self.index(self._keys.index(key), 0)
        before, after = len(self._values[key]), len(values)
        if after < before:
            self.beginRemoveRows(group, after, before - 1)
            self._values[key] = self._values[key][:after]
            self.endRemoveRows()
        elif after > before:
            self.beginInsertRows(group, before, after - 1)
            self._values[key] = values
            self.endInsertRows()
        self._values[key] = values
        if values:
            self.dataChanged.emit(self.index(0, 0, group), self.index(after - 1, 0, group))

    def group_of(self, index: Index) -> str:
        """The column's key, of a group or of one of its values."""
        place = index.row() if index.internalId() == _NO_PARENT else index.internalId() - 1
        return self._keys[place]

    def value_of(self, index: Index) -> FacetValue | None:
        """None for a group."""
        if not index.isValid() or index.internalId() == _NO_PARENT:
            return None
        return self._values[self.group_of(index)][index.row()]

    def share(self, index: Index) -> float:
        """A value's count beside the largest of its group, 0 to 1."""
        value = self.value_of(index)
        if value is None:
            return 0.0
        most = max(each.count for each in self._values[self.group_of(index)])
        return value.count / most if most else 0.0

    # --- QAbstractItemModel -------------------------------------------------------------------

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else _NO_PARENT)

    def parent(self, index: Index = QModelIndex()) -> QModelIndex:  # type: ignore[override] # besides QObject's parent()
        if not index.isValid() or index.internalId() == _NO_PARENT:
            return QModelIndex()
        return self.createIndex(index.internalId() - 1, 0, _NO_PARENT)

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        if not parent.isValid():
            return len(self._keys)
        if parent.internalId() != _NO_PARENT:
            return 0
        return len(self._values[self._keys[parent.row()]])

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        value = self.value_of(index)
        if role == Qt.ItemDataRole.DisplayRole:
            return value.text if value else column(self.group_of(index)).title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            if value is None:
                return column(self.group_of(index)).title
            return f"{value.text}, {value.count:,} contacts"
        return None
