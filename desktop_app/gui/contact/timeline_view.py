"""The timeline of one contact: a lane for each participant, a bar for each segment.

Bars differ by hue, by pattern and, where there is room, by a word.  The arrow keys walk from bar
to bar; the one that is current is described in words below the lanes and to screen readers.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from desktop_app.core.history.clock import Clock, duration_text
from desktop_app.core.history.timeline import Bar, BarKind, Timeline
from desktop_app.gui.contact import kinds
from desktop_app.gui.contact.timeline_layout import AXIS_PX, BAR_PX, PlacedBar, TimelineLayout
from desktop_app.gui.theme import Theme
from desktop_app.gui.tooltip import plain

_NOTHING = Timeline(0, 0, ())
_TICK_GAP_PX = 72
_LEAST_WIDTH_PX = 240
_MOST_SPOKEN = 40  # bars that a screen reader is told at once
_BY_TAB = frozenset({Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason})


class TimelineView(QWidget):
    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._clock: Clock | None = None
        self._layout = TimelineLayout(_NOTHING, 0, self.font())
        self._current = -1
        self.setObjectName("timeline")
        self.setAccessibleName("Timeline of the contact")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme.changed.connect(self.update)

    def show_timeline(self, timeline: Timeline, clock: Clock) -> None:
        self._clock = clock
        self._current = -1
        self._layout = TimelineLayout(timeline, self.width(), self.font())
        self.setAccessibleDescription(self._summary())
        self.updateGeometry()
        self.update()

    def clear(self) -> None:
        self._clock = None
        self._current = -1
        self._layout = TimelineLayout(_NOTHING, self.width(), self.font())
        self.setAccessibleDescription("")
        self.updateGeometry()
        self.update()

    def bar_areas(self) -> list[tuple[Bar, QRectF]]:
        """Where each bar is, in this widget's coordinates, lane by lane."""
        return [(placed.bar, QRectF(placed.area)) for placed in self._layout.bars]

    def current_words(self) -> str:
        """The bar that the keyboard is on, in words; empty when it is on none."""
        return self._words(self._layout.bars[self._current]) if self._current >= 0 else ""

    # --- size ------------------------------------------------------------------------------

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return TimelineLayout(self._layout.timeline, width, self.font()).height

    def sizeHint(self) -> QSize:
        width = max(self.width(), _LEAST_WIDTH_PX)
        return QSize(width, self.heightForWidth(width))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._layout = TimelineLayout(self._layout.timeline, self.width(), self.font())

    # --- painting --------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._clock is None or not self._layout.lanes:
            return
        current = self._current if self.hasFocus() else -1
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_lanes(painter)
        painter.setFont(self._layout.small_font)
        self._paint_axis(painter, self._clock)
        for placed in self._layout.bars:
            self._paint_bar(painter, placed)
        if current >= 0:
            self._paint_current(painter, self._layout.bars[current])
        else:
            self._paint_legend(painter)
        painter.end()

    def _paint_lanes(self, painter: QPainter) -> None:
        palette = self._theme.palette
        metrics = QFontMetricsF(painter.font())
        for number, lane in enumerate(self._layout.lanes):
            area = self._layout.label_area(number)
            painter.setPen(palette.muted)
            painter.drawText(
                area,
                Qt.AlignmentFlag.AlignVCenter,
                metrics.elidedText(lane.title, Qt.TextElideMode.ElideRight, area.width()),
            )
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(palette.surface)
            track = self._layout.track_area(number)
            painter.drawRoundedRect(track, kinds.CORNER, kinds.CORNER)

    def _paint_axis(self, painter: QPainter, clock: Clock) -> None:
        palette, scale = self._theme.palette, self._layout.scale
        metrics = QFontMetricsF(painter.font())
        for ms, words in scale.ticks(clock, _TICK_GAP_PX):
            x = scale.x(ms)
            width = metrics.horizontalAdvance(words)
            left = min(max(x - width / 2, scale.left), scale.left + scale.width - width)
            painter.setPen(palette.muted)
            painter.drawText(QPointF(left, AXIS_PX - 8), words)
            painter.setPen(QPen(palette.line, 1))
            painter.drawLine(QPointF(x, AXIS_PX - 3), QPointF(x, self._layout.lanes_bottom))

    def _paint_bar(self, painter: QPainter, placed: PlacedBar) -> None:
        palette, kind = self._theme.palette, placed.bar.kind
        kinds.fill(painter, placed.area, kind, palette)
        if kind is BarKind.CUSTOMER:  # its lane says so
            return
        metrics = QFontMetricsF(painter.font())
        room = placed.area.width() - 8
        choice = (placed.bar.label, kinds.word(kind))
        words = next((words for words in choice if metrics.horizontalAdvance(words) <= room), "")
        if not words:
            return
        needed = metrics.horizontalAdvance(words) + 8
        colour = kinds.hue(kind, palette)
        plate = QRectF(placed.area.left() + 2, placed.area.top() + 1, needed - 2, BAR_PX - 2)
        painter.fillRect(plate, colour)  # keeps the pattern from running through the word
        painter.setPen(kinds.ink_on(colour))
        painter.drawText(plate.adjusted(2, 0, 4, 0), Qt.AlignmentFlag.AlignVCenter, words)

    def _paint_current(self, painter: QPainter, placed: PlacedBar) -> None:
        palette = self._theme.palette
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(palette.text, 2))
        painter.drawRoundedRect(placed.area.adjusted(-2, -2, 2, 2), 4, 4)
        area = self._layout.words_area()
        words = QFontMetricsF(painter.font()).elidedText(
            self._words(placed), Qt.TextElideMode.ElideRight, area.width()
        )
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, words)

    def _paint_legend(self, painter: QPainter) -> None:
        palette = self._theme.palette
        for entry in self._layout.legend:
            middle = entry.area.center().y()
            kinds.fill(painter, QRectF(entry.area.left(), middle - 4, 10, 8), entry.kind, palette)
            painter.setPen(palette.muted)
            painter.drawText(
                entry.area.adjusted(BAR_PX, 0, 4, 0),
                Qt.AlignmentFlag.AlignVCenter,
                kinds.word(entry.kind),
            )

    # --- words -----------------------------------------------------------------------------

    def _words(self, placed: PlacedBar) -> str:
        assert self._clock is not None, "bars come with a clock"
        bar, clock = placed.bar, self._clock
        words = [self._layout.lanes[placed.lane].title, bar.label or kinds.word(bar.kind)]
        if bar.end_ms > bar.start_ms:
            end = "still open" if bar.is_open else clock.time(bar.end_ms)
            words.append(f"{clock.time(bar.start_ms)} – {end}")
            words.append(duration_text(bar.end_ms - bar.start_ms))
        else:
            words.append(clock.time(bar.start_ms))
        return " · ".join(words)

    def _summary(self) -> str:
        said = [self._words(placed) for placed in self._layout.bars[:_MOST_SPOKEN]]
        left_out = len(self._layout.bars) - len(said)
        if left_out > 0:
            said.append(f"and {left_out:,} more")
        return ". ".join(said)

    def _words_at(self, point: QPointF) -> str:
        number = self._layout.bar_at(point)
        if number >= 0:
            return self._words(self._layout.bars[number])
        lane = self._layout.lane_label_at(point)
        return self._layout.lanes[lane].title if lane >= 0 else ""

    # --- keyboard and mouse ----------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        last = len(self._layout.bars) - 1
        steps = {
            Qt.Key.Key_Right: min(self._current + 1, last),
            Qt.Key.Key_Left: max(self._current - 1, 0),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        key = Qt.Key(event.key())
        if last < 0:
            super().keyPressEvent(event)
        elif key in steps:
            self._go(steps[key])
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            direction = 1 if key == Qt.Key.Key_Down else -1
            self._go(self._layout.nearest_bar(max(self._current, 0), direction))
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        number = self._layout.bar_at(event.position())
        if number >= 0:
            self._go(number)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in _BY_TAB and self._current < 0 and self._layout.bars:
            self._go(0)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            words = self._words_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), plain(words), self)
            return True
        return super().event(event)

    def _go(self, number: int) -> None:
        self._current = number
        self.setAccessibleDescription(self.current_words())
        self.update()
