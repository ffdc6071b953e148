"""A keyring that forgets everything when the test ends."""

from __future__ import annotations

from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError


class MemoryKeyring(KeyringBackend):
    """Keeps secrets in this process only; the person's own keyring is never asked."""

    priority = 1.0

    def __init__(self) -> None:
        self._secrets: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self._secrets.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._secrets[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self._secrets.pop((service, username), None) is None:
            raise PasswordDeleteError("no such secret")


class SafeKeyring(MemoryKeyring):
    """Stands for a keyring of the operating system's: only such are used."""

    __module__ = "keyring.backends.SecretService"

    @property
    def kept(self) -> dict[tuple[str, str], str]:
        return self._secrets
