"""A filter's text read into its tree.

    filter  = all {"or" all}
    all     = {["and"] {"-" | "not"} term}
    term    = "(" filter ")" | "{" filter "}" | field sign values | word | '"' words '"'
    values  = value {"," value} | "(" value {"," value} ")"

What stands in braces is switched off.  A text is read in time linear to its length.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from desktop_app.core.history.filters.conditions import read_head
from desktop_app.core.history.filters.fields import find_field
from desktop_app.core.history.filters.mistakes import FilterMistake, shown
from desktop_app.core.history.filters.signs import (
    BLANKS,
    HEAD,
    KEYWORDS,
    SPACED_HEAD,
    STAR,
    name_of,
    read_bare,
    read_quoted,
)
from desktop_app.core.history.filters.tree import (
    EVERYTHING,
    Span,
    Term,
    Words,
    all_of,
    any_of,
    negated,
    switched_off,
)
from desktop_app.core.history.folding import clean

_DEEPEST = 40
_LONGEST = 500_000
_CLOSES = {"(": ")", "{": "}"}


@lru_cache(maxsize=64)
def parse(text: str) -> Term:
    """The tree of a text, each term with the span where it stands. Raises FilterMistake only."""
    if len(text) > _LONGEST:
        raise FilterMistake(
            "This filter is too long. Write thousands of values in several filters."
        )
    parser = _Parser(text)
    found = parser.alternatives(0)
    if parser.place < len(text):
        sign = text[parser.place]
        opening = next(each for each, closing in _CLOSES.items() if closing == sign)
        raise FilterMistake(
            f'There is no "{opening}" for this "{sign}". Remove it, or put the words in quotes.',
            parser.place, 1,
        )  # fmt: skip
    return EVERYTHING if found is None else found


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0

    def alternatives(self, depth: int) -> Term | None:
        """Up to the text's end or a closing bracket; None if there is nothing."""
        found = [self._all(depth)]
        while at := self._keyword("or"):
            term = None if found[-1] is None else self._all(depth)
            if term is None:
                raise _lonely(at, "or")
            found.append(term)
        terms = [term for term in found if term is not None]
        return any_of(terms) if terms else None

    def _all(self, depth: int) -> Term | None:
        terms: list[Term] = []
        while True:
            joined = self._keyword("and")
            if joined and not terms:
                raise _lonely(joined, "and")
            begin = self._skip()
            term = None if self._at_end() else self._negatable(depth)
            if term is not None:
                terms.append(term)
            elif joined:
                raise _lonely(joined, "and")
            elif self.place == begin:
                return all_of(terms) if terms else None

    def _at_end(self) -> bool:
        if self.place == len(self.text) or self.text[self.place] in ")}":
            return True
        return self._peeked() == "or"

    def _negatable(self, depth: int) -> Term | None:
        begin, negations, last = self.place, 0, Span()
        while True:
            at = self.place
            if self.text[at : at + 1] == "-" and not BLANKS.fullmatch(self.text[at + 1 : at + 2]):
                self.place += 1
                last = Span(at, at + 1)
            elif (keyword := self._keyword("not")) is not None:
                last = keyword
                self._skip()
            else:
                break
            negations += 1
        if self._at_end():
            if last.end - last.start == 1:  # a dash before a bracket or nothing
                raise _lonely(last, "-")
            if negations:
                raise _lonely(last, "not")
            return None
        term = self._term(depth)
        if term is None or not negations:
            return term
        span = Span(begin, self.place)
        return negated(term, span) if negations % 2 else replace(term, span=span)

    def _term(self, depth: int) -> Term | None:
        text, begin = self.text, self.place
        if text[begin] in _CLOSES:
            return self._bracket(depth)
        if text[begin] == '"':
            token = read_quoted(text, begin)
            self.place = token.end
            return _words(token.text, Span(begin, token.end))
        head = HEAD.match(text, begin) or self._spaced_head(begin)
        if head:
            term, self.place = read_head(text, head)
            return term
        token = read_bare(text, begin, "")
        end = max(token.end, begin + 1)
        self.place = end
        return _words(token.text.strip(STAR) or text[begin:end], Span(begin, end))

    def _spaced_head(self, begin: int) -> re.Match[str] | None:
        head = SPACED_HEAD.match(self.text, begin)
        return head if head and find_field(name_of(head[1])) else None

    def _bracket(self, depth: int) -> Term | None:
        begin = self.place
        sign = self.text[begin]
        if depth >= _DEEPEST:
            raise FilterMistake("There are too many brackets inside each other.", begin, 1)
        self.place += 1
        term = self.alternatives(depth + 1)
        if not self.text.startswith(_CLOSES[sign], self.place):
            raise FilterMistake(
                f'This "{sign}" is never closed. Add "{_CLOSES[sign]}", or put it in quotes.',
                begin, 1,
            )  # fmt: skip
        self.place += 1
        if term is None:
            return None
        span = Span(begin, self.place)
        return switched_off(term, span) if sign == "{" else replace(term, span=span)

    def _skip(self) -> int:
        blanks = BLANKS.match(self.text, self.place)
        self.place = blanks.end() if blanks else self.place
        return self.place

    def _peeked(self) -> str:
        """The keyword that stands here as a word of its own, or ""."""
        for keyword in KEYWORDS:
            end = self.place + len(keyword)
            if self.text[self.place : end].casefold() == keyword and (
                end >= len(self.text) or self.text[end].isspace() or self.text[end] in '(){}"'
            ):
                return keyword
        return ""

    def _keyword(self, keyword: str) -> Span | None:
        """Where the keyword stands, if it comes next; it is then behind us."""
        begin = self._skip()
        if self._peeked() != keyword:
            return None
        self.place += len(keyword)
        return Span(begin, self.place)


def _words(text: str, span: Span) -> Term | None:
    words = clean(text)
    return Words(words, span) if words else None


def _lonely(at: Span, keyword: str) -> FilterMistake:
    return FilterMistake(
        f"{shown(keyword)} has nothing to join. Add a term, or put it in quotes to search for it.",
        at.start, at.end - at.start,
    )  # fmt: skip
