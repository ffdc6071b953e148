"""Asking the login host for a token: for an authorization code (RFC 7636 §4.5, contract §1), or
for the credentials of a client that acts for nobody (RFC 6749 §4.4)."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Generator

import httpx
import msgspec

from desktop_app.core.errors import (
    CallbackRejected,
    ClientRefused,
    ContactHistoryError,
    LoginUnavailable,
)
from desktop_app.core.genesys import failures, wire
from desktop_app.core.genesys.answers import (
    ACCEPT_ENCODING,
    Answer,
    BodyBroken,
    BodyRefused,
    read_answer,
)
from desktop_app.core.genesys.certificates import Distrust, refused
from desktop_app.core.genesys.network import proxy_address, trust_for
from desktop_app.core.signin.oauth import Attempt, Code, Failure, Token, checked_token
from desktop_app.core.signin.profiles import Profile
from desktop_app.core.signin.refusals import from_answer
from desktop_app.core.signin.secret import Secret

DEADLINE_S = 10.0
LONGEST_ANSWER = 64 * 1024

_HEADERS = {"Accept": "application/json", "Accept-Encoding": ACCEPT_ENCODING}
_SUCCESS = 200  # and no other 2xx (RFC 6749 §5.1)


async def exchange(
    attempt: Attempt,
    answer: Code,
    *,
    verify: ssl.SSLContext | None = None,
    proxy: httpx.Proxy | None = None,
) -> Token:
    """One POST to the login host, without credentials of a client.

    Raises a SignInError; a CertificateRefused, or what the proxy has against it, as NetworkError.
    The verifier and the code are dropped before the request is made: there is no second try.
    """
    url = f"{attempt.profile.login_url}/oauth/token"
    answered = await _post(url, _form(attempt, answer), None, verify or trust_for(url), proxy)
    return await _understood(answered, url, proxy)


async def service_token(
    profile: Profile,
    client_id: str,
    secret: Secret,
    *,
    verify: ssl.SSLContext | None = None,
    proxy: httpx.Proxy | None = None,
) -> Token:
    """The token of a client that acts for nobody, by its id and secret; raises as ``exchange``."""
    url = f"{profile.login_url}/oauth/token"
    form = {"grant_type": "client_credentials"}
    shown = _Shown(client_id, secret)
    answered = await _post(url, form, shown, verify or trust_for(url), proxy)
    secret.clear()
    try:
        return await _understood(answered, url, proxy)
    except ClientRefused as error:
        if error.code != "invalid_client":
            raise
        raise ClientRefused(
            "Genesys does not accept this client id with this secret in this region. Check both,"
            " and the region in the profile.",
            code=error.code,
        ) from None


class _Shown(httpx.Auth):
    """A client's id and secret by HTTP Basic; the secret stays in one place (RFC 7617)."""

    def __init__(self, client_id: str, secret: Secret) -> None:
        self._client_id = client_id
        self._secret = secret

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        basic = httpx.BasicAuth(self._client_id, self._secret.reveal() or "")
        yield from basic.auth_flow(request)


async def _understood(
    answered: Answer | Distrust | ContactHistoryError, url: str, proxy: httpx.Proxy | None
) -> Token:
    """The token, or its refusal; what was sent is not in this frame."""
    if isinstance(answered, Answer):
        return _token(answered)
    if isinstance(answered, Distrust):
        raise await refused(answered, url, proxy)
    raise answered


def _form(attempt: Attempt, answer: Code) -> dict[str, str]:
    if not (attempt.verifier and answer.code):
        attempt.verifier.clear()
        answer.code.clear()
        raise CallbackRejected("This sign-in has already been used. Start again.")
    form = {
        "grant_type": "authorization_code",
        "code": answer.code.reveal() or "",
        "code_verifier": attempt.verifier.reveal() or "",
        "client_id": attempt.profile.client_id,
        "redirect_uri": attempt.profile.redirect_uri,
    }
    attempt.verifier.clear()
    answer.code.clear()
    return form


async def _post(
    url: str,
    form: dict[str, str],
    credentials: httpx.Auth | None,
    verify: ssl.SSLContext,
    proxy: httpx.Proxy | None,
) -> Answer | Distrust | ContactHistoryError:
    """The answer, or what was in the way.

    Nothing is raised here: an httpx exception holds the request with the code and the verifier
    or the secret, and so does this frame, which a traceback would keep.
    """
    try:
        async with (
            asyncio.timeout(DEADLINE_S),
            httpx.AsyncClient(
                trust_env=False, follow_redirects=False, verify=verify, proxy=proxy
            ) as http,
            http.stream("POST", url, data=form, headers=_HEADERS, auth=credentials) as response,
        ):
            answer = await read_answer(response, LONGEST_ANSWER)
    except BodyRefused:
        return LoginUnavailable("The login's answer is too long to be genuine.")
    except httpx.HTTPError as error:
        return _not_sent(error, proxy)
    except (TimeoutError, BodyBroken):
        return _silent()
    asked = failures.failure_of(answer, proxy_address(proxy)) if answer.status == 407 else None
    return asked.error if asked else answer


def _not_sent(error: httpx.HTTPError, proxy: httpx.Proxy | None) -> Distrust | ContactHistoryError:
    failure = failures.no_answer(error, proxy_address(proxy))
    if failure.distrust:
        return failure.distrust
    on_the_way = proxy and isinstance(error, httpx.ConnectError | httpx.ProxyError)
    return failure.error if on_the_way else _silent()


def _silent() -> LoginUnavailable:
    return LoginUnavailable(
        "The login could not be completed because Genesys' login host did not answer."
        " Check the network, then sign in again."
    )


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
