"""The one door to threads: every job ends once, on the GUI thread, and none outlives the door."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from functools import partial

import pytest
from PySide6.QtCore import QObject, QThread
from pytestqt.qtbot import QtBot

from desktop_app.gui.tasks import Job, Relay, Tasks

LANES = ("network", "write", "order", "window")


class Ends(QObject):
    """Writes down how a job ends, and that it is told on this object's thread."""

    def __init__(self, job: Job) -> None:
        super().__init__()
        self.values: list[object] = []
        self.errors: list[object] = []
        self.ended = 0
        self.elsewhere = 0
        job.succeeded.connect(self._on_succeeded)
        job.failed.connect(self._on_failed)
        job.ended.connect(self._on_ended)

    def _on_succeeded(self, value: object) -> None:
        self.values.append(value)
        self._look_where()

    def _on_failed(self, error: object) -> None:
        self.errors.append(error)
        self._look_where()

    def _on_ended(self) -> None:
        self.ended += 1
        self._look_where()

    def _look_where(self) -> None:
        self.elsewhere += QThread.currentThread() is not self.thread()


def start(tasks: Tasks, lane: str, work: Callable[[], object]) -> Job:
    """Run plain work on a lane; on the network lane inside a coroutine."""

    async def coroutine() -> object:
        return work()

    if lane == "network":
        return tasks.network(coroutine)
    run: Callable[[Callable[[], object]], Job] = getattr(tasks, lane)
    return run(work)


def settle(qtbot: QtBot, tasks: Tasks, lane: str) -> None:
    """Everything that the lane was given before has been done and told."""
    after = Ends(start(tasks, lane, lambda: None))
    qtbot.waitUntil(lambda: after.ended == 1)


def wait_for(event: threading.Event) -> bool:
    return event.wait(10)


@pytest.mark.parametrize("lane", LANES)
def test_work_runs_off_the_gui_thread_and_its_value_comes_back_once(
    lane: str, tasks: Tasks, qtbot: QtBot
) -> None:
    ends = Ends(start(tasks, lane, threading.get_ident))
    qtbot.waitUntil(lambda: ends.ended > 0)
    settle(qtbot, tasks, lane)
    (thread,) = ends.values
    assert thread != threading.get_ident()
    assert (ends.errors, ends.ended, ends.elsewhere) == ([], 1, 0)


@pytest.mark.parametrize("lane", LANES)
def test_an_error_comes_back_once(lane: str, tasks: Tasks, qtbot: QtBot) -> None:
    error = ValueError("no")

    def fail() -> None:
        raise error

    ends = Ends(start(tasks, lane, fail))
    qtbot.waitUntil(lambda: ends.ended > 0)
    settle(qtbot, tasks, lane)
    assert (ends.values, ends.errors, ends.ended, ends.elsewhere) == ([], [error], 1, 0)


@pytest.mark.parametrize("lane", ["write", "order", "window"])
def test_a_cancelled_job_ends_at_once_and_its_late_result_is_dropped(
    lane: str, tasks: Tasks, qtbot: QtBot
) -> None:
    begun, gate = threading.Event(), threading.Event()

    def work() -> str:
        begun.set()
        wait_for(gate)
        return "late"

    job = start(tasks, lane, work)
    ends = Ends(job)
    assert wait_for(begun)
    job.cancel()
    assert (ends.ended, job.over) == (1, True)
    job.cancel()
    gate.set()
    settle(qtbot, tasks, lane)
    assert (ends.values, ends.errors, ends.ended) == ([], [], 1)


def test_a_late_error_is_dropped_as_well(tasks: Tasks, qtbot: QtBot) -> None:
    begun, gate = threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        wait_for(gate)
        raise ValueError("late")

    job = tasks.order(work)
    ends = Ends(job)
    assert wait_for(begun)
    job.cancel()
    gate.set()
    settle(qtbot, tasks, "order")
    assert (ends.errors, ends.ended) == ([], 1)


def test_cancelling_a_coroutine_stops_it_and_lets_it_clean_up(tasks: Tasks, qtbot: QtBot) -> None:
    begun, cleaned = threading.Event(), threading.Event()

    async def forever() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            cleaned.set()

    job = tasks.network(forever)
    ends = Ends(job)
    assert wait_for(begun)
    job.cancel()
    assert wait_for(cleaned)
    settle(qtbot, tasks, "network")
    assert (ends.values, ends.errors, ends.ended) == ([], [], 1)


