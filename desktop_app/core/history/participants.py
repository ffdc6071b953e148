"""Participants in the order in which they came, and the attributes that they carry together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from desktop_app.core.genesys import wire
from desktop_app.core.history.legs import Leg

BETWEEN_VALUES = " | "


def in_order(
    participants: Iterable[wire.Participant], legs: Iterable[Leg]
) -> list[wire.Participant]:
    """By their first leg, which ``legs`` give by start; those without sessions come last."""
    found = {id(leg.participant): leg.participant for leg in legs}
    for participant in participants:
        found.setdefault(id(participant), participant)
    return list(found.values())


def merged_attributes(participants: Iterable[wire.Participant]) -> dict[str, str]:
    """The attributes of all participants as one set.

    Legs copy attributes from each other, and a flow or an agent may set the same key anew: equal
    values are said once, differing ones stay, in the order given, joined by " | ".  Blank values
    and nameless keys are left out; values are stripped (quirk 23).
    """
    merged: dict[str, str] = {}
    differing: dict[str, list[str]] = {}
    for participant in participants:
        for key, text in (participant.attributes or {}).items():
            value = (text or "").strip()
            if not value or not key:
                continue
            values = differing.setdefault(key, [])
            if value not in values:
                values.append(value)
                merged[key] = BETWEEN_VALUES.join(values)
    return merged


def with_attributes_of(before: str, raw: str) -> str:
    """A conversation with the attributes that an earlier reading of it brought.

    Each participant that comes without any gets those of the one with its id.  Both are JSON as
    the service told it.
    """
    known = {
        each.participant_id: each.attributes
        for each in wire.decode(before.encode(), wire.Conversation).participants or ()
        if each.participant_id and each.attributes
    }
    conversation = wire.decode(raw.encode(), dict[str, Any])
    for participant in conversation.get("participants") or ():
        if not isinstance(participant, dict) or participant.get("attributes"):
            continue
        if attributes := known.get(str(participant.get("participantId"))):
            participant["attributes"] = attributes
    return msgspec.json.encode(conversation).decode()
