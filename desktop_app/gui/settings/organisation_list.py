"""The organisations that are set up, a line each, with what can be done about them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

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
        line = _Line(entry, self)
        line.edit_asked.connect(self.edit_asked)
        line.remove_asked.connect(self.remove_asked)
        return line


class _Line(QWidget):
    """One organisation. Removing it is asked about on the spot, where the buttons stand."""

    edit_asked = Signal(str)
    remove_asked = Signal(str)

    def __init__(self, entry: OrganisationEntry, parent: QWidget) -> None:
        super().__init__(parent)
        self._entry = entry
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(label(entry.title, name=f"organisation_{entry.name}"))
        about = " · ".join(filter(None, (entry.region, entry.grant, _use_of(entry))))
        words.addWidget(label(about, "muted"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addLayout(words, 1)
        self._edit = self._button("Edit", "edit", self._on_edit)
        self._remove = self._button("Remove", "remove", self._on_asked)
        self._yes = self._button("Remove it", "removeYes", self._on_removal)
        self._no = self._button("Keep it", "removeNo", self._on_kept)
        for button in (self._edit, self._remove, self._yes, self._no):
            row.addWidget(button)
        self._ask(False)

    def _button(self, verb: str, name: str, run: Callable[[], None]) -> QPushButton:
        button = QPushButton(verb, self)
        button.setObjectName(f"{name}_{self._entry.name}")
        button.setAccessibleName(f"{verb.removesuffix(' it')} {self._entry.title}")
        button.clicked.connect(run)
        return button

    def _ask(self, asking: bool) -> None:
        for button in (self._edit, self._remove):
            button.setVisible(self._entry.editable and not self._entry.in_use and not asking)
        for button in (self._yes, self._no):
            button.setVisible(asking)

    def _on_edit(self) -> None:
        self.edit_asked.emit(self._entry.name)

    def _on_asked(self) -> None:
        self._ask(True)
        self._no.setFocus()

    def _on_kept(self) -> None:
        self._ask(False)
        self._remove.setFocus()

    def _on_removal(self) -> None:
        self.remove_asked.emit(self._entry.name)


def _use_of(entry: OrganisationEntry) -> str:
    if not entry.in_use:
        return ""
    return "in use, sign out to change it" if entry.editable else "in use"
