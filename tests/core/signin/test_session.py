"""A session from its check to its end (T2, T11, T29, F8)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest

from desktop_app.core.errors import PermissionMissing, SignInNeeded, WrongOrganisation
from desktop_app.core.genesys import wire
from desktop_app.core.genesys.client import GenesysClient
from desktop_app.core.signin.exchange import exchange
from desktop_app.core.signin.oauth import Token
from desktop_app.core.signin.profiles import Grant
from desktop_app.core.signin.secret import Secret
from desktop_app.core.signin.session import Session, open_session, sign_out
from desktop_app.practice.server import PracticeServer
from desktop_app.practice.settings import PracticeSettings
from tests.core.signin.signing_in import (
    API,
    CLIENT,
    TOKEN,
    fresh_code,
    implicit_token,
    make_profile,
    practice_profile,
)

GRANT_PATH, USER_PATH = "/api/v2/tokens/me", "/api/v2/users/me"
USER = {"id": "u-1", "name": "Grace Obi", "email": "grace.obi@acme.example"}
GRANT: dict[str, Any] = {
    "organization": {"id": "org-1", "name": "Acme"},
    "homeOrganization": {"id": "org-0", "name": "Parent"},
    "authorizedScope": ["users:readonly", "analytics:readonly"],
    "OAuthClient": {"id": CLIENT, "organization": {"id": "not-a-uuid"}},
}
EXACT = timedelta(seconds=5)  # a Date has no fractions, and the test takes its time


class Service:
    """A Genesys API made of these answers, whose clock is ``ahead``; keeps what it was asked."""

    def __init__(
        self, grant: dict[str, Any], user: dict[str, Any], ahead: timedelta = timedelta()
    ) -> None:
        self.requests: list[httpx.Request] = []
        self.clients: list[GenesysClient] = []
        self._bodies = {GRANT_PATH: grant, USER_PATH: user}
        self._ahead = ahead

    def new_client(self, url: str, bearer: Callable[[], str | None]) -> GenesysClient:
        client = GenesysClient(url, bearer, transport=httpx.MockTransport(self._answer))
        self.clients.append(client)
        return client

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        body = self._bodies.get(request.url.path)
        date = format_datetime(datetime.now(UTC) + self._ahead, usegmt=True)
        return httpx.Response(404 if body is None else 200, json=body or {}, headers={"Date": date})


def opened(
    grant: dict[str, Any] = GRANT,
    user: dict[str, Any] = USER,
    *,
    ahead: timedelta = timedelta(),
    expected: str = "",
    client_id: str = CLIENT,
) -> Session:
    """A session with a scripted service, already closed."""

    async def main() -> Session:
        session = await open_session(
            make_profile(client_id=client_id),
            Token(Secret(TOKEN), 3600),
            expected_organization=expected,
            new_client=Service(grant, user, ahead).new_client,
        )
        await session.close()
        return session

    return asyncio.run(main())


async def is_refused(server: PracticeServer, token: str | None) -> bool:
    """Whether the service takes this token no more."""
    client = GenesysClient(server.api_url, lambda: token)
    try:
        await client.get(USER_PATH, wire.User)
    except SignInNeeded:
        return True
    finally:
        await client.aclose()
    return False


# --- what a session knows -----------------------------------------------------------------------


@pytest.mark.parametrize("grant", list(Grant))
def test_a_whole_sign_in_with_the_practice_organisation(
    server: PracticeServer, grant: Grant
) -> None:
    async def main() -> tuple[Session, wire.User, bool]:
        if grant is Grant.PKCE:
            token = await exchange(*fresh_code(server))
        else:
            token = implicit_token(server)
        text = token.access_token.reveal()
        session = await open_session(practice_profile(server, grant), token)
        user = await session.client.get(USER_PATH, wire.User)
        assert await sign_out(session) is True
        return session, user, await is_refused(server, text)

    session, user, refused = asyncio.run(main())
    assert session.profile == practice_profile(server, grant)
    assert (session.user_id, session.user_name) == (user.id, "Grace Obi")
    assert session.user_email == "grace.obi@acme.example"
    assert session.organization_name == "Acme Insurance"
    assert session.store_key == (session.organization_id, session.user_id)
    assert all(session.store_key)
    assert "analytics:readonly" in session.scopes
    assert list(session.scopes) == sorted(session.scopes)
    assert session.excess_scopes == ()
    assert abs(session.expires_at - datetime.now(UTC) - timedelta(days=1)) < EXACT
    assert refused  # T29


def test_names_that_are_missing_are_made_up_for() -> None:
    session = opened(
        {**GRANT, "organization": {"id": "org-1"}, "authorizedScope": None}, {"id": "u-1"}
    )
    assert (session.user_name, session.user_email) == ("unnamed user", "")
    assert session.organization_name == "unnamed organisation"
    assert session.scopes == ()
    assert opened(user={**USER, "name": None}).user_name == USER["email"]


def test_a_person_who_has_switched_is_in_the_organisation_of_the_token() -> None:
    assert opened().store_key == ("org-1", "u-1")


def test_a_person_without_permissions_signs_in_all_the_same(server: PracticeServer) -> None:
    async def main() -> str:
        token = implicit_token(server, "no_analytics")
        session = await open_session(practice_profile(server, Grant.IMPLICIT), token)
        with pytest.raises(PermissionMissing):
            await session.client.post(
                "/api/v2/analytics/conversations/details/query",
                wire.ConversationPage,
                body={"interval": server.description["interval"]},
                reads_only=True,
            )
        await session.close()
        return session.user_email

    assert asyncio.run(main()) == "ana.ruiz@acme.example"


# --- T2: whose token it is ----------------------------------------------------------------------


def test_T02_a_token_of_another_organisation_is_refused(server: PracticeServer) -> None:
    async def main() -> bool:
        profile = practice_profile(server, Grant.IMPLICIT)
        ours = await open_session(profile, implicit_token(server))
        foreign = implicit_token(server, "other_organization")
        with pytest.raises(WrongOrganisation, match="another organisation"):
            await open_session(profile, foreign, expected_organization=ours.organization_id)
        again = await open_session(
            profile, implicit_token(server), expected_organization=ours.organization_id
        )
        await ours.close()
        await again.close()
        return bool(foreign.access_token)

    assert asyncio.run(main()) is False


def test_T02_a_token_of_another_application_is_refused(server: PracticeServer) -> None:
    async def main() -> bool:
        foreign = implicit_token(server)
        with pytest.raises(WrongOrganisation, match="another application"):
            await open_session(practice_profile(server, Grant.PKCE), foreign)
        return bool(foreign.access_token)

    assert asyncio.run(main()) is False


@pytest.mark.parametrize(
    ("changes", "user"),
    [
        ({"OAuthClient": {"id": "00000000-0000-4000-8000-00000000f0e1"}}, USER),
        ({"OAuthClient": {"id": f"{CLIENT}0"}}, USER),
        ({"OAuthClient": {"id": ""}}, USER),
        ({"OAuthClient": {"id": None}}, USER),
        ({"OAuthClient": {"id": 5}}, USER),
        ({"OAuthClient": None}, USER),
        ({"organization": None}, USER),
        ({"organization": {"name": "Acme"}}, USER),
        ({"organization": {"id": "org-2", "name": "Other"}}, USER),
        ({}, {"name": "Grace Obi"}),
        ({}, {"id": "", "name": "Grace Obi"}),
    ],
)
def test_T02_a_token_that_is_not_for_us_is_refused_and_dropped(
    changes: dict[str, Any], user: dict[str, Any]
) -> None:
    service = Service({**GRANT, **changes}, user)
    token = Token(Secret(TOKEN), 3600)

    async def main() -> None:
        with pytest.raises(WrongOrganisation, match="so it was refused"):
            await open_session(
                make_profile(),
                token,
                expected_organization="org-1",
                new_client=service.new_client,
            )
        (client,) = service.clients
        with pytest.raises(RuntimeError, match="closed"):
            await client.get(USER_PATH, wire.User)

    asyncio.run(main())
    assert not token.access_token
    assert {request.url.path for request in service.requests} >= {GRANT_PATH, USER_PATH}


def test_T02_the_client_ids_case_means_nothing() -> None:
    assert opened(client_id=CLIENT.upper()).organization_id == "org-1"
    shouted = {**GRANT, "OAuthClient": {"id": CLIENT.upper()}}
    assert opened(shouted, expected="org-1").organization_id == "org-1"


def test_T02_a_token_that_the_service_refuses_opens_nothing(server: PracticeServer) -> None:
    token = Token(Secret(TOKEN), 3600)
    with pytest.raises(SignInNeeded):
        asyncio.run(open_session(practice_profile(server, Grant.IMPLICIT), token))
    assert not token.access_token


# --- T11: what the token may do -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("scope", "excess"),
    [
        ("analytics:readonly", False),
        ("routing:queue:view", False),
        ("notifications", False),
        ("user-basic-info", False),
        ("openid", False),
        ("analytics", True),
        ("conversations", True),
        ("users:basic", True),
        ("authorization:readonlyish", True),
    ],
)
def test_T11_scopes_that_allow_changes_are_named(scope: str, excess: bool) -> None:
    session = opened({**GRANT, "authorizedScope": ["users:readonly", scope]})
    assert session.excess_scopes == ((scope,) if excess else ())
    assert set(session.scopes) == {"users:readonly", scope}


# --- F8: when it ends ---------------------------------------------------------------------------


@pytest.mark.parametrize("ahead", [timedelta(), timedelta(days=1), timedelta(days=-1)])
def test_F08_the_end_is_told_by_the_servers_clock(ahead: timedelta) -> None:
    server_now = datetime.now(UTC) + ahead
    expires_at = opened(ahead=ahead).expires_at
    assert abs(expires_at - server_now - timedelta(hours=1)) < EXACT
    assert expires_at.utcoffset() == timedelta()


# --- T30, T31: where the token goes --------------------------------------------------------------


def test_T31_the_token_travels_in_the_header_to_the_api_host_alone() -> None:
    service = Service(GRANT, USER)

    async def main() -> None:
        session = await open_session(
            make_profile(), Token(Secret(TOKEN), 3600), new_client=service.new_client
        )
        await session.close()

    asyncio.run(main())
    assert len(service.requests) == 2
    for request in service.requests:
        assert request.headers["authorization"] == f"Bearer {TOKEN}"
        assert str(request.url).startswith(f"{API}/api/v2/")
        assert TOKEN not in str(request.url)


# --- T29: the end ------------------------------------------------------------------------------


def test_T29_signing_out_leaves_nothing_that_works(server: PracticeServer) -> None:
    async def main() -> None:
        token = implicit_token(server)
        session = await open_session(practice_profile(server, Grant.IMPLICIT), token)
        assert not await is_refused(server, token.access_token.reveal())
        text = token.access_token.reveal()
        assert await sign_out(session) is True
        assert await is_refused(server, text)
        assert not token.access_token
        assert session._token.reveal() is None
        with pytest.raises(RuntimeError, match="closed"):
            await session.client.get(USER_PATH, wire.User)

    asyncio.run(main())


def test_T29_closing_drops_the_token_without_a_request(server: PracticeServer) -> None:
    async def main() -> bool:
        token = implicit_token(server)
        text = token.access_token.reveal()
        session = await open_session(practice_profile(server, Grant.IMPLICIT), token)
        await session.close()
        assert not token.access_token
        return await is_refused(server, text)

    assert asyncio.run(main()) is False
    assert "DELETE" not in {seen.method for seen in server.log}


def test_T29_a_service_that_fails_to_revoke_is_told_as_false(server: PracticeServer) -> None:
    server.faults.append({"match": {"method": "DELETE"}, "do": {"status": 500}})

    async def main() -> tuple[bool, bool]:
        token = implicit_token(server)
        session = await open_session(practice_profile(server, Grant.IMPLICIT), token)
        return await sign_out(session), bool(token.access_token)

    assert asyncio.run(main()) == (False, False)


def test_T29_signing_out_without_a_service_drops_the_token_all_the_same() -> None:
    async def main() -> tuple[bool, bool]:
        with PracticeServer(PracticeSettings(conversations=20, days=2)) as server:
            token = implicit_token(server)
            session = await open_session(practice_profile(server, Grant.IMPLICIT), token)
        return await sign_out(session), bool(token.access_token)

    assert asyncio.run(main()) == (False, False)


def test_T29_a_token_that_has_ended_already_needs_no_revoking(server: PracticeServer) -> None:
    async def main() -> tuple[bool, bool]:
        token = implicit_token(server)
        session = await open_session(practice_profile(server, Grant.IMPLICIT), token)
        await session.client.delete(GRANT_PATH)
        return await sign_out(session), bool(token.access_token)

    assert asyncio.run(main()) == (True, False)
