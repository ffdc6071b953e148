"""F16, F18: readings by query and by job that are killed, or meet a full disk, lose nothing."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from desktop_app.core.history.coverage import coverage
from desktop_app.core.history.store import Store
from tests.core.history.history_samples import DAY, ROOT, ids, opened
from tests.core.history.sync_process import END, now_ms, rows

KILLS = int(os.environ.get("STORE_KILLS", "12"))  # safety F16 asks for 200 before a release
MOST_BYTES = 200_000  # enough for some of the pages


def process(folder: Path, *numbers: int) -> subprocess.Popen[str]:
    given = [str(folder), *map(str, numbers)]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.core.history.sync_process", *given],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


def assert_sound(store: Store, generation: int) -> None:
    """Nothing twice, and what is said to be complete is."""
    assert not store.why_in_memory
    held = ids(store)
    assert len(held) == len(set(held))
    truth = rows(generation)
    for span in store.spans(DAY, END):
        if span.synced_ms >= now_ms(generation):
            inside = {id_ for id_, start in truth.items() if span.start_ms <= start < span.end_ms}
            assert set(ids(store, span.start_ms, span.end_ms)) == inside


_POSIX = pytest.mark.skipif(os.name != "posix", reason="signals and limits of POSIX")


@_POSIX
@pytest.mark.timeout(60 + 10 * KILLS)
def test_F16_killed_readings_go_on_and_lose_and_double_nothing(tmp_path: Path) -> None:
    dice = random.Random(4)
    generation = kills = 0
    while kills < KILLS:
        with process(tmp_path, generation) as reader:
            assert reader.stdout
            said = [reader.stdout.readline() for _ in range(dice.randint(1, 30))]
            reader.kill()
            said += reader.stdout.readlines()
        store = opened(tmp_path)
        assert_sound(store, generation)
        store.close()
        kills += 1
        if "done\n" in said:  # it was faster than we
            generation += 1
    with process(tmp_path, generation) as reader:
        assert reader.stdout and reader.stdout.readlines()[-1] == "done\n"
    store = opened(tmp_path)
    assert_sound(store, generation)
    assert sorted(ids(store)) == sorted(rows(generation))
    assert coverage(DAY, END, store.spans(DAY, END), now_ms=now_ms(generation)).complete
    assert store.positions(0, 2**60) == []
    store.close()
    assert not list(tmp_path.glob("*set-aside*"))
    assert generation <= KILLS * 3 // 4  # else hardly any was killed in the midst of it


@_POSIX
def test_F18_a_full_disk_ends_a_reading_with_a_sentence_and_the_next_one_goes_on(
    tmp_path: Path,
) -> None:
    with process(tmp_path, 0, MOST_BYTES) as reader:
        assert reader.stdout
        *pages, said = reader.stdout.readlines()
    assert reader.returncode == 0
    assert said.startswith("The disk is full.") and "free some space" in said
    store = opened(tmp_path)
    assert_sound(store, 0)
    held = set(ids(store))
    assert held and held < set(rows(0))
    assert store.positions(DAY, END)
    store.close()
    with process(tmp_path, 0) as reader:
        assert reader.stdout
        *rest, said = reader.stdout.readlines()
    assert said == "done\n" and len(rest) < len(pages) + len(rest)
    store = opened(tmp_path)
    assert sorted(ids(store)) == sorted(rows(0))
    assert coverage(DAY, END, store.spans(DAY, END), now_ms=now_ms(0)).complete
    store.close()
