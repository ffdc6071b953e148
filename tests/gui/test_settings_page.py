"""The settings page: shows what it is told, says what is chosen, and is reached by keyboard."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QLabel,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop_app.core.signin.policy import Setting
from desktop_app.gui.settings.admin_table import AdminTable
from desktop_app.gui.settings.settings_page import SettingsPage
from desktop_app.gui.settings.state import OrganisationEntry, SettingsState
from desktop_app.gui.theme import Theme

Found = TypeVar("Found", bound=QWidget)

ORIGIN = Path("/etc/contact-history/policy.toml")
ACME = OrganisationEntry("acme", "Acme Insurance", "EU (Frankfurt)", "Implicit grant")
NORTH = OrganisationEntry("north", "<b>North</b>", "Europe (London)", "PKCE")
PRACTICE = OrganisationEntry("practice", "Practice", "This computer", "", editable=False)
STATE = SettingsState(
    mode="dark",
    organisations=(ACME, NORTH, PRACTICE),
    proxy="As this computer is set up",
    certificates="Those that this computer trusts",
    admin=(Setting("Lock after", "15 minutes", ORIGIN), Setting("Export", "Allowed", None)),
)


@pytest.fixture
def page(theme: Theme, qtbot: QtBot) -> SettingsPage:
    made = SettingsPage(theme)
    qtbot.addWidget(made)
    made.show_state(STATE)
    made.resize(900, 560)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def find(page: QWidget, kind: type[Found], name: str = "") -> Found:
    found = page.findChild(kind, name) if name else page.findChild(kind)
    assert found is not None, f"no {kind.__name__} {name}"
    return found


def press(page: QWidget, name: str) -> None:
    QTest.mouseClick(find(page, QAbstractButton, name), Qt.MouseButton.LeftButton)


def words(page: QWidget) -> list[str]:
    return [each.text() for each in page.findChildren(QLabel) if not each.isHidden()]


def test_it_shows_what_it_is_told(page: SettingsPage) -> None:
    assert find(page, QRadioButton, "settingsLook_dark").isChecked()
    assert not find(page, QCheckBox, "staySignedIn").isChecked()
    for text in ("Acme Insurance", "EU (Frankfurt) · Implicit grant", STATE.proxy):
        assert text in words(page)
    assert find(page, AdminTable).texts() == [
        ("Lock after", "15 minutes", str(ORIGIN)),
        ("Export", "Allowed", "Default"),
    ]


def test_it_shows_what_is_told_later_and_nothing_of_before(page: SettingsPage) -> None:
    page.show_state(SettingsState(stay_signed_in=True, organisations=(ACME,)))
    assert find(page, QRadioButton, "settingsLook_system").isChecked()
    assert find(page, QCheckBox, "staySignedIn").isChecked()
    assert find(page, AdminTable).texts() == []
    shown = [each for each in page.findChildren(QPushButton, "edit_north") if each.isVisible()]
    assert shown == []
    page.show_state(SettingsState())
    assert find(page, QLabel, "noOrganisation").isVisible()


def test_a_look_is_chosen(page: SettingsPage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.look_chosen) as told:
        press(page, "settingsLook_light")
    assert told.args == ["light"]


def test_staying_signed_in_is_chosen_by_the_person_only(page: SettingsPage, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(page.stay_signed_in_changed):
        page.show_state(replace(STATE, stay_signed_in=True))
        page.show_state(STATE)
    for stays in (True, False):
        with qtbot.waitSignal(page.stay_signed_in_changed) as told:
            press(page, "staySignedIn")
        assert told.args == [stays]


def test_why_staying_signed_in_is_off_limits_is_said(page: SettingsPage, qtbot: QtBot) -> None:
    why = "Your administrator doesn't allow it."
    page.show_state(replace(STATE, why_not_stay=why))
    box = find(page, QCheckBox, "staySignedIn")
    assert find(page, QLabel, "staySignedInWords").text() == box.accessibleDescription() == why
    with qtbot.assertNotEmitted(page.stay_signed_in_changed):
        press(page, "staySignedIn")
    page.show_state(STATE)
    assert box.isEnabled() and "keyring" in box.accessibleDescription()


def test_an_organisation_is_edited_removed_and_set_up(page: SettingsPage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.edit_asked) as edited:
        press(page, "edit_acme")
    press(page, "remove_north")
    press(page, "removeNo_north")  # after all not
    press(page, "remove_north")
    with qtbot.waitSignal(page.remove_asked) as removed:
        press(page, "removeYes_north")
    with qtbot.waitSignal(page.set_up_asked):
        press(page, "settingsSetUp")
    assert (edited.args, removed.args) == (["acme"], ["north"])
    assert not find(page, QPushButton, "edit_practice").isVisible()


def test_a_newer_version_is_told_without_taking_the_focus(page: SettingsPage) -> None:
    button = find(page, QPushButton, "edit_acme")
    button.setFocus()
    page.show_updates("9.1.0 is available")
    assert find(page, QLabel, "newerVersions").text() == "9.1.0 is available"
    assert button.hasFocus() and find(page, QPushButton, "edit_acme") is button


def test_what_is_in_use_says_how_it_can_be_changed_where_it_can(page: SettingsPage) -> None:
    in_use = [replace(each, in_use=True) for each in (ACME, PRACTICE)]
    page.show_state(replace(STATE, organisations=in_use))
    assert not find(page, QPushButton, "edit_acme").isVisible()
    assert "EU (Frankfurt) · Implicit grant · in use, sign out to change it" in words(page)
    assert "This computer · in use" in words(page)


@pytest.mark.parametrize("focused", ["settingsBack", "staySignedIn", "edit_acme"])
def test_escape_goes_back_from_wherever_the_focus_is(
    focused: str, page: SettingsPage, qtbot: QtBot
) -> None:
    widget = find(page, QAbstractButton, focused)
    widget.setFocus()
    qtbot.waitUntil(widget.hasFocus)
    with qtbot.waitSignal(page.closed):
        QTest.keyClick(page.windowHandle(), Qt.Key.Key_Escape)


def test_back_goes_back_and_has_the_focus_first(page: SettingsPage, qtbot: QtBot) -> None:
    qtbot.waitUntil(find(page, QPushButton, "settingsBack").hasFocus)
    with qtbot.waitSignal(page.closed):
        press(page, "settingsBack")


def test_everything_is_reached_by_keyboard_and_comes_into_sight(page: SettingsPage) -> None:
    area = find(page, QScrollArea, "settingsScroll")
    wanted: set[QWidget] = {each for each in page.findChildren(QPushButton) if each.isVisible()}
    wanted.add(find(page, QCheckBox, "staySignedIn"))
    reached: list[QWidget] = []
    for _ in range(40):
        QTest.keyClick(page.windowHandle(), Qt.Key.Key_Tab)
        focused = QApplication.focusWidget()
        assert focused is not None
        reached.append(focused)
        if area.isAncestorOf(focused):
            assert not focused.visibleRegion().isEmpty()
    assert wanted <= set(reached)
    assert any(isinstance(each, QRadioButton) for each in reached)


def test_when_small_it_scrolls_down_and_never_sideways(page: SettingsPage) -> None:
    area = find(page, QScrollArea, "settingsScroll")
    assert area.verticalScrollBar().maximum() > 0
    groups = area.widget()
    assert groups is not None
    assert groups.minimumSizeHint().width() <= area.viewport().width()
    page.resize(QSize(1440, 2000))
    assert page.grab().width() == 1440
    assert area.verticalScrollBar().maximum() == 0


def test_T24_it_tells_whose_patches_the_browser_has(page: SettingsPage) -> None:
    version = find(page, QLabel, "version_chromium").text()
    number, _, patches = version.partition(", patches to ")
    assert number.count(".") == patches.count(".") == 3
    assert find(page, QLabel, "version_contact").text() and find(page, QLabel, "version_qt").text()


def test_T39_what_it_is_told_is_shown_as_text(page: SettingsPage) -> None:
    labels = [each for each in page.findChildren(QLabel) if each.text()]
    assert {each.textFormat() for each in labels} == {Qt.TextFormat.PlainText}
    assert "<b>North</b>" in words(page)


def test_what_a_person_acts_on_has_names(page: SettingsPage) -> None:
    buttons = [each for each in page.findChildren(QAbstractButton) if each.isVisible()]
    assert [each for each in buttons if not each.objectName()] == []
    assert find(page, QPushButton, "remove_north").accessibleName() == "Remove <b>North</b>"
    assert len(buttons) >= 10


def test_the_same_state_again_leaves_the_focus_where_it_is(
    page: SettingsPage, qtbot: QtBot
) -> None:
    edit = find(page, QPushButton, "edit_north")
    edit.setFocus()
    qtbot.waitUntil(edit.hasFocus)
    page.show_state(replace(STATE, mode="light"))
    assert edit.hasFocus()
