"""``--self-test``: whether this installation is whole, run after every build of an installer.

Needs no organisation, no network and no keyring, and leaves nothing behind but lines in the log.
"""

from __future__ import annotations

from collections.abc import Iterator

import click

from desktop_app.commands import examining, setting_up
from desktop_app.commands.doctor import line
from desktop_app.commands.examining import Finding
from desktop_app.commands.exits import Exit
from desktop_app.commands.trial import UNSANDBOXED
from desktop_app.core.signin.findings import Verdict
from desktop_app.gui import sandbox


def try_installation(verbose: bool) -> Exit:
    """Tell each finding on a line; ends with 1 if one of them isn't well."""
    setting_up.watch(verbose)
    is_well = True
    for finding in _findings():
        click.echo(line(finding))
        is_well = is_well and finding.verdict is not Verdict.WRONG
    return Exit.COMPLETE if is_well else Exit.FAULT


def _findings() -> Iterator[Finding]:
    yield examining.program()
    yield examining.encryption()
    yield _browser()
    yield examining.journey()


def _browser() -> Finding:
    """As ``doctor``'s, but here one that doesn't draw, or without its sandbox, is wrong."""
    found = examining.window()
    if UNSANDBOXED not in found.told:
        verdict = Verdict.OK if found.verdict is Verdict.OK else Verdict.WRONG
        return Finding("browser", "Browser", verdict, found.told)
    why = sandbox.why_unsandboxed() or "Chromium did not switch it on"
    return Finding("browser", "Browser", Verdict.WRONG, f"It draws, but unsandboxed: {why}.")
