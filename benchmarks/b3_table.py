"""How soon do the first rows of a million stand there, after a new sort and after typing?

Ours is what the table does for it: the query's numbers, then the cells of the rows in sight.  The
peer is DuckDB asked for as much in the plainest SQL: the same encrypted file, the same process, no
folding of letters, no empty cells last, no range of time.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator
from functools import partial

import duckdb

from benchmarks.measuring import Bar, Line, at_most, compared, in_ms, options, seconds, table
from benchmarks.stores import DAYS, UNTIL_MS, store_of
from desktop_app.core.history.columns import COLUMNS, Kind, column
from desktop_app.core.history.coverage import DAY_MS
from desktop_app.core.history.query import Query
from desktop_app.core.history.reader import Reader
from desktop_app.core.history.sql import sql_name
from desktop_app.core.history.store import Store

TITLE = "3 · The first rows of a million"
BAR: Bar = at_most(1.5)
IN_SIGHT = 200
CELLS = tuple(column.key for column in COLUMNS[:20])
SORTS = ("customer", "handle", "outcome", "agents", "duration", "ani", "queues", "wrapup", "talk")
WORDS = ("billing", "ruiz", "0183")  # some of the contacts, few, and hardly any
FACETS = ("outcome", "queues", "agents", "media", "wrapup")

Timed = tuple[Callable[[], object], Callable[[], object]]


def everything(text: str = "", sort: str = "start") -> Query:
    return Query(UNTIL_MS - (DAYS + 1) * DAY_MS, UNTIL_MS + DAY_MS, text=text, sort=sort)


def first_of_ours(reader: Reader, query: Query) -> None:
    reader.first_rows(query, CELLS, IN_SIGHT)


def _first_of_duckdb(connection: duckdb.DuckDBPyConnection, sort: str, word: str = "") -> None:
    cells = ", ".join(map(sql_name, CELLS))
    condition = "WHERE contains(haystack, ?)" if word else ""
    connection.execute(
        f"SELECT {cells} FROM contact {condition} ORDER BY {sql_name(sort)} DESC LIMIT {IN_SIGHT}",
        [word] if word else [],
    ).fetchall()


def _order_of_duckdb(connection: duckdb.DuckDBPyConnection, sort: str) -> None:
    connection.execute(f"SELECT no FROM contact ORDER BY {sql_name(sort)} DESC").fetchnumpy()


def _count_of_duckdb(connection: duckdb.DuckDBPyConnection, word: str) -> None:
    connection.execute(
        "SELECT count(*) FROM contact WHERE contains(haystack, ?)", [word]
    ).fetchall()


def _facet_of_duckdb(connection: duckdb.DuckDBPyConnection, key: str) -> None:
    name = sql_name(key)
    value = f"unnest({name})" if column(key).kind is Kind.LIST else name
    connection.execute(
        f"SELECT value, count(*) FROM (SELECT {value} AS value FROM contact) GROUP BY value"
        " ORDER BY 2 DESC LIMIT 50"
    ).fetchall()


def cases(
    reader: Reader, bare: duckdb.DuckDBPyConnection
) -> Iterator[tuple[str, Bar | None, list[Timed]]]:
    """What is timed, with its bar: pairs of ours and the peer's."""
    yield (
        f"first {IN_SIGHT} rows after a new sort",
        BAR,
        [
            (
                partial(first_of_ours, reader, everything(sort=sort)),
                partial(_first_of_duckdb, bare, sort),
            )
            for sort in SORTS
        ],
    )
    yield (
        "the whole order after it",
        None,
        [
            (partial(reader.order, everything(sort=sort)), partial(_order_of_duckdb, bare, sort))
            for sort in SORTS
        ],
    )
    yield (
        f"first {IN_SIGHT} rows after a substring",
        BAR,
        [
            (
                partial(first_of_ours, reader, everything(word)),
                partial(_first_of_duckdb, bare, "start", word),
            )
            for word in WORDS
        ],
    )
    yield (
        "how many a substring finds",
        BAR,
        [
            (
                partial(reader.totals, everything(word), ("handle",)),
                partial(_count_of_duckdb, bare, word),
            )
            for word in WORDS
        ],
    )
    yield (
        "a facet: values with their counts",
        BAR,
        [
            (partial(reader.facet, everything(), key), partial(_facet_of_duckdb, bare, key))
            for key in FACETS
        ],
    )


def lines_of(store: Store, rounds: int) -> list[Line]:
    """Measure on a store. The first round is the first time that anybody sorts by a column."""
    bare = store._connection.cursor()
    bare.execute("USE store")
    lines = []
    for name, bar, pairs in cases(store.reader(), bare):
        taken: tuple[list[float], list[float]] = ([], [])
        for round_no in range(rounds):
            for ours, peer in pairs:
                # In turns: whoever comes second finds the file's pages in memory.
                both = ((ours, taken[0]), (peer, taken[1]))
                for work, found in both if round_no % 2 else reversed(both):
                    found.append(seconds(work))
        ours_s, peer_s = map(statistics.median, taken)
        lines.append(compared(name, ours_s, peer_s, bar, in_ms))
    bare.close()
    return lines


def measured(rows: int, rounds: int) -> list[Line]:
    with store_of(rows) as store:
        return lines_of(store, rounds)


def main(arguments: list[str] | None = None) -> None:
    given = options(__doc__, rows=1_000_000, rounds=5).parse_args(arguments)
    lines = measured(given.rows, given.rounds)
    notes = (
        f"{given.rows:,} rows in an encrypted file, {len(CELLS)} cells a row; medians over"
        f" {given.rounds} rounds of {len(SORTS)} columns, {len(WORDS)} words, {len(FACETS)} facets."
        " Contacts are copied by SQL from some thousand derived ones."
    )
    print(table(TITLE, notes, lines))


if __name__ == "__main__":
    main()
