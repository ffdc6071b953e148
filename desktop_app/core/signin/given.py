"""Signing in where nobody is there to type: with what the program's environment gives it.

A token that somebody has got elsewhere, or the id and the secret of an OAuth client that acts for
nobody (contract §1).  Never an argument: other programs can read those (safety T26).
"""

from __future__ import annotations

import os
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass

from desktop_app.core.errors import SignInNotGiven, WrongOrganisation
from desktop_app.core.genesys.client import GenesysClient
from desktop_app.core.genesys.identity import whoami_or_what
from desktop_app.core.signin.oauth import Token
from desktop_app.core.signin.profiles import Profile
from desktop_app.core.signin.secret import Secret
from desktop_app.core.signin.session import ClientFactory, Session, session_of

TOKEN = "CONTACT_HISTORY_TOKEN"
CLIENT_ID = "CONTACT_HISTORY_CLIENT_ID"
CLIENT_SECRET = "CONTACT_HISTORY_CLIENT_SECRET"


@dataclass(frozen=True, slots=True)
class GivenToken:
    """Somebody else's to end: it is never revoked here."""

    token: Secret


@dataclass(frozen=True, slots=True)
class GivenClient:
    client_id: str
    secret: Secret


Given = GivenToken | GivenClient


def take_given(environment: MutableMapping[str, str] = os.environ) -> Given | None:
    """What the environment gives, a token before a client; None if it gives nothing.

    All of it is removed, so that no child inherits it.  Raises SignInNotGiven for half a client.
    """
    token, client_id, secret = (
        environment.pop(name, "").strip() for name in (TOKEN, CLIENT_ID, CLIENT_SECRET)
    )
    if token:
        return GivenToken(Secret(token))
    if client_id and secret:
        return GivenClient(client_id, Secret(secret))
    if client_id or secret:
        there, missing = (CLIENT_ID, CLIENT_SECRET) if client_id else (CLIENT_SECRET, CLIENT_ID)
        raise SignInNotGiven(f"{there} is set and {missing} isn't. Set both, or {TOKEN} instead.")
    return None


async def open_given(
    profile: Profile,
    token: Token,
    *,
    expected_organization: str = "",
    new_client: ClientFactory = GenesysClient,
    check: Callable[[str, str], None] | None = None,
) -> Session:
    """A session for a token that may be any OAuth client's: whoever set it chose it.

    The organisation is checked as at every sign-in (T2, T35).  Raises the reason, and leaves the
    token as it is.
    """
    client = new_client(profile.api_url, token.access_token.reveal)
    try:
        identity = await whoami_or_what(client)
        organization = identity.organization
        if not organization.id or (identity.token.oauth_client is None and not identity.user.id):
            raise WrongOrganisation(
                "Genesys did not say whose sign-in this is, so it was refused. Get a new one."
            )
        if expected_organization and organization.id != expected_organization:
            raise WrongOrganisation(
                "This sign-in is for another organisation than the profile's, so it was refused."
                " Choose the profile that belongs to it."
            )
        if check is not None:
            check(organization.id, organization.name or "")
    except BaseException:
        await client.aclose()
        raise
    return session_of(profile, token, identity, client)
