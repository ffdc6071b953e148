"""The details panel: one contact from its outcome down to the JSON that Genesys sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QHeaderView,
    QLabel,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QTableView,
    QTabWidget,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.genesys import wire
from desktop_app.core.history.changes import CellChange
from desktop_app.core.history.clock import Clock, duration_text
from desktop_app.core.history.columns import one_line
from desktop_app.core.history.contact import Contact
from desktop_app.core.history.parties import Names
from desktop_app.core.history.timeline import read_timeline, segments
from desktop_app.gui.assets import Icon
from desktop_app.gui.contact.facts import FactsList, facts_of
from desktop_app.gui.contact.header import Header
from desktop_app.gui.contact.participants import TITLES, participant_nodes
from desktop_app.gui.contact.raw_view import RawView
from desktop_app.gui.contact.rows_model import Row, RowsModel
from desktop_app.gui.contact.timeline_view import TimelineView
from desktop_app.gui.contact.tree_model import TreeModel
from desktop_app.gui.theme import HEADER_PX, ROW_PX, Theme

MARGIN_PX = 16
_SEGMENT_TITLES = ("Start", "Who", "Segment", "Length", "Queue", "End")
_SEGMENT_WIDTHS = (76, 120, 104, 80, 104, 120)
_ATTRIBUTE_WIDTHS = (120, 160, 120)
_CHANGE_WIDTHS = (104, 108, 112, 148)  # before and after must be seen beside each other
_PARTICIPANT_WIDTHS = (150, 76, 80, 120)
_LENGTH_COLUMN = 3
_KIND_COLUMN = 2


@dataclass(frozen=True, slots=True, repr=False)
class ContactView:
    """Everything the panel shows. ``raw`` is the stored JSON, ``now_ms`` ends what is open.

    ``changes`` are what Genesys has rewritten since the contact was first read; ``is_changed``
    says that some of it is news to the person.
    """

    conversation: wire.Conversation
    contact: Contact
    raw: bytes
    clock: Clock
    names: Names
    now_ms: int
    number: int = 0
    is_changed: bool = False
    changes: tuple[CellChange, ...] = ()


class DetailsPanel(QWidget):
    """Tabs are filled when they are looked at, so that walking through rows stays quick."""

    copied = Signal(str)  # what was copied, in words: "the conversation ID"

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._view: ContactView | None = None
        self._stale: set[QWidget] = set()
        self.setObjectName("detailsPanel")
        self.setAccessibleName("Details of the contact")
        self._header = Header(theme, self)
        self._header.copy_asked.connect(self._on_copy_asked)
        self._timeline = TimelineView(theme, self)
        self._facts = FactsList(self)
        self._raw = RawView(theme, self)
        self._raw.copied.connect(self.copied)
        self._segments = RowsModel(
            theme,
            _SEGMENT_TITLES,
            self,
            right=frozenset({_LENGTH_COLUMN}),
            swatch_column=_KIND_COLUMN,
        )
        self._participants = TreeModel(TITLES, self, right=frozenset({2}))
        self._attributes = RowsModel(theme, ("Attribute", "Value", "Participant"), self)
        self._changes = RowsModel(theme, ("Column", "Before", "After", "Read at"), self)
        self._build_tabs()
        self._pages = QStackedWidget(self)
        self._empty = self._build_empty()
        self._filled = self._build_filled()
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self._filled)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._pages)

    @property
    def contact(self) -> ContactView | None:
        return self._view

    def show_contact(self, view: ContactView) -> None:
        self._view = view
        self._header.show_contact(view.contact, view.clock)
        timeline = read_timeline(view.conversation, view.names, view.now_ms)
        self._timeline.show_timeline(timeline, view.clock)
        self._timeline.setVisible(bool(timeline.lanes))
        self._facts.show_facts(facts_of(view.contact, view.clock))
        self._tabs.setTabVisible(
            self._tabs.indexOf(self._attributes_table), _has_attributes(view.conversation)
        )
        self._tabs.setTabVisible(self._tabs.indexOf(self._changes_table), bool(view.changes))
        self._stale = set(self._fillers)
        self._pages.setCurrentWidget(self._filled)
        self._fill_current()

    def clear(self) -> None:
        self._view = None
        self._stale = set()
        self._timeline.clear()
        self._facts.show_facts([])
        self._segments.show_rows([])
        self._participants.show_nodes([])
        self._attributes.show_rows([])
        self._changes.show_rows([])
        self._raw.clear()
        self._pages.setCurrentWidget(self._empty)

    # --- building --------------------------------------------------------------------------

    def _build_empty(self) -> QWidget:
        page = QWidget(self)
        page.setObjectName("detailsEmpty")
        picture, title, advice = QLabel(page), QLabel("No contact chosen", page), QLabel(page)
        self._theme.dress(picture, Icon.INBOX_EMPTY, "muted", 32)
        title.setProperty("role", "strong")
        advice.setText("Choose a row to see its timeline, segments and raw data here.")
        advice.setProperty("role", "muted")
        advice.setWordWrap(True)
        column = QVBoxLayout(page)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(4)
        column.addStretch(2)
        for part in (picture, title, advice):
            part.setTextFormat(Qt.TextFormat.PlainText)
            part.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(part)
        column.addStretch(3)
        return page

    def _build_filled(self) -> QWidget:
        page = QWidget(self)
        upper = QWidget(page)
        inner = QVBoxLayout(upper)
        inner.setContentsMargins(MARGIN_PX, 8, MARGIN_PX, 12)
        inner.setSpacing(12)
        inner.addWidget(self._timeline)
        inner.addWidget(self._facts)
        inner.addStretch(1)
        scroll = QScrollArea(page)
        scroll.setObjectName("detailsScroll")
        scroll.setAccessibleName("Timeline and facts")
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(upper)
        lower = QWidget(page)
        tabs = QVBoxLayout(lower)
        tabs.setContentsMargins(MARGIN_PX, 4, MARGIN_PX, 0)
        tabs.addWidget(self._tabs)
        self.split = split = QSplitter(Qt.Orientation.Vertical, page)
        split.setChildrenCollapsible(False)
        split.addWidget(scroll)
        split.addWidget(lower)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        head = QVBoxLayout()
        head.setContentsMargins(MARGIN_PX, 12, 8, 0)
        head.addWidget(self._header)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(split, 1)
        return page

    def _build_tabs(self) -> None:
        segments_table = _table(self._segments, "segmentsTable", "Segments of the contact")
        self._attributes_table = _table(
            self._attributes, "attributesTable", "Attributes of the contact"
        )
        self._changes_table = _table(self._changes, "changesTable", "What Genesys has rewritten")
        _set_widths(self._changes_table.horizontalHeader(), _CHANGE_WIDTHS)
        _set_widths(segments_table.horizontalHeader(), _SEGMENT_WIDTHS)
        _set_widths(self._attributes_table.horizontalHeader(), _ATTRIBUTE_WIDTHS)
        self._tree = _tree(self._participants)
        self._fillers: dict[QWidget, Callable[[ContactView], None]] = {
            segments_table: self._fill_segments,
            self._tree: self._fill_participants,
            self._attributes_table: self._fill_attributes,
            self._raw: self._fill_raw,
            self._changes_table: self._fill_changes,
        }
        self._tabs = QTabWidget(self)
        self._tabs.setObjectName("detailsTabs")
        self._tabs.setAccessibleName("Parts of the contact")
        self._tabs.setDocumentMode(True)
        self._tabs.tabBar().setDrawBase(False)  # Fusion would draw it above the words
        self._tabs.setUsesScrollButtons(False)  # all five are seen, in a wide font cut short
        self._tabs.setElideMode(Qt.TextElideMode.ElideRight)
        for tab, title in zip(
            self._fillers,
            ("Segments", "Participants", "Attributes", "JSON", "Changes"),
            strict=True,
        ):
            self._tabs.addTab(tab, title)
        self._tabs.currentChanged.connect(self._fill_current)

    # --- filling ---------------------------------------------------------------------------

    def _fill_current(self) -> None:
        tab = self._tabs.currentWidget()
        if self._view is not None and tab in self._stale:
            self._stale.discard(tab)
            self._fillers[tab](self._view)

    def _fill_segments(self, view: ContactView) -> None:
        rows = []
        for each in segments(view.conversation, view.names):
            length = "open" if each.length_ms is None else duration_text(each.length_ms)
            texts = (each.who, each.label, length, each.queue, each.end_words)
            rows.append(Row((view.clock.time(each.start_ms), *map(one_line, texts)), each.kind))
        self._segments.show_rows(rows)

    def _fill_participants(self, view: ContactView) -> None:
        self._participants.show_nodes(participant_nodes(view.conversation, view.names, view.clock))
        for row in range(self._participants.rowCount()):
            self._tree.setFirstColumnSpanned(row, QModelIndex(), True)
        self._tree.expandToDepth(0)

    def _fill_attributes(self, view: ContactView) -> None:
        rows = []
        for node, participant in zip(
            participant_nodes(view.conversation, view.names, view.clock),
            view.conversation.participants or (),
            strict=True,
        ):
            for key, value in sorted((participant.attributes or {}).items()):
                rows.append(Row((one_line(key), one_line(value or ""), node.texts[0])))
        self._attributes.show_rows(rows)

    def _fill_changes(self, view: ContactView) -> None:
        self._changes.show_rows(
            [
                Row((each.title, each.before, each.after, view.clock.instant(each.seen_ms)))
                for each in view.changes
            ]
        )

    def _fill_raw(self, view: ContactView) -> None:
        self._raw.show_json(view.raw)

    def _on_copy_asked(self) -> None:
        if self._view is not None:
            QGuiApplication.clipboard().setText(self._view.contact.conversation_id)
            self.copied.emit("the conversation ID")


def _has_attributes(conversation: wire.Conversation) -> bool:
    return any(participant.attributes for participant in conversation.participants or ())


def _table(model: RowsModel, object_name: str, words: str) -> QTableView:
    table = QTableView()
    table.setObjectName(object_name)
    table.setAccessibleName(words)
    table.setModel(model)
    table.setShowGrid(False)
    table.setAlternatingRowColors(True)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)
    table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QTableView.SelectionMode.SingleSelection)
    table.setHorizontalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(ROW_PX)
    header = table.horizontalHeader()
    header.setFixedHeight(HEADER_PX)
    header.setHighlightSections(False)
    header.setStretchLastSection(True)
    return table


def _tree(model: TreeModel) -> QTreeView:
    tree = QTreeView()
    tree.setObjectName("participantsTree")
    tree.setAccessibleName("Participants, sessions and segments")
    tree.setModel(model)
    tree.setUniformRowHeights(True)
    tree.setIndentation(16)
    header = tree.header()
    header.setFixedHeight(HEADER_PX)
    header.setStretchLastSection(True)
    _set_widths(header, _PARTICIPANT_WIDTHS)
    return tree


def _set_widths(header: QHeaderView, widths: tuple[int, ...]) -> None:
    for number, width in enumerate(widths):
        header.resizeSection(number, width)
