"""Leaving: what ends at once, what is waited for, and what must not get lost on the way."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest
from pytestqt.qtbot import QtBot

from desktop_app.gui.tasks import Tasks
from tests.gui.test_tasks import LANES, Ends, settle, start, wait_for


def test_closing_cancels_what_runs_and_joins_every_thread(qtbot: QtBot) -> None:
    before = set(threading.enumerate())
    tasks = Tasks()
    cleaned = threading.Event()
    begun = [threading.Event() for _ in range(3)]
    gate = threading.Event()

    async def paging() -> None:
        begun[0].set()
        try:
            await asyncio.Event().wait()
        finally:
            cleaned.set()

    def read() -> None:
        begun[1].set()
        wait_for(gate)

    network = Ends(tasks.network(paging))
    read_job = Ends(tasks.order(read, gate.set))
    write = Ends(tasks.write(begun[2].set))
    assert all(map(wait_for, begun))
    start_s = time.monotonic()
    tasks.close()
    assert time.monotonic() - start_s < 2
    assert cleaned.is_set() and gate.is_set()
    assert {thread for thread in threading.enumerate() if thread not in before} == set()
    qtbot.waitUntil(lambda: network.ended == read_job.ended == write.ended == 1)
    assert network.values == []


def test_closing_does_every_write_that_was_asked_for() -> None:
    """Closing the store waits in this lane behind a transaction: it must not be dropped."""
    tasks = Tasks()
    begun, gate = threading.Event(), threading.Event()
    done: list[str] = []

    def transaction() -> None:
        begun.set()
        wait_for(gate)
        done.append("transaction")

    tasks.write(transaction)
    tasks.write(lambda: done.append("store closed"))
    assert wait_for(begun)
    leaving = threading.Timer(0.05, gate.set)
    leaving.start()
    tasks.close()
    leaving.join()
    assert done == ["transaction", "store closed"]


def test_the_last_coroutine_runs_before_the_lane_ends() -> None:
    tasks = Tasks()
    said: list[str] = []

    async def sign_out() -> None:
        await asyncio.sleep(0)
        said.append("signed out")

    tasks.close(sign_out)
    assert said == ["signed out"]


@pytest.mark.parametrize("how", ["hangs", "fails"])
def test_a_last_coroutine_cannot_keep_the_door_open(how: str) -> None:
    tasks = Tasks()

    async def last() -> None:
        if how == "fails":
            raise OSError("no network")
        await asyncio.Event().wait()

    start_s = time.monotonic()
    tasks.close(last)
    assert time.monotonic() - start_s < 3


@pytest.mark.parametrize("lane", LANES)
def test_after_closing_nothing_is_accepted(lane: str) -> None:
    tasks = Tasks()
    tasks.close()
    ran: list[int] = []
    job = start(tasks, lane, lambda: ran.append(1))
    assert job.over and ran == []
    tasks.close()


# --- goodbyes -----------------------------------------------------------------------------------


def test_closing_waits_for_a_farewell_that_is_under_way() -> None:
    """A sign-out just asked for is told to the service although the window closes (T29)."""
    tasks = Tasks()
    said: list[str] = []

    async def revoke() -> None:
        await asyncio.sleep(0.05)
        said.append("revoked")

    tasks.farewell(revoke)
    tasks.close()
    assert said == ["revoked"]


def test_closing_waits_for_what_cancelled_work_does_to_clean_up() -> None:
    tasks = Tasks()
    said: list[str] = []
    begun = threading.Event()

    async def sign_in() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.05)
            said.append("revoked")

    tasks.network(sign_in)
    assert wait_for(begun)
    tasks.close()
    assert said == ["revoked"]


@pytest.mark.parametrize("moment", ["while it is made", "before it is told"])
def test_a_value_whose_job_was_cancelled_is_seen_off(
    moment: str, tasks: Tasks, qtbot: QtBot
) -> None:
    """A sign-in that comes in spite of Cancel must not stay alive (T29)."""
    made, go_on, seen_off = threading.Event(), threading.Event(), threading.Event()

    async def sign_in() -> str:
        if moment == "while it is made":
            made.set()
            await asyncio.to_thread(wait_for, go_on)
        return "session"

    async def see_off(value: str) -> None:
        assert value == "session"
        seen_off.set()

    async def stubborn() -> str:
        """Goes on although it is cancelled, as the end of a request may."""
        inner = asyncio.ensure_future(sign_in())
        while not inner.done():
            try:
                await asyncio.shield(inner)
            except asyncio.CancelledError:
                continue
        return await inner

    job = tasks.network(stubborn, unclaimed=see_off)
    ends = Ends(job)
    if moment == "while it is made":
        assert wait_for(made)
    else:
        # Another coroutine's end says that this one's value is on its way to this thread.
        passed = threading.Event()

        async def after() -> None:
            passed.set()

        tasks.network(after)
        assert wait_for(passed)
    job.cancel()
    go_on.set()
    assert wait_for(seen_off)
    assert (ends.values, ends.ended) == ([], 1)


def test_a_value_that_was_told_is_not_seen_off(tasks: Tasks, qtbot: QtBot) -> None:
    seen_off: list[str] = []

    async def sign_in() -> str:
        return "session"

    async def see_off(value: str) -> None:
        seen_off.append(value)

    job = tasks.network(sign_in, unclaimed=see_off)
    ends = Ends(job)
    qtbot.waitUntil(lambda: ends.ended == 1)
    job.cancel()
    settle(qtbot, tasks, "network")
    assert (ends.values, seen_off) == (["session"], [])


def test_closing_sees_off_a_value_that_nobody_has_taken(qtbot: QtBot) -> None:
    """A sign-in that comes while the window closes must not stay alive (T29)."""
    tasks = Tasks()
    passed = threading.Event()
    seen_off: list[str] = []

    async def sign_in() -> str:
        return "session"

    async def see_off(value: str) -> None:
        seen_off.append(value)

    async def after() -> None:
        passed.set()

    ends = Ends(tasks.network(sign_in, unclaimed=see_off))
    tasks.network(after)
    assert wait_for(passed)  # so the value is on its way to this thread, which doesn't listen
    tasks.close()
    assert seen_off == ["session"]
    qtbot.waitUntil(lambda: ends.ended == 1)
    assert ends.values == []  # nobody gets a sign-in that has been signed out


def test_closing_does_not_cut_short_how_cancelled_work_cleans_up() -> None:
    """Somebody cancels a sign-in, and closes the window while its token is being revoked."""
    tasks = Tasks()
    said: list[str] = []
    begun, cleaning, gate = threading.Event(), threading.Event(), threading.Event()

    async def sign_in() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            cleaning.set()
            await asyncio.to_thread(wait_for, gate)
            said.append("revoked")

    async def see_off(value: None) -> None:
        raise AssertionError("there was nothing to see off")

    job = tasks.network(sign_in, unclaimed=see_off)
    assert wait_for(begun)
    job.cancel()
    assert wait_for(cleaning)
    leaving = threading.Timer(0.05, gate.set)
    leaving.start()
    tasks.close()
    leaving.join()
    assert said == ["revoked"]


def test_after_closing_nothing_that_would_have_to_be_seen_off_begins() -> None:
    tasks = Tasks()
    tasks.close()
    ran: list[str] = []

    async def sign_in() -> None:
        ran.append("begun")

    async def see_off(value: None) -> None:
        ran.append("seen off")

    job = tasks.network(sign_in, unclaimed=see_off)
    job.cancel()
    assert job.over and ran == []
