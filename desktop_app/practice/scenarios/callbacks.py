"""Customers who are called back: because they asked for it, or left a message."""

from __future__ import annotations

from ..legs import Session, Story, Wire
from ..roster import Queue
from .channels import beside, caller, leave, voice
from .inbound import open_mailbox, record_message
from .menu import ivr
from .quality import judge
from .queueing import line, wait
from .work import converse, who_hangs_up, wrap_up

_HOUR_MS = 3_600_000


def callback(story: Story) -> None:
    """The caller doesn't want to wait, hangs up, and is called back later, sometimes tomorrow."""
    dice = story.dice
    queue = story.roster.queue(dice, "callback")
    call = caller(story, queue, "customer")
    arrived = ivr(story, call, queue.name)
    story.last_session().wire["flow"]["issuedCallback"] = True
    acd = line(story, call, queue)
    asked = arrived + dice.around(40_000)
    wait(story, acd, arrived, asked, "transfer")
    leave(story, call, story.start, asked, "endpoint")
    due = asked + dice.around(20 * 60_000)
    if dice.chance(0.15):
        due += dice.between(16 * _HOUR_MS, 26 * _HOUR_MS)
    wanted = _want_callback(story, call, asked, due)
    waits = beside(story, story.join("acd", queue.name), wanted, queue)
    waits.segment("scheduled", asked, due)
    waits.metric("nCallbackScheduled", 1, asked)
    _call_back(story, queue, wanted, waits, due)


def voicemail_callback(story: Story) -> None:
    """A message becomes a callback: two kinds of media in one participant (quirk 8)."""
    queue = story.roster.queue(story.dice, "callback")
    call = caller(story, queue, "customer")
    arrived = ivr(story, call, queue.name)
    acd = line(story, call, queue)
    given_up = arrived + story.dice.around(45_000)
    wait(story, acd, arrived, given_up, "transfer")
    mailbox = open_mailbox(story, call)
    participant = story.participants[-1]
    spoken = record_message(story, mailbox, given_up)
    leave(story, call, story.start, spoken, "endpoint")
    due = spoken + story.dice.around(8 * 60_000)
    wanted = _want_callback(story, call, spoken, due)
    waits = beside(story, participant, wanted, queue)
    waits.segment("delay", spoken, due)
    _call_back(story, queue, wanted, waits, due)


def _want_callback(story: Story, call: Session, asked: int, due: int) -> Session:
    """The customer's second session: a callback asked for at ``asked`` for ``due`` (ms)."""
    wanted = story.session(
        story.participants[0],
        "callback",
        peer=call,
        provider="PureCloud Callback",
        callbackNumbers=[f"tel:{story.customer.number}"],
        callbackUserName=story.customer.name,
        callbackScheduledTime=due,
        remote=story.customer.name,
    )
    wanted.segment("delay", asked, due)
    return wanted


def _call_back(story: Story, queue: Queue, wanted: Session, waits: Session, due: int) -> None:
    """An agent takes the callback and dials, up to three times."""
    dice = story.dice
    answered = due + dice.around(90_000)
    wait(story, waits, due, answered, "transfer")
    waits.metric("tCallbackVirtualWait", answered - due, answered)
    participant = story.join("agent", user=story.agent_of(queue))
    work = beside(story, participant, wanted, queue, usedRouting="Standard")
    alerted = answered - min(dice.between(1_500, 9_000), answered - due)
    work.timed("alert", "tAlert", alerted, answered)
    work.metric("tAnswered", answered - due, answered)
    now, reached = _try(story, participant, work, queue, answered)
    work.segment("interact", answered, now, "client")
    work.metric("tActiveCallback", now - answered, now)
    work.metric("tActiveCallbackComplete", now - answered, now)
    wanted.segment("interact", due, now, "peer")
    end = wrap_up(story, work, now)
    if reached:
        judge(story, work, end)


def _try(story: Story, agent: Wire, work: Session, queue: Queue, now: int) -> tuple[int, bool]:
    """Dial until they talk or the agent gives up: (the end in ms, whether they talked)."""
    dice, answered = story.dice, now
    tries = dice.pick((1, 1, 1, 2, 2, 2, 3))
    reached = dice.chance(0.85)
    numbers: Wire = {"ani": f"tel:{queue.number}", "dnis": f"tel:{story.customer.number}"}
    for number in range(1, tries + 1):
        now += dice.around(12_000)
        work.metric("nCallbackAttempts", 1, now)
        if number == 1:
            work.metric("tFirstDial", now - answered, now)
        ours = voice(story, agent, "outbound", peer=work, queue=queue, **numbers)
        theirs = voice(story, story.participants[0], "outbound", peer=ours, **numbers)
        picked_up = now + dice.around(14_000, 0.4)
        ours.metric("nOutbound", 1, now)
        if not (reached and number == tries):
            ours.timed("dialing", "tDialing", now, picked_up, "client")
            theirs.segment("dialing", now, picked_up, "peer", sipResponseCodes=[487])
            now = picked_up + dice.around(30_000)
            continue
        ours.timed("dialing", "tDialing", now, picked_up)
        work.metric("tFirstConnect", picked_up - answered, picked_up)
        theirs.segment("dialing", now, picked_up)
        theirs_end, ours_end = who_hangs_up(story)
        now = converse(story, ours, picked_up, ours_end)
        ours.complete()
        leave(story, theirs, picked_up, now, theirs_end)
    return now, reached
