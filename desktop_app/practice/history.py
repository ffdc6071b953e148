"""Which contacts a query is about, in which order, and how many.

Nothing is generated for a query without a filter in the order of the start: its rows are a range
of indices.  Any other result is computed once, conversation by conversation, and kept as an array
of indices.

A conversation is made and written as JSON each time it is asked for, which takes about 0.12 ms;
with ``keep_answers`` its bytes stay in memory, about 5.5 kB of them.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from .errors import ApiError
from .predicates import epoch_ms, matcher, segments_of
from .queries import DAY_MS, DetailQuery, JobQuery
from .revisions import Revisions
from .tenants import ContactSource

Indices = NDArray[np.int64]

EXACT_HITS = 10_000
_KEPT_RESULTS = 16
# How far before an interval a job looks for contacts that still lasted in it.
_LONGEST_CONTACT_MS = 7 * DAY_MS
_UNKNOWN_END = -1
_STILL_OPEN = np.iinfo(np.int64).max
_LONGEST_ATTRIBUTE = 1_024


class History:
    """The contacts of one organisation as queries see them."""

    def __init__(
        self,
        contacts: ContactSource,
        now_ms: Callable[[], int],
        closing: threading.Event,
        *,
        keep_answers: bool = False,
    ) -> None:
        self.contacts = contacts
        self.revisions = Revisions(contacts.directory.wrapup_codes)
        self._now_ms = now_ms
        self._closing = closing
        self._lock = threading.Lock()
        self._results: OrderedDict[bytes, Indices] = OrderedDict()
        self._answers: dict[tuple[int, bool], msgspec.Raw] | None = {} if keep_answers else None
        # One whole number per contact: what jobs need to know of contacts outside the interval.
        self._end_ms = np.full(len(contacts), _UNKNOWN_END, dtype=np.int64)

    @property
    def count(self) -> int:
        """How many contacts have begun by now; later ones don't exist yet."""
        return int(np.searchsorted(self.contacts.start_ms, self._now_ms(), side="right"))

    def find(self, conversation_id: str) -> int | None:
        """The index of a contact that exists."""
        index = self.contacts.index_of(conversation_id)
        if index is None or index >= self.count:
            return None
        return index if len(self.revisions.without_forgotten(np.array([index]))) else None

    def conversation(self, index: int, *, attributes: bool) -> dict[str, Any]:
        """A contact as it is now, as the query shows it or as a job does, with attributes."""
        index = int(index)
        conversation = self.contacts.conversation(index, attributes=attributes)
        if self.revisions.concern(index):
            self.revisions.rewrite(conversation)
        if attributes:
            _cut_attributes(conversation)
        return conversation

    def answer(self, index: int, *, attributes: bool) -> msgspec.Raw:
        """:meth:`conversation` as JSON."""
        key = int(index), attributes
        kept = None if self._answers is None else self._answers.get(key)
        if kept is None or self.revisions.concern(key[0]):
            kept = msgspec.Raw(msgspec.json.encode(self.conversation(index, attributes=attributes)))
            if self._answers is not None and not self.revisions.concern(key[0]):
                self._answers[key] = kept
        return kept

    def render_all(self) -> None:
        """Make every answer of the query that is to be kept, so that none is made later."""
        for index in range(self.count):
            self.answer(index, attributes=False)

    def query(self, query: DetailQuery) -> Indices:
        """The result of details/query: contacts that began on a UTC day the interval touches."""
        start, end = query.span_ms()
        return self._ordered(query, self._between(*_whole_days(start, end)))

    def job(self, query: JobQuery, available_ms: int) -> Indices:
        """The result of a job: contacts of any moment in the interval, begun by ``available_ms``.

        With ``startOfDayIntervalMatching`` the same as :meth:`query` (contract §2.4).
        """
        start, end = query.span_ms()
        if query.start_of_day_interval_matching:
            found = self._between(*_whole_days(start, end))
        else:
            early = self._between(start - _LONGEST_CONTACT_MS, start)
            lasting = [index for index in early if self._ended(int(index)) >= start]
            found = np.concatenate((np.array(lasting, dtype=np.int64), self._between(start, end)))
        found = found[self.contacts.start_ms[found] < available_ms]
        return self._ordered(query, found)[: query.limit]

    def _between(self, start_ms: int, end_ms: int) -> Indices:
        first, last = np.searchsorted(self.contacts.start_ms, (start_ms, end_ms))
        found = np.arange(first, min(int(last), self.count), dtype=np.int64)
        return self.revisions.without_forgotten(found)

    def _ended(self, index: int) -> int:
        if self._end_ms[index] == _UNKNOWN_END:
            self._check_open()
            conversation = self.contacts.conversation(index, attributes=False)
            self._end_ms[index] = _end_of(conversation)
        return int(self._end_ms[index])

    def _ordered(self, query: DetailQuery, candidates: Indices) -> Indices:
        order_by = query.order_by or "conversationStart"
        if not query.is_filtered and (
            order_by == "conversationStart" or query.order == "unordered"
        ):
            result = candidates
        else:
            result = self._kept(query, candidates)
        if query.order == "desc":
            return result[::-1]
        if query.order == "unordered":
            return np.random.default_rng(len(result)).permutation(result)
        return result

    def _kept(self, query: DetailQuery, candidates: Indices) -> Indices:
        """Filtered and ascending by ``orderBy``; computed once while the candidates stay."""
        filters = [filters for _, filters in query.filter_lists()]
        edges = [int(index) for index in candidates[[0, -1]]] if len(candidates) else []
        key = msgspec.json.encode(
            [edges, len(candidates), filters, query.order_by, self.revisions.has_begun]
        )
        with self._lock:
            if key in self._results:
                self._results.move_to_end(key)
                return self._results[key]
        result = self._compute(query, candidates)
        with self._lock:
            self._results[key] = result
            if len(self._results) > _KEPT_RESULTS:
                self._results.popitem(last=False)
        return result

    def _compute(self, query: DetailQuery, candidates: Indices) -> Indices:
        matches = matcher(query)
        sort_key = _SORT_KEYS[query.order_by or "conversationStart"]
        found: list[int] = []
        keys: list[int] = []
        for index in candidates:
            self._check_open()
            conversation = self.conversation(index, attributes=False)
            if matches(conversation):
                found.append(int(index))
                keys.append(sort_key(conversation))
        order = np.argsort(np.array(keys, dtype=np.int64), kind="stable")
        return np.array(found, dtype=np.int64)[order]

    def _check_open(self) -> None:
        if self._closing.is_set():
            raise ApiError(503)


