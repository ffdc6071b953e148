"""``doctor``: what works on this computer, and what mends the rest."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import click
import msgspec

from desktop_app import __version__
from desktop_app.commands import examining, options, setting_up
from desktop_app.commands.examining import Finding
from desktop_app.commands.exits import Exit
from desktop_app.core.errors import ContactHistoryError
from desktop_app.core.signin.findings import Verdict
from desktop_app.core.signin.policy import Policy
from desktop_app.core.signin.profiles import profile_file

_SIGNS = {
    Verdict.OK: ("ok", "green"),
    Verdict.WARNING: ("warning", "yellow"),
    Verdict.WRONG: ("wrong", "red"),
    Verdict.UNKNOWN: ("unknown", None),
}
_WIDEST_SIGN = max(len(sign) for sign, _ in _SIGNS.values())


@click.command()
@options.CONFIG
@options.PROFILE
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
@click.option("--quick", is_flag=True, help="Leave the practice journey out.")
@options.VERBOSE
def doctor(
    config: Path | None, profile: str | None, as_json: bool, quick: bool, verbose: bool
) -> int:
    """Tell what works here: folders, keyring, encryption, sandbox, proxy, reachability.

    A practice journey through the window takes a quarter of a minute.  Ends with 1 if anything is
    wrong; a warning is no fault.
    """
    setting_up.watch(verbose)
    found = []
    for finding in _findings(config, profile, quick=quick):
        found.append(finding)
        if not as_json:
            click.echo(line(finding))
    is_well = not any(each.verdict is Verdict.WRONG for each in found)
    if as_json:
        click.echo(_report(found, is_well=is_well))
    return Exit.COMPLETE if is_well else Exit.FAULT


def _findings(config: Path | None, name: str | None, *, quick: bool) -> Iterator[Finding]:
    yield from examining.computer()
    window = examining.window()
    yield window
    if window.verdict is Verdict.OK and not quick:
        yield examining.journey()
    if config is None and name is None and not profile_file().exists():
        told = f"None yet. The window's first start makes one, in {profile_file()}."
        yield Finding("profile", "Profile", Verdict.WARNING, told)
        return
    finding, profile = examining.profiles(config, name)
    yield finding
    policy = _policy()
    if profile is not None and policy is not None:
        yield examining.sign_in(profile, policy)
        yield from asyncio.run(examining.organisation(profile, policy))


def _policy() -> Policy | None:
    """None for one that can't be read, which has been told by then."""
    try:
        return setting_up.policy()
    except ContactHistoryError:
        return None


def line(finding: Finding) -> str:
    """What was found, for people."""
    sign, colour = _SIGNS[finding.verdict]
    return f"{click.style(sign.ljust(_WIDEST_SIGN), fg=colour)}  {finding.title}: {finding.told}"


def _report(found: list[Finding], *, is_well: bool) -> str:
    """``schema`` changes when a field means something else."""
    told = {
        "schema": 1,
        "version": __version__,
        "ok": is_well,
        "checks": [
            {"key": each.key, "title": each.title, "verdict": _SIGNS[each.verdict][0],
             "told": each.told}
            for each in found
        ],
    }  # fmt: skip
    return msgspec.json.format(msgspec.json.encode(told), indent=2).decode()
