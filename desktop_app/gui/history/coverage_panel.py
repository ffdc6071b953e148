"""The coverage calendar: which days are held, which only in part or not at all, and why."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.history.clock import Interval
from desktop_app.core.history.coverage import DAY_MS, Day
from desktop_app.gui.history.coverage_grid import (
    GAP_PX,
    MONTH_HEIGHT_PX,
    CoverageGrid,
    words_of,
)
from desktop_app.gui.labels import label
from desktop_app.gui.theme import Theme

_MOST_PX = 2 * MONTH_HEIGHT_PX + GAP_PX  # of months in sight; further ones are scrolled to


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
        self._scroll = QScrollArea(self)
        self._scroll.setObjectName("coverageScroll")
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self._grid)
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
        # As large as it needs to be, also when months come in after it was opened.
        column.setSizeConstraint(QLayout.SizeConstraint.SetFixedSize)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(self._scroll)
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
        size = self._grid.sizeHint()
        self._grid.resize(size)
        bar = self._scroll.verticalScrollBar().sizeHint().width() if size.height() > _MOST_PX else 0
        self._scroll.setFixedSize(size.width() + bar, min(size.height(), _MOST_PX))
        self._on_current(self._grid.current)

    def _on_current(self, day: Day | None) -> None:
        if day is not None:
            cell = self._grid.cell(day)
            self._scroll.ensureVisible(cell.center().x(), cell.center().y())
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
