"""What went wrong, as the tree of errors, and whether trying again can mend it.

Pure: an answer or an exception goes in, a ``Failure`` comes out.  Sentences name the mend and
never hold a token, a URL's query or a customer's data: text of the service is shortened, and
what looks like an address, a number or a value that was sent is taken out.
"""

from __future__ import annotations

import re
import ssl
from dataclasses import dataclass
from enum import Enum

import httpx
import msgspec

from desktop_app.core.errors import (
    NetworkError,
    NotFound,
    PermissionMissing,
    ProxySignInNeeded,
    RateLimited,
    RequestRefused,
    ServiceError,
    ServiceTimeout,
    ServiceUnavailable,
    SignInNeeded,
    UnexpectedAnswer,
)
from desktop_app.core.genesys import wire
from desktop_app.core.genesys.answers import Answer, http_date
from desktop_app.core.genesys.certificates import Distrust, distrust_of, refusal


class Again(Enum):
    """Whether a request may be sent again after a failure."""

    NEVER = "never"
    READS = "reads"  # it may have been carried out: only what changes nothing
    REFUSED = "refused"  # 429: it wasn't carried out


@dataclass(frozen=True, slots=True)
class Failure:
    """``wait_s``: seconds that the service asked for; None if it didn't say.

    ``distrust``: what was wrong with a certificate; ``certificates.refused`` finds its issuer.
    """

    error: ServiceError
    again: Again = Again.NEVER
    wait_s: float | None = None
    distrust: Distrust | None = None


_PORTAL = (
    "The answer did not come from Genesys Cloud. If this network has a sign-in page of its own "
    "(a hotel, a guest Wi-Fi, a company proxy), open it in a browser first, then retry."
)


# --- answers ------------------------------------------------------------------------------------


def failure_of(answer: Answer, proxy: str = "") -> Failure | None:
    """The failure that an answer's status stands for; None for a 2xx.

    ``proxy`` is the host and port of the proxy that it came through.

    Decided on the status, not on the code in the body, which varies (quirk 28).  Transient are
    502, 503 and 504; 500 fails at once (contract §6).
    """
    status = answer.status
    if 200 <= status < 300:
        return None
    if status < 400 or status == 511:  # never followed, never from the API
        return unexpected()
    correlation_id = _correlation_id(answer)
    if status >= 500:
        return Failure(
            ServiceUnavailable(
                f"Genesys Cloud can't answer at the moment (status {status}). Try again shortly.",
                correlation_id=correlation_id,
            ),
            Again.READS if status in (502, 503, 504) else Again.NEVER,
            _retry_after_s(answer),
        )
    if status == 407:
        return _proxy_asks(proxy)
    if status != 429 and answer.body and not answer.is_json:
        return unexpected()
    body = _error_body(answer)
    if status == 429:
        wait_s = _refused_for_s(answer, body.message or "")
        return Failure(_rate_limited(wait_s, correlation_id), Again.REFUSED, wait_s)
    return Failure(_refusal(status, body, correlation_id))


def _refusal(status: int, body: wire.ErrorBody, correlation_id: str) -> ServiceError:
    message = body.message or ""
    code = _word(body.code)
    if status == 401 and code == "ip.not.authorized":
        return PermissionMissing(
            "Genesys Cloud does not accept this computer's network address. "
            "Ask a Genesys admin to allow it.",
            correlation_id=correlation_id,
        )
    if status == 401:
        return SignInNeeded(
            "Your sign-in has expired or was ended elsewhere. Sign in again to go on.",
            correlation_id=correlation_id,
        )
    if status == 403:
        names = permissions_in(message)
        return PermissionMissing(_lacks(names), permissions=names, correlation_id=correlation_id)
    if status == 404:
        return NotFound(
            "Genesys Cloud doesn't have what was asked for; it may have been deleted.",
            correlation_id=correlation_id,
        )
    said = plain(message)
    label = f"{status} {code}".strip()
    return RequestRefused(
        f"Genesys Cloud refused the request ({label})" + (f": {said}" if said else "."),
        status=status,
        code=code,
        correlation_id=correlation_id,
    )


def _rate_limited(wait_s: float | None, correlation_id: str) -> RateLimited:
    when = f"Try again in {'a minute' if wait_s is None else _in_words(wait_s)}."
    return RateLimited(
        f"Genesys Cloud has had too many requests from this sign-in. {when}",
        retry_after=wait_s,
        correlation_id=correlation_id,
    )


def _in_words(seconds: float) -> str:
    if seconds < 2:
        return "a moment"
    if seconds < 120:
        return f"{round(seconds)} seconds"
    return f"{round(seconds / 60)} minutes"


_PERMISSION = re.compile(r"(?<![\w.:/])([A-Za-z][\w-]*:[\w*-]+:[\w*-]+)")


def permissions_in(message: str) -> tuple[str, ...]:
    """The permissions that a 403 names, in order, without the division id that may follow.

    They stand only in the prose; the list may be empty, or a Java class name may stand in its
    place, and older answers name none (quirk 30).
    """
    return tuple(dict.fromkeys(_PERMISSION.findall(message)))


def _lacks(names: tuple[str, ...]) -> str:
    match names:
        case ():
            what = "a permission for this, and Genesys Cloud did not name it"
        case (name,):
            what = f"the permission {name}"
        case _:
            what = f"these permissions (one may be enough): {', '.join(names)}"
    return f"Your account lacks {what}. Ask a Genesys admin to grant it."


_SECONDS = re.compile(r"\[(\d{1,7})\] seconds", re.ASCII)
_WITHIN = re.compile(r"within\s*$")


