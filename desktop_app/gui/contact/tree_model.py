"""A tree of ready-made texts whose branches are built when they are first opened."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from desktop_app.gui.tooltip import plain

Index = QModelIndex | QPersistentModelIndex


class Node:
    """``texts`` has one cell per column; ``children`` are made once, on first use."""

    __slots__ = ("_children", "_make", "parent", "row", "texts")

    def __init__(
        self, texts: tuple[str, ...], make: Callable[[], Iterable[Node]] | None = None
    ) -> None:
        self.texts = texts
        self.parent: Node | None = None
        self.row = 0
        self._make = make
        self._children: list[Node] | None = None

    @property
    def children(self) -> list[Node]:
        if self._children is None:
            self._children = list(self._make()) if self._make else []
            for row, child in enumerate(self._children):
                child.parent, child.row = self, row
        return self._children


class TreeModel(QAbstractItemModel):
    """``right`` holds the columns that align right, as numbers do."""

    def __init__(
        self, titles: Sequence[str], parent: QObject, *, right: frozenset[int] = frozenset()
    ) -> None:
        super().__init__(parent)
        self._titles = tuple(titles)
        self._right = right
        self._root = Node(())

    def show_nodes(self, nodes: Sequence[Node]) -> None:
        self.beginResetModel()
        self._root = Node((), lambda: nodes)
        self.endResetModel()

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, self._node(parent).children[row])

    def parent(self, index: Index = QModelIndex()) -> QModelIndex:  # type: ignore[override] # besides QObject's parent()
        above = self._node(index).parent
        if above is None or above is self._root:
            return QModelIndex()
        return self.createIndex(above.row, 0, above)

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return len(self._node(parent).children) if parent.column() <= 0 else 0

    def columnCount(self, _parent: Index = QModelIndex()) -> int:
        return len(self._titles)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._node(index).texts[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain(self._node(index).texts[index.column()])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(index.column())
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

    def _node(self, index: Index) -> Node:
        if not index.isValid():
            return self._root
        node = index.internalPointer()
        assert isinstance(node, Node)
        return node

    def _alignment(self, column: int) -> Qt.AlignmentFlag:
        side = Qt.AlignmentFlag.AlignRight if column in self._right else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter
