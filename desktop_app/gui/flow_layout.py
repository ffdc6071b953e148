"""A layout that sets widgets side by side and goes on in the next line, as words in a text do."""

from __future__ import annotations

from PySide6.QtCore import QMargins, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget


class FlowLayout(QLayout):
    """The last widget takes what is left of its line; all are as high as the highest."""

    def __init__(self, parent: QWidget | None = None, *, spacing: int = 6) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self.setSpacing(spacing)

    def insert_widget(self, place: int, widget: QWidget) -> None:
        self.addWidget(widget)  # makes the item, at the end
        self._items.insert(place, self._items.pop())
        self.invalidate()

    # --- QLayout ------------------------------------------------------------------------------

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._arrange(QRect(0, 0, width, 0), place=False)

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        margins: QMargins = self.contentsMargins()
        return size + QSize(margins.left() + margins.right(), margins.top() + margins.bottom())

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._arrange(rect, place=True)

    def _arrange(self, rect: QRect, *, place: bool) -> int:
        """Set the widgets, or only find out how high they stand."""
        area = rect.marginsRemoved(self.contentsMargins())
        x, y, gap = area.x(), area.y(), self.spacing()
        height = max((item.sizeHint().height() for item in self._items), default=0)
        last = len(self._items) - 1
        for number, item in enumerate(self._items):
            width = (item.sizeHint() if number != last else item.minimumSize()).width()
            if x > area.x() and x + width > area.right() + 1:
                x, y = area.x(), y + height + gap
            if number == last:
                width = max(width, area.right() + 1 - x)
            if place:
                item.setGeometry(QRect(x, y, width, height))
            x += width + gap
        return y + height + self.contentsMargins().bottom() - rect.y()
