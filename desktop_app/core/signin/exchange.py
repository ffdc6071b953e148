"""Exchanging an authorization code for a token (RFC 7636 §4.5, contract §1)."""

from __future__ import annotations

import asyncio
import ssl

import httpx
import msgspec

from desktop_app.core.errors import CallbackRejected, LoginUnavailable
from desktop_app.core.genesys import wire
from desktop_app.core.genesys.answers import (
    ACCEPT_ENCODING,
    Answer,
    BodyBroken,
    BodyRefused,
    read_answer,
)
from desktop_app.core.signin.oauth import Attempt, Code, Failure, Token, checked_token
from desktop_app.core.signin.refusals import from_answer

DEADLINE_S = 10.0
LONGEST_ANSWER = 64 * 1024

_HEADERS = {"Accept": "application/json", "Accept-Encoding": ACCEPT_ENCODING}
_SUCCESS = 200  # and no other 2xx (RFC 6749 §5.1)


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
    answered = await _post(f"{attempt.profile.login_url}/oauth/token", form, verify)
    if answered is None:
        raise LoginUnavailable(
            "The login could not be completed because Genesys' login host did not answer."
            " Check the network, then sign in again."
        )
    return _token(answered)


async def _post(url: str, form: dict[str, str], verify: ssl.SSLContext | None) -> Answer | None:
    """The answer, or None without one.

    Nothing is raised while an httpx exception is handled: it holds the request with the code
    and the verifier, and would stay within reach as the context of what is raised.
    """
    try:
        async with (
            asyncio.timeout(DEADLINE_S),
            httpx.AsyncClient(
                trust_env=False, follow_redirects=False, verify=verify or _trust(url)
            ) as http,
            http.stream("POST", url, data=form, headers=_HEADERS) as response,
        ):
            return await read_answer(response, LONGEST_ANSWER)
    except BodyRefused:
        raise LoginUnavailable("The login's answer is too long to be genuine.") from None
    except (TimeoutError, httpx.HTTPError, BodyBroken):
        return None


def _trust(url: str) -> ssl.SSLContext | bool:
    """A trust store takes 20 ms to read, and plain http on this computer needs none."""
    return ssl.create_default_context() if url.startswith("https:") else False


def _token(answer: Answer) -> Token:
    if answer.status >= 500:
        raise from_answer({"error": "server_error"})
    grant = _grant(answer.body)
    if grant is not None and grant.error:
        raise from_answer(
            {
                "error": grant.error,
                "description": grant.description or "",
                "error_description": grant.error_description or "",
            }
        )
    if grant is None or answer.status != _SUCCESS:
        raise LoginUnavailable(
            "The login's answer did not come from Genesys. If this network has a sign-on page of"
            " its own, open it in a browser first, then sign in again."
        )
    if (grant.token_type or "bearer").lower() != "bearer":
        raise CallbackRejected("The login's answer holds no usable token. Sign in again.")
    token = checked_token(grant.access_token or "", grant.expires_in)
    if isinstance(token, Failure):
        raise token.error
    return token


def _grant(body: bytes) -> wire.TokenGrant | None:
    """None for anything but a JSON object; nothing is raised, for an error of decoding holds
    the body, and the token with it."""
    try:
        return wire.decode(body, wire.TokenGrant)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
