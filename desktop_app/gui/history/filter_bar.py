"""The filter: conditions as chips, and a line to type more. Both are one text.

What is typed filters at once, as far as it can be read; a mistake is marked where it is and
told in a sentence, and the table stays as it was before it.  A condition that is done, by a
blank after it or Enter, becomes a chip; words stay in the line.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import reduce

from PySide6.QtCore import QMargins, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from desktop_app.core.history import filters
from desktop_app.core.history.filters import Completion, FilterMistake, Offer
from desktop_app.gui.assets import Icon
from desktop_app.gui.flow_layout import FlowLayout
from desktop_app.gui.history.chip import ChipButton
from desktop_app.gui.history.filter_edit import FilterEdit
from desktop_app.gui.labels import label
from desktop_app.gui.tasks import Job
from desktop_app.gui.theme import Theme

PATIENCE_MS = 700  # a condition that is only begun isn't called a mistake at once
_HINTS = {
    "instant": "Answered at once from what is held on this computer.",
    "needs sync": "Found only in what has been read for it.",
}

Suggest = Callable[[str, str], Job]  # (field, prefix) -> a job whose value is a list of Offers


class FilterBar(QFrame):
    """``changed`` brings the text of a filter that can be read."""

    changed = Signal(str)

    def __init__(self, theme: Theme, suggest: Suggest, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._suggest = suggest
        self._terms: list[str] = []
        self._applied = ""
        self._mistake: FilterMistake | None = None
        self._completion: Completion | None = None
        self._suggesting: Job | None = None
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self._tell_mistake)
        self._box = QFrame(self)
        self._line = QWidget(self._box)  # chips, and the line to type in behind them
        self._edit = FilterEdit(theme, self._line)
        self._words = label("", "error", name="filterMistake")
        self._build()

    def _build(self) -> None:
        self.setObjectName("filter")
        self._box.setObjectName("filterBox")
        self._edit.setObjectName("filterText")
        self._edit.setAccessibleName("Filter")
        self._edit.setPlaceholderText("Filter: words, or queue:billing wait>2m …")
        self._edit.setMinimumWidth(220)
        self._edit.textEdited.connect(self._on_edited)
        self._edit.committed.connect(self._on_committed)
        self._edit.left_empty.connect(self._on_left_empty)
        self._edit.cleared.connect(self.clear)
        self._edit.offer_taken.connect(self._on_offer_taken)
        self._edit.focus_changed.connect(self._show_focus)
        self._clear = QToolButton(self._box)
        self._clear.setObjectName("filterClear")
        self._clear.setAccessibleName("Clear the filter")
        self._clear.setToolTip("Clear the filter (Esc)")
        self._clear.clicked.connect(self.clear)
        self._theme.dress(self._clear, Icon.CANCEL, "muted", 12)
        self._clear.hide()
        self._flow = FlowLayout(self._line, spacing=4)
        self._flow.setContentsMargins(QMargins(4, 2, 4, 2))
        self._flow.addWidget(self._edit)
        row = QHBoxLayout(self._box)
        row.setContentsMargins(0, 0, 4, 0)
        row.setSpacing(0)
        row.addWidget(self._line, 1)
        row.addWidget(self._clear, 0, Qt.AlignmentFlag.AlignVCenter)
        self._words.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self._box)
        column.addWidget(self._words)

    # --- what the screen asks for -------------------------------------------------------------

    @property
    def edit(self) -> FilterEdit:
        return self._edit

    @property
    def text(self) -> str:
        """The whole filter as it stands here: chips and line hold together."""
        parts = [*filter(None, (*self._terms, self._edit.text().strip()))]
        try:
            return reduce(filters.with_term, parts, "")
        except FilterMistake:  # as it is, so that the mistake is found where it is
            return " ".join(parts)

    @property
    def applied(self) -> str:
        """The last text that could be read, which is what the table shows."""
        return self._applied

    @property
    def mistake(self) -> str:
        """The sentence that is shown under the line."""
        return self._words.text() if self._words.isVisibleTo(self) else ""

    def set_text(self, text: str) -> None:
        """Another filter in place of this one: its conditions as chips, its words in the line."""
        self._terms = []
        self._edit.setText(text)
        self._stop_offering()
        self._show_chips()
        self._take_terms()
        self._apply()

    def clear(self) -> None:
        self.set_text("")
        self._edit.setFocus()

    # --- typing -------------------------------------------------------------------------------

    def _on_edited(self, text: str) -> None:
        if text.endswith(" ") and self._edit.cursorPosition() == len(text):
            self._take_terms()
        self._apply()
        self._offer()

    def _on_committed(self) -> None:
        self._take_terms()
        self._apply()
        self._tell_mistake()
        if self._mistake is not None and self._edit.mistake is not None:
            self._edit.setSelection(*self._edit.mistake)

    def _on_left_empty(self) -> None:
        if self._terms:
            self._edit_term(len(self._terms) - 1)

    def _take_terms(self) -> None:
        """Make chips of the conditions in the line; words and what can't be read stay."""
        try:
            found = filters.chips(self._edit.text())
        except FilterMistake:
            return
        taken = [chip.text for chip in found if not chip.is_words]
        if not taken:
            return
        self._terms += taken
        self._edit.setText("".join(f"{chip.text} " for chip in found if chip.is_words))
        self._show_chips()

    def _apply(self) -> None:
        """Filter by what stands here, if it can be read."""
        text = self.text
        self._clear.setVisible(bool(text))
        try:
            filters.parse(text)
        except FilterMistake as mistake:
            self._mistake = mistake
            self._take_back_beginning(text, mistake)
            if self.mistake:
                self._tell_mistake()
            self._patience.start()
            return
        self._mistake = None
        self._patience.stop()
        self._edit.mark_mistake(None)
        self._words.hide()
        self._edit.setAccessibleDescription("")
        self._filter_by(text)

    def _filter_by(self, text: str) -> None:
        if text != self._applied:
            self._applied = text
            self.changed.emit(text)

    def _take_back_beginning(self, text: str, mistake: FilterMistake) -> None:
        """A word filters with each letter; the "wait" of "wait>abc" was never meant as one."""
        first = text.rfind(" ", 0, mistake.position) + 1
        if len(self._applied) <= first or not text.startswith(self._applied):
            return
        with suppress(FilterMistake):
            before = text[:first].strip()
            filters.parse(before)
            self._filter_by(before)

    def _tell_mistake(self) -> None:
        if self._mistake is None:
            return
        before = len(" ".join(self._terms)) + bool(self._terms)
        first = self._mistake.position - before + _leading(self._edit.text())
        self._edit.mark_mistake((first, self._mistake.length) if first >= 0 else None)
        self._words.setText(str(self._mistake))
        self._words.show()
        self._edit.setAccessibleDescription(str(self._mistake))

    # --- chips --------------------------------------------------------------------------------

    def _show_chips(self) -> None:
        for place in range(self._flow.count() - 2, -1, -1):
            item = self._flow.takeAt(place)
            chip = item.widget() if item is not None else None
            if chip is not None:
                chip.hide()
                chip.deleteLater()
        for place, term in enumerate(self._terms):
            self._flow.insert_widget(place, self._chip(place, term))
        self._line.updateGeometry()

    def _chip(self, place: int, term: str) -> ChipButton:
        chip = filters.chips(term)[0]
        button = ChipButton(
            self._theme, chip.label, on=chip.on, hint=_HINTS[chip.where], parent=self._line
        )
        button.edit_asked.connect(lambda: self._edit_term(place))
        button.remove_asked.connect(lambda: self._replace_term(place, ""))
        button.toggle_asked.connect(lambda: self._replace_term(place, filters.toggled(term)))
        button.show()
        return button

    def _edit_term(self, place: int) -> None:
        """Back into the line, where it can be changed."""
        term = self._terms.pop(place)
        rest = self._edit.text().strip()
        self._edit.setText(f"{term} {rest}".strip())
        self._edit.setSelection(0, len(term))
        self._edit.setFocus()
        self._show_chips()
        self._apply()

    def _replace_term(self, place: int, term: str) -> None:
        self._terms[place : place + 1] = [term] if term else []
        self._show_chips()
        self._apply()
        self._edit.setFocus()

    # --- offers -------------------------------------------------------------------------------

    def _stop_offering(self) -> None:
        if self._suggesting is not None:
            self._suggesting.cancel()
            self._suggesting = None
        self._edit.hide_offers()

    def _offer(self) -> None:
        if self._suggesting is not None:
            self._suggesting.cancel()
            self._suggesting = None
        text, cursor = self._edit.text(), self._edit.cursorPosition()
        completion = self._completion = filters.complete(text, cursor)
        if completion is None:
            self._edit.hide_offers()
        elif completion.kind != "value" or completion.offers or not completion.field:
            self._edit.show_offers(completion.offers)
        else:
            self._suggesting = self._suggest(completion.field, completion.prefix)
            self._suggesting.succeeded.connect(self._on_suggested)

    def _on_suggested(self, offers: list[Offer]) -> None:
        self._suggesting = None
        self._edit.show_offers(offers)

    def _on_offer_taken(self, inserted: str) -> None:
        completion = self._completion
        if completion is None:
            return
        first, last = completion.span
        text = self._edit.text()
        self._edit.setText(text[:first] + inserted + text[last:])
        self._edit.setCursorPosition(first + len(inserted))
        self._on_edited(self._edit.text())

    # --- looks --------------------------------------------------------------------------------

    def _show_focus(self) -> None:
        """The box has the ring that the line in it would have."""
        self._box.setProperty("state", "focus" if self._edit.hasFocus() else "")
        self._box.style().polish(self._box)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Anywhere in the box is in the line."""
        self._edit.setFocus()


def _leading(text: str) -> int:
    return len(text) - len(text.lstrip())
