"""A person's store, and how it is filled from Genesys: what the window and the commands share.

Imports no Qt.
"""

from __future__ import annotations

import configparser
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Protocol, TypeVar

from desktop_app.core.genesys.directory import Directory
from desktop_app.core.genesys.history import HistoryApi
from desktop_app.core.genesys.jobs import POLL_S, DetailJobs
from desktop_app.core.history import vault
from desktop_app.core.history.clock import Interval, system_now_ms
from desktop_app.core.history.coverage import DAY_MS
from desktop_app.core.history.retention import Retention, days_chosen
from desktop_app.core.history.store import Store
from desktop_app.core.history.sync import Limits, Progress, Sync, Synchroniser
from desktop_app.core.signin.session import Session, SignIn
from desktop_app.places import data_folder, store_name

T = TypeVar("T")

_PRACTICE_POLL_S = 0.2  # its jobs are done at once


class InStore(Protocol):
    """Awaits a function on the store's thread."""

    def __call__(self, work: Callable[[], T]) -> Awaitable[T]: ...


def open_store(session: SignIn, retention: Retention) -> Store:
    """The person's own store, without what is too old to be kept; blocks. Raises StoreError."""
    store = vault.open_store(data_folder(), store_name(session))
    first_ms = retention.first_ms(system_now_ms())
    if first_ms is not None:
        store.purge(first_ms)
    return store


def sync_into(
    session: Session, store: Store, in_store: InStore, retention: Callable[[], Retention]
) -> Sync:
    """What reads ranges into a store with a sign-in; ``retention`` is asked at each reading."""
    client = session.client
    api, limits = HistoryApi(client), Limits()
    poll_s = _PRACTICE_POLL_S if session.profile.is_practice else POLL_S
    jobs = DetailJobs(client, poll_s=poll_s)
    directory: list[Directory] = []

    async def sync(
        interval: Interval, now_ms: int, again: bool, tell: Callable[[Progress], None]
    ) -> None:
        interval = retention().readable(interval, now_ms)
        if not directory:
            known = await in_store(store.names)
            old = await in_store(lambda: store.names_learnt_before(now_ms - DAY_MS))
            directory.append(Directory(client, known, old))
        reading = Synchroniser(
            api.page,
            directory[0],
            store,
            in_store,
            jobs=jobs,
            fetch_contacts=api.contacts,
            retention_days=api.retention_days,
            limits=limits,
            on_progress=tell,
        )
        await reading.sync(*interval, now_ms=now_ms, again=again)

    return sync


def chosen_retention_days(preferences: Path) -> int | None:
    """What the person has chosen in the window, from its file; None for as long as it goes."""
    file = configparser.RawConfigParser(strict=False)
    try:
        file.read(preferences, encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError):
        return None
    return days_chosen(file.get("history", "retention-days", fallback=""))
