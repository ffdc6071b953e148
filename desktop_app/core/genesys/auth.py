"""The bearer token goes to the API's own origin and nowhere else (safety T30, T31)."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Generator

import httpx

from desktop_app.core.errors import SignInNeeded

Origin = tuple[str, str, int]

_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")  # RFC 6750 §2.1
_PORTS = {"http": 80, "https": 443}


def origin(url: httpx.URL) -> Origin:
    """Scheme, host and port, the default port filled in."""
    return url.scheme, url.host, url.port or _PORTS.get(url.scheme, 0)


def api_origin(api_url: str) -> httpx.URL:
    """The API's base URL; ValueError unless it is https, or http on this machine, and bare."""
    url = httpx.URL(api_url)
    bare = url.path in ("", "/") and not (url.query or url.fragment or url.userinfo)
    safe = url.scheme == "https" or (url.scheme == "http" and _is_loopback(url.host))
    if not (url.host and bare and safe):
        raise ValueError("the API's URL must be an https origin, or http on this machine")
    return url


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class BearerAuth(httpx.Auth):
    """Adds the token to requests of one origin. ``bearer`` gives None once signed out.

    Raises ``SignInNeeded`` before anything is sent when there is no usable token; a malformed
    one would end up quoted in the HTTP library's complaint.
    """

    def __init__(self, api: httpx.URL, bearer: Callable[[], str | None]) -> None:
        self._origin = origin(api)
        self._bearer = bearer

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if origin(request.url) == self._origin:
            token = self._bearer()
            if not token or not _TOKEN.fullmatch(token):
                raise SignInNeeded("You are signed out. Sign in to go on.")
            request.headers["Authorization"] = f"Bearer {token}"
        yield request
