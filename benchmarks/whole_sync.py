"""Does a whole history arrive, whole, when the reading is killed again and again?

The application's own reading, in a process of its own, brings everything that a practice
organisation has into an encrypted store, under the limit of 300 requests a minute of a clock that
runs quicker.  It is killed at random moments and started again.  At the end the store has to hold
each of the organisation's conversations, once.

A million contacts take many minutes, so this isn't part of a run of all benchmarks.
"""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import msgspec

from benchmarks.b2_rate import sped_up
from benchmarks.measuring import Line, megabytes, options, per_second, said, table
from benchmarks.reading import Counting, client_of, read
from benchmarks.serving import Served, practice
from benchmarks.stores import new_store
from desktop_app.core.genesys.budget import ALLOWED
from desktop_app.core.history.coverage import coverage
from desktop_app.practice.identifiers import ConversationIds
from desktop_app.practice.settings import PracticeSettings

TITLE = "A whole history, killed on the way"
_PER_ANSWER = 1_000  # contacts in an answer of a job
_LATEST_S = 0.3  # after an answer, so that a kill meets writing as well as waiting


@dataclass(frozen=True, slots=True)
class Task:
    """What a reading process is told on its input."""

    folder: str
    served: Served
    minute_s: float
    by_jobs: bool
    now_ms: int


@dataclass(frozen=True, slots=True)
class Given:
    """What is asked for; ``by_jobs`` or by the query alone."""

    conversations: int
    kills: int
    minute_s: float
    by_jobs: bool


@dataclass(slots=True)
class Met:
    """What happened on the way: answers by status, kills, seconds."""

    answers: Counter[int] = field(default_factory=Counter)
    kills: int = 0
    seconds: float = 0.0


class _Telling(Counting):
    """Says the status of each answer, for whoever counts them and outlives this process."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await super().handle_async_request(request)
        sys.stdout.write(f"{response.status_code}\n")
        sys.stdout.flush()
        return response


async def _read(task: Task) -> None:
    timing = sped_up(task.minute_s)
    loop = asyncio.get_running_loop()
    with new_store(Path(task.folder)) as store, ThreadPoolExecutor(1) as lane:
        async with client_of(
            task.served, allowed=ALLOWED, timing=timing, transport=_Telling()
        ) as client:
            await read(
                client,
                store,
                lambda work: loop.run_in_executor(lane, work),
                task.served.interval,
                by_jobs=task.by_jobs,
                now_ms=task.now_ms,
                again=False,
            )


def _killed(task: Task, met: Met, after: int | None, delay_s: float) -> bool:
    """Run a reading; whether it was killed, so many answers and seconds after its start."""
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.whole_sync", "--read"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        killed = False
        process.stdin.write(msgspec.json.encode(task).decode())
        process.stdin.close()
        for number, line in enumerate(process.stdout, start=1):
            met.answers[int(line)] += 1
            if number == after:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(delay_s)
                killed = process.poll() is None
                process.kill()
    if process.returncode and not killed:
        raise RuntimeError("the reading failed; its words are above")
    return killed


def bring(folder: Path, served: Served, given: Given) -> Met:
    """Read everything, killed on the way as often as was asked for."""
    dice = random.Random(given.kills)
    most = max(1, 2 * given.conversations // _PER_ANSWER // max(1, given.kills))
    met, began = Met(), time.perf_counter()
    reading = True
    while reading:
        passed_ms = round((time.perf_counter() - began) * 1000)
        task = Task(
            str(folder),
            served,
            given.minute_s,
            given.by_jobs,
            served.interval[1] + passed_ms,
        )
        after = dice.randint(1, most) if met.kills < given.kills else None
        reading = _killed(task, met, after, dice.uniform(0, _LATEST_S))
        met.kills += reading
    met.seconds = time.perf_counter() - began
    return met


def checked(folder: Path, served: Served, given: Given, met: Met) -> list[Line]:
    """What the store holds, against what the organisation has."""
    ids = ConversationIds(PracticeSettings.seed)
    truth = {ids.text(index) for index in range(given.conversations)}
    with new_store(folder) as store:
        found = [id_ for (id_,) in store._all("SELECT conversation_id FROM contact", ())]
        spans = store.spans(*served.interval)
        complete = coverage(*served.interval, spans, now_ms=served.interval[1]).complete
        left = len(store.positions(0, 2**60))
        size = store.size_bytes()
    return [
        _none("contacts lost", len(truth.difference(found))),
        _none("contacts that there aren't", len(set(found) - truth)),
        _none("contacts doubled", len(found) - len(set(found))),
        _none("days not complete, readings not ended", left + (not complete)),
        Line("contacts", f"{len(found):,}"),
        Line("kills", f"{met.kills:,}"),
        Line("time", f"{met.seconds:,.0f} s"),
        Line("contacts a second", per_second(len(found) / met.seconds)),
        Line("requests answered", f"{met.answers.total() - met.answers[429]:,}"),
        Line("requests refused", f"{met.answers[429]:,}"),
        Line("size of the store", megabytes(size)),
    ]


def _none(what: str, count: int) -> Line:
    return Line(what, f"{count:,}", "", "", "0", "met" if not count else f"missed by {count:,}")


def measured(given: Given) -> list[Line]:
    with (
        TemporaryDirectory(prefix="contact-history-") as name,
        practice(given.conversations, "--minute", str(given.minute_s)) as served,
    ):
        with said(f"reading it, killed {given.kills} times"):
            met = bring(Path(name), served, given)
        return checked(Path(name), served, given, met)


def main(arguments: list[str] | None = None) -> None:
    parser = options(__doc__, conversations=1_000_000, kills=20)
    parser.add_argument("--minute", type=float, default=1.0, metavar="SECONDS")
    parser.add_argument("--without-jobs", action="store_true", help="read by the query alone")
    parser.add_argument("--read", action="store_true", help="be the reading: for this file only")
    given = parser.parse_args(arguments)
    if given.read:
        asyncio.run(_read(msgspec.json.decode(sys.stdin.read(), type=Task)))
        return
    asked = Given(given.conversations, given.kills, given.minute, not given.without_jobs)
    notes = (
        f"{asked.conversations:,} contacts in 30 days,"
        f" {'by query and jobs' if asked.by_jobs else 'by the query alone'},"
        f" {ALLOWED} requests a minute of {asked.minute_s:g} s."
    )
    print(table(TITLE, notes, measured(asked)))


if __name__ == "__main__":
    main()