def _retry_after_s(answer: Answer) -> float | None:
    """``Retry-After`` in seconds; a date is measured by the server's own clock."""
    said = answer.headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,9}", said, re.ASCII):
        return float(said)
    if (until := http_date(said)) and (now := answer.date):
        return max(0.0, (until - now).total_seconds())
    return None


def _refused_for_s(answer: Answer, message: str) -> float | None:
    """How long a 429 lasts: by ``Retry-After``, else its message, else the window's reset.

    The message's "[300] requests within [60] seconds" is the limit, not the wait (quirk 31).
    """
    if (said := _retry_after_s(answer)) is not None:
        return said
    for match in _SECONDS.finditer(message):
        if not _WITHIN.search(message, 0, match.start()):
            return float(match[1])
    reset = answer.headers.get("inin-ratelimit-reset", "").strip()
    return float(reset) if re.fullmatch(r"\d{1,4}", reset, re.ASCII) else None


def _error_body(answer: Answer) -> wire.ErrorBody:
    try:
        return wire.decode(answer.body, wire.ErrorBody)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return wire.ErrorBody()


def _correlation_id(answer: Answer) -> str:
    return _word(answer.headers.get("inin-correlation-id")) or _word(_error_body(answer).context_id)


def _word(text: str | None) -> str:
    """A code or an id of the service; empty if it isn't one."""
    return text if text and re.fullmatch(r"[\w.:-]{1,80}", text, re.ASCII) else ""


_QUOTED = re.compile(r"(?<!\w)(['\"`])(.+?)\1(?!\w)")
_NAME = re.compile(r"[A-Za-z][A-Za-z._-]{0,39}")
_ADDRESS = re.compile(r"\S+@\S+")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d(?:T[\d:.]+Z?)?")
_NUMBER = re.compile(r"\+?\d(?:[ ().-]{0,2}\d){6,}")
_LONG = re.compile(r"\S{41,}")


def plain(message: str) -> str:
    """Text of the service fit for a sentence: one line, at most 200 characters, no values.

    Messages may quote what was sent, and that may be a customer's number, address or name.
    """
    text = " ".join("".join(c if c.isprintable() else " " for c in message[:2000]).split())
    text = _QUOTED.sub(lambda m: m[0] if _NAME.fullmatch(m[2]) else "…", text)
    text = _ADDRESS.sub("…", text)
    text = _INSTANT.sub("(time)", text)
    text = _NUMBER.sub("…", text)
    text = _LONG.sub("…", text)
    return text if len(text) <= 200 else text[:199].rstrip() + "…"


# --- no answer ----------------------------------------------------------------------------------


def unexpected() -> Failure:
    """Something other than the API answered, or the API in a form that it doesn't have."""
    return Failure(UnexpectedAnswer(_PORTAL))


def unreadable() -> Failure:
    """A body that is too large, packed otherwise than asked for, or not of the expected form."""
    return Failure(
        UnexpectedAnswer(
            "Genesys Cloud sent an answer that this version of Contact History can't read. "
            "Retry; if it stays, report it."
        )
    )


def broken() -> Failure:
    """The answer ended early: what was read of it is dropped whole (safety F10, F12)."""
    return Failure(
        NetworkError("The connection to Genesys Cloud broke off. Check the network, then retry."),
        Again.READS,
    )


def timed_out() -> Failure:
    return Failure(
        ServiceTimeout("Genesys Cloud did not answer in time. Check the network, then retry."),
        Again.READS,
    )


def no_answer(error: httpx.HTTPError, proxy: str = "") -> Failure:
    """The failure for what httpx raised; ``proxy`` is the host and port of the proxy in use."""
    if isinstance(error, httpx.TimeoutException):
        return timed_out()
    if isinstance(error, httpx.ProxyError):
        status = str(error)[:3]
        return _proxy_asks(proxy) if status == "407" else _proxy_refuses(proxy, status)
    tls = _tls_error(error)
    if isinstance(tls, ssl.SSLCertVerificationError):
        why = distrust_of(tls)
        return Failure(refusal(why, _host(error)), distrust=why)
    if isinstance(error, httpx.ConnectError):
        return _proxy_silent(proxy) if proxy and tls is None else _no_connection()
    if isinstance(error, httpx.LocalProtocolError | httpx.UnsupportedProtocol):
        return unreadable()
    return broken()


def _no_connection() -> Failure:
    return Failure(
        NetworkError("Genesys Cloud can't be reached. Check the network, then retry."),
        Again.READS,
    )


def _proxy_silent(proxy: str) -> Failure:
    return Failure(
        NetworkError(
            f"The network's proxy ({proxy}) can't be reached. Check the network, then retry; "
            "if it stays, ask your admin."
        ),
        Again.READS,
    )


def _proxy_refuses(proxy: str, status: str) -> Failure:
    """The proxy made no connection: it can't reach the host, or isn't allowed to."""
    said = f" (status {status})" if status.isdecimal() else ""
    return Failure(
        NetworkError(
            f"{_named(proxy)} does not connect to Genesys Cloud{said}. Retry; if it stays, ask "
            "your admin."
        ),
        Again.READS,
    )


def _proxy_asks(proxy: str) -> Failure:
    return Failure(
        ProxySignInNeeded(
            f"{_named(proxy)} asks for a sign-in. Check its user name and password.",
            proxy=proxy,
        )
    )


def _named(proxy: str) -> str:
    return f"The network's proxy ({proxy})" if proxy else "The network's proxy"


def _host(error: httpx.HTTPError) -> str:
    try:
        return error.request.url.host
    except RuntimeError:  # raised outside of a request
        return "Genesys Cloud"


def _tls_error(error: BaseException) -> ssl.SSLError | None:
    link: BaseException | None = error
    while link is not None:
        if isinstance(link, ssl.SSLError):
            return link
        link = link.__cause__ or link.__context__
    return None
