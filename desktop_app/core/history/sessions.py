"""What the sessions of a contact say of themselves, field by field, in the order of time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any

from desktop_app.core.history.legs import Leg

# Fields of ``wire.Session`` that hold for the contact as soon as one session says them.
SAID = (
    "media_type",
    "message_type",
    "provider",
    "recording",
    "authenticated",
    "cleared",
    "session_dnis",
    "address_from",
    "address_to",
    "cc",
    "bcc",
    "remote",
    "protocol_call_id",
    "used_routing",
    "requested_routings",
    "active_skill_ids",
    "removed_skill_ids",
    "routing_ring",
    "agent_bullseye_ring",
    "routing_rule",
    "routing_rule_type",
    "selected_agent_id",
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
_read_session = attrgetter(*SAID)

PARTICIPANT = (
    "purpose",
    "team_id",
    "external_contact_id",
    "external_organization_id",
    "flagged_reason",
    "screen_recording",
)
_read_participant = attrgetter(*PARTICIPANT)

Said = dict[str, list[Any]]
"""The values of a field, without the empty ones; a field that nobody filled is no key."""


def read_said(legs: Iterable[Leg]) -> Said:
    """Fields of the legs' sessions, by start."""
    return _by_field(SAID, [_read_session(leg.session) for leg in legs])


def read_participants(participants: Iterable[Any]) -> Said:
    """Fields of the participants, in the order given."""
    return _by_field(PARTICIPANT, [_read_participant(each) for each in participants])


def _by_field(fields: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> Said:
    said: Said = {}
    for row in rows:
        for field, value in zip(fields, row, strict=True):
            if value:
                said.setdefault(field, []).append(value)
    return said


def first(said: Said, field: str) -> Any:
    """What the first session says; "" if none does."""
    values = said.get(field)
    return values[0] if values else ""


def last(said: Said, field: str) -> Any:
    values = said.get(field)
    return values[-1] if values else ""


def each(said: Said, field: str) -> tuple[str, ...]:
    """Every value once; of fields that hold lists, every item."""
    values = said.get(field)
    if values is None:
        return ()
    if isinstance(values[0], list):
        values = [item for several in values for item in several if item]
    return tuple(dict.fromkeys(values))
