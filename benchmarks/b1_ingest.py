"""How many conversations a second become searchable rows, from HTTP answer to encrypted file?

Ours reads the practice organisation as the application does: fetch, decode, derive every column,
write, over loopback and without a rate limit.  The peer is the official Python SDK, which pages
the same server and makes its models, and does nothing with them.
"""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measuring import (
    Line,
    at_least,
    compared,
    medians,
    options,
    per_second,
    table,
)
from benchmarks.reading import read_into
from benchmarks.serving import Served, practice
from benchmarks.stores import new_store
from desktop_app.core.history.coverage import DAY_MS
from desktop_app.core.history.query import Query

TITLE = "1 · From HTTP answer to searchable row"


def ours(served: Served) -> float:
    """Conversations a second."""
    start, end = served.interval
    with TemporaryDirectory(prefix="contact-history-") as folder, new_store(Path(folder)) as store:
        taken = read_into(store, served, served.interval)
        found = len(store.reader().order(Query(start, end)))
    if not found:
        raise RuntimeError("no conversation arrived")
    return found / taken


def of_the_sdk(served: Served, most: int) -> float:
    """Conversations a second."""
    start, end = served.interval
    asked = {
        "api_url": served.api_url,
        "token": served.token,
        "intervals": [_days(day, day + DAY_MS) for day in range(start, end, DAY_MS)],
        "most": most,
    }
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.official_sdk"],
        input=json.dumps(asked),
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=True,
    )
    told = json.loads(run.stdout)
    return float(told["conversations"]) / float(told["seconds"])


def _days(start_ms: int, end_ms: int) -> str:
    first, last = (datetime.fromtimestamp(ms / 1000, UTC) for ms in (start_ms, end_ms))
    return f"{first:%Y-%m-%dT%H:%M:%S.000Z}/{last:%Y-%m-%dT%H:%M:%S.000Z}"


def measured(conversations: int, most: int, rounds: int) -> list[Line]:
    with practice(conversations, "--rate-limit", "0/60", "--render-first") as served:
        us, sdk = medians(rounds, lambda: ours(served), lambda: of_the_sdk(served, most))
    return [compared("conversations stored", us, sdk, at_least(20), per_second)]


def main(arguments: list[str] | None = None) -> None:
    given = options(__doc__, conversations=10_000, sdk=1_000, rounds=3).parse_args(arguments)
    lines = measured(given.conversations, given.sdk, given.rounds)
    notes = (
        f"{given.conversations:,} conversations of about 5.4 kB in 30 days, {given.rounds} rounds;"
        f" the SDK reads the first {given.sdk:,} of them in each."
    )
    print(table(TITLE, notes, lines))


if __name__ == "__main__":
    main()
