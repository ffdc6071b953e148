"""How the language is written: its signs, one by one. Used to read, to write and to complete."""

from __future__ import annotations

import re
from dataclasses import dataclass

from desktop_app.core.history.filters.fields import ATTRIBUTE

# The longer ones first, so that ">=" isn't read as ">".
SIGNS = ("!=", "^=", "$=", ">=", "<=", ":", "=", ">", "<", "~")
NOTHING = "none"
KEYWORDS = frozenset({"and", "or", "not"})
STAR = "*"
_LONGEST_BRACKET = 200  # so that a text is read in time linear to its length

_SIGN = "|".join(map(re.escape, SIGNS))
_QUOTED = r'"(?:[^"\\]|\\.)*"'
_NAME = rf"(?i:{re.escape(ATTRIBUTE)})(?:{_QUOTED}|[\w.-]+)|[^\W\d_][\w.-]*"
HEAD = re.compile(rf"({_NAME})({_SIGN})", re.DOTALL)
SPACED_HEAD = re.compile(rf"({_NAME})\s+(!=|>=|<=|=|>|<)\s*(?=\S)", re.DOTALL)
BLANKS = re.compile(r"\s*")
_PLAIN_WORD = re.compile(r"\w[\w.@+-]*")
_PLAIN_VALUE = re.compile(r"[\w@+][\w.@+:/-]*")
_ATTRIBUTE_KEY = re.compile(r"[\w.-]+")
_ESCAPED = re.compile(r'\\(["\\*])')
_ESCAPED_QUOTE = re.compile(r'\\("|.)', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Token:
    """A value as it is written: its text, where it stands, and whether it was in quotes.

    ``begins_open`` and ``ends_open``: an asterisk stands for anything there.
    """

    text: str
    start: int
    end: int
    is_quoted: bool = False
    begins_open: bool = False
    ends_open: bool = False


def read_quoted(text: str, start: int) -> Token:
    """The text in quotes that begins at ``start``; without a closing one it goes to the end."""
    place = start + 1
    while place < len(text) and text[place] != '"':
        place += 2 if text[place] == "\\" else 1
    inner, end = text[start + 1 : place], min(place + 1, len(text))
    begins = inner.startswith(STAR)
    ends = inner.endswith(STAR) and (len(inner) - len(inner[:-1].rstrip("\\"))) % 2 == 1
    return Token(_ESCAPED.sub(r"\1", inner), start, end, True, begins, ends)


def read_bare(text: str, start: int, stops: str, *, spaces: bool = False) -> Token:
    """A run of characters up to a blank or one of ``stops``; brackets in pairs belong to it.

    A bracket that isn't closed soon begins a group: the run ends before it.
    """
    place, depth, opened = start, 0, start
    while place < len(text):
        char = text[place]
        if depth == 0 and (char in stops or (char == ")" and not spaces)):
            break
        if char in '"{}' or (char.isspace() and not spaces):
            break
        if char == "(":
            opened = opened if depth else place
            depth += 1
        elif char == ")":
            depth -= 1
        if depth and place - opened > _LONGEST_BRACKET:
            break
        place += 1
    run = text[start : opened if depth else place].rstrip()
    return Token(
        run, start, start + len(run), False, run.startswith(STAR), run.endswith(STAR)
    )  # fmt: skip


def read_pattern_text(text: str, start: int) -> Token:
    """What follows "~": in quotes (only the quote is escaped), or up to a blank."""
    if text.startswith('"', start):
        token = read_quoted(text, start)
        closed = token.end > start + 1 and text[token.end - 1] == '"'
        inner = text[start + 1 : token.end - closed]
        return Token(_ESCAPED_QUOTE.sub(_unescaped_quote, inner), start, token.end, True)
    place, depths = start, {"(": 0, "{": 0}
    opens = {")": "(", "}": "{"}
    while place < len(text) and not text[place].isspace():
        char = text[place]
        if char == "\\":
            place += 1
        elif char in depths:
            depths[char] += 1
        elif char in opens:
            if depths[opens[char]] == 0:
                break
            depths[opens[char]] -= 1
        place += 1
    place = min(place, len(text))
    return Token(text[start:place], start, place)


def _unescaped_quote(match: re.Match[str]) -> str:
    return '"' if match[1] == '"' else match[0]


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def word_text(text: str) -> str:
    """A word as it is written, in quotes where it would be read as something else."""
    if _PLAIN_WORD.fullmatch(text) and text.casefold() not in KEYWORDS:
        return text
    return quoted(text)


def value_text(text: str, *, open_ends: bool = False) -> str:
    """A value as it is written; ``open_ends`` says that its outer asterisks would mean anything."""
    if _PLAIN_VALUE.fullmatch(text) and text.casefold() != NOTHING:
        return text
    written = quoted(text)
    if open_ends or text.strip(STAR) == "":
        if text.startswith(STAR):
            written = '"\\' + written[1:]
        if text.endswith(STAR) and len(text) > 1:
            written = written[:-2] + '\\*"'
    return written


def pattern_text(pattern: str) -> str:
    return '"' + pattern.replace('"', '\\"') + '"'


def name_text(name: str) -> str:
    """A field's name; an attribute's key is put in quotes where it needs them."""
    key = name.removeprefix(ATTRIBUTE)
    if key == name or _ATTRIBUTE_KEY.fullmatch(key):
        return name
    return ATTRIBUTE + quoted(key)


def name_of(written: str) -> str:
    """The name that is written so."""
    key = written[len(ATTRIBUTE) :]
    if written[: len(ATTRIBUTE)].lower() == ATTRIBUTE and key.startswith('"'):
        return ATTRIBUTE + _ESCAPED.sub(r"\1", key[1:-1])
    return written
