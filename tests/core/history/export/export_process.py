"""Exports that are killed: ``python -m … WHAT STORE FOLDER KILLS``, one JSON line about it.

WHAT is a format, "by-day" or "publish".  Each export runs in a child of its own, which a timer of
the system's kills at a random moment, as SIGKILL would: nothing of Python runs any more.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import time
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from desktop_app.core.history.columns import COLUMNS
from desktop_app.core.history.coverage import DAY_MS
from desktop_app.core.history.export.exporter import Exporter
from desktop_app.core.history.export.request import Export, Format, Shape, Style
from desktop_app.core.history.publish.publisher import Publisher
from desktop_app.core.history.query import Query
from tests.core.history.history_samples import opened

NOW_MS = 19_900 * DAY_MS
QUERY = Query(19_000 * DAY_MS, NOW_MS)
KEYS = tuple(column.key for column in COLUMNS)


def write(what: str, folder: Path, target: Path) -> None:
    store = opened(folder)
    if what == "publish":
        Publisher(store, target, owner="o").publish(
            QUERY.start_ms, NOW_MS, now_ms=NOW_MS, shapes=list(Shape)
        )
    else:
        by_day = what == "by-day"
        form = Format.PARQUET if by_day else Format(what)
        export = Export(QUERY, KEYS, form, Shape.CONVERSATION, Style(by_day=by_day))
        Exporter(store).write(export, target, now_ms=NOW_MS)
    store.close()


def in_a_child(work: Callable[[], None], kill_after_s: float = 0) -> bool:
    """Whether it ended by itself."""
    child = os.fork()
    if child == 0:
        if kill_after_s:
            signal.setitimer(signal.ITIMER_REAL, kill_after_s)  # nobody handles it: it kills
        work()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    ended = os.waitstatus_to_exitcode(status)
    if ended not in (0, -signal.SIGALRM):
        raise SystemExit(f"the export failed: {ended}")
    return ended == 0


def content(path: Path) -> str:
    """What a file or a folder holds, without when it was made; empty where there is none."""
    if path.is_dir():
        parts = [each for each in sorted(path.rglob("*")) if each.is_file()]
        return " ".join(f"{each.relative_to(path)} {content(each)}" for each in parts)
    if not path.exists():
        return ""
    if path.suffix == ".xlsx" and zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as book:
            names = sorted(set(book.namelist()) - {"docProps/core.xml"})
            return sha256(b"".join(map(book.read, names))).hexdigest()
    return sha256(path.read_bytes()).hexdigest()


def restore(target: Path, old: Path) -> None:
    if target.is_dir():
        shutil.rmtree(target)
    if old.is_dir():
        shutil.copytree(old, target)
    elif old.exists():
        shutil.copyfile(old, target)


def main(what: str, store: Path, folder: Path, kills: int) -> None:
    dice = random.Random(what)
    whole, old, target = (folder / place / f"contacts.{what}" for place in ("1", "2", "3"))
    for each in (whole, old, target):
        each.parent.mkdir()
    begun = time.monotonic()
    in_a_child(lambda: write(what, store, whole))
    takes_s = time.monotonic() - begun
    if what == "by-day":
        (old / "utc_day=2020-01-01").mkdir(parents=True)
        (old / "utc_day=2020-01-01" / "old.parquet").write_text("old", encoding="utf-8")
    elif what != "publish":
        old.write_text("old", encoding="utf-8")
    killed, found = 0, set()
    while killed < kills:
        restore(target, old)
        if in_a_child(lambda: write(what, store, target), dice.uniform(0.02, 1.1) * takes_s):
            found.add("ended")
            continue
        killed += 1
        now = content(target)
        if what == "publish":
            # Whatever has its final name is whole: it is one of the undisturbed files.
            parts = target.rglob("*.parquet") if target.exists() else ()
            same = all(content(each) == content(whole / each.relative_to(target)) for each in parts)
            found.add("whole" if same else "broken")
            if not in_a_child(lambda: write(what, store, target)):
                found.add("failed")
            found.add("equal" if _files(target) == _files(whole) else "different")
        else:
            found.add({content(old): "old", content(whole): "new", "": "none"}.get(now, "broken"))
    restore(target, old)
    in_a_child(lambda: write(what, store, target))
    found.add("equal" if _files(target) == _files(whole) else "different")
    print(json.dumps({"killed": killed, "found": sorted(found)}))


def _files(path: Path) -> dict[str, str]:
    """By name, without what kills have left and without the manifest, which tells when."""
    if not path.is_dir():
        return {"": content(path)}
    return {
        str(each.relative_to(path)): content(each)
        for each in path.rglob("*.parquet")
        if not each.name.startswith(".")
    }


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))
