"""The signed feed: what it says, how it is signed, and what is refused of it.

    {"payload": "{\\"version\\":\\"1.2.0\\", …}", "signature": "BASE64"}

``payload`` is JSON as a text, signed with Ed25519 (RFC 8032) over its UTF-8 bytes, so that no two
readers can take it for different things.  Its time runs out: somebody who holds a newer feed back
(a freeze, in The Update Framework's words) is noticed instead of believed.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import date
from importlib import resources
from urllib.parse import urlsplit

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from desktop_app.core.errors import UpdateFeedRefused

KEY_BYTES = 32
_VERSION = re.compile(r"\d{1,6}(\.\d{1,6}){1,3}")


class Release(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=False):
    """The newest version that there is. ``notes`` is the page that tells of it; ``until`` the
    last day on which this may be believed."""

    version: str
    notes: str
    until: date


class _Named(msgspec.Struct, frozen=True):
    url: str
    key: str


class _Envelope(msgspec.Struct, frozen=True):
    payload: str
    signature: str


@dataclass(frozen=True, slots=True)
class FeedSource:
    """Where a feed is and whose it must be: an https address, and a public key in Base64."""

    url: str
    key: str


def built_in_source() -> FeedSource | None:
    """The feed that this copy was built with, by whoever published it; None for the source tree."""
    file = resources.files("desktop_app.core.updates") / "feed.json"
    named = msgspec.json.decode(file.read_bytes(), type=_Named)
    return FeedSource(named.url, named.key) if named.url and named.key else None


def read_key(text: str) -> Ed25519PublicKey:
    """A public key of 32 bytes in Base64. Raises ValueError for anything else."""
    try:
        raw = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("not Base64") from None
    if len(raw) != KEY_BYTES:
        raise ValueError(f"{len(raw)} bytes in place of {KEY_BYTES}")
    return Ed25519PublicKey.from_public_bytes(raw)


def read_feed(body: bytes, key: Ed25519PublicKey, today: date) -> Release:
    """What the feed says. Raises UpdateFeedRefused; nothing of it is used before it is checked."""
    try:
        envelope = msgspec.json.decode(body, type=_Envelope)
        signature = base64.b64decode(envelope.signature, validate=True)
        payload = envelope.payload.encode()
    except (msgspec.DecodeError, binascii.Error, ValueError, RecursionError):
        raise UpdateFeedRefused("It isn't a feed of versions.") from None
    try:
        key.verify(signature, payload)
    except InvalidSignature:
        raise UpdateFeedRefused("Its signature isn't the expected one.") from None
    try:
        release = msgspec.json.decode(payload, type=Release)
    except msgspec.DecodeError:
        raise UpdateFeedRefused("It is signed, but isn't understood by this version.") from None
    _check(release, today)
    return release


def sign_feed(release: Release, key: Ed25519PrivateKey) -> bytes:
    """The feed of a release, for whoever publishes it."""
    payload = msgspec.json.encode(release).decode()
    signature = base64.b64encode(key.sign(payload.encode())).decode()
    return msgspec.json.encode(_Envelope(payload, signature))


def is_newer(offered: str, running: str) -> bool:
    """Number by number: 1.10 is newer than 1.9, and 1.2 is 1.2.0.

    A running version of another form, such as a developer's, counts by the numbers it begins with.
    """
    return _numbers(offered) > _numbers(running)


def is_https(url: str) -> bool:
    """Whether this is an address that a browser may be given, without a name or password."""
    try:
        parts = urlsplit(url)
        host, user = parts.hostname, parts.username
    except ValueError:
        return False
    return (
        parts.scheme == "https"
        and bool(host)
        and user is None
        and url.isascii()
        and not any(char <= " " or char == "\\" for char in url)
    )


def _check(release: Release, today: date) -> None:
    if not _VERSION.fullmatch(release.version) or not is_https(release.notes):
        raise UpdateFeedRefused("It is signed, but what it says can't be right.")
    if today > release.until:
        raise UpdateFeedRefused(f"It was good until {release.until.isoformat()}.")


def _numbers(version: str) -> tuple[int, ...]:
    found = _VERSION.match(version)
    numbers = [int(part) for part in found[0].split(".")] if found else [0]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)
