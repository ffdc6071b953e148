"""Choosing the range of time: a button with presets, and a dialog for any other range."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QDate, QDateTime, Qt, QTime, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import (
    QDateTimeEdit,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.errors import IntervalError
from desktop_app.core.history.clock import Clock, Interval
from desktop_app.gui.labels import label

CUSTOM = "custom"


class RangePicker(QPushButton):
    """Shows the range in words. ``picked`` brings an Interval that the person chose."""

    picked = Signal(object)

    def __init__(self, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rangePicker")
        self._clock = clock
        self._key = "today"
        self._interval = clock.day(clock.now_ms())
        menu = QMenu(self)
        menu.setObjectName("rangeMenu")
        menu.aboutToShow.connect(self._on_menu)
        menu.triggered.connect(self._on_triggered)
        self._group = QActionGroup(self)
        self.setMenu(menu)
        self._show()

    @property
    def interval(self) -> Interval:
        return self._interval

    @property
    def key(self) -> str:
        """The preset's key, or "custom"."""
        return self._key

    def set_interval(self, interval: Interval) -> None:
        """Choose a range of one's own."""
        self._key, self._interval = CUSTOM, interval
        self._show()

    def set_clock(self, clock: Clock) -> None:
        """Read the range in another zone; a preset moves with it, a custom range stays."""
        self._clock = clock
        self.renew()
        self._show()

    def renew(self) -> Interval:
        """A preset seen from now: "today" is another day after midnight."""
        for preset in self._clock.presets():
            if preset.key == self._key:
                self._interval = preset.interval
        self._show()
        return self._interval

    def _show(self) -> None:
        words = self._clock.interval_text(self._interval)
        self.setText(words)
        self.setAccessibleName(f"Range: {words}")

    def _on_menu(self) -> None:
        menu = self.menu()
        menu.clear()
        for preset in self._clock.presets():
            self._add(menu, preset.key, preset.title)
        menu.addSeparator()
        self._add(menu, CUSTOM, "Custom range …")

    def _add(self, menu: QMenu, key: str, title: str) -> None:
        action = menu.addAction(title)
        action.setData(key)
        action.setObjectName(f"range_{key}")
        action.setCheckable(True)
        action.setChecked(key == self._key)
        self._group.addAction(action)

    def _on_triggered(self, action: QAction) -> None:
        key = str(action.data())
        if key == CUSTOM:
            dialog = RangeDialog(self._clock, self._interval, self.window())
            dialog.chosen.connect(self._on_custom)
            dialog.open()
            return
        self._key = key
        self.picked.emit(self.renew())

    def _on_custom(self, interval: Interval) -> None:
        self.set_interval(interval)
        self.picked.emit(interval)


class RangeDialog(QDialog):
    """Start and end in the clock's zone; the end is not part of the range."""

    chosen = Signal(object)

    def __init__(self, clock: Clock, interval: Interval, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("rangeDialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Custom range")
        self._clock = clock
        self._start = self._edit("rangeStart", "Start", interval.start_ms)
        self._end = self._edit("rangeEnd", "End", interval.end_ms)
        self._problem = label("", "error", name="rangeProblem")
        form = QFormLayout()
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(8)
        form.addRow("From", self._start)
        form.addRow("Until", self._end)
        form.addRow("", label(f"Times are in {clock.zone.key}.", "muted"))
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        buttons.button(QDialogButtonBox.StandardButton.Ok).setText("Show")
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addLayout(form)
        column.addWidget(self._problem)
        column.addWidget(buttons)

    def accept(self) -> None:
        """Close only over a range that can be shown; otherwise say what to mend."""
        text = "/".join(
            edit.dateTime().toString("yyyy-MM-ddTHH:mm:ss") for edit in (self._start, self._end)
        )
        try:
            interval = self._clock.parse_interval(text)
            if interval.start_ms > self._clock.now_ms():
                raise IntervalError("This range lies in the future. Choose an earlier start.")
        except IntervalError as error:
            self._problem.setText(str(error))
            return
        super().accept()
        self.chosen.emit(interval)

    def _edit(self, name: str, title: str, ms: int) -> QDateTimeEdit:
        edit = QDateTimeEdit(self)
        edit.setObjectName(name)
        edit.setAccessibleName(title)
        edit.setCalendarPopup(True)
        edit.setDisplayFormat("dd MMM yyyy HH:mm")
        moment = datetime.fromtimestamp(ms / 1000, self._clock.zone)
        edit.setDateTime(
            QDateTime(
                QDate(moment.year, moment.month, moment.day), QTime(moment.hour, moment.minute)
            )
        )
        return edit
