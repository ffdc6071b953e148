"""The set-up page, worked with keys and mouse."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
)
from pytestqt.qtbot import QtBot

from desktop_app.core.signin.findings import CheckResult, Finding, Subject, Verdict
from desktop_app.core.signin.profiles import Grant, Profile, Way
from desktop_app.core.signin.regions import find_region, regions
from desktop_app.gui.signin import setup_result
from desktop_app.gui.signin.setup_page import SetupPage
from desktop_app.gui.theme import Theme
from tests.gui.setup_form import CLIENT, Form

OTHER_CLIENT = "3f1a5c52-8a6e-4a0b-9d57-6f2f0c8f9b11"
FRANKFURT = find_region("eu_central_1")
ACME = Profile(
    name="Acme",
    login_url="https://login.mypurecloud.de",
    api_url="https://api.mypurecloud.de",
    client_id=CLIENT,
    grant=Grant.IMPLICIT,
    redirect_uri="http://localhost:8085/oauth2/callback",
    region=FRANKFURT,
    org="acme",
    provider="okta",
    timezone="Europe/London",
)


@pytest.fixture
def form(theme: Theme, qtbot: QtBot) -> Form:
    made = SetupPage(theme)
    qtbot.addWidget(made)
    made.resize(1000, 900)
    made.show()
    made.activateWindow()
    qtbot.waitExposed(made)
    return Form(made)


# --- a new organisation -------------------------------------------------------------------------


def test_what_is_entered_becomes_a_profile(form: Form) -> None:
    form.fill_in()
    form.press("setupSave")
    assert form.saved == [
        Profile(
            name="Acme",
            login_url="https://login.mypurecloud.de",
            api_url="https://api.mypurecloud.de",
            client_id=CLIENT,
            grant=Grant.PKCE,
            redirect_uri="http://localhost:8085/oauth2/callback",
            region=FRANKFURT,
        )
    ]


def test_return_in_a_field_saves_and_blanks_around_an_id_are_dropped(form: Form) -> None:
    form.fill_in()
    form.enter("setupClientId", f"  {CLIENT} ")
    QTest.keyClick(form.line("setupClientId"), Qt.Key.Key_Return)
    assert [profile.client_id for profile in form.saved] == [CLIENT]


def test_nothing_is_saved_or_tested_before_all_is_entered(form: Form) -> None:
    form.press("setupTest")
    form.press("setupSave")
    assert (form.saved, form.tested) == ([], [])
    assert (
        form.words("setupNameProblem") == "Give this organisation a name, to tell it from others."
    )
    assert form.words("setupRegionProblem") == "Choose a region."
    assert "your admin gave you" in form.words("setupClientIdProblem")
    assert form.words("setupRedirectUriProblem") == ""
    assert form.line("setupName").hasFocus()


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("setupClientId", "Contact History", "not a client ID"),
        ("setupClientId", CLIENT[:-1], "not a client ID"),
        ("setupRedirectUri", "", "Enter the redirect URI"),
        ("setupRedirectUri", "http://callback.example.com/", "The redirect URI must use https"),
        ("setupRedirectUri", "http://localhost:8085/#x", "must not have a fragment"),
        ("setupRedirectUri", "http://[", "not an address"),
        ("setupRedirectUri", 'https://a.example/"', "as browsers write it"),
        ("setupName", "practice", "kept for the practice organisation"),
        ("setupName", "x" * 61, "at most 60"),
    ],
)
def test_what_cannot_be_used_is_told_beside_its_field(
    form: Form, name: str, typed: str, said: str
) -> None:
    form.fill_in()
    form.enter(name, typed)
    form.press("setupSave")
    assert form.saved == []
    assert said in form.words(f"{name}Problem")
    assert form.line(name).hasFocus()
    assert "Line" not in form.words(f"{name}Problem")
    QTest.keyClick(form.line(name), Qt.Key.Key_End)
    QTest.keyClicks(form.line(name), "x")
    assert form.words(f"{name}Problem") == ""


def test_a_name_is_used_once(form: Form) -> None:
    form.page.show_new(["ACME"])
    form.fill_in()
    form.press("setupSave")
    assert form.saved == []
    assert form.words("setupNameProblem").startswith("Another organisation has this name.")


def test_the_three_ways_to_sign_in(form: Form) -> None:
    form.fill_in()
    for name in ("setupPkce", "setupBrowser", "setupImplicit"):
        form.press(name)
        form.press("setupSave")
    assert [(profile.grant, profile.way) for profile in form.saved] == [
        (Grant.PKCE, Way.VIEW),
        (Grant.PKCE, Way.BROWSER),
        (Grant.IMPLICIT, Way.VIEW),
    ]


def test_a_forced_grant_leaves_its_own_ways_and_says_why(form: Form) -> None:
    form.page.force_grant(Grant.PKCE, "Your administrator has chosen this.")
    assert form.words("setupWhyForced") == "Your administrator has chosen this."
    form.page.show_profile(ACME)
    assert form.is_chosen("setupPkce")
    form.press("setupImplicit")
    assert form.is_chosen("setupPkce")
    form.press("setupBrowser")
    assert form.is_chosen("setupBrowser")


# --- regions ---------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["frank", "eu_central_1", "EU-Central-1", "mypurecloud.de"])
def test_a_region_is_found_by_name_code_and_domain(form: Form, words: str) -> None:
    form.choose_region(words)
    assert form.region.currentText() == "Frankfurt · eu-central-1 · mypurecloud.de"


def test_the_list_is_worked_with_the_keyboard(form: Form) -> None:
    form.enter("setupRegion", "eu")
    completer = form.region.completer()
    popup = completer.popup() if completer is not None else None
    model = completer.completionModel() if completer is not None else None
    assert popup is not None and model is not None and popup.isVisible()
    offered = [model.index(row, 0).data() for row in range(model.rowCount())]
    assert all("eu" in words.casefold() for words in offered) and len(offered) > 1
    QTest.keyClick(popup, Qt.Key.Key_Down)
    QTest.keyClick(popup, Qt.Key.Key_Down)
    QTest.keyClick(popup, Qt.Key.Key_Return)
    assert form.region.currentText() == offered[1]


def test_every_region_is_offered_unless_the_policy_says_otherwise(form: Form) -> None:
    assert form.region.count() == len(regions()) == 18
    assert FRANKFURT is not None
    form.page.set_regions([FRANKFURT])
    assert form.region.count() == 1
    form.choose_region("ireland")
    form.press("setupSave")
    assert form.words("setupRegionProblem") == "Choose a region."


def test_words_that_fit_several_regions_choose_none(form: Form) -> None:
    form.choose_region("eu-")
    form.press("setupSave")
    assert form.words("setupRegionProblem") == "Choose a region."


# --- one that is there already -----------------------------------------------------------------


def test_a_profile_is_shown_and_kept_as_it_is(form: Form) -> None:
    form.page.show_profile(ACME, ["Acme", "Zenith"])
    assert form.is_chosen("setupImplicit")
    form.press("setupSave")
    assert form.saved == [ACME]


def test_an_edit_changes_only_what_is_on_the_page(form: Form) -> None:
    form.page.show_profile(ACME, ["Acme"])
    form.enter("setupName", "Acme Insurance")
    form.enter("setupClientId", OTHER_CLIENT)
    form.press("setupPkce")
    form.press("setupSave")
    (saved,) = form.saved
    assert (saved.name, saved.client_id, saved.grant) == (
        "Acme Insurance",
        OTHER_CLIENT,
        Grant.PKCE,
    )
    assert (saved.org, saved.provider, saved.timezone) == ("acme", "okta", "Europe/London")


def test_hosts_of_ones_own_are_shown_and_kept(form: Form) -> None:
    own = Profile(
        name="practice",
        login_url="http://127.0.0.1:8401",
        api_url="http://127.0.0.1:8400",
        client_id="client",
        grant=Grant.PKCE,
        redirect_uri="http://localhost:8085/oauth2/callback",
    )
    form.page.show_profile(own)
    assert form.words("setupHosts") == "Login host 127.0.0.1:8401, API host 127.0.0.1:8400"
    assert not form.shows("setupRegion") and not form.shows("setupRemove")
    form.press("setupSave")
    assert form.saved == [own]


def test_removing_asks_once_more_in_the_page(form: Form) -> None:
    form.page.show_profile(ACME)
    form.press("setupRemove")
    assert form.removed == [] and "Acme" in form.words("setupRemoveQuestion")
    form.press("setupRemoveNo")
    assert form.removed == [] and not form.shows("setupRemoveQuestion")
    form.press("setupRemove")
    form.press("setupRemoveYes")
    assert form.removed == ["Acme"]


def test_cancel_is_there_once_there_is_something_to_go_back_to(form: Form) -> None:
    assert not form.shows("setupCancel") and not form.shows("setupRemove")
    form.page.show_new(["Acme"])
    form.press("setupCancel")
    assert form.cancelled == 1


def test_the_practice_organisation_is_offered_on_an_empty_form(form: Form, qtbot: QtBot) -> None:
    assert not form.shows("setupPractice")
    form.page.offer_practice()
    with qtbot.waitSignal(form.page.practice_asked, timeout=1000):
        form.press("setupPractice")
    form.page.show_profile(ACME)
    assert not form.shows("setupPractice")


def test_a_new_form_forgets_the_one_before(form: Form) -> None:
    form.page.show_profile(ACME)
    form.page.show_error("It could not be saved.")
    form.page.show_new(["Acme"])
    assert form.line("setupName").text() == form.line("setupClientId").text() == ""
    assert form.region.currentText() == ""
    assert form.is_chosen("setupPkce")
    assert form.words("setupError") == ""


# --- for the admin ---------------------------------------------------------------------------


def test_the_text_for_the_admin_follows_the_form_and_is_copied(form: Form) -> None:
    text = form.page.findChild(QPlainTextEdit, "setupAdminText")
    assert text is not None and text.isReadOnly()
    form.fill_in()
    form.press("setupImplicit")
    form.press("setupCopy")
    copied = QGuiApplication.clipboard().text()
    assert copied == text.toPlainText()
    assert "Frankfurt (mypurecloud.de)" in copied and CLIENT in copied
    assert "Token Implicit Grant" in copied
    form.enter("setupRedirectUri", "http://[")
    assert "Token Implicit Grant" in text.toPlainText()


# --- the test button ---------------------------------------------------------------------------

WRONG = CheckResult(
    (
        Finding(Subject.LOGIN, Verdict.OK, "login.mypurecloud.de answers."),
        Finding(Subject.CLIENT, Verdict.WRONG, "This client ID belongs to Ireland."),
        Finding(Subject.GRANT, Verdict.UNKNOWN, "Not known before that is mended."),
    )
)


def test_a_test_is_asked_for_what_is_entered(form: Form) -> None:
    form.fill_in()
    form.press("setupTest")
    assert [profile.name for profile in form.tested] == ["Acme"]
    form.page.show_test_running()
    assert form.words("setupVerdict") == setup_result.RUNNING and form.shows("setupProgress")
    form.press("setupTest")
    assert len(form.tested) == 1


def test_a_result_is_told_line_by_line_in_words(form: Form) -> None:
    form.page.show_test_running()
    form.page.show_test_result(WRONG)
    assert form.words("setupVerdict") == setup_result.BAD and not form.shows("setupProgress")
    assert form.words("setupFindingClient") == "This client ID belongs to Ireland."
    lines = {
        name: form.page.findChild(QLabel, f"setupFinding{name}") for name in ("Login", "Grant")
    }
    spoken = {name: found.accessibleName() for name, found in lines.items() if found is not None}
    assert spoken["Login"] == "Login host, ok: login.mypurecloud.de answers."
    assert spoken["Grant"].startswith("Grant, not known:")
    form.press("setupTest")
    form.page.show_test_running()
    form.page.show_test_result(CheckResult(WRONG.findings[:1]))
    assert form.words("setupVerdict") == setup_result.GOOD


def test_a_result_for_other_settings_is_dropped(form: Form) -> None:
    form.fill_in()
    form.page.show_test_running()
    form.enter("setupName", "Zenith")
    form.page.show_test_result(WRONG)
    assert not form.shows("setupResult")
    form.page.show_test_running()
    form.page.show_test_result(WRONG)
    form.press("setupImplicit")
    assert not form.shows("setupResult")


def test_an_error_ends_the_test(form: Form) -> None:
    form.fill_in()
    form.page.show_test_running()
    form.page.show_error("The disk is full.")
    assert form.words("setupError") == "The disk is full." and not form.shows("setupResult")
    form.press("setupTest")
    assert len(form.tested) == 1


def test_T39_markup_in_names_and_findings_is_shown_as_text(form: Form) -> None:
    markup = "<b>Acme</b>"
    form.page.show_test_running()
    form.page.show_test_result(CheckResult((Finding(Subject.API, Verdict.OK, markup),)))
    assert all(
        found.textFormat() is Qt.TextFormat.PlainText or not found.text()
        for found in (form.page.findChildren(QLabel))
    )
    assert form.words("setupFindingApi") == markup


@pytest.mark.parametrize("width", [560, 1000])
def test_nothing_is_cut_off(form: Form, width: int) -> None:
    form.page.resize(width, 900)
    form.page.show_profile(ACME)
    form.page.show_test_running()
    form.page.show_test_result(WRONG)
    QApplication.processEvents()
    whole = form.page.widget()
    assert whole is not None and whole.width() <= form.page.viewport().width()
    for button in form.page.findChildren(QAbstractButton):
        if button.isVisible():
            assert button.width() >= button.sizeHint().width(), button.objectName()


def test_whoever_acts_on_a_part_can_name_it(form: Form) -> None:
    for kind in (QLineEdit, QComboBox, QAbstractButton, QPlainTextEdit):
        for part in form.page.findChildren(kind):
            if part.parent() is form.region:
                continue  # the picker's own parts go by its name
            assert part.objectName() and part.accessibleName(), (kind, part)
