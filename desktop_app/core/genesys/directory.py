"""Names for ids: users, queues, wrap-up codes, skills, languages, divisions, groups, flows
(contract §3).  Teams have no listing that is known."""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from desktop_app.core.errors import (
    NotFound,
    PermissionMissing,
    RequestRefused,
    ServiceError,
    SignInNeeded,
)
from desktop_app.core.genesys import wire
from desktop_app.core.genesys.client import GenesysClient
from desktop_app.core.genesys.timing import REAL_TIME, Timing
from desktop_app.core.genesys.together import side_by_side

NAMES_LAST_S = 86_400.0  # before they are asked for again
AT_ONCE = 100  # ids in one request (contract §3)
_FEW = 10  # a refused request is halved down to this many ids
_MOST_PAGES = 100  # of a listing: a server that never ends it must not hold us for ever


class NameKind(StrEnum):
    USER = "user"
    QUEUE = "queue"
    WRAPUP = "wrapup"
    SKILL = "skill"
    LANGUAGE = "language"
    DIVISION = "division"
    GROUP = "group"
    FLOW = "flow"


Key = tuple[NameKind, str]


@dataclass(frozen=True, eq=False)
class _Source:
    """A call that names one kind: by ids, or else by listing all there are."""

    path: str
    by_id: bool = True
    page_size: int = 100
    params: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


# In the order in which they are tried. Supervisors may lack `:view` and then see the narrower
# `divisionviews`; deleted wrap-up codes are found only there.
_SOURCES: Mapping[NameKind, Sequence[_Source]] = {
    NameKind.USER: (_Source("/api/v2/users", params={"state": "any"}),),  # leavers too
    NameKind.QUEUE: (
        _Source("/api/v2/routing/queues"),
        _Source("/api/v2/routing/queues/divisionviews"),
        _Source("/api/v2/routing/queues/divisionviews/all", by_id=False, page_size=500),
    ),
    NameKind.WRAPUP: (
        _Source("/api/v2/routing/wrapupcodes"),
        _Source(
            "/api/v2/routing/wrapupcodes/divisionviews",
            params={"includeState": "ActiveAndDeleted"},
        ),
    ),
    NameKind.SKILL: (_Source("/api/v2/routing/skills"),),
    NameKind.LANGUAGE: (_Source("/api/v2/routing/languages", by_id=False),),
    NameKind.DIVISION: (_Source("/api/v2/authorization/divisions"),),
    NameKind.GROUP: (_Source("/api/v2/groups"),),
    NameKind.FLOW: (_Source("/api/v2/flows"), _Source("/api/v2/flows/divisionviews")),
}


