"""The facts of a contact as a list of labels and values, in the words of the table's columns."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from desktop_app.core.history.clock import Clock
from desktop_app.core.history.columns import column, read, row
from desktop_app.core.history.contact import Contact

FACT_KEYS = (
    "subject",
    "ani",
    "dnis",
    "message_type",
    "queues",
    "queue_wait",
    "abandon",
    "agents",
    "not_responding",
    "supervisors",
    "talk",
    "hold",
    "acw",
    "handle",
    "wrapups",
    "wrapup_note",
    "ended_by",
    "disconnect_type",
    "error_code",
    "transfers",
    "flows",
    "ivr",
    "callback_due",
    "skills",
    "languages",
    "divisions",
    "external_tag",
    "is_recorded",
    "mos",
    "end",
    "conversation_id",
)


def facts_of(contact: Contact, clock: Clock) -> list[tuple[str, str]]:
    """Title and text of every fact that the contact has; what is empty or zero is left out."""
    facts = []
    cells = row(contact)
    for key in FACT_KEYS:
        definition, value = column(key), cells.get(key)
        if value and (text := read(definition, value, clock)):
            facts.append((definition.title, text))
    return facts


class FactsList(QWidget):
    """Values can be selected and copied; rows are kept and reused from contact to contact."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("detailsFacts")
        self.setAccessibleName("Facts of the contact")
        self._rows: list[tuple[QLabel, QLabel]] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnMinimumWidth(0, 96)
        self._grid.setColumnStretch(1, 1)

    def show_facts(self, facts: list[tuple[str, str]]) -> None:
        while len(self._rows) < len(facts):
            self._rows.append(self._add_row())
        for number, (label, value) in enumerate(self._rows):
            used = number < len(facts)
            if used:
                title, text = facts[number]
                label.setText(title)
                value.setText(text)
                value.setAccessibleName(title)
            label.setVisible(used)
            value.setVisible(used)

    def texts(self) -> list[tuple[str, str]]:
        """What is shown."""
        return [(label.text(), value.text()) for label, value in self._rows if not label.isHidden()]

    def _add_row(self) -> tuple[QLabel, QLabel]:
        label, value = QLabel(self), QLabel(self)
        for part in (label, value):
            part.setTextFormat(Qt.TextFormat.PlainText)
            part.setAlignment(
                Qt.AlignmentFlag.AlignTop
                | Qt.AlignmentFlag.AlignLeft
                | Qt.AlignmentFlag.AlignAbsolute
            )
        label.setProperty("role", "muted")
        value.setWordWrap(True)
        # A long word is cut at the edge rather than making the whole panel wider than its place.
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        value.setSizePolicy(policy)
        value.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        row = len(self._rows)
        self._grid.addWidget(label, row, 0)
        self._grid.addWidget(value, row, 1)
        return label, value
