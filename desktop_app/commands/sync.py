"""``sync``: bring a range into the local history, and keep it there."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from desktop_app.commands import options
from desktop_app.commands.asked import Asked, interval_option, zone_option
from desktop_app.commands.desk import desk, profile_of, say, settled
from desktop_app.commands.exits import Exit
from desktop_app.core.history.clock import Clock, Interval
from desktop_app.core.signin.profiles import Profile


@click.command()
@options.CONFIG
@options.PROFILE
@interval_option
@zone_option
@options.AGAIN
@options.VERBOSE
def sync(
    config: Path | None,
    profile: str | None,
    interval: str,
    zone: str,
    again: bool,
    verbose: bool,
) -> int:
    """Read a range into the local history, encrypted, so that everything else finds it there."""
    signing_in = profile_of(config, profile, verbose)
    clock = (asked := Asked(interval, zone=zone)).clock(signing_in.timezone)
    wanted = asked.query(clock)
    return asyncio.run(
        _sync(signing_in, Interval(wanted.start_ms, wanted.end_ms), clock, again=again)
    )


async def _sync(profile: Profile, interval: Interval, clock: Clock, *, again: bool) -> Exit:
    async with desk(profile, needs_file=True) as at:
        found = await settled(at, interval, clock, again=again)
        held = await at.in_store(at.store.holdings)
    say(found.told(f"{held.contacts:,} contacts held"))
    return found.exit()
