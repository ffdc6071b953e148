"""Bringing a range of history into the store, completely.

A range is read as slices of one UTC day (see ``coverage``), several at a time, each page by
page under the client's rate budget.  Rows move between pages while they are read: contacts
arrive late, are rewritten or removed.  A loss leaves a sign: a contact met twice, a changed
count, a count that was not reached.  A pass over a slice without a sign is the truth; one with
a sign is repeated, and doubted if the signs don't end.  Only as many losses as arrivals between
the same two answers leave none, and days on which that can happen are read again later (see
``coverage.is_trusted``).

Nothing here waits for a person: an expired token ends the reading with ``SignInNeeded``, and
the next call goes on at the stored position.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar

from desktop_app.core.errors import RequestRefused
from desktop_app.core.genesys import wire
from desktop_app.core.genesys.history import PageRequest
from desktop_app.core.history.conversation import wanted_names
from desktop_app.core.history.coverage import DAY_MS, FRESH_MS, Position, Slice, Span, plan
from desktop_app.core.history.schema import StoredContact, stored_contact
from desktop_app.core.history.store import Name, Store

T = TypeVar("T")

PAGE_SIZE = 100  # the largest that the service is known to take (contract §2.2)
SMALLEST_PAGE = 10
MOST_PASSES = 4
EXACT_COUNT = 10_000  # larger counts are taken for estimates,
COUNT_TOLERANCE = 0.01  # of this accuracy (totalHits is approximate, contract §2.2)
SLICES_AT_ONCE = 3
PAGES_AHEAD = 3

FetchPage = Callable[[PageRequest], Awaitable[wire.ConversationPage]]
RunInStore = Callable[[Callable[[], object]], Awaitable[object]]


class NameSource(Protocol):
    """Where names come from: ``genesys.directory.Directory``."""

    def name(self, kind: str, id_: str) -> str | None: ...

    async def learn(self, wanted: Iterable[Name]) -> Mapping[Any, str]: ...


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a reading has come. ``expected`` is None until the service has counted all days."""

    slices_done: int
    slices: int
    contacts: int
    expected: int | None
    day_ms: int  # start of the slice that was heard from last


class Synchroniser:
    """Reads ranges into one store. ``run_in_store`` awaits a function on the store's thread."""

    def __init__(
        self,
        fetch_page: FetchPage,
        names: NameSource,
        store: Store,
        run_in_store: RunInStore,
        *,
        on_progress: Callable[[Progress], None] = lambda progress: None,
    ) -> None:
        self._fetch_page = fetch_page
        self._names = names
        self._store = store
        self._run = run_in_store
        self._on_progress = on_progress

    async def sync(self, start_ms: int, end_ms: int, *, now_ms: int, again: bool = False) -> None:
        """Read what the store lacks of [start_ms, end_ms), as of ``now_ms``.

        ``again`` reads all of it anew.  Raises a ServiceError or StoreError when it can't go
        on; what was read until then is kept and the next call continues there.
        """
        store = self._store
        spans = await self._in_store(lambda: store.spans(start_ms, end_ms))
        resumed = await self._in_store(lambda: store.positions(start_ms, end_ms))
        slices = plan(start_ms, end_ms, spans, now_ms=now_ms, again=again)
        slices = _with_interrupted(slices, [position.slice for position in resumed])
        tally = _Tally(slices, self._on_progress)
        queue = iter(slices)

        async def work() -> None:
            for wanted in queue:
                await _SliceReading(self, wanted, now_ms, tally).run()

        await _all_or_first_error([work() for _ in range(min(SLICES_AT_ONCE, len(slices)))])

    async def _in_store(self, work: Callable[[], T]) -> T:
        result: list[T] = []
        await self._run(lambda: result.append(work()))
        return result[0]


class _Tally:
    """Counts for the progress display, over all slices of one call."""

    def __init__(self, slices: list[Slice], tell: Callable[[Progress], None]) -> None:
        self._contacts = dict.fromkeys(slices, 0)
        self._expected: dict[Slice, int | None] = dict.fromkeys(slices, None)
        self._done = 0
        self._tell = tell

    def heard(self, wanted: Slice, contacts: int, expected: int | None) -> None:
        # A further pass begins again at nothing; what is stored stays.
        self._contacts[wanted] = max(contacts, self._contacts[wanted])
        self._expected[wanted] = expected
        self._report(wanted)

    def finished(self, wanted: Slice, contacts: int) -> None:
        self._contacts[wanted] = self._expected[wanted] = contacts
        self._done += 1
        self._report(wanted)

    def _report(self, wanted: Slice) -> None:
        known = [count for count in self._expected.values() if count is not None]
        self._tell(
            Progress(
                slices_done=self._done,
                slices=len(self._expected),
                contacts=sum(self._contacts.values()),
                expected=sum(known) if len(known) == len(self._expected) else None,
                day_ms=wanted.start_ms,
            )
        )


