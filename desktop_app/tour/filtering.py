"""The steps that filter: by words, by conditions, with a mistake, by values of the rail.

Each leaves the history unfiltered, and returns what the report tells of it.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFrame, QMenu, QTreeView, QWidget

from desktop_app.gui.history.facet_model import FacetModel
from desktop_app.history_view import HistoryView
from desktop_app.tour.hands import Hands
from desktop_app.tour.report import TourFailed
from desktop_app.tour.sights import a_word, all_counted, all_painted, on_top, part

NOTHING = "nothing to filter"


def filter_by_words(view: HistoryView, hands: Hands) -> str:
    """Type a word that the first contact has, look, and clear it again."""
    total = view.model.rowCount()
    if not total:
        return NOTHING
    word = a_word(view)
    _go_to_filter(view, hands)
    hands.type(view.filter.edit, word)
    hands.until(lambda: not view.model.busy and all_painted(view), "the filtered rows")
    shown = view.model.rowCount()
    hands.picture("filtered")
    if not 0 < shown <= total:
        raise TourFailed(f"Filtering by a word of the first row left {shown} of {total} rows.")
    hands.type(view.filter.edit, " no-such-words-anywhere")
    hands.until(lambda: not view.model.busy and not view.model.rowCount(), "no row")
    hands.picture("no-match")
    _clear(view, hands, total)
    return "filtered"


def filter_by_conditions(view: HistoryView, hands: Hands) -> str:
    """Conditions become chips, a queue is offered while it is typed, one chip is switched off."""
    total = view.model.rowCount()
    if not total:
        return NOTHING
    edit = view.filter.edit
    _go_to_filter(view, hands)
    hands.type(edit, "media:voice wait>5s queue:")
    hands.until(lambda: bool(edit.offers) and all_counted(view), "the offered queues")
    hands.picture("type-ahead", on_top("filterOffers"))
    hands.type(edit, "\t ")
    hands.until(lambda: len(_chips(view)) == 3, "the chips")
    before = view.filter.applied
    chip = _chips(view)[1]
    hands.press_for_menu(chip, chip.rect().center())
    hands.choose(_menu("chipMenu"), "Switch off")
    hands.until(lambda: view.filter.applied != before and all_counted(view), "the switched chip")
    hands.picture("chips")
    _clear(view, hands, total)
    return "filtered by chips"


def make_a_mistake(view: HistoryView, hands: Hands) -> str:
    """What can't be read is told, and the table stays as it was."""
    total = view.model.rowCount()
    _go_to_filter(view, hands)
    hands.type(view.filter.edit, "media:voice wait>abc\n")
    hands.until(lambda: bool(view.filter.mistake) and all_counted(view), "the mistake to be told")
    hands.picture("mistake")
    if "wait" in view.filter.applied:
        raise TourFailed("A condition that can't be read was filtered by.")
    _clear(view, hands, total)
    return "mistake told"


def filter_by_values(view: HistoryView, hands: Hands) -> str:
    """Keep the commonest value of the first column only, and exclude that of the second."""
    total = view.model.rowCount()
    if not total:
        return NOTHING
    hands.until(lambda: all_counted(view), "the values")
    tree = part(view, QTreeView, "facets")
    model = tree.model()
    assert isinstance(model, FacetModel)
    kept, excluded = (model.index(0, 0, model.index(group, 0)) for group in (0, 1))
    hands.press_for_menu(tree.viewport(), tree.visualRect(kept).center())
    menu = _menu("facetMenu")
    hands.picture("value-menu", menu)
    hands.choose(menu, "Only")
    hands.until(lambda: len(_chips(view)) == 1 and all_counted(view), "the rows with the value")
    hands.press(
        tree.viewport(), tree.visualRect(excluded).center(), Qt.KeyboardModifier.AltModifier
    )
    hands.until(lambda: len(_chips(view)) == 2 and all_counted(view), "the rows without the value")
    hands.picture("values")
    _go_to_filter(view, hands)
    _clear(view, hands, total)
    return "filtered by values"


def _go_to_filter(view: HistoryView, hands: Hands) -> None:
    hands.press(view.filter.edit, view.filter.edit.rect().center())


def _clear(view: HistoryView, hands: Hands, total: int) -> None:
    QTest.keyClick(view.filter.edit, Qt.Key.Key_Escape)
    hands.until(
        lambda: not view.filter.text and view.model.rowCount() == total and all_counted(view),
        "all rows again",
    )


def _chips(view: HistoryView) -> list[QFrame]:
    """From left to right."""
    shown = [chip for chip in view.filter.findChildren(QFrame, "chip") if chip.isVisible()]
    return sorted(shown, key=lambda chip: (chip.y(), chip.x()))


def _menu(name: str) -> QMenu:
    menu: QWidget | None = on_top(name)
    if not isinstance(menu, QMenu):
        raise TourFailed(f"No {name} came up.")
    return menu
