"""The table's head: titles over their cells, and the sign of the order right beside the title."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QHeaderView, QWidget

from desktop_app.gui.assets import Icon
from desktop_app.gui.theme import HEADER_PX, Theme

PADDING = 8
SIGN = 12
GAP = 2


class Header(QHeaderView):
    """Painted here because Qt's styles let the sign cover a title that is aligned to the right."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = theme
        self.setFixedHeight(HEADER_PX)
        self.setSectionsClickable(True)
        self.setSectionsMovable(True)
        self.setSortIndicatorShown(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

    def title_width(self, title: str) -> int:
        """The width in pixels that a section needs for its title and the sign of the order."""
        return QFontMetrics(self._bold()).horizontalAdvance(title) + SIGN + GAP + 2 * PADDING

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        palette, model = self._theme.palette, self.model()
        painter.save()
        painter.fillRect(rect, palette.surface)
        painter.setPen(palette.line)
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        title = str(model.headerData(logicalIndex, self.orientation()) or "")
        alignment = model.headerData(
            logicalIndex, self.orientation(), Qt.ItemDataRole.TextAlignmentRole
        )
        area = rect.adjusted(PADDING, 0, -PADDING, 0)
        painter.setFont(self._bold())
        painter.setPen(palette.muted)
        text = painter.fontMetrics().elidedText(title, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, int(alignment), text)
        if self.sortIndicatorSection() == logicalIndex:
            self._paint_sign(
                painter, area, painter.fontMetrics().horizontalAdvance(text), alignment
            )
        painter.restore()

    def _paint_sign(
        self, painter: QPainter, area: QRect, text: int, alignment: Qt.AlignmentFlag
    ) -> None:
        """After a title on the left, before one on the right."""
        descending = self.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder
        icon = self._theme.icon(Icon.CHEVRON_DOWN if descending else Icon.CHEVRON_UP, "muted")
        right = bool(alignment & Qt.AlignmentFlag.AlignRight)
        x = area.right() - text - GAP - SIGN if right else area.left() + text + GAP
        icon.paint(painter, QRect(x, area.center().y() - SIGN // 2 + 1, SIGN, SIGN))

    def _bold(self) -> QFont:
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        return font
