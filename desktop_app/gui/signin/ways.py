"""What the ways of signing in need of the core; made where the object graph is built."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from desktop_app.core.signin.findings import CheckResult
from desktop_app.core.signin.oauth import Attempt, Code, Token
from desktop_app.core.signin.profiles import Profile
from desktop_app.core.signin.session import Session


class Journey(Protocol):
    """From an answer of the login, or a profile, to a checked session. On the network lane."""

    async def finish(self, attempt: Attempt, answer: Token | Code) -> Session: ...

    async def through_browser(
        self,
        profile: Profile,
        open_url: Callable[[str], None],
        on_answer: Callable[[], None],
        *,
        hint: str,
        prompt: str,
    ) -> Session: ...

    async def sign_out(self, session: Session) -> bool: ...

    async def resume(self, profile: Profile) -> Session | None: ...

    async def check(self, profile: Profile) -> CheckResult: ...
