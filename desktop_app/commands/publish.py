"""``publish``: a data set of Parquet files that other programs read, kept up to date."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import click

from desktop_app import __version__
from desktop_app.commands import options, setting_up
from desktop_app.commands.asked import Asked, interval_option, zone_option
from desktop_app.commands.desk import Desk, Settled, desk, profile_of, say, settled
from desktop_app.commands.exits import Exit
from desktop_app.commands.progress import Meter
from desktop_app.core.errors import ForbiddenByPolicy
from desktop_app.core.history.clock import Clock, Interval
from desktop_app.core.history.completeness import completeness
from desktop_app.core.history.coverage import DAY_MS
from desktop_app.core.history.export.provenance import Provenance
from desktop_app.core.history.export.request import Format, Shape
from desktop_app.core.history.publish.publisher import Published, Publisher
from desktop_app.core.history.publish.tables import TABLES
from desktop_app.core.signin.profiles import Profile
from desktop_app.places import export_log, store_name

_SHAPES = {table.name: table.shape for table in TABLES}


@click.command()
@options.CONFIG
@options.PROFILE
@interval_option
@zone_option
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="The data set's folder, on this computer or a share; made where it is missing.",
)
@click.option(
    "--table",
    "names",
    type=click.Choice(list(_SHAPES)),
    multiple=True,
    default=("contacts",),
    show_default=True,
    help="May be given several times.",
)
@options.AGAIN
@options.NO_SYNC
@options.VERBOSE
def publish(
    config: Path | None,
    profile: str | None,
    interval: str,
    zone: str,
    folder: Path,
    names: Sequence[str],
    again: bool,
    no_sync: bool,
    verbose: bool,
) -> int:
    """Write what is new of whole UTC days into a data set of Parquet files, each day one file.

    docs/published-data.md describes it.  Days that are in the folder already and are older than
    the range, or no longer held here, stay as they are.
    """
    signing_in = profile_of(config, profile, verbose)
    if not setting_up.policy().export:
        raise ForbiddenByPolicy("Exports are switched off here. Ask your administrator.")
    clock = (asked := Asked(interval, zone=zone)).clock(signing_in.timezone)
    wanted = asked.query(clock)
    days = Interval(
        wanted.start_ms - wanted.start_ms % DAY_MS, -(-wanted.end_ms // DAY_MS) * DAY_MS
    )
    shapes = [_SHAPES[name] for name in names]
    return asyncio.run(
        _publish(signing_in, days, clock, folder, shapes, again=again, no_sync=no_sync)
    )


async def _publish(
    profile: Profile,
    days: Interval,
    clock: Clock,
    folder: Path,
    shapes: Sequence[Shape],
    *,
    again: bool,
    no_sync: bool,
) -> Exit:
    async with desk(profile) as at:
        found = await settled(at, days, clock, again=again, no_sync=no_sync)
        told = await _published(at, days, clock, folder, shapes)
        _log(at, days, found, folder, shapes, told)
    files = "1 file" if told.written == 1 else f"{told.written:,} files"
    words = f"{files} written, {told.unchanged:,} unchanged"
    if told.kept:
        words += f", {told.kept:,} kept that were published more completely before"
    say(found.told(words))
    return found.exit()


async def _published(
    at: Desk, days: Interval, clock: Clock, folder: Path, shapes: Sequence[Shape]
) -> Published:
    owner = store_name(at.session)
    publisher = Publisher(at.store, folder, owner=owner, mask_numbers=at.policy.mask_numbers)
    with Meter("Publishing") as meter:

        def show(done: int, total: int) -> None:
            meter.show(done / total, f"{done:,} of {total:,} files")

        writing = asyncio.create_task(
            asyncio.to_thread(
                publisher.publish, *days, now_ms=clock.now_ms(), shapes=shapes, on_day=show
            )
        )
        try:
            return await asyncio.shield(writing)
        except asyncio.CancelledError:
            publisher.interrupt()
            await asyncio.wait([writing])
            raise
        finally:
            publisher.close()


def _log(
    at: Desk,
    days: Interval,
    found: Settled,
    folder: Path,
    shapes: Sequence[Shape],
    told: Published,
) -> None:
    """As an export: what has left the application, and where."""
    log, clock = export_log(at.session), found.clock
    if log is None or not told.written:
        return
    about = Provenance(
        filter="",
        start_ms=days.start_ms,
        end_ms=days.end_ms,
        zone="UTC",
        complete=found.exit() is Exit.COMPLETE,
        completeness=completeness(found.coverage, clock),
        synced_ms=found.coverage.synced_ms,
        rows=told.rows,
        columns=(),
        shape=" ".join(shapes),
        format=Format.PARQUET,
        app_version=__version__,
        made_ms=clock.now_ms(),
    )
    log.add(folder.absolute(), told.size_bytes, about)
