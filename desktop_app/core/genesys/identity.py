"""Who the token belongs to, and its end (contract §1)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import msgspec

from desktop_app.core.errors import (
    NotFound,
    PermissionMissing,
    RequestRefused,
    ServiceTimeout,
)
from desktop_app.core.genesys import wire
from desktop_app.core.genesys.client import GenesysClient
from desktop_app.core.genesys.together import side_by_side

GRANT = "/api/v2/tokens/me"
USER = "/api/v2/users/me"
ORGANIZATION = "/api/v2/organizations/me"

REVOKE_WITHIN_S = 10.0


@dataclass(frozen=True, slots=True)
class Identity:
    """The signed-in person and what the token says: organisation, client, scopes.

    The user is empty where the token stands for a client alone.
    """

    user: wire.User
    token: wire.TokenInfo

    @property
    def organization(self) -> wire.Entity:
        """The organisation that the token is for now; ``home_organization`` may be another."""
        return self.token.organization or wire.Entity()


async def whoami(client: GenesysClient) -> Identity:
    """Ask who is signed in; the organisation's name is fetched where the token lacks it.

    The user comes with their permissions, where the service tells them.  Raises
    ``ServiceError``.  None of these calls needs a permission.
    """
    async with side_by_side() as group:
        asked_token = group.create_task(client.get(GRANT, wire.TokenInfo))
        asked_user = group.create_task(
            client.get(USER, wire.User, params={"expand": "authorization"})
        )
    token, user = asked_token.result(), asked_user.result()
    here = token.organization or wire.Entity()
    if not (here.id and here.name):
        token = msgspec.structs.replace(token, organization=await _completed(client, here))
    return Identity(user, token)


async def whoami_or_what(client: GenesysClient) -> Identity:
    """The same for a token that may stand for no user: such a one can't ask who it is."""
    try:
        return await whoami(client)
    except (NotFound, PermissionMissing, RequestRefused):
        token = await client.get(GRANT, wire.TokenInfo)
    organization = await _completed(client, token.organization or wire.Entity())
    return Identity(wire.User(), msgspec.structs.replace(token, organization=organization))


async def _completed(client: GenesysClient, here: wire.Entity) -> wire.Entity:
    """``here`` with what the organisation says of itself, unless that is another one."""
    try:
        said = await client.get(ORGANIZATION, wire.Organization)
    except (NotFound, PermissionMissing, RequestRefused):
        return here
    if here.id and here.id != said.id:
        return here
    return wire.Entity(id=said.id, name=said.name or here.name)


async def still_holds(client: GenesysClient) -> None:
    """Ask whether the token is still good, without putting off Genesys' own idle limit.

    Raises ``ServiceError``: ``SignInNeeded`` when it has ended there (contract §1).
    """
    await client.get(GRANT, wire.TokenInfo, params={"preserveIdleTTL": "true"})


async def revoke(client: GenesysClient) -> None:
    """End the token at the service.

    Raises ``ServiceError``; ``ServiceTimeout`` if it takes longer than ten seconds, waiting for
    the rate budget included: signing out must not hang.
    """
    try:
        async with asyncio.timeout(REVOKE_WITHIN_S):
            await client.delete(GRANT)
    except TimeoutError:
        raise ServiceTimeout(
            "Genesys Cloud did not confirm the sign-out in time; the sign-in will expire by itself."
        ) from None
