"""Contacts on standard output: a table for eyes, tabs for a pipe, JSON Lines for programs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice

import click
import msgspec

from desktop_app.core.history.clock import Clock
from desktop_app.core.history.columns import Column, Kind, Value, column, read
from desktop_app.core.history.export.cells import typed_name_of
from desktop_app.core.history.export.provenance import iso
from desktop_app.core.history.masking import mask_cell, read_masked

Write = Callable[[Iterable[Sequence[Value]]], None]

_MEASURED = 200  # rows by which the widths of a table are chosen
_WIDEST = 40
_NUMBERS = (Kind.COUNT, Kind.DURATION, Kind.NUMBER)
# A terminal takes these for commands; JSON may hold them as they are (ECMA-404).
_COMMANDS = {code: f"\\u{code:04x}" for code in range(0x7F, 0xA0)}


def writer(keys: Sequence[str], clock: Clock, *, as_json: bool, mask_numbers: bool) -> Write:
    """What prints rows of these columns; ``mask_numbers`` hides customers' numbers (T45)."""
    columns = [column(key) for key in keys]
    if not sys.stdout.isatty() and hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8")  # whatever the system's own encoding is
    if as_json:
        return lambda rows: _print_json(columns, rows, mask_numbers)
    texts = read_masked if mask_numbers else read

    def cells(rows: Iterable[Sequence[Value]]) -> Iterator[list[str]]:
        for row in rows:
            yield [texts(each, cell, clock) for each, cell in zip(columns, row, strict=True)]

    if sys.stdout.isatty():
        return lambda rows: _print_table(columns, cells(rows))
    return lambda rows: _print_tabs(columns, cells(rows))


def _print_table(columns: Sequence[Column], rows: Iterator[list[str]]) -> None:
    first = list(islice(rows, _MEASURED))
    titles = [each.title for each in columns]
    widths = [min(_WIDEST, max(map(len, cells))) for cells in zip(titles, *first, strict=True)]
    to_right = [each.kind in _NUMBERS for each in columns]
    click.echo(click.style(_aligned(titles, widths, to_right), bold=True))
    for row in chain(first, rows):
        click.echo(_aligned(row, widths, to_right))


def _aligned(cells: Sequence[str], widths: Sequence[int], to_right: Sequence[bool]) -> str:
    parts = []
    for cell, width, right in zip(cells, widths, to_right, strict=True):
        text = cell if len(cell) <= width else f"{cell[: width - 1]}…"
        parts.append(text.rjust(width) if right else text.ljust(width))
    return "  ".join(parts).rstrip()


def _print_tabs(columns: Sequence[Column], rows: Iterable[list[str]]) -> None:
    """One line a row: cells hold neither tabs nor line breaks (``columns.one_line``)."""
    click.echo("\t".join(each.title for each in columns))
    for row in rows:
        click.echo("\t".join(row))


def _print_json(columns: Sequence[Column], rows: Iterable[Sequence[Value]], mask: bool) -> None:
    """As the export writes JSON Lines: moments in UTC, lengths in milliseconds."""
    names = [typed_name_of(each.key, each.kind) for each in columns]
    for row in rows:
        told = {
            name: _json_value(each, cell, mask)
            for name, each, cell in zip(names, columns, row, strict=True)
        }
        click.echo(msgspec.json.encode(told).decode().translate(_COMMANDS))


def _json_value(chosen: Column, value: Value, mask: bool) -> object:
    if chosen.kind is Kind.INSTANT and isinstance(value, int) and not chosen.shown:
        return iso(value) or None
    if mask and isinstance(value, str):
        return mask_cell(chosen.key, value)
    if mask and isinstance(value, tuple):
        return [mask_cell(chosen.key, part) for part in value]
    return value
