"""How far a command has come: a bar on a terminal, now and then a line elsewhere.

All of it goes to standard error; standard output is for what was asked for.
"""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Any, Self

import click

from desktop_app.core.history.sync import Progress

_LINE_EVERY_S = 10.0
_STEPS = 1000


class Meter:
    """Shows one thing that takes its time; ended by leaving its context."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._words = ""
        self._done = 0
        self._bar: Any = None
        self._said_at = time.monotonic()

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            self._bar = click.progressbar(
                length=_STEPS,
                label=self._label,
                file=sys.stderr,
                show_eta=False,
                item_show_func=lambda _: self._words,
            )
            self._bar.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.__exit__(kind, error, trace)

    def show(self, share: float | None, words: str) -> None:
        """``share`` is 0 to 1, None while it isn't known."""
        self._words = words
        if self._bar is not None:
            done = max(self._done, round((share or 0) * _STEPS))
            self._bar.update(done - self._done, current_item=words)
            self._done = done
        elif time.monotonic() - self._said_at >= _LINE_EVERY_S:
            self._said_at = time.monotonic()
            click.echo(f"{self._label}: {words}", err=True)


def show_reading(meter: Meter, progress: Progress) -> None:
    share = progress.contacts / progress.expected if progress.expected else None
    expected = f" of {progress.expected:,}" if progress.expected is not None else ""
    words = f"{progress.contacts:,}{expected} contacts, {progress.slices_done} of"
    meter.show(share, f"{words} {progress.slices} days")
