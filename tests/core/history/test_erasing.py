"""Erasing a store: the key, the files, and nobody else's."""

from __future__ import annotations

from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

from desktop_app.core.errors import StoreError, StoreUnsafe
from desktop_app.core.history import vault
from desktop_app.core.history.store import Store
from tests.core.history.history_samples import KEY, ids, opened, put, stored

OTHER_KEY = "cd" * 32


class Ring(KeyringBackend):
    """Stands for a keyring of the operating system's."""

    priority = 5.0
    __module__ = "keyring.backends.SecretService"

    def __init__(self) -> None:
        self.is_locked = False
        self.secrets: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.secrets.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.secrets[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.is_locked:
            raise KeyringLocked
        del self.secrets[service, username]


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def fill(store: Store) -> None:
    put(store, *(stored(f"c-{n}") for n in range(200)))


def test_T34_erasing_takes_the_key_and_every_file(tmp_path: Path) -> None:
    keys = {"history": KEY, "another": OTHER_KEY}
    (tmp_path / "history.duckdb").write_bytes(b"of another version" * 999)
    store = vault.open_store(tmp_path, "history", keys.__getitem__, keys.__delitem__)
    fill(store)
    other = vault.open_store(tmp_path, "another", keys.__getitem__, keys.__delitem__)
    fill(other)
    assert any("set-aside" in path.name for path in files(tmp_path))
    store.erase()
    assert keys == {"another": OTHER_KEY}
    assert {path.name.split(".")[0] for path in files(tmp_path)} == {"another"}
    with pytest.raises(StoreError):
        store.positions(0, 1)
    assert len(ids(other)) == 200
    other.close()


def test_T34_a_key_that_the_keyring_keeps_is_told_and_the_files_go(tmp_path: Path) -> None:
    ring = Ring()
    keyring.set_keyring(ring)
    store = vault.open_store(tmp_path, "history")
    fill(store)
    ring.is_locked = True
    with pytest.raises(StoreUnsafe, match="still in it"):
        store.erase()
    assert files(tmp_path) == []
    ring.is_locked = False
    store.erase()  # again, for the rest
    assert ring.secrets == {}


def test_a_store_in_memory_is_erased_by_closing_it() -> None:
    store = vault.memory_store("a test")
    assert store.size_bytes() == 0
    store.erase()
    with pytest.raises(StoreError):
        store.positions(0, 1)


def test_the_size_is_that_of_the_files(tmp_path: Path) -> None:
    store = opened(tmp_path)
    fill(store)
    assert store.size_bytes() == sum(path.stat().st_size for path in files(tmp_path)) > 10_000
    store.close()
    assert store.size_bytes() == (tmp_path / "history.duckdb").stat().st_size
