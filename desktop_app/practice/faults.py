"""Scripted faults: what goes wrong, with which requests.

A script is a JSON list of rules, read from the file of ``--faults``, sent to ``/practice/faults``
(``POST`` adds rules, ``GET`` lists them with their counts, ``DELETE`` forgets them all), or
appended to ``PracticeServer.faults``.  Rules apply to both hosts.  A rule is::

    {"match": {"method": "POST", "path": "/api/v2/analytics/*", "nth": [3, 5], "every": 2},
     "do": {"status": 503}}

``match`` (every key is optional):

``method``  the HTTP method, ``*`` for any
``path``    a glob over the path, without the query; ``*`` also spans slashes
``nth``     which of the requests with that method and path, counted from 1: a number, or
            ``[first, last]`` with ``null`` for "and all later ones"
``every``   each k-th of those requests

``do`` (several keys may be combined, and several rules may apply to one request):

``latency_ms``         wait before anything else happens
``status``             answer with this status instead of the real answer; an error body as the
                       service words it, a ``body`` of one's own (any JSON), or ``html``
``retry_after``        seconds in the ``Retry-After`` header of that answer
``retry_in_message``   seconds in the text of a 429 (quirk 31)
``html``               true: an HTML page instead of JSON, with status 200 unless ``status`` is set
``unauthorized``       true: the token of the request ends, and 401 ``credentials.expired``
``forbidden``          403 that names this permission as missing
``reset``              true: the connection is reset before a byte of the answer; a number: after
                       so many bytes of its body
``truncate``           the connection ends after so many bytes of the body, fewer than
                       ``Content-Length`` announced
``drip_ms_per_chunk``  the body comes in chunks with this pause between them
``drip_chunk_bytes``   size of those chunks, 64 by default
``no_rate_headers``    true: the answer lacks the ``inin-ratelimit-*`` headers
``shift``              rows of details/query change place: ``{"appear": k}`` hides the k rows from
                       position ``at`` (0 by default) of the full result until the rule's first
                       request and shows them from then on, so that rows slip to later pages and
                       repeat; ``{"vanish": k}`` drops them from the rule's first request on, so
                       that rows slip to earlier pages and are missed.  Write ``nth`` as
                       ``[first, null]``.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec

_T = TypeVar("_T")
Count = Annotated[int, msgspec.Meta(ge=0)]
Ordinal = Annotated[int, msgspec.Meta(ge=1)]


class FaultScriptError(ValueError):
    """A fault script that can't be read; the text says where and why."""


class Match(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    method: str = "*"
    path: str = "*"
    # Not `Ordinal`: the garbage collector crashes in msgspec 0.22.0 where a constrained number and
    # a tuple share a union.
    nth: int | tuple[int, int | None] | None = None
    every: Ordinal | None = None

    def __post_init__(self) -> None:
        if self.nth is not None and self.first < 1:
            raise ValueError("nth counts from 1")

    def covers(self, method: str, path: str) -> bool:
        return self.method in ("*", method) and fnmatchcase(path, self.path)

    def is_due(self, count: int) -> bool:
        """Whether the ``count``-th covered request is one of those meant."""
        first, last = self.nth if isinstance(self.nth, tuple) else (self.nth, self.nth)
        if first is not None and (count < first or (last is not None and count > last)):
            return False
        return self.every is None or count % self.every == 0

    @property
    def first(self) -> int:
        """The first request that can be meant."""
        if self.nth is None:
            return 1
        return self.nth[0] if isinstance(self.nth, tuple) else self.nth


class Shift(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    appear: Count = 0
    vanish: Count = 0
    at: Count = 0


class Do(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    latency_ms: Count = 0
    status: Annotated[int, msgspec.Meta(ge=200, le=599)] | None = None
    body: Any = None
    retry_after: Count | None = None
    retry_in_message: Count | None = None
    html: bool = False
    unauthorized: bool = False
    forbidden: str | None = None
    reset: bool | Count = False
    truncate: Count | None = None
    drip_ms_per_chunk: Count = 0
    drip_chunk_bytes: Ordinal = 64
    no_rate_headers: bool = False
    shift: Shift | None = None

    @property
    def replaces_answer(self) -> bool:
        return self.status is not None or self.html

    @property
    def breaks_answer(self) -> bool:
        return self.reset is not False or self.truncate is not None or self.drip_ms_per_chunk > 0


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    match: Match
    do: Do


@dataclass(frozen=True)
class Hidden:
    """Rows ``[at, at + count)`` of a query's full result that are not there now."""

    at: int
    count: int


@dataclass(frozen=True)
class Disruption:
    """All that happens to one request."""

    acts: tuple[Do, ...] = ()
    hidden: tuple[Hidden, ...] = ()

    @property
    def latency_ms(self) -> int:
        return sum(act.latency_ms for act in self.acts)

    def first(self, attribute: str) -> Do | None:
        """The first act whose ``attribute`` is set."""
        return next((act for act in self.acts if getattr(act, attribute)), None)


@dataclass
class _Scripted:
    rule: Rule
    count: int = 0


class Faults:
    """The rules in force and how many requests each has seen; safe to change while serving."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._scripted: list[_Scripted] = []

    def append(self, rule: Rule | Mapping[str, object]) -> None:
        """Add one rule; its count begins at 0."""
        self.extend([rule if isinstance(rule, Rule) else _convert(rule, Rule)])

    def extend(self, rules: list[Rule]) -> None:
        with self._lock:
            self._scripted.extend(_Scripted(rule) for rule in rules)

    def clear(self) -> None:
        with self._lock:
            self._scripted.clear()

    def __iter__(self) -> Iterator[Rule]:
        with self._lock:
            return iter([scripted.rule for scripted in self._scripted])

    def __len__(self) -> int:
        with self._lock:
            return len(self._scripted)

    def report(self) -> list[dict[str, object]]:
        """The rules as JSON, each with ``seen``: the requests it has counted."""
        with self._lock:
            return [
                {**msgspec.to_builtins(scripted.rule), "seen": scripted.count}
                for scripted in self._scripted
            ]

    def decide(self, method: str, path: str) -> Disruption:
        """Count a request and say what happens to it."""
        acts: list[Do] = []
        hidden: list[Hidden] = []
        with self._lock:
            for scripted in self._scripted:
                match, do = scripted.rule.match, scripted.rule.do
                if not match.covers(method, path):
                    continue
                scripted.count += 1
                if match.is_due(scripted.count):
                    acts.append(do)
                if do.shift is not None:
                    begun = scripted.count >= match.first
                    rows = do.shift.vanish if begun else do.shift.appear
                    if rows:
                        hidden.append(Hidden(do.shift.at, rows))
        return Disruption(tuple(acts), tuple(hidden))


def read_script(text: str | bytes) -> list[Rule]:
    """The rules of a JSON script; a single rule may stand without its list."""
    try:
        script = msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        raise FaultScriptError(f"The fault script is not JSON: {error}") from error
    return _convert(script if isinstance(script, list) else [script], list[Rule])


def load_script(path: Path) -> list[Rule]:
    """The rules of a script file."""
    try:
        return read_script(path.read_bytes())
    except OSError as error:
        raise FaultScriptError(f"The fault script can't be read: {error.strerror}") from error


def _convert(value: object, shape: type[_T]) -> _T:
    try:
        return msgspec.convert(value, shape)
    except msgspec.ValidationError as error:
        raise FaultScriptError(f"The fault script has a mistake: {error}") from error
