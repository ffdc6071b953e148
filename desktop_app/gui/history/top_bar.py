"""The bar over the table: the range, the filter, and what can be shown beside the table."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QToolButton, QWidget

from desktop_app.core.history.clock import Clock
from desktop_app.gui.assets import Icon
from desktop_app.gui.history.filter_bar import FilterBar, Suggest
from desktop_app.gui.history.range_picker import RangePicker
from desktop_app.gui.theme import Theme


class TopBar(QFrame):
    def __init__(
        self, theme: Theme, clock: Clock, suggest: Suggest, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("filterBar")
        self._theme = theme
        self.facets = self._toggle("toggleFacets", "Values", "Show or hide the values (F4)")
        self.picker = RangePicker(clock, self)
        self.filter = FilterBar(theme, suggest, self)
        self.columns = self._button("columns", "Columns", "Choose the columns (Ctrl+Shift+L)")
        self.export = self._button("export", "Export", "Write what is shown into a file (Ctrl+E)")
        self.refresh = self._button(
            "refresh", "Refresh", "Read this range from Genesys Cloud again (Ctrl+R)"
        )
        self.details = self._toggle("toggleDetails", "Details", "Show or hide the details (Space)")
        theme.dress(self.facets, Icon.PANEL_LEFT)
        theme.dress(self.columns, Icon.COLUMNS)
        theme.dress(self.export, Icon.EXPORT)
        theme.dress(self.refresh, Icon.REFRESH)
        theme.dress(self.details, Icon.PANEL_RIGHT)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(8)
        top = Qt.AlignmentFlag.AlignTop  # the filter may grow by a line
        row.addWidget(self.facets, 0, top)
        row.addWidget(self.picker, 0, top)
        row.addWidget(self.filter, 1)
        for widget in (self.columns, self.export, self.refresh, self.details):
            row.addWidget(widget, 0, top)

    def _button(self, name: str, words: str, tip: str) -> QPushButton:
        button = QPushButton(words, self)
        button.setObjectName(name)
        button.setToolTip(tip)
        return button

    def _toggle(self, name: str, words: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(name)
        button.setAccessibleName(words)
        button.setToolTip(tip)
        button.setCheckable(True)
        button.setChecked(True)
        return button
