"""Options that several commands take."""

from __future__ import annotations

from pathlib import Path

import click

CONFIG = click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Profile file, instead of the one in your configuration folder.",
)
PROFILE = click.option("--profile", metavar="NAME", help="The profile to sign in with.")
PRACTICE = click.option(
    "--practice", is_flag=True, help="Use the practice organisation: no account, no network."
)
AGAIN = click.option("--again", is_flag=True, help="Read all of it anew.")
NO_SYNC = click.option("--no-sync", is_flag=True, help="Read nothing; only what is held.")
VERBOSE = click.option("--verbose", is_flag=True, help="Repeat the log on standard error.")
