"""Runs the benchmarks: ``python -m benchmarks [NAME [OPTION …]]``; ``scripts/bench`` calls it.

Without a name all of them run, each in a process of its own, and docs/benchmarks.md is written
anew; ``--list`` names them, with those that run only when they are asked for.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from benchmarks.measuring import machine

FOLDER = Path(__file__).resolve().parent
DOCUMENT = FOLDER.parent / "docs" / "benchmarks.md"

_PREFACE = """\
# Benchmarks

Each table answers one question: ours, a peer or a limit measured in the same run, the ratio, and
the bar that the ratio has to meet. `scripts/bench` runs all and writes this page, `scripts/bench
NAME` runs one; `scripts/bench NAME --help` tells its sizes. Numbers drift from machine to machine,
ratios less. `b7` also says how the others grow.

Where a bar is missed, the reason as far as it is known. Bar 1: a contact takes about 0.2 ms of
Python to derive, so that it is out of reach of one core. Bar 4, while contacts are fetched without
a limit: what reads, derives and writes them, the practice server beside it and the database's own
threads want more than the two cores, and a frame waits for its turn, by the system's own count for
about half of the time that it takes too long; deriving in further processes would not mend that
here. Bar 7: a window is read without an index, out of as many blocks as it has rows, until every
row has one of its own; the decision on the store says why there is no index.
"""


ON_DEMAND = ("whole_sync",)
"""Too long for a run of all."""


def names() -> list[str]:
    """Every benchmark of a run of all, in the order of their questions."""
    return sorted(path.stem for path in FOLDER.glob("b[0-9]*_*.py"))


def chosen(text: str) -> str:
    """The benchmark that is meant: ``b3_table``, ``b3`` or ``table``. Raises SystemExit."""
    found = [name for name in names() if text in (name, *name.split("_", 1))]
    found += [name for name in ON_DEMAND if text == name]
    if not found:
        known = ", ".join([*names(), *ON_DEMAND])
        raise SystemExit(f"There is no benchmark {text}. There are {known}.")
    return found[0]


def run(name: str, arguments: list[str]) -> str:
    """The table that a benchmark prints. Raises SystemExit when it fails."""
    ran = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{name}", *arguments],
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=False,
    )
    if ran.returncode:
        raise SystemExit(f"{name} failed; its words are above.")
    return ran.stdout


def main(arguments: list[str]) -> None:
    if arguments[:1] == ["--list"]:
        print("\n".join([*names(), *ON_DEMAND]))
    elif arguments:
        print(run(chosen(arguments[0]), arguments[1:]), end="")
    else:
        tables = []
        for name in names():
            print(f"--- {name}", file=sys.stderr, flush=True)
            tables.append(run(name, []))
            print(tables[-1], flush=True)
        DOCUMENT.write_text(
            "\n".join([_PREFACE, f"Measured on {machine()}\n", *tables]), encoding="utf-8"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
