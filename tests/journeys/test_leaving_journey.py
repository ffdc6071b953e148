"""Ends that must hold: a lock that outlives the program, a sign-out that outlives the window, and
ways back that lead where they say."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import keyring
import pytest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.application import Application, Options
from desktop_app.core.errors import ProxySignInNeeded, StoreLocked
from desktop_app.core.history import vault
from desktop_app.core.history.store import Store
from desktop_app.core.keychain import Keychain
from desktop_app.core.signin.policy import Policy
from desktop_app.core.signin.profiles import Profile
from desktop_app.core.signin.session import Session
from desktop_app.history_view import HistoryView
from desktop_app.practice.server import PracticeServer
from tests.journeys.conftest import Arrive
from tests.journeys.driving import SUPERVISOR, WAIT_MS, Person, account
from tests.journeys.test_session_journey import read_history
from tests.journeys.test_sign_in_journey import token_of, whoami
from tests.keyring_in_memory import SafeKeyring


@pytest.fixture
def safe_keyring() -> SafeKeyring:
    made = SafeKeyring()
    keyring.set_keyring(made)
    return made


def staying(arrive: Arrive) -> Person:
    """Somebody who stays signed in, before their history."""
    person = arrive()
    person.application.preferences.stay_signed_in = True
    person.sign_in()
    person.wait(person.is_read)
    return person


def session_of(person: Person) -> Session:
    session = person.window.session
    assert session is not None
    return session


def is_kept(person: Person) -> bool:
    return person.application._kept.has(session_of(person))


# --- the lock -----------------------------------------------------------------------------------


def test_T45_a_locked_window_that_is_killed_does_not_open_unlocked(
    arrive: Arrive, safe_keyring: SafeKeyring
) -> None:
    """While it is locked nothing is kept that the next start could go on with."""
    person = staying(arrive)
    assert is_kept(person)
    person.window.lock()
    person.wait(lambda: not is_kept(person))
    pages = person.login_pages
    person.press("unlock")
    person.wait(lambda: person.login_pages > pages)
    person.correct_password()
    person.wait(lambda: not person.window.is_locked)
    assert is_kept(person)


def test_T45_whoever_unlocks_can_reach_nothing_else(arrive: Arrive) -> None:
    person = read_history(arrive)
    person.window.lock()
    person.press("unlock")
    person.wait(lambda: person.login_pages == 2)
    elsewhere = ("setUpAnother", "editOrganisation", "signInSettings", "tryPractice")
    shown = {name: person.window.findChild(QPushButton, name) for name in elsewhere}
    assert [name for name, button in shown.items() if button and button.isVisible()] == []
    organisation = person.find(QWidget, "organisation")
    assert not organisation.isEnabled()
    assert not person.find(QPushButton, "backToHistory").isVisible()


def test_T45_a_renewal_behind_the_lock_does_not_wake_the_idle_watch(arrive: Arrive) -> None:
    person = read_history(arrive)
    person.window.lock()
    with person.wait_signal(person.window.signed_in):
        person.window.renewal.keeper.renewal_due.emit()
    assert not person.application._idle.running


def test_T45_a_renewal_behind_the_lock_is_not_kept(
    arrive: Arrive, safe_keyring: SafeKeyring
) -> None:
    person = staying(arrive)
    person.window.lock()
    with person.wait_signal(person.window.signed_in):
        person.window.renewal.keeper.renewal_due.emit()
    assert person.window.is_locked
    person.wait(lambda: not is_kept(person))


def test_a_proxy_that_asks_behind_the_lock_disturbs_nobody_who_unlocks(arrive: Arrive) -> None:
    person = read_history(arrive)
    person.window.lock()
    person.press("unlock")
    person.wait(lambda: person.login_pages == 2)
    person.history.proxy_sign_in_needed.emit(ProxySignInNeeded("It asks.", proxy="proxy:3128"))
    assert person.window.auth_view._window.attempt is not None


# --- signing out --------------------------------------------------------------------------------


def test_T29_closing_right_after_a_sign_out_still_revokes(
    arrive: Arrive, server: PracticeServer
) -> None:
    person = read_history(arrive)
    token = token_of(person)
    person.window.sign_out()
    person.application.close()
    assert whoami(server, token) == 401


def test_T29_closing_right_after_a_renewal_still_revokes_the_sign_in_before(
    arrive: Arrive, server: PracticeServer
) -> None:
    person = read_history(arrive)
    token = token_of(person)
    with person.wait_signal(person.window.signed_in):
        person.window.renewal.keeper.renewal_due.emit()
    person.application.close()
    assert whoami(server, token) == 401


def test_T29_a_sign_in_that_is_not_wanted_any_more_is_revoked(
    arrive: Arrive, server: PracticeServer
) -> None:
    """It was cancelled while Genesys was asked whose it is."""
    server.faults.append({"match": {"path": "/api/v2/users/me"}, "do": {"latency_ms": 300}})
    person = arrive()
    with person.wait_signal(person.window.auth_view.callback_seen):
        person.type_login(*account(server, "supervisor"))
    person.window.auth_view.cancel()
    person.application.close()
    assert set(server._tokens._tokens) == {server.description["token"]}  # issued at its start


def test_T35_a_store_that_opens_after_somebody_else_has_signed_in_is_closed_and_never_shown(
    arrive: Arrive, server: PracticeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    stores: list[Store] = []
    closed: list[Store] = []
    gate = threading.Event()
    open_store, close = vault.open_store, Store.close

    def slow_for_the_first(folder: Path, name: str) -> Store:
        stores.append(open_store(folder, name))
        assert len(stores) > 1 or gate.wait(WAIT_MS / 1000)
        return stores[-1]

    def closing(store: Store) -> None:
        closed.append(store)
        close(store)

    monkeypatch.setattr(vault, "open_store", slow_for_the_first)
    monkeypatch.setattr(Store, "close", closing)
    person = arrive()
    shown: list[HistoryView] = []
    person.window.history_opened.connect(shown.append)
    person.type_login(*account(server, "supervisor"))
    person.wait(lambda: len(stores) == 1)
    person.sign_out()
    person.press("signInMessageAction")
    person.wait(lambda: person.login_pages == 2)
    person.type_login(*account(server, "no_analytics"))
    person.wait(lambda: person.window.session is not None)
    gate.set()
    person.wait(lambda: bool(shown))
    assert closed == stores[:1] and len(stores) == 2
    assert shown == [person.history] and person.history._store is stores[1]


# --- at the sign-in screen ----------------------------------------------------------------------


def test_a_sign_in_that_ends_does_not_begin_the_login_under_way_anew(arrive: Arrive) -> None:
    person = read_history(arrive)
    person.window._on_renewal_asked()
    attempt = person.window.auth_view._window.attempt
    assert attempt is not None
    person.window.renewal.keeper.ended.emit()
    assert person.window.auth_view._window.attempt is attempt
    person.press("backToHistory")
    assert person.history.isVisible() and "can still be read" in person.history.notice.text
    person.press("noticeAction")
    person.wait(lambda: person.window.auth_view._window.attempt is not None)


def test_from_the_set_up_page_a_way_leads_back_to_the_history(arrive: Arrive) -> None:
    person = read_history(arrive)
    view = person.history
    person.press("account")
    person.window.settings_asked.emit()
    person.press("settingsSetUp")
    person.press("setupCancel")
    assert view.isVisible() and person.login_pages == 1
    person.window._on_renewal_asked()
    person.press("backToHistory")
    assert view.isVisible()
    assert person.window.auth_view._window.attempt is None


def test_from_the_proxys_page_a_way_leads_back_to_the_history(arrive: Arrive) -> None:
    person = read_history(arrive)
    person.history.proxy_sign_in_needed.emit(ProxySignInNeeded("It asks.", proxy="proxy:3128"))
    person.press("proxyCancel")
    assert person.history.isVisible()


def test_the_organisation_in_use_stays_as_it_is(arrive: Arrive) -> None:
    person = read_history(arrive)
    organisations = person.application.organisations
    organisations.offer(replace(session_of(person).profile, name="other"))
    person.window.settings_asked.emit()
    assert person.find(QPushButton, "remove_other").isVisible()
    assert not person.find(QPushButton, "remove_acme").isVisible()
    person.press("settingsSetUp")  # nor can it be changed from the sign-in screen
    edit, choice = (
        person.find(QPushButton, "editOrganisation"),
        person.find(QComboBox, "organisation"),
    )
    assert person.at_sign_in and choice.currentData() == "acme" and not edit.isVisible()
    choice.setCurrentIndex(choice.findData("other"))
    choice.activated.emit(choice.currentIndex())
    assert edit.isVisible()


def test_an_organisation_whose_history_cannot_be_opened_can_be_changed(
    arrive: Arrive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is nobody to sign out, so nobody is told to."""

    def locked(folder: Path, name: str) -> Store:
        raise StoreLocked("Contact History is open in another window.")

    monkeypatch.setattr(vault, "open_store", locked)
    person = arrive()
    person.type_login(*SUPERVISOR)
    person.wait(lambda: "another window" in person.words)
    assert person.find(QPushButton, "editOrganisation").isVisible()
    person.press("signInSettings")
    assert person.find(QPushButton, "edit_acme").isVisible()