class _SliceReading:
    """The passes over one slice."""

    def __init__(self, owner: Synchroniser, wanted: Slice, now_ms: int, tally: _Tally) -> None:
        self._owner = owner
        self._slice = wanted
        self._now_ms = now_ms
        self._tally = tally
        self._seen: set[str] = set()

    async def run(self) -> None:
        owner, store = self._owner, self._owner._store
        position = await owner._in_store(lambda: store.position(self._slice))
        if position is None or self._now_ms - position.begun_ms > FRESH_MS:
            # An old position would join pages of two different days' states.
            position = Position(self._slice, 1, self._now_ms, 1, PAGE_SIZE)
        elif position.next_page > 1:
            resumed = position
            self._seen = await owner._in_store(
                lambda: store.ids_of_pass(resumed.slice, resumed.pass_ms)
            )
        previous: set[str] | None = None
        while True:
            position = await self._read_pass(position)
            settled = self._is_settled(position, previous)
            if settled or position.pass_no >= MOST_PASSES:
                break
            previous, self._seen = self._seen, set()
            position = replace(
                position,
                pass_no=position.pass_no + 1,
                pass_ms=position.pass_ms + 1,  # only has to differ, and to grow
                next_page=1,
                total_hits=None,
                moved=False,
                unreadable=0,
            )
        await self._finish(position, settled)

    async def _finish(self, position: Position, settled: bool) -> None:
        doubts = []
        if not settled:
            doubts.append("contacts kept moving while they were read")
        if position.unreadable:
            doubts.append(f"{position.unreadable} contacts without an id could not be kept")
        span = Span(
            self._slice.start_ms,
            self._slice.end_ms,
            synced_ms=position.begun_ms,
            total_hits=position.total_hits or 0,
            doubt=", ".join(doubts),
        )
        store = self._owner._store
        # A doubtful slice keeps what earlier passes met: better one too many than one lost.
        pass_ms = position.pass_ms if settled else 0
        await self._owner._in_store(lambda: store.write_end(span, pass_ms=pass_ms))
        self._tally.finished(self._slice, len(self._seen))

    async def _read_pass(self, position: Position) -> Position:
        """Read from the position to the slice's end; pages are fetched ahead, written in order."""
        ahead: dict[int, asyncio.Task[wire.ConversationPage]] = {}
        try:
            while True:
                self._fetch_ahead(ahead, position)
                try:
                    page = await ahead.pop(position.next_page)
                except RequestRefused as refusal:
                    position = await self._smaller_pages(refusal, position, ahead)
                    continue
                position, last = await self._take(page, position)
                if last:
                    return position
        finally:
            await _cancelled(ahead.values())

    def _fetch_ahead(
        self, ahead: dict[int, asyncio.Task[wire.ConversationPage]], position: Position
    ) -> None:
        """Keep requests in flight for the pages that are surely there."""
        last = position.next_page
        if position.total_hits is not None and self._slice.from_midnight:
            pages = -(-position.total_hits // position.page_size)
            last = max(last, min(pages, position.next_page + PAGES_AHEAD))
        for number in range(position.next_page, last + 1):
            if number not in ahead:
                request = self._request(number, position.page_size)
                ahead[number] = asyncio.ensure_future(self._owner._fetch_page(request))

    def _request(self, number: int, page_size: int) -> PageRequest:
        return PageRequest(
            start_ms=self._slice.start_ms,
            end_ms=self._slice.end_ms,
            page_number=number,
            page_size=page_size,
            # The answer holds the whole UTC day: begin at the end that the slice shares with it.
            order="asc" if self._slice.from_midnight else "desc",
        )

    async def _take(self, page: wire.ConversationPage, position: Position) -> tuple[Position, bool]:
        """Write a page with the position after it; True when it was the slice's last."""
        owner = self._owner
        read = [
            (bytes(raw), wire.decode(raw, wire.Conversation)) for raw in page.conversations or ()
        ]
        learnt = await owner._names.learn(
            {name for _, conversation in read for name in wanted_names(conversation)}
        )
        known = owner._names.name
        contacts = [stored_contact(raw, conversation, known) for raw, conversation in read]
        inside = [
            contact
            for contact in contacts
            if contact and self._slice.start_ms <= contact.start_ms < self._slice.end_ms
        ]
        total = position.total_hits if page.total_hits is None else page.total_hits
        last = self._is_last(contacts, position, total)
        after = replace(
            position,
            next_page=position.next_page + 1,
            total_hits=total,
            moved=position.moved
            or self._met_again(inside)
            or self._recounted(position.total_hits, total),
            unreadable=position.unreadable + contacts.count(None),
        )
        self._seen.update(contact.conversation_id for contact in inside)
        store = owner._store
        await owner._in_store(lambda: store.write_page(inside, learnt, after))
        self._tally.heard(
            self._slice, len(self._seen), total if self._slice.from_midnight else None
        )
        return after, last

    def _is_last(
        self, contacts: list[StoredContact | None], position: Position, total: int | None
    ) -> bool:
        """No more contacts, or all that remain lie beyond the slice."""
        if not contacts:
            return True
        if len(contacts) < position.page_size:
            read = (position.next_page - 1) * position.page_size + len(contacts)
            return total is None or read >= total
        starts = [contact.start_ms for contact in contacts if contact]
        if not starts:
            return False
        if self._slice.from_midnight:
            return min(starts) >= self._slice.end_ms
        return max(starts) < self._slice.start_ms

    # --- signs that contacts changed places since the pass began ------------------------------

    def _met_again(self, inside: list[StoredContact]) -> bool:
        ids = [contact.conversation_id for contact in inside]
        return len(set(ids)) < len(ids) or not self._seen.isdisjoint(ids)

    def _recounted(self, before: int | None, now: int | None) -> bool:
        if before is None or now is None or before == now:
            return False
        # While a day goes on its count grows, at the end that is read last: no sign.
        return now < before or not self._goes_on

    @property
    def _goes_on(self) -> bool:
        """Whether the slice's day hasn't ended yet."""
        return self._slice.start_ms // DAY_MS == self._now_ms // DAY_MS

    def _falls_short(self, position: Position) -> bool:
        """Whether a pass over a whole day met fewer than were counted."""
        total = position.total_hits
        if total is None or not self._slice.whole_day:
            return False
        short = total - len(self._seen) - position.unreadable
        return short > (0 if total <= EXACT_COUNT else total * COUNT_TOLERANCE)

    def _is_settled(self, position: Position, previous: set[str] | None) -> bool:
        """Whether a pass that has ended met what there is.

        It did if there was no sign.  Some signs don't go away, however often a day is read: a
        count that is wrong or estimated, growth at the end that is read first.  Then it has to
        have met the same contacts as the pass before.
        """
        if not position.moved and not self._falls_short(position):
            return True
        if self._seen != previous:
            return False
        return not position.moved or self._goes_on or (position.total_hits or 0) > EXACT_COUNT

    async def _smaller_pages(
        self,
        refusal: RequestRefused,
        position: Position,
        ahead: dict[int, asyncio.Task[wire.ConversationPage]],
    ) -> Position:
        """After "too large" or a page size over the limit, begin the pass again with half."""
        words = str(refusal).lower().replace(" ", "")
        about_size = "pagesize" in words or refusal.code == "response.entity.too.large"
        about_size = about_size or refusal.status == 413
        if not about_size or position.page_size // 2 < SMALLEST_PAGE:
            raise refusal
        await _cancelled(ahead.values())
        ahead.clear()
        self._seen.clear()
        return replace(
            position,
            page_size=position.page_size // 2,
            next_page=1,
            total_hits=None,
            unreadable=0,
        )


def _with_interrupted(slices: list[Slice], interrupted: list[Slice]) -> list[Slice]:
    """Prefer the very slices whose reading was interrupted, so that it goes on where it was.

    A slice up to "now" ends later in each plan; the interrupted one is finished first, and the
    rest of the planned one follows.
    """
    planned: list[Slice] = []
    for wanted in slices:
        begun = [
            old
            for old in interrupted
            if old.start_ms == wanted.start_ms and old.end_ms <= wanted.end_ms
        ]
        if not begun:
            planned.append(wanted)
            continue
        old = max(begun)
        planned.append(old)
        if old.end_ms < wanted.end_ms:
            planned.append(Slice(old.end_ms, wanted.end_ms))
    return planned


async def _all_or_first_error(work: list[Awaitable[None]]) -> None:
    """Run all; at the first failure cancel the rest and raise that failure alone."""
    tasks = [asyncio.ensure_future(item) for item in work]
    try:
        await asyncio.gather(*tasks)
    finally:
        await _cancelled(tasks)


async def _cancelled(tasks: Iterable[asyncio.Future[T]]) -> None:
    pending = list(tasks)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
