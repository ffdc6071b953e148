"""Calls that more than one agent takes part in, and those a supervisor listens to."""

from __future__ import annotations

from typing import Final, NamedTuple

from ..legs import Session, Story
from .channels import leave, voice
from .quality import judge
from .queueing import Reached, agent_session, reach_agent, through_queue
from .work import converse, who_hangs_up, wrap_up


def blind_transfer_to_queue(story: Story) -> None:
    """The first agent sends the customer into another line and wraps up meanwhile."""
    reached = reach_agent(story)
    handed_over = _let_go(story, reached)
    queue = story.roster.queue(story.dice, "voice")
    second, now = through_queue(story, reached.call, queue, handed_over)
    _finish(story, reached.call, second, now)


def blind_transfer_to_agent(story: Story) -> None:
    """The first agent sends the customer to a colleague's phone."""
    reached = reach_agent(story)
    handed_over = _let_go(story, reached)
    second = agent_session(story, reached.call, reached.queue)
    second.wire["usedRouting"], second.wire["requestedRoutings"] = "Direct", ["Direct"]
    answered = handed_over + story.dice.around(4_000)
    second.timed("alert", "tAlert", handed_over, answered)
    _finish(story, reached.call, second, answered)


def _let_go(story: Story, reached: Reached) -> int:
    """The first agent's part up to the transfer and its wrap-up; the moment of transfer, ms."""
    first = reached.agent
    now = converse(story, first, reached.at, "transfer", median=150_000)
    first.metric("nTransferred", 1, now)
    first.metric("nBlindTransferred", 1, now)
    wrap_up(story, first, now)
    return now


def _finish(story: Story, call: Session, agent: Session, now: int) -> None:
    """The last agent talks to the end."""
    customer_ends, agent_ends = who_hangs_up(story)
    now = converse(story, agent, now, agent_ends)
    leave(story, call, story.start, now, customer_ends)
    judge(story, agent, wrap_up(story, agent, now))


class _Consult(NamedTuple):
    """The first agent's hold runs from ``start`` to ``end`` (ms) while they ask ``second``."""

    start: int
    end: int
    second: Session


def _consult(story: Story, reached: Reached, ends: str) -> _Consult:
    """The first agent talks, then calls a colleague; what becomes of the hold is the caller's.

    The consult is a session of its own for both, and counts as talk for the colleague only: the
    first agent's time is that of the hold.
    """
    dice, first = story.dice, reached.agent
    start = reached.at + dice.around(130_000)
    first.talk(reached.at, start)
    first.metric("nConsult", 1, start)
    participant = story.participants[-1]
    asks = voice(story, participant, "outbound", queue=reached.queue, ani=story.station())
    second_party = story.join("agent", user=story.agent_of(reached.queue))
    asked = voice(story, second_party, peer=asks, queue=reached.queue, ani=asks.wire["ani"])
    answered = start + dice.around(5_000)
    end = answered + dice.around(50_000)
    asks.timed("dialing", "tDialing", start, answered)
    asks.segment("interact", answered, end, ends, destinationSessionId=asked.id)
    asked.timed("alert", "tAlert", start, answered)
    asked.talk(answered, end, ends, sourceSessionId=asks.id)
    asked.complete()
    second = voice(story, second_party, peer=reached.call, queue=reached.queue,
                   ani=reached.call.wire["ani"], dnis=reached.call.wire["dnis"])  # fmt: skip
    return _Consult(start, end, second)


def consult_transfer(story: Story) -> None:
    """The first agent asks a colleague, who then takes the customer over."""
    reached = reach_agent(story)
    first = reached.agent
    consult = _consult(story, reached, "consultTransfer")
    first.hold(consult.start, consult.end, "consultTransfer")
    first.metric("nTransferred", 1, consult.end)
    first.metric("nConsultTransferred", 1, consult.end)
    wrap_up(story, first, consult.end)
    _finish(story, reached.call, consult.second, consult.end)


def consult_only(story: Story) -> None:
    """The first agent asks a colleague and goes on with the customer."""
    reached = reach_agent(story)
    consult = _consult(story, reached, "client")
    story.dismiss(consult.second)
    reached.agent.hold(consult.start, consult.end)
    _finish(story, reached.call, reached.agent, consult.end)


def conference(story: Story) -> None:
    """All three talk together; the colleague stays to the end or leaves before."""
    reached = reach_agent(story)
    first = reached.agent
    consult = _consult(story, reached, "conferenceTransfer")
    start = story.facts["conferenceStart"] = consult.end
    first.hold(consult.start, start)
    customer_ends, agent_ends = who_hangs_up(story)
    end = story.still(start + story.dice.around(180_000))
    first.talk(start, end, agent_ends, conference=True)
    stays = story.dice.chance(0.5)
    until = end if stays else start + (end - start) // 2
    consult.second.talk(start, until, "peer" if stays else "client", conference=True)
    wrap_up(story, consult.second, until)
    leave(story, reached.call, story.start, end, customer_ends, conference_from=start)
    judge(story, first, wrap_up(story, first, end))


# Kind of segment, the session's key for who is listened to, and its metrics.
_LISTENING: Final = (
    ("monitoring", "monitoredParticipantId", ("tMonitoring", "tMonitoringComplete")),
    ("monitoring", "monitoredParticipantId", ("tMonitoring", "tMonitoringComplete")),
    ("coaching", "coachedParticipantId", ("tCoaching", "tCoachingComplete")),
    ("barging", "bargedParticipantId", ("tBarging",)),
)


def supervised(story: Story) -> None:
    """The supervisor listens, whispers to the agent, or joins in."""
    reached = reach_agent(story)
    agent = story.participants[-1]
    customer_ends, agent_ends = who_hangs_up(story)
    end = converse(story, reached.agent, reached.at, agent_ends)
    kind, target, metrics = story.dice.pick(_LISTENING)
    supervisor = story.join("user", user=story.roster.supervisor)
    listens = voice(story, supervisor, peer=reached.agent)
    listens.wire[target] = agent["participantId"]
    start = reached.at + (end - reached.at) // 5
    listens.segment(kind, start, end, "peer")
    for metric in metrics:
        listens.metric(metric, end - start, end)
    leave(story, reached.call, story.start, end, customer_ends)
    judge(story, reached.agent, wrap_up(story, reached.agent, end))
