"""One session of a conversation, read in one pass over its segments and metrics.

A metric's name repeats within a session and is summed (quirk 6).  Where a session has no metric
for a phase, the lengths of its segments stand in: open sessions have no metrics yet, and old
answers have none at all (quirk 4).
"""

from __future__ import annotations

from enum import StrEnum

from desktop_app.core.genesys import wire
from desktop_app.core.genesys.wire import instant_ms

# No duration or count comes near: beyond it a number is damage, and would not fit the store.
_LARGEST = 1e15

# Later than any instant: the end of what hasn't ended.
FAR = 1 << 62


class Role(StrEnum):
    CUSTOMER = "customer"
    STAFF = "staff"
    QUEUE = "queue"
    FLOW = "flow"
    VOICEMAIL = "voicemail"
    SUPERVISOR = "supervisor"
    OTHER = "other"


# Contract §2.3; "external" is the customer of most calls (quirk 9).
_ROLES = {
    "customer": Role.CUSTOMER,
    "external": Role.CUSTOMER,
    "agent": Role.STAFF,
    "user": Role.STAFF,
    "acd": Role.QUEUE,
    "ivr": Role.FLOW,
    "workflow": Role.FLOW,
    "botflow": Role.FLOW,
    "voicesurveyflow": Role.FLOW,
    "voicemail": Role.VOICEMAIL,
}

STAFF_ROLES = frozenset({Role.STAFF, Role.SUPERVISOR})

_WATCHING = frozenset({"monitoring", "coaching", "barging", "screenmonitoring"})
_APART = frozenset({"wrapup", "scheduled"})
DIALLING = frozenset({"dialing", "contacting"})


def role_of(participant: wire.Participant) -> Role:
    return _ROLES.get(participant.purpose or "", Role.OTHER)


class Leg:
    """What one session did. Instants and lengths in milliseconds.

    ``start`` and ``end`` bound its segments without wrap-up, which follows the contact; both are
    None if it has no instants, and ``end`` is FAR while a segment is open.  ``last_end`` counts
    wrap-up too.  ``kinds`` counts segments by type, ``lengths`` sums those that have ended;
    ``metrics`` sums metrics by name.  ``disconnect`` is the type of the last segment that has one.
    """

    __slots__ = (
        "alert_end",
        "answered_at",
        "disconnect",
        "disconnected_at",
        "end",
        "is_conference",
        "is_open",
        "kinds",
        "last_end",
        "lengths",
        "metrics",
        "participant",
        "queue_id",
        "role",
        "session",
        "start",
        "talk_end",
    )

    def __init__(self, participant: wire.Participant, session: wire.Session, role: Role) -> None:
        self.participant = participant
        self.session = session
        self.role = role
        self.start: int | None = None
        self.end: int | None = None
        self.last_end: int | None = None
        self.answered_at: int | None = None
        self.talk_end: int | None = None
        self.alert_end: int | None = None
        self.disconnect = ""
        self.disconnected_at = -FAR
        self.queue_id = ""
        self.is_open = self.is_conference = False
        self.kinds: dict[str, int] = {}
        self.lengths: dict[str, int] = {}
        self.metrics = summed(session.metrics)
        for segment in session.segments or ():
            self._read(segment)

    @property
    def is_watching(self) -> bool:
        """A supervisor's session: it listens, coaches or joins, and answers nothing."""
        session = self.session
        if (
            session.monitored_participant_id
            or session.coached_participant_id
            or session.barged_participant_id
        ):
            return True
        return not _WATCHING.isdisjoint(self.kinds)

    def _read(self, segment: wire.Segment) -> None:
        kind = segment.segment_type or ""
        self.kinds[kind] = self.kinds.get(kind, 0) + 1
        if segment.queue_id and not self.queue_id:
            self.queue_id = segment.queue_id
        if segment.conference and kind == "interact":
            self.is_conference = True
        start, end = bounds(segment)
        if start is None:
            return
        if end is None:
            self.is_open = True
            until = FAR
        else:
            until = end
            self.lengths[kind] = self.lengths.get(kind, 0) + end - start
            if self.last_end is None or end > self.last_end:
                self.last_end = end
        if kind != "wrapup":
            self._read_phase(kind, start, until, segment.disconnect_type)

    def _read_phase(self, kind: str, start: int, until: int, disconnect: str | None) -> None:
        if self.start is None or start < self.start:
            self.start = start
        if self.end is None or until > self.end:
            self.end = until
        if disconnect and until >= self.disconnected_at:
            self.disconnect, self.disconnected_at = disconnect, until
        if kind == "interact" or kind == "hold":
            if self.talk_end is None or until > self.talk_end:
                self.talk_end = until
            if kind == "interact" and (self.answered_at is None or start < self.answered_at):
                self.answered_at = start
        elif kind == "alert" and (self.alert_end is None or until > self.alert_end):
            self.alert_end = until

    @property
    def segments(self) -> int:
        return len(self.session.segments or ())

    @property
    def length(self) -> int | None:
        """Of all its ended segments but wrap-up and the time until a callback is due."""
        found = [length for kind, length in self.lengths.items() if kind not in _APART]
        return sum(found) if found else None


def summed(metrics: list[wire.Metric] | None) -> dict[str, int]:
    """Metrics by name; values that no contact can have are left out."""
    total: dict[str, int] = {}
    for metric in metrics or ():
        name, value = metric.name, metric.value
        if name and value is not None and 0 <= value < _LARGEST:
            total[name] = total.get(name, 0) + round(value)
    return total


def bounds(segment: wire.Segment) -> tuple[int | None, int | None]:
    """Start and end, in that order; the end is None while it is open. (None, None): no instants."""
    start, end = instant_ms(segment.segment_start), instant_ms(segment.segment_end)
    if start is None:
        return end, end
    if end is not None and end < start:
        return end, start
    return start, end


def read_legs(conversation: wire.Conversation) -> list[Leg]:
    """All sessions, by start; those without instants come last (quirk 7: order means nothing)."""
    legs = []
    for participant in conversation.participants or ():
        role = role_of(participant)
        for session in participant.sessions or ():
            leg = Leg(participant, session, role)
            if role is Role.STAFF and leg.is_watching:
                leg.role = Role.SUPERVISOR
            legs.append(leg)
    legs.sort(key=_start)
    return legs


def _start(leg: Leg) -> int:
    return FAR if leg.start is None else leg.start
