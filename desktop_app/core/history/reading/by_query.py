"""Reading one slice of a UTC day with the details query, page by page.

Rows move between pages while they are read: contacts arrive late, are rewritten or removed.  A
loss leaves a sign: a contact met twice, a changed count, a count that was not reached.  A pass
over a slice without a sign is the truth; one with a sign is repeated, and doubted if the signs
don't end.  Only as many losses as arrivals between the same two answers leave none, and days on
which that can happen are read again later (see ``coverage.is_trusted``).

A query reaches so many contacts and no more.  A day that holds more is read from both its ends;
what lies between them is a doubt.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from typing import Literal

from desktop_app.core.errors import RequestRefused
from desktop_app.core.genesys import wire
from desktop_app.core.genesys.history import PageRequest
from desktop_app.core.history.coverage import DAY_MS, FRESH_MS, Position, Slice, Span
from desktop_app.core.history.reading.intake import Rows, Run
from desktop_app.core.history.schema import StoredContact

MOST_PASSES = 4
EXACT_COUNT = 10_000  # larger counts are taken for estimates,
COUNT_TOLERANCE = 0.01  # of this accuracy (totalHits is approximate, contract §2.2)
PAGES_AHEAD = 3

Order = Literal["asc", "desc"]
FetchPage = Callable[[PageRequest], Awaitable[wire.ConversationPage]]
HandOver = Callable[[Slice, int], Awaitable[bool]]


async def _keep(wanted: Slice, contacts_left: int) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a page of a pass stands: the number and the order that it is asked for with."""

    number: int
    order: Order
    first_end: bool  # whether it belongs to the end that the pass begins at


