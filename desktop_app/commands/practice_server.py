"""The practice organisation: a Genesys Cloud of invented contacts on this computer."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("practice-server")
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
