"""Signing in without a login: going on with a sign-in that was kept."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import QObject, Signal

from desktop_app.core.signin.profiles import Profile
from desktop_app.core.signin.session import Session
from desktop_app.gui.tasks import Job, Tasks

Resume = Callable[[Profile], Coroutine[Any, Any, Session | None]]


class KeptWay(QObject):
    """``nothing_kept`` brings the profile, which has to be signed in to the usual way then."""

    signed_in = Signal(object)  # Session
    nothing_kept = Signal(object)  # Profile
    failed = Signal(object)  # the exception

    def __init__(self, resume: Resume, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._resume = resume
        self._tasks = tasks
        self._profile: Profile | None = None
        self._job: Job | None = None

    def start(self, profile: Profile) -> None:
        self.cancel()
        self._profile = profile
        resume = self._resume
        self._job = self._tasks.network(lambda: resume(profile), unclaimed=_put_down)
        self._job.succeeded.connect(self._on_resumed)
        self._job.failed.connect(self._on_failed)

    def cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _on_resumed(self, session: Session | None) -> None:
        self._job = None
        if session is not None:
            self.signed_in.emit(session)
        else:
            self.nothing_kept.emit(self._profile)

    def _on_failed(self, error: Exception) -> None:
        self._job = None
        self.failed.emit(error)


async def _put_down(session: Session | None) -> None:
    """It stays kept: nothing of it is revoked."""
    if session is not None:
        await session.close()
