"""A store in memory with invented contacts, and a model over it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from pytestqt.qtbot import QtBot

from desktop_app.core.history.clock import Clock
from desktop_app.core.history.query import Query
from desktop_app.core.history.store import Store
from desktop_app.gui.history.history_model import HistoryModel
from desktop_app.gui.tasks import Tasks
from tests.core.history.history_samples import DAY, put, stored

KEYS = ("start", "outcome", "customer", "handle")
ALL = Query(DAY, DAY + 86_400_000)
CLOCK = Clock(ZoneInfo("UTC"), lambda: DAY + 3_600_000)

HANDLE, CUSTOMER = 3, 2


def add(store: Store, *names: str, first: int = 0) -> None:
    """Contacts by customer's name, a minute apart; ``handle`` is the name's length in seconds."""
    put(
        store,
        *(
            stored(
                f"id-{name}",
                DAY + (first + minute) * 60_000,
                customer=name,
                outcome="Answered",
                handle=len(name) * 1000,
            )
            for minute, name in enumerate(names)
        ),
    )


def model_over(tasks: Tasks, store: Store) -> HistoryModel:
    return HistoryModel(tasks, store.reader, CLOCK, KEYS)


def rest(qtbot: QtBot, model: HistoryModel) -> None:
    """Until nothing is read any more."""
    qtbot.waitUntil(lambda: not model.busy)


def read(qtbot: QtBot, model: HistoryModel, rows: range | None = None) -> list[str]:
    """The customers of rows as they are shown, once their cells have come."""
    wanted = range(model.rowCount()) if rows is None else rows

    def there() -> bool:
        missing = [row for row in wanted if model.formatted(row) is None]  # asks for each
        return not missing and not model.busy

    qtbot.waitUntil(there)
    return [str(model.data(model.index(row, CUSTOMER))) for row in wanted]
