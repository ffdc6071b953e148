"""A checked sign-in: who, in which organisation, until when, and the client that acts for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from desktop_app.core.errors import ServiceError, SignInNeeded, WrongOrganisation
from desktop_app.core.genesys.client import GenesysClient
from desktop_app.core.genesys.identity import Identity, revoke, whoami
from desktop_app.core.signin.oauth import Token
from desktop_app.core.signin.profiles import Profile
from desktop_app.core.signin.secret import Secret

ClientFactory = Callable[[str, Callable[[], str | None]], GenesysClient]


@dataclass(slots=True)
class Session:
    """The token lives here and in no other place; it masks itself."""

    profile: Profile
    user_id: str
    user_name: str
    user_email: str
    organization_id: str
    organization_name: str
    scopes: tuple[str, ...]
    expires_at: datetime
    client: GenesysClient = field(repr=False)
    _token: Secret = field(repr=False)

    @property
    def store_key(self) -> tuple[str, str]:
        """Whose contacts these are: never mixed with another person's (T35)."""
        return self.organization_id, self.user_id

    @property
    def excess_scopes(self) -> tuple[str, ...]:
        """Scopes that allow changes, which this application never makes (T11)."""
        return tuple(scope for scope in self.scopes if _allows_changes(scope))

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
) -> Session:
    """Check whose token it is, for which client and organisation (T2); raises the reason.

    ``expected_organization`` is the id that this profile belonged to before, if any.
    """
    client = new_client(profile.api_url, token.access_token.reveal)
    try:
        identity = await whoami(client)
        _check(identity, profile, expected_organization)
    except BaseException:
        token.access_token.clear()
        await client.aclose()
        raise
    user, organization = identity.user, identity.organization
    return Session(
        profile=profile,
        user_id=user.id or "",
        user_name=user.name or user.email or "unnamed user",
        user_email=user.email or "",
        organization_id=organization.id or "",
        organization_name=organization.name or "unnamed organisation",
        scopes=tuple(sorted(identity.token.authorized_scope or ())),
        expires_at=_server_now(client) + timedelta(seconds=token.expires_in),
        client=client,
        _token=token.access_token,
    )


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