def test_a_removal_that_fails_is_told(arrive: Arrive, tmp_path: Path) -> None:
    person = read_history(arrive)
    organisations = person.application.organisations
    organisations.offer(replace(session_of(person).profile, name="other"))
    organisations._file = tmp_path  # a folder, which no file can take the place of
    person.window.settings_asked.emit()
    person.press("remove_other")
    person.press("removeYes_other")
    notice = person.find(QLabel, "settingsNoticeText")
    person.wait(notice.isVisible)
    person.press("settingsBack")
    person.window.settings_asked.emit()
    assert person.window.settings_page.isVisible() and not notice.isVisible()  # told once


def test_staying_signed_in_means_the_sign_in_that_is_open_too(
    arrive: Arrive, safe_keyring: SafeKeyring
) -> None:
    person = read_history(arrive)
    person.window.settings_asked.emit()
    person.press("staySignedIn")
    person.wait(lambda: is_kept(person))
    person.press("staySignedIn")
    person.wait(lambda: not is_kept(person))


def test_T45_a_sign_in_is_not_kept_by_a_keyring_that_comes_after_the_lock(
    arrive: Arrive, safe_keyring: SafeKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = read_history(arrive)
    tasks, kept = person.application.tasks, person.application._kept
    gate, forgotten = threading.Event(), threading.Event()
    forget_token = kept.forget_token

    def forgetting(profile: Profile, token: str | None) -> None:
        forget_token(profile, token)
        forgotten.set()

    monkeypatch.setattr(kept, "forget_token", forgetting)
    tasks.write(lambda: gate.wait(WAIT_MS / 1000))
    person.window.settings_asked.emit()
    person.press("staySignedIn")
    person.window.lock()
    assert forgotten.wait(WAIT_MS / 1000)
    gate.set()
    for _ in range(2):  # what was asked for, and what came of it
        with person.wait_signal(tasks.write(lambda: None).succeeded):
            pass
    assert not is_kept(person)


def test_T25_what_was_kept_goes_at_the_start_once_the_policy_forbids_it(
    safe_keyring: SafeKeyring, qapp: QApplication, qtbot: QtBot
) -> None:
    keychain = Keychain("Contact History sign-in")
    keychain.write("index", "abc")
    keychain.write("abc", "a sign-in")
    application = Application(qapp, Options(policy=Policy(stay_signed_in=False)))
    qtbot.waitUntil(lambda: safe_keyring.kept == {})
    application.close()
    application.setParent(None)
    application.window.deleteLater()
    qapp.setStyleSheet("")


def test_where_it_cannot_be_kept_the_page_says_so_and_takes_the_tick_back(arrive: Arrive) -> None:
    person = read_history(arrive)
    person.window.settings_asked.emit()
    person.window.settings_page.stay_signed_in_changed.emit(True)
    person.wait(lambda: person.find(QLabel, "settingsNoticeText").isVisible())
    assert "keyring" in person.find(QLabel, "settingsNoticeText").text()
    assert not person.application.preferences.stay_signed_in
