"""How the table's model comes by the order of a query's contacts."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from desktop_app.core.history.store import Store
from desktop_app.gui.history import history_model
from desktop_app.gui.tasks import Tasks
from tests.gui.slow_reader import slow
from tests.gui.stored_contacts import ALL, CUSTOMER, KEYS, read, rest


def test_a_newer_query_interrupts_and_replaces_the_running_one(
    tasks: Tasks, store: Store, qtbot: QtBot
) -> None:
    model, reader = slow(tasks, store)
    model.show(replace(ALL, text="Ana"))
    qtbot.waitUntil(lambda: len(reader.orders) == 1)
    newer = replace(ALL, text="Boris")
    model.show(newer)
    assert reader.interrupts == 1
    rest(qtbot, model)
    assert model.query == newer
    assert read(qtbot, model) == ["Boris"]


def test_the_first_rows_stand_there_before_the_order_is_read(
    tasks: Tasks, store: Store, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history_model, "FIRST_ROWS", 2)
    model, reader = slow(tasks, store)
    model.show(ALL)
    qtbot.waitUntil(lambda: len(reader.orders) == 1)
    assert [model.data(model.index(row, CUSTOMER)) for row in range(model.rowCount())] == [
        "Li",
        "Boris",
    ]
    assert model.busy and reader.windows == []
    oldest_first = replace(ALL, descending=False)
    reader.gate.set()
    rest(qtbot, model)
    reader.gate.clear()
    model.show(oldest_first)
    qtbot.waitUntil(lambda: reader.orders[-1] == oldest_first)
    # What isn't among the first stays behind them until its place is known.
    assert [model.data(model.index(row, CUSTOMER)) for row in range(2)] == ["Ana", "Boris"]
    assert model.rowCount() == 3
    reader.gate.set()
    rest(qtbot, model)
    assert read(qtbot, model) == ["Ana", "Boris", "Li"]


def test_what_is_counted_beside_the_table_does_not_hold_it_up(
    tasks: Tasks, store: Store, qtbot: QtBot
) -> None:
    model, reader = slow(tasks, store)
    reader.gate.set()
    counted = threading.Event()
    tasks.beside(lambda: counted.wait(10))
    model.show(ALL)
    rest(qtbot, model)
    assert model.rowCount() == 3 and not counted.is_set()
    counted.set()


def test_first_rows_read_for_other_columns_are_not_shown(
    tasks: Tasks, store: Store, qtbot: QtBot
) -> None:
    model, reader = slow(tasks, store)
    reader.first_gate.clear()
    model.show(ALL)
    qtbot.waitUntil(lambda: len(reader.firsts) == 1)
    model.show_columns(KEYS[::-1])
    reader.first_gate.set()
    reader.gate.set()
    rest(qtbot, model)
    shown = KEYS[::-1].index("customer")
    assert model.data(model.index(0, shown)) in ("", "Li")
    rest(qtbot, model)
    assert model.data(model.index(0, shown)) == "Li"


def test_of_queries_that_come_fast_only_the_last_is_read(
    tasks: Tasks, store: Store, qtbot: QtBot
) -> None:
    model, reader = slow(tasks, store)
    blocker = threading.Event()
    tasks.order(lambda: blocker.wait(10))
    for text in ("A", "An", "Ana"):
        model.show(replace(ALL, text=text))
    reader.gate.set()
    blocker.set()
    rest(qtbot, model)
    assert [query.text for query in reader.orders] == ["Ana"]


def test_a_refresh_during_a_reading_is_answered_by_one_more(
    tasks: Tasks, store: Store, qtbot: QtBot
) -> None:
    model, reader = slow(tasks, store)
    model.show(ALL)
    qtbot.waitUntil(lambda: len(reader.orders) == 1)
    for _ in range(5):
        model.refresh()
    reader.gate.set()
    rest(qtbot, model)
    assert len(reader.orders) == 2
