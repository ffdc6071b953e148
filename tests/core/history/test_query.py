"""What the person asks to see, as SQL over a real store."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.core.history import folding
from desktop_app.core.history.clock import Clock
from desktop_app.core.history.columns import COLUMNS, Kind
from desktop_app.core.history.filters import FilterMistake
from desktop_app.core.history.query import Query, folded, order_by, sort_key, where
from desktop_app.core.history.store import Store
from tests.core.history.history_samples import DAY, HOUR_MS, ids, in_memory, put, stored

TEXTS = {
    "polish": "Łukasz Żak",
    "french": "Éléonore d'Œuvres",
    "japanese": "佐藤 花子",
    "german": "Straße 50% _x_",
    "quoted": 'says "hello there" twice',
    "trademark": "Acme™ Ⅸ",
}


@pytest.fixture(scope="module")
def texts() -> Iterator[Store]:
    with in_memory() as store:
        put(store, *(stored(id_, customer=cell) for id_, cell in TEXTS.items()))
        yield store


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", set(TEXTS)),
        ("   ", set(TEXTS)),
        ('""', set(TEXTS)),
        ("lukasz", {"polish"}),
        ("ŁUKASZ zak", {"polish"}),
        ("zak lukasz", {"polish"}),
        ('"zak lukasz"', set()),
        ('"łukasz ż', {"polish"}),
        ("eleonore oeuvres", {"french"}),
        ("花子", {"japanese"}),
        ("strasse", {"german"}),
        ("STRASSE", {"german"}),
        ("50%", {"german"}),
        ('"5_%"', set()),
        ("_x_", {"german"}),
        ('"hello there"', {"quoted"}),
        ("hello twice", {"quoted"}),
        ("acmetm ix", {"trademark"}),
        ("™", {"trademark"}),
        ("\ud800acme", {"trademark"}),
    ],
)
def test_words_are_found_whatever_case_and_accents(
    texts: Store, text: str, found: set[str]
) -> None:
    assert set(ids(texts, text=text)) == found


def test_words_do_not_reach_from_one_cell_into_the_next() -> None:
    with in_memory() as store:
        put(store, stored("c", customer="Ana", agents=("Ruiz",)))
        assert ids(store, text="ana ruiz") == ["c"]
        assert ids(store, text='"ana ruiz"') == []


@given(st.text(max_size=30))
def test_folding_twice_changes_nothing(text: str) -> None:
    once = folded(text)
    assert folded(once) == once


@given(st.text(max_size=30), st.integers(0, 30), st.integers(0, 30))
def test_any_part_of_a_text_finds_it(text: str, begin: int, end: int) -> None:
    assert folded(text[begin:end]) in folded(text)


INJECTIONS = (
    "'; DROP TABLE contact; --",
    "' OR '1'='1",
    '" OR 1=1 --',
    "%' UNION SELECT value FROM meta --",
    "\\'; DELETE FROM contact; --",
    "?; ATTACH 'x.duckdb'",
    "$1",
    "{{no}}",
    "/* */ 1",
    "no; PRAGMA database_list",
    "'||(SELECT raw FROM contact)||'",
    "\0' OR 1=1",
    "COPY contact TO 'stolen.csv'",
)


@pytest.mark.parametrize("text", INJECTIONS)
def test_T40_sql_in_the_text_is_text(text: str) -> None:
    words = '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    with in_memory() as store:
        put(store, stored("hit", customer=f"about {text} it"), stored("other", customer="x"))
        for asked in (words, f"customer:{words}", f"-customer={words} customer:about"):
            assert ids(store, text=asked) == ["hit"]
        with contextlib.suppress(FilterMistake):  # read as conditions, it may be nonsense
            ids(store, text=text)
        assert set(ids(store)) == {"hit", "other"}


@pytest.mark.parametrize("text", [*INJECTIONS, "no", "raw", "c_start", "", "START"])
def test_T40_a_key_that_is_no_columns_never_becomes_sql(texts: Store, text: str) -> None:
    reader = texts.reader()
    with pytest.raises(KeyError):
        reader.order(Query(0, DAY * 2, sort=text))
    with pytest.raises(KeyError):
        reader.rows([1], ["customer", text])
    assert set(ids(texts)) == set(TEXTS)


_TEXT = st.text(st.sampled_from("aAbBéÉzZñ 1-佐"), max_size=4)
_BY_KIND: dict[Kind, st.SearchStrategy[Any]] = {
    Kind.INSTANT: st.integers(0, 2**45),
    Kind.DURATION: st.integers(0, 10),
    Kind.COUNT: st.integers(0, 3),
    Kind.NUMBER: st.floats(1, 5),
    Kind.TEXT: _TEXT,
    Kind.LIST: st.lists(_TEXT, max_size=3).map(tuple),
    Kind.FLAG: st.booleans(),
    Kind.ID: _TEXT,
}
# "start" and "conversation_id" are columns too, but not free to be empty.
_KEYS = {
    kind: next(
        found.key
        for found in COLUMNS
        if found.kind is kind and found.key not in ("start", "conversation_id")
    )
    for kind in Kind
}


def plain(value: Any) -> Any:
    if isinstance(value, tuple):
        value = "\x1f".join(value)
    if not isinstance(value, str):
        return value
    return folding.plain(value) or None


@pytest.mark.parametrize("kind", list(Kind))
@settings(max_examples=8)
@given(data=st.data(), descending=st.booleans())
def test_rows_sort_by_what_they_mean(kind: Kind, data: st.DataObject, descending: bool) -> None:
    """By value, text by its plain letters; empty cells last; ties by newest start, then number."""
    cells = data.draw(st.lists(st.none() | _BY_KIND[kind], min_size=1, max_size=12))
    starts = data.draw(st.lists(st.integers(0, 3), min_size=len(cells), max_size=len(cells)))
    rows = list(enumerate(zip(cells, starts, strict=True)))
    full = [row for row in rows if plain(row[1][0]) is not None]
    empty = [row for row in rows if plain(row[1][0]) is None]
    for part in (full, empty):
        part.sort(key=lambda row: (-row[1][1], row[0]))
    full.sort(key=lambda row: plain(row[1][0]), reverse=descending)  # keeps the order of ties
    with in_memory() as store:
        key = _KEYS[kind]
        put(
            store,
            *(stored(str(no), DAY + start, raw="{}", **{key: cell}) for no, (cell, start) in rows),
        )
        found = ids(store, sort=key, descending=descending)
    assert found == [str(no) for no, _ in full + empty]


def test_the_default_order_is_newest_first() -> None:
    with in_memory() as store:
        put(store, stored("a", DAY), stored("b", DAY + 2), stored("c", DAY + 1))
        assert ids(store) == ["b", "c", "a"]
        assert ids(store, descending=False) == ["a", "c", "b"]


def test_every_column_sorts() -> None:
    with in_memory() as store:
        put(store, stored("a"))
        for found in COLUMNS:
            assert sort_key(found) in order_by(Query(0, 1, sort=found.key))
            assert ids(store, sort=found.key) == ["a"]


def test_the_range_is_half_open() -> None:
    with in_memory() as store:
        put(store, stored("before", 9), stored("first", 10), stored("end", 20))
        assert ids(store, 10, 20) == ["first"]


def test_a_filter_that_cannot_be_read_asks_for_nothing() -> None:
    query = Query(0, 1, text="quue:x")
    for ask in (where, lambda query: query.filter):
        with pytest.raises(FilterMistake, match="Did you mean queue"):
            ask(query)


def test_a_query_s_clock_says_what_its_dates_mean() -> None:
    tokyo = Clock(ZoneInfo("Asia/Tokyo"), lambda: DAY + 20 * HOUR_MS)
    with in_memory() as store:
        put(store, stored("yesterday", DAY), stored("today", DAY + 16 * HOUR_MS))
        assert ids(store, text="on:today", clock=tokyo) == ["today"]
        assert ids(store, text="hour:9", clock=tokyo) == ["yesterday"]
        assert ids(store, text="hour:0") == ["yesterday"]
