"""Choosing a region of Genesys Cloud: a list that is searched while typing."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QCompleter, QWidget

from desktop_app.core.signin.regions import Region

# As the style sheet has it for the lists of combo boxes, which a completer's list isn't.
_POPUP = """
QListView { border: 1px solid palette(mid); outline: none; }
QListView::item { min-height: 27px; padding: 0 4px; }
QListView::item:selected { background: palette(highlight); color: palette(highlighted-text); }
"""


def region_words(region: Region) -> str:
    """Its name, code and domain, so that each can be searched for."""
    return f"{region.label} · {_code(region.key)} · {region.domain}"


def _code(text: str) -> str:
    return text.replace("_", "-")


class _RegionCompleter(QCompleter):
    """Finds what holds the typed text anywhere; codes may be written with underscores."""

    def splitPath(self, path: str) -> list[str]:
        return [_code(path.strip())]


class RegionPicker(QComboBox):
    """``edited`` tells of every change; ``region`` is None while the text names none."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._regions: list[Region] = []
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        completer = _RegionCompleter(self.model(), self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        self.setCompleter(completer)
        popup, edit = completer.popup(), self.lineEdit()
        assert popup is not None and edit is not None
        popup.setObjectName("setupRegionList")
        popup.setStyleSheet(_POPUP)
        edit.setPlaceholderText("Search by name, code or domain")
        edit.editingFinished.connect(self._settle)
        self.currentTextChanged.connect(self.edited)

    @property
    def region(self) -> Region | None:
        index = self.findText(self.currentText().strip(), Qt.MatchFlag.MatchFixedString)
        return self._regions[index] if index >= 0 else None

    def set_regions(self, regions: Sequence[Region]) -> None:
        chosen = self.region
        self._regions = list(regions)
        self.clear()
        for region in self._regions:
            self.addItem(region_words(region))
        self.choose(chosen)

    def choose(self, region: Region | None) -> None:
        index = self._regions.index(region) if region in self._regions else -1
        self.setCurrentIndex(index)
        if index < 0:
            self.clearEditText()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The page is scrolled over it: a region is never changed by that."""
        event.ignore()

    def _settle(self) -> None:
        """Text that fits one region alone becomes that region when the field is left."""
        typed = _code(self.currentText().strip()).casefold()
        fits = [region for region in self._regions if typed in region_words(region).casefold()]
        if typed and len(fits) == 1:
            self.choose(fits[0])
