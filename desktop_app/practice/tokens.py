"""Access tokens and authorization codes, in memory."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from .accounts import Account, OAuthClient
from .errors import ApiError

CODE_LIFETIME_S = 300.0
IDLE_LIFETIME_S = 8 * 3600.0
_VERIFIER = re.compile(r"[A-Za-z0-9\-._~]{43,128}")


@dataclass
class AccessToken:
    """A token in use. Instants are epoch seconds."""

    text: str = field(repr=False)
    account: Account
    client: OAuthClient
    scopes: tuple[str, ...]
    expires_at: float
    last_used: float

    @property
    def idles_at(self) -> float:
        return self.last_used + IDLE_LIFETIME_S


class TokenStore:
    """Every token that was issued, and why one is no longer good."""

    def __init__(self, lifetime_s: int, clock: Callable[[], float]) -> None:
        self.lifetime_s = lifetime_s
        self._clock = clock
        self._tokens: dict[str, AccessToken] = {}
        self._expired: set[str] = set()

    def issue(
        self, account: Account, client: OAuthClient, scopes: tuple[str, ...] | None = None
    ) -> AccessToken:
        now = self._clock()
        token = AccessToken(
            secrets.token_urlsafe(64),
            account,
            client,
            client.scopes if scopes is None else scopes,
            now + self.lifetime_s,
            now,
        )
        self._tokens[token.text] = token
        return token

    def check(self, authorization: str | None, *, keep_idle: bool = False) -> AccessToken:
        """The token of an ``Authorization`` header, or an :class:`ApiError` 401 (contract §6).

        Any use puts off the idle limit, unless ``keep_idle`` (``preserveIdleTTL``, contract §1).
        """
        scheme, _, text = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not text:
            raise ApiError(
                401,
                "No authentication bearer token specified in authorization header.",
                code="authentication.required",
            )
        token = self._tokens.get(text)
        now = self._clock()
        if token is not None and now >= min(token.expires_at, token.idles_at):
            self.expire(token)
            token = None
        if token is None:
            if text in self._expired:
                raise ApiError(
                    401, "The supplied credentials are expired.", code="credentials.expired"
                )
            raise ApiError(401, "Invalid login credentials.")
        if not keep_idle:
            token.last_used = now
        return token

    def expire(self, token: AccessToken) -> None:
        """End a token as time would: it answers ``credentials.expired`` from now on."""
        self._tokens.pop(token.text, None)
        self._expired.add(token.text)

    def revoke(self, token: AccessToken) -> None:
        """Forget a token: it answers ``bad.credentials`` from now on."""
        self._tokens.pop(token.text, None)


class GrantRefused(Exception):
    """The token endpoint refuses an exchange; ``error`` is the OAuth error value."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(f"{error}: {description}")
        self.error = error
        self.description = description


@dataclass(frozen=True)
class _Code:
    account: Account
    client: OAuthClient
    redirect_uri: str
    challenge: str
    scopes: tuple[str, ...]
    expires_at: float


class CodeStore:
    """Authorization codes: five minutes, one use, bound to client, redirect URI and verifier."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._codes: dict[str, _Code] = {}

    def issue(
        self,
        account: Account,
        client: OAuthClient,
        *,
        redirect_uri: str,
        challenge: str,
        scopes: tuple[str, ...],
    ) -> str:
        text = secrets.token_urlsafe(32)
        self._codes[text] = _Code(
            account, client, redirect_uri, challenge, scopes, self._clock() + CODE_LIFETIME_S
        )
        return text

    def redeem(
        self, text: str, *, client_id: str, redirect_uri: str, verifier: str
    ) -> tuple[Account, OAuthClient, tuple[str, ...]]:
        """Who the code stands for. A code is gone after the first attempt, good or not."""
        code = self._codes.pop(text, None)
        if code is None or self._clock() >= code.expires_at:
            raise GrantRefused("invalid_grant", "The authorization code is invalid or expired.")
        if client_id != code.client.client_id or redirect_uri != code.redirect_uri:
            raise GrantRefused("invalid_grant", "The authorization code was issued otherwise.")
        if not _VERIFIER.fullmatch(verifier):
            raise GrantRefused("invalid_request", "code_verifier must have 43 to 128 characters.")
        if not secrets.compare_digest(s256(verifier), code.challenge):
            raise GrantRefused("invalid_grant", "code_verifier does not match code_challenge.")
        return code.account, code.client, code.scopes


def s256(verifier: str) -> str:
    """The PKCE challenge of a verifier (RFC 7636 §4.2)."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")
