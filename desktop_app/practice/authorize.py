"""Authorize requests: what they ask for, why they are refused, how they are answered.

Facts: contract §1 and quirks 33 and 34.  A request whose client or redirect URI is wrong is never
redirected; every later failure goes back to the application.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, quote_plus

from .accounts import OAuthClient

_CHALLENGE = re.compile(r"[A-Za-z0-9\-_]{43}")
_SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9\-_.]{0,63}")


class RefusedOnPage(Exception):
    """Failure A: the login host keeps the person and shows ``#/error?errorKey=…``."""

    def __init__(self, error_key: str) -> None:
        super().__init__(error_key)
        self.error_key = error_key


@dataclass(frozen=True)
class ReturnAddress:
    """Where an answer goes; ``implicit`` puts it into the fragment, else it is the query."""

    redirect_uri: str
    implicit: bool
    state: str | None

    def success(self, fields: Mapping[str, str]) -> str:
        """The callback with the grant.

        The implicit answer carries ``state`` percent-encoded twice, as clients of the service
        have to expect (contract §1).
        """
        parts = [(name, quote(value, safe="")) for name, value in fields.items()]
        return self._url(parts)

    def failure(self, error: str, description: str) -> str:
        """Failure B: ``description`` in fragments, ``error_description`` in queries (quirk 33)."""
        spelling = "description" if self.implicit else "error_description"
        return self._url([("error", error), (spelling, quote_plus(description))])

    def _url(self, encoded: Iterable[tuple[str, str]]) -> str:
        parts = [f"{name}={value}" for name, value in encoded]
        if self.state is not None:
            state = quote(self.state, safe="")
            parts.append(f"state={quote(state, safe='') if self.implicit else state}")
        return self.redirect_uri + ("#" if self.implicit else "?") + "&".join(parts)


class RefusedToClient(Exception):
    """Failure B: the application is told, at its redirect URI."""

    def __init__(self, to: ReturnAddress, error: str, description: str) -> None:
        super().__init__(error)
        self.location = to.failure(error, description)


@dataclass(frozen=True)
class AuthorizeRequest:
    """A request that may go on to the login page."""

    client: OAuthClient
    to: ReturnAddress
    scopes: tuple[str, ...]
    challenge: str
    org: str
    provider: str
    target: str
    login_hint: str
    must_type: bool


def read_authorize_request(
    query: Sequence[tuple[str, str]], clients: Iterable[OAuthClient], org_names: Iterable[str]
) -> AuthorizeRequest:
    """The request in ``query``; raises :class:`RefusedOnPage` or :class:`RefusedToClient`."""
    values = dict(query)
    client = next((c for c in clients if c.client_id == values.get("client_id")), None)
    if client is None or _count(query, "client_id") > 1:
        raise RefusedOnPage("invalidClientId")
    redirect_uri = values.get("redirect_uri", "")
    if not client.allows_redirect(redirect_uri) or _count(query, "redirect_uri") > 1:
        raise RefusedOnPage("invalidRedirectUri")
    org, provider = values.get("org", ""), values.get("provider", "")
    if bool(org) != bool(provider):
        raise RefusedOnPage("orgAndProviderRequired")
    if org and org.casefold() not in {name.casefold() for name in org_names}:
        raise RefusedOnPage("invalidOrganization")
    if provider and not _SLUG.fullmatch(provider):
        raise RefusedOnPage("invalidProvider")

    response_type = values.get("response_type", "")
    to = ReturnAddress(redirect_uri, response_type != "code", values.get("state"))
    if len(values) != len(query):
        raise RefusedToClient(to, "invalid_request", "A parameter is repeated")
    if response_type not in ("token", "code"):
        raise RefusedToClient(
            to, "unsupported_response_type", "response_type must be token or code"
        )
    if response_type not in client.response_types:
        raise RefusedToClient(
            to, "unauthorized_client", "The client is not authorized to use this response type"
        )
    return AuthorizeRequest(
        client=client,
        to=to,
        scopes=_scopes(values.get("scope", ""), client, to),
        challenge=_challenge(values, to) if response_type == "code" else "",
        org=org,
        provider=provider,
        target=values.get("target", ""),
        login_hint=values.get("login_hint", ""),
        must_type=values.get("prompt") == "login",
    )


def _count(query: Sequence[tuple[str, str]], name: str) -> int:
    return sum(1 for key, _ in query if key == name)


def _scopes(asked: str, client: OAuthClient, to: ReturnAddress) -> tuple[str, ...]:
    if not asked:
        return client.scopes
    scopes = tuple(asked.split())
    if not set(scopes) <= set(client.scopes):
        raise RefusedToClient(to, "invalid_scope", "A requested scope is unknown or not allowed")
    return scopes


def _challenge(values: Mapping[str, str], to: ReturnAddress) -> str:
    challenge = values.get("code_challenge", "")
    if not challenge:
        raise RefusedToClient(to, "invalid_request", "code_challenge is required")
    if values.get("code_challenge_method") != "S256":
        raise RefusedToClient(to, "invalid_pkce_package", "code_challenge_method must be S256")
    if not _CHALLENGE.fullmatch(challenge):
        raise RefusedToClient(to, "invalid_pkce_package", "code_challenge is malformed")
    return challenge
