"""From one order to another: nothing is lost on the way, and rows are followed."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.gui.history.reordering import FEW_ROWS, reorder

_ORDERS = st.lists(st.integers(0, 300), unique=True, max_size=200)


@given(before=_ORDERS, after=_ORDERS)
def test_both_steps_hold_the_same_contacts_and_end_in_the_new_order(
    before: list[int], after: list[int]
) -> None:
    change = reorder(np.array(before, np.int64), np.array(after, np.int64))
    if before == after:
        assert change is None
        return
    assert change is not None
    joined, settled = change.joined.tolist(), change.settled.tolist()
    assert joined[: len(before)] == before
    assert settled[: len(after)] == after
    assert sorted(joined) == sorted(settled) == sorted({*before, *after})


@given(before=_ORDERS, after=_ORDERS, data=st.data())
def test_every_row_is_found_again(before: list[int], after: list[int], data: st.DataObject) -> None:
    change = reorder(np.array(before, np.int64), np.array(after, np.int64))
    if change is None or not len(change.joined):
        return
    rows = data.draw(st.lists(st.integers(0, len(change.joined) - 1)))
    places = change.places(rows)
    assert [change.settled[place] for place in places] == [change.joined[row] for row in rows]


def test_many_rows_are_found_as_few_are() -> None:
    before = np.arange(1000, dtype=np.int64)
    change = reorder(before, before[::-1].copy())
    assert change is not None
    many = list(range(0, 1000, 3))
    assert len(many) > FEW_ROWS
    assert change.places(many) == [999 - row for row in many]
    assert change.places(many[:5]) == [999 - row for row in many[:5]]
