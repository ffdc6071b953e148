"""Follows how the person arranges the history screen, so that it can be kept."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QSplitter

from desktop_app.gui.history.layout import Layout
from desktop_app.gui.history.table import HistoryTable
from desktop_app.gui.history.top_bar import TopBar

QUIET_MS = 400  # while something is drawn with the mouse


class Arrangement(QObject):
    """``changed`` brings the Layout when the person has made it another one."""

    changed = Signal(object)

    def __init__(
        self,
        layout: Layout,
        table: HistoryTable,
        bar: TopBar,
        parts: QSplitter,
        details: QSplitter,
        parent: QObject,
    ) -> None:
        """Puts everything where ``layout`` has it, save the columns themselves, which the
        table's model was made with. ``parts`` are the values, the table and the details."""
        super().__init__(parent)
        self._layout = layout
        self._table, self._bar, self._parts, self._details = table, bar, parts, details
        self._pause = QTimer(self, singleShot=True, interval=QUIET_MS)
        self._pause.timeout.connect(self.settle)
        parts.setSizes(list(layout.sizes))
        details.setSizes(list(layout.details_sizes))
        table.set_widths(layout.widths)
        bar.facets.setChecked(layout.shows_values)
        bar.details.setChecked(layout.shows_details)
        for signal in (
            table.columns_changed,
            table.history().query_shown,
            bar.facets.toggled,
            bar.details.toggled,
            parts.splitterMoved,
            details.splitterMoved,
        ):
            signal.connect(self._pause.start)

    @property
    def layout(self) -> Layout:
        """As everything stands now."""
        query = self._table.history().query
        before = self._layout
        return Layout(
            columns=tuple(self._table.shown_keys()),
            widths=self._table.widths,
            sort=query.sort if query else before.sort,
            descending=query.descending if query else before.descending,
            shows_values=self._bar.facets.isChecked(),
            shows_details=self._bar.details.isChecked(),
            sizes=_sizes(self._parts, before.sizes),
            details_sizes=_sizes(self._details, before.details_sizes),
        )

    def settle(self) -> None:
        """Tell now what is still to be told."""
        self._pause.stop()
        layout = self.layout
        if layout != self._layout:
            self._layout = layout
            self.changed.emit(layout)


def _sizes(splitter: QSplitter, before: Sequence[int]) -> tuple[int, ...]:
    """A part that is hidden, or not laid out yet, keeps the size that it had."""
    now = splitter.sizes()
    return tuple(size or kept for size, kept in zip(now, before, strict=True))
