"""Conversation details: the query, one contact, several contacts (contract §2.1 to §2.4)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import numpy as np
from starlette.routing import Route

from .aggregations import aggregate
from .errors import bad_request, not_found
from .faults import Hidden
from .gate import Answer, Call, Gate, Needs
from .history import History, Indices, approximate
from .queries import ConversationQuery, read_conversation_query
from .tenants import ContactSource

ANY_DETAIL = Needs(
    any_of=("analytics:conversationDetail:view", "analytics:agentConversationDetail:view")
)


class Histories:
    """The history of each organisation that has one."""

    def __init__(self, histories: Sequence[History]) -> None:
        self._by_contacts = {id(history.contacts): history for history in histories}

    def of(self, contacts: ContactSource) -> History:
        return self._by_contacts[id(contacts)]

    def render_all(self) -> None:
        for history in self._by_contacts.values():
            history.render_all()

    def revise(self) -> None:
        """Rewrite and forget some contacts, now."""
        for history in self._by_contacts.values():
            history.revisions.begin()


class Details:
    """Endpoints that answer with conversations at once."""

    def __init__(self, histories: Histories) -> None:
        self._histories = histories

    def routes(self, gate: Gate) -> list[Route]:
        base = "analytics/conversations"
        return [
            gate.route("POST", f"{base}/details/query", self._query, ANY_DETAIL),
            gate.route("GET", f"{base}/details", self._several, ANY_DETAIL),
            gate.route("GET", f"{base}/{{id}}/details", self._one, ANY_DETAIL),
        ]

    async def _query(self, call: Call) -> Answer:
        query = read_conversation_query(call.body)
        return Answer(await asyncio.to_thread(self._answer, call, query))

    def _answer(self, call: Call, query: ConversationQuery) -> dict[str, Any]:
        history = self._history(call)
        found = history.query(query)
        for hidden in call.disruption.hidden:
            found = _without(found, hidden)
        first, last = query.page()
        # Keys are absent when empty, and totalHits may come first (quirk 2).
        answer: dict[str, Any] = {}
        page = [history.answer(index, attributes=False) for index in found[first:last].tolist()]
        if page:
            answer["conversations"] = page
        if query.aggregations and len(found):
            answer["aggregations"] = aggregate(
                query.aggregations,
                (history.conversation(index, attributes=False) for index in found.tolist()),
            )
        answer["totalHits"] = approximate(len(found))
        return answer

    async def _several(self, call: Call) -> Answer:
        ids = call.ids()
        if not ids:
            raise bad_request("At least one id is required.")
        history = self._history(call)
        indices = [history.find(each) for each in ids]
        page = [history.answer(index, attributes=False) for index in indices if index is not None]
        return Answer({"conversations": page} if page else {})

    async def _one(self, call: Call) -> Answer:
        history = self._history(call)
        index = history.find(call.path["id"])
        if index is None:
            raise not_found("The conversation was not found.")
        return Answer(history.answer(index, attributes=False))

    def _history(self, call: Call) -> History:
        return self._histories.of(call.token.account.contacts)


def _without(found: Indices, hidden: Hidden) -> Indices:
    return np.concatenate((found[: hidden.at], found[hidden.at + hidden.count :]))
