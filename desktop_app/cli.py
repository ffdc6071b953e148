"""The commands.  Qt is imported only by those that open a window."""

from __future__ import annotations

import gc
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click
from platformdirs import user_log_path

from desktop_app import __version__
from desktop_app.core import crash
from desktop_app.core.crash import Watch
from desktop_app.core.errors import ConfigError, ContactHistoryError
from desktop_app.core.signin.policy import Policy, load_policy, policy_files
from desktop_app.core.signin.profiles import Grant, Profile, Way, load_profiles, profile_file

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
_VERBOSE = click.option("--verbose", is_flag=True, help="Repeat the log on standard error.")


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="contact-history")
@_CONFIG
@_PROFILE
@_PRACTICE
@_VERBOSE
@click.option(
    "--theme",
    type=click.Choice(["system", "light", "dark"]),
    help="Instead of the one chosen in the settings.",
)
@click.pass_context
def main(
    context: click.Context,
    config: Path | None,
    profile: str | None,
    practice: bool,
    verbose: bool,
    theme: Mode | None,
) -> None:
    """Contact history of a Genesys Cloud organisation, held on this computer.

    Without a command, opens the window.
    """
    if context.invoked_subcommand is None:
        sys.exit(_window(config, profile, practice, verbose, theme))


def _window(
    config: Path | None, profile: str | None, practice: bool, verbose: bool, theme: Mode | None
) -> int:
    watch = _watch(verbose)
    profiles, chosen = _profiles(config, profile, practice)
    options = _options(profiles, chosen, practice=practice, config=config, mode=theme, watch=watch)
    from PySide6.QtWidgets import QApplication

    from desktop_app.application import Application

    app = QApplication(sys.argv[:1])
    application = Application(app, options)
    application.show()
    gc.freeze()  # what the start has made stays: without it, each full collection looks it over
    code = app.exec()
    application.close()
    return code


@main.command()
@_CONFIG
@_PROFILE
@_PRACTICE
@_VERBOSE
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
    watch = _watch(verbose)
    profiles, chosen = _profiles(config, profile, practice)
    if way == "browser":
        profiles = {name: replace(each, way=Way.BROWSER) for name, each in profiles.items()}
    options = _options(
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
            options,
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


@main.command("practice-server")
@click.option("--port", type=click.IntRange(0, 65534), default=0, help="0 takes a free one.")
@click.option("--conversations", type=click.IntRange(min=0), default=20_000, show_default=True)
@click.option("--days", type=click.IntRange(min=1), default=30, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--latency-ms", type=click.IntRange(min=0), default=0, show_default=True)
@click.option("--rate-limit", metavar="N/SECONDS", default="300/60", show_default=True)
@click.option(
    "--minute",
    type=click.FloatRange(min=0.1),
    metavar="SECONDS",
    default=60.0,
    show_default=True,
    help="How long a minute of the rate limit lasts.",
)
@click.option("--faults", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--render-first",
    is_flag=True,
    help="Make every answer before serving, and keep them: 5.5 kB a conversation.",
)
@click.option(
    "--revise-after",
    type=click.FloatRange(min=0),
    metavar="SECONDS",
    help="So long after the start some contacts are rewritten, and some are gone.",
)
@click.option(
    "--tls-cert",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Certificate for localhost, PEM: serve https. Needs --tls-key.",
)
@click.option("--tls-key", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--stop-at-stdin-eof", is_flag=True, help="End when standard input is closed.")
def practice_server(
    port: int,
    conversations: int,
    days: int,
    seed: int,
    latency_ms: int,
    rate_limit: str,
    minute: float,
    faults: Path | None,
    render_first: bool,
    revise_after: float | None,
    tls_cert: Path | None,
    tls_key: Path | None,
    stop_at_stdin_eof: bool,
) -> None:
    """Serve the practice organisation on this computer; prints one JSON line about itself."""
    from desktop_app.practice.faults import FaultScriptError
    from desktop_app.practice.server import TlsFilesError, serve
    from desktop_app.practice.settings import PracticeSettings

    if (tls_cert is None) != (tls_key is None):
        raise click.UsageError("TLS needs both: give --tls-cert and --tls-key.")
    limit, window_s = _rate(rate_limit)
    settings = PracticeSettings(
        port=port,
        conversations=conversations,
        days=days,
        seed=seed,
        latency_ms=latency_ms,
        rate_limit=limit,
        rate_window_s=window_s,
        minute_s=minute,
        faults_file=faults,
        render_first=render_first,
        revise_after_s=revise_after,
        tls_cert=tls_cert,
        tls_key=tls_key,
    )
    try:
        serve(settings, stop_at_stdin_eof=stop_at_stdin_eof)
    except (FaultScriptError, TlsFilesError) as error:
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
    mode: Mode | None = None,
    practice_options: list[str] | None = None,
    practice_grant: Grant = Grant.IMPLICIT,
    practice_way: Way = Way.VIEW,
    watch: Watch,
) -> Options:
    """Settle the browser's sandbox, which must come before Qt is loaded."""
    from desktop_app.gui import sandbox

    policy = _policy()

    loopback = profiles[chosen].is_loopback if chosen else practice or not profiles
    unsafe = sandbox.prepare(loopback_only=loopback)
    from desktop_app.application import Options
    from desktop_app.gui.qt_messages import log_qt_messages

    log_qt_messages()

    return Options(
        profiles=profiles,
        chosen=chosen,
        policy=policy,
        practice=practice,
        practice_options=practice_options or [],
        practice_grant=practice_grant,
        practice_way=practice_way,
        unsafe=unsafe,
        mode=mode,
        config=config,
        watch=watch,
    )


def _watch(verbose: bool) -> Watch:
    """The log, what becomes of unforeseen errors, and no crash dumps; before anything else."""
    watch = crash.install(user_log_path("contact-history", appauthor=False), verbose=verbose)
    click.get_current_context().call_on_close(watch.close)
    return watch


def _policy() -> Policy:
    """What the administrator has decided. A file that can't be read lets nobody in."""
    try:
        return load_policy(*policy_files())
    except ContactHistoryError as error:
        raise click.ClickException(str(error)) from None
