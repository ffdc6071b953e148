"""The conversation as Genesys sent it: read-only JSON that can be searched and copied."""

from __future__ import annotations

import contextlib

import msgspec
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import (
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QTextEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.gui.assets import Icon
from desktop_app.gui.theme import Theme, fixed_font

MOST_FOUND = 1000
"""Places that are marked and counted; beyond them the count reads "1,000+"."""


def pretty(raw: bytes) -> str:
    """JSON indented by two; bytes that are no JSON come back as they are."""
    with contextlib.suppress(msgspec.DecodeError):
        raw = msgspec.json.format(raw, indent=2)
    return raw.decode("utf-8", "replace")


class RawView(QWidget):
    """Ctrl+F opens the find bar, Enter and Shift+Enter step through what it found."""

    copied = Signal(str)  # what was copied, in words

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._found: list[QTextCursor] = []
        self._at = -1
        self._text = QPlainTextEdit(self)
        self._text.setObjectName("rawJson")
        self._text.setAccessibleName("Raw JSON of the contact")
        self._text.setProperty("role", "mono")
        self._text.setFont(fixed_font())
        self._text.setReadOnly(True)
        self._text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._build_bar())
        column.addWidget(self._text, 1)
        theme.changed.connect(self._mark)

    def show_json(self, raw: bytes) -> None:
        self._text.setPlainText(pretty(raw))
        self._search()

    def clear(self) -> None:
        self._text.clear()
        self._search()

    def event(self, event: QEvent) -> bool:
        # Ctrl+F belongs to the window's filter except while the keyboard is in here.
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.matches(QKeySequence.StandardKey.Find)
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Find):
            self._field.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self._field.selectAll()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            watched is self._field
            and event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
        ):
            if event.key() == Qt.Key.Key_Escape:
                self._field.clear()
                self._text.setFocus(Qt.FocusReason.OtherFocusReason)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
                self._step(-1 if back else 1)
                return True
        return super().eventFilter(watched, event)

    def _build_bar(self) -> QFrame:
        bar = QFrame(self)
        self._field = QLineEdit(bar)
        self._field.setObjectName("rawFind")
        self._field.setAccessibleName("Find in the raw JSON")
        self._field.setPlaceholderText("Find")
        self._field.setClearButtonEnabled(False)
        self._field.installEventFilter(self)
        self._field.textChanged.connect(self._search)
        self._count = QLabel(bar)
        self._count.setObjectName("rawFindCount")
        self._count.setProperty("role", "muted")
        self._count.setTextFormat(Qt.TextFormat.PlainText)
        self._previous = self._tool(bar, "rawFindPrevious", "Previous place", Icon.CHEVRON_UP)
        self._previous.clicked.connect(self._on_previous)
        self._next = self._tool(bar, "rawFindNext", "Next place", Icon.CHEVRON_DOWN)
        self._next.clicked.connect(self._on_next)
        copy = QPushButton("Copy", bar)
        copy.setObjectName("rawCopy")
        copy.setAccessibleName("Copy the raw JSON")
        self._theme.dress(copy, Icon.COPY)
        copy.clicked.connect(self._on_copy)
        row = QHBoxLayout(bar)
        row.setContentsMargins(0, 8, 0, 8)
        row.setSpacing(4)
        row.addWidget(self._field, 1)
        row.addWidget(self._count)
        row.addWidget(self._previous)
        row.addWidget(self._next)
        row.addSpacing(4)
        row.addWidget(copy)
        return bar

    def _tool(self, bar: QFrame, object_name: str, words: str, icon: Icon) -> QToolButton:
        button = QToolButton(bar)
        button.setObjectName(object_name)
        button.setAccessibleName(words)
        button.setToolTip(words)
        self._theme.dress(button, icon, "muted")
        return button

    def _search(self) -> None:
        sought = self._field.text()
        self._found = _places(self._text.document(), sought) if sought else []
        self._at = 0 if self._found else -1
        self._show_place()

    def _on_next(self) -> None:
        self._step(1)

    def _on_previous(self) -> None:
        self._step(-1)

    def _step(self, by: int) -> None:
        if self._found:
            self._at = (self._at + by) % len(self._found)
            self._show_place()

    def _show_place(self) -> None:
        if self._at >= 0:
            here = QTextCursor(self._found[self._at])
            here.setPosition(here.selectionStart())  # the mark shows it; no selection over it
            self._text.setTextCursor(here)
            self._text.ensureCursorVisible()
        self._previous.setEnabled(len(self._found) > 1)
        self._next.setEnabled(len(self._found) > 1)
        self._count.setText(self._count_text())
        self._mark()

    def _count_text(self) -> str:
        if not self._field.text():
            return ""
        if not self._found:
            return "not found"
        more = "+" if len(self._found) == MOST_FOUND else ""
        return f"{self._at + 1:,} of {len(self._found):,}{more}"

    def _mark(self) -> None:
        palette = self._theme.palette
        marks = []
        for number, place in enumerate(self._found):
            look = QTextCharFormat()
            here = number == self._at
            look.setBackground(palette.accent if here else palette.found)
            look.setForeground(palette.accent_text if here else palette.text)
            mark = QTextEdit.ExtraSelection()
            mark.cursor = place
            mark.format = look
            marks.append(mark)
        self._text.setExtraSelections(marks)

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self._text.toPlainText())
        self.copied.emit("the raw JSON")


def _places(document: QTextDocument, sought: str) -> list[QTextCursor]:
    """Where ``sought`` stands, any case; at most MOST_FOUND places."""
    places: list[QTextCursor] = []
    place = document.find(sought, 0)
    while not place.isNull() and len(places) < MOST_FOUND:
        places.append(place)
        place = document.find(sought, place)
    return places
