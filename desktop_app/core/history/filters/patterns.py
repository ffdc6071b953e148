"""Regular expressions: a part of the syntax that DuckDB's RE2 and Python's re read alike.

A pattern looks at plain texts, so case and accents don't matter there either.  It is read here
once and written anew for each engine: RE2 runs in time linear to the text, so a pattern can't be
made to hang (https://github.com/google/re2/wiki/Syntax); what it refuses is refused here first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from desktop_app.core.history.folding import plain

_MOST_CHARACTERS = 500
_MOST_REPEATS = 500  # of repeats within each other, multiplied; RE2 refuses more than 1000
_DEEPEST = 20

_WORD = "0-9a-z_"
_SETS = {"d": "0-9", "w": _WORD, "s": r"\t\n\f\r "}
_CONTROLS = {"t": r"\t", "n": r"\n", "r": r"\r", "f": r"\f"}
_COUNTED = re.compile(r"\{(\d{1,4})(,?)(\d{0,4})\}")
_PYTHON_BOUNDARY = f"(?:(?<=[{_WORD}])(?![{_WORD}])|(?<![{_WORD}])(?=[{_WORD}]))"
_PYTHON_INSIDE = f"(?:(?<=[{_WORD}])(?=[{_WORD}])|(?<![{_WORD}])(?![{_WORD}]))"


@dataclass(frozen=True, slots=True)
class Pattern:
    """The same pattern for RE2 and for ``re``; both search plain text."""

    re2: str
    python: str

    def finds(self, plain_text: str) -> bool:
        return re.search(self.python, plain_text) is not None


class PatternError(ValueError):
    """A sentence that names the mend; ``offset`` is the character in the pattern."""

    def __init__(self, sentence: str, offset: int) -> None:
        super().__init__(sentence)
        self.offset = offset


def read_pattern(text: str) -> Pattern:
    """Raises PatternError for what isn't a pattern, or isn't one to both engines."""
    if len(text) > _MOST_CHARACTERS:
        raise PatternError(f"The pattern is longer than {_MOST_CHARACTERS} characters.", 0)
    reading = _Reading(text)
    re2, python = reading.alternatives(0)
    if reading.place < len(text):
        raise PatternError('There is no "(" for this ")". Write \\) for the sign itself.',
                           reading.place)  # fmt: skip
    return Pattern(re2, python)


class _Reading:
    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0
        self.repeats = 1

    def alternatives(self, depth: int) -> tuple[str, str]:
        branches = [self._sequence(depth)]
        while self._taken("|"):
            branches.append(self._sequence(depth))
        return "|".join(each for each, _ in branches), "|".join(each for _, each in branches)

    def _sequence(self, depth: int) -> tuple[str, str]:
        re2, python = [], []
        while self.place < len(self.text) and self.text[self.place] not in "|)":
            outer, self.repeats = self.repeats, 1
            begin = self.place
            atom = self._atom(depth)
            times, count = self._quantifier()
            if times and atom[0] in _UNREPEATABLE:
                raise PatternError(f'"{times}" repeats nothing here.', self.place - len(times))
            self.repeats *= count
            if self.repeats > _MOST_REPEATS:
                raise PatternError(f"The pattern repeats more than {_MOST_REPEATS} times.", begin)
            self.repeats = max(outer, self.repeats)
            re2.append(atom[0] + times)
            python.append(atom[1] + times)
        return "".join(re2), "".join(python)

    def _atom(self, depth: int) -> tuple[str, str]:
        char = self._next()
        if char == "(":
            return self._group(depth)
        if char == "[":
            return (self._set(),) * 2
        if char == ".":
            return (r"[^\n]",) * 2
        if char in _ANCHORS:
            return _ANCHORS[char]
        if char in "*+?{":
            mend = f"Write \\{char} for the sign itself."
            raise PatternError(f'"{char}" repeats nothing here. {mend}', self.place - 1)
        if char == "\\":
            return self._escape()
        return (_literal(char),) * 2

    def _group(self, depth: int) -> tuple[str, str]:
        begin = self.place - 1
        if depth >= _DEEPEST:
            raise PatternError("There are too many brackets inside each other.", begin)
        if self._taken("?") and not self._taken(":"):
            raise PatternError('Only "(?:" is known here; look-around and flags are not.', begin)
        re2, python = self.alternatives(depth + 1)
        if not self._taken(")"):
            raise PatternError('This "(" is never closed. Write \\( for the sign itself.', begin)
        return f"(?:{re2})", f"(?:{python})"

    def _escape(self) -> tuple[str, str]:
        begin = self.place - 1
        if self.place == len(self.text):
            raise PatternError("The pattern ends in a backslash. Write \\\\ for the sign itself.",
                               begin)  # fmt: skip
        char = self._next()
        if char in "bB":
            return f"\\{char}", _PYTHON_BOUNDARY if char == "b" else _PYTHON_INSIDE
        if char.lower() in _SETS:
            return (f"[{'^' if char.isupper() else ''}{_SETS[char.lower()]}]",) * 2
        if char in _CONTROLS:
            return (_CONTROLS[char],) * 2
        if char.isalnum():
            raise PatternError(f'"\\{char}" isn\'t known here; \\d, \\w, \\s and \\b are.', begin)
        return (_literal(char),) * 2

    def _set(self) -> str:
        begin = self.place - 1
        negation = "^" if self._taken("^") else ""
        members = ""
        while self.place < len(self.text) and (self.text[self.place] != "]" or not members):
            members += self._member(begin)
        if not self._taken("]"):
            raise PatternError('This "[" is never closed. Write \\[ for the sign itself.', begin)
        return f"[{negation}{members}]"

    def _member(self, begin: int) -> str:
        at = self.place
        if self.text.startswith("[:", at):
            raise PatternError("Named sets like [:alpha:] aren't known here; \\w and \\d are.", at)
        low = self._member_char()
        if len(low) > 1:
            return low
        if not self.text.startswith("-", self.place) or self.text.startswith("-]", self.place):
            return _in_set(low)
        self.place += 1
        if self.place == len(self.text):
            raise PatternError('This "[" is never closed. Write \\[ for the sign itself.', begin)
        high = self._member_char()
        if len(high) > 1 or low > high:
            raise PatternError("This range is turned round, or isn't one of signs.", at)
        return f"{_in_set(low)}-{_in_set(high)}"

    def _member_char(self) -> str:
        """One plain character, or a known set as it is written."""
        at = self.place
        char = self._next()
        if char == "\\" and self.place < len(self.text):
            char = self._next()
            if char in _SETS:
                return _SETS[char]
            if char in _CONTROLS:
                return _CONTROLS[char].encode().decode("unicode_escape")
            if char.isalnum():
                raise PatternError(f'"\\{char}" isn\'t known in [ ]; \\d, \\w and \\s are.', at)
        letters = plain(char)
        if len(letters) != 1:
            raise PatternError(f'"{char}" can\'t stand in [ ]. Write it outside.', at)
        return letters

    def _quantifier(self) -> tuple[str, int]:
        """What repeats the atom before, and how often it is written out."""
        if self.place == len(self.text):
            return "", 1
        begin = self.place
        counted = _COUNTED.match(self.text, begin)
        if counted:
            self.place = counted.end()
            low, comma, high = counted.groups()
            if high and int(high) < int(low):
                raise PatternError("This count is turned round.", begin)
            count = max(int(low), int(high or 0), 1)
            times = f"{{{low}{comma}{high}}}"
        elif self.text[begin] in "*+?":
            times, count = self._next(), 1
        else:
            return "", 1
        if self._taken("?"):
            times += "?"
        if self.place < len(self.text) and self.text[self.place] in "*+?{":
            raise PatternError("Two repeats follow each other. Put brackets round the first.",
                               self.place)  # fmt: skip
        return times, count

    def _next(self) -> str:
        self.place += 1
        return self.text[self.place - 1]

    def _taken(self, char: str) -> bool:
        if self.text.startswith(char, self.place):
            self.place += 1
            return True
        return False


# RE2's "$" is the very end; Python's is also before a last line break.
_ANCHORS = {"^": ("^", "^"), "$": ("$", r"\Z")}
_UNREPEATABLE = frozenset({"^", "$", "\\b", "\\B", ""})


def _literal(char: str) -> str:
    letters = "".join(each if each.isalnum() else _escaped(each) for each in plain(char))
    return f"(?:{letters})" if len(plain(char)) > 1 else letters


def _escaped(char: str) -> str:
    return "\\" + char if char.isascii() and char.isprintable() and char != " " else char


def _in_set(char: str) -> str:
    return "\\" + char if char in "\\]^-[&~|" else char
