"""The organisations that are set up, a line each, with what can be done about them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop_app.gui.labels import label
from desktop_app.gui.settings.state import OrganisationEntry


class OrganisationList(QWidget):
    edit_asked = Signal(str)  # the profile's name
    remove_asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("organisationList")
        self.setAccessibleName("Organisations")
        self._entries: tuple[OrganisationEntry, ...] | None = None
        self._lines: list[QWidget] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._none = label("None is set up yet.", "muted", name="noOrganisation")
        self._column.addWidget(self._none)

    def show_entries(self, entries: Sequence[OrganisationEntry]) -> None:
        """Lines that stay as they are keep the keyboard's focus."""
        if tuple(entries) == self._entries:
            return
        self._entries = tuple(entries)
        for line in self._lines:
            line.hide()
            line.deleteLater()
        self._lines = [self._line(entry) for entry in entries]
        for line in self._lines:
            self._column.addWidget(line)
        self._none.setVisible(not entries)

    def _line(self, entry: OrganisationEntry) -> QWidget:
        line = QWidget(self)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(label(entry.title, name=f"organisation_{entry.name}"))
        about = " · ".join(filter(None, (entry.region, entry.grant)))
        words.addWidget(label(about, "muted"))
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addLayout(words, 1)
        if entry.editable:
            for verb, run in (("Edit", self._on_edit), ("Remove", self._on_remove)):
                button = QPushButton(verb, line)
                button.setObjectName(f"{verb.lower()}_{entry.name}")
                button.setAccessibleName(f"{verb} {entry.title}")
                button.setProperty("profile", entry.name)
                button.clicked.connect(run)
                row.addWidget(button)
        return line

    def _on_edit(self) -> None:
        self.edit_asked.emit(self.sender().property("profile"))

    def _on_remove(self) -> None:
        self.remove_asked.emit(self.sender().property("profile"))
