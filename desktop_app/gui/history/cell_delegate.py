"""Painting the table's cells from rows that are formatted already."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QFontMetrics, QHelpEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QWidget,
)

from desktop_app.core.history.columns import Kind
from desktop_app.gui import tooltip
from desktop_app.gui.assets import media_icon
from desktop_app.gui.history.header import PADDING
from desktop_app.gui.history.history_model import HistoryModel, alignment
from desktop_app.gui.theme import Palette, Theme

DOT = 8

# The room that a shape before the text takes, by column.
_SIGNS = {"outcome": DOT + 6, "media": 22}


class CellDelegate(QStyledItemDelegate):
    """Paints a cell from the model's formatted rows: no ``data`` call, no style option per role."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        model = index.model()
        assert isinstance(model, HistoryModel)
        palette = self._theme.palette
        area: QRect = option.rect
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected:
            painter.fillRect(area, palette.selection)
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(area, palette.hover)
        painter.setPen(palette.line)
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        row = model.formatted(index.row())
        column = model.columns[index.column()]
        inner = area.adjusted(PADDING, 0, -PADDING, 0)
        if row is None:
            self._paint_waiting(painter, inner, palette, option.fontMetrics)
            return
        text = row.texts[index.column()]
        if column.key == "outcome":
            self._paint_dot(painter, inner, row.state, palette)
            inner.adjust(_SIGNS["outcome"], 0, 0, 0)
        elif column.key == "media" and text:
            icon = self._theme.icon(media_icon(text), "muted")
            icon.paint(painter, inner.left(), inner.center().y() - 8, 16, 16)
            inner.adjust(_SIGNS["media"], 0, 0, 0)
        painter.setPen(palette.text)
        if column.kind is Kind.TEXT or column.kind is Kind.LIST or column.kind is Kind.ID:
            text = option.fontMetrics.elidedText(
                text.replace("\n", " "), Qt.TextElideMode.ElideRight, inner.width()
            )
        painter.drawText(inner, int(alignment(column)), text)

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
        room = option.rect.width() - 2 * PADDING - _SIGNS.get(model.columns[index.column()].key, 0)
        is_cut = view.fontMetrics().horizontalAdvance(text) > room
        QToolTip.showText(event.globalPos(), tooltip.plain(text) if is_cut else "", view)
        return True

    def _paint_dot(self, painter: QPainter, area: QRect, state: str, palette: Palette) -> None:
        """The outcome's state as a shape beside its words: filled, ring, or diamond for bad."""
        colour = {"good": palette.good, "warn": palette.warn, "bad": palette.bad}.get(
            state, palette.muted
        )
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRect(area.left(), area.center().y() - DOT // 2 + 1, DOT, DOT)
        painter.setPen(colour)
        if state == "bad":
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawRoundedRect(box, 1, 1)
        elif state == "none":
            painter.drawEllipse(box.adjusted(0, 0, -1, -1))
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawEllipse(box)
        painter.restore()

    def _paint_waiting(
        self, painter: QPainter, area: QRect, palette: Palette, metrics: QFontMetrics
    ) -> None:
        bar = QRect(area.left(), area.center().y() - 3, min(area.width(), 60), 6)
        painter.fillRect(bar, palette.line)