class Directory:
    """Names by id, learnt as they are needed; what can't be named never costs a row an error.

    ``missing`` holds, for each kind that can't be named at all, the permission that is lacking.
    ``known`` are names from an earlier run, ``old`` those of them that may have changed since.
    An old name is asked for again when it is wanted, and stands until there is another.
    """

    def __init__(
        self,
        client: GenesysClient,
        known: Mapping[tuple[str, str], str] | None = None,
        old: Iterable[tuple[str, str]] = (),
        *,
        timing: Timing = REAL_TIME,
    ) -> None:
        self.missing: dict[NameKind, PermissionMissing] = {}
        self._client = client
        self._names: dict[tuple[str, str], str] = dict(known or {})
        self._timing = timing
        now = timing.monotonic()
        self._asked: dict[tuple[str, str], float] = dict.fromkeys(self._names, now)
        self._asked.update(dict.fromkeys(old, -math.inf))
        self._nameless: set[Key] = set()  # asked for in this run, and unknown to the service
        self._closed: dict[_Source, PermissionMissing] = {}
        self._listed: set[_Source] = set()
        self._locks = {kind: asyncio.Lock() for kind in NameKind}

    def name(self, kind: str, id: str) -> str | None:
        """The name, or None while it isn't known. Well-known ids need no request."""
        return self._names.get((kind, id)) or local_name(kind, id)

    async def learn(self, wanted: Iterable[tuple[str, str]]) -> dict[Key, str]:
        """Fetch the names that aren't known yet; those that this call has waited for.

        Ids that the service doesn't know aren't asked for again in this run; those that a
        broken network left open are.  Raises ``SignInNeeded`` only.
        """
        asked: dict[NameKind, set[str]] = {}
        for kind, id in wanted:
            if kind in _SOURCES and self._is_open(NameKind(kind), id):
                asked.setdefault(NameKind(kind), set()).add(id)
        async with side_by_side() as group:
            for kind, ids in asked.items():
                group.create_task(self._learn_kind(kind, ids))
        return {
            (kind, id): self._names[kind, id]
            for kind, ids in asked.items()
            for id in sorted(ids)
            if (kind, id) in self._names and not self._is_old((kind, id))
        }

    def _is_open(self, kind: NameKind, id: str) -> bool:
        return (
            ((kind, id) not in self._names or self._is_old((kind, id)))
            and (kind, id) not in self._nameless
            and kind not in self.missing
            and _UUID.fullmatch(id) is not None
            and local_name(kind, id) is None
        )

    def _is_old(self, key: tuple[str, str]) -> bool:
        return self._timing.monotonic() - self._asked.get(key, -math.inf) > NAMES_LAST_S

    async def _learn_kind(self, kind: NameKind, ids: set[str]) -> None:
        # The lock lets a second caller find what the first one has fetched in the meantime.
        async with self._locks[kind]:
            left = sorted(id for id in ids if self._is_open(kind, id))
            try:
                await self._ask(kind, left)
            except SignInNeeded:
                raise
            except ServiceError:
                return  # the network or the service, not the ids: open for the next call

    async def _ask(self, kind: NameKind, left: list[str]) -> None:
        answered = False
        for source in _SOURCES[kind]:
            if not left or source in self._closed or (answered and not source.by_id):
                continue
            try:
                await self._ask_source(kind, source, left)
                answered = True
            except PermissionMissing as error:
                self._closed[source] = error
            except (NotFound, RequestRefused):
                continue
            left = [id for id in left if (kind, id) not in self._names or self._is_old((kind, id))]
        refusals = [self._closed.get(source) for source in _SOURCES[kind]]
        if refusals[0] and all(refusals):
            self.missing[kind] = refusals[0]
        self._nameless.update((kind, id) for id in left)

    async def _ask_source(self, kind: NameKind, source: _Source, ids: list[str]) -> None:
        if not source.by_id:
            renewed = any((kind, id) in self._names for id in ids)
            if renewed or source not in self._listed:
                async for entities in self._pages(source):
                    self._keep(kind, entities)
                self._listed.add(source)
            return
        for start in range(0, len(ids), AT_ONCE):
            await self._by_ids(kind, source, ids[start : start + AT_ONCE])

    async def _by_ids(self, kind: NameKind, source: _Source, ids: list[str]) -> None:
        """Ask for some ids; how many the service takes at once isn't confirmed (contract §7)."""
        params = {**source.params, "id": ids, "pageSize": str(source.page_size)}
        try:
            page = await self._client.get(source.path, wire.Listing, params=params)
        except RequestRefused:
            if len(ids) <= _FEW:
                raise
            middle = len(ids) // 2
            await self._by_ids(kind, source, ids[:middle])
            await self._by_ids(kind, source, ids[middle:])
        else:
            self._keep(kind, page.entities or [])

    async def _pages(self, source: _Source) -> AsyncIterator[list[wire.Entity]]:
        for number in range(1, _MOST_PAGES + 1):
            params = {
                **source.params,
                "pageSize": str(source.page_size),
                "pageNumber": str(number),
            }
            page = await self._client.get(source.path, wire.Listing, params=params)
            entities = page.entities or []
            yield entities
            # The counts may be missing (quirk 36): a page that isn't full is the last one.
            if page.page_count is not None and number >= page.page_count:
                return
            if page.page_count is None and len(entities) < source.page_size:
                return
            if not entities:
                return

    def _keep(self, kind: NameKind, entities: Iterable[wire.Entity]) -> None:
        for entity in entities:
            if entity.id and entity.name:
                self._names[kind, entity.id] = entity.name
                self._asked[kind, entity.id] = self._timing.monotonic()


_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")

# The same in every organisation, and missing from their own lists (quirks 12 and 13).
_WELL_KNOWN = {
    ("wrapup", "7fb334b0-0e9e-11e4-9191-0800200c9a66"): "Default Wrap-up Code",
    ("wrapup", "ININ-WRAP-UP-TIMEOUT"): "Timed out",
    ("division", "*"): "All divisions",
}
_SYSTEM_CODE = re.compile(r"ININ(?:-[A-Z0-9]+)+")


def local_name(kind: str, id: str) -> str | None:
    """The name of an id that the service has no entity for: "Outbound preview skipped"."""
    if known := _WELL_KNOWN.get((kind, id)):
        return known
    if kind == NameKind.WRAPUP and _SYSTEM_CODE.fullmatch(id):
        return id.removeprefix("ININ-").replace("-", " ").capitalize()
    return None
