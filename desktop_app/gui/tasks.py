"""The one door to threads.

Three kinds of lane, each with threads of its own:

- the *network* lane runs one asyncio loop, so that a request is cancelled at once;
- the *write* lane changes the store, one job after the other;
- the *read* lanes answer the table: one for orders and counts, which may take a moment, and
  one for the rows in sight, which may not wait behind them.

A job is a plain function or coroutine that knows no widget.  It ends exactly once, with a
value, an error or as cancelled, and says so through a signal on the GUI thread.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from typing import Any, TypeVar
from weakref import WeakSet

from PySide6.QtCore import QObject, Qt, Signal, Slot

T = TypeVar("T")
OnLoopError = Callable[[asyncio.AbstractEventLoop, dict[str, Any]], object]

# How long a lane may keep the interpreter while the window waits for it. A frame asks several
# times, so that Python's own 5 ms would be seen (docs/decisions/0004, docs/benchmarks.md, 4).
_SWITCH_S = 0.0005
LEAVING_S = 2.0  # what goodbyes and clean-ups may take when the window closes


class Job(QObject):
    """One piece of work. Connect bound methods of QObjects: they are dropped with their owner."""

    succeeded = Signal(object)
    failed = Signal(object)  # the exception
    ended = Signal()  # after either, and when cancelled

    def __init__(
        self,
        parent: QObject,
        interrupt: Callable[[], None] | None = None,
        handover: _Handover | None = None,
    ) -> None:
        super().__init__(parent)
        self.interrupt = interrupt
        self._handover = handover
        self._future: Future[Any] | None = None
        self._over = False

    @property
    def over(self) -> bool:
        return self._over

    def cancel(self) -> None:
        """End now. Whatever the work still brings, a result or an error, is dropped."""
        if self._over:
            return
        if self._handover is not None:
            self._handover.drop()
        elif self._future is not None:
            _stop(self._future, self.interrupt)
        self._end()

    def _follow(self, future: Future[Any], completions: Relay) -> None:
        """``completions`` brings the end to the GUI thread. Not a signal of this object's own:
        one that was cancelled may be deleted there at this very moment."""
        self._future = future
        future.add_done_callback(lambda done: completions.send((self, done)))

    def complete(self, future: Future[Any]) -> None:
        """On the GUI thread, when the work has ended."""
        if self._over:
            return
        if self._handover is not None and not self._handover.take():
            self._end()
            return
        try:
            value = future.result()
        except (CancelledError, asyncio.CancelledError):
            pass
        except Exception as error:  # every failure has the same way out: the signal
            self.failed.emit(error)
        else:
            self.succeeded.emit(value)
        self._end()

    def _end(self) -> None:
        if not self._over:
            self._over = True
            self._handover = None  # it knows the parent, which may not go while this is deleted
            self.ended.emit()
            self.deleteLater()


def _cancel_all(running: list[asyncio.Task[T]]) -> None:
    for task in running:
        task.cancel()


def _stop(future: Future[Any], interrupt: Callable[[], None] | None) -> None:
    """Cancel work that waits, interrupt work that runs.

    Work that is done is left alone: the interruption would meet whatever runs in its place.
    """
    if not future.cancel() and interrupt is not None and future.running():
        interrupt()


class _Handover:
    """A value on its way to the GUI thread that must not get lost: a sign-in that is live.

    Either the job's receiver takes it, or it was dropped with the job and is seen off.
    """

    def __init__(self, stop: Callable[[], None], see_off: Callable[[Any], None]) -> None:
        """``stop`` cancels the work that makes the value."""
        self._stop = stop
        self._see_off = see_off
        self._lock = threading.Lock()
        self._under_way: list[Any] = []
        self._dropped = False

    def bring(self, value: Any) -> None:
        """On the network lane, when the value is there."""
        with self._lock:
            if not self._dropped:
                self._under_way.append(value)
                return
        self._see_off(value)

    def take(self) -> bool:
        """Whether the value, or the failure to make one, is still the receiver's."""
        with self._lock:
            self._under_way.clear()
            return not self._dropped

    def drop(self) -> None:
        """Once: to cancel the work again would cut short how it cleans up."""
        with self._lock:
            if self._dropped:
                return
            self._dropped = True
            left = self._under_way.copy()
            self._under_way.clear()
        self._stop()
        for value in left:
            self._see_off(value)


