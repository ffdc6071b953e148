"""Contacts that hadn't ended when they were read: read again until they end."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from desktop_app.core.errors import RequestRefused
from desktop_app.core.genesys import wire
from desktop_app.core.genesys.history import PageRequest
from desktop_app.core.history.coverage import DAY_MS, FRESH_MS
from desktop_app.core.history.store import Store
from tests.core.history.history_samples import (
    DAY,
    HOUR_MS,
    Service,
    ids,
    in_memory,
    iso,
    reading,
    spread,
)

NOW = DAY + 12 * HOUR_MS
LASTING = frozenset(f"c-{DAY // DAY_MS}-{n:04}" for n in (3, 7, 11))


class Lasting(Service):
    """Some contacts go on until they are said to have ended."""

    def __init__(self, rows: dict[str, int], still: frozenset[str] = LASTING) -> None:
        super().__init__(rows)
        self.still = set(still)
        self.asked: list[list[str]] = []

    def _answer(self, request: PageRequest) -> wire.ConversationPage:
        page = super()._answer(request)
        found = [msgspec.json.decode(raw) for raw in page.conversations or ()]
        page.conversations = [self._told(each["conversationId"]) for each in found]
        return page

    def _told(self, id_: str) -> msgspec.Raw:
        start = self.rows[id_]
        segment = {"segmentType": "interact", "segmentStart": iso(start)}
        told: dict[str, Any] = {"conversationId": id_, "conversationStart": iso(start)}
        if id_ not in self.still:
            told["conversationEnd"] = segment["segmentEnd"] = iso(start + 60_000)
        session = {"mediaType": "voice", "segments": [segment]}
        told["participants"] = [{"purpose": "customer", "sessions": [session]}]
        return msgspec.Raw(msgspec.json.encode(told))

    async def fetch_contacts(self, ids: Sequence[str]) -> list[msgspec.Raw]:
        self.asked.append(list(ids))
        await asyncio.sleep(0)
        return [self._told(id_) for id_ in ids if id_ in self.rows]


def read(service: Lasting, store: Store, now_ms: int, **options: Any) -> None:
    synchroniser = reading(service, store, **({"fetch_contacts": service.fetch_contacts} | options))
    asyncio.run(synchroniser.sync(DAY, DAY + DAY_MS, now_ms=now_ms))


def still_open(store: Store) -> set[str]:
    return {id_ for id_, _ in store.still_open(0, 2**60)}


def test_open_contacts_are_read_again_until_they_end() -> None:
    service = Lasting(spread(20))
    with in_memory() as store:
        read(service, store, NOW)
        assert service.asked == []  # they have just been read
        assert still_open(store) == {id_ for id_ in LASTING if service.rows[id_] < NOW}
        service.still = {sorted(LASTING)[0]}
        pages = len(service.requests)
        read(service, store, NOW + 60_000)
        assert len(service.requests) == pages + 1  # what is new, nothing else
        assert [set(asked) for asked in service.asked] == [
            {id_ for id_ in LASTING if service.rows[id_] < NOW}
        ]
        assert still_open(store) == {sorted(LASTING)[0]}
        service.still.clear()
        read(service, store, NOW + 120_000)
        assert still_open(store) == set()
        read(service, store, NOW + 180_000)
        assert len(service.asked) == 2
        assert sorted(ids(store)) == sorted(service.inside(DAY, NOW + 180_000))


def test_those_of_a_day_that_is_read_anew_come_with_it() -> None:
    service = Lasting(spread(20))
    with in_memory() as store:
        read(service, store, NOW)
        service.still.clear()
        read(service, store, NOW + FRESH_MS + 1)
        assert (service.asked, still_open(store)) == ([], set())


def test_many_come_a_hundred_at_a_time() -> None:
    rows = spread(240)
    service = Lasting(rows, frozenset(rows))
    with in_memory() as store:
        read(service, store, DAY + DAY_MS)
        service.still.clear()
        read(service, store, DAY + DAY_MS + 1)
        assert [len(asked) for asked in service.asked] == [100, 100, 40]
        assert still_open(store) == set()


@pytest.mark.parametrize("refused", [False, True], ids=["missing", "refused"])
def test_the_day_is_read_again_for_one_that_is_not_found(refused: bool) -> None:
    class Refusing(Lasting):
        async def fetch_contacts(self, ids: Sequence[str]) -> list[msgspec.Raw]:
            if refused:
                raise RequestRefused("no")
            return await super().fetch_contacts(ids)

    service = Refusing(spread(20))
    start_ms = NOW + 3 * DAY_MS
    with in_memory() as store:
        read(service, store, start_ms)
        gone = sorted(LASTING)[0]
        del service.rows[gone]
        pages = len(service.requests)
        read(service, store, start_ms + 1)
        assert len(service.requests) == pages  # it has just been read
        read(service, store, start_ms + FRESH_MS + 1)
        assert len(service.requests) > pages
        assert gone not in ids(store)
        assert sorted(ids(store)) == sorted(service.rows)


def test_without_that_call_they_wait_for_their_day() -> None:
    service = Lasting(spread(20))
    with in_memory() as store:
        read(service, store, NOW, fetch_contacts=None)
        read(service, store, NOW + 60_000, fetch_contacts=None)
        assert still_open(store)
