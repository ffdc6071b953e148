"""One conversation as a supervisor sees it: every fact derived once.

Durations are milliseconds, instants milliseconds since 1970 UTC; None means that there was no
such phase, which differs from one of length 0.  Names come in the order of time and each once.
"""

from __future__ import annotations

from typing import Any

import msgspec

from desktop_app.core.history.flows import NO_FLOW, FlowFacts
from desktop_app.core.history.messages import NO_MESSAGES, Messages
from desktop_app.core.history.outbound import NO_CAMPAIGN, Campaign
from desktop_app.core.history.outcome import Outcome, State, judge
from desktop_app.core.history.quality import NO_QUALITY, Quality
from desktop_app.core.history.routing import NO_ROUTING, Routing


class Contact(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Built by ``conversation.read_contact``; the outcome follows from the other facts.

    ``media``, ``direction``, ``message_type`` and ``disconnect_type`` keep the service's words
    (contract §2.3), unknown ones too.  A Struct, because it is made once for every contact that
    is read: ten times faster than a frozen dataclass of as many fields.
    """

    conversation_id: str = ""

    # When. ``duration_ms`` is None while the contact is open.
    start_ms: int | None = None
    end_ms: int | None = None
    duration_ms: int | None = None
    is_open: bool = False

    # What
    media: str = ""
    message_type: str = ""
    direction: str = ""
    initial_direction: str = ""
    subject: str = ""

    # Who. ``customer`` is a name or a number; ``ani`` and ``dnis`` are readable addresses.
    customer: str = ""
    has_customer: bool = False
    ani: str = ""
    dnis: str = ""
    session_dnis: str = ""
    agents: tuple[str, ...] = ()
    alerted: tuple[str, ...] = ()
    not_responding: tuple[str, ...] = ()
    consulted: tuple[str, ...] = ()
    supervisors: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    divisions: tuple[str, ...] = ()
    external_contacts: tuple[str, ...] = ()
    external_organizations: tuple[str, ...] = ()

    # Where
    queues: tuple[str, ...] = ()
    flows: tuple[str, ...] = ()
    flow: FlowFacts = NO_FLOW
    used_routing: str = ""
    skills: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    routing: Routing = NO_ROUTING
    campaign: Campaign = NO_CAMPAIGN

    # Result. ``ended_by`` is "Customer", "Agent", "System" or "".
    wrapups: tuple[str, ...] = ()
    wrapup: str = ""
    wrapup_note: str = ""
    wrapup_timed_out: bool = False
    ended_by: str = ""
    disconnect_type: str = ""
    error_code: str = ""
    sip_code: int | None = None
    external_tag: str = ""
    flagged: bool = False

    # Times
    ivr_ms: int | None = None
    queue_ms: int | None = None
    alert_ms: int | None = None
    talk_ms: int | None = None
    hold_ms: int | None = None
    acw_ms: int | None = None
    handle_ms: int | None = None
    abandon_ms: int | None = None
    first_response_ms: int | None = None
    agent_response_ms: int | None = None
    customer_response_ms: int | None = None

    # Counts
    no_answers: int = 0
    transfers: int = 0
    blind_transfers: int = 0
    consult_transfers: int = 0
    consults: int = 0
    holds: int = 0
    segments: int = 0
    queue_segments: int = 0
    user_segments: int = 0
    talk_segments: int = 0
    callback_tries: int = 0

    # What happened
    is_answered: bool = False
    is_reached: bool = False
    is_conference: bool = False
    has_reply: bool = False
    has_voicemail: bool = False
    is_fax: bool = False
    short_abandon: bool = False
    lost_after_transfer: bool = False
    dialler_abandoned: bool = False
    transfer_target: str = ""
    callback_due_ms: int | None = None

    # Quality
    is_recorded: bool = False
    screen_recorded: bool = False
    mos: float | None = None
    quality: Quality = NO_QUALITY
    sip_call_id: str = ""

    # What the service says besides, by its own names.  ``said``: what sessions say of themselves
    # (``sessions.read_said``); ``totals``: metrics; ``kinds``: how many segments of each type.
    initiator: str = ""
    customer_participated: bool = False
    self_served: bool = False
    is_public: bool | None = None
    messages: Messages = NO_MESSAGES
    said: dict[str, list[Any]] = {}
    totals: dict[str, int] = {}
    kinds: dict[str, int] = {}
    attributes: dict[str, str] = {}

    _outcome: Outcome | None = None

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "_outcome", judge(self))

    def __repr__(self) -> str:
        return f"Contact({self.conversation_id!r})"  # the rest is customers' data

    @property
    def is_abandoned(self) -> bool:
        return self.abandon_ms is not None

    @property
    def is_abandoned_in_queue(self) -> bool:
        return self.abandon_ms is not None and bool(self.queues)

    @property
    def is_transferred(self) -> bool:
        return self.transfers > 0

    @property
    def is_blind_transferred(self) -> bool:
        return self.blind_transfers > 0

    @property
    def is_consult_transferred(self) -> bool:
        return self.consult_transfers > 0

    @property
    def had_consult(self) -> bool:
        return self.consults > 0

    @property
    def is_non_acd(self) -> bool:
        return not self.queues

    @property
    def is_direct(self) -> bool:
        if self.used_routing == "Direct":
            return True
        return any("Direct" in methods for methods in self.said.get("requested_routings", ()))

    @property
    def has_cobrowse(self) -> bool:
        return "cobrowse" in self.said.get("media_type", ()) or "nCobrowseSessions" in self.totals

    @property
    def has_media(self) -> bool:
        if "media_count" in self.said:
            return True
        return bool(self.totals.get("oMediaCount") or self.totals.get("oExternalMediaCount"))

    @property
    def has_survey(self) -> bool:
        return self.quality.surveys > 0

    @property
    def social(self) -> str:
        """ "Public", "Private", or "" for what is no social post."""
        return "" if self.is_public is None else "Public" if self.is_public else "Private"

    @property
    def is_campaign(self) -> bool:
        return "outbound_campaign_id" in self.said

    @property
    def _judged(self) -> Outcome:
        return self._outcome or judge(self)

    @property
    def outcome(self) -> str:
        """What happened, in words: "Abandoned in queue 1:42"."""
        return self._judged.text

    @property
    def outcome_group(self) -> str:
        """What outcomes are counted under: "Abandoned"."""
        return self._judged.group

    @property
    def outcome_state(self) -> State:
        return self._judged.state

    @property
    def last_agent(self) -> str:
        return self.agents[-1] if self.agents else ""

    @property
    def first_queue(self) -> str:
        return self.queues[0] if self.queues else ""

    @property
    def last_queue(self) -> str:
        return self.queues[-1] if self.queues else ""
