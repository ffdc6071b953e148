"""The tour: the real windows, driven as a person would."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import click

from desktop_app.commands import options, setting_up
from desktop_app.commands.window import window_options
from desktop_app.core.signin.profiles import Grant, Way


@click.command()
@options.CONFIG
@options.PROFILE
@options.PRACTICE
@options.VERBOSE
@click.option("--interval", metavar="A/B", help="ISO 8601; default: all practice contacts.")
@click.option(
    "--screenshots", type=click.Path(path_type=Path, file_okay=False), help="Folder for pictures."
)
@click.option("--json", "report", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--login-keys", metavar="TEXT", help=r"Keys for the login page; \t and \n are keys.")
@click.option("--timeout", type=click.FloatRange(min=1), default=600.0, show_default=True)
@click.option(
    "--grant",
    type=click.Choice(["implicit", "pkce"]),
    default="implicit",
    help="With --practice only.",
)
@click.option(
    "--way",
    type=click.Choice(["window", "browser"]),
    default="window",
    help="Sign in on the window's own page, or with a Chromium of the system's.",
)
@click.option(
    "--first-run", is_flag=True, help="With --practice: begin with nothing and set it up."
)
@click.option("--conversations", type=click.IntRange(min=0), help="With --practice only.")
def tour(
    config: Path | None,
    profile: str | None,
    practice: bool,
    verbose: bool,
    interval: str | None,
    screenshots: Path | None,
    report: Path | None,
    login_keys: str | None,
    timeout: float,
    grant: str,
    way: str,
    first_run: bool,
    conversations: int | None,
) -> None:
    """Drive the real windows as a person would, and leave pictures of each step."""
    if not practice and not (profile and interval):
        raise click.UsageError("Give --practice, or --profile with --interval.")
    if first_run and not practice:
        raise click.UsageError("--first-run sets the practice organisation up: add --practice.")
    watch = setting_up.watch(verbose)
    profiles, chosen = setting_up.profiles(config, profile, practice=practice)
    if way == "browser":
        profiles = {name: replace(each, way=Way.BROWSER) for name, each in profiles.items()}
    asked = window_options(
        profiles,
        chosen,
        practice=practice and not first_run,
        config=config,
        practice_options=["--conversations", str(conversations)] if conversations else [],
        practice_grant=Grant(grant),
        practice_way=Way.BROWSER if way == "browser" else Way.VIEW,
        watch=watch,
    )
    from desktop_app.tour import TourOptions, find_browser, run_tour

    browser = find_browser() if way == "browser" else ""
    if way == "browser" and not browser:
        raise click.ClickException(
            "There is no Chromium on this computer to sign in with. Install one, or use the window."
        )

    sys.exit(
        run_tour(
            asked,
            TourOptions(
                interval=interval or "",
                screenshots=screenshots,
                report=report,
                login_keys=login_keys,
                timeout_s=timeout,
                browser=browser,
                first_run=first_run,
            ),
        )
    )
