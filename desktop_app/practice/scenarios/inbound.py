"""Inbound calls that stay with one agent, or reach none."""

from __future__ import annotations

from typing import Final

from ..customers import mailbox_address
from ..legs import Session, Story
from .channels import beside, caller, leave
from .menu import ivr, ivr_only
from .quality import judge
from .queueing import give_up, line, reach_agent, ring_out, wait
from .work import converse, who_hangs_up, wrap_up

_LINE_LOST: Final = "error.ininedgecontrol.session.inactive"


def answered(story: Story) -> None:
    """IVR, queue, agent, talk, wrap-up: the ordinary call."""
    _answered(story, refusals=0)


def no_answer_once(story: Story) -> None:
    _answered(story, refusals=1)


def no_answer_twice(story: Story) -> None:
    _answered(story, refusals=2)


def _answered(story: Story, refusals: int) -> None:
    reached = reach_agent(story, refusals)
    customer_ends, agent_ends = who_hangs_up(story)
    now = converse(story, reached.agent, reached.at, agent_ends)
    leave(story, reached.call, story.start, now, customer_ends)
    end = wrap_up(story, reached.agent, now)
    judge(story, reached.agent, end)


def error_disconnect(story: Story) -> None:
    """The line breaks while they talk (quirk 14)."""
    reached = reach_agent(story)
    end = reached.at + story.dice.around(90_000)
    reached.agent.talk(reached.at, end, "error", errorCode=_LINE_LOST)
    reached.agent.metric("nError", 1, end)
    leave(story, reached.call, story.start, end, "error", errorCode=_LINE_LOST)
    wrap_up(story, reached.agent, end)


def abandoned_in_queue(story: Story) -> None:
    """The customer gives up after a while in line."""
    _abandon(story, 10_000 + story.dice.around(75_000, 0.8))


def short_abandon(story: Story) -> None:
    """Gone within ten seconds, which most service levels don't count."""
    _abandon(story, story.dice.between(900, 9_500))


def _abandon(story: Story, patience: int) -> None:
    call, acd, arrived = _in_line(story)
    give_up(story, acd, arrived, arrived + patience)
    leave(story, call, story.start, arrived + patience, "endpoint")


def no_answer_at_all(story: Story) -> None:
    """Two or three agents are alerted, none answers, the customer gives up."""
    call, acd, arrived = _in_line(story)
    assert acd.queue is not None
    now = arrived + story.dice.around(15_000)
    for _ in range(story.dice.pick((2, 3, 3))):
        now = ring_out(story, call, acd.queue, now) + story.dice.around(6_000)
    now += story.dice.around(9_000)
    give_up(story, acd, arrived, now)
    leave(story, call, story.start, now, "endpoint")


def _in_line(story: Story) -> tuple[Session, Session, int]:
    """The caller's session, the queue's, and the moment (ms) when waiting begins."""
    queue = story.roster.queue(story.dice, "voice")
    call = caller(story, queue)
    arrived = ivr(story, call, queue.name)
    return call, line(story, call, queue), arrived


def abandoned_in_ivr(story: Story) -> None:
    """The customer hangs up on the menu."""
    call = caller(story, story.roster.queue(story.dice, "voice"))
    end = ivr_only(story, call, "peer", "USER_EXIT")
    leave(story, call, story.start, end, "endpoint")


def self_service(story: Story) -> None:
    """The IVR settles it and hangs up."""
    call = caller(story, story.roster.queue(story.dice, "voice"))
    reason = "FLOW_DISCONNECT" if story.dice.chance(0.7) else "DISCONNECT"
    end = ivr_only(story, call, "client", reason)
    leave(story, call, story.start, end, "peer")
    story.facts["selfServed"] = True


def external_and_ivr(story: Story) -> None:
    """No customer at all: somebody outside is with the IVR, nothing more is known (quirk 9)."""
    call = caller(story, story.roster.queue(story.dice, "voice"), "external")
    end = ivr_only(story, call, "system", "DISCONNECT")
    leave(story, call, story.start, end, "system")


def direct_call(story: Story) -> None:
    """Someone outside dials a person's own number: no queue, no wrap-up."""
    dice = story.dice
    call = caller(story, story.roster.queue(dice, "voice"), "external")
    person = beside(story, story.join("user", user=story.colleague()), call)
    answer = story.start + dice.between(2_000, 15_000)
    end = story.still(answer + dice.around(150_000))
    customer_ends, person_ends = who_hangs_up(story)
    person.timed("alert", "tAlert", story.start, answer)
    person.talk(answer, end, person_ends)
    person.complete()
    leave(story, call, story.start, end, customer_ends)


def voicemail_left(story: Story) -> None:
    """Nobody is free: the caller leaves a message, and that is all so far."""
    call, acd, arrived = _in_line(story)
    now = arrived + story.dice.around(50_000)
    wait(story, acd, arrived, now, "transfer")
    mailbox = open_mailbox(story, call)
    end = record_message(story, mailbox, now)
    leave(story, call, story.start, end, "endpoint")


def open_mailbox(story: Story, call: Session) -> Session:
    """The voicemail participant, named by a UUID (quirk 10)."""
    participant = story.join("voicemail", story.dice.uuid())
    return beside(story, participant, call, dnis=mailbox_address(story.dice, "queue.voicemail"))


def record_message(story: Story, mailbox: Session, start: int) -> int:
    """The message is spoken, then stored. The end of speaking, ms."""
    end = start + story.dice.around(28_000)
    mailbox.timed("voicemail", "tVoicemail", start, end, "peer")
    mailbox.segment("uploading", end, end + story.dice.between(300, 4_000), "system")
    return end
