"""The history screen: range and words above, contacts in the middle, one contact beside them.

The table shows what the store holds and never talks to the network; the feed brings the store
up to date and the table then reads what it shows again.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.errors import Advice, ProxySignInNeeded, SignInNeeded
from desktop_app.core.genesys.retry import Pause
from desktop_app.core.history.clock import Clock, Interval
from desktop_app.core.history.columns import DEFAULT_KEYS, read
from desktop_app.core.history.coverage import Coverage
from desktop_app.core.history.masking import read_masked
from desktop_app.core.history.query import Query
from desktop_app.core.history.store import Store
from desktop_app.core.history.sync import Progress
from desktop_app.core.signin.permissions import Feature, Rights
from desktop_app.gui.assets import Icon
from desktop_app.gui.contact.contact_loader import ContactLoader
from desktop_app.gui.contact.details_panel import ContactView, DetailsPanel
from desktop_app.gui.history.feed import Feed, Sync
from desktop_app.gui.history.history_model import HistoryModel
from desktop_app.gui.history.range_picker import RangePicker
from desktop_app.gui.history.status_line import StatusLine
from desktop_app.gui.history.table import HistoryTable
from desktop_app.gui.history.zone_button import ZoneButton
from desktop_app.gui.message_page import MessagePage
from desktop_app.gui.notices import NoticeBar
from desktop_app.gui.tasks import Tasks
from desktop_app.gui.theme import Theme

REFRESH_MS = 250  # while rows stream in, the table is read again this often at most


class HistoryView(QWidget):
    """Everything about one person's history; made anew for another person.

    ``mask_numbers`` hides customers' numbers in whatever is shown or copied.  The filter's words
    still find them, and sorting still goes by them.
    """

    sign_in_needed = Signal()
    proxy_sign_in_needed = Signal(object)  # ProxySignInNeeded
    contact_shown = Signal()

    def __init__(
        self,
        tasks: Tasks,
        theme: Theme,
        store: Store,
        sync: Sync,
        clock: Clock,
        parent: QWidget | None = None,
        *,
        rights: Rights,
        mask_numbers: bool = False,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("historyView")
        self._theme = theme
        self._store = store
        self._clock = clock
        self._rights = rights
        self._coverage: Coverage | None = None
        self._total = 0
        self.model = HistoryModel(
            tasks,
            store.reader,
            clock,
            DEFAULT_KEYS,
            self,
            reading=read_masked if mask_numbers else read,
        )
        self.feed = Feed(tasks, store, sync, clock.now_ms, self)
        self._loader = ContactLoader(tasks, store, clock, self, mask_numbers=mask_numbers)
        self._refresh = QTimer(self, singleShot=True, interval=REFRESH_MS)
        self._build()
        self._connect()
        self.status.show_store(store.why_in_memory)
        self.zone.show_clock(clock)

    # --- what the window asks for -------------------------------------------------------------

    def show_interval(self, interval: Interval | None = None) -> None:
        """Show a range, the picker's own by default, and bring it up to date."""
        if interval is not None:
            self.picker.set_interval(interval)
        self._show_query()
        self._read()

    def resume(self, sync: Sync) -> None:
        """Go on reading after a new sign-in of the same person."""
        self.feed.use(sync)
        self.notice.clear()
        self._read()

    def use(self, sync: Sync) -> None:
        """Read with another sign-in of the same person from now on."""
        self.feed.use(sync)
        if self.feed.running:
            self._read()

    def tell_rights(self) -> None:
        """Say once what the person may not see, rather than at each of a hundred requests."""
        if self._rights.summary:
            self.notice.say(self._rights.summary)

    def show_pause(self, pause: Pause | None) -> None:
        """The service asked for a pause; None when it is over."""
        if pause is not None and self.feed.running:
            until = self._clock.time(int(pause.until.timestamp() * 1000))
            self.status.show_waiting(f"{pause.reason}, going on at {until}")

    @property
    def clock(self) -> Clock:
        return self._clock

    @property
    def coverage(self) -> Coverage | None:
        return self._coverage

    @property
    def refreshing(self) -> bool:
        """Whether the table is about to be read again."""
        return self._refresh.isActive()

    def close_readers(self) -> None:
        """Stop everything that runs for this view."""
        self._refresh.stop()
        self.feed.cancel()
        self._loader.cancel()
        self.model.close()

    # --- making -------------------------------------------------------------------------------

    def _build(self) -> None:
        self.notice = NoticeBar(self._theme, self)
        self.table = HistoryTable(self._theme, self)
        self.table.show_model(self.model)
        self.message = MessagePage(self._theme, "historyMessage", self)
        self.details = DetailsPanel(self._theme, self)
        self.status = StatusLine(self._theme, self)
        self._middle = QStackedWidget(self)
        self._middle.addWidget(self.table)
        self._middle.addWidget(self.message)
        self._splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(self._middle)
        self._splitter.addWidget(self.details)
        self._splitter.setStretchFactor(0, 1)
        self._splitter.setStretchFactor(1, 0)
        self._splitter.setSizes([1000, 360])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._build_bar())
        column.addWidget(self.notice)
        column.addWidget(self._splitter, 1)
        column.addWidget(self.status)

        self.zone = ZoneButton(self._clock.zone, self.status)
        self.status.add_right(self.zone)

    def _build_bar(self) -> QWidget:
        bar = QFrame(self)
        bar.setObjectName("filterBar")
        self.picker = RangePicker(self._clock, bar)
        self.text = QLineEdit(bar)
        self.text.setObjectName("filterText")
        self.text.setAccessibleName("Filter")
        self.text.setPlaceholderText("Filter by words: name, number, queue, outcome, note …")
        self.text.setClearButtonEnabled(True)
        self.refresh = QPushButton("Refresh", bar)
        self.refresh.setObjectName("refresh")
        self.refresh.setToolTip("Read this range from Genesys Cloud again (Ctrl+R)")
        self._theme.dress(self.refresh, Icon.REFRESH)
        self.toggle = QToolButton(bar)
        self.toggle.setObjectName("toggleDetails")
        self.toggle.setAccessibleName("Details")
        self.toggle.setToolTip("Show or hide the details (Space)")
        self.toggle.setCheckable(True)
        self.toggle.setChecked(True)
        self._theme.dress(self.toggle, Icon.PANEL_RIGHT)
        row = QHBoxLayout(bar)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(8)
        row.addWidget(self.picker)
        row.addWidget(self.text, 1)
        row.addWidget(self.refresh)
        row.addWidget(self.toggle)
        return bar

    def _connect(self) -> None:
        self.picker.picked.connect(self._on_range_picked)
        self.text.textChanged.connect(self._show_query)
        self.refresh.clicked.connect(self._on_refresh)
        self.toggle.toggled.connect(self.details.setVisible)
        self.table.chosen.connect(self._loader.load)
        self.table.copied.connect(self._on_copied)
        self._loader.loaded.connect(self._on_contact_loaded)
        self._loader.gone.connect(self.details.clear)
        self.model.order_changed.connect(self._on_order_changed)
        self.model.failed.connect(self.notice.show_error)
        self._refresh.timeout.connect(self.model.refresh)
        self.feed.started.connect(self._on_started)
        self.feed.progressed.connect(self._on_progressed)
        self.feed.stored.connect(self._on_stored)
        self.feed.finished.connect(self._on_finished)
        self.feed.failed.connect(self._on_failed)
        self.feed.covered.connect(self._on_covered)
        self.status.cancel_asked.connect(self.feed.cancel)
        self.zone.chosen.connect(self._on_zone_chosen)
        self.notice.acted.connect(self._on_notice_acted)
        self.message.acted.connect(self._on_message_acted)
        for keys, run in (
            ("Ctrl+F", self._on_find),
            ("Ctrl+R", self._on_refresh),
            ("Ctrl+.", self.feed.cancel),
        ):
            QShortcut(QKeySequence(keys), self, run)
        here = Qt.ShortcutContext.WidgetShortcut
        QShortcut(QKeySequence("Space"), self.table, self.toggle.toggle, context=here)
        QShortcut(QKeySequence("Escape"), self.text, self.text.clear, context=here)

    # --- the query ----------------------------------------------------------------------------

    def _show_query(self) -> None:
        start, end = self.picker.interval
        last = self.model.query
        self.model.show(
            Query(
                start,
                end,
                text=self.text.text(),
                sort=last.sort if last else "start",
                descending=last.descending if last else True,
            )
        )
        self.table.show_sort()

    def _on_range_picked(self, interval: Interval) -> None:
        self._coverage = None
        self.details.clear()
        self._show_query()
        self._read(interval)

    def _on_zone_chosen(self, zone: ZoneInfo) -> None:
        """Instants read differently, and "today" is another day."""
        self._clock = Clock(zone, self._clock.now_ms)
        before = self.picker.interval
        self.picker.set_clock(self._clock)
        self.model.set_clock(self._clock)
        self._loader.set_clock(self._clock)
        self.zone.show_clock(self._clock)
        self.status.show_coverage(self._coverage, self._clock)
        self._loader.load(self.model.number(self.table.currentIndex().row()))
        if self.picker.interval != before:
            self._on_range_picked(self.picker.interval)

    def _on_order_changed(self) -> None:
        shown = self.model.rowCount()
        filtered = bool(self.text.text().strip())
        if not filtered:
            self._total = shown
        self._total = max(self._total, shown)
        self.status.show_counts(shown, self._total)
        self._show_middle()

    def _show_middle(self) -> None:
        """The table, or the sentence that stands in its place."""
        if self.model.rowCount():
            self._middle.setCurrentWidget(self.table)
            return
        if not self._rights.may(Feature.HISTORY):
            self.message.say(
                Icon.LOCK, "You may not read contact history", self._rights.lack(Feature.HISTORY)
            )
        elif self.text.text().strip() and self._total:
            self.message.say(
                Icon.SEARCH,
                "No contact matches",
                f"None of the {self._total:,} contacts in this range has these words.",
                "Clear the filter",
            )
        elif self.feed.running:
            self.message.say(Icon.CLOCK, "Reading history …", "Rows appear as they arrive.")
        elif self._coverage is not None and self._coverage.complete:
            self.message.say(
                Icon.INBOX_EMPTY,
                "No contacts in this range",
                "Genesys Cloud has none that started then. Choose another range.",
            )
        else:
            self.message.say(
                Icon.WARNING, "Nothing was read yet", "This range has not been read.", "Try again"
            )
        self._middle.setCurrentWidget(self.message)

    def _on_contact_loaded(self, view: ContactView) -> None:
        self.details.show_contact(view)
        self.contact_shown.emit()

    def _on_find(self) -> None:
        self.text.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.text.selectAll()

    def _on_copied(self, rows: int) -> None:
        self.status.show_message(f"{rows:,} rows copied" if rows != 1 else "1 row copied")

    # --- the feed -----------------------------------------------------------------------------

    def _read(self, interval: Interval | None = None, *, again: bool = False) -> None:
        """Bring a range up to date, unless the person may not read any."""
        if self._rights.may(Feature.HISTORY):
            self.feed.read(interval or self.picker.interval, again=again)
        else:
            self._show_middle()

    def _on_refresh(self) -> None:
        self.notice.clear()
        self._read(self.picker.renew(), again=True)
        self._show_query()

    def _on_started(self) -> None:
        self.status.show_waiting("asking Genesys Cloud …")
        self._show_middle()

    def _on_progressed(self, progress: Progress) -> None:
        self.status.show_progress(progress, self._clock)

    def _on_stored(self) -> None:
        if not self._refresh.isActive():
            self._refresh.start()

    def _on_finished(self) -> None:
        self.status.show_idle()

    def _on_failed(self, error: Exception) -> None:
        self.notice.show_error(error)
        self._show_middle()
        if isinstance(error, SignInNeeded):
            self.sign_in_needed.emit()
        elif isinstance(error, ProxySignInNeeded):
            self.proxy_sign_in_needed.emit(error)

    def _on_covered(self, coverage: Coverage) -> None:
        self._coverage = coverage
        self.status.show_coverage(coverage, self._clock)
        self._show_middle()

    def _on_notice_acted(self, advice: Advice) -> None:
        if advice is Advice.SIGN_IN:
            self.sign_in_needed.emit()
        else:
            self._read()

    def _on_message_acted(self) -> None:
        if self.text.text().strip() and self._total:
            self.text.clear()
        else:
            self._read()
