"""The table's model: an order of a million contacts, and the cells of those in sight.

The order is an array of numbers, read once per query; its first rows come before the rest, with
their cells, because that takes a fraction of the time.  Cells are read in windows around what
is looked at, formatted on the way, and kept in an LRU; until they arrive a cell is empty.
``data`` answers from memory and never waits.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)

from desktop_app.core.errors import ContactHistoryError
from desktop_app.core.history.clock import Clock
from desktop_app.core.history.columns import Column, Value, column, read
from desktop_app.core.history.query import Query
from desktop_app.core.history.reader import Numbers, Reader
from desktop_app.gui.history.heads import Title, alignment, title
from desktop_app.gui.history.reordering import Reordering, reorder
from desktop_app.gui.history.row_reading import (
    CellText,
    FirstRows,
    FormattedRow,
    read_first,
    read_rows,
    read_texts,
    read_value,
)
from desktop_app.gui.tasks import Job, Tasks

FIRST_ROWS = 200  # more than a tall screen shows
MARGIN = 120  # rows read before and after those looked at, so that scrolling meets them
KEPT_ROWS = 6_000  # formatted rows in memory; about 1 kB each

Index = QModelIndex | QPersistentModelIndex
Reading = Callable[[Column, Value, Clock], str]  # a cell as it is shown

CHANGED = "Genesys has changed this contact since you last looked"


class HistoryModel(QAbstractTableModel):
    """Shows what a query finds in the store.

    Every text of a cell that leaves the model, to be painted, copied or read aloud, was made by
    ``reading``, of a head by ``title_of``; sorting and filtering work on what is stored.
    """

    query_shown = Signal()  # another query's rows stand in place
    order_changed = Signal()  # rows were counted anew; ``rowCount`` is up to date
    failed = Signal(ContactHistoryError)

    def __init__(
        self,
        tasks: Tasks,
        new_reader: Callable[[], Reader],
        clock: Clock,
        keys: Sequence[str],
        parent: QObject | None = None,
        *,
        reading: Reading = read,
        title_of: Title = title,
    ) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._order_reader = new_reader()
        self._window_reader = new_reader()
        self._clock = clock
        self._reading = reading
        self._cell_text = _at(reading, clock)
        self.title_of = title_of
        self._columns: list[Column] = [column(key) for key in keys]
        self._query: Query | None = None
        self._order: Numbers = np.empty(0, dtype=np.int64)
        self._rows: OrderedDict[int, FormattedRow] = OrderedDict()
        self._stale: set[int] = set()
        self._wanted: tuple[int, int] | None = None
        self._order_job: Job | None = None
        self._shown_query: Query | None = None
        self._order_again = False
        self._window_job: Job | None = None
        self._window_timer = QTimer(self, singleShot=True, interval=0)
        self._window_timer.timeout.connect(self._read_window)

    # --- what is shown ------------------------------------------------------------------------

    @property
    def query(self) -> Query | None:
        return self._query

    @property
    def columns(self) -> list[Column]:
        return self._columns

    @property
    def clock(self) -> Clock:
        return self._clock

    @property
    def busy(self) -> bool:
        """Whether an order or cells are still being read."""
        return (
            self._order_job is not None
            or self._window_job is not None
            or (self._window_timer.isActive())
        )

    def show(self, query: Query) -> None:
        """Show another query; its order replaces the present one when it has been read."""
        self._query = query
        self._order_again = False
        if self._order_job is not None:
            self._order_job.cancel()
        self._read_first()

    def refresh(self) -> None:
        """The store has changed: read the order and the cells in sight again.

        Calls that come while an order is read are answered by one more reading after it.
        """
        if self._query is None:
            return
        if self._order_job is not None:
            self._order_again = True
        else:
            self._read_order()

    def show_columns(self, keys: Sequence[str]) -> None:
        self.beginResetModel()
        self._columns = [column(key) for key in keys]
        self._forget_rows()
        self.endResetModel()

    def set_clock(self, clock: Clock) -> None:
        """Show instants in another time zone."""
        self._clock = clock
        self._cell_text = _at(self._reading, clock)
        self._forget_rows()
        self._all_changed()

    @property
    def numbers(self) -> Numbers:
        """The store's numbers of all contacts, in the table's order; not to be changed."""
        return self._order

    def number(self, row: int) -> int | None:
        """The store's number of the contact in a row."""
        return int(self._order[row]) if 0 <= row < len(self._order) else None

    def formatted(self, row: int) -> FormattedRow | None:
        """What to paint in a row; None while it is read, and asks for it."""
        number = int(self._order[row])
        found = self._rows.get(number)
        if found is None or number in self._stale:
            self._want(row)
        return found

    def reread(self, number: int) -> None:
        """Something of one contact is otherwise by now: read its cells again if it is shown."""
        self._stale.add(number)
        self._all_changed()

    def read_texts(self, rows: Sequence[int], keys: Sequence[str]) -> Job:
        """Read cells of rows, in sight or not, as they would be shown: list of tuples of text."""
        numbers = [int(number) for number in self._order[list(rows)]]
        reader, columns = self._order_reader, [column(key) for key in keys]
        cell_text = self._cell_text
        return self._tasks.order(lambda: read_texts(reader, numbers, columns, cell_text))

    def read_value(self, row: int, key: str) -> Job:
        """Read a cell's value as it is stored, to filter by; None where the contact is gone."""
        number, reader = int(self._order[row]), self._order_reader
        return self._tasks.order(lambda: read_value(reader, number, key))

    def close(self) -> None:
        """Stop reading and let the connections go."""
        for job in (self._order_job, self._window_job):
            if job is not None:
                job.cancel()
        self._window_timer.stop()
        self._query = None

    # --- QAbstractTableModel ------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._order)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            row = self.formatted(index.row())
            return row.texts[index.column()] if row else ""
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            row = self.formatted(index.row())
            return CHANGED if row and row.changed else ""
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return alignment(self._columns[index.column()])
        return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self._columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.title_of(self._columns[section])
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._columns[section].help
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return alignment(self._columns[section])
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        if self._query is None or not 0 <= column < len(self._columns):
            return
        descending = order == Qt.SortOrder.DescendingOrder
        wanted = replace(self._query, sort=self._columns[column].key, descending=descending)
        if wanted != self._query:
            self.show(wanted)

    # --- the order ----------------------------------------------------------------------------

    def _read_first(self) -> None:
        """Read the first rows of a new query, and then all of its order."""
        query, reader, before = self._query, self._order_reader, self._order
        if query is None:
            return
        columns, cell_text = self._columns, self._cell_text
        job = self._start_order_job(
            lambda: read_first(reader, query, before, columns, cell_text, FIRST_ROWS)
        )
        job.succeeded.connect(self._on_first_read)

    def _read_order(self) -> None:
        query, reader, before = self._query, self._order_reader, self._order
        if query is None:
            return
        self._order_again = False
        job = self._start_order_job(lambda: reorder(before, reader.order(query)))
        job.succeeded.connect(self._on_order_read)

    def _start_order_job(self, work: Callable[[], object]) -> Job:
        self._order_job = job = self._tasks.order(work, self._order_reader.interrupt)
        job.failed.connect(self._on_failed)
        job.ended.connect(self._on_order_ended)
        return job

    def _on_first_read(self, found: FirstRows) -> None:
        if found.columns is self._columns and found.cell_text is self._cell_text:
            self._keep(found.rows)
        self._order_again = True
        self._put_in_place(found.change)

    def _on_order_read(self, change: Reordering | None) -> None:
        self._stale = set(self._rows)
        self._put_in_place(change)
        if self._shown_query != self._query:
            self._shown_query = self._query
            self.query_shown.emit()
        self.order_changed.emit()

    def _on_order_ended(self) -> None:
        if self.sender() is not self._order_job:
            return
        self._order_job = None
        if self._order_again:
            self._read_order()

    def _put_in_place(self, change: Reordering | None) -> None:
        if change is None:
            self._all_changed()
        else:
            self._rearrange(change)

    def _rearrange(self, change: Reordering) -> None:
        """Put another order in place; selection and current contact follow."""
        before, kept = len(self._order), len(change.order)
        if len(change.joined) > before:
            self.beginInsertRows(QModelIndex(), before, len(change.joined) - 1)
            self._order = change.joined
            self.endInsertRows()
        self.layoutAboutToBeChanged.emit()
        indexes = self.persistentIndexList()
        places = change.places([index.row() for index in indexes])
        self._order = change.settled
        moved = [
            self.index(row, index.column()) for index, row in zip(indexes, places, strict=True)
        ]
        self.changePersistentIndexList(indexes, moved)
        self.layoutChanged.emit()
        if len(change.settled) > kept:
            self.beginRemoveRows(QModelIndex(), kept, len(change.settled) - 1)
            self._order = change.order
            self.endRemoveRows()

    # --- the cells ----------------------------------------------------------------------------

    def _want(self, row: int) -> None:
        first, last = self._wanted or (row, row)
        if not first - MARGIN <= row <= last + MARGIN:
            first = last = row  # scrolled far: what was wanted before is out of sight
        self._wanted = (min(first, row), max(last, row))
        if not self._window_timer.isActive() and self._window_job is None:
            self._window_timer.start()

    def _read_window(self) -> None:
        if self._wanted is None or self._window_job is not None:
            return
        first, last = self._wanted
        self._wanted = None
        around = self._order[max(0, first - MARGIN) : last + MARGIN + 1][: KEPT_ROWS // 2]
        numbers = [
            number
            for number in around.tolist()
            if number not in self._rows or number in self._stale
        ]
        if not numbers:
            return
        reader, columns = self._window_reader, list(self._columns)
        cell_text = self._cell_text
        self._window_job = self._tasks.window(
            lambda: read_rows(reader, numbers, columns, cell_text)
        )
        self._window_job.succeeded.connect(self._on_window_read)
        self._window_job.failed.connect(self._on_failed)
        self._window_job.ended.connect(self._on_window_ended)

    def _on_window_read(self, rows: dict[int, FormattedRow]) -> None:
        self._keep(rows)
        self._all_changed()

    def _keep(self, rows: dict[int, FormattedRow]) -> None:
        for number, row in rows.items():
            self._rows[number] = row
            self._rows.move_to_end(number)
        self._stale.difference_update(rows)
        while len(self._rows) > KEPT_ROWS:
            number, _ = self._rows.popitem(last=False)
            self._stale.discard(number)

    def _on_window_ended(self) -> None:
        if self.sender() is not self._window_job:
            return
        self._window_job = None
        if self._wanted is not None:
            self._window_timer.start()

    def _forget_rows(self) -> None:
        if self._window_job is not None:
            self._window_job.cancel()
        self._rows.clear()
        self._stale.clear()

    def _all_changed(self) -> None:
        """Repaint what is in sight; the view asks for no other cell."""
        if len(self._order):
            last = self.index(len(self._order) - 1, len(self._columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def _on_failed(self, error: Exception) -> None:
        if isinstance(error, ContactHistoryError):
            self.failed.emit(error)
        else:
            raise error


def _at(reading: Reading, clock: Clock) -> CellText:
    return lambda column, value: reading(column, value, clock)
