"""F16: readings by query and by job, killed at random: nothing lost, nothing doubled."""

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


def process(folder: Path, generation: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.core.history.sync_process", str(folder), str(generation)],
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


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
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
