"""What grows with the number of contacts, and what doesn't?

Stores of several sizes, each opened by a process of its own that shows it in the table, sorts,
types, scrolls, and then reads a day of conversations more into it.  The peer is the smallest
store.  Memory is what the process holds after looking, above what it holds with the smallest
store, for each row more.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from benchmarks.b3_table import CELLS, IN_SIGHT, WORDS, everything, first_of_ours
from benchmarks.b4_scroll import frames, history_table, pages, settle
from benchmarks.measuring import (
    Line,
    at_least,
    at_most,
    compared,
    in_ms,
    limited,
    megabytes,
    options,
    per_second,
    resident,
    said,
    seconds,
    table,
)
from benchmarks.reading import read_into
from benchmarks.serving import Served, practice
from benchmarks.stores import fill, new_store
from desktop_app.core.history.clock import Interval
from desktop_app.core.history.query import Query
from desktop_app.gui.tasks import Tasks
from desktop_app.gui.theme import Theme

TITLE = "7 · Growth"
SIZES = (10_000, 100_000, 1_000_000)
SORTS = ("customer", "handle", "agents")
WINDOWS = 20


@dataclass(frozen=True, slots=True)
class Seen:
    """What one size took: medians in seconds, bytes, and conversations a second."""

    first_s: float
    word_s: float
    window_s: float
    frame_s: float
    memory: int
    ingested: float


def look_at(folder: Path, served: Served, frame_count: int) -> Seen:
    """Open a store and use it; meant for a process of its own."""
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    tasks = Tasks()
    try:
        with new_store(folder) as store:
            reader = store.reader()
            with history_table(store, tasks, Theme(app, "light")) as view:
                painting = frames(view, pages, frame_count, read_ahead=True)
                view.history().show(everything(sort=SORTS[0]))
                settle(view.history())
                by_column = [everything(sort=sort) for sort in SORTS]
                by_word = [everything(word) for word in WORDS]
                sorting = [seconds(partial(first_of_ours, reader, query)) for query in by_column]
                typing = [seconds(partial(first_of_ours, reader, query)) for query in by_word]
                order = reader.order(everything(sort="handle"))
                step = max(1, len(order) // WINDOWS)
                windows = [
                    seconds(partial(reader.rows, order[at : at + IN_SIGHT], CELLS))
                    for at in range(0, len(order), step)
                ]
                memory = resident()
            taken = read_into(store, served, served.interval)
            arrived = len(reader.order(Query(*served.interval)))
    finally:
        tasks.close()
    return Seen(
        first_s=statistics.median(sorting),
        word_s=statistics.median(typing),
        window_s=statistics.median(windows),
        frame_s=statistics.median(painting),
        memory=memory,
        ingested=arrived / taken,
    )


def _look_at(folder: Path, served: Served, frame_count: int) -> Seen:
    """:func:`look_at` in a process that has done nothing before."""
    asked = {"folder": str(folder), "frames": frame_count, "served": asdict(served)}
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.b7_growth", "--look"],
        input=json.dumps(asked),
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=True,
    )
    return Seen(**json.loads(run.stdout))


def _look_as_asked() -> None:
    asked = json.load(sys.stdin)
    place = asked["served"]
    start_ms, end_ms = place["interval"]
    served = Served(place["api_url"], place["token"], Interval(start_ms, end_ms))
    print(json.dumps(asdict(look_at(Path(asked["folder"]), served, asked["frames"]))))


def measured(sizes: Sequence[int], frame_count: int, fetched: int) -> list[Line]:
    found: dict[int, Seen] = {}
    with practice(fetched, "--rate-limit", "0/60", "--render-first", days=5) as served:
        for size in sizes:
            with TemporaryDirectory(prefix="contact-history-") as folder:
                with said(f"making a store of {size:,} contacts"), new_store(Path(folder)) as store:
                    fill(store, size)
                with said("looking at it"):
                    found[size] = _look_at(Path(folder), served, frame_count)
    return list(_lines(found))


def _lines(found: dict[int, Seen]) -> list[Line]:
    least = min(found)
    base = found[least]
    lines = []
    for size, seen in found.items():
        if size == least:
            lines.append(Line(f"memory, {size:,} rows", megabytes(seen.memory)))
            continue
        rows = f"{size:,} rows"
        a_row = (seen.memory - base.memory) / (size - least)
        lines += [
            compared(f"a window, {rows}", seen.window_s, base.window_s, at_most(1.5), in_ms),
            compared(f"a frame, {rows}", seen.frame_s, base.frame_s, at_most(1.5), in_ms),
            compared(
                f"stored, {rows} there", seen.ingested, base.ingested, at_least(0.7), per_second
            ),
            compared(f"a new sort, {rows}", seen.first_s, base.first_s, None, in_ms),
            compared(f"a substring, {rows}", seen.word_s, base.word_s, None, in_ms),
            Line(f"memory, {rows}", megabytes(seen.memory), megabytes(base.memory)),
            limited(f"memory a row, {rows}", a_row, at_most(300, "bytes"), "{:.0f} bytes".format),
        ]
    return lines


def main(arguments: list[str] | None = None) -> None:
    parser = options(__doc__, frames=50, fetched=3_000)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="N")
    parser.add_argument(
        "--look", action="store_true", help="Look at one store as standard input says."
    )
    given = parser.parse_args(arguments)
    if given.look:
        _look_as_asked()
        return
    lines = measured(given.sizes, given.frames, given.fetched)
    sizes = ", ".join(f"{size:,}" for size in given.sizes)
    notes = (
        f"Stores of {sizes} contacts, copied by SQL from some thousand derived ones; the peer is"
        f" the smallest. A window is {IN_SIGHT} rows; {given.fetched:,} conversations are read"
        " into each store."
    )
    print(table(TITLE, notes, lines))


if __name__ == "__main__":
    main()
