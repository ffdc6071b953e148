"""The facet rail: the commonest values of some columns with their counts, one click from a filter.

Counts are those of the contacts that are shown, save that a column's own conditions don't
narrow its own list: beside the chosen queue the others stay in sight.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QToolButton,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.errors import ContactHistoryError
from desktop_app.core.history.clock import Clock
from desktop_app.core.history.columns import COLUMNS, Column, Kind, Value, column
from desktop_app.core.history.filters import without_field
from desktop_app.core.history.masking import holds_numbers
from desktop_app.core.history.query import Query
from desktop_app.core.history.reader import Reader
from desktop_app.gui.assets import Icon
from desktop_app.gui.history.facet_delegate import FacetDelegate
from desktop_app.gui.history.facet_model import EMPTY, FacetModel, FacetValue
from desktop_app.gui.tasks import Job, Tasks
from desktop_app.gui.theme import Theme

Reading = Callable[[Column, Value, Clock], str]

DEFAULT_KEYS = ("outcome_group", "queues", "agents", "media", "wrapup")
SHOWN = 8  # values of each column; a search shows more
FOUND = 50
QUIET_MS = 200  # typing in the search box is waited for this long

_LISTED = (Kind.TEXT, Kind.LIST, Kind.FLAG)


class FacetRail(QFrame):
    """``chosen`` brings a column's key, a value or None for "empty", and whether to exclude it."""

    chosen = Signal(str, object, bool)

    def __init__(
        self,
        tasks: Tasks,
        reader: Reader,
        clock: Clock,
        theme: Theme,
        parent: QWidget | None = None,
        *,
        reading: Reading,
        hidden: bool = False,
    ) -> None:
        """``reader`` is used on the lane beside the table's. ``hidden``: customers' numbers are
        not to be seen, so their columns aren't offered."""
        super().__init__(parent)
        self.setObjectName("facetRail")
        self.setProperty("role", "surface")
        self._tasks = tasks
        self._reader = reader
        self._clock = clock
        self._reading = reading
        self._offered = [
            each
            for each in COLUMNS
            if each.kind in _LISTED and not (hidden and holds_numbers(each.key))
        ]
        self._query: Query | None = None
        self._job: Job | None = None
        self._again = False
        self._model = FacetModel(self)
        self._pause = QTimer(self, singleShot=True, interval=QUIET_MS)
        self._pause.timeout.connect(self._read)
        self._search = QLineEdit(self)
        self._tree = _FacetTree(self)
        self._more = QToolButton(self)
        self._build(theme)
        self.show_columns(DEFAULT_KEYS)

    def _build(self, theme: Theme) -> None:
        self._search.setObjectName("facetSearch")
        self._search.setAccessibleName("Find a value")
        self._search.setPlaceholderText("Find a value …")
        self._search.setClearButtonEnabled(True)
        self._search.textChanged.connect(self._pause.start)
        self._more.setObjectName("facetColumns")
        self._more.setText("More columns …")
        self._more.setToolTip("Choose the columns whose values are listed here")
        self._more.clicked.connect(self._on_more)
        self._tree.setObjectName("facets")
        self._tree.setAccessibleName("Values and how many contacts have them")
        self._tree.setModel(self._model)
        self._tree.setItemDelegate(FacetDelegate(theme, self._tree))
        self._tree.picked.connect(self._on_picked)
        self._tree.customContextMenuRequested.connect(self._on_menu)
        theme.dress(self._more, Icon.CHEVRON_DOWN, "muted")
        self._more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        column_ = QVBoxLayout(self)
        column_.setContentsMargins(8, 8, 0, 8)
        column_.setSpacing(8)
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 8, 0)
        head.addWidget(self._search)
        column_.addLayout(head)
        column_.addWidget(self._tree, 1)
        column_.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)

    # --- what the screen asks for -------------------------------------------------------------

    @property
    def busy(self) -> bool:
        return self._job is not None or self._pause.isActive()

    @property
    def keys(self) -> Sequence[str]:
        return self._model.keys

    def show_query(self, query: Query | None) -> None:
        """Count anew: for another query, or because the store holds more than before."""
        self._query = query
        if self._job is not None and query is not None:
            self._again = True
            return
        self._read()

    def show_columns(self, keys: Sequence[str]) -> None:
        self._model.show_groups(keys)
        self._tree.expandAll()
        self._read()

    def set_clock(self, clock: Clock) -> None:
        self._clock = clock

    def close_reader(self) -> None:
        """Stop counting."""
        self._pause.stop()
        self._query = None
        if self._job is not None:
            self._job.cancel()
            self._job = None

    # --- counting -----------------------------------------------------------------------------

    def _read(self) -> None:
        self._again = False
        query = self._query
        if query is None or self.isHidden():
            return
        if self._job is not None:
            self._job.cancel()
        reader, keys, search = self._reader, tuple(self._model.keys), self._search.text().strip()
        texts = {key: without_field(query.text, key) for key in keys}
        reading, clock = self._reading, self._clock
        self._job = self._tasks.beside(
            lambda: _counted(reader, query, texts, search, reading, clock), reader.interrupt
        )
        self._job.succeeded.connect(self._model.show_values)
        self._job.failed.connect(self._on_failed)
        self._job.ended.connect(self._on_ended)

    def _on_failed(self, error: Exception) -> None:
        """The table meets the same failure and tells it; the old counts stay."""
        if not isinstance(error, ContactHistoryError):
            raise error

    def _on_ended(self) -> None:
        if self.sender() is not self._job:
            return
        self._job = None
        if self._again:
            self._read()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._read()

    # --- choosing -----------------------------------------------------------------------------

    def _on_picked(self, index: QModelIndex, exclude: bool) -> None:
        value = self._model.value_of(index)
        if value is not None:
            self.chosen.emit(self._model.group_of(index), value.value, exclude)

    def _on_menu(self, where: QPoint) -> None:
        index = self._tree.indexAt(where)
        value = self._model.value_of(index)
        if value is None:
            return
        key = self._model.group_of(index)
        menu = QMenu(self)
        menu.setObjectName("facetMenu")
        for words, exclude in ((f"Only “{value.text}”", False), (f"Exclude “{value.text}”", True)):
            action = menu.addAction(words)
            action.setData((key, value.value, exclude))
        menu.triggered.connect(self._on_menu_chosen)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self._tree.viewport().mapToGlobal(where))

    def _on_menu_chosen(self, action: QAction) -> None:
        self.chosen.emit(*action.data())

    def _on_more(self) -> None:
        menu = QMenu(self)
        menu.setObjectName("facetColumnMenu")
        for offered in self._offered:
            action = menu.addAction(offered.title)
            action.setData(offered.key)
            action.setCheckable(True)
            action.setChecked(offered.key in self._model.keys)
        menu.triggered.connect(self._on_column_toggled)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self._more.mapToGlobal(QPoint(0, 0)))

    def _on_column_toggled(self, action: QAction) -> None:
        key = str(action.data())
        shown = list(self._model.keys)
        self.show_columns(
            [each for each in shown if each != key] if key in shown else [*shown, key]
        )


