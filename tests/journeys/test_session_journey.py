"""While somebody is signed in: renewing, locking, switching, staying signed in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMenu

from desktop_app.core.signin.profiles import Grant
from desktop_app.practice.server import PracticeServer
from desktop_app.practice.settings import PracticeSettings
from tests.journeys.conftest import Arrive
from tests.journeys.driving import Person, account, profile_for
from tests.journeys.test_sign_in_journey import QUERY, token_of, whoami


def read_history(arrive: Arrive, grant: Grant = Grant.IMPLICIT) -> Person:
    person = arrive(grant)
    person.sign_in()
    person.wait(person.is_read)
    return person


# --- renewing ---------------------------------------------------------------------------------


def test_a_sign_in_renews_itself_while_the_login_host_remembers_the_person(
    arrive: Arrive, server: PracticeServer
) -> None:
    person = read_history(arrive)
    view, token = person.history, token_of(person)
    with person.wait_signal(person.window.signed_in):
        person.window.renewal.keeper.renewal_due.emit()
    assert token_of(person) != token
    assert person.history is view and view.isVisible() and not person.at_sign_in
    person.wait(lambda: whoami(server, token) == 401)  # the one before is revoked
    assert whoami(server, token_of(person)) == 200


def test_a_renewal_while_history_is_read_loses_nothing(
    arrive: Arrive, server: PracticeServer
) -> None:
    server.faults.append({"match": {"path": QUERY, "nth": [3, None]}, "do": {"latency_ms": 60_000}})
    person = arrive()
    person.sign_in()
    person.wait(lambda: person.history.model.rowCount() > 0)
    assert person.history.feed.running
    server.faults.clear()
    with person.wait_signal(person.window.signed_in):
        person.window.renewal.keeper.renewal_due.emit()
    person.wait(lambda: person.is_read() and person.history.model.rowCount() == 900)
    assert not person.at_sign_in and person.history.notice.text == ""


def test_a_renewal_that_needs_a_person_is_asked_for_and_one_click_goes_there(
    arrive: Arrive, server: PracticeServer
) -> None:
    person = read_history(arrive)
    person.forget_cookies()
    renewal = person.window.renewal
    renewal._patience.setInterval(500)
    with person.wait_signal(renewal.needs_person):
        renewal.keeper.renewal_due.emit()
    assert person.history.isVisible() and "Renew it" in person.history.notice.text
    pages = person.login_pages
    person.press("noticeAction")
    person.wait(lambda: person.at_sign_in and person.login_pages > pages)
    person.correct_password()
    person.wait(lambda: not person.at_sign_in)


def test_F06_a_renewal_as_somebody_else_is_not_used(arrive: Arrive, server: PracticeServer) -> None:
    """The login host remembers another person by now, as on a shared computer."""
    person = read_history(arrive)
    view, token = person.history, token_of(person)
    person.forget_cookies()
    session = person.window.session
    assert session is not None
    auth_view = person.window.auth_view
    auth_view.start("acme")
    person.wait(lambda: person.login_pages == 2)
    renewal = person.window.renewal
    renewal._trying = True  # as if this page had been opened for a renewal
    person.window._stack.setCurrentWidget(auth_view)
    with person.wait_signal(renewal.refused):
        person.type_login(*account(server, "no_analytics"))
    assert person.window.session is session and token_of(person) == token
    assert person.history is view


def test_a_sign_in_that_the_service_has_ended_is_noticed_without_a_reading(
    arrive: Arrive, server: PracticeServer
) -> None:
    person = read_history(arrive)
    person.forget_cookies()
    server._tokens.revoke(server._tokens.check(f"Bearer {token_of(person)}"))
    with person.wait_signal(person.window.renewal.ended):
        person.window.renewal.keeper.check()
    person.wait(lambda: person.login_pages == 2)
    assert "ended" in person.find(QLabel, "whySignIn").text()


# --- locking ----------------------------------------------------------------------------------


def test_T45_a_locked_window_shows_no_contact_until_the_same_person_has_signed_in(
    arrive: Arrive, server: PracticeServer
) -> None:
    person = read_history(arrive)
    view = person.history
    person.press("account")
    menu = person.find(QMenu, "accountMenu")
    person.wait(menu.isVisible)
    with person.wait_signal(person.window.locked):
        person.application._idle.due.emit()
    assert not menu.isVisible() and not view.isVisible()
    assert person.window.lock_page.isVisible()
    assert "15 minutes" in person.find(QLabel, "lockReason").text()
    QTest.keyClick(person.window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert not view.isVisible() and not view.filter.edit.hasFocus()
    pages = person.login_pages
    person.press("unlock")
    person.wait(lambda: person.login_pages > pages)  # the page asks, though it remembers them
    assert not view.isVisible()
    person.correct_password()
    person.wait(view.isVisible)
    assert person.history is view and not person.window.is_locked


def test_T45_unlocking_as_somebody_else_closes_what_was_there(
    arrive: Arrive, server: PracticeServer
) -> None:
    person = read_history(arrive)
    first = person.history
    QTest.keyClick(
        person.window,
        Qt.Key.Key_L,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier,
    )
    assert person.window.is_locked
    pages = person.login_pages
    person.press("unlock")
    person.wait(lambda: person.login_pages > pages)
    person.clear_address()
    person.sign_in(*account(server, "no_analytics"))
    person.wait(lambda: person.has_other_history(first))
    assert person.ids() == []


def test_T45_no_way_round_the_sign_in_screen_unlocks_without_typing(
    arrive: Arrive, server: PracticeServer
) -> None:
    """The login host remembers the person, and would sign in whoever asks."""
    person = read_history(arrive)
    view = person.history
    person.window.lock()
    person.press("unlock")
    person.wait(lambda: person.login_pages == 2)
    person.press("reloadLogin")
    person.wait(lambda: person.login_pages == 3)
    person.press("switchToPkce")
    person.wait(lambda: "settings" in person.words or person.login_pages == 4)
    assert person.window.is_locked and not view.isVisible()


def test_T45_a_sign_in_that_was_under_way_does_not_unlock(arrive: Arrive) -> None:
    """The login host remembers the person: it would come back by itself behind the lock."""
    person = read_history(arrive)
    auth_view = person.window.auth_view
    person.window._on_renewal_asked()
    assert auth_view._window.attempt is not None
    person.window.lock()
    assert auth_view._window.attempt is None
    assert person.window.is_locked and not person.history.isVisible()


def test_T45_closing_a_locked_window_ends_the_sign_in(
    arrive: Arrive, server: PracticeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even for somebody who stays signed in: else opening it again would unlock it."""
    left: list[object] = []

    async def leave(session: object) -> None:
        left.append(session)

    person = read_history(arrive)
    monkeypatch.setattr(person.window, "_services", replace(person.window._services, leave=leave))
    token = token_of(person)
    person.window.lock()
    person.application.close()
    assert left == [] and whoami(server, token) == 401


