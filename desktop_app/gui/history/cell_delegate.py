"""What a cell tells when the pointer rests on it; ``row_painter`` paints them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QToolTip,
)

from desktop_app.gui import tooltip
from desktop_app.gui.history.header import PADDING
from desktop_app.gui.history.history_model import CHANGED, HistoryModel
from desktop_app.gui.history.row_painter import SIGNS


class CellDelegate(QStyledItemDelegate):
    """Shows the texts that had no room, and what a row's mark means."""

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        """The whole text of a cell that had to be cut, as text and never as markup (T39); in the
        first column also why the row is marked."""
        model = index.model()
        if not isinstance(model, HistoryModel) or event.type() != QEvent.Type.ToolTip:
            return super().helpEvent(event, view, option, index)
        row = model.formatted(index.row())
        text = row.texts[index.column()] if row else ""
        room = option.rect.width() - 2 * PADDING - SIGNS.get(model.columns[index.column()].key, 0)
        words = [text] if view.fontMetrics().horizontalAdvance(text) > room else []
        if row and row.changed and _is_first(view, index.column()):
            words.append(CHANGED)
        QToolTip.showText(event.globalPos(), tooltip.plain("\n".join(words)), view)
        return True


def _is_first(view: QAbstractItemView, column: int) -> bool:
    return isinstance(view, QTableView) and view.horizontalHeader().visualIndex(column) == 0