class Relay(QObject):
    """Carries values to the GUI thread: ``send`` may be called from any thread."""

    received = Signal(object)

    def send(self, value: object) -> None:
        try:
            self.received.emit(value)
        except RuntimeError:
            return  # the receiver was deleted while the lane was ending


class Tasks(QObject):
    """Owns every thread of the application; ``close`` joins them all."""

    def __init__(
        self, parent: QObject | None = None, *, on_loop_error: OnLoopError | None = None
    ) -> None:
        """``on_loop_error`` hears of errors that no job was waiting for; asyncio's own way of
        telling them would quote what they hold."""
        super().__init__(parent)
        sys.setswitchinterval(_SWITCH_S)
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(on_loop_error)
        self._network = threading.Thread(target=self._run_loop, name="network", daemon=True)
        self._network.start()
        self._write = ThreadPoolExecutor(1, thread_name_prefix="store-write")
        self._order = ThreadPoolExecutor(1, thread_name_prefix="store-order")
        self._window = ThreadPoolExecutor(1, thread_name_prefix="store-window")
        self._beside = ThreadPoolExecutor(1, thread_name_prefix="store-beside")
        self._export = ThreadPoolExecutor(1, thread_name_prefix="store-export")
        self._running: dict[Future[Any], Callable[[], None] | None] = {}  # and how to interrupt
        self._handovers: WeakSet[_Handover] = WeakSet()
        self._closed = False
        self._completions = Relay(self)
        self._completions.received.connect(self._on_completed, Qt.ConnectionType.QueuedConnection)

    @Slot(object)
    def _on_completed(self, completed: tuple[Job, Future[Any]]) -> None:
        job, future = completed
        job.complete(future)

    def network(
        self,
        work: Callable[[], Coroutine[Any, Any, T]],
        *,
        unclaimed: Callable[[T], Coroutine[Any, Any, object]] | None = None,
    ) -> Job:
        """Run a coroutine on the network lane; cancelling the job cancels the coroutine.

        ``unclaimed`` sees off a value that comes although the job was cancelled, or that nobody
        has taken when the window closes.
        """
        if unclaimed is None:
            job = Job(self)
            self._submit(job, lambda: asyncio.run_coroutine_threadsafe(work(), self._loop))
            return job
        see_off = unclaimed
        running: list[asyncio.Task[T]] = []

        def stop() -> None:
            # Two turns later, for work that was never begun could clean nothing up.
            self._loop.call_soon_threadsafe(self._loop.call_soon, _cancel_all, running)

        handover = _Handover(stop, lambda value: self._bid_farewell(lambda: see_off(value)))

        async def brought() -> T:
            running.extend(filter(None, [asyncio.current_task()]))
            value = await work()
            handover.bring(value)
            return value

        self._handovers.add(handover)
        job = Job(self, handover=handover)
        self._submit(
            job, lambda: asyncio.run_coroutine_threadsafe(brought(), self._loop), at_close=False
        )
        return job

    def farewell(self, work: Callable[[], Coroutine[Any, Any, T]]) -> Job:
        """Run a coroutine that ``close`` waits for as long as it waits for anything: to tell the
        service that a sign-in has ended."""
        job = Job(self)
        self._submit(
            job, lambda: asyncio.run_coroutine_threadsafe(work(), self._loop), at_close=False
        )
        return job

    def _bid_farewell(self, work: Callable[[], Coroutine[Any, Any, object]]) -> None:
        """The same from any thread, also while the lanes are closing; nobody hears how it ends."""
        asyncio.run_coroutine_threadsafe(_quietly(work), self._loop)

    def write(self, work: Callable[[], T]) -> Job:
        """Run on the store's write lane. Never interrupted: a transaction is short.

        It is done even when ``close`` comes first: closing the store is such a job.
        """
        job = Job(self)
        self._submit(job, lambda: self._write.submit(work), at_close=False)
        return job

    def order(self, work: Callable[[], T], interrupt: Callable[[], None] | None = None) -> Job:
        """Run a long read; ``interrupt`` is called when a running one is cancelled."""
        job = Job(self, interrupt)
        self._submit(job, lambda: self._order.submit(work))
        return job

    def beside(self, work: Callable[[], T], interrupt: Callable[[], None] | None = None) -> Job:
        """The same for what is counted beside the table, which must not wait for it."""
        job = Job(self, interrupt)
        self._submit(job, lambda: self._beside.submit(work))
        return job

    def export(self, work: Callable[[], T], interrupt: Callable[[], None] | None = None) -> Job:
        """The same for writing files, which takes longer than anybody waits for a table."""
        job = Job(self, interrupt)
        self._submit(job, lambda: self._export.submit(work))
        return job

    def window(self, work: Callable[[], T]) -> Job:
        """Run a short read for what is in sight."""
        job = Job(self)
        self._submit(job, lambda: self._window.submit(work))
        return job

    def in_write_lane(self, work: Callable[[], T]) -> Awaitable[T]:
        """For coroutines on the network lane: await ``work`` done on the write lane."""
        return asyncio.wrap_future(self._write.submit(work))

    def _submit(self, job: Job, start: Callable[[], Future[Any]], *, at_close: bool = True) -> None:
        """``at_close``: whether ``close`` cancels its future."""
        if self._closed:
            job._end()
            return
        future = start()
        if at_close:
            self._running[future] = job.interrupt
            future.add_done_callback(self._forget)
        job._follow(future, self._completions)

    def _forget(self, future: Future[Any]) -> None:
        self._running.pop(future, None)

    def _run_loop(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    def close(self, last: Callable[[], Coroutine[Any, Any, object]] | None = None) -> None:
        """Stop accepting, cancel, join. ``last`` runs on the network lane before it stops.

        What waits in the write lane is done, for the store's own closing waits there.  Blocks for
        as long as its transactions take, and 2 s at most for ``last``, farewells and what
        cancelled coroutines do to clean up.
        """
        if self._closed:
            return
        self._closed = True
        for future, interrupt in self._running.copy().items():
            _stop(future, interrupt)
        for handover in list(self._handovers):
            handover.drop()
        asyncio.run_coroutine_threadsafe(self._leave(last), self._loop).result()
        for lane in (self._order, self._window, self._beside, self._export):
            lane.shutdown(wait=True, cancel_futures=True)
        self._write.shutdown(wait=True)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._network.join()
        self._loop.close()

    async def _leave(self, last: Callable[[], Coroutine[Any, Any, object]] | None) -> None:
        """Everything else was cancelled by now; whatever outlasts its time is cut off."""
        if last is not None:
            _ = self._loop.create_task(_quietly(last))
        deadline = time.monotonic() + LEAVING_S
        while (others := self._others()) and (left := deadline - time.monotonic()) > 0:
            await asyncio.wait(others, timeout=left)
        others = self._others()
        for task in others:
            task.cancel()
        if others:
            await asyncio.wait(others, timeout=LEAVING_S)
        await self._loop.shutdown_asyncgens()

    def _others(self) -> set[asyncio.Task[Any]]:
        return asyncio.all_tasks(self._loop) - {asyncio.current_task(self._loop)}


async def _quietly(work: Callable[[], Coroutine[Any, Any, object]]) -> None:
    """Leaving must not fail: a goodbye that gets lost only means an early expiry."""
    with contextlib.suppress(Exception):
        await work()
