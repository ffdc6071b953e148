"""A practice organisation whose contacts fill every column, and what is true of them.

The practice organisation leaves out what few real ones have: rings, rules, proposed agents, audio
messages.  ``Rich`` adds these to some of its contacts, in the query's answers and in the jobs'.
What is expected of a cell never went through HTTP, a client or a store.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from desktop_app.core.genesys import wire
from desktop_app.core.genesys.directory import local_name
from desktop_app.core.history.columns import Value
from desktop_app.core.history.conversation import Names
from desktop_app.core.history.schema import StoredContact, stored_contact
from desktop_app.practice.contacts import Contacts
from desktop_app.practice.directory import Directory

Json = dict[str, Any]

_EVERY = 3  # contact of these is made richer
_METHODS = ("Manual", "Predictive", "Conditional", "Bullseye")
_METRICS = (
    "tUserResponseTime",
    "tFirstEngagement",
    "oExternalMediaCount",
    "oExternalAudioMessageCount",
    "oAudioMessageCount",
)
_NOBODY = frozenset({"anonymous", "unknown", "restricted", "unavailable", "private"})


class Rich:
    """A practice organisation's contacts, a third of them with more to tell."""

    def __init__(self, contacts: Contacts) -> None:
        self._contacts = contacts

    @property
    def directory(self) -> Directory:
        return self._contacts.directory

    @cached_property
    def names(self) -> Names:
        """The organisation's own."""
        known = self.directory.names()
        return lambda kind, id_: known.get((kind, id_)) or local_name(kind, id_)

    @property
    def start_ms(self) -> NDArray[np.int64]:
        return self._contacts.start_ms

    @property
    def interval(self) -> tuple[int, int]:
        return self._contacts.interval

    def __len__(self) -> int:
        return len(self._contacts)

    def conversation(self, index: int, *, attributes: bool) -> Json:
        conversation = self._contacts.conversation(index, attributes=attributes)
        if index % _EVERY == 0:
            _tell_more(conversation, index, self.directory)
        return conversation

    def conversation_id(self, index: int) -> str:
        return self._contacts.conversation_id(index)

    def index_of(self, conversation_id: str) -> int | None:
        return self._contacts.index_of(conversation_id)


def _tell_more(conversation: Json, index: int, directory: Directory) -> None:
    users = [user["id"] for user in directory.users]
    skills = [skill["id"] for skill in directory.skills]
    method = _METHODS[index // _EVERY % len(_METHODS)]
    conversation["originatingSocialMediaPublic"] = bool(index % 2)
    conversation["evaluations"] = [
        *conversation.get("evaluations", ()),
        {
            "eventTime": conversation["conversationStart"],
            "evaluationStatus": "Pending",
            "assigneeId": users[index % len(users)],
            "oTotalCriticalScore": 61,
        },
    ]
    for participant in conversation["participants"]:
        for session in participant["sessions"]:
            if "flow" in session:
                session["flow"].setdefault("outcomes", []).append({"flowOutcome": "Asked for"})
    session = conversation["participants"][0]["sessions"][0]
    session |= {
        "authenticated": True,
        "agentAssistantId": "a-1",
        "cleared": True,
        "bcc": ["hidden@example.org"],
        "activeSkillIds": skills[:2],
        "removedSkillIds": skills[2:3],
        "routingRule": "2",
        "routingRuleType": "Preferred",
        "usedRouting": method,
        "routingRing": 1 + index % 5,
        "agentBullseyeRing": 2,
        "agentGroups": [{"agentGroupId": "g-1", "agentGroupType": "Group"}],
        "selectedAgentId": users[0],
        "assignerId": users[1],
        "proposedAgents": [{"agentRank": n, "proposedAgentId": users[3 - n]} for n in (1, 2)],
        "flowOutType": "VOICEMAIL",
        "extendedDeliveryStatus": "no mailbox",
        "deliveryPushed": True,
        "journeyCustomerId": "j-1",
        "journeyActionMapId": "m-1",
        "metrics": [
            *session.get("metrics", ()),
            *(
                {"name": name, "value": 1 + place, "emitDate": conversation["conversationStart"]}
                for place, name in enumerate(_METRICS)
            ),
        ],
    }
    session["segments"][0]["requestedRoutingUserIds"] = [users[4]]
    if "outboundCampaignId" in session:
        conversation["participants"].append(_menu(session["segments"][-1]))


def _menu(talk: Json) -> Json:
    """A flow that the dialler connected somebody to."""
    start = datetime.fromisoformat(talk["segmentStart"]) + timedelta(seconds=1)
    moment = start.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    segment = {"segmentStart": moment, "segmentEnd": moment, "segmentType": "ivr"}
    session = {"sessionId": "s-menu", "mediaType": "voice", "segments": [segment]}
    return {"participantId": "p-menu", "purpose": "ivr", "sessions": [session]}


@dataclass(frozen=True)
class Truth:
    """One contact: the conversation as the service has it, and the row that it makes."""

    conversation: Json
    contact: StoredContact

    @property
    def cells(self) -> dict[str, Value]:
        """What isn't empty of the cells that are derived, attributes among them."""
        attributes = {f"attr.{key}": text for key, text in self.contact.attributes.items()}
        every: dict[str, Value] = {**self.contact.cells, **attributes}
        return {key: value for key, value in every.items() if value not in (None, "", ())}


def truth(contacts: Rich, index: int, *, attributes: bool) -> Truth:
    conversation = contacts.conversation(index, attributes=attributes)
    raw = msgspec.json.encode(conversation)
    contact = stored_contact(raw, wire.decode(raw, wire.Conversation), contacts.names)
    assert contact is not None
    return Truth(conversation, contact)


def repeats(contacts: Iterable[tuple[int, Truth]]) -> Iterator[tuple[str, dict[str, Value]]]:
    """Which contact of its customer each one is, and how long after the one before, by the
    conversation's id; contacts come with their numbers in the store."""
    ended: dict[str, tuple[int, int]] = {}
    for _, each in sorted(contacts, key=lambda pair: (pair[1].contact.start_ms, pair[0])):
        cells, start_ms = each.contact.cells, each.contact.start_ms
        address = str(cells["dnis" if cells["direction"] == "Outbound" else "ani"] or "")
        letters = unicodedata.normalize("NFD", address)
        customer = "".join(c for c in letters if not unicodedata.combining(c)).lower()
        found: dict[str, Value] = {}
        if customer and customer not in _NOBODY:
            before = ended.get(customer)
            found["nth_contact"] = before[0] + 1 if before else 1
            if before:
                found["since_previous"] = max(0, start_ms - before[1])
            end = cells["end"]
            until_ms = end if isinstance(end, int) else start_ms
            ended[customer] = (before[0] + 1 if before else 1, until_ms)
        yield each.contact.conversation_id, found
