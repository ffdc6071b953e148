"""Somebody without an account: the practice organisation from the button to the last trace."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QMenu
from pytestqt.qtbot import QtBot

from desktop_app.application import Options
from desktop_app.gui.account_menu import AccountButton
from tests.journeys.driving import SUPERVISOR, Person


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files go."""
    made = tmp_path / "temporary"
    made.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(made))
    return made


@pytest.fixture
def person(
    qapp: QApplication, qtbot: QtBot, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Person]:
    monkeypatch.setenv("QTWEBENGINE_DISABLE_SANDBOX", "1")
    options = Options(practice_options=["--conversations", "300", "--days", "3"], mode="light")
    made = Person(qapp, qtbot, options)
    made.open()
    yield made
    made.leave()
    qapp.setStyleSheet("")


def test_without_an_account_the_practice_organisation_is_a_press_away(
    person: Person, folder: Path
) -> None:
    assert "No organisation is set up yet" in person.words
    person.press("tryPractice")
    person.wait(lambda: person.login_pages == 1)
    person.sign_in()
    person.wait(person.is_read)
    assert person.history.model.rowCount() == 300
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert any(path.suffix == ".duckdb" for path in files)
    kept = b"".join(path.read_bytes() for path in files)
    assert b"grace.obi" not in kept and b"conversationStart" not in kept  # encrypted
    process = person.application._practice
    assert process is not None and process.running
    person.application.close()
    assert not process.running
    assert list(folder.rglob("*.duckdb*")) == []


def test_how_the_practice_history_was_arranged_is_not_kept(person: Person) -> None:
    person.press("tryPractice")
    person.wait(lambda: person.login_pages == 1)
    person.sign_in()
    person.wait(person.is_read)
    person.history.table.columns_changed.emit()
    person.history.model.sort(2, Qt.SortOrder.AscendingOrder)
    person.wait(lambda: not person.history.model.busy)
    preferences = person.application.preferences
    person.application.close()
    kept = Path(preferences._settings.fileName())
    preferences._settings.sync()
    assert "layout" not in (kept.read_text() if kept.exists() else "")


def test_the_account_card_tells_who_where_until_when_and_the_scopes(person: Person) -> None:
    person.press("tryPractice")
    person.wait(lambda: person.login_pages == 1)
    person.sign_in()
    person.wait(person.is_read)
    button = person.find(AccountButton, "account")
    assert button.text() == "Grace Obi · Acme Insurance"
    person.press("account")
    menu = person.find(QMenu, "accountMenu")
    person.wait(menu.isVisible)
    said = {label.objectName(): label.text() for label in menu.findChildren(QLabel)}
    assert said["accountUser"] == "Grace Obi"
    assert said["accountEmail"] == SUPERVISOR[0]
    assert said["accountOrganisation"] == "Acme Insurance"
    assert said["accountUntil"].startswith("Signed in until ")
    assert "analytics:readonly" in said.values()
    menu.close()


def test_a_practice_organisation_that_ends_by_itself_is_told(person: Person) -> None:
    person.press("tryPractice")
    person.wait(lambda: person.login_pages == 1)
    process = person.application._practice
    assert process is not None
    process._process.kill()
    person.wait(lambda: "ended by itself" in person.words)
