"""What the test of the settings found: one line each, with an icon and words."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QProgressBar, QVBoxLayout, QWidget

from desktop_app.core.signin.findings import CheckResult, Finding, Verdict
from desktop_app.gui.assets import Icon
from desktop_app.gui.labels import label
from desktop_app.gui.theme import Ink, Theme

_MARKS: dict[Verdict, tuple[Icon, Ink]] = {
    Verdict.OK: (Icon.CHECK, "good"),
    Verdict.WARNING: (Icon.WARNING, "warn"),
    Verdict.WRONG: (Icon.CANCEL, "bad"),
    Verdict.UNKNOWN: (Icon.UNKNOWN, "muted"),
}

RUNNING = "Testing these settings. This takes up to half a minute."
GOOD = "These settings work, as far as can be told without signing in."
BAD = "These settings don't work yet."


class ResultList(QWidget):
    """Empty and hidden until a test runs."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("setupResult")
        self._theme = theme
        self._mark = QLabel(self)
        self._verdict = label("", "strong", name="setupVerdict")
        self._progress = QProgressBar(self)
        self._progress.setObjectName("setupProgress")
        self._progress.setAccessibleName("Testing")
        self._progress.setRange(0, 0)
        self._progress.setTextVisible(False)
        self._lines: QWidget | None = None
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self._verdict, 1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._column.addLayout(head)
        self._column.addWidget(self._progress)
        self.clear()

    def clear(self) -> None:
        self._drop_lines()
        self.hide()

    def show_running(self) -> None:
        self._drop_lines()
        self._mark.hide()
        self._verdict.setText(RUNNING)
        self._progress.show()
        self.show()

    def show_result(self, result: CheckResult) -> None:
        self._drop_lines()
        self._progress.hide()
        self._dress(self._mark, Verdict.OK if result.ok else Verdict.WRONG)
        self._mark.show()
        self._verdict.setText(GOOD if result.ok else BAD)
        self._lines = QWidget(self)
        grid = QGridLayout(self._lines)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(2, 1)
        for row, finding in enumerate(result.findings):
            self._add(grid, row, finding)
        self._column.addWidget(self._lines)
        self._lines.show()
        self.show()

    def _add(self, grid: QGridLayout, row: int, finding: Finding) -> None:
        top = Qt.AlignmentFlag.AlignTop
        mark = QLabel()
        self._dress(mark, finding.verdict)
        words = label(finding.sentence, "strong" if finding.verdict is Verdict.WRONG else "")
        words.setObjectName(f"setupFinding{finding.subject.name.title()}")
        words.setAccessibleName(f"{finding.subject}, {finding.verdict}: {finding.sentence}")
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        grid.addWidget(mark, row, 0, top)
        grid.addWidget(label(finding.subject, "muted", wrap=False), row, 1, top)
        grid.addWidget(words, row, 2, top)

    def _dress(self, mark: QLabel, verdict: Verdict) -> None:
        icon, ink = _MARKS[verdict]
        self._theme.dress(mark, icon, ink)
        mark.setToolTip(verdict.capitalize())
        mark.setAccessibleName(verdict.capitalize())

    def _drop_lines(self) -> None:
        self._progress.hide()
        if self._lines is not None:
            self._column.removeWidget(self._lines)
            self._lines.hide()
            self._lines.deleteLater()
            self._lines = None
