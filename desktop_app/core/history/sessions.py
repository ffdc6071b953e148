"""What the sessions of a contact say of themselves, field by field, in the order of time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any

from desktop_app.core.genesys import wire
from desktop_app.core.history.legs import Leg

# Fields of ``wire.Session`` that hold for the contact as soon as one session says them: those
# that most sessions fill, and those that hardly any does.
_COMMON = (
    "media_type",
    "message_type",
    "provider",
    "recording",
    "session_dnis",
    "address_from",
    "address_to",
    "remote",
    "protocol_call_id",
    "used_routing",
    "requested_routings",
    "selected_agent_id",
)
_RARE = (
    "authenticated",
    "cleared",
    "cc",
    "bcc",
    "active_skill_ids",
    "removed_skill_ids",
    "routing_ring",
    "agent_bullseye_ring",
    "routing_rule",
    "routing_rule_type",
    "assigner_id",
    "agent_groups",
    "proposed_agents",
    "delivery_status",
    "extended_delivery_status",
    "delivery_pushed",
    "media_count",
    "callback_numbers",
    "callback_user_name",
    "callback_scheduled_time",
    "outbound_campaign_id",
    "outbound_contact_list_id",
    "outbound_contact_id",
    "disposition_name",
    "journey_customer_id",
    "journey_action_map_id",
    "agent_assistant_id",
    "monitored_participant_id",
    "coached_participant_id",
    "barged_participant_id",
    "flow_out_type",
)
SAID = _COMMON + _RARE
_common, _rare = attrgetter(*_COMMON), attrgetter(*_RARE)

_PARTICIPANT = (
    "team_id",
    "external_contact_id",
    "external_organization_id",
    "flagged_reason",
    "screen_recording",
)
_participant = attrgetter(*_PARTICIPANT)

Said = dict[str, list[Any]]
"""The values of a field, without the empty ones; a field that nobody filled is no key."""


def read_said(legs: Iterable[Leg]) -> Said:
    """Fields of the legs' sessions, by start."""
    said: Said = {}
    for leg in legs:
        _take(said, _COMMON, _common(leg.session))
        _take(said, _RARE, _rare(leg.session))
    return said


def read_participants(participants: Iterable[wire.Participant]) -> Said:
    """Fields of the participants, in the order given."""
    said: Said = {}
    for participant in participants:
        _take(said, _PARTICIPANT, _participant(participant))
    return said


def _take(said: Said, fields: Sequence[str], values: tuple[Any, ...]) -> None:
    if any(values):
        for field, value in zip(fields, values, strict=True):
            if value:
                said.setdefault(field, []).append(value)


def first(said: Said, field: str) -> Any:
    """What the first session says; "" if none does."""
    values = said.get(field)
    return values[0] if values else ""


def each(said: Said, field: str) -> list[Any]:
    """Every value once; of fields that hold lists, every item."""
    values = said.get(field, [])
    if len(values) == 1 and not isinstance(values[0], list):
        return values
    if values and isinstance(values[0], list):
        values = [item for several in values for item in several if item]
    return list(dict.fromkeys(values))
