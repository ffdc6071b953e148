"""Contact history by the details query, and single contacts (contract §2).

One page a request.  What the service can be asked for at once, and how it says that it was too
much, is for ``core.history.reading.limits``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

import msgspec

from desktop_app.core.errors import IntervalError, NotFound, PermissionMissing, RequestRefused
from desktop_app.core.genesys import wire
from desktop_app.core.genesys.client import GenesysClient

DETAILS = "/api/v2/analytics/conversations/details"
QUERY = f"{DETAILS}/query"
RETENTION = "/api/v2/analytics/dataretention/settings"
PAGE_SIZE = 100  # the largest that is known to be accepted (contract §2.2)
MOST_IDS = 100  # conversations in one request (contract §2.4)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a reading is limited to.

    ``text`` is canonical and names the scope: "" is everything.  ``body`` holds the filter lists
    of the service's own body (contract §2.1), such as ``{"segmentFilters": [...]}``.
    """

    text: str = ""
    body: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)


EVERYTHING = Scope()


@dataclass(frozen=True, slots=True)
class PageRequest:
    """One page of ``[start_ms, end_ms)``, milliseconds since 1970 UTC; pages count from 1.

    The service matches by UTC start day: rows outside the interval come too (contract §2.2).
    Raises ``IntervalError`` for an empty or reversed interval.
    """

    start_ms: int
    end_ms: int
    page_number: int
    page_size: int = PAGE_SIZE
    order: Literal["asc", "desc"] = "asc"
    scope: Scope = EVERYTHING

    def __post_init__(self) -> None:
        if self.end_ms <= self.start_ms:
            raise IntervalError("The range must end after it begins.")
        if self.page_number < 1 or self.page_size < 1:
            raise ValueError("pages and their sizes count from 1")


class _Contacts(wire.Wire):
    conversations: list[msgspec.Raw] | None = None


class _Retention(wire.Wire):
    retention_days: int | None = None


def body(request: PageRequest) -> dict[str, object]:
    """The request's JSON; filters only where there are any."""
    return {
        "interval": interval(request.start_ms, request.end_ms),
        "order": request.order,
        "orderBy": "conversationStart",
        "paging": {"pageSize": request.page_size, "pageNumber": request.page_number},
        **request.scope.body,
    }


async def fetch_page(client: GenesysClient, request: PageRequest) -> wire.ConversationPage:
    """Fetch one page; its conversations stay raw JSON.

    A limit that the service names itself (interval, page size, ``response.entity.too.large``)
    arrives as ``RequestRefused`` with its ``status`` and ``code``.
    """
    return await client.post(QUERY, wire.ConversationPage, body=body(request), reads_only=True)


async def fetch_contacts(client: GenesysClient, ids: Sequence[str]) -> list[msgspec.Raw]:
    """Single contacts as they are now, ``MOST_IDS`` at most; those that are gone are missing."""
    found = await client.get(DETAILS, _Contacts, params={"id": ",".join(ids)})
    return found.conversations or []


async def fetch_retention_days(client: GenesysClient) -> int | None:
    """How many days the organisation keeps contacts; None where that isn't said.

    It needs ``analytics:dataRetention:view``, which few have.
    """
    try:
        days = (await client.get(RETENTION, _Retention)).retention_days
    except (NotFound, PermissionMissing, RequestRefused):
        return None
    return days if days is not None and days > 0 else None


class HistoryApi:
    """The history of one client, as ``core.history.sync.Synchroniser`` takes it."""

    def __init__(self, client: GenesysClient) -> None:
        self._client = client
        self._retention: list[int | None] = []

    async def page(self, request: PageRequest) -> wire.ConversationPage:
        return await fetch_page(self._client, request)

    async def contacts(self, ids: Sequence[str]) -> list[msgspec.Raw]:
        return await fetch_contacts(self._client, ids)

    async def retention_days(self) -> int | None:
        """Asked once."""
        if not self._retention:
            self._retention.append(await fetch_retention_days(self._client))
        return self._retention[0]


def interval(start_ms: int, end_ms: int) -> str:
    """An ISO-8601 interval, to the millisecond."""
    return f"{_iso(start_ms)}/{_iso(end_ms)}"


def _iso(ms: int) -> str:
    whole, fraction = divmod(ms, 1000)
    return f"{datetime.fromtimestamp(whole, UTC):%Y-%m-%dT%H:%M:%S}.{fraction:03d}Z"
