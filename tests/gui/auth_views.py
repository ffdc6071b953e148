"""A sign-in screen on its own, whose journeys end as a test says."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import cast

from desktop_app.auth_view import AuthView
from desktop_app.core.signin.findings import CheckResult
from desktop_app.core.signin.oauth import Attempt, Code, Token
from desktop_app.core.signin.profiles import Profile
from desktop_app.core.signin.session import Session
from desktop_app.gui.message_page import MessagePage

Make = Callable[..., AuthView]


class Finishing:
    """Stands for the journeys of the core; ends as the test says."""

    def __init__(self) -> None:
        self.given: list[Token | Code] = []
        self.attempts: list[Attempt] = []
        self.browsed: list[Profile] = []
        self.signed_out: list[Session] = []
        self.error: Exception | None = None
        self.hang = False
        self.kept: Session | None = None
        self.cancelled = threading.Event()

    async def finish(self, attempt: Attempt, answer: Token | Code) -> Session:
        self.given.append(answer)
        self.attempts.append(attempt)
        return await self._end()

    async def through_browser(
        self,
        profile: Profile,
        open_url: Callable[[str], None],
        on_answer: Callable[[], None],
        *,
        hint: str,
        prompt: str,
    ) -> Session:
        self.browsed.append(profile)
        open_url(f"{profile.login_url}/oauth/authorize?hint={hint}&prompt={prompt}")
        return await self._end()

    async def sign_out(self, session: Session) -> bool:
        self.signed_out.append(session)
        return True

    async def resume(self, profile: Profile) -> Session | None:
        return self.kept

    async def check(self, profile: Profile) -> CheckResult:
        return CheckResult(())

    async def _end(self) -> Session:
        if self.hang:
            try:
                await asyncio.Event().wait()
            finally:
                self.cancelled.set()
        if self.error is not None:
            raise self.error
        return cast(Session, object())


def words(view: AuthView) -> str:
    """The sentence that is shown, empty while the login page is."""
    shown = [page for page in view.findChildren(MessagePage) if page.isVisible()]
    return shown[0].text if shown else ""
