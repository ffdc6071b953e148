"""Recognising our own callback among all the addresses a login page may go to. Pure.

Ours is a URL that equals the registered redirect URI in scheme, host, port and path, without a
user name (RFC 9700 §2.1: exact match).  Anything else, however near, is just another page.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_FORBIDDEN = re.compile(r"[^\x21-\x7e]|\\")
# Names of ASCII labels; browsers take one that ends in a number for an address.
_HOST_NAME = re.compile(r"(?:[a-z0-9_-]+\.)*(?!(?:\d+|0x[0-9a-f]*)$)[a-z0-9_-]+")
_PATH = re.compile(r"(?:/(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})*)*")  # RFC 3986 §3.3


class DuplicateParameter(ValueError):
    """A parameter stands twice, which no honest answer does (RFC 6749 §3.1)."""


def is_callback(url: str, redirect_uri: str) -> bool:
    """Whether ``url``, without its query and fragment, is exactly ``redirect_uri``.

    Differences that carry no meaning are allowed: letter case of scheme and host, a default
    port that is written out, no path for ``/``, and escapes of characters that need none
    (RFC 3986 §6.2.2, §6.2.3).
    """
    if _FORBIDDEN.search(url):
        return False
    try:
        return _identity(urlsplit(url)) == _identity(urlsplit(redirect_uri))
    except ValueError:
        return False


def _identity(parts: SplitResult) -> tuple[str, str | None, int | None, str]:
    if parts.username is not None or parts.password is not None:
        raise ValueError("a user name in the address")
    port = parts.port if parts.port is not None else DEFAULT_PORTS.get(parts.scheme)
    return parts.scheme, parts.hostname, port, _unescaped(parts.path) or "/"


def is_browsers_host(host: str) -> bool:
    """Whether a browser writes a host (in lower case, without brackets) just so.

    An address that a browser rewrites (WHATWG URL) would not be recognised when it comes back.
    """
    try:
        return str(ip_address(host)) == host and not (":" in host and "." in host)
    except ValueError:
        return _HOST_NAME.fullmatch(host) is not None


def is_browsers_path(path: str) -> bool:
    """Whether a browser neither resolves ``.`` and ``..`` in a path nor escapes any of it."""
    dots = {".", ".."} & set(_unescaped(path).split("/"))
    return not dots and _PATH.fullmatch(path) is not None


def _unescaped(path: str) -> str:
    return _ESCAPE.sub(_unreserved, path)


def _unreserved(escape: re.Match[str]) -> str:
    character = chr(int(escape[1], 16))
    return character if character in _UNRESERVED else escape[0].upper()


def parameters(text: str) -> Mapping[str, str]:
    """The parameters of a query or fragment, decoded once, ``+`` read as a blank.

    Raises DuplicateParameter.
    """
    found: dict[str, str] = {}
    for name, value in parse_qsl(text, keep_blank_values=True, max_num_fields=64):
        if name in found:
            raise DuplicateParameter
        found[name] = value
    return found


def decodings(text: str) -> tuple[str, str, str]:
    """As it is, and decoded once and twice more: Genesys may encode values twice (contract §1)."""
    once = unquote(text)
    return text, once, unquote(once)
