"""Choosing the table's columns: all of them by group, found by a few letters, attributes too."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSortFilterProxyModel, Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.history.columns import COLUMNS, DEFAULT_KEYS, Column, column
from desktop_app.core.history.query import folded
from desktop_app.gui.history.heads import title
from desktop_app.gui.labels import label
from desktop_app.gui.tooltip import plain

_KEY = Qt.ItemDataRole.UserRole
_LETTERS = Qt.ItemDataRole.UserRole + 1  # what the search looks in


class ColumnChooser(QDialog):
    """Not modal: the table follows each tick. ``chosen`` brings the keys, in the table's order."""

    chosen = Signal(list)

    def __init__(
        self,
        shown: Sequence[str],
        attributes: Iterable[str],
        pinned: Sequence[str],
        parent: QWidget,
        *,
        title_of: Callable[[Column], str] = title,
    ) -> None:
        """``attributes`` are the keys of participants' attributes that the store knows."""
        super().__init__(parent)
        self.setObjectName("columnChooser")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Columns")
        self.resize(380, 560)
        self._shown = list(shown)
        self._pinned = frozenset(pinned)
        self._title_of = title_of
        self._is_filling = False
        self._model = QStandardItemModel(self)
        self._proxy = _Found(self)
        self._proxy.setSourceModel(self._model)
        self._search = QLineEdit(self)
        self._tree = QTreeView(self)
        self._build()
        self._fill(attributes)

    def _build(self) -> None:
        self._search.setObjectName("columnSearch")
        self._search.setAccessibleName("Find a column")
        self._search.setPlaceholderText("Find a column …")
        self._search.setClearButtonEnabled(True)
        self._search.textChanged.connect(self._on_search)
        self._tree.setObjectName("columnTree")
        self._tree.setAccessibleName("Columns")
        self._tree.setHeaderHidden(True)
        self._tree.setModel(self._proxy)
        self._tree.setUniformRowHeights(True)
        self._tree.setIndentation(12)
        self._tree.setRootIsDecorated(False)
        self._tree.setEditTriggers(QTreeView.EditTrigger.NoEditTriggers)
        self._model.itemChanged.connect(self._on_changed)
        default = QPushButton("Default columns", self)
        default.setObjectName("columnDefaults")
        default.clicked.connect(self._on_defaults)
        close = QPushButton("Close", self)
        close.setObjectName("columnClose")
        close.setDefault(True)
        close.clicked.connect(self.close)
        buttons = QHBoxLayout()
        buttons.addWidget(default)
        buttons.addStretch(1)
        buttons.addWidget(close)
        column_ = QVBoxLayout(self)
        column_.setContentsMargins(16, 16, 16, 16)
        column_.setSpacing(12)
        column_.addWidget(self._search)
        column_.addWidget(self._tree, 1)
        column_.addWidget(label("Drag the table's heads to put columns in another order.", "muted"))
        column_.addLayout(buttons)

    def _fill(self, attributes: Iterable[str]) -> None:
        groups: dict[str, QStandardItem] = {}
        attribute_columns = [column(f"attr.{key}") for key in attributes]
        for each in (*COLUMNS, *attribute_columns):
            if each.group not in groups:
                groups[each.group] = _head(each.group)
                self._model.appendRow(groups[each.group])
            groups[each.group].appendRow(self._item(each))
        self._tree.expandAll()

    def _item(self, offered: Column) -> QStandardItem:
        words = self._title_of(offered)
        item = QStandardItem(words)
        item.setData(offered.key, _KEY)
        item.setData(folded(f"{offered.title} {offered.group} {offered.help}"), _LETTERS)
        item.setToolTip(plain(offered.help))
        item.setAccessibleText(f"{words}: {offered.help}")
        item.setCheckable(True)
        is_shown = offered.key in self._shown
        item.setCheckState(Qt.CheckState.Checked if is_shown else Qt.CheckState.Unchecked)
        item.setEnabled(offered.key not in self._pinned)
        return item

    def _on_search(self, text: str) -> None:
        self._proxy.look_for(folded(text))
        self._tree.expandAll()

    def _on_changed(self, item: QStandardItem) -> None:
        key = item.data(_KEY)
        if not key or self._is_filling:
            return
        if item.checkState() == Qt.CheckState.Checked:
            if key not in self._shown:
                self._shown.append(key)
        elif key in self._shown:
            self._shown.remove(key)
        self.chosen.emit(list(self._shown))

    def _on_defaults(self) -> None:
        self._shown = list(DEFAULT_KEYS)
        self._is_filling = True
        for group in range(self._model.rowCount()):
            head = self._model.item(group)
            for place in range(head.rowCount()):
                item = head.child(place)
                is_shown = item.data(_KEY) in self._shown
                item.setCheckState(Qt.CheckState.Checked if is_shown else Qt.CheckState.Unchecked)
        self._is_filling = False
        self.chosen.emit(list(self._shown))


class _Found(QSortFilterProxyModel):
    """Groups stay as long as one of their columns is found."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._letters: list[str] = []
        self.setRecursiveFilteringEnabled(True)

    def look_for(self, letters: str) -> None:
        self._letters = letters.split()
        self.invalidate()

    def filterAcceptsRow(
        self, source_row: int, source_parent: QModelIndex | QPersistentModelIndex
    ) -> bool:
        if not source_parent.isValid():
            return False  # a head alone is not found; it shows with what is under it
        index = self.sourceModel().index(source_row, 0, source_parent)
        text = str(index.data(_LETTERS) or "")
        return all(letters in text for letters in self._letters)


def _head(title: str) -> QStandardItem:
    head = QStandardItem(title)
    head.setSelectable(False)
    font = head.font()
    font.setBold(True)
    head.setFont(font)
    return head
