"""Opening the store: nothing in clear, nothing lost, and a word about why when it can't be kept."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import duckdb
import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail, null
from keyring.errors import KeyringLocked

from desktop_app.core.errors import StoreDamaged, StoreError, StoreUnsafe
from desktop_app.core.history import vault
from desktop_app.core.history.store import Store
from tests.core.history.history_samples import DAY, KEY, ids, opened, put, stored
from tests.core.history.store_process import write

CANARY = "Quetzalcoatl Canary"
PHONE = "+442079460987"
OTHER_KEY = "cd" * 32


@pytest.fixture(autouse=True)
def _usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def hits(folder: Path) -> int:
    """How often the canaries stand in clear in any file, or in a file's name."""
    found = 0
    for path in files(folder):
        content = path.read_bytes() + str(path.relative_to(folder)).encode()
        found += sum(content.count(word.encode()) for word in (CANARY, PHONE))
    return found


def fill(store: Store, rows: int = 200) -> None:
    raw = f'{{"ani":"tel:{PHONE}","name":"{CANARY}"}}'
    put(store, *(stored(f"c-{n}", raw=raw, customer=CANARY, ani=PHONE) for n in range(rows)))
    store.write_page([], {("user", PHONE): CANARY}, next(iter(store.positions(0, 2**60))))


def test_T32_T33_no_file_holds_a_name_or_a_number_in_clear(tmp_path: Path) -> None:
    store = opened(tmp_path)
    assert not store.why_in_memory
    fill(store)
    assert any(path.suffix == ".wal" for path in files(tmp_path))
    assert hits(tmp_path) == 0  # database and log, while it is open
    store._connection.execute("CHECKPOINT store")
    assert hits(tmp_path) == 0
    fill(store)
    store.close()
    assert [path.name for path in files(tmp_path)] == ["history.duckdb"]
    assert hits(tmp_path) == 0


def test_T33_what_spills_is_encrypted_too(tmp_path: Path) -> None:
    store = opened(tmp_path)
    connection = store._connection
    connection.execute("SET memory_limit = '24MB'")
    connection.execute("SET threads = 1")
    connection.execute(
        f"CREATE TEMP TABLE wide AS SELECT i, '{CANARY}' || i || repeat('{PHONE}', 8) AS text"
        " FROM range(300000) t(i)"
    )
    spilt = files(tmp_path / "spill")
    assert spilt and sum(path.stat().st_size for path in spilt) > 0
    assert hits(tmp_path) == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in spilt)
    connection.execute("DROP TABLE wide")
    store.close()


def test_the_same_rows_in_a_plain_database_would_be_found(tmp_path: Path) -> None:
    """Otherwise the tests above would prove nothing."""
    with duckdb.connect(str(tmp_path / "plain.duckdb")) as plain:
        plain.execute("CREATE TABLE contact AS SELECT ? || i AS a FROM range(9) t(i)", [CANARY])
    assert hits(tmp_path) > 0


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_T33_files_belong_to_the_person_alone_whatever_the_umask(
    tmp_path: Path, umask: int
) -> None:
    os.umask(umask)
    folder = tmp_path / "data"
    store = opened(folder)

    def modes() -> dict[str, int]:
        return {path.name: path.stat().st_mode & 0o777 for path in files(folder)}

    assert folder.stat().st_mode & 0o777 == 0o700
    assert modes() == {"history.duckdb": 0o600, "history.duckdb.wal": 0o600}
    store._connection.execute("CHECKPOINT store")
    put(store, stored("a"))  # makes the log anew
    assert modes() == {"history.duckdb": 0o600, "history.duckdb.wal": 0o600}
    store.close()


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_files_that_others_could_read_are_closed_to_them(tmp_path: Path) -> None:
    opened(tmp_path).close()
    (tmp_path / "history.duckdb").chmod(0o644)
    tmp_path.chmod(0o755)
    opened(tmp_path).close()
    assert (tmp_path / "history.duckdb").stat().st_mode & 0o777 == 0o600
    assert tmp_path.stat().st_mode & 0o777 == 0o700


# --- F19: damage --------------------------------------------------------------------------------


def aside(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in files(folder) if "set-aside" in path.name]


