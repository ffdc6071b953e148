"""The part of the settings about what is held on this computer: how much, how long, and erasing."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QStandardItemModel, QWheelEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop_app.gui.labels import fact, facts, label
from desktop_app.gui.settings.question import Question
from desktop_app.gui.settings.state import HoldingsState

ERASING = (
    "All contacts that are held here for you go, with your marks, notes and tags, the key in this"
    " computer's keyring, and copies of damaged files that were set aside; then you are signed"
    " out. What Genesys Cloud itself keeps stays there and can be read again, except your marks,"
    " notes and tags. This can't be undone."
)


class HistorySection(QWidget):
    """Knows no store: shows a ``HoldingsState`` and says what is asked."""

    retention_chosen = Signal(object)  # days, or None
    purge_agreed = Signal()
    purge_declined = Signal()
    erase_agreed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("historySection")
        self._held = fact("historyHeld", "Held")
        self._size = fact("historySize", "Size")
        self._retention = _Choice(self)
        self._retention.setObjectName("retention")
        self._retention.setAccessibleName("Keep contacts for")
        self._retention.activated.connect(self._on_retention)
        self._why_not = label("", "muted", name="retentionWords")
        self._purge = Question("purge", self)
        self._purge.agreed.connect(self.purge_agreed)
        self._purge.declined.connect(self._on_purge_declined)
        self._erase = QPushButton("Erase everything held …", self)
        self._erase.setObjectName("eraseHistory")
        self._erase.clicked.connect(self._on_erase)
        self._erasing = Question("erase", self)
        self._erasing.agreed.connect(self.erase_agreed)
        self._erasing.declined.connect(self._on_erase_declined)
        self._build()

    def _build(self) -> None:
        keeping = QWidget(self)
        row = QHBoxLayout(keeping)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self._retention)
        row.addWidget(self._why_not, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(
            facts(
                [
                    ("Held", self._held),
                    ("Size", self._size),
                    ("Keep contacts for", keeping),
                ]
            )
        )
        column.addWidget(self._purge)
        column.addSpacing(4)
        column.addWidget(self._erase, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._erasing)

    def show_state(self, state: HoldingsState) -> None:
        self._held.setText(state.held)
        self._size.setText(state.size)
        self._retention.show_choices(state)
        self._why_not.setText(state.why_not)
        self._retention.setAccessibleDescription(state.why_not)
        self._erase.setEnabled(state.can_erase)

    def ask_nothing(self) -> None:
        """What was asked at another time is over."""
        self._purge.hide()
        self._erasing.hide()
        self._erase.show()

    def ask_to_purge(self, words: str) -> None:
        self._purge.ask(words, yes="Remove them", no="Keep them")

    def _on_retention(self, place: int) -> None:
        self.ask_nothing()
        self.retention_chosen.emit(self._retention.itemData(place))

    def _on_purge_declined(self) -> None:
        self._retention.setFocus()
        self.purge_declined.emit()

    def _on_erase(self) -> None:
        """One question at a time: the other one counts as declined."""
        if self._purge.isVisible():
            self._purge.hide()
            self.purge_declined.emit()
        self._erase.hide()
        self._erasing.ask(ERASING, yes="Erase everything and sign out", no="Keep it")

    def _on_erase_declined(self) -> None:
        self._erase.show()
        self._erase.setFocus()


class _Choice(QComboBox):
    """The wheel scrolls the page: passing over a choice must not take contacts away."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)

    def show_choices(self, state: HoldingsState) -> None:
        model = self.model()
        assert isinstance(model, QStandardItemModel)
        self.clear()
        for place, (days, allowed) in enumerate(state.choices):
            self.addItem(words_of(days), days)
            model.item(place).setEnabled(allowed)
        self.setCurrentIndex([days for days, _allowed in state.choices].index(state.chosen))

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


def words_of(days: int | None) -> str:
    """A time for which contacts are kept."""
    return "As long as they are there" if days is None else f"{days:,} days"
