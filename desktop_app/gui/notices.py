"""The one path from an error to the person: a sentence in a quiet banner, with its next step."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.errors import Advice, ContactHistoryError
from desktop_app.gui.assets import Icon
from desktop_app.gui.theme import Ink, Theme

# What the button says for each advice; none where the person can't do anything here.
_STEPS = {Advice.RETRY: "Try again", Advice.SIGN_IN: "Sign in again"}

Level = Literal["bad", "warn", "info"]

_INKS: dict[Level, Ink] = {"bad": "bad", "warn": "warn", "info": "accent"}

_UNFORESEEN = "Something unforeseen went wrong ({kind}). Try again; if it stays, report it."


def sentence_of(error: BaseException) -> str:
    """What to tell the person; never the text of a foreign exception, which may quote data."""
    if isinstance(error, ContactHistoryError):
        return str(error)
    return _UNFORESEEN.format(kind=type(error).__name__)


class NoticeBar(QFrame):
    """Shows one notice at a time; hidden while there is none."""

    acted = Signal(object)  # the Advice whose button was pressed
    stepped = Signal()  # the button of ``say`` was pressed
    closed = Signal()  # by its cross

    def __init__(self, theme: Theme, parent: QWidget | None = None, name: str = "notice") -> None:
        super().__init__(parent)
        self._theme = theme
        self._advice: Advice | None = None
        self.setObjectName(f"{name}Bar")
        self.setProperty("role", "notice")
        self._icon = QLabel(self)
        self._words = QLabel(self)
        self._words.setObjectName(f"{name}Text")
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setWordWrap(True)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._step = QPushButton(self)
        self._step.setObjectName(f"{name}Action")
        self._step.clicked.connect(self._on_step)
        self._close = QToolButton(self)
        self._close.setObjectName(f"{name}Close")
        self._close.setAccessibleName("Close this notice")
        theme.dress(self._close, Icon.CANCEL, "muted")
        self._close.clicked.connect(self._on_close)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 8, 6)
        row.setSpacing(8)
        row.addWidget(self._icon)
        row.addWidget(self._words, 1)
        row.addWidget(self._step)
        row.addWidget(self._close)
        self.hide()

    @property
    def text(self) -> str:
        return "" if self.isHidden() else self._words.text()

    def show_error(self, error: BaseException) -> None:
        """Tell a failure and offer what its class advises."""
        advice = error.advice if isinstance(error, ContactHistoryError) else Advice.RETRY
        title = error.title if isinstance(error, ContactHistoryError) else ""
        words = f"{title}. {sentence_of(error)}" if title else sentence_of(error)
        self._show(words, "bad", Icon.WARNING, advice, _STEPS.get(advice, ""))

    def say(self, words: str, step: str = "", *, level: Level = "info") -> None:
        """Tell something that isn't a failure, with a button if ``step`` has words for one."""
        icon = Icon.WARNING if level == "warn" else Icon.INFO
        self._show(words, level, icon, None, step)

    def clear(self) -> None:
        self._advice = None
        self.hide()

    def _show(self, words: str, level: Level, icon: Icon, advice: Advice | None, step: str) -> None:
        self._advice = advice
        self._words.setText(words)
        self.setAccessibleName(words)
        self._theme.dress(self._icon, icon, _INKS[level])
        self._step.setVisible(bool(step))
        self._step.setText(step)
        self.setProperty("level", level)
        self.style().unpolish(self)
        self.style().polish(self)
        self.show()

    def _on_close(self) -> None:
        self.clear()
        self.closed.emit()

    def _on_step(self) -> None:
        advice = self._advice
        self.clear()
        if advice is not None:
            self.acted.emit(advice)
        else:
            self.stepped.emit()


def under(bar: NoticeBar, screens: QWidget) -> QWidget:
    """Screens with a bar above them all, which takes no room while it has nothing to say."""
    both = QWidget()
    column = QVBoxLayout(both)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(bar)
    column.addWidget(screens, 1)
    return both
