"""Reading the store while it is written."""

from __future__ import annotations

import threading

import pytest

from desktop_app.core.errors import StoreError
from desktop_app.core.history.columns import COLUMNS
from desktop_app.core.history.query import Query
from tests.core.history.history_samples import DAY, ids, in_memory, position, put, stored

ALL = Query(0, 2**60)


def test_rows_come_with_the_cells_that_were_asked_for() -> None:
    with in_memory() as store:
        put(store, stored("a", customer="Ana", talk=1500, flagged=True, mos=4.25))
        row = store.reader().rows([1, 99], ["mos", "talk", "flagged", "customer", "agents"])
        assert set(row) == {1}
        assert row[1].cells == (4.25, 1500, True, "Ana", None)
        assert row[1].state == "good"


def test_every_column_can_be_read() -> None:
    with in_memory() as store:
        put(store, stored("a"))
        cells = store.reader().rows([1], [column.key for column in COLUMNS])[1].cells
        assert len(cells) == len(COLUMNS)
        assert set(cells) == {None, DAY, "a", 5}  # 5: when it was read


def test_no_numbers_and_no_contacts_are_no_trouble() -> None:
    with in_memory() as store:
        reader = store.reader()
        assert reader.rows([], ["customer"]) == {}
        assert reader.rows([7], ["customer"]) == {}
        assert reader.raw(7) is None
        assert reader.order(ALL).tolist() == []
        assert reader.order(ALL).dtype.name == "int64"
        assert reader.count(0, 2**60) == 0


def test_a_count_is_of_starts_inside_the_range() -> None:
    with in_memory() as store:
        put(store, stored("a", 10), stored("b", 19), stored("c", 20))
        assert store.reader().count(10, 20) == 2


def test_the_raw_conversation_comes_back_as_bytes() -> None:
    with in_memory() as store:
        put(store, stored("a", raw='{"a":"é"}'))
        assert store.reader().raw(1) == '{"a":"é"}'.encode()


def test_two_readers_see_whole_transactions() -> None:
    """While pages of ten come in, no reader ever counts a part of one."""
    seen: dict[str, set[int]] = {"first": set(), "second": set()}
    written = threading.Event()
    with in_memory() as store:

        def watch(name: str) -> None:
            reader = store.reader()
            while not written.is_set():
                seen[name].add(len(reader.order(ALL)))
            seen[name].add(len(reader.order(ALL)))

        readers = [threading.Thread(target=watch, args=(name,)) for name in seen]
        for thread in readers:
            thread.start()
        for page in range(20):
            store.write_page([stored(f"{page}-{n}") for n in range(10)], {}, position(page + 2))
        written.set()
        for thread in readers:
            thread.join()
    assert all(counts <= set(range(0, 201, 10)) for counts in seen.values())
    assert all(200 in counts for counts in seen.values())


def test_a_deleted_contact_is_gone_for_readers_that_were_open() -> None:
    with in_memory() as store:
        reader = store.reader()
        put(store, stored("a"), stored("b"))
        assert len(reader.order(ALL)) == 2
        put(store, stored("b"), pass_ms=6)
        store._connection.execute("DELETE FROM contact WHERE pass_ms < 6")
        assert set(reader.rows([1, 2], ["customer"])) == {2}
        put(store, stored("a"), pass_ms=7)
        assert set(ids(store)) == {"a", "b"}


def test_an_interrupted_search_ends_with_an_error_of_the_tree() -> None:
    with in_memory() as store:
        reader = store.reader()
        store._connection.execute(
            "INSERT INTO contact (no, conversation_id, start_ms, pass_ms, state, haystack, raw,"
            " c_external_tag) SELECT i, i::VARCHAR, 5, 5, 'good', '', '', md5(i::VARCHAR)"
            " FROM range(300000) t(i)"
        )
        failures: list[Exception] = []

        def search() -> None:
            try:
                while True:
                    reader.order(Query(0, 10, sort="external_tag"))
            except StoreError as error:
                failures.append(error)

        searching = threading.Thread(target=search)
        searching.start()
        while searching.is_alive():
            reader.interrupt()
            searching.join(0.01)
        assert [str(failure) for failure in failures] == [
            "The search was stopped because a newer one replaced it."
        ]
        assert len(reader.order(Query(0, 10))) == 300_000


def test_a_closed_reader_says_so_in_the_trees_words() -> None:
    with in_memory() as store:
        reader = store.reader()
        reader.close()
        with pytest.raises(StoreError):
            reader.order(ALL)
