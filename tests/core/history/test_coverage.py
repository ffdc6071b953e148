"""What is known to be complete, and what must still be read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.core.history.coverage import (
    DAY_MS,
    FRESH_MS,
    REFRESH_MS,
    SETTLED_MS,
    SOONEST_MS,
    Coverage,
    Day,
    Position,
    Slice,
    Span,
    calendar,
    coverage,
    days,
    gaps,
    is_trusted,
    next_refresh,
    plan,
)
from tests.core.history.history_samples import DAY, HOUR_MS

_UNIT = DAY_MS // 8
_POINTS = st.integers(0, 40).map(lambda n: DAY + n * _UNIT)
_RANGES = st.tuples(_POINTS, _POINTS).map(lambda pair: Slice(min(pair), max(pair)))
_SPANS = st.lists(
    _RANGES.filter(lambda range_: range_.start_ms < range_.end_ms).map(
        lambda range_: Span(range_.start_ms, range_.end_ms, DAY, 0)
    ),
    max_size=6,
)
LONG_AFTER = DAY + 60 * DAY_MS


def units(parts: list[Slice]) -> list[int]:
    """The eighths of days that the parts consist of."""
    return [start for part in parts for start in range(part.start_ms, part.end_ms, _UNIT)]


@given(_RANGES)
def test_days_cut_a_range_at_midnights_newest_first(range_: Slice) -> None:
    cut = days(range_.start_ms, range_.end_ms)
    assert sorted(units(cut)) == units([range_])
    assert cut == sorted(cut, reverse=True)
    assert all(day.start_ms // DAY_MS == (day.end_ms - 1) // DAY_MS for day in cut)


@given(_RANGES, _SPANS)
def test_gaps_and_spans_together_are_what_is_wanted(wanted: Slice, spans: list[Span]) -> None:
    left = units(gaps(wanted, spans))
    covered = {unit for span in spans for unit in units([Slice(span.start_ms, span.end_ms)])}
    assert len(set(left)) == len(left)
    assert covered.isdisjoint(left)
    assert set(left) | (covered & set(units([wanted]))) == set(units([wanted]))
    assert left == sorted(left)


@given(_RANGES, _SPANS, st.integers(0, 48).map(lambda n: DAY + n * _UNIT))
def test_a_plan_asks_for_what_no_trusted_span_covers_up_to_now(
    wanted: Slice, spans: list[Span], now_ms: int
) -> None:
    planned = plan(wanted.start_ms, wanted.end_ms, spans, now_ms=now_ms)
    trusted = [Slice(span.start_ms, span.end_ms) for span in spans if is_trusted(span, now_ms)]
    asked = {unit for unit in units([wanted]) if unit < now_ms} - set(units(trusted))
    assert sorted(units(planned)) == sorted(asked)
    assert planned == sorted(planned, reverse=True)
    assert all(part.start_ms // DAY_MS == (part.end_ms - 1) // DAY_MS for part in planned)


@given(_RANGES, _SPANS)
def test_again_asks_for_all_of_it(wanted: Slice, spans: list[Span]) -> None:
    planned = plan(wanted.start_ms, wanted.end_ms, spans, now_ms=LONG_AFTER, again=True)
    assert sorted(units(planned)) == units([wanted])


@pytest.mark.parametrize(
    ("synced_ms", "now_ms", "trusted"),
    [
        (DAY + DAY_MS, DAY + DAY_MS + FRESH_MS, True),
        (DAY + DAY_MS, DAY + DAY_MS + FRESH_MS + 1, False),
        (DAY + DAY_MS, DAY + DAY_MS - 1, False),  # the clock went back: how old it is isn't known
        (DAY + DAY_MS + SETTLED_MS, LONG_AFTER, True),
        (DAY + DAY_MS + SETTLED_MS - 1, LONG_AFTER, False),
        # The older it was when it was read, the longer: an eighth of that.
        (DAY + 3 * DAY_MS, DAY + 3 * DAY_MS + 6 * HOUR_MS, True),
        (DAY + 3 * DAY_MS, DAY + 3 * DAY_MS + 6 * HOUR_MS + 1, False),
    ],
)
def test_a_span_is_trusted_while_fresh_or_once_settled(
    synced_ms: int, now_ms: int, trusted: bool
) -> None:
    assert is_trusted(Span(DAY, DAY + DAY_MS, synced_ms, 0), now_ms) is trusted
    assert not is_trusted(Span(DAY, DAY + DAY_MS, synced_ms, 0, "moving"), now_ms)


def test_the_first_reading_of_a_day_is_wanted_whole() -> None:
    slices = plan(DAY, DAY + 2 * DAY_MS, [], now_ms=DAY + DAY_MS + HOUR_MS)
    assert slices == [
        Slice(DAY + DAY_MS, DAY + DAY_MS + HOUR_MS),
        Slice(DAY, DAY + DAY_MS),
    ]
    assert [part.whole_day for part in slices] == [False, True]
    assert all(part.from_midnight for part in slices)


def covered(spans: list[Span], *, now_ms: int = LONG_AFTER, days_: int = 2) -> Coverage:
    return coverage(DAY, DAY + days_ * DAY_MS, spans, now_ms=now_ms)


def test_nothing_read_is_all_missing() -> None:
    found = covered([])
    assert found.missing == (Slice(DAY + DAY_MS, DAY + 2 * DAY_MS), Slice(DAY, DAY + DAY_MS))
    assert (found.complete, found.synced_ms, found.total_hits) == (False, None, 0)


def test_a_range_is_complete_as_of_its_oldest_reading() -> None:
    first = Span(DAY, DAY + DAY_MS, LONG_AFTER - 7, 40)
    second = Span(DAY + DAY_MS, DAY + 2 * DAY_MS, LONG_AFTER - 3, 2)
    found = covered([first, second])
    assert (found.complete, found.synced_ms, found.total_hits) == (True, LONG_AFTER - 7, 42)


def test_a_hole_is_missing() -> None:
    found = covered([Span(DAY, DAY + HOUR_MS, LONG_AFTER, 1)], days_=1)
    assert found.missing == (Slice(DAY + HOUR_MS, DAY + DAY_MS),)
    assert not found.complete


def test_what_began_after_the_latest_reading_is_not_missing() -> None:
    read_ms = DAY + 9 * HOUR_MS
    found = covered([Span(DAY, read_ms, read_ms, 5)], now_ms=read_ms + HOUR_MS, days_=1)
    assert (found.complete, found.synced_ms) == (True, read_ms)


def test_what_has_not_happened_yet_is_not_missing() -> None:
    now_ms = DAY + HOUR_MS
    found = covered([Span(DAY, now_ms, now_ms, 5)], now_ms=now_ms)
    assert found.complete


def test_a_doubt_is_told_once_and_is_not_complete() -> None:
    spans = [Span(DAY + n * DAY_MS, DAY + (n + 1) * DAY_MS, LONG_AFTER, 1, "moved") for n in (0, 1)]
    found = covered(spans)
    assert (found.missing, found.doubts, found.complete) == ((), ("moved",), False)


# --- scopes -------------------------------------------------------------------------------------


def test_a_span_of_everything_speaks_for_every_scope_and_another_for_its_own() -> None:
    everything = Span(DAY, DAY + HOUR_MS, LONG_AFTER, 1)
    some = Span(DAY + HOUR_MS, DAY + 2 * HOUR_MS, LONG_AFTER, 1, scope="queue:billing")
    end_ms = DAY + 2 * HOUR_MS
    for scope, left in (
        ("", [Slice(some.start_ms, end_ms)]),
        ("queue:billing", []),
        ("queue:sales", [Slice(some.start_ms, end_ms)]),
    ):
        spans = [everything, some]
        assert plan(DAY, end_ms, spans, now_ms=LONG_AFTER, scope=scope) == left
        found = coverage(DAY, end_ms, spans, now_ms=LONG_AFTER, scope=scope)
        assert found.missing == tuple(left)


# --- when to read on ----------------------------------------------------------------------------

NOON = DAY + 12 * HOUR_MS


def due(
    spans: list[Span],
    *,
    now_ms: int = NOON,
    end_ms: int = DAY + DAY_MS,
    used: int = 0,
    scope: str = "",
) -> int | None:
    return next_refresh(DAY, end_ms, spans, now_ms=now_ms, used=used, allowed=300, scope=scope)


def test_a_range_that_goes_on_is_due_a_minute_after_its_last_reading() -> None:
    assert due([Span(DAY, NOON, NOON, 1)]) == REFRESH_MS
    assert due([Span(DAY, NOON, NOON, 1)], now_ms=NOON + 40_000) == REFRESH_MS - 40_000
    assert due([Span(DAY, NOON, NOON, 1)], now_ms=NOON + HOUR_MS) == SOONEST_MS


def test_while_half_of_the_budget_is_taken_it_waits() -> None:
    spans = [Span(DAY, NOON, NOON, 1)]
    assert due(spans, now_ms=NOON + HOUR_MS, used=149) == SOONEST_MS
    assert due(spans, now_ms=NOON + HOUR_MS, used=150) == REFRESH_MS


def test_a_range_that_has_ended_is_due_when_it_is_no_longer_trusted() -> None:
    read_ms = DAY + DAY_MS + 5
    assert due([Span(DAY, DAY + DAY_MS, read_ms, 1)], now_ms=read_ms) == FRESH_MS
    settled = Span(DAY, DAY + DAY_MS, LONG_AFTER, 1)
    assert due([settled], now_ms=LONG_AFTER) is None
    assert due([], now_ms=LONG_AFTER) is None


def test_another_scope_makes_nothing_due() -> None:
    read_ms = DAY + DAY_MS + 5
    other = Span(DAY, DAY + DAY_MS, read_ms, 1, scope="queue:billing")
    assert due([other], now_ms=read_ms) is None
    assert due([other], now_ms=read_ms, scope="queue:billing") == FRESH_MS


# --- the calendar -------------------------------------------------------------------------------


def day(
    spans: list[Span], positions: list[Position] | None = None, *, now_ms: int = LONG_AFTER
) -> Day:
    (found,) = calendar(DAY, DAY + DAY_MS, spans, positions or [], now_ms=now_ms)
    return found


def test_a_calendar_has_each_day_that_the_range_touches() -> None:
    found = calendar(DAY + 5, DAY + 2 * DAY_MS + 1, [], [], now_ms=DAY + DAY_MS + 5)
    assert [(each.day_ms, each.state) for each in found] == [
        (DAY, "missing"),
        (DAY + DAY_MS, "missing"),
        (DAY + 2 * DAY_MS, "future"),
    ]


def test_a_day_says_what_it_is_and_why() -> None:
    whole = Span(DAY, DAY + DAY_MS, LONG_AFTER, 40)
    early = Span(DAY, DAY + DAY_MS, DAY + DAY_MS + 5, 40)
    assert day([whole]) == Day(DAY, "synced", "", 40, LONG_AFTER)
    assert day([early]) == Day(DAY, "synced", "Genesys may still change it", 40, early.synced_ms)
    some = Span(DAY, DAY + 3 * HOUR_MS, LONG_AFTER, 40)
    assert day([some]) == Day(DAY, "partial", "only some of its hours", 40, LONG_AFTER)
    doubtful = Span(DAY, DAY + DAY_MS, LONG_AFTER, 40, "contacts kept moving")
    assert day([doubtful]) == Day(DAY, "partial", "contacts kept moving", 40, LONG_AFTER)
    scoped = Span(DAY, DAY + DAY_MS, LONG_AFTER, 4, scope="queue:billing")
    assert day([scoped]) == Day(DAY, "partial", "only what a filter asked for")


def test_a_day_that_is_being_read_says_how_far() -> None:
    inside = Slice(DAY, DAY + DAY_MS)
    at = Position(inside, 1, 5, 13, 100, 4_212)
    assert day([], [at]) == Day(DAY, "partial", "1,200 of 4,212 read")
    job = Slice(DAY - 3 * DAY_MS, DAY + DAY_MS)
    assert day([], [Position(job, 2, 5, 1, 1000, 9, job_id="j")]).why == "Genesys prepares it"
    assert day([], [Position(job, 2, 5, 2, 1000, 9, job_id="j")]).why == "reading has begun"
    assert day([], [Position(Slice(DAY - 9, DAY), 1, 5, 2, 100)]).state == "missing"


def test_the_present_day_is_there_up_to_its_last_reading() -> None:
    read = Span(DAY, NOON, NOON, 7)
    assert day([read], now_ms=NOON + HOUR_MS).state == "synced"
    assert day([], now_ms=NOON).state == "missing"
