"""Conversations for tests, told as the JSON of a details query (contract §2.3).

Times are seconds after ``START``; every word is the service's own.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from desktop_app.core.genesys import wire
from desktop_app.core.genesys.wire import decode
from desktop_app.core.history.conversation import Contact, read_contact

Json = dict[str, Any]

START = datetime(2026, 11, 20, 9, 49, 12, tzinfo=UTC)
START_MS = int(START.timestamp() * 1000)
CALLER, LINE = "tel:+442079460183", "tel:+442079460001"

NAMES = {
    ("user", "u-ana"): "Ana Ruiz",
    ("user", "u-zak"): "Łukasz Żak",
    ("user", "u-obi"): "Grace Obi",
    ("queue", "q-bill"): "Billing",
    ("queue", "q-claim"): "Claims",
    ("wrapup", "w-refund"): "Refund",
    ("skill", "s-es"): "Spanish",
    ("language", "l-pl"): "Polish",
    ("division", "d-home"): "Home",
}


def names(kind: str, item: str) -> str | None:
    return NAMES.get((kind, item))


def at(seconds: float) -> str:
    moment = START + timedelta(seconds=seconds)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"


def ms(seconds: float) -> int:
    """The same moment as ``at``, in milliseconds since 1970."""
    return START_MS + round(seconds * 1000)


def segment(kind: str, start: float, end: float | None, ends: str = "", **more: Any) -> Json:
    found: Json = {"segmentType": kind, "segmentStart": at(start), **more}
    if end is not None:
        found["segmentEnd"] = at(end)
    if ends:
        found["disconnectType"] = ends
    return found


def metric(name: str, value: float) -> Json:
    return {"name": name, "value": value, "emitDate": at(0)}


def session(*segments: Json, **more: Any) -> Json:
    metrics = [metric(name, value) for name, value in more.pop("metrics", {}).items()]
    shape: Json = {"mediaType": "voice", "direction": "inbound", "segments": list(segments)}
    return {**shape, "metrics": metrics, **more}


def party(purpose: str, *sessions: Json, **more: Any) -> Json:
    return {"purpose": purpose, "sessions": list(sessions), **more}


def customer(end: float | None = 100, ends: str = "endpoint", **more: Any) -> Json:
    more = {"ani": CALLER, "dnis": LINE, **more}
    return party(
        "customer",
        session(segment("interact", 0, end, ends), **more),
        participantId="p-customer",
        participantName="Leeds",
    )


def ivr(end: float = 10, ends: str = "transfer", start: float = 0, **more: Any) -> Json:
    flow = {"flowName": "IVR Main", **more}
    return party(
        "ivr", session(segment("ivr", start, end, ends), flow=flow), participantName="IVR Main"
    )


def acd(
    start: float = 10,
    end: float = 30,
    ends: str = "transfer",
    queue: str = "q-bill",
    **metrics: float,
) -> Json:
    waiting = segment("interact", start, end, ends, queueId=queue)
    metrics = {"tAcd": (end - start) * 1000, **metrics}
    return party("acd", session(waiting, metrics=metrics), participantId=f"p-{queue}-{start}")


def agent(
    *segments: Json,
    user: str = "u-ana",
    metrics: dict[str, float] | None = None,
    purpose: str = "agent",
    **more: Any,
) -> Json:
    return party(
        purpose,
        session(*segments, metrics=metrics or {}, **more),
        userId=user,
        participantId=f"p-{user}",
    )


def talk(start: float = 30, end: float | None = 100, ends: str = "peer", **more: Any) -> Json:
    return segment("interact", start, end, ends, queueId="q-bill", **more)


def alert(start: float, end: float, ends: str = "", **more: Any) -> Json:
    return segment("alert", start, end, ends, queueId="q-bill", **more)


def conversation(*participants: Json, end: float | None = 100, **more: Any) -> wire.Conversation:
    told: Json = {
        "conversationId": "c-1",
        "conversationStart": at(0),
        "originatingDirection": "inbound",
        "participants": list(participants),
        **more,
    }
    if end is not None:
        told["conversationEnd"] = at(end)
    return decode(msgspec.json.encode(told), wire.Conversation)


def contact(*participants: Json, end: float | None = 100, **more: Any) -> Contact:
    return read_contact(conversation(*participants, end=end, **more), names)
