"""From the service's pages to rows of the store: what every way of reading shares."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

import msgspec

from desktop_app.core.genesys import wire
from desktop_app.core.genesys.history import Scope
from desktop_app.core.history.conversation import wanted_names
from desktop_app.core.history.coverage import Position
from desktop_app.core.history.reading.limits import Limits
from desktop_app.core.history.reading.tally import Tally
from desktop_app.core.history.schema import StoredContact, stored_contact
from desktop_app.core.history.store import Name, Page, Store

T = TypeVar("T")

RunInStore = Callable[[Callable[[], object]], Awaitable[object]]

_AT_ONCE = 100  # contacts derived before others on the loop have their turn


class NameSource(Protocol):
    """Where names come from: ``genesys.directory.Directory``."""

    def name(self, kind: str, id_: str) -> str | None: ...

    async def learn(self, wanted: Iterable[Name]) -> Mapping[Any, str]: ...


@dataclass(slots=True)
class Rows:
    """What some pages hold: a row or None for each conversation, and the names learnt for them."""

    contacts: list[StoredContact | None] = field(default_factory=list)
    names: dict[Name, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Waiting:
    """A page on its way to the store."""

    page: Page
    is_written: bool = False


class Intake:
    """Derives rows and reaches the store. ``run`` awaits a function on the store's thread."""

    def __init__(self, names: NameSource, store: Store, run: RunInStore) -> None:
        self.store = store
        self._names = names
        self._run = run
        self._turn = asyncio.Lock()
        self._waiting: list[_Waiting] = []

    async def in_store(self, work: Callable[[], T]) -> T:
        result: list[T] = []
        await self._run(lambda: result.append(work()))
        return result[0]

    async def write_page(
        self, contacts: Sequence[StoredContact], names: Mapping[Name, str], at: Position
    ) -> None:
        """Put in a page, together with those of other slices that wait meanwhile: a transaction
        costs as much as two hundred contacts."""
        waiting = _Waiting(Page(contacts, names, at))
        self._waiting.append(waiting)
        async with self._turn:
            if waiting.is_written:
                return
            together, self._waiting = self._waiting, []
            pages = [each.page for each in together]
            try:
                await self._run(lambda: self.store.write_pages(pages))
            except BaseException:  # whoever comes next tries the others'; twice does no harm
                self._waiting = [each for each in together if each is not waiting] + self._waiting
                raise
            for each in together:
                each.is_written = True

    async def rows(self, conversations: Sequence[msgspec.Raw]) -> Rows:
        """Derive the rows of some conversations, with the names that they need."""
        rows = Rows()
        for first in range(0, len(conversations), _AT_ONCE):
            if first:
                await asyncio.sleep(0)
            await self._derive(conversations[first : first + _AT_ONCE], rows)
        return rows

    async def _derive(self, conversations: Sequence[msgspec.Raw], rows: Rows) -> None:
        read = [(bytes(raw), wire.decode(raw, wire.Conversation)) for raw in conversations]
        learnt = await self._names.learn(
            {name for _, conversation in read for name in wanted_names(conversation)}
        )
        rows.names.update(learnt)
        known = self._names.name
        rows.contacts += [stored_contact(raw, conversation, known) for raw, conversation in read]


@dataclass(frozen=True, slots=True)
class Run:
    """One call of ``Synchroniser.sync``: what its readings share."""

    intake: Intake
    limits: Limits
    tally: Tally
    scope: Scope
    now_ms: int
