"""A session between its opening and its end: rights, time left, heartbeats, whose it is (F6–F8)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest

from desktop_app.core.errors import (
    ForbiddenByPolicy,
    NetworkError,
    ServiceError,
    SignInNeeded,
    WrongOrganisation,
)
from desktop_app.core.genesys import wire
from desktop_app.core.genesys.client import GenesysClient
from desktop_app.core.signin.lifetime import Event, Lifetime
from desktop_app.core.signin.oauth import Token
from desktop_app.core.signin.permissions import Feature
from desktop_app.core.signin.profiles import Grant
from desktop_app.core.signin.secret import Secret
from desktop_app.core.signin.session import ClientFactory, Session, heartbeat, open_session
from desktop_app.practice.server import PracticeServer
from tests.core.genesys import virtual_time
from tests.core.signin.signing_in import (
    CLIENT,
    TOKEN,
    implicit_token,
    make_profile,
    practice_profile,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
EXACT = timedelta(seconds=5)  # a Date has no fractions, and the test takes its time
BODIES: dict[str, dict[str, Any]] = {
    "/api/v2/tokens/me": {
        "organization": {"id": "org-1", "name": "Acme"},
        "OAuthClient": {"id": CLIENT},
    },
    "/api/v2/users/me": {"id": "u-1", "name": "Grace Obi"},
}


def asked_of_token(server: PracticeServer, text: str | None) -> httpx.Response:
    """What the service says of a token; asking is no use of it."""
    return httpx.get(
        f"{server.api_url}/api/v2/tokens/me?preserveIdleTTL=true",
        headers={"Authorization": f"Bearer {text}"},
        trust_env=False,
    )


def idle_end(server: PracticeServer, session: Session) -> datetime:
    """When the token ends for want of use."""
    answer = asked_of_token(server, session.reveal_token())
    return datetime.fromisoformat(answer.json()["dateTokenIdles"])


async def practice_session(server: PracticeServer, role: str = "supervisor") -> Session:
    return await open_session(
        practice_profile(server, Grant.IMPLICIT), implicit_token(server, role)
    )


def in_virtual_time(answer: Any) -> ClientFactory:
    """Makes clients of a service that is this function; retries take no real time."""

    def new_client(url: str, bearer: Callable[[], str | None]) -> GenesysClient:
        return GenesysClient(
            url, bearer, transport=httpx.MockTransport(answer), timing=virtual_time.timing()
        )

    return new_client


# --- what the person may see --------------------------------------------------------------------

ALL = set(Feature)


@pytest.mark.parametrize(
    ("role", "lacking"),
    [
        ("supervisor", set()),
        ("no_analytics", ALL),
        ("other_organization", ALL - {Feature.HISTORY, Feature.QUEUES}),
    ],
)
def test_a_session_knows_what_each_account_may_see(
    role: str, lacking: set[Feature], server: PracticeServer
) -> None:
    async def main() -> Session:
        session = await practice_session(server, role)
        await session.close()
        return session

    rights = asyncio.run(main()).rights
    assert {lack.feature for lack in rights.lacks} == lacking
    assert bool(rights.summary) == bool(lacking)


# --- F8: how long it lasts ----------------------------------------------------------------------


class Ahead:
    """A service whose clock is ahead of this computer's by so much."""

    def __init__(self, ahead: timedelta) -> None:
        self.ahead = ahead

    def new_client(self, url: str, bearer: Callable[[], str | None]) -> GenesysClient:
        return GenesysClient(url, bearer, transport=httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        date = format_datetime(datetime.now(UTC) + self.ahead, usegmt=True)
        return httpx.Response(200, json=BODIES[request.url.path], headers={"Date": date})


async def session_with(service: Ahead) -> Session:
    return await open_session(
        make_profile(), Token(Secret(TOKEN), 3600), new_client=service.new_client
    )


@pytest.mark.parametrize("ahead", [timedelta(), DAY, -DAY])
def test_F08_a_wrong_clock_neither_shortens_nor_lengthens_a_sign_in(ahead: timedelta) -> None:
    async def main() -> Session:
        session = await session_with(Ahead(ahead))
        await session.close()
        return session

    session = asyncio.run(main())
    assert abs(session.remaining() - HOUR) < EXACT
    assert abs(session.remaining(datetime.now(UTC) + HOUR)) < EXACT
    left = session.remaining().total_seconds()
    lifetime = Lifetime(left, wall=0.0, monotonic=0.0)
    ticks = {lifetime.tick(left - at, wall=at, monotonic=at) for at in (15.0, 30.0, 45.0)}
    assert ticks == {Event.NOTHING}  # so nobody is sent to sign in again, and again


@pytest.mark.parametrize("set_by", [DAY, -DAY])
def test_F08_a_heartbeat_puts_the_time_left_right_after_the_clock_was_set(
    set_by: timedelta,
) -> None:
    async def main() -> tuple[timedelta, timedelta]:
        service = Ahead(timedelta())
        session = await session_with(service)
        session.client.server_offset += set_by  # as if this computer's clock had been set
        before = session.remaining()
        await heartbeat(session)
        after = session.remaining()
        await session.close()
        return before, after

    before, after = asyncio.run(main())
    assert abs(before - (HOUR - set_by)) < EXACT
    assert abs(after - HOUR) < EXACT


# --- heartbeats ---------------------------------------------------------------------------------


def test_heartbeats_do_not_put_off_the_idle_limit_and_other_calls_do(
    server: PracticeServer,
) -> None:
    async def main() -> list[datetime]:
        session = await practice_session(server)
        ends = [idle_end(server, session)]
        await heartbeat(session)
        await heartbeat(session)
        ends.append(idle_end(server, session))
        await session.client.get("/api/v2/users/me", wire.User)
        ends.append(idle_end(server, session))
        await session.close()
        return ends

    opened, after_heartbeats, after_a_call = asyncio.run(main())
    assert opened == after_heartbeats < after_a_call


def test_a_heartbeat_says_when_the_service_has_ended_the_sign_in(server: PracticeServer) -> None:
    async def main() -> None:
        session = await practice_session(server)
        await heartbeat(session)
        server.faults.append({"match": {"path": "/api/v2/tokens/me"}, "do": {"unauthorized": True}})
        with pytest.raises(SignInNeeded):
            await heartbeat(session)
        await session.close()

    asyncio.run(main())


def test_being_offline_leaves_the_session_open() -> None:
    offline = False

    def answer(request: httpx.Request) -> httpx.Response:
        if offline:
            raise httpx.ConnectError("gone")
        return httpx.Response(200, json=BODIES[request.url.path])

    async def main() -> str | None:
        nonlocal offline
        session = await open_session(
            make_profile(), Token(Secret(TOKEN), 3600), new_client=in_virtual_time(answer)
        )
        offline = True
        with pytest.raises(NetworkError):
            await heartbeat(session)
        kept = session.reveal_token()
        await session.close()
        return kept

    assert virtual_time.run(main()) == TOKEN


# --- F6: whose it is ----------------------------------------------------------------------------


def test_F06_another_user_or_organisation_is_not_the_same_person(server: PracticeServer) -> None:
    async def main() -> list[Session]:
        roles = ("supervisor", "supervisor", "no_analytics", "other_organization")
        sessions = [await practice_session(server, role) for role in roles]
        for session in sessions:
            await session.close()
        return sessions

    first, again, colleague, stranger = asyncio.run(main())
    assert first.same_person(again) and again.same_person(first)
    assert not first.same_person(colleague)
    assert not first.same_person(stranger)


# --- tokens that are refused --------------------------------------------------------------------


def is_good(server: PracticeServer, text: str | None) -> bool:
    return asked_of_token(server, text).status_code == 200


def test_a_policy_that_forbids_the_organisation_ends_the_token(server: PracticeServer) -> None:
    asked: list[str] = []

    def forbid(_organization_id: str, name: str) -> None:
        asked.append(name)
        raise ForbiddenByPolicy("Not here.")

    token = implicit_token(server)
    text = token.access_token.reveal()
    profile = practice_profile(server, Grant.IMPLICIT)
    with pytest.raises(ForbiddenByPolicy):
        asyncio.run(open_session(profile, token, check=forbid))
    assert asked == ["Acme Insurance"]
    assert not token.access_token
    assert not is_good(server, text)


def test_a_token_of_another_organisation_ends_too(server: PracticeServer) -> None:
    token = implicit_token(server)
    text = token.access_token.reveal()
    profile = practice_profile(server, Grant.IMPLICIT)
    with pytest.raises(WrongOrganisation):
        asyncio.run(open_session(profile, token, expected_organization="another"))
    assert not is_good(server, text)


def test_a_failure_of_the_service_ends_no_token(server: PracticeServer) -> None:
    server.faults.append({"match": {"path": "/api/v2/users/me"}, "do": {"status": 403}})
    token = implicit_token(server)
    text = token.access_token.reveal()
    with pytest.raises(ServiceError):
        asyncio.run(open_session(practice_profile(server, Grant.IMPLICIT), token))
    assert not token.access_token
    assert is_good(server, text)


def test_ending_a_refused_token_keeps_nobody_waiting() -> None:
    asked: list[str] = []

    async def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.method)
        if request.method == "DELETE":
            await asyncio.sleep(3600)
        return httpx.Response(200, json=BODIES[request.url.path])

    async def main() -> float:
        token = Token(Secret(TOKEN), 3600)
        with pytest.raises(WrongOrganisation):
            await open_session(
                make_profile(),
                token,
                expected_organization="another",
                new_client=in_virtual_time(answer),
            )
        assert not token.access_token
        return virtual_time.now()

    assert virtual_time.run(main()) == pytest.approx(2.0)
    assert asked.count("DELETE") == 1
