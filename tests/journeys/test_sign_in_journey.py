"""Signing in and what happens when a sign-in ends: the whole window on a practice organisation."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import httpx
import pytest
from PySide6.QtWidgets import QLabel, QToolButton

from desktop_app.core.errors import StoreLocked
from desktop_app.core.history import vault
from desktop_app.core.history.store import Store
from desktop_app.core.signin.profiles import Grant
from desktop_app.gui.message_page import MessagePage
from desktop_app.practice.server import PracticeServer
from tests.journeys.conftest import Arrive
from tests.journeys.driving import SUPERVISOR, Person, account

QUERY = "/api/v2/analytics/conversations/details/query"
# Days that were counted before are read by job: how many queries a refresh makes depends on how
# much of today there is.
READING = "/api/v2/analytics/conversations/details/*"


def all_ids(server: PracticeServer) -> set[str]:
    contacts = server.contacts
    return {contacts.conversation_id(index) for index in range(len(contacts))}


def asked_for(server: PracticeServer) -> int:
    """How many requests the one scripted fault has counted."""
    (fault,) = server.faults.report()
    return int(str(fault["seen"]))


def token_of(person: Person) -> str:
    session = person.window.session
    assert session is not None
    token = session._token.reveal()
    assert token
    return token


def whoami(server: PracticeServer, token: str) -> int:
    answer = httpx.get(
        f"{server.api_url}/api/v2/users/me",
        headers={"Authorization": f"Bearer {token}"},
        trust_env=False,
    )
    return answer.status_code


@pytest.mark.parametrize("grant", Grant)
def test_sign_in_and_every_contact_is_there(
    grant: Grant, arrive: Arrive, server: PracticeServer
) -> None:
    person = arrive(grant)
    person.sign_in()
    person.wait(person.is_read)
    ids = person.ids()
    assert len(ids) == len(set(ids)) and set(ids) == all_ids(server)
    assert "complete to" in person.history.status.text
    assert "900 of 900 shown" in person.history.status.text
    session = person.window.session
    assert session is not None and session.user_name == "Grace Obi"


def test_a_wrong_password_is_told_by_the_page_and_the_right_one_goes_on(arrive: Arrive) -> None:
    person = arrive()
    person.type_login(SUPERVISOR[0], "not this one")
    person.wait(lambda: person.login_pages == 2)
    assert person.window.session is None and person.at_sign_in
    person.correct_password()
    assert person.window.session is not None


def test_cancelling_on_the_login_page_is_told_with_a_way_on(
    arrive: Arrive, server: PracticeServer
) -> None:
    person = arrive()
    person.type_login("\t\t", "")  # to the cancel button, past both fields and "sign in"
    person.wait(lambda: "Access was refused" in person.words)
    person.press("signInMessageAction")
    person.wait(lambda: person.login_pages == 2)
    person.sign_in()


def test_a_missing_permission_is_named_and_nothing_is_asked_for(
    arrive: Arrive, server: PracticeServer
) -> None:
    person = arrive()
    person.sign_in(*account(server, "no_analytics"))
    message = person.find(MessagePage, "historyMessage")
    person.wait(message.isVisible)
    assert "analytics:conversationDetail:view" in message.text
    assert person.history.model.rowCount() == 0
    assert [seen for seen in server.log if seen.path == QUERY] == []


def test_T35_another_person_of_the_organisation_works_in_a_store_of_their_own(
    arrive: Arrive, server: PracticeServer
) -> None:
    person = arrive()
    person.sign_in()
    person.wait(person.is_read)
    first, view = person.window.session, person.history
    person.sign_out()
    person.press("signInMessageAction")
    person.wait(lambda: person.login_pages == 2)
    person.sign_in(*account(server, "no_analytics"))
    person.wait(lambda: person.has_other_history(view))
    second = person.window.session
    assert first is not None and second is not None
    assert first.organization_id == second.organization_id
    assert first.store_key != second.store_key
    assert person.ids() == []


def test_T02_somebody_of_another_organisation_than_before_is_refused(
    arrive: Arrive, server: PracticeServer
) -> None:
    person = arrive()
    person.sign_in()
    person.wait(person.is_read)
    person.sign_out()
    person.press("signInMessageAction")
    person.wait(lambda: person.login_pages == 2)
    person.type_login(*account(server, "other_organization"))
    person.wait(lambda: "another organisation than before" in person.words)
    assert person.window.session is None and person.window.history_view is None


def test_T29_signing_out_revokes_and_forgets(arrive: Arrive, server: PracticeServer) -> None:
    person = arrive()
    person.sign_in()
    person.wait(person.is_read)
    token = token_of(person)
    assert whoami(server, token) == 200
    person.sign_out()
    assert whoami(server, token) == 401
    assert "revoked" in person.words
    assert person.window.history_view is None and person.window.session is None
    person.press("signInMessageAction")
    person.wait(lambda: person.login_pages == 2)  # no cookie signs in by itself
    assert person.window.session is None


def test_signing_out_without_a_network_says_so(arrive: Arrive, server: PracticeServer) -> None:
    person = arrive()
    person.sign_in()
    person.wait(person.is_read)
    server.faults.append({"match": {"path": "/api/v2/tokens/me"}, "do": {"status": 500}})
    person.sign_out()
    assert "could not be told" in person.words


def sees_the_truth(person: Person, server: PracticeServer) -> bool:
    """Every contact once, said to be complete, with nothing to complain of."""
    ids = person.ids()
    view = person.history
    return (
        sorted(ids) == sorted(all_ids(server))
        and view.coverage is not None
        and view.coverage.complete
        and view.notice.text == ""
    )


@pytest.mark.parametrize("nth", [1, 2, 5, 8])
def test_F04_while_the_login_host_remembers_the_person_reading_goes_on_by_itself(
    nth: int, arrive: Arrive, server: PracticeServer
) -> None:
    server.faults.append({"match": {"path": QUERY, "nth": nth}, "do": {"unauthorized": True}})
    person = arrive()
    person.sign_in()
    view = person.history
    with person.wait_signal(person.window.signed_in):
        pass
    person.wait(lambda: not person.at_sign_in and person.is_read())
    assert person.history is view and person.login_pages == 1
    assert sees_the_truth(person, server)


@pytest.mark.parametrize("nth", [1, 2, 4])
def test_F04_a_sign_in_that_ends_while_reading_is_asked_for_and_goes_on_where_it_was(
    nth: int, arrive: Arrive, server: PracticeServer
) -> None:
    person = arrive()
    person.sign_in()
    person.wait(person.is_read)
    view = person.history
    person.forget_cookies()
    server.faults.append({"match": {"path": READING, "nth": nth}, "do": {"unauthorized": True}})
    person.press("refresh")
    person.wait(lambda: person.login_pages == 2)
    assert person.at_sign_in
    assert "ended" in person.find(QLabel, "whySignIn").text()
    person.correct_password()  # the address is filled in
    person.wait(lambda: not person.at_sign_in and person.is_read())
    assert person.history is view
    assert sees_the_truth(person, server)


def test_F06_another_person_after_the_sign_in_ended_sees_no_row_of_the_first(
    arrive: Arrive, server: PracticeServer
) -> None:
    person = arrive()
    person.sign_in()
    person.wait(person.is_read)
    first = person.history
    person.forget_cookies()
    server.faults.append({"match": {"path": READING, "nth": 4}, "do": {"unauthorized": True}})
    person.press("refresh")
    person.wait(lambda: person.login_pages == 2)
    person.clear_address()
    person.sign_in(*account(server, "no_analytics"))
    person.wait(lambda: person.has_other_history(first))
    assert person.ids() == []


@pytest.mark.parametrize("fault", [{"status": 500}, {"html": True}], ids=["500", "a portal"])
def test_a_failing_service_is_told_and_tried_again(
    fault: dict[str, object], arrive: Arrive, server: PracticeServer
) -> None:
    server.faults.append({"match": {"path": QUERY}, "do": fault})
    person = arrive()
    person.sign_in()
    person.wait(lambda: bool(person.history.notice.text))
    server.faults.clear()
    person.press("noticeAction")
    person.wait(lambda: person.is_read() and person.history.model.rowCount() == 900)
    assert person.history.notice.text == ""


def test_a_store_that_is_locked_is_told_and_opened_at_the_next_try(
    arrive: Arrive, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts: list[str] = []
    open_store = vault.open_store

    def locked_once(folder: Path, name: str) -> Store:
        attempts.append(name)
        if len(attempts) == 1:
            raise StoreLocked("Contact History is open in another window. Close it, then retry.")
        return open_store(folder, name)

    monkeypatch.setattr(vault, "open_store", locked_once)
    person = arrive()
    person.type_login(*SUPERVISOR)
    person.wait(lambda: "open in another window" in person.words)
    person.press("signInMessageAction")  # the login host remembers the person
    person.wait(person.is_read)
    assert len(attempts) == 2 and person.history.model.rowCount() == 900


def test_cancelling_keeps_what_was_read_and_reading_goes_on_from_there(
    arrive: Arrive, server: PracticeServer
) -> None:
    server.faults.append({"match": {"path": QUERY, "nth": [4, None]}, "do": {"latency_ms": 60_000}})
    person = arrive()
    person.sign_in()
    person.wait(lambda: person.history.model.rowCount() > 0)
    person.press("statusCancel")
    person.wait(person.is_read)
    assert 0 < person.history.model.rowCount() < 900
    assert not person.find(QToolButton, "statusCancel").isVisible()
    assert "not read" in person.history.status.text
    server.faults.clear()
    person.press("refresh")
    person.wait(lambda: person.is_read() and person.history.model.rowCount() == 900)


@pytest.mark.parametrize("answered", range(10))
def test_F33_quitting_while_paging_takes_two_seconds_at_most(
    answered: int, arrive: Arrive, server: PracticeServer
) -> None:
    """Ten quits, each after another number of pages, with requests under way that never end."""
    server.faults.append(
        {"match": {"path": QUERY, "nth": [answered + 1, None]}, "do": {"latency_ms": 60_000}}
    )
    before = set(threading.enumerate())
    person = arrive()
    person.sign_in()
    person.wait(lambda: asked_for(server) > answered)
    token = token_of(person)
    begun = time.monotonic()
    person.application.close()
    assert time.monotonic() - begun < 2
    assert whoami(server, token) == 401
    assert [thread.name for thread in set(threading.enumerate()) - before] == []
