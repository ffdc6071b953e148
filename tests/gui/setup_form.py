"""The set-up page in a person's hands: keys, mouse, and what the page says."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QLabel,
    QLineEdit,
    QRadioButton,
    QWidget,
)

from desktop_app.core.signin.profiles import Profile
from desktop_app.gui.signin.setup_page import SetupPage

CLIENT = "9c0de8a4-2b7f-4e13-8c1d-54a7e0b6d322"

T = TypeVar("T", bound=QWidget)


class Form:
    """The page in a person's hands, and what it has said so far."""

    def __init__(self, made: SetupPage) -> None:
        self.page = made
        self.saved: list[Profile] = []
        self.tested: list[Profile] = []
        self.removed: list[str] = []
        self.cancelled = 0
        made.saved.connect(self.saved.append)
        made.test_asked.connect(self.tested.append)
        made.removed.connect(self.removed.append)
        made.cancelled.connect(self._on_cancelled)

    def _on_cancelled(self) -> None:
        self.cancelled += 1

    def line(self, name: str) -> QLineEdit:
        if name == "setupRegion":
            edit = self.region.lineEdit()
            assert edit is not None
            return edit
        return self._part(QLineEdit, name)

    @property
    def region(self) -> QComboBox:
        return self._part(QComboBox, "setupRegion")

    def enter(self, name: str, words: str) -> None:
        """Click the field, replace what is in it, and leave it."""
        edit = self.line(name)
        QTest.mouseClick(edit, Qt.MouseButton.LeftButton)
        QTest.keyClick(edit, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClick(edit, Qt.Key.Key_Delete)
        QTest.keyClicks(edit, words)

    def press(self, name: str) -> None:
        button = self._part(QAbstractButton, name)
        self.page.ensureWidgetVisible(button)
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def words(self, name: str) -> str:
        """What a label shows; empty while it is hidden."""
        shown = self._part(QLabel, name)
        return shown.text() if shown.isVisible() else ""

    def shows(self, name: str) -> bool:
        return self._part(QWidget, name).isVisible()

    def is_chosen(self, name: str) -> bool:
        return self._part(QRadioButton, name).isChecked()

    def fill_in(self) -> None:
        self.enter("setupName", "Acme")
        self.choose_region("frankfurt")
        self.enter("setupClientId", CLIENT)

    def choose_region(self, words: str) -> None:
        """Type, and leave by Tab for the next field."""
        self.enter("setupRegion", words)
        self.close_list()
        self.line("setupClientId").setFocus()

    def close_list(self) -> None:
        completer = self.region.completer()
        popup = completer.popup() if completer is not None else None
        if popup is not None:
            popup.hide()

    def _part(self, kind: type[T], name: str) -> T:
        found = self.page.findChild(kind, name)
        assert isinstance(found, kind), name
        return found
