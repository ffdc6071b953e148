"""``query``: contacts on standard output."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from desktop_app.commands import options
from desktop_app.commands.asked import (
    Asked,
    columns_of,
    interval_option,
    selection_options,
    zone_option,
)
from desktop_app.commands.desk import desk, profile_of, say, settled
from desktop_app.commands.exits import Exit
from desktop_app.commands.printing import Write, writer
from desktop_app.core.history.clock import Interval
from desktop_app.core.history.columns import Value
from desktop_app.core.history.query import Query
from desktop_app.core.history.reader import Numbers, Reader
from desktop_app.core.signin.profiles import Profile

_AT_ONCE = 1_000


@click.command()
@options.CONFIG
@options.PROFILE
@interval_option
@selection_options
@zone_option
@click.option("--limit", type=click.IntRange(min=1), help="No more rows than this.")
@click.option("--json", "as_json", is_flag=True, help="JSON Lines, instead of a table.")
@options.AGAIN
@options.NO_SYNC
@options.VERBOSE
def query(
    config: Path | None,
    profile: str | None,
    interval: str,
    text: str,
    columns: str,
    sort: str,
    zone: str,
    limit: int | None,
    as_json: bool,
    again: bool,
    no_sync: bool,
    verbose: bool,
) -> int:
    """Print contacts, reading first what isn't held of them.

    A table on a terminal, tab-separated text elsewhere, or JSON Lines.  How complete it is goes to
    standard error, and into the exit.
    """
    signing_in = profile_of(config, profile, verbose)
    clock = (asked := Asked(interval, text, sort, zone)).clock(signing_in.timezone)
    wanted, keys = asked.query(clock), columns_of(columns)
    return asyncio.run(
        _query(signing_in, wanted, keys, limit, as_json=as_json, again=again, no_sync=no_sync)
    )


async def _query(
    profile: Profile,
    wanted: Query,
    keys: Sequence[str],
    limit: int | None,
    *,
    as_json: bool,
    again: bool,
    no_sync: bool,
) -> Exit:
    clock, interval = wanted.clock, Interval(wanted.start_ms, wanted.end_ms)
    async with desk(profile) as at:
        found = await settled(at, interval, clock, again=again, no_sync=no_sync)
        write = writer(keys, clock, as_json=as_json, mask_numbers=at.policy.mask_numbers)
        reader = at.store.reader()
        try:
            count = await asyncio.to_thread(_print, reader, wanted, keys, limit, write)
        except asyncio.CancelledError:
            reader.interrupt()
            raise
        finally:
            reader.close()
    say(found.told("1 contact" if count == 1 else f"{count:,} contacts"))
    return found.exit()


def _print(
    reader: Reader, wanted: Query, keys: Sequence[str], limit: int | None, write: Write
) -> int:
    numbers = reader.order(wanted)[:limit]
    write(_rows(reader, numbers, keys))
    return len(numbers)


def _rows(reader: Reader, numbers: Numbers, keys: Sequence[str]) -> Iterator[Sequence[Value]]:
    for first in range(0, len(numbers), _AT_ONCE):
        part = numbers[first : first + _AT_ONCE]
        found = reader.rows(part, keys)
        yield from (found[number].cells for number in part if number in found)
