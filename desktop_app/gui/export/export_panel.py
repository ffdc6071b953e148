"""The export window: what is to be written, how much that is, how far it has come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLayout,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.history.export.presets import PRESETS, Preset
from desktop_app.core.history.export.request import Durations, Shape, Style
from desktop_app.gui.labels import label

_SHAPES = {
    Shape.CONVERSATION: "Contact",
    Shape.LEG: "Agent's part in a contact",
    Shape.SEGMENT: "Segment",
}
_DURATIONS = {
    Durations.CLOCK: "1:02:03",
    Durations.SECONDS: "Seconds",
    Durations.MILLISECONDS: "Milliseconds",
}
_WIDTH_PX = 408

T = TypeVar("T")
PERMILLE = 1000


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen. ``selected``: only the selected contacts; ``all_columns``: every one there
    is, else those of the table."""

    preset: Preset
    shape: Shape
    style: Style
    selected: bool
    all_columns: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """What there is to choose from: so many contacts and columns, in that zone."""

    shown: int
    selected: int
    columns: int
    every_column: int
    zone: str
    completeness: str
    complete: bool


class ExportPanel(QDialog):
    """Not modal: work goes on beside it. Closing it ends what it writes."""

    changed = Signal()  # the choice
    export_asked = Signal()
    cancel_asked = Signal()
    folder_asked = Signal()

    def __init__(self, offer: Offer, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("exportPanel")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Export contacts")
        self._offer = offer
        contacts = {False: f"All {offer.shown:,} that are shown"}
        if offer.selected > 1:
            contacts[True] = f"The {offer.selected:,} that are selected"
        self._contacts = _combo("exportContacts", contacts, self)
        self._contacts.setCurrentIndex(len(contacts) - 1)
        self._preset = _combo("exportFormat", {each: each.title for each in PRESETS}, self)
        self._shape = _combo("exportShape", _SHAPES, self)
        self._columns = _combo(
            "exportColumns",
            {
                False: f"The {offer.columns} columns of the table",
                True: f"All {offer.every_column} columns",
            },
            self,
        )
        self._durations = _combo("exportDurations", _DURATIONS, self)
        self._size = label("", "strong", name="exportSize")
        self._complete = label(
            f"{offer.completeness[:1].upper()}{offer.completeness[1:]}.",
            "muted" if offer.complete else "warn",
            name="exportComplete",
        )
        self._help = label("", "muted", name="exportHelp")
        self._start = QPushButton("Export …", self)
        self._start.setObjectName("exportStart")
        self._start.setProperty("kind", "primary")
        self._start.setDefault(True)
        self._bar = QProgressBar(self)
        self._bar.setObjectName("exportProgress")
        self._bar.setAccessibleName("Progress of the export")
        self._bar.setTextVisible(False)
        self._doing = label("", name="exportDoing")
        self._done = label("", name="exportDone")
        self._folder = QPushButton("Show in folder", self)
        self._folder.setObjectName("exportFolder")
        self._pages: list[QWidget] = []
        self._build()
        self._connect()
        self._on_changed()

    @property
    def choice(self) -> Choice:
        preset: Preset = self._preset.currentData()
        # Qt brings back bare texts.
        shape = Shape.CONVERSATION if preset.style.raw else Shape(self._shape.currentData())
        style = replace(preset.style, durations=Durations(self._durations.currentData()))
        return Choice(
            preset,
            shape,
            style,
            selected=bool(self._contacts.currentData()),
            all_columns=bool(self._columns.currentData()),
        )

    def show_size(self, rows: int, size_bytes: int) -> None:
        """What was told beforehand of the present choice."""
        unit = "row" if rows == 1 else "rows"
        self._size.setText(f"{rows:,} {unit}, about {size_text(size_bytes)}")
        self._start.setEnabled(rows > 0)

    def show_progress(self, share: float | None) -> None:
        """Something is being written; None while nobody knows how much of it is done."""
        self._show_page(1)
        self._bar.setRange(0, 0 if share is None else PERMILLE)
        self._bar.setValue(round((share or 0) * PERMILLE))
        self._doing.setText("Writing …" if share is None else f"Writing … {share:.0%}")

    def show_done(self, words: str) -> None:
        self._done.setText(words)
        self._show_page(2)
        self._folder.setFocus()

    def show_failed(self, sentence: str) -> None:
        """Back to the choice, which may be the mend."""
        self._show_page(0)
        self._size.setText(sentence)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.cancel_asked.emit()
        super().closeEvent(event)

    # ----------------------------------------------------------------------------------------------

    def _build(self) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(8)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for words, field in (
            ("Contacts", self._contacts),
            ("Format", self._preset),
            ("One row for each", self._shape),
            ("Columns", self._columns),
            ("Durations", self._durations),
        ):
            head = label(words, "muted", wrap=False)
            head.setBuddy(field)
            field.setAccessibleName(words)
            form.addRow(head, field)
        cancel, stop, close = (self._close_button(words) for words in ("Cancel", "Stop", "Close"))
        self._pages = [
            _page(form, self._size, self._complete, self._help, buttons=(cancel, self._start)),
            _page(self._doing, self._bar, buttons=(stop,)),
            _page(self._done, buttons=(self._folder, close)),
        ]
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSizeConstraint(QLayout.SizeConstraint.SetFixedSize)  # as large as the page is
        for page in self._pages:
            column.addWidget(page)
        self._show_page(0)

    def _show_page(self, place: int) -> None:
        for number, page in enumerate(self._pages):
            page.setVisible(number == place)

    def _close_button(self, words: str) -> QPushButton:
        button = QPushButton(words, self)
        button.setObjectName(f"export{words}")
        button.setAutoDefault(False)
        button.clicked.connect(self.close)
        return button

    def _connect(self) -> None:
        for field in (self._contacts, self._preset, self._shape, self._columns, self._durations):
            field.currentIndexChanged.connect(self._on_changed)
        self._start.clicked.connect(self.export_asked)
        self._folder.clicked.connect(self.folder_asked)

    def _on_changed(self) -> None:
        preset: Preset = self._preset.currentData()
        self._durations.setEnabled(preset.is_for_people)
        self._shape.setEnabled(not preset.style.raw)
        self._columns.setEnabled(not preset.style.raw)
        zone = f"Times are those of {self._offer.zone}. " if preset.is_for_people else ""
        self._help.setText(zone + preset.help)
        self._size.setText("Counting …")
        self._start.setEnabled(False)
        self.changed.emit()


def size_text(size_bytes: int) -> str:
    """ "640 bytes", "12 kB", "3.4 MB"."""
    if size_bytes < 1000:
        return f"{size_bytes} bytes"
    for unit, length in (("kB", 1e3), ("MB", 1e6), ("GB", 1e9)):
        if size_bytes < 1000 * length or unit == "GB":
            number = size_bytes / length
            return f"{number:.1f} {unit}" if number < 10 else f"{number:,.0f} {unit}"
    raise AssertionError  # the last unit takes everything


def _combo(name: str, entries: Mapping[T, str], parent: QWidget) -> QComboBox:
    combo = QComboBox(parent)
    combo.setObjectName(name)
    for value, words in entries.items():
        combo.addItem(words, value)
    return combo


def _page(*parts: QWidget | QFormLayout, buttons: Sequence[QPushButton]) -> QWidget:
    page = QWidget()
    page.setFixedWidth(_WIDTH_PX)
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(12)
    for part in parts:
        if isinstance(part, QWidget):
            column.addWidget(part)
        else:
            column.addLayout(part)
    row = QHBoxLayout()
    row.setSpacing(8)
    row.addStretch(1)
    for button in buttons:
        row.addWidget(button)
    column.addLayout(row)
    return page
