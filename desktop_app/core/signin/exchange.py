"""Exchanging an authorization code for a token (RFC 7636 §4.5, contract §1)."""

from __future__ import annotations

import asyncio
import ssl

import httpx
import msgspec

from desktop_app.core.errors import CallbackRejected, LoginUnavailable
from desktop_app.core.genesys import wire
from desktop_app.core.signin.oauth import Attempt, Code, Failure, Token, checked_token
from desktop_app.core.signin.refusals import from_answer

DEADLINE_S = 10.0
LONGEST_ANSWER = 64 * 1024


async def exchange(
    attempt: Attempt, answer: Code, *, verify: ssl.SSLContext | None = None
) -> Token:
    """One POST to the login host, without credentials of a client; raises a SignInError.

    The verifier and the code are dropped before the request is made: there is no second try.
    """
    verifier, code = attempt.verifier.reveal(), answer.code.reveal()
    attempt.verifier.clear()
    answer.code.clear()
    if not verifier or not code:
        raise CallbackRejected("This sign-in has already been used. Start again.")
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "code_verifier": verifier,
        "client_id": attempt.profile.client_id,
        "redirect_uri": attempt.profile.redirect_uri,
    }
    body = await _post(f"{attempt.profile.login_url}/oauth/token", form, verify)
    if body is None:
        raise LoginUnavailable(
            "The login could not be completed because Genesys' login host did not answer."
            " Check the network, then sign in again."
        )
    return _token(body)


async def _post(url: str, form: dict[str, str], verify: ssl.SSLContext | None) -> bytes | None:
    """The answer's body, or None without one.

    Nothing is raised while an httpx exception is handled: it holds the request with the code
    and the verifier, and would stay within reach as the context of what is raised.
    """
    try:
        async with (
            asyncio.timeout(DEADLINE_S),
            httpx.AsyncClient(
                trust_env=False, follow_redirects=False, verify=verify or _trust(url)
            ) as http,
            http.stream("POST", url, data=form) as response,
        ):
            if response.status_code >= 500:
                raise from_answer({"error": "server_error"})
            body = b""
            async for part in response.aiter_bytes():
                body += part
                if len(body) > LONGEST_ANSWER:
                    raise LoginUnavailable("The login's answer is too long to be genuine.")
            return body
    except (TimeoutError, httpx.HTTPError):
        return None


def _trust(url: str) -> ssl.SSLContext | bool:
    """A trust store takes 20 ms to read, and plain http on this computer needs none."""
    return ssl.create_default_context() if url.startswith("https:") else False


def _token(body: bytes) -> Token:
    try:
        grant = wire.decode(body, wire.TokenGrant)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise LoginUnavailable(
            "The login's answer did not come from Genesys. If this network has a sign-on page of"
            " its own, open it in a browser first, then sign in again."
        ) from None
    if grant.error:
        raise from_answer(
            {
                "error": grant.error,
                "description": grant.description or "",
                "error_description": grant.error_description or "",
            }
        )
    if (grant.token_type or "bearer").lower() != "bearer":
        raise CallbackRejected("The login's answer holds no usable token. Sign in again.")
    token = checked_token(grant.access_token or "", grant.expires_in)
    if isinstance(token, Failure):
        raise token.error
    return token
