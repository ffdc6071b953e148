"""TOML files that people write: read with a sentence, and the line, for what is wrong with them.

The standard library's parser doesn't tell in which line a key stands; ``KeyLines`` does.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable
from typing import Any

from desktop_app.core.errors import ConfigError

_HEADER = re.compile(r"^\s*\[{1,2}\s*([^\[\]]+?)\s*\]{1,2}\s*(?:#.*)?$")
_KEY = re.compile(
    r"""^\s*((?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+))*)\s*="""
)
_PART = re.compile(r""""([^"]*)"|'([^']*)'|([A-Za-z0-9_-]+)""")

Path = tuple[str, ...]


def decoded(content: bytes) -> str:
    """A file's text, without a byte order mark. Raises ConfigError if it isn't UTF-8."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigError("this is not UTF-8 text. Save the file as UTF-8.", line=line) from None


def parsed(text: str) -> dict[str, Any]:
    """A text's tables and values. Raises ConfigError if it isn't TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _syntax_error(error, text) from None
    except (ValueError, RecursionError):  # numbers and nesting beyond what Python reads
        raise ConfigError("This file can't be read: a value is too long.") from None


def _syntax_error(error: tomllib.TOMLDecodeError, text: str) -> ConfigError:
    """Python 3.14 tells the line as a number; before, only the message does."""
    words, _, where = str(error).rpartition(" (at ")
    number = "".join(char for char in where.partition(",")[0] if char.isdigit())
    line = int(number) if number else max(1, len(text.splitlines()))
    message = (words or str(error)).rstrip(".")
    return ConfigError(f'this is not TOML: {message}. Write it as key = "value".', line=line)


def meant(text: str, known: Iterable[str]) -> str:
    """The nearest known word as a question, or what is known; ends a sentence."""
    words = list(known)
    near = difflib.get_close_matches(text.lower(), words, n=1)
    return f"; did you mean {near[0]}?" if near else f". Known are: {', '.join(words)}."


class KeyLines:
    """Lines of keys and table headers, counted from 1.

    Reads headers, and bare, quoted and dotted keys; a key inside an inline table is found at
    the line of the table.  Lines inside multi-line strings may be taken for keys, which only
    matters for a file that has an error elsewhere.
    """

    def __init__(self, text: str) -> None:
        self._text = text.split("\n")  # no other line end counts in TOML
        self._lines: dict[Path, int] = {}
        self._headers: dict[int, Path] = {}
        table: Path = ()
        for number, line in enumerate(self._text, 1):
            if header := _HEADER.match(line):
                table = self._headers[number] = _path(header[1])
                self._note(table, number)
            elif key := _KEY.match(line):
                self._note(table + _path(key[1]), number)

    def of(self, *path: str) -> int | None:
        """The line of a key, or of the innermost table around it that has a line."""
        for length in range(len(path), 0, -1):
            if path[:length] in self._lines:
                return self._lines[path[:length]]
        return None

    def block(self, *path: str) -> range | None:
        """The lines of a table from its header to its last key.

        Comments after its last key are taken for the next table's.  None for a table without
        a header of its own, written with dotted keys or inline.
        """
        start = next((number for number, table in self._headers.items() if table == path), None)
        if start is None:
            return None
        after = (number for number in self._headers if number > start)
        end = next(after, len(self._text) + 1)
        while end > start + 1 and self._text[end - 2].lstrip()[:1] in ("", "#"):
            end -= 1
        return range(start, end)

    def _note(self, path: Path, number: int) -> None:
        for length in range(1, len(path) + 1):
            self._lines.setdefault(path[:length], number)


def _path(text: str) -> Path:
    return tuple(
        next(part for part in match if part) for match in _PART.findall(text) if any(match)
    )
