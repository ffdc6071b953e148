"""What the window needs of the core, chosen where the object graph is built (``cli``)."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from desktop_app.core.history.export.log import ExportLog
from desktop_app.core.history.store import Store
from desktop_app.core.history.sync import Sync
from desktop_app.core.signin.session import SignIn
from desktop_app.gui.history.layout import Layout
from desktop_app.gui.signin.kept_way import Resume

Farewell = Callable[[SignIn], Coroutine[Any, Any, object]]


@dataclass(frozen=True)
class Services:
    open_store: Callable[[SignIn], Store]  # blocks; runs on the write lane
    sync_for: Callable[[SignIn, Store], Sync | None]  # None: offline
    resume: Resume  # goes on with a sign-in that was kept
    sign_out: Callable[[SignIn], Coroutine[Any, Any, bool]]  # whether Genesys was told
    leave: Farewell  # at closing; may keep the sign-in
    put_away: Farewell  # at locking: nothing stays kept
    budget: Callable[[SignIn], tuple[int, int]]  # requests used and allowed a minute
    zone_for: Callable[[SignIn], ZoneInfo]
    organisations: Callable[[], Sequence[str]]  # the names of all profiles
    layout_of: Callable[[SignIn], Layout]  # how the person left the history screen
    keep_layout: Callable[[SignIn, Layout], None]
    export_log: Callable[[SignIn], ExportLog | None]
    may_export: bool = True
    mask_numbers: bool = False  # in whatever is shown or copied of a contact
