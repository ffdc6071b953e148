"""A sign-in: who, in which organisation, until when; checked, with the client that acts for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from desktop_app.core.errors import ServiceError, SignInError, SignInNeeded, WrongOrganisation
from desktop_app.core.genesys import wire
from desktop_app.core.genesys.client import GenesysClient
from desktop_app.core.genesys.identity import Identity, revoke, still_holds, whoami
from desktop_app.core.signin.oauth import Token
from desktop_app.core.signin.permissions import Rights
from desktop_app.core.signin.profiles import Profile
from desktop_app.core.signin.secret import Secret

REVOKE_WITHIN_S = 2.0  # a token that isn't used must not keep anybody waiting

ClientFactory = Callable[[str, Callable[[], str | None]], GenesysClient]


@dataclass(slots=True)
class SignIn:
    """The token lives here and in no other place; it masks itself."""

    profile: Profile
    user_id: str
    user_name: str
    user_email: str
    organization_id: str
    organization_name: str
    expires_at: datetime  # by the service's clock
    _token: Secret = field(repr=False)

    @property
    def store_key(self) -> tuple[str, str]:
        """Whose contacts these are: never mixed with another person's (T35)."""
        return self.organization_id, self.user_id

    def same_person(self, other: SignIn) -> bool:
        """Whether another sign-in may go on with what this one has opened (fault F6)."""
        return self.store_key == other.store_key

    def same_token(self, other: SignIn) -> bool:
        """Whether the end of one would be the other's end."""
        return self.reveal_token() is not None and self.reveal_token() == other.reveal_token()

    def reveal_token(self) -> str | None:
        """For the keyring of somebody who stays signed in; None once closed."""
        return self._token.reveal()

    async def close(self) -> None:
        """Drop the token, without revoking."""
        self._token.clear()


@dataclass(slots=True)
class Session(SignIn):
    """A sign-in that the service has said to be this person's, and that may ask it for more."""

    scopes: tuple[str, ...]
    rights: Rights
    client: GenesysClient = field(repr=False)

    @property
    def excess_scopes(self) -> tuple[str, ...]:
        """Scopes that allow changes, which this application never makes (T11)."""
        return tuple(scope for scope in self.scopes if _allows_changes(scope))

    def remaining(self, now: datetime | None = None) -> timedelta:
        """How long the sign-in lasts from ``now`` on, which is by this computer's clock.

        A clock that is wrong by a day makes no difference (fault F8).
        """
        return self.expires_at - ((now or datetime.now(UTC)) + self.client.server_offset)

    async def close(self) -> None:
        """Drop the token and the connections, without revoking."""
        self._token.clear()
        await self.client.aclose()


async def open_session(
    profile: Profile,
    token: Token,
    *,
    expected_organization: str = "",
    new_client: ClientFactory = GenesysClient,
    check: Callable[[str, str], None] | None = None,
    is_kept: bool = False,
) -> Session:
    """Check whose token it is, for which client and organisation (T2); raises the reason.

    ``expected_organization`` is the id that this profile belonged to before, if any; ``check``
    takes the organisation's id and name and raises what forbids it.  A token that is refused is
    revoked, as far as that takes no longer than two seconds, and so is one that nobody waits for
    any more, unless ``is_kept``: then another start goes on with it.
    """
    client = new_client(profile.api_url, token.access_token.reveal)
    try:
        identity = await whoami(client)
        _check(identity, profile, expected_organization)
        if check is not None:
            check(identity.organization.id or "", identity.organization.name or "")
    except BaseException as error:
        unwanted = isinstance(error, asyncio.CancelledError) and not is_kept
        if unwanted or isinstance(error, SignInError):
            await _end(client, token)
        else:
            await _drop(client, token)
        raise
    return session_of(profile, token, identity, client)


def session_of(
    profile: Profile, token: Token, identity: Identity, client: GenesysClient
) -> Session:
    """The session of a token whose owner has been checked.

    One that stands for a client alone has that in the user's place.
    """
    user, organization = identity.user, identity.organization
    itself = identity.token.oauth_client or wire.TokenClient()
    authorization = user.authorization
    return Session(
        profile=profile,
        user_id=user.id or f"client:{itself.id}",
        user_name=user.name or user.email or itself.name or "unnamed user",
        user_email=user.email or "",
        organization_id=organization.id or "",
        organization_name=organization.name or "unnamed organisation",
        scopes=tuple(sorted(identity.token.authorized_scope or ())),
        rights=Rights(
            frozenset(authorization.permissions)
            if authorization is not None and authorization.permissions is not None
            else None
        ),
        expires_at=_server_now(client) + timedelta(seconds=token.expires_in),
        client=client,
        _token=token.access_token,
    )


async def heartbeat(session: Session) -> None:
    """Ask whether the sign-in still holds; raises SignInNeeded when the service has ended it.

    Any other ServiceError says nothing about the sign-in: being offline doesn't end it.
    """
    await still_holds(session.client)


async def discard(profile: Profile, token: Token, new_client: ClientFactory) -> bool:
    """End a token that is not wanted any more, within two seconds or not at all; whether it has
    ended at the service."""
    return await _end(new_client(profile.api_url, token.access_token.reveal), token)


async def _end(client: GenesysClient, token: Token) -> bool:
    try:
        async with asyncio.timeout(REVOKE_WITHIN_S):
            await revoke(client)
    except SignInNeeded:
        return True
    except (ServiceError, TimeoutError):
        return False
    finally:
        await _drop(client, token)
    return True


async def _drop(client: GenesysClient, token: Token) -> None:
    token.access_token.clear()
    await client.aclose()


async def sign_out(session: Session) -> bool:
    """Revoke the token; False when Genesys couldn't be told. Ours is dropped either way (T29).

    A token that the service no longer accepts has ended there, which is all that was wanted.
    """
    try:
        await revoke(session.client)
    except SignInNeeded:
        return True
    except ServiceError:
        return False
    finally:
        await session.close()
    return True


def _check(identity: Identity, profile: Profile, expected_organization: str) -> None:
    client = identity.token.oauth_client
    if client is None or not (client.id and identity.user.id and identity.organization.id):
        raise WrongOrganisation(
            "Genesys did not say whose sign-in this is, so it was refused. Sign in again."
        )
    if client.id.lower() != profile.client_id.lower():
        raise WrongOrganisation(
            "This sign-in was given for another application, so it was refused. Sign in again."
        )
    if expected_organization and identity.organization.id != expected_organization:
        raise WrongOrganisation(
            "This sign-in is for another organisation than before, so it was refused. Sign in"
            " with an account of the same organisation."
        )


def _server_now(client: GenesysClient) -> datetime:
    """Now by the server's clock, which decides when the token ends (fault F8)."""
    return datetime.now(UTC) + client.server_offset


def _allows_changes(scope: str) -> bool:
    return bool(scope) and not scope.endswith((":readonly", ":view")) and scope not in _HARMLESS


_HARMLESS = frozenset({"openid", "email", "profile", "user-basic-info", "notifications"})
