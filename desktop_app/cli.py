"""The commands.  Qt is imported only by those that open a window."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from desktop_app import __version__
from desktop_app.core.errors import ConfigError, ContactHistoryError
from desktop_app.core.signin.profiles import Grant, Profile, load_profiles, profile_file

if TYPE_CHECKING:
    from desktop_app.application import Options
    from desktop_app.gui.theme import Mode

_CONFIG = click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Profile file, instead of the one in your configuration folder.",
)
_PROFILE = click.option("--profile", metavar="NAME", help="The profile to sign in with.")
_PRACTICE = click.option(
    "--practice", is_flag=True, help="Use the practice organisation: no account, no network."
)


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="contact-history")
@_CONFIG
@_PROFILE
@_PRACTICE
@click.option(
    "--theme", type=click.Choice(["system", "light", "dark"]), default="system", show_default=True
)
@click.pass_context
def main(
    context: click.Context, config: Path | None, profile: str | None, practice: bool, theme: Mode
) -> None:
    """Contact history of a Genesys Cloud organisation, held on this computer.

    Without a command, opens the window.
    """
    if context.invoked_subcommand is None:
        sys.exit(_window(config, profile, practice, theme))


def _window(config: Path | None, profile: str | None, practice: bool, theme: Mode) -> int:
    profiles, chosen = _profiles(config, profile, practice)
    options = _options(profiles, chosen, practice=practice, config=config, mode=theme)
    from PySide6.QtWidgets import QApplication

    from desktop_app.application import Application

    app = QApplication(sys.argv[:1])
    application = Application(app, options)
    application.show()
    code = app.exec()
    application.close()
    return code


@main.command()
@_CONFIG
@_PROFILE
@_PRACTICE
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
@click.option("--conversations", type=click.IntRange(min=0), help="With --practice only.")
def tour(
    config: Path | None,
    profile: str | None,
    practice: bool,
    interval: str | None,
    screenshots: Path | None,
    report: Path | None,
    login_keys: str | None,
    timeout: float,
    grant: str,
    conversations: int | None,
) -> None:
    """Drive the real windows as a person would, and leave pictures of each step."""
    if not practice and not (profile and interval):
        raise click.UsageError("Give --practice, or --profile with --interval.")
    profiles, chosen = _profiles(config, profile, practice)
    options = _options(
        profiles,
        chosen,
        practice=practice,
        config=config,
        practice_options=["--conversations", str(conversations)] if conversations else [],
        practice_grant=Grant(grant),
    )
    from desktop_app.tour import TourOptions, run_tour

    sys.exit(
        run_tour(
            options,
            TourOptions(
                interval=interval or "",
                screenshots=screenshots,
                report=report,
                login_keys=login_keys,
                timeout_s=timeout,
            ),
        )
    )


@main.command("practice-server")
@click.option("--port", type=click.IntRange(0, 65534), default=0, help="0 takes a free one.")
@click.option("--conversations", type=click.IntRange(min=0), default=20_000, show_default=True)
@click.option("--days", type=click.IntRange(min=1), default=30, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--latency-ms", type=click.IntRange(min=0), default=0, show_default=True)
@click.option("--rate-limit", metavar="N/SECONDS", default="300/60", show_default=True)
@click.option("--faults", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--stop-at-stdin-eof", is_flag=True, help="End when standard input is closed.")
def practice_server(
    port: int,
    conversations: int,
    days: int,
    seed: int,
    latency_ms: int,
    rate_limit: str,
    faults: Path | None,
    stop_at_stdin_eof: bool,
) -> None:
    """Serve the practice organisation on this computer; prints one JSON line about itself."""
    from desktop_app.practice.faults import FaultScriptError
    from desktop_app.practice.server import serve
    from desktop_app.practice.settings import PracticeSettings

    limit, window_s = _rate(rate_limit)
    settings = PracticeSettings(
        port=port,
        conversations=conversations,
        days=days,
        seed=seed,
        latency_ms=latency_ms,
        rate_limit=limit,
        rate_window_s=window_s,
        faults_file=faults,
    )
    try:
        serve(settings, stop_at_stdin_eof=stop_at_stdin_eof)
    except FaultScriptError as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(
            f"Port {port} or the one after it can't be used: {error.strerror}. Choose another."
        ) from None


def _rate(text: str) -> tuple[int, float]:
    limit, slash, seconds = text.partition("/")
    try:
        parsed = int(limit), float(seconds) if slash else 60.0
    except ValueError:
        parsed = -1, 0.0
    if parsed[0] < 0 or parsed[1] <= 0:
        raise click.BadParameter(
            "write it as requests/seconds, like 300/60; 0/60 switches the limit off",
            param_hint="--rate-limit",
        )
    return parsed


def _profiles(
    config: Path | None, chosen: str | None, practice: bool
) -> tuple[dict[str, Profile], str]:
    """The profiles to offer, and the one to begin with."""
    path = config or profile_file()
    if practice or (config is None and not path.exists() and not chosen):
        return {}, ""
    try:
        profiles = load_profiles(path)
        if chosen and chosen not in profiles:
            names = ", ".join(profiles)
            raise ConfigError(f'There is no profile "{chosen}" in {path}. It has: {names}.')
    except ContactHistoryError as error:
        raise click.ClickException(str(error)) from None
    return profiles, chosen or next(iter(profiles))


def _options(
    profiles: dict[str, Profile],
    chosen: str,
    *,
    practice: bool,
    config: Path | None,
    mode: Mode = "system",
    practice_options: list[str] | None = None,
    practice_grant: Grant = Grant.IMPLICIT,
) -> Options:
    """Settle the browser's sandbox, which must come before Qt is loaded."""
    from desktop_app.gui import sandbox

    loopback = profiles[chosen].is_loopback if chosen else practice or not profiles
    unsafe = sandbox.prepare(loopback_only=loopback)
    from desktop_app.application import Options

    return Options(
        profiles=profiles,
        chosen=chosen,
        practice=practice,
        practice_options=practice_options or [],
        practice_grant=practice_grant,
        unsafe=unsafe,
        mode=mode,
        config=config,
    )
