"""A store in a process of its own, to be killed or refused: ``python -m … WHAT FOLDER [NUMBER]``.

``hold``     opens the store, says so and waits for the end of its input.
``write``    writes pages for ever, going on where the store is, and says each one's number.
``migrate``  opens the store and is killed just before its NUMBER-th statement; says "done" if
             there weren't so many.
``fill``     writes pages under a limit of file size until the store says that the disk is full.
"""

from __future__ import annotations

import os
import random
import signal
import sys
from pathlib import Path
from typing import Any

import duckdb

from desktop_app.core.errors import StoreError, StoreFull
from desktop_app.core.history import migration, schema
from desktop_app.core.history.coverage import Position
from desktop_app.core.history.store import Store
from tests.core.history.history_samples import DAY, TODAY, opened, stored

PER_PAGE = 20


def page(number: int) -> list[schema.StoredContact]:
    """Contacts that compress badly, so that the log is folded into the file now and then."""
    dice = random.Random(number)
    return [
        stored(f"{number:06}-{n}", DAY + number, raw=dice.randbytes(2000).hex())
        for n in range(PER_PAGE)
    ]


def write(store: Store, number: int) -> None:
    store.write_page(page(number), {}, Position(TODAY, 1, 5, number + 1, PER_PAGE))


def next_page(store: Store) -> int:
    at = store.position(TODAY)
    return at.next_page if at else 1


def say(word: object) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def hold(folder: Path) -> None:
    store = opened(folder)
    say("open")
    sys.stdin.read()
    store.close()


def write_for_ever(folder: Path) -> None:
    store = opened(folder)
    number = next_page(store)
    while True:
        write(store, number)
        say(number)
        number += 1


class _Mortal:
    """A connection whose process dies at the n-th statement."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, left: int) -> None:
        self._connection = connection
        self.left = left

    def __getattr__(self, name: str) -> Any:
        if name in ("begin", "commit", "execute", "executemany"):
            self.left -= 1
            if self.left < 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return getattr(self._connection, name)


def migrate(folder: Path, statements: int) -> None:
    prepare: Any = migration.prepare
    migration.prepare = lambda connection: prepare(_Mortal(connection, statements))
    opened(folder).close()
    say("done")


def fill(folder: Path) -> None:
    import resource

    limit = 2_000_000
    store = opened(folder)
    number = next_page(store)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    try:
        while True:
            write(store, number)
            number += 1
    except StoreFull:
        say(number - 1)
    except StoreError as error:
        say(repr(error))
    store.close()


if __name__ == "__main__":
    what, place = sys.argv[1], Path(sys.argv[2])
    match what:
        case "hold":
            hold(place)
        case "write":
            write_for_ever(place)
        case "migrate":
            migrate(place, int(sys.argv[3]))
        case "fill":
            fill(place)
