"""The middle of the history screen: the table, or what stands in its place and why."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from desktop_app.gui.history.empty_state import EmptyState, Step
from desktop_app.gui.message_page import MessagePage
from desktop_app.gui.theme import Theme


class Middle(QStackedWidget):
    clear_asked = Signal()  # the filter hides everything
    read_asked = Signal()  # nothing is there, and it could be

    def __init__(self, theme: Theme, table: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table = table
        self._state: EmptyState | None = None
        self._message = MessagePage(theme, "historyMessage", self)
        self._message.acted.connect(self._on_acted)
        self.addWidget(table)
        self.addWidget(self._message)

    def show_state(self, state: EmptyState | None) -> None:
        """None is for a table that has rows."""
        self._state = state
        if state is None:
            self.setCurrentWidget(self._table)
            return
        self._message.say(state.icon, state.title, state.text, state.action)
        self.setCurrentWidget(self._message)

    def _on_acted(self) -> None:
        if self._state is not None and self._state.step is Step.CLEAR_FILTER:
            self.clear_asked.emit()
        else:
            self.read_asked.emit()
