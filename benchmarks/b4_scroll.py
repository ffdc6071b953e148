"""How long does a frame take while a million rows scroll, idle and while contacts are fetched?

The table of the application, 20 columns at 1920 × 1080 on a screen of its own in memory, beside a
QTableView whose model returns a constant text for every cell.  A frame moves the scroll bar,
paints what that brings into sight and handles what has come meanwhile.  *A page a frame*: every
row is one that was not in sight before; its cells are in memory, as they are when somebody pages.
*Three rows a frame*: the wheel.  *Dragging*: anywhere in the million, rows arrive when they can.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtWidgets import QApplication, QTableView

from benchmarks.feeding import feeding
from benchmarks.measuring import (
    Line,
    at_most,
    compared,
    in_ms,
    limited,
    options,
    percentile,
    said,
    table,
)
from benchmarks.serving import practice
from benchmarks.stores import DAYS, UNTIL_MS, store_of
from desktop_app.core.history.clock import Clock
from desktop_app.core.history.columns import COLUMNS
from desktop_app.core.history.coverage import DAY_MS
from desktop_app.core.history.query import Query
from desktop_app.core.history.store import Store
from desktop_app.gui.history.history_model import HistoryModel
from desktop_app.gui.history.table import HistoryTable
from desktop_app.gui.tasks import Tasks
from desktop_app.gui.theme import ROW_PX, Theme
from desktop_app.history_view import REFRESH_MS

TITLE = "4 · A frame while a million rows scroll"
COLUMN_COUNT = 20
WARM_UP = 10  # frames, until the font's letters are drawn
WIDTH, HEIGHT = 1920, 1080
FRAME_S = 1 / 60

Index = QModelIndex | QPersistentModelIndex
Move = Callable[[int], int]  # the scroll bar's value in a frame


class Plain(QAbstractTableModel):
    """The peer: a table of one text."""

    def __init__(self, rows: int) -> None:
        super().__init__()
        self._rows = rows

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return self._rows

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return COLUMN_COUNT

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        return "Constant text" if role == Qt.ItemDataRole.DisplayRole else None


def plain_table(rows: int) -> QTableView:
    view = QTableView()
    model = Plain(rows)
    model.setParent(view)
    view.setModel(model)
    _as_large(view)
    return view


def _as_large(view: QTableView) -> None:
    view.setVerticalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
    view.verticalHeader().setDefaultSectionSize(ROW_PX)
    view.verticalHeader().hide()
    view.resize(WIDTH, HEIGHT)
    for column in range(COLUMN_COUNT):
        view.setColumnWidth(column, WIDTH // COLUMN_COUNT)
    view.show()


@contextmanager
def history_table(store: Store, tasks: Tasks, theme: Theme) -> Iterator[HistoryTable]:
    """The application's table over a store, with its first columns."""
    keys = [column.key for column in COLUMNS[:COLUMN_COUNT]]
    clock = Clock(ZoneInfo("Europe/London"), lambda: UNTIL_MS)
    model = HistoryModel(tasks, store.reader, clock, keys)
    view = HistoryTable(theme)
    view.show_model(model)
    _as_large(view)
    model.show(Query(UNTIL_MS - (DAYS + 1) * DAY_MS, UNTIL_MS + DAY_MS))
    settle(model)
    try:
        yield view
    finally:
        model.close()
        view.close()


def settle(model: HistoryModel) -> None:
    """Until nothing is read any more."""
    while model.busy:
        QApplication.processEvents()


