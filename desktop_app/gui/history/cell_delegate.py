"""What a cell tells when the pointer rests on it; ``row_painter`` paints them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
)

from desktop_app.gui import tooltip
from desktop_app.gui.history.header import PADDING
from desktop_app.gui.history.history_model import HistoryModel
from desktop_app.gui.history.row_painter import SIGNS


class CellDelegate(QStyledItemDelegate):
    """Shows the texts that had no room."""

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        """The whole text of a cell that had to be cut, as text and never as markup (T39)."""
        model = index.model()
        if not isinstance(model, HistoryModel) or event.type() != QEvent.Type.ToolTip:
            return super().helpEvent(event, view, option, index)
        row = model.formatted(index.row())
        text = row.texts[index.column()] if row else ""
        room = option.rect.width() - 2 * PADDING - SIGNS.get(model.columns[index.column()].key, 0)
        is_cut = view.fontMetrics().horizontalAdvance(text) > room
        QToolTip.showText(event.globalPos(), tooltip.plain(text) if is_cut else "", view)
        return True
