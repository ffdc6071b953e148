"""Who is signed in, and signing out."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from desktop_app.core.errors import (
    NetworkError,
    PermissionMissing,
    ServiceTimeout,
    ServiceUnavailable,
    SignInNeeded,
)
from desktop_app.core.genesys.client import GenesysClient
from desktop_app.core.genesys.identity import Identity, revoke, still_holds, whoami
from tests.core.genesys.scripted import Endpoint, forbidden, scripted
from tests.core.genesys.virtual_time import now, run, timing

ACME = {"id": "org-1", "name": "Acme"}
TOKEN: dict[str, Any] = {
    "organization": ACME,
    "homeOrganization": {"id": "org-0", "name": "Parent"},
    "authorizedScope": ["analytics:readonly"],
    "OAuthClient": {"id": "client-1", "name": "Contact History", "organization": {"id": "org-1"}},
}
USER = {"id": "u1", "name": "Grace Obi", "email": "grace.obi@acme.example"}


def api(
    token: dict[str, Any], organization: httpx.Response | None = None
) -> tuple[Endpoint, list[str]]:
    asked: list[str] = []

    def endpoint(request: httpx.Request) -> httpx.Response:
        asked.append(f"{request.method} {request.url.path.removeprefix('/api/v2/')}")
        match request.url.path:
            case "/api/v2/tokens/me":
                return httpx.Response(200, json=token)
            case "/api/v2/users/me":
                return httpx.Response(200, json=USER)
            case _:
                assert organization is not None, "not needed"
                return organization

    return endpoint, asked


def identity_of(token: dict[str, Any], organization: httpx.Response | None = None) -> Identity:
    endpoint, _ = api(token, organization)
    return run(whoami(scripted(endpoint)))


def test_token_and_user_say_who_it_is() -> None:
    endpoint, asked = api(TOKEN)
    who = run(whoami(scripted(endpoint)))
    assert (who.user.id, who.user.name, who.user.email) == tuple(USER.values())
    assert (who.organization.id, who.organization.name) == ("org-1", "Acme")
    assert who.token.home_organization is not None
    assert who.token.home_organization.id == "org-0"
    assert who.token.oauth_client is not None
    assert who.token.oauth_client.id == "client-1"
    assert who.token.authorized_scope == ["analytics:readonly"]
    assert sorted(asked) == ["GET tokens/me", "GET users/me"]


@pytest.mark.parametrize("lacking", [None, {}, {"id": "org-1"}, {"id": "org-1", "name": ""}])
def test_a_name_that_the_token_lacks_is_fetched(lacking: dict[str, str] | None) -> None:
    who = identity_of({**TOKEN, "organization": lacking}, httpx.Response(200, json=ACME))
    assert (who.organization.id, who.organization.name) == ("org-1", "Acme")
    assert who.token.oauth_client is not None


def test_another_organisations_name_is_not_taken() -> None:
    other = httpx.Response(200, json={"id": "org-9", "name": "Other"})
    who = identity_of({**TOKEN, "organization": {"id": "org-1"}}, other)
    assert (who.organization.id, who.organization.name) == ("org-1", None)


@pytest.mark.parametrize("answer", [httpx.Response(404, json={}), forbidden("x:y:z")])
def test_an_organisation_that_does_not_tell_stays_nameless(answer: httpx.Response) -> None:
    who = identity_of({**TOKEN, "organization": {"id": "org-1"}}, answer)
    assert (who.organization.id, who.organization.name) == ("org-1", None)


@pytest.mark.parametrize(
    ("told", "permissions"),
    [
        ({"permissions": ["routing:queue:view"], "roles": [{}]}, ["routing:queue:view"]),
        ({"permissions": []}, []),
        ({"permissions": ["quality:evaluation:view", 5, None]}, ["quality:evaluation:view"]),
        ({"permissions": "all of them"}, None),
        ({"permissions": None}, None),
        ({}, None),
    ],
)
def test_the_user_comes_with_their_permissions(
    told: dict[str, Any], permissions: list[str] | None
) -> None:
    expanded: list[str] = []

    def endpoint(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/api/v2/tokens/me":
            return httpx.Response(200, json=TOKEN)
        expanded.extend(request.url.params.get_list("expand"))
        return httpx.Response(200, json={**USER, "authorization": told})

    who = run(whoami(scripted(endpoint)))
    assert expanded == ["authorization"]
    assert who.user.id == "u1" and who.user.authorization is not None
    assert who.user.authorization.permissions == permissions


@pytest.mark.parametrize("told", [None, "supervisor", ["routing:queue:view"]])
def test_permissions_that_are_not_told_are_unknown(told: object) -> None:
    def endpoint(request: httpx.Request) -> httpx.Response:
        grant = request.url.path == "/api/v2/tokens/me"
        return httpx.Response(200, json=TOKEN if grant else {**USER, "authorization": told})

    who = run(whoami(scripted(endpoint)))
    assert (who.user.id, who.user.authorization) == ("u1", None)


def test_asking_whether_a_token_holds_keeps_the_idle_limit_running() -> None:
    asked: list[str] = []

    def endpoint(request: httpx.Request) -> httpx.Response:
        asked.append(f"{request.method} {request.url.raw_path.decode()}")
        return httpx.Response(200, json=TOKEN)

    run(still_holds(scripted(endpoint)))
    assert asked == ["GET /api/v2/tokens/me?preserveIdleTTL=true"]


@pytest.mark.parametrize(
    ("status", "error"), [(401, SignInNeeded), (503, ServiceUnavailable), (403, PermissionMissing)]
)
def test_only_a_401_says_that_a_token_has_ended(status: int, error: type[Exception]) -> None:
    with pytest.raises(error):
        run(still_holds(scripted(lambda _: httpx.Response(status, json={}))))


def test_being_offline_says_nothing_about_a_token() -> None:
    def endpoint(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("gone")

    with pytest.raises(NetworkError):
        run(still_holds(scripted(endpoint)))


def test_a_token_that_is_refused_needs_a_sign_in_and_not_a_group_of_errors() -> None:
    client = scripted(lambda _: httpx.Response(401, json={"code": "bad.credentials"}))
    with pytest.raises(SignInNeeded):
        run(whoami(client))


def test_the_first_error_stops_the_other_question() -> None:
    stopped: list[str] = []

    async def transport(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/api/v2/tokens/me":
            return httpx.Response(401)
        try:
            await asyncio.sleep(3600)
        finally:
            stopped.append(request.url.path)
        return httpx.Response(200)

    client = GenesysClient(
        "https://api.example.com",
        lambda: "token",
        transport=httpx.MockTransport(transport),
        timing=timing(),
    )
    with pytest.raises(SignInNeeded):
        run(whoami(client))
    assert stopped == ["/api/v2/users/me"]


def test_revoking_deletes_the_token_once() -> None:
    asked: list[str] = []

    def endpoint(request: httpx.Request) -> httpx.Response:
        asked.append(f"{request.method} {request.url.path}")
        return httpx.Response(200)

    run(revoke(scripted(endpoint)))
    assert asked == ["DELETE /api/v2/tokens/me"]


def test_revoking_without_a_network_is_an_error_after_one_try() -> None:
    tries = 0

    def endpoint(_: httpx.Request) -> httpx.Response:
        nonlocal tries
        tries += 1
        raise httpx.ConnectError("gone")

    with pytest.raises(NetworkError):
        run(revoke(scripted(endpoint)))
    assert tries == 1


def test_revoking_does_not_wait_for_a_long_pause() -> None:
    async def main() -> float:
        client = scripted(lambda _: httpx.Response(429, headers={"retry-after": "120"}))
        with pytest.raises(ServiceTimeout):
            await revoke(client)
        return now()

    assert run(main()) == pytest.approx(10)
