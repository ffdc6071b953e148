"""F32: an export that is killed leaves the old file, or the whole new one; the next completes.

``EXPORT_KILLS=200`` kills each kind that often.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from desktop_app.core.history.coverage import DAY_MS
from desktop_app.practice.contacts import make_contacts
from desktop_app.practice.server import PracticeServer
from desktop_app.practice.settings import PracticeSettings
from tests.core.history.history_samples import ROOT, opened
from tests.core.history.practice_store import fill

KILLS = int(os.environ.get("EXPORT_KILLS", "4"))
END_MS = 19_858 * DAY_MS

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork and no such timer"),
    pytest.mark.timeout(120 + 10 * KILLS),
]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a store with a few days."""
    folder = tmp_path_factory.mktemp("store")
    contacts = make_contacts(seed=6, conversations=400, days=3, until_ms=END_MS)
    until_ms = END_MS + 3 * DAY_MS
    made = opened(folder)
    settings = PracticeSettings(rate_limit=0, until_ms=until_ms)
    with PracticeServer(settings, contacts=contacts) as server:
        asyncio.run(fill(server, made, contacts.interval, now_ms=until_ms))
    made.close()
    return folder


@pytest.mark.parametrize("what", ["csv", "xlsx", "parquet", "jsonl", "by-day", "publish"])
def test_F32_a_killed_export_leaves_nothing_half_written(
    what: str, store: Path, tmp_path: Path
) -> None:
    ended = subprocess.run(
        [
            *(sys.executable, "-m", "tests.core.history.export.export_process"),
            *(what, str(store), str(tmp_path), str(KILLS)),
        ],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    told = json.loads(ended.stdout)
    assert told["killed"] == KILLS
    allowed = {"publish": {"whole"}, "by-day": {"old", "new", "none"}}.get(what, {"old", "new"})
    assert set(told["found"]) - {"ended"} <= allowed | {"equal"}
    assert "equal" in told["found"]