def test_F19_a_store_of_another_key_is_set_aside(tmp_path: Path) -> None:
    store = opened(tmp_path)
    fill(store)
    store.close()
    before = (tmp_path / "history.duckdb").read_bytes()
    store = opened(tmp_path, OTHER_KEY)
    assert not store.why_in_memory
    assert ids(store) == []
    put(store, stored("new"))
    store.close()
    assert aside(tmp_path) == [before]
    store = opened(tmp_path, OTHER_KEY)
    assert ids(store) == ["new"]
    store.close()


@pytest.mark.parametrize("content", [b"", b"not a database", b"\0" * 5000])
def test_F19_a_file_that_is_no_database_is_replaced(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "history.duckdb").write_bytes(content)
    store = opened(tmp_path)
    put(store, stored("new"))
    assert ids(store) == ["new"]
    store.close()
    assert aside(tmp_path) == [content]


def test_F19_a_log_that_is_damaged_costs_no_more_than_a_new_start(tmp_path: Path) -> None:
    store = opened(tmp_path)
    fill(store)
    database, log = tmp_path / "history.duckdb", tmp_path / "history.duckdb.wal"
    copy = tmp_path / "copy"
    copy.mkdir()
    content = bytearray(log.read_bytes())
    content[len(content) // 2] ^= 0xFF
    (copy / log.name).write_bytes(content)
    (copy / database.name).write_bytes(database.read_bytes())
    store.close()
    store = opened(copy)
    # Whatever of the log is still used: contacts and position agree.
    assert bool(ids(store)) == bool(store.positions(0, 2**60))
    put(store, stored("new"))
    assert "new" in ids(store)
    store.close()


def read_all(store: Store) -> None:
    reader = store.reader()
    for number in range(1, 5000):
        if reader.raw(number) is None:
            return


def test_F19_damage_met_while_reading_is_set_aside_at_the_next_start(tmp_path: Path) -> None:
    store = opened(tmp_path)
    for number in range(1, 60):
        write(store, number)
    store.close()
    path = tmp_path / "history.duckdb"
    content = bytearray(path.read_bytes())
    for place in range(len(content) // 4, len(content), 40_000):
        content[place] ^= 0xFF
    path.write_bytes(content)

    store = opened(tmp_path)
    if not aside(tmp_path):  # the damage didn't show at once
        with pytest.raises(StoreDamaged, match="Open Contact History again"):
            read_all(store)
        store.close()
        store = opened(tmp_path)
    assert aside(tmp_path) == [bytes(content)]
    assert ids(store) == []
    put(store, stored("new"))
    store.close()
    store = opened(tmp_path)
    assert ids(store) == ["new"]
    assert len(aside(tmp_path)) == 1
    store.close()


def test_a_key_that_is_no_key_never_becomes_sql(tmp_path: Path) -> None:
    for key in ("", "'; DROP TABLE x; --", "ab" * 31, "AB" * 32 + "\n"):
        with pytest.raises(StoreError, match="not in its form"):
            opened(tmp_path, key)


# --- T35: whose store ---------------------------------------------------------------------------


def test_T35_two_people_have_two_files_and_two_keys(tmp_path: Path) -> None:
    keyring.set_keyring(SafeKeyring())
    names = [vault.store_name("org", user) for user in ("ana", "ben")]
    names.append(vault.store_name("other org", "ana"))
    assert len(set(names)) == 3
    assert not any(word in name for name in names for word in ("ana", "ben", "org"))
    first, second, third = (vault.open_store(tmp_path, name) for name in names)
    put(first, stored("a", DAY))
    assert (ids(first), ids(second), ids(third)) == (["a"], [], [])
    for store in (first, second, third):
        store.close()
    assert len({vault.keyring_key(name) for name in names}) == 3
    assert {path.name for path in files(tmp_path)} == {f"{name}.duckdb" for name in names}


# --- F22: keyrings ------------------------------------------------------------------------------


class SafeKeyring(KeyringBackend):
    """Stands for a keyring of the operating system's."""

    priority = 5.0
    __module__ = "keyring.backends.SecretService"

    def __init__(self, failure: Exception | None = None) -> None:
        self.failure = failure
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        if self.failure:
            raise self.failure
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password


class PlainText(SafeKeyring):
    __module__ = "keyrings.alt.file"


class Chainer(PlainText):
    """As ``keyring.backends.chainer``: several, in turn."""

    __module__ = "keyring.backends.chainer"

    def __init__(self, *backends: KeyringBackend) -> None:
        super().__init__()
        self.backends = backends


_UNTYPED: Any = (fail.Keyring, null.Keyring)
FAILING, NULL = (make() for make in _UNTYPED)


def test_the_key_is_made_once_and_kept_in_the_keyring(tmp_path: Path) -> None:
    safe = SafeKeyring()
    keyring.set_keyring(safe)
    store = vault.open_store(tmp_path, "history")
    put(store, stored("a"))
    store.close()
    (key,) = safe.kept.values()
    assert len(bytes.fromhex(key)) == 32
    store = vault.open_store(tmp_path, "history")
    assert ids(store) == ["a"]
    store.close()
    assert not any(key.encode() in path.read_bytes() for path in files(tmp_path))


def test_of_several_keyrings_the_safe_one_keeps_the_key() -> None:
    plain, safe = PlainText(), SafeKeyring()
    keyring.set_keyring(Chainer(plain, safe))
    key = vault.keyring_key("history")
    assert list(safe.kept.values()) == [key]
    assert not plain.kept


@pytest.mark.parametrize(
    ("backend", "says"),
    [
        (FAILING, "no protected keyring"),
        (NULL, "no protected keyring"),
        (PlainText(), "no protected keyring"),
        (Chainer(PlainText(), NULL), "no protected keyring"),
        (SafeKeyring(KeyringLocked("locked")), "locked or refused"),
        (SafeKeyring(OSError("no bus")), "locked or refused"),
        (SafeKeyring(RuntimeError("the bus's own error")), "locked or refused"),
    ],
    ids=["fail", "null", "plain text", "chain of unsafe ones", "locked", "no bus", "own error"],
)
def test_F22_without_a_safe_keyring_nothing_reaches_the_disk(
    tmp_path: Path, backend: KeyringBackend, says: str
) -> None:
    keyring.set_keyring(backend)
    folder = tmp_path / "data"
    store = vault.open_store(folder, "history")
    assert says in store.why_in_memory
    assert "in memory only" in store.why_in_memory
    fill(store)
    assert len(ids(store)) == 200
    assert not folder.exists()
    store.close()
    assert not files(tmp_path)


def test_a_store_in_memory_never_spills(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    store = vault.memory_store("a test")
    store._connection.execute("SET memory_limit = '24MB'")
    with pytest.raises(duckdb.OutOfMemoryException):
        store._connection.execute(
            f"CREATE TEMP TABLE wide AS SELECT i, repeat('{CANARY}', 20) || i"
            " FROM range(900000) t(i)"
        )
    assert not files(tmp_path)
    store.close()


def test_without_the_cryptography_nothing_reaches_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(_: str) -> Path:
        raise ModuleNotFoundError

    monkeypatch.setattr(resources, "files", missing)
    store = opened(tmp_path)
    assert "Install Contact History again" in store.why_in_memory
    fill(store)
    assert not files(tmp_path)
    store.close()


def test_a_broken_extension_is_a_missing_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "package"
    place = package / "extensions" / f"v{duckdb.__version__}"
    place.mkdir(parents=True)
    (place / "httpfs.duckdb_extension").write_bytes(b"no extension")
    monkeypatch.setattr(resources, "files", lambda _: package)
    store = opened(tmp_path / "data")
    assert "cryptography" in store.why_in_memory
    assert not files(tmp_path / "data")
    store.close()


def test_the_keyring_is_asked_for_the_store_by_its_name() -> None:
    def refuse(name: str) -> str:
        raise StoreUnsafe(f"asked for {name}")

    store = vault.open_store(Path("nowhere"), "history", refuse)
    assert store.why_in_memory == "asked for history"
    store.close()
    assert not Path("nowhere").exists()


def test_a_name_with_a_quote_in_its_path_is_still_a_path(tmp_path: Path) -> None:
    folder = tmp_path / "o'brien; DROP"
    store = opened(folder, KEY)
    put(store, stored("a"))
    store.close()
    assert (folder / "history.duckdb").exists()
