"""``contact-history``: opens the window, or runs a command. Qt comes only with a window."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from desktop_app import __version__
from desktop_app.commands import options
from desktop_app.commands.doctor import doctor
from desktop_app.commands.exits import Commands
from desktop_app.commands.export import export
from desktop_app.commands.practice_server import practice_server
from desktop_app.commands.proxies import find_proxy_command
from desktop_app.commands.publish import publish
from desktop_app.commands.query import query
from desktop_app.commands.self_test import try_installation
from desktop_app.commands.sync import sync
from desktop_app.commands.tour import tour
from desktop_app.commands.trial import check_window
from desktop_app.commands.window import open_window

if TYPE_CHECKING:
    from desktop_app.gui.theme import Mode


@click.group(
    cls=Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="contact-history")
@options.CONFIG
@options.PROFILE
@options.PRACTICE
@options.VERBOSE
@click.option(
    "--theme",
    type=click.Choice(["system", "light", "dark"]),
    help="Instead of the one chosen in the settings.",
)
@click.option(
    "--self-test", is_flag=True, help="Try this installation, without any organisation, and end."
)
@click.pass_context
def main(
    context: click.Context,
    config: Path | None,
    profile: str | None,
    practice: bool,
    verbose: bool,
    theme: Mode | None,
    self_test: bool,
) -> int:
    """Contact history of a Genesys Cloud organisation, held on this computer.

    Without a command, opens the window.
    """
    if self_test:
        context.exit(try_installation(verbose))
    if context.invoked_subcommand is None:
        return open_window(config, profile, practice, verbose, theme)
    return 0


for _command in (
    query,
    export,
    publish,
    sync,
    doctor,
    tour,
    practice_server,
    find_proxy_command,
    check_window,
):
    main.add_command(_command)