def test_T45_the_late_end_of_a_sign_out_leaves_the_next_sign_in_alone(arrive: Arrive) -> None:
    person = read_history(arrive)
    ended: list[None] = []
    person.window.signed_out.connect(lambda: ended.append(None))
    person.window._on_signed_out(True)  # of the person before
    assert ended == [] and person.application._idle.running
    assert person.history.isVisible()


def test_a_renewal_behind_the_lock_opens_nothing(arrive: Arrive) -> None:
    person = read_history(arrive)
    person.window.lock()
    with person.wait_signal(person.window.signed_in):
        person.window.renewal.keeper.renewal_due.emit()
    assert person.window.is_locked and person.window.lock_page.isVisible()
    assert not person.history.isVisible()


def test_signing_out_of_a_locked_window_ends_the_sign_in(
    arrive: Arrive, server: PracticeServer
) -> None:
    person = read_history(arrive)
    token = token_of(person)
    person.window.lock()
    with person.wait_signal(person.window.signed_out):
        person.press("lockSignOut")
    assert whoami(server, token) == 401
    assert person.window.history_view is None and "signed out" in person.words


# --- what the person may see ----------------------------------------------------------------


def test_what_is_missing_is_told_once_with_the_names_of_the_permissions(
    arrive: Arrive, server: PracticeServer
) -> None:
    person = arrive()
    person.sign_in(*account(server, "no_analytics"))
    session = person.window.session
    assert session is not None
    told = person.history.notice.text
    assert told == session.rights.summary and "quality:evaluation:view" in told
    person.press("noticeClose")
    person.press("refresh")
    assert person.history.notice.text == ""


def test_somebody_who_may_see_all_is_told_nothing(arrive: Arrive) -> None:
    assert read_history(arrive).history.notice.text == ""


# --- another organisation -------------------------------------------------------------------


@pytest.fixture
def other() -> Iterator[PracticeServer]:
    with PracticeServer(PracticeSettings(conversations=120, days=3, seed=7)) as running:
        yield running


def test_switching_the_organisation_signs_out_of_the_first_and_in_to_the_other(
    arrive: Arrive, server: PracticeServer, other: PracticeServer
) -> None:
    person = read_history(arrive)
    second = replace(profile_for(other), name="second")
    person.application.organisations.offer(second)
    person.window.sign_out()
    person.wait(lambda: "signed out" in person.words)
    person.press("signInMessageAction")
    person.wait(lambda: person.login_pages == 2)
    person.sign_in()
    person.wait(person.is_read)
    token = token_of(person)
    person.press("account")
    menu = person.find(QMenu, "accountMenu")
    person.wait(menu.isVisible)
    switch = person.find(QMenu, "switchOrganisation")
    names = [action.text() for action in switch.actions()]
    assert names == ["second"]
    menu.close()
    switch.actions()[0].trigger()
    person.wait(lambda: person.login_pages == 3)
    assert whoami(server, token) == 401
    person.sign_in()
    person.wait(person.is_read)
    assert person.history.model.rowCount() == 120