class QueryReading:
    """The passes over one slice.

    ``hand_over`` is asked once the day has been counted, with the contacts that are left: True
    takes the slice away from here.
    """

    def __init__(
        self, run: Run, fetch_page: FetchPage, wanted: Slice, hand_over: HandOver = _keep
    ) -> None:
        self._run = run
        self._fetch_page = fetch_page
        self._slice = wanted
        self._hand_over = hand_over
        self._asked = False  # whether the slice may stay here
        self._cut_off = False  # whether contacts between both ends are out of reach
        self._seen: set[str] = set()

    async def read(self, *, from_pass: int = 1) -> bool:
        """Read the slice to its end, going on where an earlier reading stopped; False when it was
        handed over.  ``from_pass`` is higher when others have read it in this run."""
        position = await self._begin(from_pass)
        previous: set[str] | None = None
        while True:
            position, handed_over = await self._read_pass(position)
            if handed_over:
                return False
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
        return True

    async def _begin(self, from_pass: int) -> Position:
        run, wanted = self._run, self._slice
        intake, limits = run.intake, run.limits
        at = await intake.in_store(lambda: intake.store.position(wanted, run.scope.text))
        # An old position would join pages of two different days' states.
        fresh = at is not None and run.now_ms - at.begun_ms <= FRESH_MS
        if at is None or not fresh or at.job_id or from_pass > 1:
            return Position(
                wanted,
                from_pass,
                run.now_ms + from_pass - 1,
                1,
                limits.page_size,
                scope=run.scope.text,
                ceiling=limits.ceiling,
            )
        if at.next_page > 1:
            pass_ms = at.pass_ms
            self._seen = await intake.in_store(lambda: intake.store.ids_of_pass(wanted, pass_ms))
        return at

    async def _finish(self, position: Position, settled: bool) -> None:
        doubts = []
        if not settled:
            doubts.append("contacts kept moving while they were read")
        if position.unreadable:
            doubts.append(f"{position.unreadable} contacts without an id could not be kept")
        if self._cut_off:
            doubts.append(f"the day holds more than the {2 * position.ceiling:,} within reach")
        span = Span(
            self._slice.start_ms,
            self._slice.end_ms,
            synced_ms=position.begun_ms,
            total_hits=position.total_hits or 0,
            doubt=", ".join(doubts),
            scope=position.scope,
        )
        intake = self._run.intake
        # A doubtful slice keeps what earlier passes met: better one too many than one lost.
        pass_ms = position.pass_ms if settled and not self._cut_off else 0
        await intake.in_store(lambda: intake.store.write_end(span, pass_ms=pass_ms))
        self._run.tally.finished(self._slice, len(self._seen))

    # --- one pass -----------------------------------------------------------------------------

    async def _read_pass(self, position: Position) -> tuple[Position, bool]:
        """Read from the position to the slice's end; pages are fetched ahead, written in order.

        The position reached, and whether the slice was handed over.
        """
        ahead: dict[int, asyncio.Task[wire.ConversationPage]] = {}
        try:
            while not self._is_cut_off(position):
                if await self._is_taken_away(position):
                    return position, True
                self._fetch_ahead(ahead, position)
                try:
                    pages = await _arrived(ahead, position.next_page)
                except RequestRefused as refusal:
                    position = self._adapted(refusal, position)
                    await _cancelled(ahead.values())
                    ahead.clear()
                    continue
                position, last = await self._take(pages, position)
                if last:
                    break
            return position, False
        finally:
            await _cancelled(ahead.values())

    async def _is_taken_away(self, position: Position) -> bool:
        if self._asked or position.total_hits is None or position.pass_no > 1:
            return False
        self._asked = True
        read = (position.next_page - 1) * position.page_size
        return await self._hand_over(self._slice, position.total_hits - read)

    def _fetch_ahead(
        self, ahead: dict[int, asyncio.Task[wire.ConversationPage]], position: Position
    ) -> None:
        """Keep requests in flight for the pages that are surely there."""
        last = position.next_page
        if position.total_hits is not None and self._slice.from_midnight:
            pages = -(-position.total_hits // position.page_size)
            within_reach = 2 * _pages_in_reach(position)
            last = max(last, min(pages, within_reach, position.next_page + PAGES_AHEAD))
        for number in range(position.next_page, last + 1):
            if number not in ahead:
                request = self._request(number, position)
                ahead[number] = asyncio.ensure_future(self._fetch_page(request))

    def _request(self, number: int, position: Position) -> PageRequest:
        place = self._place(number, position)
        return PageRequest(
            start_ms=self._slice.start_ms,
            end_ms=self._slice.end_ms,
            page_number=place.number,
            page_size=position.page_size,
            order=place.order,
            scope=self._run.scope,
        )

    def _place(self, number: int, position: Position) -> _Place:
        """The answer holds the whole UTC day: begin at the end that the slice shares with it."""
        in_reach = _pages_in_reach(position)
        first_end = number <= in_reach
        forward = first_end == self._slice.from_midnight
        return _Place(
            number if first_end else number - in_reach, "asc" if forward else "desc", first_end
        )

    def _is_cut_off(self, position: Position) -> bool:
        """Whether a query reaches no further from either end, and that wasn't enough."""
        if position.next_page <= 2 * _pages_in_reach(position):
            return False
        reach = 2 * _pages_in_reach(position) * position.page_size
        counted = position.total_hits
        self._cut_off = counted is None or counted + _inaccuracy(counted) > reach
        return True

    def _adapted(self, refusal: RequestRefused, position: Position) -> Position:
        adapted = self._run.limits.adapted(refusal, position)
        if adapted is None:
            raise refusal
        if adapted.next_page == 1:
            self._seen.clear()
        return adapted

    async def _take(
        self, pages: list[wire.ConversationPage], position: Position
    ) -> tuple[Position, bool]:
        """Write pages with the position after them; True when the slice ended with them."""
        intake = self._run.intake
        rows = await intake.rows([raw for page in pages for raw in page.conversations or ()])
        found = iter(rows.contacts)
        kept: list[StoredContact] = []
        last = False
        for page in pages:
            contacts = [next(found) for _ in page.conversations or ()]
            position, inside, last = self._after(contacts, page.total_hits, position)
            kept += inside
            if last:
                break
        await self._write(kept, rows, position)
        total = position.total_hits if self._slice.from_midnight else None
        self._run.tally.heard(self._slice, len(self._seen), total)
        return position, last

    async def _write(self, kept: list[StoredContact], rows: Rows, position: Position) -> None:
        await self._run.intake.write_page(kept, rows.names, position)

    def _after(
        self, contacts: list[StoredContact | None], counted: int | None, position: Position
    ) -> tuple[Position, list[StoredContact], bool]:
        """The position after a page, its contacts inside the slice, whether it was the last."""
        inside = [
            contact
            for contact in contacts
            if contact and self._slice.start_ms <= contact.start_ms < self._slice.end_ms
        ]
        total = position.total_hits if counted is None else counted
        place = self._place(position.next_page, position)
        last = self._is_last(contacts, inside, place, position, total)
        after = replace(
            position,
            next_page=position.next_page + 1,
            total_hits=total,
            moved=position.moved
            or self._met_again(inside, place)
            or self._recounted(position.total_hits, total),
            unreadable=position.unreadable + contacts.count(None),
        )
        self._seen.update(contact.conversation_id for contact in inside)
        return after, inside, last

    def _is_last(
        self,
        contacts: list[StoredContact | None],
        inside: list[StoredContact],
        place: _Place,
        position: Position,
        total: int | None,
    ) -> bool:
        """No more contacts, or all that remain lie beyond the slice or were met from its other
        end."""
        if not contacts:
            return True
        if not place.first_end and inside:
            return self._seen.issuperset(contact.conversation_id for contact in inside)
        if len(contacts) < position.page_size:
            read = (place.number - 1) * position.page_size + len(contacts)
            return total is None or read >= total
        starts = [contact.start_ms for contact in contacts if contact]
        if not starts:
            return False
        if place.order == "asc":
            return min(starts) >= self._slice.end_ms
        return max(starts) < self._slice.start_ms

    # --- signs that contacts changed places since the pass began ------------------------------

    def _met_again(self, inside: list[StoredContact], place: _Place) -> bool:
        ids = [contact.conversation_id for contact in inside]
        # From the other end a pass meets at last what it has seen.
        return len(set(ids)) < len(ids) or (place.first_end and not self._seen.isdisjoint(ids))

    def _recounted(self, before: int | None, now: int | None) -> bool:
        if before is None or now is None or before == now:
            return False
        # While a day goes on its count grows, at the end that is read last: no sign.
        return now < before or not self._goes_on

    @property
    def _goes_on(self) -> bool:
        """Whether the slice's day hasn't ended yet."""
        return self._slice.start_ms // DAY_MS == self._run.now_ms // DAY_MS

    def _falls_short(self, position: Position) -> bool:
        """Whether a pass over a whole day met fewer than were counted."""
        total = position.total_hits
        if total is None or not self._slice.whole_day:
            return False
        return falls_short(len(self._seen) + position.unreadable, total)

    def _is_settled(self, position: Position, previous: set[str] | None) -> bool:
        """Whether a pass that has ended met what there is.

        It did if there was no sign.  Some signs don't go away, however often a day is read: a
        count that is wrong or estimated, growth at the end that is read first.  Then it has to
        have met the same contacts as the pass before.
        """
        if self._cut_off:
            return True  # another pass would come no further
        if not position.moved and not self._falls_short(position):
            return True
        if self._seen != previous:
            return False
        return not position.moved or self._goes_on or (position.total_hits or 0) > EXACT_COUNT


def falls_short(met: int, counted: int) -> bool:
    """Whether fewer contacts were met than the service's count allows for."""
    return counted - met > _inaccuracy(counted)


def _inaccuracy(counted: int) -> float:
    return 0 if counted <= EXACT_COUNT else counted * COUNT_TOLERANCE


def _pages_in_reach(position: Position) -> int:
    return max(1, position.ceiling // position.page_size)


async def _arrived(
    ahead: dict[int, asyncio.Task[wire.ConversationPage]], number: int
) -> list[wire.ConversationPage]:
    """The page with a number, once it is there, and those after it that are there already."""
    pages = [await ahead.pop(number)]
    while True:
        number += 1
        task = ahead.get(number)
        if task is None or not task.done() or task.exception():
            return pages
        pages.append(ahead.pop(number).result())


async def _cancelled(tasks: Iterable[asyncio.Task[wire.ConversationPage]]) -> None:
    """End tasks and wait for their end."""
    pending = list(tasks)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
