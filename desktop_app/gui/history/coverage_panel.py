"""The coverage calendar: which days are held, which only in part or not at all, and why."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop_app.core.history.clock import Interval
from desktop_app.core.history.coverage import DAY_MS, Day
from desktop_app.gui.history.coverage_grid import CoverageGrid, words_of
from desktop_app.gui.labels import label
from desktop_app.gui.theme import Theme


class CoveragePanel(QDialog):
    """Not modal; follows what is read while it stands open."""

    day_asked = Signal(object)  # Interval of a UTC day, to be shown
    read_asked = Signal(object)  # Interval of a UTC day, to be read again
    following_changed = Signal(bool)  # whether the shown range is to be kept up to date

    def __init__(self, theme: Theme, *, following: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("coveragePanel")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("What is held on this computer")
        self._grid = CoverageGrid(theme, self)
        self._words = label("", name="coverageDay")
        self._show = QPushButton("Show this day", self)
        self._show.setObjectName("coverageShow")
        self._again = QPushButton("Read it again", self)
        self._again.setObjectName("coverageAgain")
        self._follow = QCheckBox("Keep the shown range up to date", self)
        self._follow.setObjectName("coverageFollow")
        self._follow.setChecked(following)
        self._build()
        self._grid.current_changed.connect(self._on_current)
        self._grid.picked.connect(self._on_show)
        self._show.clicked.connect(self._on_show)
        self._again.clicked.connect(self._on_again)
        self._follow.toggled.connect(self.following_changed)

    def _build(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self._show)
        buttons.addWidget(self._again)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(self._grid)
        column.addWidget(self._words)
        column.addLayout(buttons)
        column.addWidget(self._follow)
        column.addWidget(
            label(
                "Days are UTC days, by which Genesys Cloud answers. A full line under a day: all"
                " of it was read. Half a line: a part. None: not yet.",
                "muted",
            )
        )

    def show_days(self, days: Sequence[Day], shown: Interval) -> None:
        """``shown`` is the range that the table shows."""
        self._grid.show_days(days, shown)

    def _on_current(self, day: Day | None) -> None:
        self._words.setText(words_of(day))
        is_past = day is not None and day.state != "future"
        self._show.setEnabled(is_past)
        self._again.setEnabled(is_past)

    def _on_show(self) -> None:
        if self._grid.current is not None:
            self.day_asked.emit(_interval(self._grid.current))

    def _on_again(self) -> None:
        if self._grid.current is not None:
            self.read_asked.emit(_interval(self._grid.current))


def _interval(day: Day) -> Interval:
    return Interval(day.day_ms, day.day_ms + DAY_MS)
