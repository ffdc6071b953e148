"""Months of days, each with what is known of it: read to its end, in part, not at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolTip, QWidget

from desktop_app.core.history.clock import Interval
from desktop_app.core.history.coverage import Day
from desktop_app.gui import tooltip
from desktop_app.gui.theme import Palette, Theme

CELL_PX = 28
HEAD_PX = 44  # the month's name and the days of the week
GAP_PX = 16
IN_A_ROW = 3  # months
MONTH_PX = 7 * CELL_PX + GAP_PX
MONTH_HEIGHT_PX = HEAD_PX + 6 * CELL_PX
DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_EPOCH = dt.date(1970, 1, 1)
_DAY_MS = 86_400_000


def date_of(day: Day) -> dt.date:
    """The UTC date of a day, by which Genesys answers (contract §2.2)."""
    return _EPOCH + dt.timedelta(days=day.day_ms // _DAY_MS)


class CoverageGrid(QWidget):
    """Whole months, three in a row. ``current_changed`` tells the day that the keys stand on."""

    current_changed = Signal(object)  # Day | None
    picked = Signal(object)  # Day

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("coverageGrid")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self._theme = theme
        self._days: Mapping[dt.date, Day] = {}
        self._months: list[dt.date] = []
        self._shown = Interval(0, 0)
        self._current: dt.date | None = None
        theme.changed.connect(self.update)

    def show_days(self, days: Sequence[Day], shown: Interval) -> None:
        """Days in order of time; those outside of the range that is shown are faint.  The last
        day of that range that has begun is the current one at first."""
        self._shown = shown
        self._days = {date_of(day): day for day in days}
        self._months = sorted({date.replace(day=1) for date in self._days})
        if self._current not in self._days:
            past = [(date, day) for date, day in self._days.items() if day.state != "future"]
            inside = [date for date, day in past if self._is_shown(day)]
            self._current = max(inside or [date for date, _day in past], default=None)
        self.updateGeometry()
        self.update()
        self.current_changed.emit(self.current)

    @property
    def current(self) -> Day | None:
        return self._days.get(self._current) if self._current is not None else None

    def cell(self, day: Day) -> QRect:
        """Where a day stands."""
        return self._cell(date_of(day))

    def sizeHint(self) -> QSize:
        rows = -(-len(self._months) // IN_A_ROW) or 1
        across = min(IN_A_ROW, len(self._months) or 1)
        return QSize(across * MONTH_PX - GAP_PX, rows * (MONTH_HEIGHT_PX + GAP_PX) - GAP_PX)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    # --- painting -----------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self._theme.palette
        for place, month in enumerate(self._months):
            self._paint_head(painter, palette, place, month)
        for date, day in self._days.items():
            self._paint_day(painter, palette, self._cell(date), date, day)

    def _paint_head(self, painter: QPainter, palette: Palette, place: int, month: dt.date) -> None:
        left, top = _corner(place)
        painter.setFont(self._bold())
        painter.setPen(palette.text)
        title = QRect(left, top, 7 * CELL_PX, HEAD_PX // 2)
        painter.drawText(title, int(Qt.AlignmentFlag.AlignVCenter), f"{month:%B %Y}")
        painter.setFont(self.font())
        painter.setPen(palette.muted)
        for number, name in enumerate(DAYS):
            box = QRect(left + number * CELL_PX, top + HEAD_PX // 2, CELL_PX, HEAD_PX // 2)
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), name)

    def _paint_day(
        self, painter: QPainter, palette: Palette, cell: QRect, date: dt.date, day: Day
    ) -> None:
        box = cell.adjusted(2, 2, -2, -2)
        painter.setPen(Qt.PenStyle.NoPen)
        if day.state == "synced":
            painter.setBrush(palette.selection)
            painter.drawRoundedRect(box, 4, 4)
        elif day.state == "partial":
            painter.setBrush(palette.hover)
            painter.drawRoundedRect(box, 4, 4)
            # Half a mark as well: hue alone tells nothing to some.
            painter.setBrush(palette.warn)
            painter.drawRect(QRect(box.left() + 5, box.bottom() - 3, (box.width() - 10) // 2, 2))
        elif day.state == "missing":
            painter.setPen(palette.outline)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box, 4, 4)
        ink = palette.text if self._is_shown(day) else palette.muted
        painter.setPen(palette.disabled if day.state == "future" else ink)
        painter.setFont(self._bold() if self._is_shown(day) else self.font())
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), str(date.day))
        if day.state == "synced":
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(palette.accent)
            painter.drawRect(QRect(box.left() + 5, box.bottom() - 3, box.width() - 10, 2))
        if date == self._current and self.hasFocus():
            painter.setPen(palette.accent)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(cell.adjusted(1, 1, -2, -2), 5, 5)

    def _cell(self, date: dt.date) -> QRect:
        month = date.replace(day=1)
        left, top = _corner(self._months.index(month))
        week = (date.day - 1 + month.weekday()) // 7
        top += HEAD_PX + week * CELL_PX
        return QRect(left + date.weekday() * CELL_PX, top, CELL_PX, CELL_PX)

    def _is_shown(self, day: Day) -> bool:
        """Whether the table's range touches it."""
        return day.day_ms < self._shown.end_ms and self._shown.start_ms < day.day_ms + _DAY_MS

    def _bold(self) -> QFont:
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        return font

    def _day_at(self, where: QPoint) -> Day | None:
        return next(
            (day for date, day in self._days.items() if self._cell(date).contains(where)), None
        )

    # --- keys and mouse -----------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -7,
            Qt.Key.Key_Down: 7,
        }
        step = steps.get(Qt.Key(event.key()))
        if step is not None and self._current is not None:
            self._go_to(self._current + dt.timedelta(days=step))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current is not None:
            self.picked.emit(self.current)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        day = self._day_at(event.position().toPoint())
        if day is not None:
            self._go_to(date_of(day))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        day = self._day_at(event.position().toPoint())
        if day is not None and day.state != "future":
            self.picked.emit(day)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            day = self._day_at(event.pos())
            QToolTip.showText(event.globalPos(), tooltip.plain(words_of(day)), self)
            return True
        return super().event(event)

    def _go_to(self, date: dt.date) -> None:
        if date in self._days:
            self._current = date
            self.update()
            self.setAccessibleName(words_of(self.current))
            self.current_changed.emit(self.current)


def _corner(place: int) -> tuple[int, int]:
    """Where a month stands: from the left, from the top."""
    row, across = divmod(place, IN_A_ROW)
    return across * MONTH_PX, row * (MONTH_HEIGHT_PX + GAP_PX)


_STATES = {
    "synced": "complete",
    "partial": "in part",
    "missing": "not read yet",
    "future": "still to come",
}


def words_of(day: Day | None) -> str:
    """ "20 Nov 2026: complete, 4,212 contacts", with why where it isn't."""
    if day is None:
        return ""
    date = date_of(day)
    contacts = f", {day.contacts:,} contacts" if day.contacts else ""
    why = f" ({day.why})" if day.why else ""
    return f"{date.day} {date:%b %Y}: {_STATES[day.state]}{contacts}{why}"
