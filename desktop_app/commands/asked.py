"""Which contacts a command is about, and which of their columns: options, and what they mean."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import click

from desktop_app.core.errors import InputError
from desktop_app.core.history.clock import Clock, Interval
from desktop_app.core.history.columns import COLUMNS, DEFAULT_KEYS, column
from desktop_app.core.history.filters.mistakes import FilterMistake
from desktop_app.core.history.query import Query
from desktop_app.core.history.zones import system_zone

Command = TypeVar("Command", bound=Callable[..., Any])

_LAST_DAYS = re.compile(r"last[-_](\d{1,4})[-_]days?")
_INTERVAL_HELP = (
    "ISO 8601, like 2026-11-20/2026-11-21; or today, yesterday, this-week, last-week, last-hour,"
    " last-30-days (until now)."
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Contacts by their start and a filter, in an order, read by a zone's clock."""

    interval: str
    filter: str = ""
    sort: str = ""
    zone: str = ""

    def clock(self, profile_zone: str) -> Clock:
        """The zone that was named, else the profile's, else this computer's."""
        name = self.zone or profile_zone
        if not name:
            return Clock(system_zone())
        try:
            return Clock(ZoneInfo(name))
        except (KeyError, ValueError, OSError):
            raise InputError(
                f'There is no time zone "{name}". Write it like Europe/London.'
            ) from None

    def query(self, clock: Clock) -> Query:
        """Raises IntervalError, and InputError for a filter or a sort key that can't be used."""
        start_ms, end_ms = interval_of(self.interval, clock)
        key, descending = _order(self.sort)
        query = Query(start_ms, end_ms, self.filter, key, descending, clock)
        try:
            _ = query.filter
        except FilterMistake as mistake:
            raise InputError(_pointed_at(self.filter, mistake)) from None
        return query


def interval_option(command: Command) -> Command:
    return click.option("--interval", metavar="A/B", required=True, help=_INTERVAL_HELP)(command)


def zone_option(command: Command) -> Command:
    return click.option(
        "--zone",
        metavar="NAME",
        default="",
        help="Time zone for days and moments; default: the profile's, else this computer's.",
    )(command)


def selection_options(command: Command) -> Command:
    """--filter, --columns and --sort."""
    for option in (
        click.option(
            "--sort",
            metavar="KEY[:asc|desc]",
            default="start:desc",
            show_default=True,
            help="Column to sort by.",
        ),
        click.option(
            "--columns",
            metavar="A,B,…",
            default="",
            help="Keys of columns, attr.NAME for participants' attributes, or all; default: those"
            " that the window begins with.",
        ),
        click.option("--filter", "text", metavar="TEXT", default="", help="As in the window."),
    ):
        command = option(command)
    return command


def interval_of(text: str, clock: Clock) -> Interval:
    """A range by name, or by its ends. Raises IntervalError."""
    name = text.strip().lower().replace("-", "_")
    for preset in clock.presets():
        if preset.key == name:
            return preset.interval
    now_ms = clock.now_ms()
    if days := _LAST_DAYS.fullmatch(text.strip().lower()):
        return Interval(clock.days_before(now_ms, int(days[1])), now_ms)
    return clock.parse_interval(text)


def columns_of(text: str, default: tuple[str, ...] = DEFAULT_KEYS) -> tuple[str, ...]:
    """The keys that were asked for, each once. Raises InputError for one that is no column's."""
    if not text.strip():
        return default
    if text.strip().lower() == "all":
        return tuple(each.key for each in COLUMNS)
    keys = tuple(dict.fromkeys(key.strip() for key in text.split(",") if key.strip()))
    for key in keys:
        _known(key)
    return keys


def _order(text: str) -> tuple[str, bool]:
    key, _, direction = (text or "start:desc").partition(":")
    if direction not in ("", "asc", "desc"):
        raise InputError(f'"{direction}" is no order. Write {key}:asc or {key}:desc.')
    return _known(key), direction == "desc"


def _known(key: str) -> str:
    try:
        column(key)
    except KeyError:
        near = difflib.get_close_matches(key.lower(), [each.key for each in COLUMNS], n=3)
        hint = f"Did you mean {' or '.join(near)}?" if near else "docs/columns.md has them all."
        raise InputError(f'There is no column "{key}". {hint}') from None
    return key


def _pointed_at(text: str, mistake: FilterMistake) -> str:
    """The sentence, and below it the text with a mark under what is meant."""
    mark = " " * mistake.position + "^" * max(1, mistake.length)
    return f"{mistake.sentence}\n  {text}\n  {mark}"