def frames(
    view: QTableView, move: Move, count: int, *, read_ahead: bool, paced: bool = False
) -> list[float]:
    """The seconds of each frame; ``paced`` rests after each until the screen wants the next."""
    bar = view.verticalScrollBar()
    taken = []
    for frame in range(count):
        value = min(bar.maximum(), move(frame))
        model = view.model()
        if read_ahead and isinstance(model, HistoryModel):
            for row in range(value // ROW_PX, (value + HEIGHT) // ROW_PX + 1):
                if row < model.rowCount():
                    model.formatted(row)
            settle(model)
        began = time.perf_counter()
        bar.setValue(value)
        QApplication.processEvents()
        taken.append(time.perf_counter() - began)
        if paced:
            # Until the screen asks again; without a pause the fetch would find no time to run.
            time.sleep(max(0, FRAME_S - taken[-1]))
    return taken


def pages(frame: int) -> int:
    return (frame + 1) * (HEIGHT // ROW_PX) * ROW_PX


def _wheel(frame: int) -> int:
    return (frame + 1) * 3 * ROW_PX


def _dragging(rows: int) -> Move:
    places = random.Random(4)
    return lambda frame: int(places.random() * rows) * ROW_PX


def moves(rows: int) -> dict[str, tuple[Move, bool]]:
    """How to scroll, by name, and whether the cells are there before the frame."""
    return {
        "a page a frame": (pages, True),
        "three rows a frame": (_wheel, True),
        "dragging": (_dragging(rows), False),
    }


def measured(rows: int, frames_each: int, rounds: int, fetched: int) -> list[Line]:
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    theme = Theme(app, "light")
    peers: dict[str, list[float]] = {name: [] for name in moves(rows)}
    ours: dict[str, list[float]] = {name: [] for name in moves(rows)}
    tasks = Tasks()
    try:
        with store_of(rows) as store, history_table(store, tasks, theme) as view:
            for _ in range(rounds):
                for name, taken in _frames_of_the_peer(rows, frames_each).items():
                    peers[name] += taken
                view.history()._forget_rows()
                for name, taken in _frames_of(view, rows, frames_each).items():
                    ours[name] += taken
            _during_a_fetch(view, store, tasks, fetched, frames_each * rounds, ours)
    finally:
        tasks.close()
    return list(_lines(ours, peers))


def _frames_of(view: QTableView, rows: int, count: int) -> dict[str, list[float]]:
    frames(view, pages, WARM_UP, read_ahead=True)
    if len(_colours(view)) < 4:
        raise RuntimeError("the table paints no text")
    return {
        name: frames(view, move, count, read_ahead=ahead)
        for name, (move, ahead) in moves(rows).items()
    }


def _colours(view: QTableView) -> set[int]:
    """Those of one row's height in the first columns."""
    image = view.viewport().grab(QRect(0, 0, 400, ROW_PX)).toImage()
    return {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}


def _frames_of_the_peer(rows: int, count: int) -> dict[str, list[float]]:
    """In a process of its own, so that our style sheet doesn't slow it down."""
    arguments = ["--peer", "--rows", str(rows), "--frames", str(count)]
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.b4_scroll", *arguments],
        stdout=subprocess.PIPE,
        check=True,
    )
    found: dict[str, list[float]] = json.loads(run.stdout)
    return found


def _be_the_peer(rows: int, count: int) -> None:
    app = QApplication.instance() or QApplication([])
    view = plain_table(rows)
    print(json.dumps(_frames_of(view, rows, count)))
    view.close()
    del app


def _during_a_fetch(
    view: HistoryTable,
    store: Store,
    tasks: Tasks,
    fetched: int,
    count: int,
    ours: dict[str, list[float]],
) -> None:
    with (
        practice(fetched, "--rate-limit", "0/60", "--render-first") as served,
        said(f"scrolling while {fetched:,} conversations are fetched"),
        feeding(tasks, store, served) as reading,
    ):
        model = view.history()
        reading.renew(model.refresh, REFRESH_MS)
        for name, move in (
            ("three rows a frame", _wheel),
            ("dragging", _dragging(model.rowCount())),
        ):
            taken: list[float] = []
            while reading.feed.running and len(taken) < count:
                taken += frames(view, move, min(20, count), read_ahead=False, paced=True)
            ours[f"{name}, fetching"] = taken


def _lines(ours: dict[str, list[float]], peers: dict[str, list[float]]) -> Iterator[Line]:
    for name, taken in ours.items():
        if not taken:
            continue
        peer = peers[name.partition(",")[0]]
        yield compared(
            f"{name}, median",
            statistics.median(taken),
            statistics.median(peer),
            at_most(0.5),
            in_ms,
        )
        slow = percentile(taken, 0.99)
        yield limited(
            f"{name}, 99 of 100 below", slow * 1000, at_most(16, "ms"), "{:.2f} ms".format
        )


def main(arguments: list[str] | None = None) -> None:
    parser: argparse.ArgumentParser = options(
        __doc__, rows=1_000_000, frames=100, rounds=3, fetched=20_000
    )
    parser.add_argument("--peer", action="store_true", help="Measure the peer alone, as JSON.")
    given = parser.parse_args(arguments)
    if given.peer:
        _be_the_peer(given.rows, given.frames)
        return
    lines = measured(given.rows, given.frames, given.rounds, given.fetched)
    notes = (
        f"{given.rows:,} rows × {COLUMN_COUNT} columns at {WIDTH} × {HEIGHT};"
        f" {given.rounds} rounds of {given.frames} frames each."
        " The peer is a QTableView over a model that returns a constant."
    )
    print(table(TITLE, notes, lines))


if __name__ == "__main__":
    main()