def _counted(
    reader: Reader,
    query: Query,
    texts: Mapping[str, str],
    search: str,
    reading: Reading,
    clock: Clock,
) -> dict[str, list[FacetValue]]:
    """Runs on the lane of orders. ``texts`` is the filter for each column."""
    limit = FOUND if search else SHOWN
    found: dict[str, list[FacetValue]] = {}
    for key, text in texts.items():
        shown = column(key)
        facets = reader.facet(replace(query, text=text), key, search=search, limit=limit)
        found[key] = [
            FacetValue(_words(shown, facet.value, reading, clock), facet.value, facet.count)
            for facet in facets
        ]
    return found


def _words(shown: Column, value: Value, reading: Reading, clock: Clock) -> str:
    if value is None or value == "":
        return EMPTY
    if shown.kind is Kind.FLAG:
        return "Yes" if value else "No"
    return reading(shown, value, clock)


class _FacetTree(QTreeView):
    """A click or Enter keeps only a value; with Alt, or Delete, it is excluded."""

    picked = Signal(QModelIndex, bool)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setHeaderHidden(True)
        self.setIndentation(0)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(False)
        self.setMouseTracking(True)
        self.setExpandsOnDoubleClick(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setFrameShape(QFrame.Shape.NoFrame)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and index.isValid():
            self.picked.emit(index, bool(event.modifiers() & Qt.KeyboardModifier.AltModifier))
        elif event.key() == Qt.Key.Key_Delete and index.isValid():
            self.picked.emit(index, True)
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if event.button() != Qt.MouseButton.LeftButton or not index.isValid():
            return
        if index.parent().isValid():
            self.picked.emit(index, bool(event.modifiers() & Qt.KeyboardModifier.AltModifier))
        else:
            self.setExpanded(index, not self.isExpanded(index))
