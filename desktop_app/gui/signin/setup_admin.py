"""The text for the Genesys admin, to be copied into a message."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from desktop_app.gui.assets import Icon
from desktop_app.gui.labels import label
from desktop_app.gui.theme import Theme

_COPY, _COPIED = "Copy", "Copied"
_LEAST_HEIGHT = 280


class AdminNote(QWidget):
    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = QPlainTextEdit(self)
        self._text.setObjectName("setupAdminText")
        self._text.setAccessibleName("What your Genesys admin has to create")
        self._text.setReadOnly(True)
        self._text.setTabChangesFocus(True)
        # Its lines wrap; a blank at the end of one would bring the bar up all the same.
        self._text.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._text.setStyleSheet("padding: 0")  # in line with the words above it
        self._text.document().setDocumentMargin(0)
        self._text.setMinimumHeight(_LEAST_HEIGHT)
        self._copy = QPushButton(_COPY, self)
        self._copy.setObjectName("setupCopy")
        self._copy.setAccessibleName("Copy the text for your admin")
        theme.dress(self._copy, Icon.COPY, "muted")
        self._copy.clicked.connect(self._on_copy)
        head = QHBoxLayout()
        head.addWidget(label("For your admin", "strong", wrap=False))
        head.addStretch(1)
        head.addWidget(self._copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(label("What has to be set up in Genesys Cloud, to send.", "muted"))
        column.addWidget(self._text, 1)

    def show_text(self, text: str) -> None:
        if text != self._text.toPlainText():
            self._text.setPlainText(text)
            self._copy.setText(_COPY)

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self._text.toPlainText())
        self._copy.setText(_COPIED)
