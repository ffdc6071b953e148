"""The store: what was written stays, whole, whatever happens to the process or the disk."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from desktop_app.core.errors import StoreError, StoreFull, StoreLocked
from desktop_app.core.genesys import wire
from desktop_app.core.history.coverage import Slice, Span
from desktop_app.core.history.failures import meaning
from desktop_app.core.history.schema import stored_contact
from desktop_app.core.history.store import Store
from tests.core.history.history_samples import (
    DAY,
    HOUR_MS,
    ROOT,
    TODAY,
    conversation,
    ids,
    in_memory,
    opened,
    position,
    put,
    stored,
)
from tests.core.history.store_process import PER_PAGE, next_page, write

KILLS = int(os.environ.get("STORE_KILLS", "12"))  # safety F16 asks for 200 before a release

CUTS = int(os.environ.get("STORE_CUTS", "20"))  # safety F17: each byte of the last page

_POSIX = pytest.mark.skipif(os.name != "posix", reason="signals and limits of POSIX")


def process(what: str, folder: Path, number: int = 0) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.core.history.store_process", what, str(folder), str(number)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def span(synced_ms: int, inside: Slice = TODAY, doubt: str = "") -> Span:
    return Span(inside.start_ms, inside.end_ms, synced_ms, 3, doubt)


# --- pages, positions, spans --------------------------------------------------------------------


def test_a_page_comes_with_its_position_and_names() -> None:
    with in_memory() as store:
        at = replace(position(7), total_hits=612, moved=True, unreadable=2)
        store.write_page([stored("a"), stored("b")], {("user", "u"): "Łukasz Żak"}, at)
        assert store.position(TODAY) == at
        assert store.positions(DAY, DAY + 2) == []
        assert store.positions(TODAY.start_ms, TODAY.end_ms) == [at]
        assert store.names() == {("user", "u"): "Łukasz Żak"}
        assert store.naming()("user", "u") == "Łukasz Żak"
        assert store.ids_of_pass(TODAY, at.pass_ms) == {"a", "b"}
        assert ids(store, descending=False) == ["a", "b"]


def test_a_page_that_fails_leaves_nothing() -> None:
    with in_memory() as store:
        put(store, stored("kept"))
        before = store.position(TODAY)
        impossible = replace(position(9), pass_no=2**40)  # after contacts and names were put in
        with pytest.raises(StoreError):
            store.write_page([stored("new")], {("user", "u"): "x"}, impossible)
        assert (ids(store), store.position(TODAY), store.names()) == (["kept"], before, {})
        put(store, stored("next"))
        assert set(ids(store)) == {"kept", "next"}


def test_a_page_that_can_not_be_put_in_leaves_nothing_and_the_next_one_goes_in() -> None:
    nothing: Any = None
    with in_memory() as store:
        put(store, stored("kept"))
        with pytest.raises(StoreError, match="ConstraintException"):  # not what comes of it
            put(store, stored("kept", customer="new"), stored("bad", raw=nothing))
        put(store, stored("next"))
        assert ids(store, sort="conversation_id", descending=False) == ["kept", "next"]
        assert ids(store, text="new") == []


def test_a_contact_that_is_read_again_keeps_its_number() -> None:
    with in_memory() as store:
        reader = store.reader()
        put(store, stored("a", customer="before"), stored("b"))
        put(store, stored("c"), stored("a", customer="after"), pass_ms=6)
        rows = reader.rows(range(1, 9), ["conversation_id", "customer"])
        found = {row.cells[0]: (row.no, row.cells[1]) for row in rows.values()}
        assert found["a"] == (1, "after")
        assert len({no for no, _ in found.values()}) == 3


def test_a_contact_twice_on_a_page_is_one() -> None:
    with in_memory() as store:
        put(store, stored("a", customer="first"), stored("a", customer="second"))
        assert ids(store) == ["a"]
        assert ids(store, text="second") == ["a"]


def test_the_end_drops_what_the_last_pass_did_not_meet_and_counts_it() -> None:
    with in_memory() as store:
        outside = stored("outside", TODAY.end_ms)
        put(store, stored("gone"), stored("stays"), outside, stored("gone too", DAY + 1))
        put(store, stored("stays"), pass_ms=6)
        assert store.write_end(span(6), pass_ms=6) == 2
        assert set(ids(store)) == {"stays", "outside"}
        assert store.position(TODAY) is None
        assert store.spans(DAY, DAY + 1) == [span(6)]


def test_the_end_of_a_day_replaces_what_was_known_of_its_parts() -> None:
    part = Slice(DAY + HOUR_MS, DAY + 2 * HOUR_MS)
    with in_memory() as store:
        store.write_end(span(5, part), pass_ms=0)
        store.write_page([], {}, position(3, inside=part))
        store.write_end(span(6, doubt="moving"), pass_ms=0)
        assert store.spans(0, 2**60) == [span(6, doubt="moving")]
        assert store.positions(0, 2**60) == []


def test_T34_what_is_older_than_the_policy_allows_is_gone_and_no_longer_counts_as_read() -> None:
    with in_memory() as store:
        put(
            store,
            stored("old", DAY),
            stored("edge", DAY + 6 * HOUR_MS),
            stored("new", DAY + 12 * HOUR_MS),
        )
        store.write_end(Span(DAY, DAY + 12 * HOUR_MS, 9, 3), pass_ms=5)
        before = DAY + 6 * HOUR_MS
        assert store.purge(before) == 1
        assert sorted(ids(store)) == ["edge", "new"]
        (span,) = store.spans(DAY, DAY + 24 * HOUR_MS)
        assert (span.start_ms, span.end_ms) == (before, DAY + 12 * HOUR_MS)
        assert store.purge(DAY + 24 * HOUR_MS) == 2
        assert ids(store) == [] and store.spans(DAY, DAY + 24 * HOUR_MS) == []


def test_a_reopened_store_has_all_of_it_and_goes_on_numbering(tmp_path: Path) -> None:
    at = position(4)
    store = opened(tmp_path)
    store.write_page([stored("a"), stored("b")], {("queue", "q"): "Billing"}, at)
    store.write_end(span(5, Slice(0, HOUR_MS)), pass_ms=0)
    store.close()
    store = opened(tmp_path)
    assert set(ids(store)) == {"a", "b"}
    assert (store.position(TODAY), store.names()) == (at, {("queue", "q"): "Billing"})
    assert store.spans(0, 1) == [span(5, Slice(0, HOUR_MS))]
    put(store, stored("c"))
    assert set(store.reader().rows(range(9), ["customer"])) == {1, 2, 3}
    store.close()


def test_an_unlikely_number_is_an_empty_cell() -> None:
    with in_memory() as store:
        put(store, stored("a", talk=2**63, handle=-(2**70), hold=2**62), stored("b", talk=0))
        rows = store.reader().rows([1, 2], ["talk", "handle", "hold"])
        assert [rows[no].cells for no in (1, 2)] == [(None, None, 2**62), (0, None, None)]


def test_cells_of_every_kind_come_back(tmp_path: Path) -> None:
    names = ("Żak → Ana", 'a "quote", a comma', "a\x1fb", "")
    cells: dict[str, Any] = {
        "agents": names,
        "flagged": False,
        "mos": 4.25,
        "media": "",
        "talk": 0,
        "queues": (),
    }
    store = opened(tmp_path)
    contact = replace(stored("a", **cells), attributes={"Tier": "Gold", "it's": 'a "b"'})
    put(store, contact, stored("b"))
    row = store.reader().rows([1], [*cells, "attr.it's", "attr.none"])[1]
    assert row.cells == (names, False, 4.25, None, 0, None, 'a "b"', None)
    assert set(store.reader().rows([2], list(cells))[2].cells) == {None}
    store.close()


# --- odd text -----------------------------------------------------------------------------------

ODD = {
    "nul": "a\0b",
    "emoji": "👩🏽‍💻 €",
    "turned": "\u202eabc\u2066",
    "quotes": "'\"\\`;--",
    "breaks": "a\r\n\t\u2028b",
    "huge": "x" * 2_000_000,
    "unassigned": "\U0010fffe\uffff",
}


@pytest.mark.parametrize("name", ODD)
def test_odd_text_comes_back_as_it_was(name: str) -> None:
    text = ODD[name]
    with in_memory() as store:
        contact = stored(f"c-{name}", raw=f'"{text}"', customer=text)
        store.write_page([contact, stored("other")], {("user", f"u{text}"): text}, position())
        reader = store.reader()
        assert reader.rows([1], ["customer"])[1].cells == (text,)
        assert reader.raw(1) == f'"{text}"'.encode()
        assert store.names() == {("user", f"u{text}"): text}


@pytest.mark.parametrize(
    ("told", "read"),
    [
        (rb"a\u0000b", "a\0b"),
        (rb"\ud83d\ude00", "😀"),
        (rb"cut \ud800", "cut �"),
        (rb"\udc00\ud83d", "��"),
        (rb"\\ud800 is text", r"\ud800 is text"),
        (b"cut \xf0\x9f\x98", "cut �"),
    ],
)
def test_a_conversation_with_cut_text_is_kept(told: bytes, read: str) -> None:
    told = conversation("c", DAY)[:-1] + b',"externalTag":"' + told + b'"}'
    page = wire.decode(b'{"conversations":[' + told + b"]}", wire.ConversationPage)
    assert page.conversations
    raw = bytes(page.conversations[0])
    contact = stored_contact(raw, wire.decode(raw, wire.Conversation), lambda kind, id_: None)
    assert contact
    with in_memory() as store:
        put(store, contact)
        reader = store.reader()
        assert reader.rows([1], ["external_tag"])[1].cells == (read,)
        kept = reader.raw(1)
        assert kept is not None
        assert wire.decode(kept, wire.Conversation).external_tag == read


# --- other processes, kills, full disks ---------------------------------------------------------


def test_a_second_process_is_told_that_the_store_is_in_use(tmp_path: Path) -> None:
    with process("hold", tmp_path) as holder:
        assert holder.stdout and holder.stdin
        assert holder.stdout.readline() == "open\n"
        with pytest.raises(StoreLocked, match="Another window"):
            opened(tmp_path)
        holder.stdin.close()
        assert holder.wait() == 0
    opened(tmp_path).close()


def assert_whole(store: Store, acknowledged: int) -> None:
    """Every page up to the position is there entirely, and nothing of the one after it."""
    after = next_page(store)
    assert after > acknowledged
    expected = {f"{n:06}-{row}" for n in range(1, after) for row in range(PER_PAGE)}
    assert set(ids(store)) == expected


@_POSIX
@pytest.mark.timeout(60 + 10 * KILLS)
def test_F16_a_kill_loses_no_acknowledged_page_and_leaves_no_part_of_one(tmp_path: Path) -> None:
    dice = random.Random(16)
    for _ in range(KILLS):
        with process("write", tmp_path) as writer:
            assert writer.stdout
            lines = [writer.stdout.readline() for _ in range(dice.randint(1, 9))]
            writer.kill()
            lines += writer.stdout.readlines()
        store = opened(tmp_path)
        assert not store.why_in_memory
        assert_whole(store, int([line for line in lines if line.endswith("\n")][-1]))
        store.close()
    assert not list(tmp_path.glob("*set-aside*"))


@pytest.mark.timeout(60 + CUTS)
def test_F17_a_log_that_was_cut_anywhere_loses_its_last_page_and_no_other(tmp_path: Path) -> None:
    folder = tmp_path / "lost"
    with process("write", folder) as writer:
        assert writer.stdout
        ends = []  # of the log after each page
        for number in range(1, 4):
            assert writer.stdout.readline() == f"{number}\n"
            ends.append((folder / "history.duckdb.wal").stat().st_size)
        writer.kill()
    database, log = (
        (folder / name).read_bytes() for name in ("history.duckdb", "history.duckdb.wal")
    )
    last = range(ends[1], ends[2])
    for cut in {*last[:3], *last[-3:], *random.Random(17).sample(last, min(CUTS, len(last)))}:
        after = tmp_path / str(cut)
        after.mkdir()
        (after / "history.duckdb").write_bytes(database)
        (after / "history.duckdb.wal").write_bytes(log[:cut])
        store = opened(after)
        assert not store.why_in_memory
        assert_whole(store, 2)
        write(store, next_page(store))
        store.close()
        assert not list(after.glob("*set-aside*"))
        shutil.rmtree(after)


@_POSIX
def test_F18_a_full_disk_stops_cleanly_and_keeps_what_was_read(tmp_path: Path) -> None:
    with process("fill", tmp_path) as filler:
        assert filler.stdout
        said = filler.stdout.readline().strip()
    assert said.isdigit() and int(said) > 3
    store = opened(tmp_path)
    assert_whole(store, int(said))
    store.close()


@pytest.mark.parametrize(
    "message",
    [
        'IO Error: Could not write file "x": No space left on device',
        'IO Error: Could not write file "x": Disk quota exceeded',
        "Out of Memory Error: failed to offload: not enough space",
    ],
)
def test_F18_a_full_disk_is_called_by_its_name(message: str) -> None:
    failure = meaning(duckdb.IOException(message))
    assert isinstance(failure, StoreFull)
    assert "free some space" in failure.sentence


def test_a_failure_quotes_no_customer() -> None:
    failure = meaning(duckdb.ConstraintException('duplicate key "+44 20 7946 0123"'))
    assert "7946" not in str(failure)
