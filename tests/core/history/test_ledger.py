"""The ledger: how far readings have come, and what was read to its end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.core.history import ledger
from desktop_app.core.history.coverage import DAY_MS, Position, Slice, Span
from tests.core.history.history_samples import DAY, HOUR_MS, TODAY

FOREVER = 2**60
AT = Position(TODAY, 2, 7, 5, 100, 612, True, 3, "queue:billing", "job-1", "Y3Vyc29y=", 50_000)


@pytest.fixture(name="execute")
def _execute() -> Iterator[ledger.Execute]:
    with duckdb.connect() as connection:
        ledger.create(connection)
        ledger.create(connection)  # they are there already
        yield connection.execute


def span(first: int, end: int, synced_ms: int = 9, scope: str = "") -> Span:
    return Span(DAY + first * HOUR_MS, DAY + end * HOUR_MS, synced_ms, 5, scope=scope)


def known(execute: ledger.Execute) -> list[tuple[int, int, int, str]]:
    return [
        (
            (each.start_ms - DAY) // HOUR_MS,
            (each.end_ms - DAY) // HOUR_MS,
            each.synced_ms,
            each.scope,
        )
        for each in ledger.spans(execute, 0, FOREVER)
    ]


def test_a_position_comes_back_as_it_was_and_is_replaced(execute: ledger.Execute) -> None:
    ledger.put_position(execute, replace(AT, next_page=1))
    ledger.put_position(execute, AT)
    other = replace(AT, scope="", job_id="", cursor="")
    ledger.put_position(execute, other)
    assert ledger.position(execute, TODAY, AT.scope) == AT
    assert ledger.position(execute, TODAY) == other
    assert ledger.position(execute, Slice(DAY, DAY + 1)) is None
    assert ledger.positions(execute, DAY, TODAY.end_ms, AT.scope) == [AT]
    assert ledger.positions(execute, DAY, TODAY.end_ms - 1, AT.scope) == []


def test_a_span_comes_back_as_it_was(execute: ledger.Execute) -> None:
    put = Span(DAY, DAY + HOUR_MS, 9, 5, "moving", "queue:billing", True)
    ledger.put_span(execute, put)
    assert ledger.spans(execute, DAY, DAY + 1) == [put]
    assert ledger.spans(execute, DAY + HOUR_MS, FOREVER) == []


@pytest.mark.parametrize(
    ("later", "left"),
    [
        ((0, 24), [(0, 24, 10, "")]),
        ((2, 20), [(2, 20, 10, "")]),
        ((5, 6), [(4, 5, 9, ""), (5, 6, 10, ""), (6, 8, 9, "")]),
        ((0, 5), [(0, 5, 10, ""), (5, 8, 9, "")]),
        ((8, 9), [(4, 8, 9, ""), (8, 9, 10, "")]),
    ],
)
def test_a_newer_span_cuts_its_range_out_of_the_older(
    execute: ledger.Execute, later: tuple[int, int], left: list[tuple[int, int, int, str]]
) -> None:
    ledger.put_span(execute, span(4, 8))
    ledger.put_span(execute, span(*later, synced_ms=10))
    assert known(execute) == left


def test_scopes_leave_each_other_alone(execute: ledger.Execute) -> None:
    ledger.put_span(execute, span(4, 8))
    ledger.put_span(execute, span(0, 9, scope="x"))
    assert known(execute) == [(0, 9, 9, "x"), (4, 8, 9, "")]


_HOURS = st.tuples(st.integers(0, 12), st.integers(1, 12)).map(lambda t: (t[0], t[0] + t[1]))


@settings(max_examples=30)
@given(st.lists(_HOURS, max_size=8))
def test_each_hour_is_told_by_the_last_span_that_held_it(put: list[tuple[int, int]]) -> None:
    with duckdb.connect() as connection:
        ledger.create(connection)
        told: dict[int, int] = {}
        for number, (first, end) in enumerate(put):
            ledger.put_span(connection.execute, span(first, end, synced_ms=number))
            told |= dict.fromkeys(range(first, end), number)
        found = [
            (hour, synced)
            for first, end, synced, _ in known(connection.execute)
            for hour in range(first, end)
        ]
    assert sorted(found) == sorted(told.items())


def test_a_ledger_of_version_1_keeps_its_spans() -> None:
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE position (start_ms BIGINT, end_ms BIGINT, pass_no INTEGER,"
            " pass_ms BIGINT, next_page INTEGER, page_size INTEGER, total_hits BIGINT,"
            " moved BOOLEAN, unreadable INTEGER, PRIMARY KEY (start_ms, end_ms))"
        )
        connection.execute("INSERT INTO position VALUES (1, 2, 1, 5, 2, 100, 7, false, 0)")
        connection.execute(
            "CREATE TABLE span (start_ms BIGINT, end_ms BIGINT, synced_ms BIGINT,"
            " total_hits BIGINT, doubt VARCHAR)"
        )
        connection.execute("INSERT INTO span VALUES (1, 2, 3, 4, 'moving')")
        ledger.create(connection)
        assert ledger.spans(connection.execute, 0, FOREVER) == [Span(1, 2, 3, 4, "moving")]
        assert ledger.positions(connection.execute, 0, FOREVER) == []
        for scope in ("", "x"):
            ledger.put_position(connection.execute, replace(AT, scope=scope))
        assert len(ledger.positions(connection.execute, 0, FOREVER)) == 1


# --- positions that are overtaken ---------------------------------------------------------------


def at(first: int, end: int, begun_ms: int = 5) -> Position:
    return Position(Slice(DAY + first * HOUR_MS, DAY + end * HOUR_MS), 1, begun_ms, 2, 100)


def test_a_reading_is_over_when_all_of_it_was_read_since_it_began(execute: ledger.Execute) -> None:
    days_together = at(0, 48)
    ledger.put_position(execute, days_together)
    ledger.put_span(execute, span(0, 24, synced_ms=5))
    assert ledger.positions(execute, 0, FOREVER) == [days_together]
    ledger.put_span(execute, span(20, 50, synced_ms=5))
    assert ledger.positions(execute, 0, FOREVER) == []


@pytest.mark.parametrize("other", [span(0, 24, synced_ms=4), span(0, 24, 9, "x"), span(1, 24)])
def test_a_reading_goes_on_after_what_does_not_hold_it(
    execute: ledger.Execute, other: Span
) -> None:
    ledger.put_position(execute, at(0, 24))
    ledger.put_span(execute, other)
    assert ledger.positions(execute, 0, FOREVER) == [at(0, 24)]


def test_T34_a_purge_forgets_what_was_known_of_the_time_before(execute: ledger.Execute) -> None:
    ledger.put_span(execute, span(0, 4))
    ledger.put_span(execute, span(4, 8))
    ledger.put_position(execute, at(5, 8))
    ledger.put_position(execute, at(6, 8))
    ledger.purge(execute, DAY + 6 * HOUR_MS)
    assert known(execute) == [(6, 8, 9, "")]
    assert ledger.positions(execute, 0, FOREVER) == [at(6, 8)]


# --- what is to be asked for again --------------------------------------------------------------


def test_contacts_without_an_end_are_still_open(execute: ledger.Execute) -> None:
    execute("CREATE TABLE contact (conversation_id VARCHAR, start_ms BIGINT, c_end BIGINT)")
    rows = [("a", DAY, None), ("b", DAY, DAY + 5), ("c", DAY + 9, None), ("d", DAY + DAY_MS, None)]
    for row in rows:
        execute("INSERT INTO contact VALUES (?, ?, ?)", row)
    assert ledger.still_open(execute, DAY, DAY + DAY_MS) == [("c", DAY + 9), ("a", DAY)]


def test_names_grow_old(execute: ledger.Execute) -> None:
    execute("INSERT INTO name VALUES ('user', 'c', 'of an older store')")
    ledger.put_names(execute, {("user", "a"): "Ana", ("user", "b"): "Boris"}, 100)
    ledger.put_names(execute, {("user", "b"): "Boris"}, 200)
    ledger.put_names(execute, {("user", "b"): "Boris"}, 150)
    assert ledger.names_learnt_before(execute, 101) == [("user", "a"), ("user", "c")]
    assert ledger.names_learnt_before(execute, 100) == [("user", "c")]
