"""The facet rail's list: groups stay, counts come and go, and a value can be picked by hand."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QLineEdit, QTreeView
from pytestqt.qtbot import QtBot

from desktop_app.core.history.clock import Clock
from desktop_app.core.history.columns import read
from desktop_app.core.history.query import Query
from desktop_app.core.history.store import Store
from desktop_app.core.history.vault import memory_store
from desktop_app.gui.history.facet_model import EMPTY, FacetModel, FacetValue
from desktop_app.gui.history.facet_rail import FacetRail
from desktop_app.gui.tasks import Tasks
from desktop_app.gui.theme import Theme
from tests.core.history.history_samples import DAY, put, stored

CLOCK = Clock(ZoneInfo("UTC"), lambda: DAY)
ALL = Query(DAY, DAY + 86_400_000)


def values(model: FacetModel, group: int) -> list[tuple[str, int]]:
    parent = model.index(group, 0)
    found = [model.value_of(model.index(row, 0, parent)) for row in range(model.rowCount(parent))]
    return [(value.text, value.count) for value in found if value is not None]


def test_counts_are_replaced_group_by_group_without_a_reset(qtbot: QtBot) -> None:
    model = FacetModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    model.show_groups(["media", "queues"])
    resets: list[None] = []
    model.modelReset.connect(lambda: resets.append(None))
    model.show_values({"media": [FacetValue("Voice", "Voice", 3), FacetValue("Chat", "Chat", 1)]})
    model.show_values({"media": [FacetValue("Chat", "Chat", 2)], "queues": []})
    model.show_values({"media": [FacetValue("Chat", "Chat", 4), FacetValue(EMPTY, None, 1)]})
    assert values(model, 0) == [("Chat", 4), (EMPTY, 1)]
    assert values(model, 1) == []
    assert resets == []
    assert model.share(model.index(1, 0, model.index(0, 0))) == 0.25


def test_groups_that_go_take_their_values_and_others_keep_theirs() -> None:
    model = FacetModel()
    model.show_groups(["media", "queues"])
    model.show_values({"media": [FacetValue("Voice", "Voice", 3)]})
    model.show_groups(["agents", "media"])
    assert values(model, 0) == []
    assert values(model, 1) == [("Voice", 3)]


@pytest.fixture
def store() -> Iterator[Store]:
    made = memory_store("a test")
    put(
        made,
        stored("a", DAY, media="Voice", queues=("Billing", "Claims"), outcome_group="Answered"),
        stored("b", DAY + 1, media="Voice", queues=("Billing",), outcome_group="Abandoned"),
        stored("c", DAY + 2, media="Chat", outcome_group="Answered"),
    )
    yield made
    made.close()


@pytest.fixture
def rail(store: Store, tasks: Tasks, theme: Theme, qtbot: QtBot) -> FacetRail:
    made = FacetRail(tasks, store.reader(), CLOCK, theme, reading=read)
    qtbot.addWidget(made)
    made.resize(200, 600)
    made.show()
    made.show_columns(["media", "queues"])
    made.show_query(ALL)
    qtbot.waitUntil(lambda: not made.busy)
    return made


def model_of(rail: FacetRail) -> FacetModel:
    model = tree_of(rail).model()
    assert isinstance(model, FacetModel)
    return model


def tree_of(rail: FacetRail) -> QTreeView:
    tree = rail.findChild(QTreeView, "facets")
    assert tree is not None
    return tree


def index_of(rail: FacetRail, group: int, row: int) -> QModelIndex:
    model = model_of(rail)
    return model.index(row, 0, model.index(group, 0))


def centre(rail: FacetRail, index: QModelIndex) -> QPoint:
    return tree_of(rail).visualRect(index).center()


def test_values_are_counted_and_lists_one_by_one(rail: FacetRail) -> None:
    assert values(model_of(rail), 0) == [("Voice", 2), ("Chat", 1)]
    assert values(model_of(rail), 1) == [("Billing", 2), ("Claims", 1), (EMPTY, 1)]


def test_a_columns_own_condition_does_not_narrow_its_list(rail: FacetRail, qtbot: QtBot) -> None:
    rail.show_query(Query(ALL.start_ms, ALL.end_ms, text="media:chat"))
    qtbot.waitUntil(lambda: not rail.busy)
    assert values(model_of(rail), 0) == [("Voice", 2), ("Chat", 1)]
    assert values(model_of(rail), 1) == [(EMPTY, 1)]


def test_a_click_picks_and_with_alt_leaves_out(rail: FacetRail) -> None:
    picked: list[tuple[str, object, bool]] = []
    rail.chosen.connect(lambda *what: picked.append(what))
    view = tree_of(rail).viewport()
    left = Qt.MouseButton.LeftButton
    QTest.mouseClick(view, left, pos=centre(rail, index_of(rail, 0, 1)))
    QTest.mouseClick(
        view, left, Qt.KeyboardModifier.AltModifier, centre(rail, index_of(rail, 1, 2))
    )
    assert picked == [("media", "Chat", False), ("queues", None, True)]


def test_enter_picks_and_delete_leaves_out(rail: FacetRail, qtbot: QtBot) -> None:
    picked: list[tuple[str, object, bool]] = []
    rail.chosen.connect(lambda *what: picked.append(what))
    tree = tree_of(rail)
    tree.setFocus()
    tree.setCurrentIndex(index_of(rail, 0, 0))
    QTest.keyClick(tree, Qt.Key.Key_Return)
    QTest.keyClick(tree, Qt.Key.Key_Delete)
    assert picked == [("media", "Voice", False), ("media", "Voice", True)]


def test_a_search_looks_in_all_values(rail: FacetRail, qtbot: QtBot) -> None:
    search = rail.findChild(QLineEdit, "facetSearch")
    assert search is not None
    QTest.keyClicks(search, "cla")
    qtbot.waitUntil(lambda: not rail.busy)
    assert values(model_of(rail), 1) == [("Claims", 1)]
    assert values(model_of(rail), 0) == []
