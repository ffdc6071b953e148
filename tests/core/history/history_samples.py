"""Contacts, stores and a service for the tests of the store and of reading into it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from desktop_app.core.genesys import wire
from desktop_app.core.genesys.history import PageRequest
from desktop_app.core.history.columns import COLUMNS, Value
from desktop_app.core.history.coverage import DAY_MS, Position, Slice
from desktop_app.core.history.query import Query
from desktop_app.core.history.schema import StoredContact
from desktop_app.core.history.store import Store
from desktop_app.core.history.sync import Synchroniser
from desktop_app.core.history.vault import memory_store, open_store

ROOT = Path(__file__).parents[3]
KEY = "ab" * 32
HOUR_MS = DAY_MS // 24
DAY = 20_600 * DAY_MS  # midnight UTC of 2026-05-27
TODAY = Slice(DAY, DAY + DAY_MS)
LATER = DAY + 30 * DAY_MS

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def stored(id_: str, start_ms: int = DAY, raw: str = "{}", **cells: Value) -> StoredContact:
    """A contact ready to be written whose other cells are empty."""
    empty: dict[str, Value] = dict.fromkeys(column.key for column in COLUMNS)
    filled = empty | {"conversation_id": id_, "start": start_ms} | cells
    return StoredContact(id_, start_ms, "good", filled, raw)


def position(page: int = 2, *, pass_ms: int = 5, inside: Slice = TODAY) -> Position:
    return Position(inside, 1, pass_ms, page, 100)


def put(store: Store, *contacts: StoredContact, pass_ms: int = 5) -> None:
    store.write_page(contacts, {}, position(pass_ms=pass_ms))


def opened(folder: Path, key: str = KEY, name: str = "history") -> Store:
    return open_store(folder, name, lambda _: key)


@contextmanager
def in_memory() -> Iterator[Store]:
    store = memory_store("a test")
    try:
        yield store
    finally:
        store.close()


def ids(store: Store, start_ms: int = 0, end_ms: int = 2**60, **query: Any) -> list[str]:
    """The conversations that a query finds, in its order."""
    reader = store.reader()
    numbers = reader.order(Query(start_ms, end_ms, **query))
    rows = reader.rows(numbers, ["conversation_id"])
    return [str(rows[number].cells[0]) for number in numbers]


def iso(ms: int) -> str:
    moment = _EPOCH + timedelta(milliseconds=ms)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def conversation(id_: str, start_ms: int) -> bytes:
    return msgspec.json.encode({"conversationId": id_, "conversationStart": iso(start_ms)})


class Service:
    """A model of the details query (contract §2.2): matches whole UTC start days, pages, counts.

    ``rows`` may change at any time; ``before`` is called when a request arrives, with its number
    from 0, and may change them, wait or raise.
    """

    def __init__(
        self,
        rows: Mapping[str, int],
        before: Callable[[int, PageRequest], Awaitable[None]] | None = None,
    ) -> None:
        self.rows = dict(rows)
        self.before = before
        self.requests: list[PageRequest] = []
        self.at_once = self.most_at_once = 0

    async def fetch(self, request: PageRequest) -> wire.ConversationPage:
        number = len(self.requests)
        self.requests.append(request)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await asyncio.sleep(0)
            if self.before:
                await self.before(number, request)
            return self._answer(request)
        finally:
            self.at_once -= 1

    def _answer(self, request: PageRequest) -> wire.ConversationPage:
        first = request.start_ms // DAY_MS * DAY_MS
        end = -(-request.end_ms // DAY_MS) * DAY_MS
        found = sorted((start, id_) for id_, start in self.rows.items() if first <= start < end)
        if request.order == "desc":
            found.reverse()
        begin = (request.page_number - 1) * request.page_size
        page = found[begin : begin + request.page_size]
        return wire.ConversationPage(
            conversations=[msgspec.Raw(conversation(id_, start)) for start, id_ in page],
            total_hits=len(found),
        )

    def inside(self, start_ms: int, end_ms: int) -> set[str]:
        """The truth."""
        return {id_ for id_, start in self.rows.items() if start_ms <= start < end_ms}


class NoNames:
    def name(self, kind: str, id_: str) -> str | None:
        return None

    async def learn(self, wanted: Iterable[tuple[str, str]]) -> Mapping[Any, str]:
        return {}


async def with_a_pause(work: Callable[[], object]) -> object:
    """The store's lane as the reading sees it: the answer comes after the loop went on."""
    await asyncio.sleep(0)
    result = work()
    await asyncio.sleep(0)
    return result


def reading(service: Service, store: Store, **options: Any) -> Synchroniser:
    return Synchroniser(service.fetch, NoNames(), store, with_a_pause, **options)


async def cancelled_after(turns: int, work: Coroutine[Any, Any, object]) -> bool:
    """Cancel after so many turns of the loop; whether the work had ended before."""
    task = asyncio.ensure_future(work)
    for _ in range(turns):
        await asyncio.sleep(0)
    ended = task.done()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert asyncio.all_tasks() == {asyncio.current_task()}
    return ended


def spread(count: int, start_ms: int = DAY, end_ms: int = DAY + DAY_MS) -> dict[str, int]:
    """Contacts at even distances over a range."""
    step = (end_ms - start_ms) // max(1, count)
    return {f"c-{start_ms // DAY_MS}-{n:04}": start_ms + n * step for n in range(count)}
