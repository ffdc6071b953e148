"""Painting the facet rail: small heads, and values with a bar behind them for how many."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont, QHelpEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QTreeView,
)

from desktop_app.gui import tooltip
from desktop_app.gui.assets import Icon
from desktop_app.gui.history.facet_model import FacetModel
from desktop_app.gui.theme import Theme

Index = QModelIndex | QPersistentModelIndex

HEAD_PX = 30
VALUE_PX = 23
GROUP_FONT_PX = 11
_PADDING = 6
_GAP = 8
_SIGN = 12


class FacetDelegate(QStyledItemDelegate):
    def __init__(self, theme: Theme, view: QTreeView) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, VALUE_PX if index.parent().isValid() else HEAD_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        if index.parent().isValid():
            self._paint_value(painter, option, index)
        else:
            self._paint_head(painter, option, index)
        painter.restore()

    def _paint_head(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        area: QRect = option.rect.adjusted(_PADDING, 6, -_PADDING, 0)
        font = QFont(option.font)
        font.setPixelSize(GROUP_FONT_PX)
        font.setWeight(QFont.Weight.DemiBold)
        font.setCapitalization(QFont.Capitalization.AllUppercase)
        painter.setFont(font)
        painter.setPen(self._theme.palette.muted)
        painter.drawText(area, int(Qt.AlignmentFlag.AlignVCenter), str(index.data()))
        is_open = self._view.isExpanded(index)
        sign = Icon.CHEVRON_UP if is_open else Icon.CHEVRON_DOWN
        box = QRect(area.right() - _SIGN, area.center().y() - _SIGN // 2, _SIGN, _SIGN)
        self._theme.icon(sign, "muted").paint(painter, box)
        self._paint_focus(painter, option)

    def _paint_value(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        assert isinstance(model, FacetModel)
        value = model.value_of(index)
        if value is None:
            return
        palette = self._theme.palette
        area: QRect = option.rect.adjusted(0, 1, -_PADDING, -1)
        painter.setPen(Qt.PenStyle.NoPen)
        bar = QRect(area)
        bar.setWidth(max(2, round(area.width() * model.share(index))))
        painter.setBrush(palette.selection)
        painter.drawRoundedRect(bar, 3, 3)
        if option.state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(palette.hover)
            painter.drawRoundedRect(area, 3, 3)
        inner = area.adjusted(_PADDING, 0, -_PADDING, 0)
        count = f"{value.count:,}"
        room = option.fontMetrics.horizontalAdvance(count) + _GAP
        painter.setPen(palette.muted)
        painter.drawText(
            inner, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), count
        )
        painter.setPen(palette.text if value.value is not None else palette.muted)
        text = option.fontMetrics.elidedText(
            value.text, Qt.TextElideMode.ElideRight, inner.width() - room
        )
        side = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute
        painter.drawText(inner, int(side | Qt.AlignmentFlag.AlignVCenter), text)
        self._paint_focus(painter, option)

    def _paint_focus(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        focused = QStyle.StateFlag.State_HasFocus
        if option.state & focused and self._view.hasFocus():
            painter.setPen(self._theme.palette.accent)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(option.rect.adjusted(0, 1, -_PADDING - 1, -2), 3, 3)

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: Index,
    ) -> bool:
        """The whole value, and what a click does; as text, never as markup (T39)."""
        model = index.model()
        value = model.value_of(index) if isinstance(model, FacetModel) else None
        words = f"{value.text}\nClick: only these. Alt+click: exclude them." if value else ""
        QToolTip.showText(event.globalPos(), tooltip.plain(words), view)
        return True
