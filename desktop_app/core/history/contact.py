"""One conversation as a supervisor sees it: every fact derived once.

Durations are milliseconds, instants milliseconds since 1970 UTC; None means that there was no
such phase, which differs from one of length 0.  Names come in the order of time and each once.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from desktop_app.core.history.outcome import Outcome, State, judge


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Contact:
    """Built by ``conversation.read_contact``; the outcome follows from the other facts.

    ``media``, ``direction``, ``message_type`` and ``disconnect_type`` keep the service's words
    (contract §2.3), unknown ones too.
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
    divisions: tuple[str, ...] = ()

    # Where
    queues: tuple[str, ...] = ()
    flows: tuple[str, ...] = ()
    flow_exit: str = ""
    flow_succeeded: bool = False
    used_routing: str = ""
    skills: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()

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

    # Counts
    no_answers: int = 0
    transfers: int = 0
    blind_transfers: int = 0
    consult_transfers: int = 0
    consults: int = 0
    holds: int = 0
    segments: int = 0
    callback_tries: int = 0

    # What happened
    is_answered: bool = False
    is_reached: bool = False
    is_conference: bool = False
    has_reply: bool = False
    has_voicemail: bool = False
    short_abandon: bool = False
    lost_after_transfer: bool = False
    dialler_abandoned: bool = False
    is_campaign: bool = False
    transfer_target: str = ""
    callback_due_ms: int | None = None

    # Quality
    is_recorded: bool = False
    mos: float | None = None
    sip_call_id: str = ""

    _outcome: Outcome = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_outcome", judge(self))

    def __repr__(self) -> str:
        return f"Contact({self.conversation_id!r})"  # the rest is customers' data

    @property
    def outcome(self) -> str:
        """What happened, in words: "Abandoned in queue 1:42"."""
        return self._outcome.text

    @property
    def outcome_group(self) -> str:
        """What outcomes are counted under: "Abandoned"."""
        return self._outcome.group

    @property
    def outcome_state(self) -> State:
        return self._outcome.state

    @property
    def last_agent(self) -> str:
        return self.agents[-1] if self.agents else ""

    @property
    def first_queue(self) -> str:
        return self.queues[0] if self.queues else ""

    @property
    def last_queue(self) -> str:
        return self.queues[-1] if self.queues else ""
