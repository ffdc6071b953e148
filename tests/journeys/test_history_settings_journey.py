"""What is held on this computer: told, kept for a time, and erased (safety T34)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import keyring
import pytest
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton

from desktop_app.core.history import vault
from desktop_app.core.history.coverage import DAY_MS
from desktop_app.core.history.store_file import StoreFile
from desktop_app.core.keychain import KeychainLocked
from desktop_app.practice.server import PracticeServer
from desktop_app.practice.settings import PracticeSettings
from tests.journeys.conftest import Arrive
from tests.journeys.driving import Person
from tests.journeys.test_session_journey import read_history
from tests.keyring_in_memory import SafeKeyring

CONTACTS = 60


@pytest.fixture
def server() -> Iterator[PracticeServer]:
    with PracticeServer(PracticeSettings(conversations=CONTACTS, days=3)) as running:
        yield running


@pytest.fixture
def safe_keyring() -> Iterator[SafeKeyring]:
    made = SafeKeyring()
    before = keyring.get_keyring()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


def stored_files() -> list[Path]:
    home = Path(os.environ["XDG_DATA_HOME"])
    return [path for path in home.rglob("*.duckdb*") if path.is_file()]


def open_settings(person: Person) -> None:
    person.window.settings_asked.emit()
    person.wait(person.window.settings_page.isVisible)
    person.wait(lambda: "contacts, " in text(person, "historyHeld"))


def text(person: Person, name: str) -> str:
    return person.find(QLabel, name).text()


def choose(person: Person, words: str) -> None:
    box = person.find(QComboBox, "retention")
    place = box.findText(words)
    assert place >= 0
    box.setCurrentIndex(place)
    box.activated.emit(place)


def erase(person: Person) -> None:
    person.press("eraseHistory")
    assert "marks, notes and tags" in text(person, "eraseWords")
    person.press("eraseYes")


def test_T34_everything_held_is_told_and_erased_with_its_key(
    arrive: Arrive, safe_keyring: SafeKeyring
) -> None:
    person = read_history(arrive)
    (held,) = (file for file in stored_files() if file.suffix == ".duckdb")
    aside = held.with_name(f"{held.name}.set-aside-20260101T000000000000")
    aside.write_bytes(b"damaged")
    open_settings(person)
    assert text(person, "historyHeld").startswith(f"{CONTACTS} contacts, ")
    assert text(person, "historySize").endswith("MB on disk, encrypted")
    assert safe_keyring.kept
    person.press("eraseHistory")
    person.press("eraseNo")  # after all not
    assert stored_files() and person.find(QPushButton, "eraseHistory").isVisible()
    erase(person)
    with person.wait_signal(person.window.signed_out):
        person.wait(lambda: not stored_files())
    assert not safe_keyring.kept
    assert person.window.history_view is None and person.window.session is None
    assert person.at_sign_in and "was erased" in person.words


def test_T34_a_keyring_that_keeps_the_key_is_told_and_erasing_can_be_tried_again(
    arrive: Arrive, safe_keyring: SafeKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = read_history(arrive)
    open_settings(person)

    def refuse(_name: str) -> NoReturn:
        raise KeychainLocked

    with monkeypatch.context() as patched:
        patched.setattr(vault._KEYS, "delete", refuse)
        erase(person)
        person.wait(lambda: "keyring" in text(person, "settingsNoticeText"))
    assert person.window.session is not None and safe_keyring.kept
    with person.wait_signal(person.window.signed_out):
        erase(person)
    assert not stored_files() and not safe_keyring.kept


def test_T34_after_files_that_would_not_go_the_history_is_opened_anew(
    arrive: Arrive, safe_keyring: SafeKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = read_history(arrive)
    first = person.history
    open_settings(person)

    def refuse(_file: StoreFile) -> NoReturn:
        raise PermissionError

    with monkeypatch.context() as patched:
        patched.setattr(StoreFile, "delete", refuse)
        erase(person)
        person.wait(lambda: "could not be deleted" in text(person, "settingsNoticeText"))
    assert not safe_keyring.kept  # what is left is noise
    person.press("settingsBack")
    person.wait(lambda: person.has_other_history(first))
    person.wait(person.is_read)
    assert person.history.model.rowCount() == CONTACTS


def test_T34_a_shorter_time_is_asked_about_takes_effect_at_once_and_at_the_next_start(
    arrive: Arrive, safe_keyring: SafeKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = read_history(arrive)
    settings = person.application._history_settings
    newest = person.window.interval.end_ms if person.window.interval else 0
    now_ms = newest + 28 * DAY_MS + DAY_MS // 2  # of three days, half is older than 30 days
    monkeypatch.setattr(settings, "_now_ms", lambda: now_ms)
    open_settings(person)
    choose(person, "30 days")
    person.wait(person.find(QPushButton, "purgeYes").isVisible)
    assert "would go from this computer" in text(person, "purgeWords")
    person.press("purgeNo")
    assert person.find(QComboBox, "retention").currentText() == "As long as they are there"
    assert person.application.preferences.retention_days is None
    choose(person, "30 days")
    person.press("purgeYes")
    person.wait(lambda: person.application.preferences.retention_days == 30)
    person.press("settingsBack")
    person.wait(lambda: 0 < person.history.model.rowCount() < CONTACTS)
    assert person.find(QComboBox, "retention").currentText() == "30 days"
