"""Writing what the table shows into a file: asked with keys, seen to the end, read again."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QPushButton,
)

from desktop_app.core.history.export.log import ExportLog
from desktop_app.core.signin.policy import Policy
from desktop_app.gui.export.export_panel import ExportPanel
from desktop_app.places import data_folder
from tests.journeys.conftest import Arrive
from tests.journeys.driving import Person
from tests.journeys.test_session_journey import read_history


def open_panel(person: Person) -> ExportPanel:
    QTest.keyClick(person.history.table, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    panel = person.find(ExportPanel, "exportPanel")
    person.wait(panel.isVisible)
    return panel


def choose(panel: ExportPanel, name: str, words: str) -> None:
    """With the keys."""
    box = panel.findChild(QComboBox, name)
    assert box is not None
    QTest.keyClick(box, Qt.Key.Key_Home)
    for _ in range(box.count()):
        if not box.currentText().startswith(words):
            QTest.keyClick(box, Qt.Key.Key_Down)
    assert box.currentText().startswith(words)


def text(panel: ExportPanel, name: str) -> str:
    found = panel.findChild(QLabel, name)
    assert found is not None
    return found.text()


def press(panel: ExportPanel, name: str) -> None:
    button = panel.findChild(QPushButton, name)
    assert button is not None and button.isEnabled()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def save_as(person: Person, panel: ExportPanel, path: Path) -> str:
    """Type the place into the file dialog; returns the name that it offered."""
    press(panel, "exportStart")
    files = panel.findChild(QFileDialog, "exportFiles")
    assert files is not None
    files.activateWindow()
    person.wait(files.isActiveWindow)
    line = files.findChild(QLineEdit, "fileNameEdit")
    assert line is not None
    offered = line.text()
    line.selectAll()
    QTest.keyClicks(line, str(path))
    QTest.keyClick(line, Qt.Key.Key_Return)
    person.wait(lambda: not panel.findChild(QFileDialog, "exportFiles"))
    return offered


def test_what_is_shown_goes_into_a_file(
    arrive: Arrive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = read_history(arrive)
    view = person.history
    shown = view.model.rowCount()
    panel = open_panel(person)
    choose(panel, "exportFormat", "CSV (c")
    person.wait(lambda: text(panel, "exportSize").startswith(f"{shown:,} rows, about "))
    assert text(panel, "exportComplete").startswith("Complete to ")
    path = tmp_path / "contacts.csv"
    offered = save_as(person, panel, path)
    assert offered.startswith("contacts ") and offered.endswith(".csv")
    person.wait(lambda: panel.isVisible() and "contacts.csv" in text(panel, "exportDone"))
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == [column.title for column in view.model.columns]
    assert len(rows) == shown
    told = json.loads((tmp_path / "contacts.csv.json").read_bytes())
    assert told["rows"] == shown and told["complete"] is True
    log = ExportLog(data_folder() / "exports.jsonl")
    assert [(entry.path, entry.rows) for entry in log.entries()] == [(str(path), shown)]
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    press(panel, "exportFolder")
    assert [url.toLocalFile() for url in opened] == [str(tmp_path)]


def test_a_selection_goes_into_a_workbook_leg_by_leg(arrive: Arrive, tmp_path: Path) -> None:
    person = read_history(arrive)
    table = person.history.table
    table.selectRow(0)
    for _ in range(4):
        QTest.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    panel = open_panel(person)
    box = panel.findChild(QComboBox, "exportContacts")
    assert box is not None and box.currentText() == "The 5 that are selected"
    choose(panel, "exportShape", "Agent")
    choose(panel, "exportColumns", "All")
    person.wait(lambda: " about " in text(panel, "exportSize"))
    path = tmp_path / "legs.xlsx"
    save_as(person, panel, path)
    person.wait(lambda: "legs.xlsx" in text(panel, "exportDone"))
    assert path.read_bytes().startswith(b"PK")


def test_a_folder_with_a_file_for_each_day(arrive: Arrive, tmp_path: Path) -> None:
    person = read_history(arrive)
    panel = open_panel(person)
    choose(panel, "exportFormat", "Parquet, a")
    person.wait(lambda: " about " in text(panel, "exportSize"))
    path = tmp_path / "days.parquet"
    save_as(person, panel, path)
    person.wait(lambda: "days.parquet" in text(panel, "exportDone"))
    days = {each.parent.name for each in path.rglob("*.parquet")}
    assert days and all(day.startswith("utc_day=") for day in days)


def test_a_policy_may_forbid_exports(arrive: Arrive) -> None:
    person = arrive(policy=Policy(export=False))
    person.sign_in()
    person.wait(person.is_read)
    button = person.find(QPushButton, "export")
    assert not button.isEnabled() and "administrator" in button.toolTip()
    QTest.keyClick(person.history.table, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    assert person.window.findChild(ExportPanel, "exportPanel") is None
