"""How long contacts are kept: the shorter of what the person and the administrator say (T34)."""

from __future__ import annotations

import pytest

from desktop_app.core.errors import IntervalError
from desktop_app.core.history.clock import Interval
from desktop_app.core.history.coverage import DAY_MS
from desktop_app.core.history.retention import Retention
from tests.core.history.history_samples import DAY, in_memory, put, stored


@pytest.mark.parametrize(
    ("chosen", "most", "days"),
    [(None, None, None), (30, None, 30), (None, 90, 90), (30, 90, 30), (365, 90, 90)],
)
def test_T34_the_shorter_time_holds(chosen: int | None, most: int | None, days: int | None) -> None:
    retention = Retention(chosen, most)
    assert retention.days == days
    assert retention.first_ms(DAY) == (None if days is None else DAY - days * DAY_MS)


def test_T34_longer_than_the_administrator_says_is_not_to_be_chosen() -> None:
    retention = Retention(most=45)
    assert retention.offers() == [None, 30, 45, 90, 180, 365, 730]
    assert [days for days in retention.offers() if retention.allows(days)] == [30, 45]
    assert all(Retention().allows(days) for days in Retention().offers())


def test_only_a_shorter_time_takes_contacts_away() -> None:
    assert Retention(30).is_shorter_than(Retention())
    assert Retention(30).is_shorter_than(Retention(90))
    assert not Retention(90).is_shorter_than(Retention(90))
    assert not Retention().is_shorter_than(Retention(90))
    assert not Retention(365, 90).is_shorter_than(Retention(180, 90))


def test_T34_what_is_too_old_to_be_kept_is_not_read_either() -> None:
    ten = Retention(10)
    inside = Interval(DAY - DAY_MS, DAY)
    assert ten.readable(inside, DAY) == inside
    assert ten.readable(Interval(0, DAY), DAY) == (DAY - 10 * DAY_MS, DAY)
    assert Retention().readable(Interval(0, DAY), DAY) == (0, DAY)
    with pytest.raises(IntervalError, match=r"10 days .* in the settings"):
        ten.readable(Interval(0, DAY_MS), DAY)
    with pytest.raises(IntervalError, match="Choose a later range"):
        Retention(None, 10).readable(Interval(0, DAY_MS), DAY)


def test_T34_what_would_go_is_counted_and_goes() -> None:
    with in_memory() as store:
        put(store, *(stored(f"c-{day}", DAY - day * DAY_MS) for day in range(5)))
        assert store.holdings()[:3] == (5, DAY - 4 * DAY_MS, DAY)
        before = DAY - 2 * DAY_MS
        assert store.count_before(before) == store.purge(before) == 2
        assert store.holdings()[:3] == (3, before, DAY)
        assert store.count_before(before) == 0
        store.purge(DAY + 1)
        assert store.holdings() == (0, 0, 0, 0)
