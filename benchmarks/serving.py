"""A practice organisation in a process of its own, for as long as a benchmark needs it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from benchmarks.measuring import said
from desktop_app.core.history.clock import Clock, Interval

UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Served:
    """Where it is, with a token that is signed in already, and when its contacts begin."""

    api_url: str
    token: str
    interval: Interval


@contextmanager
def practice(conversations: int, *options: str, days: int = 30) -> Iterator[Served]:
    """Serve; ``options`` are those of ``contact-history practice-server``."""
    command = [
        *(sys.executable, "-m", "desktop_app", "practice-server", "--stop-at-stdin-eof"),
        *("--conversations", str(conversations), "--days", str(days)),
        *options,
    ]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    ) as process:
        try:
            assert process.stdin is not None and process.stdout is not None
            with said(f"starting a practice organisation of {conversations:,} conversations"):
                told = json.loads(process.stdout.readline())
            yield Served(
                told["api_url"], told["token"], Clock(UTC).parse_interval(told["interval"])
            )
            process.stdin.close()
            process.wait(timeout=10)
        finally:
            process.kill()
