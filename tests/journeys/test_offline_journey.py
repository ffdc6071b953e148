"""A start without a network: what is held is read, and goes on when the network is back (F9)."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import keyring
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QPushButton, QTableView, QToolButton
from pytestqt.qtbot import QtBot

from desktop_app import reading
from desktop_app.application import Options
from desktop_app.core.errors import NetworkError
from desktop_app.core.genesys import retry
from desktop_app.core.history import vault
from desktop_app.core.history.coverage import DAY_MS
from desktop_app.core.history.store import Store
from desktop_app.core.signin.policy import Policy
from desktop_app.practice.server import PracticeServer
from desktop_app.practice.settings import PracticeSettings
from tests.journeys.driving import Person, options_for
from tests.keyring_in_memory import SafeKeyring

CONTACTS = 120
Return = Callable[..., Person]


@pytest.fixture
def server(until_ms: int | None) -> Iterator[PracticeServer]:
    """On ports of its own, so that it comes back where it was."""
    settings = PracticeSettings(
        conversations=CONTACTS, days=3, port=two_free_ports(), until_ms=until_ms
    )
    with PracticeServer(settings) as running:
        yield running


@pytest.fixture
def until_ms() -> int | None:
    """When the last contacts are; None for now."""
    return None


def two_free_ports() -> int:
    """The first of two that follow each other."""
    while True:
        with socket.create_server(("127.0.0.1", 0)) as first, socket.socket() as second:
            port = int(first.getsockname()[1])
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


@pytest.fixture
def options(server: PracticeServer) -> Options:
    return options_for(server)


@pytest.fixture
def secrets() -> SafeKeyring:
    keyring.set_keyring(made := SafeKeyring())
    return made


@pytest.fixture
def come(
    qapp: QApplication,
    qtbot: QtBot,
    options: Options,
    secrets: SafeKeyring,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Return]:
    """Opens the window anew, each time for the same person on the same computer."""
    monkeypatch.setenv("QTWEBENGINE_DISABLE_SANDBOX", "1")
    monkeypatch.setattr(reading, "POLL_S", 0.05)  # this service's jobs are done at once
    monkeypatch.setattr(retry, "_BASE_S", 0.01)  # the waits between the tries of a request
    people: list[Person] = []

    def made(changed: Options | None = None) -> Person:
        for before in people:
            before.application.close()
        person = Person(qapp, qtbot, changed or options)
        people.append(person)
        person.application.preferences.stay_signed_in = True
        person.open()
        return person

    yield made
    for person in people:
        person.leave()
    qapp.setStyleSheet("")


@pytest.fixture
def closed(come: Return) -> Person:
    """Somebody who has read their history and closed the window, signed in as they stay."""
    person = come()
    person.wait(lambda: person.login_pages > 0)
    person.sign_in()
    person.wait(person.is_read)
    assert person.history.model.rowCount() == CONTACTS
    person.application.close()
    return person


@pytest.fixture
def offline(closed: Person, come: Return, server: PracticeServer) -> Person:
    """They are back, without a network."""
    server.stop()
    person = come()
    person.wait(person.find(QPushButton, "offlineMessageOther").isVisible)
    return person


def read_what_is_held(person: Person) -> None:
    with person.wait_signal(person.window.history_opened):
        person.press("offlineMessageOther")
    person.wait(lambda: person.is_read() and person.history.model.rowCount() > 0)


def is_offered(person: Person) -> bool:
    return person.find(QPushButton, "offlineMessageOther").isVisible()


def state(person: Person) -> str:
    return person.find(QPushButton, "statusState").text()


def type_filter(person: Person, words: str) -> None:
    QTest.keyClick(person.window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    edit = person.history.filter.edit
    QTest.keyClicks(edit, words)
    QTest.keyClick(edit, Qt.Key.Key_Return)


def click_first_head(person: Person) -> None:
    header = person.find(QTableView, "historyTable").horizontalHeader()
    place = QPoint(header.sectionViewportPosition(0) + 20, header.height() // 2)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)


def store_file() -> Path:
    (file,) = Path(os.environ["XDG_DATA_HOME"]).rglob("*.duckdb")
    return file


def stored() -> Store:
    """What is held, while no window has it open."""
    file = store_file()
    return vault.open_store(file.parent, file.stem)


def revoke_all(server: PracticeServer) -> None:
    """What an administrator does who ends somebody's sign-ins."""
    for text in list(server._tokens._tokens):
        server._tokens.revoke(server._tokens.check(f"Bearer {text}"))


