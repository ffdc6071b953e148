"""Opening the store: its key, its cryptography, and what happens when either is missing.

- The key is 256 random bits in the operating system's keyring; deleting it erases the store.
- Without a safe keyring or without OpenSSL's cryptography the store lives in memory, and says
  so; nothing is ever written in clear.
- A file that can't be read is set aside under another name, never deleted.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Callable
from importlib import resources
from pathlib import Path

import duckdb

from desktop_app.core.errors import StoreDamaged, StoreError, StoreUnsafe
from desktop_app.core.history import schema
from desktop_app.core.history.failures import translated
from desktop_app.core.history.store import Store
from desktop_app.core.history.store_file import StoreFile, only_for_owner
from desktop_app.core.keychain import Keychain, KeychainLocked, KeychainMissing

_KEYS = Keychain("Contact History store")

KeySource = Callable[[str], str]
KeyEraser = Callable[[str], None]


def keyring_key(store_name: str) -> str:
    """The store's key from the operating system's keyring, made at first use.

    May wait for the person to unlock the keyring.  Raises StoreUnsafe when there is none.
    """
    try:
        key = _KEYS.read(store_name)
        if key is None:
            key = secrets.token_hex(32)
            _KEYS.write(store_name, key)
    except KeychainMissing:
        raise StoreUnsafe(
            "This computer has no protected keyring, so contacts are kept in memory only and"
            " are gone when the program ends."
        ) from None
    except KeychainLocked:
        raise StoreUnsafe(
            "The keyring is locked or refused access, so contacts are kept in memory only."
            " Unlock it and open Contact History again to keep them."
        ) from None
    return key


def forget_keyring_key(store_name: str) -> None:
    """Delete the store's key, without which its file and all copies of it are noise.

    Raises StoreUnsafe when the keyring refuses it.
    """
    try:
        _KEYS.delete(store_name)
    except KeychainMissing:
        return  # it holds no key either
    except KeychainLocked:
        raise StoreUnsafe(
            "The keyring is locked or refused access, so the key of the local history is still"
            " in it. Unlock it and try again."
        ) from None


def store_name(organization_id: str, user_id: str) -> str:
    """The file name of one user's store in one organisation: a hash, so it tells nobody who."""
    digest = hashlib.sha256(f"{organization_id}\n{user_id}".encode())
    return digest.hexdigest()[:32]


def open_store(
    folder: Path,
    name: str,
    key_source: KeySource = keyring_key,
    key_eraser: KeyEraser = forget_keyring_key,
) -> Store:
    """Open the user's store in ``folder``, in memory where it can't be kept safely.

    Raises StoreLocked when another process has it open, StoreFull when the disk is full.
    """
    try:
        key = key_source(name)
        return _open_file(folder, name, key, lambda: key_eraser(name))
    except StoreUnsafe as error:
        return memory_store(str(error))


def is_kept(folder: Path, name: str) -> bool:
    """Whether there is a file in ``folder`` that ``open_store`` would open with its old key.

    May wait for the person to unlock the keyring.
    """
    file = StoreFile(folder / f"{name}.duckdb")
    if not file.path.exists() or file.mark_of_damage.exists():
        return False
    try:
        return _KEYS.read(name) is not None
    except (KeychainMissing, KeychainLocked):
        return False


def memory_store(why: str) -> Store:
    """A store that is gone with the process; it never spills to disk."""
    connection = duckdb.connect(":memory:", config=_CONFIG)
    connection.execute("SET temp_directory = ''")
    connection.execute(f"ATTACH ':memory:' AS {schema.CATALOG}")
    connection.execute(f"USE {schema.CATALOG}")
    return Store(connection, why_in_memory=why)


# Nothing is ever downloaded, and nothing in a query may reach the file system by itself.
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "threads": max(1, min(4, (os.cpu_count() or 2))),
}

_FILE_CONFIG = _CONFIG | {
    "memory_limit": "1GB",  # beyond it a sort goes to encrypted files; a million contacts fit
    # A checkpoint makes anew every group of rows that was touched. Measured over 60,000 contacts:
    # seldom and in small groups takes half the time of DuckDB's 16 MB and 122,880 rows.
    "checkpoint_threshold": "128MB",
}
_ROW_GROUP = 30_720


def _open_file(folder: Path, name: str, key: str, forget_key: Callable[[], None]) -> Store:
    # For good and the whole process: DuckDB makes its log anew after every checkpoint.
    os.umask(0o077)
    folder.mkdir(parents=True, exist_ok=True)
    only_for_owner(folder, 0o700)
    file = StoreFile(folder / f"{name}.duckdb")
    if file.mark_of_damage.exists():
        file.set_aside()
    try:
        return _attach(file, key, forget_key)
    except StoreDamaged:
        file.set_aside()
        return _attach(file, key, forget_key)


def _attach(file: StoreFile, key: str, forget_key: Callable[[], None]) -> Store:
    path = file.path
    connection = duckdb.connect(":memory:", config=_FILE_CONFIG)
    try:
        _load_cryptography(connection)
        with translated():
            connection.execute("SET temp_file_encryption = true")
            connection.execute(f"SET temp_directory = {_literal(path.parent / 'spill')}")
            connection.execute(
                f"ATTACH {_literal(path)} AS {schema.CATALOG}"
                f" (TYPE duckdb, ENCRYPTION_KEY '{_hexadecimal(key)}', STORAGE_VERSION 'v1.4.0',"
                f" ROW_GROUP_SIZE {_ROW_GROUP})"
            )
            connection.execute(f"USE {schema.CATALOG}")
            store = Store(
                connection, file=file, forget_key=forget_key, on_damage=file.mark_of_damage.touch
            )
    except BaseException:
        connection.close()
        raise
    file.close_to_others()
    return store


def _load_cryptography(connection: duckdb.DuckDBPyConnection) -> None:
    """Load OpenSSL's cryptography from the installed package, by path.

    DuckDB's built-in one can read but is not meant for writing.
    """
    try:
        package = resources.files("duckdb_extension_httpfs")
        extension = package / "extensions" / f"v{duckdb.__version__}" / "httpfs.duckdb_extension"
        with resources.as_file(extension) as path:
            connection.execute(f"LOAD {_literal(path)}")
    except (ModuleNotFoundError, FileNotFoundError, duckdb.Error):
        raise StoreUnsafe(
            "The cryptography for the local history is missing from this installation, so"
            " contacts are kept in memory only. Install Contact History again to keep them."
        ) from None


def _literal(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _hexadecimal(key: str) -> str:
    """The key, which goes into SQL text because ATTACH takes no parameters, as pure hex."""
    if not re.fullmatch(r"[0-9a-f]{64}", key):
        raise StoreError("The key of the local history is not in its form.")
    return key
