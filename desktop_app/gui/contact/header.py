"""The head of the details panel: when and how, the outcome in words, the customer."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from desktop_app.core.history import words
from desktop_app.core.history.clock import Clock, duration_text
from desktop_app.core.history.columns import one_line
from desktop_app.core.history.contact import Contact
from desktop_app.gui.assets import Icon
from desktop_app.gui.theme import Theme

_DOT_PX = 8


class Header(QWidget):
    copy_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._when = self._label("detailsWhen", "muted")
        self._outcome = self._label("detailsOutcome", "outcome")
        self._customer = self._label("detailsCustomer", "muted")
        self._dot = _StateDot(theme, self)
        copy = QToolButton(self)
        copy.setObjectName("copyConversationId")
        copy.setAccessibleName("Copy the conversation ID")
        copy.setToolTip("Copy the conversation ID")
        theme.dress(copy, Icon.COPY, "muted")
        copy.clicked.connect(self.copy_asked)
        outcome = QHBoxLayout()
        outcome.setSpacing(8)
        outcome.addWidget(self._dot)
        outcome.addWidget(self._outcome, 1)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._when)
        words.addLayout(outcome)
        words.addWidget(self._customer)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addLayout(words, 1)
        row.addWidget(copy, 0, Qt.AlignmentFlag.AlignTop)

    def show_contact(self, contact: Contact, clock: Clock) -> None:
        self._when.setText(_when(contact, clock))
        self._outcome.setText(one_line(contact.outcome))
        self._dot.show_state(contact.outcome_state)
        self._customer.setText(_who(contact))
        self._customer.setVisible(bool(self._customer.text()))

    def _label(self, object_name: str, role: str) -> QLabel:
        label = QLabel(self)
        label.setObjectName(object_name)
        label.setProperty("role", role)
        label.setTextFormat(Qt.TextFormat.PlainText)
        # Absolute: a name written from right to left stays under the rest.
        label.setAlignment(
            Qt.AlignmentFlag.AlignVCenter
            | Qt.AlignmentFlag.AlignLeft
            | Qt.AlignmentFlag.AlignAbsolute
        )
        label.setWordWrap(True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return label


def _when(contact: Contact, clock: Clock) -> str:
    said = []
    if contact.start_ms is not None:
        said += [clock.date(contact.start_ms), clock.time(contact.start_ms)]
    kind = (words.direction(contact.direction), words.media(contact.media))
    said.append(" ".join(filter(None, kind)).lower())
    return one_line(" · ".join(filter(None, said)))


def _who(contact: Contact) -> str:
    said = [contact.customer]
    if contact.is_open:
        said.append("still open")
    elif contact.duration_ms is not None:
        said.append(duration_text(contact.duration_ms))
    return one_line(" · ".join(filter(None, said)))


class _StateDot(QWidget):
    """The outcome's state as a colour; the outcome's words say the same."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._state = ""
        self.setFixedSize(_DOT_PX, _DOT_PX)
        theme.changed.connect(self.update)

    def show_state(self, state: str) -> None:
        self._state = state
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        palette = self._theme.palette
        colours = {"good": palette.good, "warn": palette.warn, "bad": palette.bad}
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.get(self._state, palette.muted))
        painter.drawEllipse(QRectF(0, 0, _DOT_PX, _DOT_PX))
        painter.end()
