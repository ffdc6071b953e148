"""Looking after a sign-in: when it is counted, asked about, renewed and ended."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import cast

import pytest
from PySide6.QtCore import QObject, Signal
from pytestqt.qtbot import QtBot

from desktop_app.core.errors import NetworkError, ServiceError, SignInNeeded
from desktop_app.core.signin.session import Session
from desktop_app.gui import session_keeper
from desktop_app.gui.renewal import Renewal
from desktop_app.gui.session_keeper import SessionKeeper
from desktop_app.gui.tasks import Tasks

HOUR = 3600.0


class FakeSession:
    """A sign-in whose end and whose service a test decides over."""

    def __init__(self, hours: float = 8.0, person: str = "grace") -> None:
        self.left = timedelta(hours=hours)
        self.person = person
        self.user_email = f"{person}@acme.example"
        self.error: ServiceError | None = None
        self.asked = 0
        self.profile = self
        self.name = "acme"

    def remaining(self) -> timedelta:
        return self.left

    def same_person(self, other: FakeSession) -> bool:
        return self.person == other.person


@pytest.fixture(autouse=True)
def _service(monkeypatch: pytest.MonkeyPatch) -> None:
    async def heartbeat(session: FakeSession) -> None:
        session.asked += 1
        if session.error is not None:
            raise session.error

    monkeypatch.setattr(session_keeper, "heartbeat", heartbeat)


class Clocks:
    def __init__(self) -> None:
        self.wall = 1_000_000.0
        self.monotonic = 50.0

    def pass_by(self, seconds: float) -> None:
        self.wall += seconds
        self.monotonic += seconds


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


@pytest.fixture
def keeper(tasks: Tasks, clocks: Clocks) -> Iterator[SessionKeeper]:
    made = SessionKeeper(tasks, wall=lambda: clocks.wall, monotonic=lambda: clocks.monotonic)
    yield made
    made.stop()


def follow(keeper: SessionKeeper, session: FakeSession) -> None:
    keeper.follow(cast(Session, session))


def test_the_countdown_is_told_at_once_and_at_each_tick(
    keeper: SessionKeeper, clocks: Clocks
) -> None:
    told: list[str] = []
    keeper.counted.connect(told.append)
    session = FakeSession(hours=1.0)
    follow(keeper, session)
    session.left = timedelta(minutes=4)
    clocks.pass_by(15)
    keeper.tick()
    assert told == ["sign-in ends in 1 h 0 min", "sign-in ends in 4 min"]


def test_renewal_and_end_are_told_once(keeper: SessionKeeper, clocks: Clocks, qtbot: QtBot) -> None:
    session = FakeSession(hours=1.0)
    follow(keeper, session)
    due: list[None] = []
    keeper.renewal_due.connect(lambda: due.append(None))
    session.left = timedelta(minutes=4)
    for _ in range(3):
        clocks.pass_by(15)
        keeper.tick()
    assert len(due) == 1
    ended: list[None] = []
    keeper.expired.connect(lambda: ended.append(None))
    session.left = timedelta(seconds=-1)
    for _ in range(3):
        clocks.pass_by(15)
        keeper.tick()
    assert len(ended) == 1


@pytest.mark.parametrize("jump", [8 * HOUR, 24 * HOUR, -24 * HOUR])
def test_F07_a_clock_that_jumped_makes_it_ask_the_service_and_nothing_else(
    jump: float, keeper: SessionKeeper, clocks: Clocks, qtbot: QtBot
) -> None:
    session = FakeSession(hours=1.0)
    follow(keeper, session)
    with qtbot.assertNotEmitted(keeper.expired), qtbot.assertNotEmitted(keeper.ended):
        clocks.pass_by(15)
        clocks.wall += jump
        session.left -= timedelta(seconds=jump)
        keeper.tick()
        qtbot.waitUntil(lambda: session.asked == 1)


def test_a_sign_in_that_the_service_has_ended_is_told(keeper: SessionKeeper, qtbot: QtBot) -> None:
    session = FakeSession()
    session.error = SignInNeeded("ended")
    follow(keeper, session)
    with qtbot.waitSignal(keeper.ended):
        keeper.check()


def test_being_offline_ends_nothing(keeper: SessionKeeper, clocks: Clocks, qtbot: QtBot) -> None:
    session = FakeSession()
    session.error = NetworkError("offline")
    follow(keeper, session)
    with qtbot.assertNotEmitted(keeper.ended):
        for _ in range(2):
            before = session.asked
            clocks.pass_by(301)
            keeper.tick()
            qtbot.waitUntil(partial(has_asked, session, before))
            qtbot.waitUntil(lambda: keeper._job is None)


def has_asked(session: FakeSession, before: int) -> bool:
    return session.asked > before


class Screen(QObject):
    """Stands for the sign-in screen."""

    failed = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.started: list[str] = []
        self.cancelled = 0
        self.can = True

    def start_quietly(self, name: str, *, hint: str) -> bool:
        self.started.append(hint)
        return self.can

    def cancel(self) -> None:
        self.cancelled += 1


@pytest.fixture
def screen(tasks: Tasks) -> Screen:
    return Screen(tasks)


@pytest.fixture
def renewal(screen: Screen, tasks: Tasks) -> Iterator[Renewal]:
    made = Renewal(screen, tasks, screen)
    made.follow(cast(Session, FakeSession()))
    yield made
    made.stop()


def test_a_renewal_takes_the_same_persons_sign_in(
    renewal: Renewal, screen: Screen, qtbot: QtBot
) -> None:
    new = cast(Session, FakeSession())
    assert not renewal.takes(new)  # none is being renewed
    renewal.keeper.renewal_due.emit()
    assert screen.started == ["grace@acme.example"]
    with qtbot.waitSignal(renewal.renewed) as told:
        assert renewal.takes(new)
    assert told.args == [new]


def test_F06_a_renewal_refuses_somebody_elses_sign_in(
    renewal: Renewal, screen: Screen, qtbot: QtBot
) -> None:
    renewal.keeper.renewal_due.emit()
    other = cast(Session, FakeSession(person="ana"))
    with qtbot.waitSignals([renewal.refused, renewal.needs_person]):
        assert renewal.takes(other)


@pytest.mark.parametrize("how", ["no way", "failure", "patience"])
def test_a_renewal_that_comes_to_nothing_asks_the_person(
    how: str, renewal: Renewal, screen: Screen, qtbot: QtBot
) -> None:
    screen.can = how != "no way"
    renewal._patience.setInterval(0 if how == "patience" else 60_000)
    with qtbot.waitSignal(renewal.needs_person) as told:
        renewal.keeper.renewal_due.emit()
        if how == "failure":
            screen.failed.emit(NetworkError("offline"))
    assert told.args == ["sign-in ends in 8 h 0 min"]
    assert screen.cancelled == (0 if how == "no way" else 1)  # what somebody else began goes on
