"""A conversation as the details query and the details jobs tell it (contract §2.3).

Only what the application reads is named here; the raw conversation is stored beside its row.
"""

from __future__ import annotations

import msgspec

from desktop_app.core.genesys.decoding import Wire


class Metric(Wire):
    """``t…`` is in milliseconds, ``n…`` counts. A name repeats within a session: sum them."""

    name: str | None = None
    value: float | None = None


class Segment(Wire):
    segment_type: str | None = None
    segment_start: str | None = None
    segment_end: str | None = None
    queue_id: str | None = None
    disconnect_type: str | None = None
    error_code: str | None = None
    wrap_up_code: str | None = None
    wrap_up_note: str | None = None
    requested_routing_skill_ids: list[str] | None = None
    requested_routing_user_ids: list[str] | None = None
    requested_language_id: str | None = None
    subject: str | None = None
    conference: bool | None = None
    sip_response_codes: list[int] | None = None


class FlowOutcome(Wire):
    flow_outcome: str | None = None
    flow_outcome_id: str | None = None
    flow_outcome_value: str | None = None


class Flow(Wire):
    flow_name: str | None = None
    exit_reason: str | None = None
    outcomes: list[FlowOutcome] | None = None


class ProposedAgent(Wire):
    """``agent_rank`` is 1 for the best match."""

    agent_rank: int | None = None
    proposed_agent_id: str | None = None


class AgentGroup(Wire):
    """``agent_group_type`` is Group, SkillGroup or Team."""

    agent_group_id: str | None = None
    agent_group_type: str | None = None


class Session(Wire):
    session_id: str | None = None
    peer_id: str | None = None
    media_type: str | None = None
    message_type: str | None = None
    direction: str | None = None
    provider: str | None = None
    recording: bool | None = None
    authenticated: bool | None = None
    cleared: bool | None = None

    # Addresses
    ani: str | None = None
    dnis: str | None = None
    session_dnis: str | None = None
    address_from: str | None = None
    address_to: str | None = None
    cc: list[str] | None = None
    bcc: list[str] | None = None
    remote: str | None = None
    remote_name_displayable: str | None = None
    protocol_call_id: str | None = None

    # Routing
    used_routing: str | None = None
    requested_routings: list[str] | None = None
    active_skill_ids: list[str] | None = None
    removed_skill_ids: list[str] | None = None
    routing_ring: int | None = None
    agent_bullseye_ring: int | None = None
    routing_rule: str | None = None
    routing_rule_type: str | None = None
    selected_agent_id: str | None = None
    assigner_id: str | None = None
    agent_groups: list[AgentGroup] | None = None
    proposed_agents: list[ProposedAgent] | None = None

    # Messages
    delivery_status: str | None = None
    extended_delivery_status: str | None = None
    delivery_pushed: bool | None = None
    media_count: int | None = None

    # Callbacks, campaigns, journeys
    callback_numbers: list[str] | None = None
    callback_user_name: str | None = None
    callback_scheduled_time: str | None = None
    outbound_campaign_id: str | None = None
    outbound_contact_list_id: str | None = None
    outbound_contact_id: str | None = None
    disposition_name: str | None = None
    journey_customer_id: str | None = None
    journey_action_map_id: str | None = None

    # Helpers and supervisors
    agent_assistant_id: str | None = None
    monitored_participant_id: str | None = None
    coached_participant_id: str | None = None
    barged_participant_id: str | None = None

    flow_out_type: str | None = None
    flow: Flow | None = None
    metrics: list[Metric] | None = None
    segments: list[Segment] | None = None


class Participant(Wire):
    """``attributes`` comes with job results, and with some query answers too (quirk 1)."""

    participant_id: str | None = None
    participant_name: str | None = None
    purpose: str | None = None
    user_id: str | None = None
    team_id: str | None = None
    external_contact_id: str | None = None
    external_organization_id: str | None = None
    flagged_reason: str | None = None
    screen_recording: bool | None = None
    attributes: dict[str, str | None] | None = None
    sessions: list[Session] | None = None


class Evaluation(Wire):
    """Scores are per cent. ``event_time`` is when its present state was reached."""

    user_id: str | None = None
    evaluator_id: str | None = None
    assignee_id: str | None = None
    form_name: str | None = None
    evaluation_status: str | None = None
    event_time: str | None = None
    deleted: bool | None = None
    total_score: float | None = msgspec.field(default=None, name="oTotalScore")
    total_critical_score: float | None = msgspec.field(default=None, name="oTotalCriticalScore")


class Survey(Wire):
    """``survey_promoter_score`` is 0 to 10, the total per cent."""

    survey_form_name: str | None = None
    survey_status: str | None = None
    survey_type: str | None = None
    event_time: str | None = None
    survey_promoter_score: float | None = None
    total_score: float | None = msgspec.field(default=None, name="oSurveyTotalScore")


class Resolution(Wire):
    """Often has nothing but a time (quirk 16)."""

    next_contact_avoided: float | None = msgspec.field(default=None, name="nNextContactAvoided")


class Conversation(Wire):
    """A missing ``conversation_end`` doesn't mean that the contact is still open."""

    conversation_id: str | None = None
    conversation_start: str | None = None
    conversation_end: str | None = None
    originating_direction: str | None = None
    conversation_initiator: str | None = None
    customer_participation: bool | None = None
    originating_social_media_public: bool | None = None
    self_served: bool | None = None
    division_ids: list[str] | None = None
    external_tag: str | None = None
    media_stats_min_conversation_mos: float | None = None
    evaluations: list[Evaluation] | None = None
    surveys: list[Survey] | None = None
    resolutions: list[Resolution] | None = None
    participants: list[Participant] | None = None


class ConversationPage(Wire):
    """One page of a details query. Either field may be missing; the count is approximate."""

    conversations: list[msgspec.Raw] | None = None
    total_hits: int | None = None