def approximate(hits: int) -> int:
    """``totalHits`` as the service gives it: exact below 10,000, within half a percent above.

    Contract §2.2 says "approximate" only.  The error is the same for the same number.
    """
    if hits < EXACT_HITS:
        return hits
    spread = hits // 200
    return hits + (hits * 2_654_435_761) % (2 * spread + 1) - spread


def _cut_attributes(conversation: dict[str, Any]) -> None:
    """Keys and values end at 1,024 characters in job results (contract §2.4)."""
    for participant in conversation.get("participants", ()):
        if "attributes" in participant:
            participant["attributes"] = {
                key[:_LONGEST_ATTRIBUTE]: value[:_LONGEST_ATTRIBUTE]
                for key, value in participant["attributes"].items()
            }


def _whole_days(start_ms: int, end_ms: int) -> tuple[int, int]:
    """The UTC days that ``[start_ms, end_ms)`` touches."""
    return start_ms // DAY_MS * DAY_MS, -(-end_ms // DAY_MS) * DAY_MS


def _end_of(conversation: dict[str, Any]) -> int:
    """When a contact ended: by its end, else by its last segment (quirk 4), else not at all."""
    if "conversationEnd" in conversation:
        return epoch_ms(conversation["conversationEnd"])
    ends = [context.segment.get("segmentEnd") for context in segments_of(conversation)]
    known = [epoch_ms(end) for end in ends if end is not None]
    return max(known) if ends and len(known) == len(ends) else int(_STILL_OPEN)


def _conversation_start(conversation: dict[str, Any]) -> int:
    return epoch_ms(conversation["conversationStart"])


def _segment_start(conversation: dict[str, Any]) -> int:
    starts = [context.segment.get("segmentStart") for context in segments_of(conversation)]
    known = [epoch_ms(start) for start in starts if start is not None]
    return min(known, default=_conversation_start(conversation))


_SORT_KEYS: dict[str, Callable[[dict[str, Any]], int]] = {
    "conversationStart": _conversation_start,
    "conversationEnd": _end_of,
    "segmentStart": _segment_start,
    "segmentEnd": _end_of,
}
