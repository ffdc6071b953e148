"""The line that a filter is typed into: a list of what may follow, and a mark under a mistake."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRect, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QStandardItem,
    QStandardItemModel,
)
from PySide6.QtWidgets import QCompleter, QLineEdit, QListView, QWidget

from desktop_app.core.history.filters import Offer
from desktop_app.gui.theme import Theme
from desktop_app.gui.tooltip import plain

_WAVE_PX = 2
_SHOWN = 12
_INSERTED = Qt.ItemDataRole.UserRole


class FilterEdit(QLineEdit):
    """``offer_taken`` brings the text that takes the place of what was typed."""

    offer_taken = Signal(str)
    left_empty = Signal()  # Backspace in a line without text: the chip before it is meant
    committed = Signal()  # Enter
    cleared = Signal()  # Escape
    focus_changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._mistake: tuple[int, int] | None = None
        self._items = QStandardItemModel(self)
        self._popup = QListView()
        self._popup.setObjectName("filterOffers")
        self._popup.setAccessibleName("What may follow")
        completer = self._completer = QCompleter(self._items, self)
        completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        completer.setPopup(self._popup)
        completer.setWidget(self)
        completer.setMaxVisibleItems(_SHOWN)
        completer.activated.connect(self._on_title_chosen)

    # --- offers -------------------------------------------------------------------------------

    @property
    def offers(self) -> list[str]:
        """What the list says, empty while it is closed."""
        if not self._popup.isVisible():
            return []
        return [self._items.item(row).text() for row in range(self._items.rowCount())]

    def show_offers(self, offers: Sequence[Offer]) -> None:
        """Open the list under the text; nothing to offer closes it."""
        self._items.clear()
        for offer in offers:
            item = QStandardItem(offer.title)
            item.setData(offer.text, _INSERTED)
            item.setToolTip(plain(offer.help))
            self._items.appendRow(item)
        if not offers or not self.hasFocus():
            self._popup.hide()
            return
        width = self._popup.sizeHintForColumn(0) + 48
        left = self.cursorRect().left()
        line = self.parentWidget()  # the popup stands under the whole of it
        below = line.height() - self.y() if line is not None else self.height()
        self._completer.complete(QRect(left, 0, max(220, width), below + 4))

    def hide_offers(self) -> None:
        self._popup.hide()

    def _on_title_chosen(self, title: str) -> None:
        for item in self._items.findItems(title)[:1]:
            self.offer_taken.emit(str(item.data(_INSERTED)))

    # --- a mistake ----------------------------------------------------------------------------

    @property
    def mistake(self) -> tuple[int, int] | None:
        """First character and length of what can't be read."""
        return self._mistake

    def mark_mistake(self, mistake: tuple[int, int] | None) -> None:
        """Put a wave under the characters that can't be read."""
        if mistake != self._mistake:
            self._mistake = mistake
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._mistake is None or not self.text():
            return
        first, length = self._mistake
        metrics = self.fontMetrics()
        cursor = self.cursorRect()
        scrolled = cursor.center().x() - metrics.horizontalAdvance(
            self.text()[: self.cursorPosition()]
        )
        left = scrolled + metrics.horizontalAdvance(self.text()[:first])
        wide = metrics.horizontalAdvance(self.text()[first : first + length])
        bottom = cursor.bottom() - 1
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.palette.bad, 1.2))
        steps = max(4, wide) // _WAVE_PX
        painter.drawPolyline(
            QPolygonF(
                [
                    QPointF(left + step * _WAVE_PX, bottom - (step % 2) * _WAVE_PX)
                    for step in range(steps + 1)
                ]
            )
        )

    # --- keys ---------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Tab takes the first offer, as it does wherever words are completed."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() == Qt.Key.Key_Tab
            and self._popup.isVisible()
        ):
            chosen = self._popup.currentIndex()
            self._popup.hide()
            item = self._items.item(max(0, chosen.row()))
            self.offer_taken.emit(str(item.data(_INSERTED)))
            return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focus_changed.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.focus_changed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Backspace and not self.text():
            self.left_empty.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.hide_offers()
            self.committed.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.cleared.emit()
        else:
            super().keyPressEvent(event)
