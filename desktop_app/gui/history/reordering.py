"""From one order of contacts to another, so that selection and place follow the contacts. Pure.

A table changes its rows in three steps that Qt understands: what is new comes in at the end,
everything changes places, what is gone leaves from the end.  No contact that stays is ever
removed on the way, so the current one stays current.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from desktop_app.core.history.reader import Numbers

FEW_ROWS = 64  # up to so many are looked for one by one, which spares sorting a million


@dataclass(frozen=True, slots=True)
class Reordering:
    """``joined``: the old order and then what is new; ``settled``: the new order and then what
    is gone. Both hold the same contacts."""

    order: Numbers
    joined: Numbers
    settled: Numbers

    def places(self, rows: list[int]) -> list[int]:
        """Where the contacts of some rows of ``joined`` stand in ``settled``."""
        numbers = self.joined[rows]
        wanted = np.unique(numbers)
        if len(wanted) <= FEW_ROWS:
            place = {number: _place(self.settled, number) for number in wanted.tolist()}
            return [place[number] for number in numbers.tolist()]
        sorter = np.argsort(self.settled, kind="stable")
        found = sorter[np.searchsorted(self.settled, numbers, sorter=sorter)]
        return [int(row) for row in found]


def reorder(before: Numbers, order: Numbers) -> Reordering | None:
    """How to get from one order to another; None when they are the same.

    Takes about a tenth of a second for a million contacts: not for the GUI thread.
    """
    if np.array_equal(before, order):
        return None
    added = order[~np.isin(order, before)]
    removed = before[~np.isin(before, order)]
    return Reordering(order, np.concatenate([before, added]), np.concatenate([order, removed]))


def brought_forward(before: Numbers, first: Numbers) -> Reordering | None:
    """How to put some contacts first while the rest of their order isn't known yet: what was there
    stays behind them. None when they are first already."""
    behind = before[~np.isin(before, first)]
    return reorder(before, np.concatenate([first, behind]))


def _place(order: Numbers, number: int) -> int:
    places: npt.NDArray[np.intp] = np.flatnonzero(order == number)
    return int(places[0])
