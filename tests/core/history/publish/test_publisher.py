"""New and changed days only; nothing that is published gets lost or worse."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from desktop_app.core.errors import ExportCancelled, TargetRefused
from desktop_app.core.history.coverage import DAY_MS
from desktop_app.core.history.export.request import Shape
from desktop_app.core.history.publish.publisher import _HASHED, Published, Publisher
from desktop_app.core.history.store import Store
from tests.core.history.history_samples import (
    DAY,
    HOUR_MS,
    LATER,
    Service,
    in_memory,
    reading,
    spread,
    stored,
)

FIRST, SECOND, THIRD = "2026-05-27", "2026-05-28", "2026-05-29"
RANGE = (DAY, DAY + 3 * DAY_MS)
PER_DAY = 5


@pytest.fixture
def store() -> Iterator[Store]:
    """Three days, complete."""
    with in_memory() as made:
        sync(made, *RANGE)
        yield made


def sync(store: Store, start_ms: int, end_ms: int, now_ms: int = LATER) -> None:
    days = range(DAY, DAY + 3 * DAY_MS, DAY_MS)
    rows = {id_: at for day in days for id_, at in spread(PER_DAY, day, day + DAY_MS).items()}
    service = Service({id_: at for id_, at in rows.items() if at < now_ms})
    asyncio.run(reading(service, store).sync(start_ms, end_ms, now_ms=now_ms))


def publish(store: Store, folder: Path, now_ms: int = LATER, **options: Any) -> Published:
    more = {key: options.pop(key) for key in ("shapes", "on_day") if key in options}
    publisher = Publisher(store, folder, **{"owner": "o", **options})
    try:
        return publisher.publish(*RANGE, now_ms=now_ms, **more)
    finally:
        publisher.close()


def manifest(folder: Path) -> Any:
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


def days(folder: Path, table: str = "contacts") -> Any:
    return manifest(folder)["tables"][table]["days"]


def files(folder: Path) -> dict[str, int]:
    """When each was written."""
    found = sorted(folder.rglob("*.parquet"))
    return {each.parent.name.removeprefix("utc_day="): each.stat().st_mtime_ns for each in found}


def ids(folder: Path, table: str = "contacts") -> list[str]:
    with duckdb.connect() as connection:
        found = connection.execute(
            "SELECT conversation_id FROM read_parquet(?) ORDER BY ALL",
            [str(folder / table / "*" / "*.parquet")],
        ).fetchall()
    return [row[0] for row in found]


def test_a_second_run_writes_nothing(store: Store, tmp_path: Path) -> None:
    first = publish(store, tmp_path)
    assert (first.written, first.unchanged, first.rows) == (3, 0, 3 * PER_DAY)
    before = files(tmp_path)
    assert list(before) == [FIRST, SECOND, THIRD]
    second = publish(store, tmp_path)
    assert (second.written, second.unchanged, second.rows) == (0, 3, 0)
    assert files(tmp_path) == before
    assert len(ids(tmp_path)) == 3 * PER_DAY


def test_another_store_with_the_same_contacts_writes_nothing(store: Store, tmp_path: Path) -> None:
    publish(store, tmp_path, shapes=list(Shape))
    with in_memory() as other:
        sync(other, DAY + 2 * DAY_MS, DAY + 3 * DAY_MS)  # numbers are handed out otherwise
        sync(other, *RANGE)
        assert publish(other, tmp_path, shapes=list(Shape)).written == 0


def test_a_change_writes_its_day_and_no_other(store: Store, tmp_path: Path) -> None:
    publish(store, tmp_path)
    before = files(tmp_path)
    at = DAY + DAY_MS + HOUR_MS
    store.write_contacts([stored("new", at, media="Chat")], {}, pass_ms=LATER)
    assert publish(store, tmp_path).written == 1
    after = files(tmp_path)
    assert [day for day in after if after[day] != before[day]] == [SECOND]
    store.write_contacts([stored("new", at, media="Voice")], {}, pass_ms=LATER + 1)
    assert publish(store, tmp_path).written == 1
    with duckdb.connect() as connection:
        path = str(tmp_path / "contacts" / f"utc_day={SECOND}" / "*.parquet")
        found = connection.execute(
            "SELECT media FROM read_parquet(?) WHERE conversation_id = 'new'", [path]
        ).fetchall()
    assert found == [("Voice",)]


def test_what_the_store_works_out_by_itself_is_no_change(store: Store, tmp_path: Path) -> None:
    publish(store, tmp_path)
    store.annotate([1], tag="mine")
    store.refresh_repeats()
    assert publish(store, tmp_path).written == 0


def test_a_new_name_writes_only_what_it_is_in(store: Store, tmp_path: Path) -> None:
    shapes = [Shape.CONVERSATION, Shape.SEGMENT]
    publish(store, tmp_path, shapes=shapes)
    store.write_contacts([], {("queue", "unheard-of"): "Sales"}, pass_ms=LATER)
    told = publish(store, tmp_path, shapes=shapes)
    assert (told.written, told.unchanged) == (0, 6)


def test_days_that_are_purged_here_stay_there(store: Store, tmp_path: Path) -> None:
    publish(store, tmp_path)
    before, listed = files(tmp_path), days(tmp_path)
    store.purge(DAY + 2 * DAY_MS)
    told = publish(store, tmp_path)
    assert (told.written, told.unchanged) == (0, 1)
    assert files(tmp_path) == before and days(tmp_path) == listed


def test_a_day_that_is_held_worse_is_kept_as_it_was(store: Store, tmp_path: Path) -> None:
    publish(store, tmp_path)
    before = files(tmp_path)
    with in_memory() as part:
        sync(part, DAY + 6 * HOUR_MS, DAY + DAY_MS)
        told = publish(part, tmp_path)
    assert (told.written, told.kept, told.incomplete) == (0, 1, [])
    assert files(tmp_path) == before and days(tmp_path)[FIRST]["complete"]


def test_a_day_that_goes_on_is_told_as_incomplete_until_it_is_over(tmp_path: Path) -> None:
    noon = DAY + DAY_MS + 12 * HOUR_MS
    with in_memory() as store:
        sync(store, *RANGE, now_ms=noon)
        told = publish(store, tmp_path, now_ms=noon)
        assert told.incomplete == [SECOND] and set(days(tmp_path)) == {FIRST, SECOND}
        entry = days(tmp_path)[SECOND]
        assert not entry["complete"] and entry["why"] == "the day goes on"
        assert entry["synced"] == "2026-05-28T12:00:00.000Z"
        sync(store, *RANGE)
        told = publish(store, tmp_path)
    assert told.incomplete == [] and set(days(tmp_path)) == {FIRST, SECOND, THIRD}
    assert all(entry["complete"] for entry in days(tmp_path).values())
    assert len(ids(tmp_path)) == 3 * PER_DAY


def test_a_day_without_contacts_has_an_empty_file(tmp_path: Path) -> None:
    with in_memory() as store:
        asyncio.run(reading(Service({}), store).sync(*RANGE, now_ms=LATER))
        told = publish(store, tmp_path)
    assert (told.written, told.rows) == (3, 0)
    assert ids(tmp_path) == [] and days(tmp_path)[FIRST]["rows"] == 0


@pytest.mark.parametrize("harm", ["gone", "cut"])
def test_a_file_that_was_harmed_is_written_again(store: Store, tmp_path: Path, harm: str) -> None:
    publish(store, tmp_path)
    path = tmp_path / "contacts" / f"utc_day={SECOND}" / "contacts.parquet"
    whole = path.read_bytes()
    if harm == "gone":
        path.unlink()
    else:
        path.write_bytes(whole[:-50])
    assert publish(store, tmp_path).written == 1
    assert path.read_bytes() == whole


def test_a_stopped_run_tells_what_it_has_done_and_the_next_goes_on(
    store: Store, tmp_path: Path
) -> None:
    publisher = Publisher(store, tmp_path, owner="o")

    def stop_at_the_last(done: int, total: int) -> None:
        assert total == 3
        if done == 2:
            publisher.interrupt()

    with pytest.raises(ExportCancelled, match="are whole"):
        publisher.publish(*RANGE, now_ms=LATER, on_day=stop_at_the_last)
    publisher.close()
    assert set(days(tmp_path)) == set(files(tmp_path)) == {FIRST, SECOND}
    told = publish(store, tmp_path)
    assert (told.written, told.unchanged) == (1, 2)


def test_somebody_elses_folder_is_refused(store: Store, tmp_path: Path) -> None:
    publish(store, tmp_path)
    before = (tmp_path / "manifest.json").read_bytes()
    with pytest.raises(TargetRefused, match="another sign-in"):
        publish(store, tmp_path, owner="somebody else")
    assert (tmp_path / "manifest.json").read_bytes() == before


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"schema": 2, "application": "Contact History"}', "later Contact History"),
        ('{"name": "a web page"}', "another program"),
    ],
)
def test_a_manifest_that_is_not_ours_is_left_alone(
    store: Store, tmp_path: Path, text: str, sentence: str
) -> None:
    (tmp_path / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(TargetRefused, match=sentence):
        publish(store, tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["manifest.json"]
    assert (tmp_path / "manifest.json").read_text(encoding="utf-8") == text


def test_a_damaged_manifest_is_set_aside_and_all_is_written_anew(
    store: Store, tmp_path: Path
) -> None:
    publish(store, tmp_path)
    (tmp_path / "manifest.json").write_bytes(b"\x80{")
    assert publish(store, tmp_path).written == 3
    assert (tmp_path / "damaged-manifest.json").read_bytes() == b"\x80{"
    assert len(days(tmp_path)) == 3


def test_other_files_in_the_folder_are_left_alone(store: Store, tmp_path: Path) -> None:
    own = tmp_path / "contacts" / "notes.txt"
    own.parent.mkdir()
    own.write_text("mine", encoding="utf-8")
    publish(store, tmp_path)
    assert own.read_text(encoding="utf-8") == "mine"


def test_a_place_where_no_folder_can_be_is_told(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("", encoding="utf-8")
    with pytest.raises(TargetRefused, match="Choose another place"):
        publish(store, file / "set")


def test_a_manifest_that_tells_nothing_new_is_left(store: Store, tmp_path: Path) -> None:
    publish(store, tmp_path)
    before = (tmp_path / "manifest.json").stat().st_mtime_ns
    publish(store, tmp_path, now_ms=LATER + HOUR_MS)
    assert (tmp_path / "manifest.json").stat().st_mtime_ns == before


def test_equal_rows_that_come_or_go_are_a_change(store: Store, tmp_path: Path) -> None:
    """Of two equal ones a hash that is put together bit by bit would tell nothing."""
    publisher = Publisher(store, tmp_path, owner="o")
    every = [publisher._one(_HASHED.format("1") + f" FROM range({n})", []) for n in (1, 2, 3, 4)]
    publisher.close()
    assert len({hashes[1:] for hashes in every}) == 4


def test_a_link_that_leads_out_is_not_followed(store: Store, tmp_path: Path) -> None:
    folder, outside = tmp_path / "set", tmp_path / "outside"
    outside.mkdir()
    folder.mkdir()
    (folder / "contacts").symlink_to(outside, target_is_directory=True)
    with pytest.raises(TargetRefused, match="leads out"):
        publish(store, folder)
    assert not list(outside.rglob("*.parquet"))


def test_T45_customers_numbers_are_hidden_in_all_of_it(store: Store, tmp_path: Path) -> None:
    number = "+442079460123"
    contact = stored("c", DAY + HOUR_MS, ani=number, customer=number)
    contact.attributes.update({"Customer ANI": number, number: "called"})
    store.write_contacts([contact], {}, pass_ms=LATER)
    path = str(tmp_path / "contacts" / f"utc_day={FIRST}" / "*.parquet")
    for masked in (False, True):
        assert publish(store, tmp_path, mask_numbers=masked).written == 3
        with duckdb.connect() as connection:
            found = connection.execute(
                "SELECT ani, customer, attributes::VARCHAR FROM read_parquet(?)"
                " WHERE conversation_id = 'c'",
                [path],
            ).fetchone()
        assert found is not None and found[0].endswith("123")
        assert " ".join(found).count(number[:-3]) == (0 if masked else 4)
        assert manifest(tmp_path)["masked"] is masked
