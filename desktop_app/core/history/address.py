"""Addresses as a person reads them."""

from __future__ import annotations

import re
from urllib.parse import unquote

_SCHEMES = ("sip:", "sips:", "mailto:")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_INTERNAL = re.compile(r"[0-9a-f]{24}\+(?P<org>[^.@;]+)\.orgspan\.com\b", re.IGNORECASE)
_EXTENSION = re.compile(r";ext=([0-9*#-]+)", re.IGNORECASE)


def is_uuid(text: str) -> bool:
    return len(text) == 36 and _UUID.fullmatch(text) is not None


def address(text: str | None) -> str:
    """The number, mail address or name within an address; "" when it holds nothing readable.

    "tel:+442079460123" is "+442079460123"; of a SIP address the user part stays, without host
    and parameters (RFC 3261 §19.1); the address of one of the organisation's own users is
    "internal"; a bare UUID, which message addresses are, names nobody.
    """
    if not text:
        return ""
    text = text.strip()
    lowered = text[:7].lower()
    if lowered.startswith("tel:"):
        return _number(text[4:])
    has_scheme = lowered.startswith(_SCHEMES)
    readable = text[text.index(":") + 1 :] if has_scheme else text
    if "+" in readable and _INTERNAL.match(readable):
        return "internal"
    if has_scheme and lowered != "mailto:":
        readable = unquote(_number(readable.partition("@")[0]))
    return "" if is_uuid(readable) else readable


def _number(text: str) -> str:
    """Without the parameters of RFC 3966 §3, except the extension."""
    number, parameters, _ = text.partition(";")
    if not parameters:
        return number
    extension = _EXTENSION.search(text)
    return f"{number} ext {extension[1]}" if extension else number
