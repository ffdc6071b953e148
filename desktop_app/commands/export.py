"""``export``: contacts into a file, as the window's export writes them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from desktop_app.commands import options, setting_up
from desktop_app.commands.asked import (
    Asked,
    columns_of,
    interval_option,
    selection_options,
    zone_option,
)
from desktop_app.commands.desk import Desk, desk, profile_of, say, settled
from desktop_app.commands.exits import Exit
from desktop_app.commands.progress import Meter
from desktop_app.core.errors import ForbiddenByPolicy, InputError
from desktop_app.core.history.clock import Interval
from desktop_app.core.history.export.exporter import Exporter, Written
from desktop_app.core.history.export.presets import PRESETS
from desktop_app.core.history.export.request import Durations, Export, Format, Shape, Style
from desktop_app.core.history.export.whole_file import meaning
from desktop_app.core.history.query import Query
from desktop_app.core.signin.profiles import Profile
from desktop_app.places import export_log

_LOOK_S = 0.2  # how often the progress is looked at
_STYLE = {each.key: (each.format, each.style) for each in PRESETS}


@dataclass(frozen=True, slots=True)
class _Target:
    """The file, and how it is written."""

    path: Path
    format: Format
    shape: Shape
    style: Style


@click.command()
@options.CONFIG
@options.PROFILE
@interval_option
@selection_options
@zone_option
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    help="The file. One of that name stays as it is until the new one is whole.",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice([each.value for each in Format]),
    help="Default: by the file's name.",
)
@click.option(
    "--preset",
    type=click.Choice(list(_STYLE)),
    help="A format with its style; see docs/exports.md.",
)
@click.option(
    "--shape",
    type=click.Choice([each.value for each in Shape]),
    default=Shape.CONVERSATION.value,
    show_default=True,
    help="What a row stands for.",
)
@click.option("--separator", type=click.Choice([",", ";"]), help="CSV: between cells.")
@click.option("--bom/--no-bom", default=None, help="CSV: begin with a byte order mark.")
@click.option(
    "--durations",
    type=click.Choice([each.value for each in Durations]),
    help="CSV and XLSX: how lengths are told.",
)
@click.option("--raw", is_flag=True, help="JSON Lines: whole conversations, as Genesys tells them.")
@click.option("--by-day", is_flag=True, help="Parquet: a folder with a part for each UTC day.")
@options.AGAIN
@options.NO_SYNC
@options.VERBOSE
def export(
    config: Path | None,
    profile: str | None,
    interval: str,
    text: str,
    columns: str,
    sort: str,
    zone: str,
    again: bool,
    no_sync: bool,
    verbose: bool,
    **target: Any,
) -> int:
    """Write contacts into a file, reading first what isn't held of them.

    What the file holds and how complete that is stands beside it, in FILE.json.
    """
    signing_in = profile_of(config, profile, verbose)
    if not setting_up.policy().export:
        raise ForbiddenByPolicy("Exports are switched off here. Ask your administrator.")
    clock = (asked := Asked(interval, text, sort, zone)).clock(signing_in.timezone)
    to = _target(**target)
    wanted = Export(asked.query(clock), columns_of(columns), to.format, to.shape, to.style)
    return asyncio.run(_export(signing_in, wanted, to.path, again=again, no_sync=no_sync))


def _target(
    out: Path,
    format_: str | None,
    preset: str | None,
    shape: str,
    separator: str | None,
    bom: bool | None,
    durations: str | None,
    raw: bool,
    by_day: bool,
) -> _Target:
    """Raises InputError for options that don't go together, TargetRefused for no folder."""
    if preset is not None:
        form, style = _STYLE[preset]
        if format_ not in (None, form.value):
            raise InputError(f"The preset {preset} writes {form.value}. Leave out --format.")
    else:
        form, style = Format(format_ or _by_name(out, by_day=by_day)), Style()
    style = replace(
        style,
        separator=separator or style.separator,
        bom=style.bom if bom is None else bom,
        durations=Durations(durations) if durations else style.durations,
        raw=raw or style.raw,
        by_day=by_day or style.by_day,
    )
    if form is not Format.CSV and (separator or bom):
        raise InputError("--separator and --bom are for CSV. Leave them out, or choose that.")
    if durations and form not in (Format.CSV, Format.XLSX):
        raise InputError("--durations is for CSV and XLSX: elsewhere lengths are milliseconds.")
    if not out.absolute().parent.is_dir():  # before anything is read
        raise meaning(FileNotFoundError(), out.absolute())
    return _Target(out, form, Shape(shape), style)


def _by_name(path: Path, *, by_day: bool) -> str:
    suffix = path.suffix.lower().removeprefix(".")
    if suffix in {each.value for each in Format}:
        return suffix
    if by_day:
        return Format.PARQUET
    formats = ", ".join(each.value for each in Format)
    raise InputError(f"The name of the file doesn't say its format. Add --format: {formats}.")


async def _export(
    profile: Profile, wanted: Export, path: Path, *, again: bool, no_sync: bool
) -> Exit:
    query: Query = wanted.query
    interval, clock = Interval(query.start_ms, query.end_ms), query.clock
    async with desk(profile) as at:
        found = await settled(at, interval, clock, again=again, no_sync=no_sync)
        written = await _written(at, wanted, path)
    say(found.told(f"1 row in {path}" if written.rows == 1 else f"{written.rows:,} rows in {path}"))
    return found.exit()


async def _written(at: Desk, wanted: Export, path: Path) -> Written:
    exporter = Exporter(at.store, mask_numbers=at.policy.mask_numbers)
    now_ms = wanted.query.clock.now_ms()
    writing = asyncio.create_task(asyncio.to_thread(exporter.write, wanted, path, now_ms=now_ms))
    try:
        with Meter("Writing") as meter:
            while not writing.done():
                meter.show(exporter.progress(), path.name)
                await asyncio.wait([writing], timeout=_LOOK_S)
            written = await writing
    except asyncio.CancelledError:
        exporter.interrupt()
        await asyncio.wait([writing])
        raise
    finally:
        exporter.close()
    log = export_log(at.session)
    if log is not None:
        log.add(written.path.absolute(), written.size_bytes, written.about)
    return written
