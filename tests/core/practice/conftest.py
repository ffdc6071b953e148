"""A practice organisation made by hand, small enough to know every answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import numpy as np
import pytest
from numpy.typing import NDArray

from desktop_app.practice.server import PracticeServer
from desktop_app.practice.settings import PracticeSettings

Json = dict[str, Any]

# A Monday. The hand-made contacts lie on the 28 days from here.
FIRST_DAY = datetime(2026, 3, 2, tzinfo=UTC)
DAYS = 28
PER_DAY = 12
HOME = "0b7d35a1-6f1c-4c55-9b1a-2f7a53a1d001"
GRACE = "51aa5cf0-0d52-4b57-8e39-0f6a7f0e0001"
ANA = "51aa5cf0-0d52-4b57-8e39-0f6a7f0e0002"
LEAVER = "51aa5cf0-0d52-4b57-8e39-0f6a7f0e0003"
IDLER = "51aa5cf0-0d52-4b57-8e39-0f6a7f0e0004"
BILLING = "6a3b0c55-54e4-4d5f-8d67-b5d6a8c50001"
SALES = "6a3b0c55-54e4-4d5f-8d67-b5d6a8c50002"
REFUND = "7c1d9d2b-3a61-4f5e-9d0f-6b8a7c9e0001"


def iso(instant: datetime) -> str:
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _named(identifier: str, name: str, **more: object) -> Json:
    return {"id": identifier, "name": name, **more}


def _user(identifier: str, name: str, email: str, state: str) -> Json:
    division = {"id": HOME, "name": ""}
    return _named(identifier, name, email=email, state=state, division=division, version=1)


@dataclass(frozen=True)
class SmallDirectory:
    organization: Json = field(
        default_factory=lambda: _named(
            "2f9a1b7e-7b1e-4e0c-a9a5-6e5d4c3b0001", "Acme", thirdPartyOrgName="acme"
        )
    )
    users: list[Json] = field(
        default_factory=lambda: [
            _user(GRACE, "Grace Obi", "grace.obi@acme.example", "active"),
            _user(ANA, "Ana Ruiz", "ana.ruiz@acme.example", "active"),
            _user(LEAVER, "Łukasz Żak", "lukasz.zak@acme.example", "deleted"),
            _user(IDLER, "佐藤 花子", "hanako.sato@acme.example", "inactive"),
        ]
    )
    queues: list[Json] = field(
        default_factory=lambda: (
            [
                _named(BILLING, "Billing", division={"id": HOME, "name": ""}, memberCount=4),
                _named(SALES, "Sales | EMEA", division={"id": HOME, "name": ""}, memberCount=2),
            ]
            + [
                _named(f"6a3b0c55-54e4-4d5f-8d67-{n:012d}", f"Queue {n}", memberCount=1)
                for n in range(30)
            ]
        )
    )
    wrapup_codes: list[Json] = field(
        default_factory=lambda: [_named(REFUND, "Refund"), _named(HOME, "Old", deleted=True)]
    )
    skills: list[Json] = field(default_factory=lambda: [_named(SALES, "Spanish")])
    languages: list[Json] = field(default_factory=lambda: [_named(SALES, "en-GB")])
    divisions: list[Json] = field(default_factory=lambda: [_named(HOME, "Home", homeDivision=True)])
    flows: list[Json] = field(default_factory=lambda: [_named(SALES, "Main", type="inboundcall")])


@dataclass(frozen=True)
class SmallContacts:
    """12 contacts a day, every two hours from 00:30; number 7 of each day lasts until noon next
    day, the last one of all is still open."""

    directory: SmallDirectory = field(default_factory=SmallDirectory)
    start_ms: NDArray[np.int64] = field(
        default_factory=lambda: np.array(
            [
                int((FIRST_DAY + _since_first(index)).timestamp() * 1000)
                for index in range(DAYS * PER_DAY)
            ],
            dtype=np.int64,
        )
    )

    @property
    def interval(self) -> tuple[int, int]:
        first = int(FIRST_DAY.timestamp() * 1000)
        return first, first + DAYS * 86_400_000

    def __len__(self) -> int:
        return len(self.start_ms)

    def conversation_id(self, index: int) -> str:
        return f"00000000-0000-4000-8000-{index:012d}"

    def index_of(self, conversation_id: str) -> int | None:
        tail = conversation_id.rpartition("-")[2]
        index = int(tail) if tail.isdigit() else -1
        known = 0 <= index < len(self) and conversation_id == self.conversation_id(index)
        return index if known else None

    def conversation(self, index: int, *, attributes: bool) -> Json:
        start = FIRST_DAY + _since_first(index)
        length = timedelta(seconds=60 + index)
        if index % PER_DAY == 7:
            length = timedelta(hours=21, minutes=30)
        end = start + length
        agent: Json = {
            "participantId": f"10000000-0000-4000-8000-{index:012d}",
            "purpose": "agent",
            "userId": ANA if index % 2 else GRACE,
            "sessions": [self._session(index, start, end)],
        }
        if attributes:
            agent["attributes"] = {"Customer ANI": "tel:+442079460001", "long": "x" * 2000}
        conversation: Json = {
            "conversationId": self.conversation_id(index),
            "conversationStart": iso(start),
            "originatingDirection": "inbound" if index % 3 else "outbound",
            "divisionIds": [HOME],
            "participants": [agent],
        }
        if index % 10 == 0:
            conversation["evaluations"] = [
                {"evaluationId": agent["participantId"], "oTotalScore": 80, "released": True}
            ]
        if index < len(self) - 1:
            conversation["conversationEnd"] = iso(end)
        return conversation

    def _session(self, index: int, start: datetime, end: datetime) -> Json:
        talk = {"segmentType": "interact", "segmentStart": iso(start), "queueId": BILLING}
        wrapup = {"segmentType": "wrapup", "segmentStart": iso(end), "wrapUpCode": REFUND}
        if index % 5 == 0:
            wrapup["queueId"] = SALES
        if index < len(self) - 1:
            talk |= {"segmentEnd": iso(end), "disconnectType": "peer"}
            wrapup["segmentEnd"] = iso(end)
        return {
            "sessionId": f"20000000-0000-4000-8000-{index:012d}",
            "mediaType": "voice" if index % 4 else "email",
            "ani": f"tel:+4420794600{index % 100:02d}",
            "requestedRoutings": ["Standard", "Bullseye"],
            "flow": {"flowName": "Main", "outcomes": [{"flowOutcomeValue": "SUCCESS"}]},
            "metrics": [
                {"name": "tTalk", "value": 1000 * index, "emitDate": iso(end)},
                {"name": "tTalk", "value": 500, "emitDate": iso(end)},
            ],
            "segments": [talk, wrapup],
        }


def _since_first(index: int) -> timedelta:
    day, place = divmod(index, PER_DAY)
    return timedelta(days=day, hours=2 * place, minutes=30)


@pytest.fixture(scope="session")
def small_contacts() -> SmallContacts:
    return SmallContacts()


@pytest.fixture(scope="module")
def shared_server(small_contacts: SmallContacts) -> Iterator[PracticeServer]:
    settings = PracticeSettings(
        rate_limit=0, until_ms=int((FIRST_DAY + timedelta(days=DAYS)).timestamp() * 1000)
    )
    with PracticeServer(settings, contacts=small_contacts) as server:
        yield server


@pytest.fixture
def server(shared_server: PracticeServer) -> Iterator[PracticeServer]:
    """A running practice organisation without a rate limit, rid of other tests' faults."""
    shared_server.faults.clear()
    shared_server.log.clear()
    yield shared_server
    shared_server.faults.clear()


@pytest.fixture
def api(server: PracticeServer) -> Iterator[httpx.Client]:
    """An HTTP client with a supervisor's token."""
    headers = {"Authorization": f"Bearer {server.issue_token()}"}
    with httpx.Client(base_url=server.api_url, headers=headers, trust_env=False) as client:
        yield client