def test_a_running_read_is_interrupted_when_it_is_cancelled(tasks: Tasks) -> None:
    begun, gate = threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        wait_for(gate)

    job = tasks.order(work, gate.set)
    assert wait_for(begun)
    job.cancel()
    assert gate.is_set()


def test_a_read_that_is_done_is_not_interrupted_any_more(tasks: Tasks, qtbot: QtBot) -> None:
    """The interruption would meet the read that came after it."""
    done = threading.Event()
    interrupted: list[int] = []
    job = tasks.order(lambda: None, lambda: interrupted.append(1))
    tasks.order(done.set)
    assert wait_for(done)
    job.cancel()
    settle(qtbot, tasks, "order")
    assert interrupted == []


def test_a_waiting_read_is_cancelled_without_disturbing_the_running_one(
    tasks: Tasks, qtbot: QtBot
) -> None:
    begun, gate = threading.Event(), threading.Event()
    interrupted: list[str] = []
    ran: list[str] = []

    def first() -> str:
        begun.set()
        wait_for(gate)
        return "first"

    running = Ends(tasks.order(first, lambda: interrupted.append("running")))
    assert wait_for(begun)
    waiting = tasks.order(lambda: ran.append("waiting"), lambda: interrupted.append("waiting"))
    ends = Ends(waiting)
    waiting.cancel()
    gate.set()
    qtbot.waitUntil(lambda: running.ended == 1)
    settle(qtbot, tasks, "order")
    assert running.values == ["first"]
    assert (ran, interrupted, ends.ended) == ([], [], 1)


def test_cancelling_inside_the_answer_ends_the_job_once(tasks: Tasks, qtbot: QtBot) -> None:
    job = tasks.write(lambda: 1)
    ends = Ends(job)
    job.succeeded.connect(job.cancel)
    qtbot.waitUntil(lambda: ends.ended > 0)
    settle(qtbot, tasks, "write")
    assert (ends.values, ends.ended) == ([1], 1)


def test_a_receiver_that_is_gone_is_not_told(tasks: Tasks, qtbot: QtBot) -> None:
    gate = threading.Event()
    told: list[object] = []

    class Receiver(QObject):
        def on_value(self, value: object) -> None:
            told.append(value)

    job = tasks.window(lambda: wait_for(gate))
    receiver = Receiver()
    job.succeeded.connect(receiver.on_value)
    ends = Ends(job)
    del receiver
    gate.set()
    qtbot.waitUntil(lambda: ends.ended == 1)
    assert (ends.values, told) == ([True], [])


def test_rows_in_sight_do_not_wait_behind_a_long_order(tasks: Tasks, qtbot: QtBot) -> None:
    gate = threading.Event()
    long = Ends(tasks.order(lambda: wait_for(gate)))
    short = Ends(tasks.window(lambda: "rows"))
    qtbot.waitUntil(lambda: short.ended == 1)
    assert long.ended == 0
    gate.set()
    qtbot.waitUntil(lambda: long.ended == 1)


def test_writes_are_done_in_the_order_in_which_they_came(tasks: Tasks, qtbot: QtBot) -> None:
    done: list[int] = []
    jobs = [Ends(tasks.write(partial(done.append, number))) for number in range(50)]
    qtbot.waitUntil(lambda: all(job.ended for job in jobs))
    assert done == list(range(50))


def test_a_coroutine_awaits_the_write_lane(tasks: Tasks, qtbot: QtBot) -> None:
    async def work() -> tuple[str, bool]:
        name = await tasks.in_write_lane(lambda: threading.current_thread().name)
        return name, threading.current_thread().name == "network"

    ends = Ends(tasks.network(work))
    qtbot.waitUntil(lambda: ends.ended == 1)
    assert ends.values == [("store-write_0", True)]


def test_a_relay_brings_values_to_the_gui_thread_in_their_order(qtbot: QtBot) -> None:
    relay = Relay()
    seen: list[object] = []
    threads: set[int] = set()

    class Receiver(QObject):
        def on_value(self, value: object) -> None:
            seen.append(value)
            threads.add(threading.get_ident())

    receiver = Receiver()
    relay.received.connect(receiver.on_value)

    def send() -> None:
        for number in range(100):
            relay.send(number)

    sender = threading.Thread(target=send)
    sender.start()
    sender.join()
    assert seen == []
    qtbot.waitUntil(lambda: len(seen) == 100)
    assert seen == list(range(100)) and threads == {threading.get_ident()}


def test_sending_into_a_relay_that_is_gone_does_nothing(qtbot: QtBot) -> None:
    relay = Relay()
    with qtbot.waitSignal(relay.destroyed):
        relay.deleteLater()
    relay.send("nobody hears this")
