"""The table of contacts: painting, copying, and staying in place while rows stream in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QSignalBlocker,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QAction,
    QCursor,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QMenu,
    QTableView,
    QWidget,
)

from desktop_app.core.history.columns import Column, Kind, Value, column
from desktop_app.core.history.reader import Numbers
from desktop_app.gui.history.cell_delegate import CellDelegate
from desktop_app.gui.history.header import PADDING, Header
from desktop_app.gui.history.history_model import HistoryModel
from desktop_app.gui.history.row_painter import RowPainter, sections_in
from desktop_app.gui.theme import ROW_PX, Theme

MAX_COPIED_ROWS = 100_000
PINNED = ("start", "outcome")  # always shown

# Numbers are never elided: their columns fit the widest in the font that the system has.
_WIDEST = {Kind.INSTANT: "28 Aug 2028 00:00:00", Kind.DURATION: "888:00:00"}


class HistoryTable(QTableView):
    """Rows of contacts. ``chosen`` tells the number of the current contact, or None."""

    chosen = Signal(object)
    opened = Signal(int)  # Enter or a double click
    peeked = Signal()  # Space
    copied = Signal(int)  # how many rows stand on the clipboard
    value_chosen = Signal(
        str, object, bool
    )  # a column's key, a cell's value, whether to exclude it
    columns_asked = Signal()
    columns_changed = Signal()  # others are shown, or one was moved or drawn wider
    selection_settled = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._copied_titles: list[str] = []
        self._widths: dict[str, int] = {}  # of the columns that the person has drawn
        self._is_arranging = False
        self._choosing = ("", False)
        self.setObjectName("historyTable")
        self.setAccessibleName("Contacts")
        self.setItemDelegate(CellDelegate(self))
        self._painter = RowPainter(theme)
        # Then scrolling moves the rows on the screen and paints only those that come into sight.
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setSortingEnabled(False)
        self.setCornerButtonEnabled(False)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(ROW_PX)
        self._header = header = Header(theme, self)
        self.setHorizontalHeader(header)
        header.customContextMenuRequested.connect(self._on_header_menu)
        header.sortIndicatorChanged.connect(self._on_sort_asked)
        header.sectionMoved.connect(self._on_section_moved)
        header.sectionResized.connect(self._on_section_resized)
        self.doubleClicked.connect(self._on_double_clicked)
        self._add_copy("Copy rows", "Ctrl+C", self.copy_rows)
        self._add_copy("Copy rows with headers", "Ctrl+Shift+C", self.copy_rows_with_headers)
        self._add_copy("Copy conversation IDs", "Ctrl+Shift+I", self.copy_ids)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def show_model(self, model: HistoryModel) -> None:
        """Show a model; its default order's arrow stands on the sorted column."""
        self.setModel(model)
        self.selectionModel().currentRowChanged.connect(self._on_current_changed)
        self.selectionModel().selectionChanged.connect(self._on_selection_changed)
        model.modelReset.connect(self._on_model_reset)
        model.query_shown.connect(self.scrollToTop)
        self._on_model_reset()

    def history(self) -> HistoryModel:
        model = self.model()
        assert isinstance(model, HistoryModel)
        return model

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
        if plain and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            number = self.history().number(self.currentIndex().row())
            if number is not None:
                self.opened.emit(number)
            return
        if plain and event.key() == Qt.Key.Key_Space:
            self.peeked.emit()
            return
        if plain and event.key() in (Qt.Key.Key_J, Qt.Key.Key_K):
            self._step(1 if event.key() == Qt.Key.Key_J else -1)
            return
        super().keyPressEvent(event)

    # --- painting -----------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """All rows in one loop: Qt's own way asks for each cell, which takes twice as long."""
        area, model, header = event.rect(), self.model(), self.horizontalHeader()
        height = self.verticalHeader().defaultSectionSize()
        selection, hovered = self.selectionModel(), self._hovered_row()
        first, last = self.rowAt(area.top()), self.rowAt(area.bottom())
        with QPainter(self.viewport()) as painter:
            self._painter.clear(painter, area)
            if not isinstance(model, HistoryModel) or first < 0:
                return
            # The details show the current row, which Qt chooses with the focus and doesn't select.
            alone = -1 if selection.hasSelection() else self.currentIndex().row()
            sections = sections_in(header, model.columns, area.left(), area.right())
            self._painter.begin(painter, sections)
            for row in range(first, (last if last >= 0 else model.rowCount() - 1) + 1):
                self._painter.row(
                    model.formatted(row),
                    self.rowViewportPosition(row),
                    height,
                    selected=row == alone or selection.isSelected(model.index(row, 0)),
                    hovered=row == hovered,
                )

    def _hovered_row(self) -> int:
        viewport = self.viewport()
        if not viewport.underMouse():
            return -1
        return self.rowAt(viewport.mapFromGlobal(QCursor.pos()).y())

    # --- copying ------------------------------------------------------------------------------

    def copy_rows(self) -> None:
        """The selected rows as tab-separated text, as they are shown."""
        self._copy(self.shown_keys(), titles=False)

    def copy_rows_with_headers(self) -> None:
        self._copy(self.shown_keys(), titles=True)

    def copy_ids(self) -> None:
        """The selected contacts' conversation ids, one a line."""
        self._copy(["conversation_id"], titles=False)

    def _copy(self, keys: list[str], *, titles: bool) -> None:
        rows = self._selected_rows()
        if not len(rows):
            return
        job = self.history().read_texts(rows[:MAX_COPIED_ROWS].tolist(), keys)
        titles_of = self.history().title_of
        self._copied_titles = [titles_of(column(key)) for key in keys] if titles else []
        job.succeeded.connect(self._on_texts_read)

    def _on_texts_read(self, rows: list[tuple[str, ...]]) -> None:
        lines = [self._copied_titles, *rows] if self._copied_titles else list(rows)
        QGuiApplication.clipboard().setText("\n".join(map(_tab_separated, lines)))
        self.copied.emit(len(rows))

    def _add_copy(self, title: str, keys: str, run: Callable[[], None]) -> None:
        action = QAction(title, self, shortcut=QKeySequence(keys))
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(run)
        self.addAction(action)

    # --- what is selected ---------------------------------------------------------------------

    def selected_numbers(self) -> Numbers:
        """The store's numbers of the selected contacts, in the table's order."""
        return self.history().numbers[self._selected_rows()]

    def current_column(self) -> Column:
        """The column in which the person stands; the first if in none."""
        columns = self.history().columns
        return columns[max(0, min(self.currentIndex().column(), len(columns) - 1))]

    def _selected_rows(self) -> Numbers:
        """By ranges: a million selected rows are one, and no million of indexes."""
        chosen = self.selectionModel().selection()
        parts = [chosen.at(place) for place in range(chosen.count())]
        ranges = [np.arange(part.top(), part.bottom() + 1, dtype=np.int64) for part in parts]
        return np.unique(np.concatenate(ranges)) if ranges else np.empty(0, dtype=np.int64)

    def _on_selection_changed(self) -> None:
        self.selection_settled.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """With Alt a cell's value becomes a filter; with Shift too it is left out."""
        index = self.indexAt(event.position().toPoint())
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if alt and event.button() == Qt.MouseButton.LeftButton and index.isValid():
            self._choose_value(index, bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
            return
        super().mousePressEvent(event)

    def _choose_value(self, index: QModelIndex, exclude: bool) -> None:
        key = self.history().columns[index.column()].key
        job = self.history().read_value(index.row(), key)
        self._choosing = (key, exclude)
        job.succeeded.connect(self._on_value_read)

    def _on_value_read(self, value: Value) -> None:
        key, exclude = self._choosing
        values = value or (None,) if isinstance(value, tuple) else (value,)
        for each in values:
            self.value_chosen.emit(key, each, exclude)

    # --- columns and sorting ------------------------------------------------------------------

    def shown_keys(self) -> list[str]:
        """The keys of the columns, as they stand."""
        header, columns = self.horizontalHeader(), self.history().columns
        return [columns[header.logicalIndex(visual)].key for visual in range(len(columns))]

    @property
    def widths(self) -> dict[str, int]:
        """Of the columns that the person has drawn wider or narrower, in pixels by key."""
        return dict(self._widths)

    def set_widths(self, widths: Mapping[str, int]) -> None:
        """As they were drawn another time."""
        self._widths = dict(widths)
        self._arrange()

    def _on_header_menu(self, where: QPoint) -> None:
        section = self.horizontalHeader().logicalIndexAt(where)
        menu = QMenu(self)
        menu.setObjectName("headerMenu")
        if 0 <= section < len(self.history().columns):
            shown = self.history().columns[section]
            hide = menu.addAction(f"Hide “{self.history().title_of(shown)}”")
            hide.setEnabled(shown.key not in PINNED)
            hide.setData(shown.key)
            hide.triggered.connect(self._on_hide_asked)
        choose = menu.addAction("Columns …")
        choose.triggered.connect(self.columns_asked)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.horizontalHeader().mapToGlobal(where))

    def _on_hide_asked(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self.history().show_columns([key for key in self.shown_keys() if key != action.data()])

    def _on_sort_asked(self, section: int, order: Qt.SortOrder) -> None:
        self.history().sort(section, order)

    def show_sort(self) -> None:
        """Put the header's arrow where the query sorts, without asking for a sort again."""
        query = self.history().query
        keys = [column.key for column in self.history().columns]
        header = self.horizontalHeader()
        if query is None or query.sort not in keys:
            return
        order = Qt.SortOrder.DescendingOrder if query.descending else Qt.SortOrder.AscendingOrder
        with QSignalBlocker(header):
            header.setSortIndicator(keys.index(query.sort), order)

    def _on_model_reset(self) -> None:
        self._arrange()
        self.show_sort()
        self.columns_changed.emit()

    def _arrange(self) -> None:
        """Columns in the model's order, each as wide as was drawn or as it needs."""
        header, columns = self.horizontalHeader(), self.history().columns
        self._is_arranging = True
        for section, shown in enumerate(columns):
            header.moveSection(header.visualIndex(section), section)
            self.setColumnWidth(section, self._widths.get(shown.key) or self._needed_width(shown))
        self._is_arranging = False

    def _needed_width(self, shown: Column) -> int:
        widest = self.fontMetrics().horizontalAdvance(_WIDEST.get(shown.kind, ""))
        title = self._header.title_width(self.history().title_of(shown))
        return max(shown.width, widest + 2 * PADDING + 2, title)

    def _on_section_moved(self) -> None:
        if not self._is_arranging:
            self.columns_changed.emit()

    def _on_section_resized(self, section: int, _before: int, width: int) -> None:
        columns = self.history().columns
        if not self._is_arranging and width and section < len(columns):
            self._widths[columns[section].key] = width
            self.columns_changed.emit()

    # --- moving -------------------------------------------------------------------------------

    def rowsAboutToBeRemoved(
        self, parent: QModelIndex | QPersistentModelIndex, start: int, end: int
    ) -> None:
        """Qt would make a neighbour current, and scroll there: better none than a wrong one."""
        if start <= self.currentIndex().row() <= end:
            self.setCurrentIndex(QModelIndex())
        super().rowsAboutToBeRemoved(parent, start, end)

    def _step(self, rows: int) -> None:
        row = max(0, min(self.model().rowCount() - 1, self.currentIndex().row() + rows))
        self.setCurrentIndex(self.model().index(row, max(0, self.currentIndex().column())))

    def _on_current_changed(self, current: QModelIndex) -> None:
        self.viewport().update()  # whole rows; Qt means the cells only
        self.chosen.emit(self.history().number(current.row()) if current.isValid() else None)

    def _on_double_clicked(self, index: QModelIndex) -> None:
        number = self.history().number(index.row())
        if number is not None:
            self.opened.emit(number)


def _tab_separated(cells: Sequence[str]) -> str:
    return "\t".join(map(_one_line, cells))


def _one_line(text: str) -> str:
    """A cell must not break the rows and columns that it is pasted into."""
    return text.replace("\t", " ").replace("\r", " ").replace("\n", " ")