# --- reading --------------------------------------------------------------------------------------


def test_F09_what_is_held_is_read_without_a_network_and_goes_on_with_it(
    offline: Person, server: PracticeServer
) -> None:
    person = offline
    title = person.find(QLabel, "offlineMessageTitle").text()
    assert title == "No connection to Genesys Cloud"
    asked = len(server.log)
    read_what_is_held(person)
    view = person.history
    assert view.isVisible() and view.model.rowCount() == CONTACTS
    assert state(person).startswith("Offline · held to ")
    assert view.notice.text == ""  # nobody is alarmed
    assert "Grace Obi" in person.find(QToolButton, "account").text()

    type_filter(person, "media:voice")
    person.wait(lambda: 0 < view.model.rowCount() < CONTACTS and not view.model.busy)
    shown, before = view.model.rowCount(), person.ids()
    click_first_head(person)
    person.wait(lambda: not view.model.busy and person.ids() != before)
    assert sorted(person.ids()) == sorted(before)
    with person.wait_signal(view.contact_shown):
        QTest.keyClick(person.find(QTableView, "historyTable"), Qt.Key.Key_Down)

    person.press("goOnline")  # there is still no network
    person.wait(lambda: "No connection" in view.notice.text)
    assert view.isVisible() and view.model.rowCount() == shown
    assert person.window.session is None and len(server.log) == asked

    server.start()
    with person.wait_signal(person.window.signed_in):
        person.press("noticeAction")
    person.wait(person.is_read)
    assert person.history is view and view.isVisible() and view.model.rowCount() == shown
    assert state(person).startswith("complete to ") and view.notice.text == ""
    assert not person.find(QPushButton, "goOnline").isVisible()
    assert person.login_pages == 0 and len(server.log) > asked


def test_F09_another_try_goes_on_where_the_network_is_back(
    offline: Person, server: PracticeServer
) -> None:
    server.start()
    with offline.wait_signal(offline.window.signed_in):
        offline.press("offlineMessageAction")
    offline.wait(offline.is_read)
    assert offline.login_pages == 0 and state(offline).startswith("complete to ")


@pytest.mark.parametrize("until_ms", [int(time.time() * 1000) - 2 * DAY_MS], ids=["two days ago"])
def test_F09_the_day_that_was_met_last_is_shown_where_no_range_is_asked_for(
    closed: Person, come: Return, options: Options, server: PracticeServer
) -> None:
    with closing(stored()) as store:
        last_ms = store.holdings().last_ms
    server.stop()
    person = come(replace(options, interval=None))
    read_what_is_held(person)
    model, picker, clock = person.history.model, person.history.picker, person.history.clock
    assert picker.interval == clock.day(last_ms) and 0 < model.rowCount() < CONTACTS
    assert state(person).startswith("Offline · held to ")


def test_F09_a_range_that_is_not_held_says_so_and_one_press_tries_to_go_online(
    offline: Person, server: PracticeServer
) -> None:
    read_what_is_held(offline)
    view = offline.history
    start_ms, _ = view.picker.interval
    view._calendar.day_asked.emit(view.clock.day(start_ms - 7 * DAY_MS))
    message = offline.find(QPushButton, "historyMessageAction")
    offline.wait(message.isVisible)
    assert "Nothing is held" in offline.find(QLabel, "historyMessageTitle").text()
    assert "nothing held" in state(offline)
    view._calendar.read_asked.emit(view.picker.interval)
    assert NetworkError.title in view.notice.text
    server.start()
    with offline.wait_signal(offline.window.signed_in):
        offline.press("historyMessageAction")


def test_F09_the_organisation_whose_history_is_read_stays_as_it_is(offline: Person) -> None:
    read_what_is_held(offline)
    offline.window.settings_asked.emit()
    assert not offline.find(QPushButton, "remove_acme").isVisible()
    offline.press("settingsSetUp")
    assert offline.at_sign_in
    assert not offline.find(QPushButton, "editOrganisation").isVisible()
    offline.press("backToHistory")
    assert offline.history.isVisible() and state(offline).startswith("Offline")


