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
from desktop_app.core.history.reading.limits import Limits
from desktop_app.core.history.reading.tally import Tally
from desktop_app.core.history.schema import StoredContact, stored_contact
from desktop_app.core.history.store import Name, Store

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


class Intake:
    """Derives rows and reaches the store. ``run`` awaits a function on the store's thread."""

    def __init__(self, names: NameSource, store: Store, run: RunInStore) -> None:
        self.store = store
        self._names = names
        self._run = run

    async def in_store(self, work: Callable[[], T]) -> T:
        result: list[T] = []
        await self._run(lambda: result.append(work()))
        return result[0]

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
