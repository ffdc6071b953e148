"""The history screen: range and filter above, values left, contacts in the middle, one contact
beside them.

The table shows what the store holds and never talks to the network; the feed brings the store
up to date and the table then reads what it shows again.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from desktop_app.core.errors import Advice, ProxySignInNeeded, SignInNeeded
from desktop_app.core.genesys.retry import Pause
from desktop_app.core.history.clock import Clock, Interval
from desktop_app.core.history.columns import Value, read
from desktop_app.core.history.coverage import Coverage
from desktop_app.core.history.filters import field_of, with_value
from desktop_app.core.history.masking import masked_title, read_masked
from desktop_app.core.history.query import Query
from desktop_app.core.history.store import Store
from desktop_app.core.history.sync import Progress, Sync
from desktop_app.core.signin.permissions import Feature, Rights
from desktop_app.gui.contact.contact_loader import ContactLoader
from desktop_app.gui.contact.details_panel import ContactView, DetailsPanel
from desktop_app.gui.history.arrangement import Arrangement
from desktop_app.gui.history.column_choice import ColumnChoice
from desktop_app.gui.history.coverage_calendar import CoverageCalendar
from desktop_app.gui.history.empty_state import empty_state
from desktop_app.gui.history.facet_rail import FacetRail
from desktop_app.gui.history.feed import Budget, Feed
from desktop_app.gui.history.heads import title
from desktop_app.gui.history.history_model import HistoryModel
from desktop_app.gui.history.layout import Layout
from desktop_app.gui.history.middle import Middle
from desktop_app.gui.history.status_line import StatusLine
from desktop_app.gui.history.suggestions import Suggestions
from desktop_app.gui.history.table import HistoryTable
from desktop_app.gui.history.top_bar import TopBar
from desktop_app.gui.history.totals import SelectionTotals
from desktop_app.gui.history.zone_button import ZoneButton
from desktop_app.gui.notices import NoticeBar
from desktop_app.gui.tasks import Tasks
from desktop_app.gui.theme import Theme

REFRESH_MS = 250  # while rows stream in, the table is read again this often at most
_SHARE = 4  # and a reading of a long order takes no more than a fourth of the time


class HistoryView(QWidget):
    """Everything about one person's history; made anew for another person.

    ``mask_numbers`` hides customers' numbers in whatever is shown or copied.  The filter's words
    still find them, and sorting still goes by them.
    """

    sign_in_needed = Signal()
    proxy_sign_in_needed = Signal(object)  # ProxySignInNeeded
    contact_shown = Signal()
    online_asked = Signal()  # by somebody who wants more than is held

    def __init__(
        self,
        tasks: Tasks,
        theme: Theme,
        store: Store,
        sync: Sync | None,
        clock: Clock,
        parent: QWidget | None = None,
        *,
        rights: Rights,
        mask_numbers: bool = False,
        budget: Budget = lambda: (0, 1),
        layout: Layout | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("historyView")
        self._theme = theme
        self._tasks = tasks
        self._store = store
        self._clock = clock
        self._rights = rights
        self._coverage: Coverage | None = None
        self._total = 0
        layout = layout or Layout()
        reading = read_masked if mask_numbers else read
        title_of = masked_title if mask_numbers else title
        self.model = HistoryModel(
            tasks, store.reader, clock, layout.columns, self, reading=reading, title_of=title_of
        )
        self.feed = Feed(tasks, store, sync, clock.now_ms, self, budget=budget)
        self._loader = ContactLoader(tasks, store, clock, self, mask_numbers=mask_numbers)
        # What is asked beside the table itself: values, sums, what may be typed.
        side = store.reader()
        self._suggestions = Suggestions(tasks, side, hidden=mask_numbers)
        self._totals = SelectionTotals(tasks, side, self)
        self.facets = FacetRail(
            tasks, side, clock, theme, self, reading=reading, hidden=mask_numbers
        )
        self._refresh = QTimer(self, singleShot=True, interval=REFRESH_MS)
        self._build()
        self._choice = ColumnChoice(tasks, side, self.table, self)
        self._calendar = CoverageCalendar(tasks, store, self.feed, theme, clock, self)
        self._connect()
        self.arrangement = Arrangement(
            layout, self.table, self.bar, self._parts, self.details.split, self
        )
        self._add_keys()
        self.status.show_store(store.why_in_memory)
        self.zone.show_clock(clock)

    # --- what the window asks for -------------------------------------------------------------

    def show_interval(self, interval: Interval | None = None) -> None:
        """Show a range, the picker's own by default, and bring it up to date."""
        if interval is not None:
            self.picker.set_interval(interval)
        self._show_query()
        self._read()

    def resume(self, sync: Sync | None, rights: Rights) -> None:
        """Go on reading after a new sign-in of the same person."""
        self.feed.use(sync)
        self._rights = rights
        self.notice.clear()
        self._read()

    def use(self, sync: Sync | None) -> None:
        """Read with another sign-in of the same person from now on."""
        self.feed.use(sync)
        if self.feed.running:
            self._read()

    def renew(self) -> None:
        """The store holds less than before, not by this view's doing."""
        self.feed.ask_coverage()
        self._on_stored()

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
        self.arrangement.settle()
        self._refresh.stop()
        self.feed.close()
        self._loader.cancel()
        self._totals.close_reader()
        self.facets.close_reader()
        self.model.close()

    # --- making -------------------------------------------------------------------------------

    def _build(self) -> None:
        self.bar = TopBar(self._theme, self._clock, self._suggestions.ask, self)
        self.picker, self.filter = self.bar.picker, self.bar.filter
        self.notice = NoticeBar(self._theme, self)
        self.table = HistoryTable(self._theme, self)
        self.table.show_model(self.model)
        self._middle = Middle(self._theme, self.table, self)
        self.details = DetailsPanel(self._theme, self)
        self.status = StatusLine(self._theme, self)
        self._parts = splitter = QSplitter(Qt.Orientation.Horizontal, self)
        splitter.setChildrenCollapsible(False)
        for place, part in enumerate((self.facets, self._middle, self.details)):
            splitter.addWidget(part)
            splitter.setStretchFactor(place, 1 if part is self._middle else 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self.notice)
        column.addWidget(splitter, 1)
        column.addWidget(self.status)
        self.zone = ZoneButton(self._clock.zone, self.status)
        self.status.add_right(self.zone)

    def _connect(self) -> None:
        self.picker.picked.connect(self._on_range_picked)
        self.filter.changed.connect(self._show_query)
        self.bar.refresh.clicked.connect(self._on_refresh)
        self.bar.columns.clicked.connect(self._choice.show)
        self.bar.details.toggled.connect(self.details.setVisible)
        self.bar.details.toggled.connect(self._note_seen)
        self.bar.facets.toggled.connect(self.facets.setVisible)
        self.facets.chosen.connect(self._on_value_chosen)
        self.table.chosen.connect(self._loader.load)
        self.table.peeked.connect(self.bar.details.toggle)
        self.table.copied.connect(self.status.show_copied)
        self.table.value_chosen.connect(self._on_value_chosen)
        self.table.columns_asked.connect(self._choice.show)
        self.table.selection_settled.connect(self._count_selected)
        self._loader.loaded.connect(self._on_contact_loaded)
        self._loader.gone.connect(self.details.clear)
        self._loader.seen.connect(self.model.reread)
        self.model.order_changed.connect(self._on_order_changed)
        self.model.failed.connect(self.notice.show_error)
        self._refresh.timeout.connect(self.model.refresh)
        self._totals.told.connect(self.status.show_totals)
        self.feed.started.connect(self._on_started)
        self.feed.progressed.connect(self._on_progressed)
        self.feed.stored.connect(self._on_stored)
        self.feed.finished.connect(self.status.show_idle)
        self.feed.finished.connect(self._loader.look_again)
        self.feed.failed.connect(self._on_failed)
        self.feed.covered.connect(self._on_covered)
        self.status.cancel_asked.connect(self.feed.cancel)
        self.status.coverage_asked.connect(self._on_coverage_asked)
        self._calendar.day_asked.connect(self._on_day_asked)
        self._calendar.read_asked.connect(self._on_read_again)
        self.zone.chosen.connect(self._on_zone_chosen)
        self.notice.acted.connect(self._on_notice_acted)
        self._middle.clear_asked.connect(self.filter.clear)
        self._middle.read_asked.connect(self._on_read_asked)

    def _add_keys(self) -> None:
        for keys, run in (
            ("Ctrl+F", self._on_find),
            ("Ctrl+R", self._on_refresh),
            ("Ctrl+.", self.status.cancel_asked.emit),
            ("Ctrl+Shift+L", self._choice.show),
            ("F4", self.bar.facets.toggle),
        ):
            QShortcut(QKeySequence(keys), self, run)

    # --- the query ----------------------------------------------------------------------------

    def _show_query(self) -> None:
        start, end = self.picker.interval
        layout = self.arrangement.layout
        query = Query(
            start,
            end,
            text=self.filter.applied,
            sort=layout.sort,
            descending=layout.descending,
            clock=self._clock,
        )
        self.model.show(query)
        self.table.show_sort()

    def _on_range_picked(self, interval: Interval) -> None:
        self._coverage = None
        self.details.clear()
        self._show_query()
        self._read(interval)

    def _on_value_chosen(self, key: str, value: Value, exclude: bool) -> None:
        """Keep only the contacts with a value, or leave them out."""
        if field_of(key).measure is not None:
            self.status.show_message("Filter a quantity by typing it, like wait>2m")
            return
        self.filter.set_text(with_value(self.filter.applied, key, value, exclude=exclude))

    def _on_zone_chosen(self, zone: ZoneInfo) -> None:
        """Instants read differently, and "today" is another day."""
        self._clock = Clock(zone, self._clock.now_ms)
        before = self.picker.interval
        for part in (self.picker, self.facets, self.model, self._loader, self._calendar):
            part.set_clock(self._clock)
        self.zone.show_clock(self._clock)
        self.status.show_coverage(self._coverage, self._clock)
        self._loader.load(self.model.number(self.table.currentIndex().row()))
        if self.picker.interval != before:
            self._on_range_picked(self.picker.interval)
        elif self.filter.applied:
            self._show_query()

    def _on_order_changed(self) -> None:
        shown = self.model.rowCount()
        if not self.filter.applied:
            self._total = shown
        self._total = max(self._total, shown)
        self.status.show_counts(shown, self._total)
        self.facets.show_query(self.model.query)
        self._count_selected()
        self._show_middle()

    def _count_selected(self) -> None:
        """Add up what is selected, or everything where that is one contact or none."""
        numbers = self.table.selected_numbers()
        self.status.show_selected(len(numbers))
        contacts = numbers if len(numbers) > 1 else self.model.query
        self._totals.count(contacts, self.table.current_column())

    def _show_middle(self) -> None:
        self._middle.show_state(
            None
            if self.model.rowCount()
            else empty_state(
                self._rights,
                is_filtered=bool(self.filter.applied),
                total=self._total,
                is_reading=self.feed.running,
                is_offline=self.feed.is_offline,
                coverage=self._coverage,
            )
        )

    def _on_contact_loaded(self, view: ContactView) -> None:
        self.details.show_contact(view)
        self._note_seen()
        self.contact_shown.emit()

    def _note_seen(self) -> None:
        if self.details.contact is not None and self.bar.details.isChecked():
            self._loader.note_seen(self.details.contact)

    def _on_find(self) -> None:
        self.filter.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter.edit.selectAll()

    # --- the feed -----------------------------------------------------------------------------

    def _read(self, interval: Interval | None = None, *, again: bool = False) -> None:
        """Bring a range up to date, unless the person may not read any."""
        if self._rights.may(Feature.HISTORY):
            self.feed.read(interval or self.picker.interval, again=again)
        else:
            self._show_middle()

    def _on_read_asked(self) -> None:
        if self.feed.is_offline:
            self.online_asked.emit()
        else:
            self._read()

    def _on_refresh(self) -> None:
        self.notice.clear()
        if self.feed.is_offline:
            self.online_asked.emit()
            return
        self._read(self.picker.renew(), again=True)
        self._show_query()

    def _on_coverage_asked(self) -> None:
        self._calendar.show(self.picker.interval)

    def _on_day_asked(self, interval: Interval) -> None:
        self.picker.set_interval(interval)
        self._on_range_picked(interval)

    def _on_read_again(self, interval: Interval) -> None:
        if self._rights.may(Feature.HISTORY):
            self.feed.read_once(interval)

    def _on_started(self) -> None:
        self.status.show_waiting("asking Genesys Cloud …")
        self._show_middle()

    def _on_progressed(self, progress: Progress) -> None:
        self.status.show_progress(progress, self._clock)

    def _on_stored(self) -> None:
        if not self._refresh.isActive():
            self._refresh.start(max(REFRESH_MS, _SHARE * self.model.order_ms))

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
            self._on_read_asked()
