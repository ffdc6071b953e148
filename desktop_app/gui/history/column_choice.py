"""Opens the list of columns, and gives the table those that are chosen."""

from __future__ import annotations

from PySide6.QtCore import QObject

from desktop_app.core.history.columns import COLUMNS
from desktop_app.core.history.reader import Facet, Reader
from desktop_app.gui.history.column_chooser import ColumnChooser
from desktop_app.gui.history.table import PINNED, HistoryTable
from desktop_app.gui.tasks import Tasks

MOST_ATTRIBUTES = 500
_PLACES = {column.key: place for place, column in enumerate(COLUMNS)}


class ColumnChoice(QObject):
    def __init__(self, tasks: Tasks, reader: Reader, table: HistoryTable, parent: QObject) -> None:
        """``reader`` is used on the lane beside the table's."""
        super().__init__(parent)
        self._tasks = tasks
        self._reader = reader
        self._table = table
        self._dialog: ColumnChooser | None = None

    def show(self) -> None:
        """Open the list once the attributes that the store knows have been asked for."""
        if self._dialog is not None:
            self._dialog.activateWindow()
            return
        reader = self._reader
        job = self._tasks.beside(
            lambda: reader.attribute_keys("", MOST_ATTRIBUTES), reader.interrupt
        )
        job.succeeded.connect(self._on_attributes_known)

    def _on_attributes_known(self, attributes: list[Facet]) -> None:
        if self._dialog is not None:
            return
        model = self._table.history()
        shown = [column.key for column in model.columns]
        keys = [str(attribute.value) for attribute in attributes]
        self._dialog = ColumnChooser(
            shown, keys, PINNED, self._table.window(), title_of=model.title_of
        )
        self._dialog.chosen.connect(self._on_chosen)
        self._dialog.destroyed.connect(self._on_closed)
        self._dialog.show()

    def _on_chosen(self, keys: list[str]) -> None:
        """A column that comes in stands where the registry has it, as far as the others do."""
        kept = [key for key in self._table.shown_keys() if key in keys]
        for key in keys:
            if key not in kept:
                kept.insert(_place(kept, key), key)
        self._table.history().show_columns(kept)

    def _on_closed(self) -> None:
        self._dialog = None


def _place(shown: list[str], key: str) -> int:
    """Before the first column that the registry has later; attributes stand at the end."""
    wanted = _PLACES.get(key, len(_PLACES))
    later = (at for at, each in enumerate(shown) if _PLACES.get(each, len(_PLACES)) > wanted)
    return next(later, len(shown))
