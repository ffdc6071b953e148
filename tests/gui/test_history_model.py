"""The table's model: orders and windows come late, and nothing on the screen waits for them."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from pytestqt.qtbot import QtBot

from desktop_app.core.errors import StoreError
from desktop_app.core.history.clock import Clock
from desktop_app.core.history.query import Query
from desktop_app.core.history.store import Store
from desktop_app.gui.history import history_model
from desktop_app.gui.history.history_model import HistoryModel
from desktop_app.gui.tasks import Tasks
from tests.core.history.history_samples import DAY
from tests.gui.slow_reader import slow
from tests.gui.stored_contacts import (
    ALL,
    CLOCK,
    CUSTOMER,
    HANDLE,
    KEYS,
    add,
    model_over,
    read,
    rest,
)


def test_the_newest_comes_first_and_cells_are_read_as_text(
    model: HistoryModel, qtbot: QtBot
) -> None:
    assert read(qtbot, model) == ["Li", "Boris", "Ana"]
    cells = [model.data(model.index(1, column)) for column in range(model.columnCount())]
    assert cells == ["27 May 2026 00:01:00", "Answered", "Boris", "0:05"]
    row = model.formatted(1)
    assert row is not None and row.state == "good"


def test_a_cell_is_empty_until_it_comes_and_asking_never_waits(
    tasks: Tasks, store: Store, qtbot: QtBot
) -> None:
    model, reader = slow(tasks, store)
    reader.gate.set()
    model.show(ALL)
    rest(qtbot, model)
    model.show_columns(KEYS)
    reader.gate.clear()
    assert model.data(model.index(0, CUSTOMER)) == ""
    assert model.formatted(0) is None
    qtbot.waitUntil(lambda: len(reader.windows) == 1)
    with qtbot.waitSignal(model.dataChanged):
        reader.gate.set()
    assert model.data(model.index(0, CUSTOMER)) == "Li"


def test_heads_tell_title_help_and_side(model: HistoryModel) -> None:
    across = Qt.Orientation.Horizontal
    assert [model.headerData(n, across) for n in range(4)] == [
        "Start",
        "Outcome",
        "Customer",
        "Handle",
    ]
    assert model.headerData(HANDLE, across, Qt.ItemDataRole.ToolTipRole)
    side = model.headerData(HANDLE, across, Qt.ItemDataRole.TextAlignmentRole)
    assert isinstance(side, Qt.AlignmentFlag) and side & Qt.AlignmentFlag.AlignRight
    assert model.headerData(99, across) is None
    assert model.headerData(0, Qt.Orientation.Vertical) is None


def test_rows_that_changed_in_the_store_are_read_again_and_shown_meanwhile(
    model: HistoryModel, store: Store, qtbot: QtBot
) -> None:
    read(qtbot, model)
    add(store, "Anastasia", first=0)
    store._connection.execute(
        "UPDATE contact SET c_customer = 'Ana Ruiz' WHERE conversation_id = 'id-Ana'"
    )
    model.refresh()
    rest(qtbot, model)
    shown = {model.data(model.index(row, CUSTOMER)) for row in range(model.rowCount())}
    assert "Ana" in shown or "Ana Ruiz" in shown  # the old text stands until the new has come
    assert sorted(read(qtbot, model)) == ["Ana Ruiz", "Anastasia", "Boris", "Li"]


def test_only_a_window_around_what_is_looked_at_is_read(
    tasks: Tasks, store: Store, qtbot: QtBot
) -> None:
    add(store, *(f"c{number:04}" for number in range(1000)))
    model, reader = slow(tasks, store)
    reader.gate.set()
    model.show(ALL)
    rest(qtbot, model)
    model.formatted(500)
    rest(qtbot, model)
    (window,) = reader.windows
    assert len(window) == 2 * history_model.MARGIN + 1
    model.formatted(510)
    rest(qtbot, model)
    assert len(reader.windows) == 1  # it was there already


def test_after_a_jump_the_rows_in_sight_are_read_first(
    tasks: Tasks, store: Store, qtbot: QtBot
) -> None:
    add(store, *(f"c{number:04}" for number in range(1000)))
    model, reader = slow(tasks, store)
    reader.gate.set()
    model.show(ALL)
    rest(qtbot, model)
    model.formatted(0)
    model.formatted(900)
    rest(qtbot, model)
    assert model.number(900) in reader.windows[0]
    assert model.number(400) not in reader.windows[0]


def test_rows_in_memory_are_bounded(
    tasks: Tasks, store: Store, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history_model, "KEPT_ROWS", 300)
    add(store, *(f"c{number:04}" for number in range(1000)))
    model = model_over(tasks, store)
    model.show(ALL)
    rest(qtbot, model)
    for row in range(0, 1000, 100):
        read(qtbot, model, range(row, row + 1))
        assert len(model._rows) <= 300
    assert model.formatted(0) is None  # forgotten, and asked for again
    assert read(qtbot, model, range(1)) == ["c0999"]


def test_sorting_asks_for_another_order_once(model: HistoryModel, qtbot: QtBot) -> None:
    model.sort(HANDLE, Qt.SortOrder.AscendingOrder)
    assert model.busy
    rest(qtbot, model)
    assert read(qtbot, model) == ["Li", "Ana", "Boris"]
    model.sort(HANDLE, Qt.SortOrder.AscendingOrder)
    assert not model.busy
    model.sort(99)
    assert not model.busy


def keep(model: HistoryModel, *names: str, qtbot: QtBot) -> dict[str, QPersistentModelIndex]:
    shown = read(qtbot, model)
    return {name: QPersistentModelIndex(model.index(shown.index(name), CUSTOMER)) for name in names}


def contact_at(model: HistoryModel, index: QPersistentModelIndex, qtbot: QtBot) -> str:
    assert index.isValid()
    return read(qtbot, model)[index.row()]


def test_indexes_follow_their_contacts_through_another_order(
    model: HistoryModel, qtbot: QtBot
) -> None:
    kept = keep(model, "Ana", "Boris", "Li", qtbot=qtbot)
    model.sort(HANDLE, Qt.SortOrder.AscendingOrder)
    rest(qtbot, model)
    assert {name: contact_at(model, index, qtbot) for name, index in kept.items()} == {
        name: name for name in kept
    }


def test_indexes_follow_their_contacts_when_others_come_before_them(
    model: HistoryModel, store: Store, qtbot: QtBot
) -> None:
    kept = keep(model, "Ana", "Li", qtbot=qtbot)
    add(store, "Zoë", "Émile", first=10)
    with qtbot.waitSignals([model.rowsInserted, model.layoutChanged]):
        model.refresh()
    assert contact_at(model, kept["Ana"], qtbot) == "Ana"
    assert contact_at(model, kept["Li"], qtbot) == "Li"


@pytest.mark.parametrize("word", ["Ana", "Boris", "Li"])
def test_a_filter_keeps_the_index_of_what_stays_and_drops_the_rest(
    word: str, model: HistoryModel, qtbot: QtBot
) -> None:
    kept = keep(model, "Ana", "Boris", "Li", qtbot=qtbot)
    model.show(replace(ALL, text=word))
    rest(qtbot, model)
    assert read(qtbot, model) == [word]
    assert {name for name, index in kept.items() if index.isValid()} == {word}
    assert kept[word].row() == 0


def test_a_query_with_other_rows_altogether_takes_their_place(
    model: HistoryModel, store: Store, qtbot: QtBot
) -> None:
    add(store, "Zoë", "Émile", "Ida", "Noor", first=2000)
    kept = keep(model, "Ana", qtbot=qtbot)
    model.show(Query(DAY + 86_400_000, DAY + 2 * 86_400_000))
    rest(qtbot, model)
    assert read(qtbot, model) == ["Noor", "Ida", "Émile", "Zoë"]
    assert not kept["Ana"].isValid()


def test_rows_announced_and_rows_there_always_agree(
    model: HistoryModel, store: Store, qtbot: QtBot
) -> None:
    """What a view would count from the signals is what there is, whatever comes and goes."""
    counted = model.rowCount()

    def on_inserted(parent: QModelIndex, first: int, last: int) -> None:
        nonlocal counted
        counted += last - first + 1
        assert first <= last and model.rowCount() == counted

    def on_removed(parent: QModelIndex, first: int, last: int) -> None:
        nonlocal counted
        counted -= last - first + 1
        assert first <= last and model.rowCount() == counted

    model.rowsInserted.connect(on_inserted)
    model.rowsRemoved.connect(on_removed)
    add(store, "Zoë", "Émile", first=20)
    for text in ("", "Ana", "i", "", "nobody", "Zo"):
        model.show(replace(ALL, text=text))
        rest(qtbot, model)
        assert model.rowCount() == counted
    assert read(qtbot, model) == ["Zoë"]


def test_other_columns_and_another_clock_are_read_anew(model: HistoryModel, qtbot: QtBot) -> None:
    read(qtbot, model)
    model.set_clock(Clock(ZoneInfo("America/New_York"), CLOCK.now_ms))
    read(qtbot, model)
    assert model.data(model.index(0, 0)) == "26 May 2026 20:02:00"
    with qtbot.waitSignal(model.modelReset):
        model.show_columns(["conversation_id", "start"])
    qtbot.waitUntil(lambda: model.data(model.index(0, 0)) == "id-Li")
    assert model.columnCount() == 2


def test_texts_of_any_rows_come_in_the_order_asked_for(model: HistoryModel, qtbot: QtBot) -> None:
    job = model.read_texts([2, 0], ["customer", "handle"])
    with qtbot.waitSignal(job.succeeded) as told:
        pass
    assert told.args == [[("Ana", "0:03"), ("Li", "0:02")]]


def test_a_failing_store_is_told(tasks: Tasks, store: Store, qtbot: QtBot) -> None:
    model = model_over(tasks, store)
    store.close()
    with qtbot.waitSignal(model.failed) as told:
        model.show(ALL)
    assert isinstance(told.args[0], StoreError)
    rest(qtbot, model)
    assert model.rowCount() == 0


def test_after_closing_nothing_is_read(model: HistoryModel) -> None:
    model.formatted(0)
    model.close()
    assert not model.busy
    model.refresh()
    assert not model.busy
