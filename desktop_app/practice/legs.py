"""A conversation while it is being told: participants, their sessions, and what these measure.

The parts are dicts of the wire's shape (contract §2.3) except that instants are still epoch
milliseconds; ``rendering`` turns the story into an answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from .customers import Customer, Customers, station
from .dice import Dice
from .roster import Queue, Roster

Wire = dict[str, Any]

_DAY_MS: Final = 86_400_000


class Session:
    """One session; its metrics agree with its segments because both are made in one place."""

    __slots__ = ("_handled", "_held", "_held_until", "_talked", "_talked_until", "_worked", "id",
                 "metrics", "queue", "segments", "wire")  # fmt: skip

    def __init__(self, wire: Wire, queue: Queue | None) -> None:
        self.wire = wire
        self.id = str(wire["sessionId"])
        self.queue = queue
        self.segments: list[Wire] = []
        self.metrics: list[Wire] = []
        self._talked = self._held = self._worked = 0
        self._talked_until = self._held_until = self._handled = 0

    def segment(
        self, kind: str, start: int, end: int, ends: str | None = None, **more: Any
    ) -> None:
        """Add a segment [start, end) in epoch ms; ``ends`` is its disconnectType."""
        segment: Wire = {"segmentStart": start, "segmentEnd": end}
        if self.queue is not None:
            segment["queueId"] = self.queue.id
        if ends is not None:
            segment["disconnectType"] = ends
        segment["segmentType"] = kind
        segment["conference"] = False
        if more:
            segment.update(more)
        self.segments.append(segment)

    def metric(self, name: str, value: int, at: int) -> None:
        """``t…`` in ms, ``n…`` a count; ``at`` is the moment when the service gives it out."""
        self.metrics.append({"name": name, "value": value, "emitDate": at})

    def timed(self, kind: str, metric: str, start: int, end: int, ends: str | None = None) -> None:
        """A segment and the metric that is its length."""
        self.segment(kind, start, end, ends)
        self.metric(metric, end - start, end)

    def talk(self, start: int, end: int, ends: str | None = None, **more: Any) -> None:
        self.segment("interact", start, end, ends, **more)
        self.metric("tTalk", end - start, end)
        self._talked += end - start
        self._talked_until = self._handled = end

    def hold(self, start: int, end: int, ends: str | None = None, **more: Any) -> None:
        self.segment("hold", start, end, ends, **more)
        self.metric("tHeld", end - start, end)
        self._held += end - start
        self._held_until = self._handled = end

    def wrap_up(self, start: int, end: int, **more: Any) -> None:
        self.segment("wrapup", start, end, **more)
        self.metric("tAcw", end - start, end)
        self._worked += end - start
        self._handled = end

    def complete(self) -> None:
        """Give out the totals: tTalkComplete, tHeldComplete and tHandle = talk + hold + ACW."""
        if self._talked_until:
            self.metric("tTalkComplete", self._talked, self._talked_until)
        if self._held_until:
            self.metric("tHeldComplete", self._held, self._held_until)
        if self._handled:
            self.metric("tHandle", self._talked + self._held + self._worked, self._handled)


class Story:
    """One conversation: ``start`` and ``until`` (now, in the organisation's eyes) in epoch ms."""

    __slots__ = ("_agents", "_sessions", "customer", "dice", "facts", "least_mos", "lingers",
                 "participants", "roster", "start", "until")  # fmt: skip

    def __init__(
        self, dice: Dice, roster: Roster, customers: Customers, start: int, until: int
    ) -> None:
        self.dice = dice
        self.roster = roster
        self.customer: Customer = customers.pick(dice)
        self.start = start
        self.until = until
        # Of those who have just come, some are still being talked to.
        self.lingers = until - start < 3_600_000 and dice.chance(0.3)
        self.facts: Wire = {}
        self.participants: list[Wire] = []
        self.least_mos: float | None = None
        self._sessions: dict[str, list[Session]] = {}
        self._agents: set[str] = set()

    def join(self, purpose: str, name: str | None = None, user: str | None = None) -> Wire:
        """A new participant, last in the list."""
        participant: Wire = {"participantId": self.dice.uuid()}
        if name is not None:
            participant["participantName"] = name
        if user is not None:
            participant["userId"] = user
        participant["purpose"] = purpose
        self.participants.append(participant)
        self._sessions[participant["participantId"]] = []
        return participant

    def session(
        self,
        participant: Wire,
        media: str,
        direction: str = "inbound",
        *,
        peer: Session | None = None,
        queue: Queue | None = None,
        provider: str = "Edge",
        **more: Any,
    ) -> Session:
        wire: Wire = {
            "mediaType": media,
            "sessionId": self.dice.uuid(),
            "direction": direction,
            "provider": provider,
        }
        if peer is not None:
            wire["peerId"] = peer.id
        if more:
            wire.update(more)
        session = Session(wire, queue)
        self._sessions[participant["participantId"]].append(session)
        return session

    def sessions_of(self, participant: Wire) -> list[Session]:
        return self._sessions[participant["participantId"]]

    def last_session(self) -> Session:
        """The latest session of the participant who joined last."""
        return self.sessions_of(self.participants[-1])[-1]

    def dismiss(self, session: Session) -> None:
        """The session never came to be."""
        for sessions in self._sessions.values():
            if session in sessions:
                sessions.remove(session)

    def agent_of(self, queue: Queue) -> str:
        """A member who hasn't been part of this conversation; leavers only in older ones."""
        members = queue.members if self.until - self.start > 7 * _DAY_MS else queue.current
        return self._new_face(members)

    def colleague(self) -> str:
        """Anyone of the staff who hasn't been part of this conversation."""
        return self._new_face(self.roster.people)

    def _new_face(self, people: Sequence[str]) -> str:
        while (person := self.dice.pick(people)) in self._agents:
            continue
        self._agents.add(person)
        return person

    def still(self, end: int) -> int:
        """``end``, or a moment after now when this contact lingers."""
        return max(end, self.until + 60_000) if self.lingers else end

    def station(self) -> str:
        return station(self.dice)
