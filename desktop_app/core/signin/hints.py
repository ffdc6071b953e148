"""What the address of a login page tells about its way with embedded browsers. Pure.

Only addresses are looked at, never what stands on a page.  A hint offers the person's own
browser; it never decides anything.
"""

from __future__ import annotations

import re
from enum import Enum
from urllib.parse import urlsplit


class Hint(Enum):
    """Why the person's own browser may be the better way."""

    EMBEDDED_REFUSED = "embedded refused"  # the provider accepts no embedded browser
    SECURITY_KEY = "security key"  # a passkey or a security key is asked for


# Google answers embedded browsers with "disallowed_useragent" on its error pages (Google's
# developer blog, 2020: embedded web views may not be used for its authorization endpoint).
_REFUSALS = (("accounts.google.com", re.compile(r"/signin/rejected|/signin/oauth/error")),)

# Where a passkey is asked for, as public reports show: Microsoft's /common/fido/get, and
# Okta's and Duo's routes that bear the name of the web's standard.
_SECURITY_KEYS = (
    ("login.microsoft.com", re.compile(r"/fido/")),
    ("", re.compile(r"/(?:webauthn|passkeys?)(?:[/_-]|$)")),
)


def hint_of(url: str) -> Hint | None:
    """What a main frame's address hints at; None for nearly all of them."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return None
    path = parts.path.lower()
    if _is_listed(host, path, _REFUSALS):
        return Hint.EMBEDDED_REFUSED
    return Hint.SECURITY_KEY if _is_listed(host, path, _SECURITY_KEYS) else None


def _is_listed(host: str, path: str, entries: tuple[tuple[str, re.Pattern[str]], ...]) -> bool:
    return any(known in ("", host) and pattern.search(path) for known, pattern in entries)
