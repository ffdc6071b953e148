"""How the journeys of signing in end when they are cut short, and what leaving keeps (T29)."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import httpx
import keyring
import pytest

from desktop_app.core.errors import ConfigError
from desktop_app.core.genesys import identity
from desktop_app.core.genesys.client import GenesysClient
from desktop_app.core.genesys.network import Network
from desktop_app.core.keychain import Keychain
from desktop_app.core.signin import session
from desktop_app.core.signin.journey import SignInJourney
from desktop_app.core.signin.kept import KeptSessions
from desktop_app.core.signin.oauth import Attempt
from desktop_app.core.signin.policy import Policy
from desktop_app.core.signin.profiles import Grant
from desktop_app.core.signin.remembered import Remembered
from desktop_app.core.signin.session import Session
from desktop_app.practice.server import PracticeServer
from tests.core.signin.signing_in import fresh_code, implicit_token, practice_profile
from tests.keyring_in_memory import SafeKeyring


@pytest.fixture
def kept() -> KeptSessions:
    keyring.set_keyring(SafeKeyring())
    return KeptSessions(Keychain("test"))


def journey_with(
    kept: KeptSessions, folder: Path, *, network: Network | None = None
) -> SignInJourney:
    """The journeys of somebody who stays signed in."""
    return SignInJourney(
        network or Network(), Policy(), Remembered(folder), kept, stay_signed_in=lambda: True
    )


@pytest.fixture
def journey(kept: KeptSessions, tmp_path: Path) -> SignInJourney:
    return journey_with(kept, tmp_path)


async def sign_in(journey: SignInJourney, server: PracticeServer) -> Session:
    profile = practice_profile(server, Grant.IMPLICIT)
    return await journey.finish(Attempt.start(profile, now=0.0), implicit_token(server))


def is_good(server: PracticeServer, token: str | None) -> bool:
    answer = httpx.get(
        f"{server.api_url}/api/v2/tokens/me",
        headers={"Authorization": f"Bearer {token}"},
        trust_env=False,
    )
    return answer.status_code == 200


CutShort = Callable[[Coroutine[Any, Any, object]], Coroutine[Any, Any, None]]


@pytest.fixture
def cut_short(monkeypatch: pytest.MonkeyPatch) -> CutShort:
    """Cancels work while it waits for the answer to the question whose the token is."""

    async def cut(work: Coroutine[Any, Any, object]) -> None:
        asked = asyncio.Event()

        async def never_answered(client: object) -> None:
            asked.set()
            await asyncio.Event().wait()

        with monkeypatch.context() as patch:
            patch.setattr(session, "whoami", never_answered)
            task = asyncio.create_task(work)
            async with asyncio.timeout(10):
                await asked.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    return cut


# --- leaving ------------------------------------------------------------------------------------


def test_T29_leaving_puts_down_the_sign_in_that_is_kept_and_revokes_any_other(
    server: PracticeServer, journey: SignInJourney, kept: KeptSessions
) -> None:
    """Two windows of one organisation: the keyring holds the later sign-in only."""

    async def main() -> tuple[str | None, str | None]:
        first, second = await sign_in(journey, server), await sign_in(journey, server)
        tokens = first.reveal_token(), second.reveal_token()
        await journey.leave(first)
        await journey.leave(second)
        return tokens

    first, second = asyncio.run(main())
    assert not is_good(server, first) and is_good(server, second)
    found = kept.find(practice_profile(server, Grant.IMPLICIT))
    assert found is not None and found.access_token.reveal() == second


# --- cut short ----------------------------------------------------------------------------------


@pytest.mark.parametrize("grant", list(Grant))
def test_T29_a_sign_in_that_is_cut_short_is_revoked_and_not_kept(
    grant: Grant,
    server: PracticeServer,
    journey: SignInJourney,
    kept: KeptSessions,
    cut_short: CutShort,
) -> None:
    issued = set(server._tokens._tokens)
    profile = practice_profile(server, grant)

    async def main() -> None:
        if grant is Grant.PKCE:
            attempt, code = fresh_code(server)
            await cut_short(journey.finish(attempt, code))
        else:
            attempt, token = Attempt.start(profile, now=0.0), implicit_token(server)
            await cut_short(journey.finish(attempt, token))

    asyncio.run(main())
    assert set(server._tokens._tokens) == issued
    assert kept.find(profile) is None


def test_T29_going_on_with_a_kept_sign_in_costs_nothing_when_it_is_cut_short(
    server: PracticeServer, journey: SignInJourney, kept: KeptSessions, cut_short: CutShort
) -> None:
    """The window was closed while it opened: the next start goes on with it."""
    profile = practice_profile(server, Grant.IMPLICIT)

    async def main() -> str | None:
        before = await sign_in(journey, server)
        token = before.reveal_token()
        await before.close()
        await cut_short(journey.resume(profile))
        return token

    token = asyncio.run(main())
    assert is_good(server, token)
    assert kept.find(profile) is not None


def test_T29_a_token_for_which_there_is_no_way_to_genesys_is_dropped(
    server: PracticeServer, kept: KeptSessions, tmp_path: Path
) -> None:
    journey = journey_with(kept, tmp_path, network=Network(ca_file=tmp_path / "missing.pem"))
    attempt = Attempt.start(practice_profile(server, Grant.IMPLICIT), now=0.0)
    token = implicit_token(server)
    with pytest.raises(ConfigError):
        asyncio.run(journey.finish(attempt, token))
    assert not token.access_token


class AskingKeyring(SafeKeyring):
    """Asks the person to unlock it first."""

    __module__ = SafeKeyring.__module__

    def __init__(self) -> None:
        super().__init__()
        self.answered = threading.Event()
        self.gave_up = False

    def get_password(self, service: str, username: str) -> str | None:
        self.gave_up |= not self.answered.wait(5)
        return super().get_password(service, username)


def test_T29_a_keyring_that_waits_for_somebody_holds_no_revocation_up(
    server: PracticeServer, journey: SignInJourney, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyring.set_keyring(asking := AskingKeyring())

    async def revoke(client: GenesysClient) -> None:
        await identity.revoke(client)
        asking.answered.set()

    monkeypatch.setattr(session, "revoke", revoke)

    async def main() -> tuple[bool, str | None]:
        profile = practice_profile(server, Grant.IMPLICIT)
        opened = await session.open_session(profile, implicit_token(server))
        token = opened.reveal_token()
        return await journey.sign_out(opened), token

    revoked, token = asyncio.run(main())
    assert revoked and not is_good(server, token)
    assert not asking.gave_up
