"""A practice organisation and people who use the whole application on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_app import reading
from desktop_app.core.signin.policy import Policy
from desktop_app.core.signin.profiles import Grant
from desktop_app.practice.server import PracticeServer
from desktop_app.practice.settings import PracticeSettings
from tests.journeys.driving import Person, options_for

Arrive = Callable[..., Person]


@pytest.fixture
def server() -> Iterator[PracticeServer]:
    """900 contacts on three days: ten pages, so that something can happen between them."""
    with PracticeServer(PracticeSettings(conversations=900, days=3)) as running:
        yield running


@pytest.fixture
def arrive(
    qapp: QApplication,
    qtbot: QtBot,
    server: PracticeServer,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Arrive]:
    """Brings a person before the login page; the window closes when the test ends."""
    monkeypatch.setenv("QTWEBENGINE_DISABLE_SANDBOX", "1")
    monkeypatch.setattr(reading, "POLL_S", 0.05)  # this service's jobs are done at once
    people: list[Person] = []

    def made(grant: Grant = Grant.IMPLICIT, policy: Policy | None = None) -> Person:
        options = replace(options_for(server, grant), policy=policy or Policy())
        person = Person(qapp, qtbot, options)
        people.append(person)
        person.start()
        return person

    yield made
    for person in people:
        person.leave()
    qapp.setStyleSheet("")
