"""Which organisation each profile belonged to when somebody last signed in with it.

So that a sign-in that ends in another organisation than the last is noticed.  A convenience: no
failure of the disk stops a sign-in.
"""

from __future__ import annotations

import hashlib
import logging
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from desktop_app.core.signin.private_file import replace_file
from desktop_app.core.signin.profiles import Profile

_log = logging.getLogger(__name__)


class _Organisation(msgspec.Struct, frozen=True):
    id: str
    name: str


_Known = dict[str, _Organisation]


class Remembered:
    """Kept in ``organisations.json`` in a folder; read anew at each call."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "organisations.json"

    def organization(self, profile: Profile) -> str:
        """The organisation's id; empty if none is remembered."""
        known = (self._read() or {}).get(_key(profile))
        return known.id if known else ""

    def remember(self, profile: Profile, organization_id: str, name: str) -> None:
        known = self._read()
        organisation = _Organisation(organization_id, name)
        if known is not None and known.get(_key(profile)) != organisation:
            self._write({**known, _key(profile): organisation})

    def forget(self, profile: Profile) -> None:
        known = self._read()
        if known and known.pop(_key(profile), None):
            self._write(known)

    def _read(self) -> _Known | None:
        """What is known; None where the file can't be read, which is then left alone."""
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return {}
        except OSError as error:
            _log.warning("The remembered organisations can't be read: %s.", error.strerror)
            return None
        try:
            return msgspec.json.decode(content, type=_Known)
        except ValueError:  # msgspec's own errors, and text that is not UTF-8
            return self._set_aside()

    def _set_aside(self) -> _Known | None:
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
        try:
            self._path.rename(self._path.with_name(f"{self._path.name}.set-aside-{stamp}"))
        except OSError as error:
            _log.warning("The remembered organisations are damaged: %s.", error.strerror)
            return None
        _log.warning("The remembered organisations were damaged; the file is set aside.")
        return {}

    def _write(self, known: _Known) -> None:
        try:
            replace_file(self._path, msgspec.json.encode(known))
        except OSError as error:
            _log.warning("The organisation can't be remembered: %s.", error.strerror)


def _key(profile: Profile) -> str:
    """By what decides whose it is: a profile that is renamed stays known, one that changes not."""
    identity = "\n".join((profile.login_url, profile.client_id, profile.org))
    return hashlib.sha256(identity.encode()).hexdigest()