# --- where it isn't offered -----------------------------------------------------------------------


def test_F09_a_sign_in_that_was_revoked_is_never_offered_anything(
    closed: Person, come: Return, server: PracticeServer
) -> None:
    revoke_all(server)
    person = come()
    person.wait(lambda: person.login_pages > 0)
    assert not is_offered(person) and person.window.history is None
    person.application.close()
    server.stop()  # nor at the next start, when nobody can say that it was
    person = come()
    person.wait(lambda: "can't be reached" in person.words)
    assert not is_offered(person)


def forget_the_file(secrets: SafeKeyring) -> None:
    store_file().unlink()


def forget_the_key(secrets: SafeKeyring) -> None:
    (key,) = [key for key in secrets.kept if key[0] == "Contact History store"]
    del secrets.kept[key]


def forget_the_contacts(secrets: SafeKeyring) -> None:
    with closing(stored()) as store:
        store.purge(int(time.time() * 1000) + DAY_MS)


@pytest.mark.parametrize("forget", [forget_the_file, forget_the_key, forget_the_contacts])
def test_F09_where_nothing_is_held_nothing_is_offered(
    forget: Callable[[SafeKeyring], None],
    closed: Person,
    come: Return,
    server: PracticeServer,
    secrets: SafeKeyring,
) -> None:
    forget(secrets)
    server.stop()
    person = come()
    person.wait(lambda: "No connection" in person.words)
    assert not is_offered(person)


def test_F09_where_nobody_may_stay_signed_in_nothing_is_offered(
    closed: Person, come: Return, options: Options, server: PracticeServer
) -> None:
    server.stop()
    person = come(replace(options, policy=Policy(stay_signed_in=False)))
    person.wait(lambda: "can't be reached" in person.words)
    assert not is_offered(person)


# --- how it ends ----------------------------------------------------------------------------------


def test_F09_a_refusal_closes_what_was_read_and_asks_for_a_sign_in(
    offline: Person, server: PracticeServer
) -> None:
    read_what_is_held(offline)
    revoke_all(server)
    server.start()
    offline.press("goOnline")
    offline.wait(lambda: offline.login_pages == 1)
    assert offline.window.history_view is None and offline.at_sign_in
    assert "sign-in has ended" in offline.find(QLabel, "whySignIn").text()
    offline.sign_in()
    offline.wait(offline.is_read)
    assert state(offline).startswith("complete to ")


def test_T45_F09_a_locked_window_shows_nothing_and_the_next_start_offers_nothing(
    offline: Person, come: Return
) -> None:
    read_what_is_held(offline)
    view = offline.history
    offline.press("goOnline")
    assert offline.application._idle.running
    with offline.wait_signal(offline.window.locked):
        offline.application._idle.due.emit()
    assert not view.isVisible() and offline.window.lock_page.isVisible()
    history = offline.window.history
    assert history is not None and history._kept._job is None  # nor does the try go on behind it
    assert "Grace Obi" in offline.find(QLabel, "lockPerson").text()
    offline.application.close()
    person = come()
    person.wait(lambda: "can't be reached" in person.words)
    assert not is_offered(person)


def test_T45_F09_unlocking_takes_a_sign_in_which_goes_on_at_the_same_place(
    offline: Person, server: PracticeServer
) -> None:
    read_what_is_held(offline)
    view = offline.history
    offline.window.lock()
    server.start()
    offline.press("unlock")
    offline.wait(lambda: offline.login_pages == 1)
    offline.correct_password()
    offline.wait(offline.is_read)
    assert offline.history is view and view.isVisible()
    assert state(offline).startswith("complete to ")


def test_T29_F09_signing_out_without_a_network_leaves_nothing_and_says_what_is_left_there(
    offline: Person, secrets: SafeKeyring
) -> None:
    read_what_is_held(offline)
    offline.press("account")
    menu = offline.find(QMenu, "accountMenu")
    offline.wait(menu.isVisible)
    assert "not checked" in offline.find(QLabel, "accountOffline").text()
    menu.close()
    offline.sign_out()
    assert "could not be told" in offline.words
    assert [name for service, name in secrets.kept if "sign-in" in service] == ["index"]
