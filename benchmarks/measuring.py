"""What the benchmarks have in common: rounds, medians, a verdict, a table, and the machine.

Ours and the peer take turns, round by round, so that whatever else the machine does meets both.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_PACKAGES = ("duckdb", "PySide6", "msgspec", "httpx", "numpy", "PureCloudPlatformClientV2")


@dataclass(frozen=True, slots=True)
class Bar:
    """What a number has to be: at least, or at most, so much; ``written`` with its sign."""

    written: str
    limit: float
    at_least: bool = False

    def verdict(self, value: float) -> str:
        """``met``, or by how much it was missed."""
        if value >= self.limit if self.at_least else value <= self.limit:
            return "met"
        return f"missed by {abs(value - self.limit) / self.limit:.0%}"


def at_most(limit: float, unit: str = "×") -> Bar:
    return Bar(f"≤ {limit:g} {unit}", limit)


def at_least(limit: float, unit: str = "×") -> Bar:
    return Bar(f"≥ {limit:g} {unit}", limit, at_least=True)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a table. ``ratio`` and ``bar`` are empty where nothing is promised."""

    what: str
    ours: str
    peer: str = ""
    ratio: str = ""
    bar: str = ""
    verdict: str = ""


def compared(
    what: str, ours: float, peer: float, bar: Bar | None, reading: Callable[[float], str]
) -> Line:
    """Ours beside the peer's, with the ratio of the two measured against a bar."""
    ratio = ours / peer if peer else float("inf")
    judged = (bar.written, bar.verdict(ratio)) if bar else ("", "")
    return Line(what, reading(ours), reading(peer), f"{ratio:.2f} ×", *judged)


def limited(what: str, ours: float, bar: Bar, reading: Callable[[float], str]) -> Line:
    """Ours against a limit of its own."""
    return Line(what, reading(ours), "", "", bar.written, bar.verdict(ours))


def in_ms(seconds: float) -> str:
    return f"{seconds * 1000:,.2f} ms" if seconds < 0.1 else f"{seconds * 1000:,.0f} ms"


def per_second(rate: float) -> str:
    return f"{rate:,.0f}/s"


def share(part: float) -> str:
    return f"{part:.1%}"


def megabytes(size: float) -> str:
    return f"{size / 1e6:,.0f} MB"


def seconds(work: Callable[[], object]) -> float:
    """How long a call takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def medians(rounds: int, *works: Callable[[], float]) -> list[float]:
    """The median of each work's own measure over so many rounds, taken in turns."""
    measured: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for found, work in zip(measured, works, strict=True):
            found.append(work())
    return [statistics.median(found) for found in measured]


def percentile(values: Sequence[float], part: float) -> float:
    """The value that ``part`` of all stay below."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def resident() -> int:
    """Bytes of this process in memory now, the system's own count; 0 where there is none."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


# --- what is printed ------------------------------------------------------------------------------

_HEADS = ("", "ours", "peer", "ratio", "bar", "")


def table(title: str, notes: str, lines: Sequence[Line]) -> str:
    """A table in Markdown that reads well as it stands."""
    rows = [
        _HEADS,
        *((line.what, line.ours, line.peer, line.ratio, line.bar, line.verdict) for line in lines),
    ]
    widths = [max(3, *(len(row[place]) for row in rows)) for place in range(len(_HEADS))]
    written = [
        "| "
        + " | ".join(
            cell.rjust(width) if 0 < place < 4 else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        + " |"
        for row in rows
    ]
    rule = (
        "|"
        + "|".join(
            "-" * (width + 1) + (":" if 0 < place < 4 else "-")
            for place, width in enumerate(widths)
        )
        + "|"
    )
    return "\n".join([f"## {title}", "", notes, "", written[0], rule, *written[1:]])


def machine() -> str:
    """What it was measured on, without a name of the machine or of anybody's folders."""
    packages = []
    for name in _PACKAGES:
        try:
            packages.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    memory = _memory()
    parts = [
        _processor(),
        f"{os.cpu_count()} cores",
        *([f"{memory / 2**30:.0f} GB of memory"] if memory else []),
        f"{platform.system()} {platform.release()}",
        f"Python {platform.python_version()}",
        *packages,
    ]
    return f"{', '.join(parts)}; {datetime.now(UTC):%d %B %Y}."


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    if sys.platform == "darwin":
        asked = ["/usr/sbin/sysctl", "-n", "machdep.cpu.brand_string"]
        return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
    return platform.processor() or platform.machine()


def _memory() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return 0


def options(description: str | None, **sizes: int) -> argparse.ArgumentParser:
    """A parser with whole numbers as options, each with its default."""
    parser = argparse.ArgumentParser(description=(description or "").partition("\n")[0])
    for name, size in sizes.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, default=size, metavar="N")
    return parser


@contextmanager
def said(what: str) -> Iterator[None]:
    """Tell whoever waits, beside the table, what takes its time and how long it took."""
    print(f"{what} …", file=sys.stderr, flush=True)
    began = time.perf_counter()
    yield
    print(f"  {time.perf_counter() - began:.1f} s", file=sys.stderr, flush=True)
