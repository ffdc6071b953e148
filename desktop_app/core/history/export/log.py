"""The local log of exports: who looks after data can see what has left the application, and where.

One JSON object a line, in a file of the person's own.  It tells which columns and which fields of
the filter an export had, never a customer's data.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import msgspec

from desktop_app.core.history import filters
from desktop_app.core.history.export.provenance import Provenance
from desktop_app.core.history.filters.tree import Condition, Term, effective, leaves

_MOST_LINES = 10_000


class Entry(msgspec.Struct, kw_only=True, frozen=True):
    """``fields`` are those that the filter used, "words" for free text."""

    made: str
    path: str
    format: str
    shape: str
    rows: int
    size_bytes: int
    start: str
    end: str
    columns: tuple[str, ...]
    fields: tuple[str, ...]
    complete: bool


class ExportLog:
    def __init__(self, path: Path) -> None:
        self._path = path

    def add(self, path: Path, size_bytes: int, about: Provenance) -> None:
        """Note an export that was made. A log that can't be written spoils none."""
        told = msgspec.json.decode(about.as_json())
        entry = Entry(
            made=told["made"],
            path=str(path),
            format=about.format,
            shape=about.shape,
            rows=about.rows,
            size_bytes=size_bytes,
            start=told["start"],
            end=told["end"],
            columns=about.columns,
            fields=_fields(effective(filters.parse(about.filter))),
            complete=about.complete,
        )
        with contextlib.suppress(OSError):
            self._shorten()
            self._path.parent.mkdir(parents=True, exist_ok=True)
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
            with os.fdopen(os.open(self._path, flags, 0o600), "ab") as file:
                # The line break comes first: a line that was cut must not take this one with it.
                file.write(b"\n" + msgspec.json.encode(entry))

    def entries(self, limit: int = 100) -> list[Entry]:
        """The newest first; a line that was cut is left out."""
        found: list[Entry] = []
        for line in reversed(self._lines()):
            if len(found) == limit:
                break
            with contextlib.suppress(msgspec.DecodeError):
                found.append(msgspec.json.decode(line, type=Entry))
        return found

    def _lines(self) -> list[bytes]:
        try:
            return [line for line in self._path.read_bytes().splitlines() if line]
        except OSError:
            return []

    def _shorten(self) -> None:
        lines = self._lines()
        if len(lines) > _MOST_LINES:
            self._path.write_bytes(b"\n".join(lines[-_MOST_LINES // 2 :]))


def _fields(term: Term) -> tuple[str, ...]:
    """Each once, in the filter's order."""
    names = (each.field if isinstance(each, Condition) else "words" for each in leaves(term))
    return tuple(dict.fromkeys(names))
