"""In which line of a TOML text a key stands: the standard library's parser doesn't tell."""

from __future__ import annotations

import re

_HEADER = re.compile(r"^\s*\[{1,2}\s*([^\[\]]+?)\s*\]{1,2}\s*(?:#.*)?$")
_KEY = re.compile(
    r"""^\s*((?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+))*)\s*="""
)
_PART = re.compile(r""""([^"]*)"|'([^']*)'|([A-Za-z0-9_-]+)""")

Path = tuple[str, ...]


class KeyLines:
    """Lines of keys and table headers, counted from 1.

    Reads headers, and bare, quoted and dotted keys; a key inside an inline table is found at
    the line of the table.  Lines inside multi-line strings may be taken for keys, which only
    matters for a file that has an error elsewhere.
    """

    def __init__(self, text: str) -> None:
        self._lines: dict[Path, int] = {}
        table: Path = ()
        for number, line in enumerate(text.split("\n"), 1):  # no other line end counts in TOML
            if header := _HEADER.match(line):
                table = _path(header[1])
                self._note(table, number)
            elif key := _KEY.match(line):
                self._note(table + _path(key[1]), number)

    def of(self, *path: str) -> int | None:
        """The line of a key, or of the innermost table around it that has a line."""
        for length in range(len(path), 0, -1):
            if path[:length] in self._lines:
                return self._lines[path[:length]]
        return None

    def _note(self, path: Path, number: int) -> None:
        for length in range(1, len(path) + 1):
            self._lines.setdefault(path[:length], number)


def _path(text: str) -> Path:
    return tuple(
        next(part for part in match if part) for match in _PART.findall(text) if any(match)
    )
