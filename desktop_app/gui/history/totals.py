"""Sums, means and medians of what is selected, or of all that is shown, for the status line."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_app.core.errors import ContactHistoryError
from desktop_app.core.history.clock import duration_text
from desktop_app.core.history.columns import Column, Kind, column
from desktop_app.core.history.query import Query
from desktop_app.core.history.reader import Numbers, Reader, Totals
from desktop_app.gui.tasks import Job, Tasks

QUIET_MS = 120  # while a selection is drawn out with the mouse
DEFAULT_KEY = "handle"
COUNTABLE = (Kind.DURATION, Kind.COUNT, Kind.NUMBER)


class SelectionTotals(QObject):
    """``told`` brings words for the status line; empty where there is nothing to add up."""

    told = Signal(str)

    def __init__(self, tasks: Tasks, reader: Reader, parent: QObject) -> None:
        """``reader`` is used on the lane beside the table's."""
        super().__init__(parent)
        self._tasks = tasks
        self._reader = reader
        self._of: Numbers | Query | None = None
        self._column = column(DEFAULT_KEY)
        self._job: Job | None = None
        self._pause = QTimer(self, singleShot=True, interval=QUIET_MS)
        self._pause.timeout.connect(self._read)

    @property
    def busy(self) -> bool:
        return self._job is not None or self._pause.isActive()

    def count(self, contacts: Numbers | Query | None, of: Column) -> None:
        """Add up a column over contacts, by number or all that a query finds; one that can't be
        added up gives way to handle time."""
        self._of = contacts
        self._column = of if of.kind in COUNTABLE else column(DEFAULT_KEY)
        self._pause.start()

    def close_reader(self) -> None:
        self._pause.stop()
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _read(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job = None
        contacts, of, reader = self._of, self._column, self._reader
        if contacts is None:
            self.told.emit("")
            return
        self._job = self._tasks.beside(
            lambda: (of, _totals(reader, contacts, of)), reader.interrupt
        )
        self._job.succeeded.connect(self._on_read)
        self._job.failed.connect(self._on_failed)

    def _on_read(self, found: tuple[Column, Totals]) -> None:
        self._job = None
        self.told.emit(totals_text(*found))

    def _on_failed(self, error: Exception) -> None:
        """The table meets the same failure and tells it."""
        self._job = None
        if not isinstance(error, ContactHistoryError):
            raise error


def _totals(reader: Reader, contacts: Numbers | Query, of: Column) -> Totals:
    if isinstance(contacts, Query):
        return reader.totals(contacts, [of.key])[of.key]
    return reader.totals_of(contacts, of.key)


def totals_text(of: Column, totals: Totals) -> str:
    """ "Σ Handle 312:44:09 · mean 4:58 · median 4:11"."""
    if not totals.count or totals.mean is None or totals.median is None:
        return ""
    if of.kind is Kind.DURATION:
        total, mean, median = (
            duration_text(round(value or 0)) for value in (totals.sum, totals.mean, totals.median)
        )
    else:
        total = f"{totals.sum or 0:,.0f}" if of.kind is Kind.COUNT else f"{totals.sum or 0:,.2f}"
        mean, median = f"{totals.mean:,.2f}", f"{totals.median:,.2f}"
    return f"Σ {of.title} {total} · mean {mean} · median {median}"
