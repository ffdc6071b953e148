"""Contact history by the details query (contract §2): one page a request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from desktop_app.core.errors import IntervalError
from desktop_app.core.genesys import wire
from desktop_app.core.genesys.client import GenesysClient

QUERY = "/api/v2/analytics/conversations/details/query"
PAGE_SIZE = 100  # the largest that is known to be accepted (contract §2.2)

Filter = Mapping[str, Any]
"""A ``{type, predicates, clauses}`` object of the service, as ``core.history.query`` makes it."""


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
    segment_filters: tuple[Filter, ...] = ()
    conversation_filters: tuple[Filter, ...] = ()

    def __post_init__(self) -> None:
        if self.end_ms <= self.start_ms:
            raise IntervalError("The range must end after it begins.")
        if self.page_number < 1 or self.page_size < 1:
            raise ValueError("pages and their sizes count from 1")


def body(request: PageRequest) -> dict[str, object]:
    """The request's JSON; filters only where there are any."""
    query: dict[str, object] = {
        "interval": f"{_iso(request.start_ms)}/{_iso(request.end_ms)}",
        "order": request.order,
        "orderBy": "conversationStart",
        "paging": {"pageSize": request.page_size, "pageNumber": request.page_number},
    }
    if request.segment_filters:
        query["segmentFilters"] = request.segment_filters
    if request.conversation_filters:
        query["conversationFilters"] = request.conversation_filters
    return query


async def fetch_page(client: GenesysClient, request: PageRequest) -> wire.ConversationPage:
    """Fetch one page; its conversations stay raw JSON.

    A limit that the service names itself (interval, page size, ``response.entity.too.large``)
    arrives as ``RequestRefused`` with its ``status`` and ``code``.
    """
    return await client.post(QUERY, wire.ConversationPage, body=body(request), reads_only=True)


def _iso(ms: int) -> str:
    whole, fraction = divmod(ms, 1000)
    return f"{datetime.fromtimestamp(whole, UTC):%Y-%m-%dT%H:%M:%S}.{fraction:03d}Z"
