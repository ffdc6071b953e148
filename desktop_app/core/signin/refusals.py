"""What the login host's refusals mean to the person, and what mends them (contract §1)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from urllib.parse import unquote

from desktop_app.core.errors import (
    AccessDenied,
    CallbackRejected,
    ClientRefused,
    LoginUnavailable,
    SignInError,
)

LONGEST_QUOTE = 200

_UNKNOWN_CLIENT = (
    "Genesys does not know this client id in this region. Check client_id and region in the"
    " profile, or ask your admin for the OAuth client."
)
_REDIRECT = (
    "The redirect URI of the profile is not registered with the OAuth client. Ask your admin to"
    " add exactly this one to the client."
)
_GRANT = (
    "The OAuth client does not allow this way of signing in. Set grant to the one that the"
    " client has (pkce for every client made since March 2026), or ask your admin."
)
_SCOPE = (
    "The OAuth client does not allow the scope that the profile asks for. Remove scope from the"
    " profile, or ask your admin."
)
_PKCE = "The login's proof was refused. Try again; if it stays, ask your admin to check the client."
_DENIED = "Access was refused on the login page. Sign in again to try with another account."
_DOWN = "Genesys' login is unavailable just now. Try again in a few minutes."


def _client(sentence: str) -> Callable[[str], SignInError]:
    return lambda code: ClientRefused(sentence, code=code)


_BY_CODE: Mapping[str, Callable[[str], SignInError]] = {
    "unauthorized_client": _client(_GRANT),
    "unsupported_response_type": _client(_GRANT),
    "invalid_client": _client(_UNKNOWN_CLIENT),
    "invalid_scope": _client(_SCOPE),
    "invalid_pkce_package": _client(_PKCE),
    "invalid_grant": _client(_PKCE),
    "access_denied": lambda code: AccessDenied(_DENIED),
    "server_error": lambda code: LoginUnavailable(_DOWN),
    "temporarily_unavailable": lambda code: LoginUnavailable(_DOWN),
    # as the login host spells them on its own error page
    "invalidClientId": _client(_UNKNOWN_CLIENT),
    "unauthorizedClient": _client(_GRANT),
    "unsupportedResponseType": _client(_GRANT),
    "invalidRedirectUri": _client(_REDIRECT),
    "redirectUriMismatch": _client(_REDIRECT),
}


def from_answer(given: Mapping[str, str]) -> SignInError:
    """The error of an answer at the callback or the token endpoint.

    Genesys writes ``description`` as well as ``error_description`` (quirks 33), and may have
    encoded it once more than was undone (contract §1).
    """
    code = _code(given.get("error", ""))
    said = quote(unquote(given.get("error_description") or given.get("description") or ""))
    known = _BY_CODE.get(code)
    if known is None:
        return CallbackRejected(
            f"Genesys refused the sign-in ({code or 'no reason given'}).{said} Try again, or ask"
            " your admin."
        )
    error = known(code)
    if said and not isinstance(error, AccessDenied):
        # The service's own words often name the very setting that is wrong.
        if isinstance(error, ClientRefused):
            return ClientRefused(f"{error.sentence}{said}", code=code)
        return type(error)(f"{error.sentence}{said}")
    return error


def is_grant_refused(error: Exception) -> bool:
    """Whether the client exists and takes another grant than the one that was asked for."""
    return isinstance(error, ClientRefused) and error.code in _GRANT_REFUSED


_GRANT_REFUSED = frozenset(
    {
        "unauthorized_client",
        "unsupported_response_type",
        "unauthorizedClient",
        "unsupportedResponseType",
    }
)


def from_login_page(key: str) -> SignInError:
    """The error that the login host shows by itself, ``#/error?errorKey=…``."""
    code = _code(key)
    known = _BY_CODE.get(code)
    if known is not None:
        return known(code)
    return ClientRefused(
        f"Genesys' login page refused to go on ({code or 'no reason given'}). Check client_id,"
        " redirect_uri and region in the profile, or ask your admin.",
        code=code,
    )


def quote(text: str) -> str:
    """The service's own words, made harmless: one line, short, nothing invisible."""
    clean = re.sub(r"\s+", " ", "".join(c if c.isprintable() else " " for c in text)).strip()
    if not clean:
        return ""
    if len(clean) > LONGEST_QUOTE:
        clean = f"{clean[:LONGEST_QUOTE]}…"
    return f" Genesys says: {clean}{'' if clean.endswith(('.', '!', '?', '…')) else '.'}"


def _code(text: str) -> str:
    """An error code has a narrow alphabet; anything else isn't shown."""
    return text if re.fullmatch(r"[A-Za-z0-9_.-]{1,64}", text) else ""
