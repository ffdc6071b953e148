"""The line under the table: how much is shown, whether it is complete, and what goes on."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QToolButton,
    QWidget,
)

from desktop_app.core.history.clock import Clock
from desktop_app.core.history.completeness import completeness, held
from desktop_app.core.history.coverage import Coverage
from desktop_app.core.history.sync import Progress
from desktop_app.gui.assets import Icon
from desktop_app.gui.labels import label
from desktop_app.gui.theme import STATUS_PX, Theme
from desktop_app.gui.tooltip import plain

PERMILLE = 1000


class StatusLine(QFrame):
    cancel_asked = Signal()
    coverage_asked = Signal()
    online_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("statusLine")
        self.setProperty("role", "surface")
        self.setFixedHeight(STATUS_PX)
        self._shown = label("", "strong", name="statusShown", wrap=False)
        self._state = QPushButton(self)
        self._state.setObjectName("statusState")
        self._state.setProperty("kind", "link")
        self._state.clicked.connect(self.coverage_asked)
        self._is_offline = False
        self._online = QPushButton("Go online", self)
        self._online.setObjectName("goOnline")
        self._online.setProperty("kind", "link")
        self._online.setToolTip("Try again to reach Genesys Cloud")
        self._online.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves it with the table
        self._online.clicked.connect(self.online_asked)
        self._online.hide()
        self._selected = label("", "muted", name="statusSelected", wrap=False)
        self._totals = label("", "muted", name="statusTotals", wrap=False)
        self._bar = QProgressBar(self)
        self._bar.setObjectName("statusProgress")
        self._bar.setAccessibleName("Progress of reading")
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(120)
        self._doing = label("", "muted", name="statusDoing", wrap=False)
        self._cancel = QToolButton(self)
        self._cancel.setObjectName("statusCancel")
        self._cancel.setText("Cancel")
        self._cancel.setToolTip("Stop reading; what was read stays (Ctrl+.)")
        self._cancel.clicked.connect(self.cancel_asked)
        self._budget = label("", "muted", name="statusBudget", wrap=False)
        self._place = label("", "muted", name="statusStore", wrap=False)
        theme.dress(self._cancel, Icon.CANCEL, "muted")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 0, 8, 0)
        self._row.setSpacing(12)
        for widget in (
            self._shown,
            self._state,
            self._online,
            self._selected,
            self._totals,
            self._bar,
            self._doing,
            self._cancel,
        ):
            self._row.addWidget(widget)
        self._row.addStretch(1)
        for widget in (self._place, self._budget):
            self._row.addWidget(widget)
        self.show_idle()

    def add_right(self, widget: QWidget) -> None:
        """Put a widget of the window's at the right end."""
        self._row.addWidget(widget)

    @property
    def text(self) -> str:
        """All of it as one text, as a screen reader or the tour takes it."""
        parts = (self._shown.text(), self._state.text(), self._doing.text())
        return " · ".join(part for part in parts if part)

    def show_counts(self, shown: int, total: int) -> None:
        self._shown.setText(f"{shown:,} of {total:,} shown")

    def show_coverage(self, coverage: Coverage | None, clock: Clock) -> None:
        """Say whether the range is complete, and as of when."""
        words = held if self._is_offline else completeness
        self._state.setText(words(coverage, clock))
        doubts = "; ".join(coverage.doubts) if coverage else ""
        self._state.setToolTip(plain(doubts or "Show which days are held on this computer"))

    def show_offline(self, offline: bool) -> None:
        """Whether nothing can be read; how old what is held is, stands with the coverage then."""
        self._is_offline = offline
        self._online.setVisible(offline)

    def show_selected(self, rows: int) -> None:
        """How many contacts are selected; one alone is only where the person stands."""
        self._selected.setText(f"{rows:,} selected" if rows > 1 else "")
        self._selected.setVisible(rows > 1)

    def show_totals(self, words: str) -> None:
        """Sums of what is selected, or of everything that is shown."""
        self._totals.setText(words)
        self._totals.setVisible(bool(words))

    def show_progress(self, progress: Progress, clock: Clock) -> None:
        self._bar.setRange(0, PERMILLE)
        done = progress.slices_done / max(1, progress.slices)
        if progress.expected:
            done = max(done, min(1.0, progress.contacts / progress.expected))
        self._bar.setValue(round(done * PERMILLE))
        of = f" of {progress.expected:,}" if progress.expected else ""
        self._doing.setText(
            f"reading {clock.date(progress.day_ms)}, {progress.contacts:,}{of}, {done:.0%}"
        )
        self._show_running(True)

    def show_waiting(self, words: str) -> None:
        """Something runs whose length isn't known: the first answer, or a pause for the service."""
        self._bar.setRange(0, 0)
        self._doing.setText(words)
        self._show_running(True)

    def show_idle(self) -> None:
        self._bar.setRange(0, PERMILLE)
        self._bar.setValue(0)
        self._doing.setText("")
        self._show_running(False)

    def show_message(self, words: str) -> None:
        self._doing.setText(words)
        self._doing.setVisible(bool(words))

    def show_copied(self, rows: int) -> None:
        self.show_message(f"{rows:,} rows copied" if rows != 1 else "1 row copied")

    def show_budget(self, used: int, allowed: int) -> None:
        self._budget.setText(f"API {used} / {allowed} a minute" if allowed else "")

    def show_store(self, why_in_memory: str) -> None:
        """Say it where contacts are not kept on this computer."""
        self._place.setText("in memory only" if why_in_memory else "")
        self._place.setToolTip(why_in_memory)
        self._place.setVisible(bool(why_in_memory))

    def _show_running(self, running: bool) -> None:
        for widget in (self._bar, self._doing, self._cancel):
            widget.setVisible(running)
