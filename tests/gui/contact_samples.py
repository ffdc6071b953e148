"""A contact for the tests of the details panel: answered, held, transferred, with an error."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from desktop_app.core.genesys import wire
from desktop_app.core.history.clock import Clock
from desktop_app.core.history.conversation import read_contact
from desktop_app.gui.contact.details_panel import ContactView

HOSTILE = "<b>bold</b><img src='file:///nowhere.png'>"
NOW_MS = 1_795_168_800_000  # 20 Nov 2026 10:00 UTC

_NAMES = {
    ("user", "u1"): "Ana Ruiz",
    ("user", "u2"): "Łukasz Żak",
    ("queue", "q1"): "Billing",
    ("wrapup", "w1"): "Refund",
}


def _segment(kind: str, start: str, end: str | None, **more: Any) -> dict[str, Any]:
    segment = {"segmentType": kind, "segmentStart": f"2026-11-20T{start}.000Z", **more}
    if end:
        segment["segmentEnd"] = f"2026-11-20T{end}.000Z"
    return segment


def _participant(purpose: str, *segments: dict[str, Any], **more: Any) -> dict[str, Any]:
    session = {
        "mediaType": "voice",
        "direction": "inbound",
        "ani": "tel:+442079460183",
        "dnis": "tel:+442079460100",
        "segments": segments,
        "metrics": more.pop("metrics", []),
    }
    return {"participantId": purpose, "purpose": purpose, "sessions": [session], **more}


def conversation(hostile: str = "") -> dict[str, Any]:
    """Eight minutes: customer, queue, Ana Ruiz (talk, hold, talk, wrap-up), Łukasz Żak (open)."""
    return {
        "conversationId": hostile or "6f0c2b9e-7c1e-4c56-9a11-9d2f60a1b183",
        "conversationStart": "2026-11-20T09:50:00.000Z",
        "originatingDirection": "inbound",
        "participants": [
            _participant(
                "customer",
                _segment("interact", "09:50:00", "09:58:00", disconnectType="endpoint"),
                participantName=hostile or "Some Town",
                attributes={hostile or "OrderId": hostile or "A-204418"},
            ),
            _participant(
                "acd",
                _segment("interact", "09:50:00", "09:51:00", queueId="q1"),
                participantName=hostile or "Billing",
            ),
            _participant(
                "agent",
                _segment("interact", "09:51:00", "09:53:00", queueId="q1"),
                _segment("hold", "09:53:00", "09:54:00", queueId="q1"),
                _segment("interact", "09:54:00", "09:55:00", disconnectType="transfer"),
                _segment(
                    "wrapup", "09:55:00", "09:56:00", wrapUpCode="w1", wrapUpNote=hostile or "paid"
                ),
                userId="u1",
                metrics=[
                    {"name": "tTalk", "value": 120_000},
                    {"name": "tTalk", "value": 60_000},
                    {"name": "nTransferred", "value": 1},
                ],
            ),
            _participant(
                "user",
                _segment("interact", "09:55:00", None, errorCode=hostile or None),
                userId="u2",
            ),
        ],
    }


def view_of(data: dict[str, Any]) -> ContactView:
    raw = msgspec.json.encode(data)
    read = wire.decode(raw, wire.Conversation)

    def names(kind: str, wanted: str) -> str | None:
        return _NAMES.get((kind, wanted))

    clock = Clock(ZoneInfo("UTC"), lambda: NOW_MS)
    return ContactView(read, read_contact(read, names), raw, clock, names, NOW_MS)
