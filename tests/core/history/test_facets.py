"""Values with counts, sums, and what the store holds of a contact besides what the service says."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import pytest

from desktop_app.core.genesys import wire
from desktop_app.core.history.facets import Facet, Totals
from desktop_app.core.history.query import Query
from desktop_app.core.history.schema import StoredContact, stored_contact
from desktop_app.core.history.store import Store
from tests.core.history.history_samples import DAY, ids, in_memory, iso, put, stored

ALL = Query(DAY, DAY + 86_400_000)
HOUR = 3_600_000


@pytest.fixture
def store() -> Iterator[Store]:
    with in_memory() as made:
        yield made


def filled(store: Store) -> None:
    put(
        store,
        stored("a", DAY, media="Voice", queues=("Billing", "Claims"), handle=1000, ani="+1"),
        stored("b", DAY + 1, media="Voice", queues=("Billing",), handle=5000),
        stored("c", DAY + 2, media="", queues=(), handle=None),
    )


def numbers(store: Store) -> list[int]:
    return list(store.reader().order(replace(ALL, descending=False)))


def test_values_are_counted_the_commonest_first_and_empty_cells_are_one_of_them(
    store: Store,
) -> None:
    filled(store)
    reader = store.reader()
    assert reader.facet(ALL, "media") == [Facet("Voice", 2), Facet(None, 1)]
    assert reader.facet(ALL, "queues") == [Facet("Billing", 2), Facet("Claims", 1), Facet(None, 1)]


def test_a_search_finds_letters_whatever_their_case_and_accents(store: Store) -> None:
    put(store, stored("a", agents=("Łukasz Żak", "Ana")), stored("b", agents=("ANA",)))
    assert store.reader().facet(ALL, "agents", search="lukasz") == [Facet("Łukasz Żak", 1)]
    assert store.reader().facet(ALL, "agents", search="an", limit=1) == [Facet("ANA", 1)]


def test_a_filter_narrows_the_counts(store: Store) -> None:
    filled(store)
    assert store.reader().facet(replace(ALL, text="queue:claims"), "media") == [Facet("Voice", 1)]


def test_only_columns_are_counted(store: Store) -> None:
    with pytest.raises(KeyError):
        store.reader().facet(ALL, "media; DROP TABLE contact")
    with pytest.raises(KeyError):
        store.reader().totals_of([1], "media")


def test_sums_leave_empty_cells_out(store: Store) -> None:
    filled(store)
    expected = Totals(2, 6000.0, 3000.0, 3000.0, 1000.0, 5000.0)
    reader = store.reader()
    assert reader.totals(ALL, ["handle", "talk"]) == {
        "handle": expected,
        "talk": Totals(0, None, None, None, None, None),
    }
    assert reader.totals_of(np.array(numbers(store), dtype=np.int64), "handle") == expected
    assert reader.totals_of(numbers(store)[:1], "handle").sum == 1000.0
    assert reader.totals_of([], "handle").count == 0


def test_the_first_are_those_of_the_whole_order(store: Store) -> None:
    filled(store)
    reader = store.reader()
    for sort in ("handle", "media", "queues", "start"):
        query = replace(ALL, sort=sort)
        order = list(reader.order(query))
        rows = reader.rows(order, ["media", "queues"])
        assert reader.first_rows(query, ["media", "queues"], 2) == [rows[no] for no in order[:2]]
    with pytest.raises(KeyError):
        reader.first_rows(ALL, ["no; DROP TABLE contact"], 2)


def test_lists_sort_by_their_plain_letters_and_empty_ones_come_last(store: Store) -> None:
    agents = {"a": ("łukasz", "Ana"), "b": ("LUKASZ",), "c": (), "d": ("Ana", "Zoe"), "e": ("ana",)}
    put(store, *(stored(id_, agents=names) for id_, names in agents.items()))
    assert ids(store, sort="agents", descending=False) == ["e", "d", "b", "a", "c"]
    assert ids(store, sort="agents") == ["a", "b", "d", "e", "c"]


# --- attributes ---------------------------------------------------------------------------------


def with_attributes(id_: str, **attributes: str) -> StoredContact:
    return replace(stored(id_), attributes=attributes)


def test_attributes_are_columns_to_read_sort_count_and_filter_by(store: Store) -> None:
    hostile = 'it\'s "x"; --'
    put(
        store,
        with_attributes("a", Tier="Gold", **{hostile: "1"}),
        with_attributes("b", Tier="Basic"),
        stored("c"),
    )
    reader = store.reader()
    order = list(reader.order(replace(ALL, sort="attr.Tier", descending=False)))
    cells = reader.rows(order, ["attr.Tier", f"attr.{hostile}"])
    assert [cells[number].cells for number in order] == [
        ("Basic", None),
        ("Gold", "1"),
        (None, None),
    ]
    assert reader.facet(ALL, "attr.Tier") == [Facet("Basic", 1), Facet("Gold", 1), Facet(None, 1)]
    assert len(reader.order(replace(ALL, text="attr.Tier=gold"))) == 1
    assert reader.attribute_keys("", 10) == [Facet("Tier", 2), Facet(hostile, 1)]
    assert reader.attribute_keys("tie", 10) == [Facet("Tier", 2)]


# --- versions -----------------------------------------------------------------------------------


def as_read(
    id_: str,
    *,
    end: bool = True,
    wrapup: str = "",
    start_ms: int = DAY,
    attributes: Mapping[str, str] | None = None,
) -> StoredContact:
    code = f', "wrapUpCode": "{wrapup}"' if wrapup else ""
    ended = f', "conversationEnd": "{iso(start_ms + HOUR)}"' if end else ""
    until = f', "segmentEnd": "{iso(start_ms + HOUR)}"' if end else ""
    carried = f', "attributes": {json.dumps(attributes)}' if attributes else ""
    raw = (
        f'{{"conversationId": "{id_}", "conversationStart": "{iso(start_ms)}"{ended},'
        ' "participants": [{"participantId": "p", "purpose": "agent", "userId": "u"'
        f'{carried}, "sessions": [{{"mediaType": "voice",'
        f' "segments": [{{"segmentType": "wrapup", "segmentStart": "{iso(start_ms)}"'
        f"{until}{code}}}]}}]}}]}}"
    ).encode()
    found = stored_contact(raw, wire.decode(raw, wire.Conversation), lambda kind, item: None)
    assert found is not None
    return found


def changed(store: Store) -> list[str]:
    query = replace(ALL, text="changed:yes", sort="conversation_id", descending=False)
    reader = store.reader()
    found = list(reader.order(query))
    rows = reader.rows(found, ["conversation_id"])
    return [str(rows[number].cells[0]) for number in found]


def test_what_genesys_rewrites_is_marked_and_the_earlier_reading_kept(store: Store) -> None:
    put(store, as_read("a"), as_read("b"), pass_ms=10)
    put(store, as_read("a", wrapup="refund"), as_read("b"), pass_ms=20)
    assert changed(store) == ["a"]
    reader = store.reader()
    (number,) = reader.order(replace(ALL, text="changed:yes"))
    assert reader.rows([number], ["changed_at"])[number].cells == (20,)
    (version,) = reader.versions(number)
    assert version.seen_ms == 10 and b"refund" not in version.raw
    assert b"refund" in (reader.raw(number) or b"")
    put(store, as_read("a", wrapup="refund"), pass_ms=30)
    assert len(reader.versions(number)) == 1


def test_a_contact_that_has_gone_on_is_no_news(store: Store) -> None:
    put(store, as_read("a", end=False), pass_ms=10)
    put(store, as_read("a", wrapup="refund"), pass_ms=20)
    assert changed(store) == []


def test_the_same_told_in_another_order_is_no_news(store: Store) -> None:
    first = as_read("a")
    raw = first.raw.replace(
        '"purpose": "agent", "userId": "u"', '"userId": "u", "purpose": "agent"'
    )
    again = stored_contact(
        raw.encode(), wire.decode(raw.encode(), wire.Conversation), lambda kind, item: None
    )
    assert again is not None and again.raw != first.raw
    put(store, first, pass_ms=10)
    put(store, again, pass_ms=20)
    assert changed(store) == []


def test_attributes_that_a_job_brings_later_are_no_news(store: Store) -> None:
    first = as_read("a")
    again = as_read("a", attributes={"Tier": "2"})
    assert again.attributes == {"Tier": "2"}
    put(store, first, pass_ms=10)
    put(store, again, pass_ms=20)
    assert changed(store) == []
    (number,) = numbers(store)
    assert store.reader().rows([number], ["attr.Tier"])[number].cells == ("2",)


def test_attributes_stay_when_a_reading_brings_none(store: Store) -> None:
    """A contact that a job has read is read again singly, or by a query (quirk 1)."""
    by_job = as_read("a", attributes={"Tier": "2"}, end=False)
    put(store, by_job, as_read("b"), pass_ms=10)
    put(store, as_read("a", wrapup="sale"), as_read("b"), pass_ms=20)
    reader = store.reader()
    first, second = reader.rows(numbers(store), ["attr.Tier", "wrapups"]).values()
    assert [first.cells, second.cells] == [("2", ("sale",)), (None, None)]
    told = wire.decode(reader.raw(first.no) or b"", wire.Conversation)
    assert [each.attributes for each in told.participants or ()] == [{"Tier": "2"}]
    put(store, as_read("a", attributes={"Tier": "3"}), pass_ms=30)
    assert reader.rows([first.no], ["attr.Tier"])[first.no].cells == ("3",)


def test_what_was_looked_at_is_news_no_more_until_it_changes_again(store: Store) -> None:
    put(store, as_read("a"), pass_ms=10)
    put(store, as_read("a", wrapup="refund"), pass_ms=20)
    store.mark_seen(numbers(store))
    assert changed(store) == []
    put(store, as_read("a", wrapup="sale"), pass_ms=30)
    assert changed(store) == ["a"]
    assert len(store.reader().versions(numbers(store)[0])) == 2


def test_versions_go_with_their_contact(store: Store) -> None:
    put(store, as_read("a"), pass_ms=10)
    put(store, as_read("a", wrapup="refund"), pass_ms=20)
    (number,) = numbers(store)
    store.purge(DAY + HOUR)
    assert store.reader().versions(number) == []


# --- one's own ----------------------------------------------------------------------------------


def test_marks_and_notes_stay_when_a_contact_is_read_again(store: Store) -> None:
    put(store, as_read("a"), as_read("b"), pass_ms=10)
    first, second = numbers(store)
    store.annotate([first], mark=3, note="call back", reviewed=True)
    put(store, as_read("a", wrapup="refund"), pass_ms=20)
    rows = store.reader().rows([first, second], ["mark", "note", "reviewed", "tag"])
    assert rows[first].cells == (3, "call back", True, None)
    assert rows[second].cells == (None, None, None, None)
    store.annotate([first], mark=None)
    assert store.reader().rows([first], ["mark"])[first].cells == (None,)
    with pytest.raises(KeyError):
        store.annotate([first], conversation_id="x")


def test_contacts_of_one_customer_are_counted_in_time(store: Store) -> None:
    def call(id_: str, start_ms: int, *, ani: str) -> StoredContact:
        return stored(id_, start_ms, direction="Inbound", end=start_ms + 60_000, ani=ani)

    put(
        store,
        call("second", DAY + HOUR, ani="+44 20 7946 0001"),
        call("first", DAY, ani="+44 20 7946 0001"),
        call("other", DAY, ani="+44 20 7946 0002"),
        call("hidden", DAY, ani="anonymous"),
        call("hidden too", DAY + 5, ani="Anonymous"),
        stored("out", DAY + 2 * HOUR, direction="Outbound", dnis="+44 20 7946 0001"),
    )
    store.refresh_repeats()
    reader = store.reader()
    order = list(reader.order(ALL))
    rows = reader.rows(order, ["conversation_id", "nth_contact", "since_previous"])
    found = {row.cells[0]: row.cells[1:] for row in rows.values()}
    assert found == {
        "first": (1, None),
        "second": (2, HOUR - 60_000),
        "out": (3, HOUR - 60_000),
        "other": (1, None),
        "hidden": (None, None),
        "hidden too": (None, None),
    }
