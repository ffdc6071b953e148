"""The settings of what is held on this computer: how much, for how long, and how it is erased."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from PySide6.QtCore import QObject

from desktop_app.core.history.clock import Clock
from desktop_app.core.history.retention import Retention
from desktop_app.core.history.store import Holdings, Store
from desktop_app.gui.notices import sentence_of
from desktop_app.gui.preferences import Preferences
from desktop_app.gui.settings.state import HoldingsState
from desktop_app.gui.tasks import Tasks
from desktop_app.main_window import MainWindow

_NOBODY = "Sign in to see what is held for you."
_COUNTING = "Counting …"
_ERASING = "Erasing …"
_NOT_ERASED = "What is held was closed, but not all of it is erased. Try again."


class _Shorter(NamedTuple):
    """A choice that would take contacts away."""

    retention: Retention
    first_ms: int
    contacts: int


class HistorySettings(QObject):
    def __init__(
        self,
        window: MainWindow,
        preferences: Preferences,
        most_days: int | None,
        tasks: Tasks,
        now_ms: Callable[[], int],
        parent: QObject,
    ) -> None:
        """``most_days``: for how long the administrator lets contacts be kept."""
        super().__init__(parent)
        self._window = window
        self._page = window.settings_page
        self._section = window.settings_page.history
        self._preferences = preferences
        self._most_days = most_days
        self._tasks = tasks
        self._now_ms = now_ms
        self._held, self._size = "", ""
        self._can_erase = False
        self._wanted: _Shorter | None = None
        window.settings_asked.connect(self._on_asked)
        self._section.retention_chosen.connect(self._on_retention_chosen)
        self._section.purge_agreed.connect(self._on_purge_agreed)
        self._section.purge_declined.connect(self._on_purge_declined)
        self._section.erase_agreed.connect(self._on_erase_agreed)

    @property
    def _retention(self) -> Retention:
        return Retention(self._preferences.retention_days, self._most_days)

    @property
    def _store(self) -> Store | None:
        return self._window.history.store if self._window.history is not None else None

    # --- how much -----------------------------------------------------------------------------

    def _on_asked(self) -> None:
        self._wanted = None
        self._section.ask_nothing()
        self._count()

    def _count(self) -> None:
        store = self._store
        if store is None:
            self._tell(_NOBODY, "", can_erase=False)
            return
        self._tell(_COUNTING, "", can_erase=True)
        job = self._tasks.write(lambda: (store, store.holdings()))
        job.succeeded.connect(self._on_counted)
        job.failed.connect(self._on_not_counted)

    def _on_counted(self, counted: tuple[Store, Holdings]) -> None:
        store, holdings = counted
        view = self._window.history_view
        if store is self._store and view is not None:
            held = held_words(holdings, view.clock)
            self._tell(held, size_words(holdings, store.why_in_memory), can_erase=True)

    def _on_not_counted(self, error: Exception) -> None:
        self._tell(sentence_of(error), "", can_erase=self._store is not None)

    def _tell(self, held: str, size: str, *, can_erase: bool) -> None:
        self._held, self._size, self._can_erase = held, size, can_erase
        self._show()

    def _show(self) -> None:
        retention = self._retention
        most = retention.most
        self._section.show_state(
            HoldingsState(
                held=self._held,
                size=self._size,
                choices=[(days, retention.allows(days)) for days in retention.offers()],
                chosen=retention.days,
                why_not=f"Your administrator allows {most:,} days at most." if most else "",
                can_erase=self._can_erase,
            )
        )

    # --- for how long -------------------------------------------------------------------------

    def _on_retention_chosen(self, days: int | None) -> None:
        """Contacts that would go are counted first, and asked about."""
        wanted, store = replace(self._retention, chosen=days), self._store
        first_ms = wanted.first_ms(self._now_ms())
        self._page.tell_nothing()
        if store is None or first_ms is None or not wanted.is_shorter_than(self._retention):
            self._keep(wanted)
            return
        job = self._tasks.write(lambda: _Shorter(wanted, first_ms, store.count_before(first_ms)))
        job.succeeded.connect(self._on_shorter)
        job.failed.connect(self._on_not_purged)

    def _on_shorter(self, wanted: _Shorter) -> None:
        self._wanted = wanted
        view = self._window.history_view
        if not wanted.contacts or view is None:
            self._on_purge_agreed()
            return
        what = "1 contact" if wanted.contacts == 1 else f"{wanted.contacts:,} contacts"
        self._section.ask_to_purge(
            f"{what} from before {view.clock.date(wanted.first_ms)} would go from this computer,"
            " with their marks, notes and tags. Genesys Cloud keeps its own."
        )

    def _on_purge_agreed(self) -> None:
        wanted, store = self._wanted, self._store
        if wanted is None or store is None:
            return
        self._tell(_COUNTING, "", can_erase=True)
        job = self._tasks.write(lambda: (wanted, store.purge(wanted.first_ms)))
        job.succeeded.connect(self._on_purged)
        job.failed.connect(self._on_not_purged)

    def _on_purged(self, done: tuple[_Shorter, int]) -> None:
        wanted, _contacts = done
        self._wanted = None
        self._keep(wanted.retention)
        if self._window.history_view is not None:
            self._window.history_view.renew()
        self._count()

    def _on_not_purged(self, error: Exception) -> None:
        self._wanted = None
        self._page.tell(sentence_of(error))
        self._count()

    def _on_purge_declined(self) -> None:
        self._wanted = None
        self._show()

    def _keep(self, retention: Retention) -> None:
        self._preferences.retention_days = retention.chosen
        self._show()

    # --- not at all ---------------------------------------------------------------------------

    def _on_erase_agreed(self) -> None:
        self._page.tell_nothing()
        job = self._window.erase_history()
        if job is not None:
            self._tell(_ERASING, "", can_erase=False)
            job.failed.connect(self._on_not_erased)

    def _on_not_erased(self, error: Exception) -> None:
        self._page.tell(sentence_of(error))
        self._section.ask_nothing()
        self._tell(_NOT_ERASED, "", can_erase=True)


def held_words(holdings: Holdings, clock: Clock) -> str:
    """ "12,431 contacts, 20 Oct 2026 to 23 Nov 2026"."""
    if not holdings.contacts:
        return "No contacts yet"
    contacts = "1 contact" if holdings.contacts == 1 else f"{holdings.contacts:,} contacts"
    first, last = clock.date(holdings.first_ms), clock.date(holdings.last_ms)
    return f"{contacts}, {first}" if first == last else f"{contacts}, {first} to {last}"


def size_words(holdings: Holdings, why_in_memory: str) -> str:
    """ "48.2 MB on disk, encrypted", or why nothing is on the disk."""
    if why_in_memory:
        return f"Nothing on disk. {why_in_memory}"
    return f"{holdings.size_bytes / 1_000_000:,.1f} MB on disk, encrypted"
