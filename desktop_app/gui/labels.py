"""Labels that show text as text: markup from outside is never read as such (safety T39)."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

TITLE_PX = 180  # of facts


def label(words: str, role: str = "", *, name: str = "", wrap: bool = True) -> QLabel:
    """A plain-text label; ``role`` picks its look from the style sheet."""
    made = QLabel(words)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(wrap)
    if role:
        made.setProperty("role", role)
    if name:
        made.setObjectName(name)
    return made


def fact(name: str, title: str) -> QLabel:
    """A fact to read and to copy."""
    made = label("", name=name)
    made.setAccessibleName(title)
    made.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse
        | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    return made


def facts(lines: Sequence[tuple[str, QWidget]]) -> QWidget:
    """Facts under one another, each beside its title."""
    made = QWidget()
    grid = QGridLayout(made)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(4)
    grid.setColumnMinimumWidth(0, TITLE_PX)
    grid.setColumnStretch(1, 1)
    for row, (title, value) in enumerate(lines):
        is_text = isinstance(value, QLabel)  # which may have several lines
        side = Qt.AlignmentFlag.AlignTop if is_text else Qt.AlignmentFlag.AlignVCenter
        grid.addWidget(label(title, "muted", wrap=False), row, 0, side)
        grid.addWidget(value, row, 1)
    return made
