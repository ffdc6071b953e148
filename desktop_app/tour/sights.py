"""What can be seen on the history screen: whether it stands still, and what a word of it is."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtWidgets import QApplication, QWidget

from desktop_app.core.history.columns import Kind
from desktop_app.gui.history.totals import SelectionTotals
from desktop_app.history_view import HistoryView
from desktop_app.tour.report import TourFailed

Part = TypeVar("Part", bound=QWidget)


def at_rest(view: HistoryView) -> bool:
    """Whether nothing is read from Genesys, nor any more from the store."""
    return (
        view.coverage is not None
        and not view.feed.running
        and not view.refreshing
        and not view.model.busy
    )


def all_painted(view: HistoryView) -> bool:
    """Whether the cells of all rows in sight are there."""
    first = max(0, view.table.rowAt(0))
    last = view.table.rowAt(view.table.viewport().height() - 1)
    last = view.model.rowCount() - 1 if last < 0 else last
    return not view.model.busy and all(
        view.model.formatted(row) is not None for row in range(first, last + 1)
    )


def all_counted(view: HistoryView) -> bool:
    """Whether the rows, the values beside them and the sums below are those of one filter."""
    sums = view.findChild(SelectionTotals)
    assert sums is not None
    return all_painted(view) and not view.facets.busy and not sums.busy


def part(parent: QWidget, kind: type[Part], name: str) -> Part:
    """A part of a screen by its name; raises TourFailed where there is none in sight."""
    found = parent.findChild(kind, name)
    if found is None or not found.isVisible():
        raise TourFailed(f"There is no {name} on the screen.")
    return found


def on_top(name: str) -> QWidget | None:
    """A dialog, a menu or a list that stands open over the window."""
    return next(
        (
            widget
            for widget in QApplication.topLevelWidgets()
            if widget.objectName() == name and widget.isVisible()
        ),
        None,
    )


def a_word(view: HistoryView) -> str:
    """A word of the first row, from a text column with names in it."""
    row = view.model.formatted(0)
    assert row is not None
    texts = dict(zip((column.key for column in view.model.columns), row.texts, strict=True))
    for column in sorted(view.model.columns, key=lambda column: column.key != "queues"):
        words = texts[column.key].split()
        if column.searchable and column.kind in (Kind.TEXT, Kind.LIST) and words:
            return words[0]
    raise TourFailed("The first row has no text to filter by.")
