"""The operating system's keyring: the one place outside memory where secrets may lie (T25).

Backends that keep secrets in a file of their own are never used, however the keyring library is
set up: some of them write in clear.
"""

from __future__ import annotations

import keyring
import keyring.backend
from keyring.errors import PasswordDeleteError

_SAFE_BACKENDS = (
    "keyring.backends.Windows",
    "keyring.backends.macOS",
    "keyring.backends.SecretService",
    "keyring.backends.kwallet",
    "keyring.backends.libsecret",
)


class KeychainMissing(Exception):
    """This computer has no keyring that protects what it holds."""


class KeychainLocked(Exception):
    """The keyring is locked, or refused access."""


class Keychain:
    """Secrets of one service, by name. Every call may wait for the person to unlock the keyring.

    All raise KeychainMissing or KeychainLocked.
    """

    def __init__(self, service: str) -> None:
        self._service = service

    def read(self, name: str) -> str | None:
        backend = _backend()
        try:
            return backend.get_password(self._service, name)
        except Exception:  # besides KeyringError, backends let the errors of their buses through
            raise KeychainLocked from None

    def write(self, name: str, secret: str) -> None:
        backend = _backend()
        try:
            backend.set_password(self._service, name, secret)
        except Exception:
            raise KeychainLocked from None

    def delete(self, name: str) -> None:
        """Forget a secret; nothing happens when there is none."""
        backend = _backend()
        try:
            backend.delete_password(self._service, name)
        except PasswordDeleteError:
            return
        except Exception:
            raise KeychainLocked from None


def _backend() -> keyring.backend.KeyringBackend:
    found = keyring.get_keyring()
    candidates: list[keyring.backend.KeyringBackend] = [found, *getattr(found, "backends", [])]
    for candidate in candidates:
        if type(candidate).__module__.startswith(_SAFE_BACKENDS):
            return candidate
    raise KeychainMissing
