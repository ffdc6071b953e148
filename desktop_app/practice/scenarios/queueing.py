"""Contacts in line, and agents who are alerted for them."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from ..legs import Session, Story
from ..roster import Queue
from .channels import beside, caller
from .menu import describe_in_queue_flow, ivr

# An agent who doesn't answer is passed over after this long.
_RING_MS: Final = 12_000
_SERVICE_LEVEL_MS: Final = 20_000
_ROUTINGS: Final = ("Standard",) * 6 + ("Bullseye", "Preferred", "Predictive", "Last")


class Reached(NamedTuple):
    """A call that an agent has answered, at ``at`` (ms)."""

    queue: Queue
    call: Session
    agent: Session
    at: int


def reach_agent(story: Story, refusals: int = 0) -> Reached:
    """A customer calls and gets through, after ``refusals`` agents who didn't answer."""
    queue = story.roster.queue(story.dice, "voice")
    call = caller(story, queue)
    arrived = story.start
    if story.dice.chance(0.9):
        arrived = ivr(story, call, queue.name)
    agent, answered = through_queue(story, call, queue, arrived, refusals=refusals)
    return Reached(queue, call, agent, answered)


def line(story: Story, outside: Session, queue: Queue) -> Session:
    """The queue's own session: the contact stands in line."""
    session = beside(story, story.join("acd", queue.name), outside, queue)
    session.wire["requestedRoutings"] = ["Standard"]
    if outside.wire["mediaType"] == "voice" and story.dice.chance(0.5):
        describe_in_queue_flow(story, session)
    return session


def wait(story: Story, acd: Session, start: int, end: int, ends: str, **more: Any) -> None:
    """The time in line, with what was asked for."""
    assert acd.queue is not None
    if story.dice.chance(0.25):
        more["requestedRoutingSkillIds"] = list(acd.queue.skills)
    if story.dice.chance(0.1):
        more["requestedLanguageId"] = acd.queue.language
    acd.segment("interact", start, end, ends, **more)
    acd.metric("nOffered", 1, start)
    if end - start > _SERVICE_LEVEL_MS:
        acd.metric("nOverSla", 1, start + _SERVICE_LEVEL_MS)
    acd.metric("tAcd", end - start, end)


def give_up(story: Story, acd: Session, start: int, end: int) -> None:
    """The time in line, ended by the contact itself; short when under ten seconds."""
    wait(story, acd, start, end, "peer")
    acd.metric("tAbandon", end - start, end)
    if end - start < 10_000:
        acd.metric("tShortAbandon", end - start, end)


def ring_out(story: Story, outside: Session, queue: Queue, start: int) -> int:
    """An agent is alerted and doesn't answer, or declines. The end of it, ms."""
    declines = story.dice.chance(0.3)
    end = start + (story.dice.between(1_500, 6_000) if declines else _RING_MS)
    agent = agent_session(story, outside, queue)
    agent.timed("alert", "tAlert", start, end, "client" if declines else "noAnswerTransfer")
    agent.metric("tNotResponding", end - start, end)
    if declines:
        agent.metric("nAgentDeclined", 1, end)
    return end


def agent_session(story: Story, outside: Session, queue: Queue, user: str | None = None) -> Session:
    """A member of the queue, or ``user``, joins as an agent."""
    dice = story.dice
    user = user or story.agent_of(queue)
    participant = story.join("agent", user=user)
    if dice.chance(0.3):
        participant["teamId"] = story.roster.team_of(user)
    if dice.chance(0.08):
        participant["screenRecording"] = True
    used = dice.pick(_ROUTINGS)
    session = beside(story, participant, outside, queue)
    session.wire["requestedRoutings"] = ["Standard"] if used == "Standard" else [used, "Standard"]
    session.wire["usedRouting"] = used
    if outside.wire["mediaType"] == "voice":
        session.wire["addressSelf"] = story.station()
    return session


def through_queue(
    story: Story,
    outside: Session,
    queue: Queue,
    start: int,
    *,
    refusals: int = 0,
    median: int = 18_000,
    **more: Any,
) -> tuple[Session, int]:
    """In line until an agent answers: (the agent's session, the moment of answering in ms)."""
    dice = story.dice
    acd = line(story, outside, queue)
    now = start + dice.around(median, 0.9)
    for _ in range(refusals):
        now = ring_out(story, outside, queue, now) + dice.around(6_000)
    # An agent who answers automatically is alerted for no time at all (quirk 7).
    answered = now + (0 if dice.chance(0.03) else dice.around(3_500, 0.5))
    wait(story, acd, start, answered, "transfer", **more)
    agent = agent_session(story, outside, queue)
    agent.timed("alert", "tAlert", now, answered)
    agent.metric("tAnswered", answered - start, answered)
    return agent, answered
