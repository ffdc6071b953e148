"""How a command ends: a number for the program that called it, a sentence for people."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from enum import IntEnum
from typing import Any

import click

from desktop_app.core.crash import Watch
from desktop_app.core.errors import (
    ContactHistoryError,
    ForbiddenByPolicy,
    InputError,
    LoginUnavailable,
    PermissionMissing,
    SignInError,
    SignInNeeded,
    TargetRefused,
)


class Exit(IntEnum):
    """The numbers are documented in README.md and stay what they are."""

    COMPLETE = 0
    FAULT = 1
    PARTIAL = 3
    SIGN_IN = 4
    PERMISSION = 5
    INPUT = 6
    INTERRUPTED = 130


MEANINGS = {
    Exit.COMPLETE: "done, and what was asked for is complete",
    Exit.FAULT: "something failed: the network, Genesys Cloud, the disk",
    Exit.PARTIAL: "done with what there is, which is not complete",
    Exit.SIGN_IN: "nobody is signed in, or the sign-in isn't accepted",
    Exit.PERMISSION: "the account lacks a permission, or the policy forbids it",
    Exit.INPUT: "an option, a file or a filter has to be corrected",
    Exit.INTERRUPTED: "stopped with Ctrl-C",
}

# The first that fits decides.
_EXITS: tuple[tuple[type[ContactHistoryError], Exit], ...] = (
    (InputError, Exit.INPUT),
    (TargetRefused, Exit.INPUT),
    (PermissionMissing, Exit.PERMISSION),
    (ForbiddenByPolicy, Exit.PERMISSION),
    (LoginUnavailable, Exit.FAULT),
    (SignInError, Exit.SIGN_IN),
    (SignInNeeded, Exit.SIGN_IN),
)


def exit_for(error: ContactHistoryError) -> Exit:
    return next((code for kind, code in _EXITS if isinstance(error, kind)), Exit.FAULT)


class BadInput(click.UsageError):
    """Click has an exit of its own for options that can't be used; there is one for all input."""

    exit_code = Exit.INPUT


class Commands(click.Group):
    """A group whose commands return their exit, or raise an error of our tree."""

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        with _bad_input():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, context: click.Context) -> Any:
        try:
            with _bad_input():
                code = super().invoke(context)
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise
        except ContactHistoryError as error:
            click.echo(f"Error: {error.sentence}", err=True)
            context.exit(exit_for(error))
        except KeyboardInterrupt:
            click.echo("Stopped.", err=True)
            context.exit(Exit.INTERRUPTED)
        except Exception as error:
            # Its message may quote a customer's data: into the log, redacted, and nowhere else.
            watch = context.find_object(Watch)
            if watch is None:
                raise
            watch.report("in a command", error)
            context.exit(Exit.FAULT)
        if isinstance(code, int) and code:
            context.exit(code)
        return code


@contextlib.contextmanager
def _bad_input() -> Iterator[None]:
    try:
        yield
    except click.UsageError as error:
        raise BadInput(error.format_message(), error.ctx) from None
