"""Labels that show text as text: markup from outside is never read as such (safety T39)."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel


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
