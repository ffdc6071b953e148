"""Calls that somebody inside begins: agents, campaigns, colleagues."""

from __future__ import annotations

from typing import Final

from ..legs import Session, Story, Wire
from ..roster import Queue
from .channels import begin, leave, outside_party, voice
from .queueing import agent_session, line, through_queue, wait
from .work import converse, who_hangs_up, wrap_up

# SIP response codes of calls that come to nothing (RFC 3261 §21), with Q.850 causes.
_NOT_REACHED: Final = ((480, 19), (487, 16), (486, 17))
_FAILED: Final = ((404, 1), (410, 22), (503, 41))
_UNREACHABLE: Final = "error.ininedgecontrol.connection.remote.unreachable"


def agent_call(story: Story) -> None:
    """An agent calls somebody on behalf of a queue, and they talk."""
    agent, outside, now = _dial(story)
    answered = now + story.dice.around(11_000, 0.5)
    agent.timed("dialing", "tDialing", now, answered)
    outside.segment("dialing", now, answered)
    agent.metric("nOutbound", 1, story.start)
    outside_ends, agent_ends = who_hangs_up(story)
    end = converse(story, agent, answered, agent_ends)
    leave(story, outside, answered, end, outside_ends)
    wrap_up(story, agent, end)


def agent_call_not_answered(story: Story) -> None:
    """It rings, or is busy, and the agent gives up."""
    agent, outside, now = _dial(story)
    end = now + story.dice.around(22_000, 0.5)
    sip, cause = story.dice.pick(_NOT_REACHED)
    agent.timed("dialing", "tDialing", now, end, "client" if sip == 487 else "peer")
    outside.segment("dialing", now, end, "peer" if sip == 487 else "endpoint",
                    sipResponseCodes=[sip], q850ResponseCodes=[cause])  # fmt: skip
    agent.metric("nOutbound", 1, story.start)
    wrap_up(story, agent, end)


def agent_call_failed(story: Story) -> None:
    """The call can't be placed."""
    agent, outside, now = _dial(story)
    end = now + story.dice.between(300, 2_500)
    sip, cause = story.dice.pick(_FAILED)
    agent.timed("dialing", "tDialing", now, end, "error")
    agent.metric("nOutbound", 1, story.start)
    agent.metric("nError", 1, end)
    outside.segment("dialing", now, end, "uncallable" if sip == 404 else "error",
                    errorCode=_UNREACHABLE, sipResponseCodes=[sip],
                    q850ResponseCodes=[cause])  # fmt: skip
    wrap_up(story, agent, end)


def _dial(story: Story) -> tuple[Session, Session, int]:
    """(The agent's session, the outside party's, the moment (ms) when it begins to ring)."""
    dice = story.dice
    queue = story.roster.queue(dice, "voice")
    begin(story, "outbound", queue)
    story.facts["conversationInitiator"] = "agent"
    numbers = _numbers(story, queue)
    participant = story.join("agent", user=story.agent_of(queue))
    agent = voice(story, participant, "outbound", queue=queue, **numbers)
    outside = voice(story, outside_party(story, "external"), "outbound", peer=agent, **numbers)
    dialled = story.start + dice.between(200, 1_800)
    agent.timed("contacting", "tContacting", story.start, dialled)
    return agent, outside, dialled


def _numbers(story: Story, queue: Queue) -> Wire:
    """Outbound calls have an ANI too, the organisation's (quirk 11)."""
    return {
        "ani": f"tel:{queue.number}",
        "dnis": f"tel:{story.customer.number}",
        "remote": story.customer.place,
    }


def campaign_call(story: Story) -> None:
    """The dialler reaches a person and an agent takes over."""
    queue, call = _campaign(story, "disposition.classification.callable.person", connected=True)
    answered = _pick_up(story, call)
    agent, now = through_queue(story, call, queue, answered, median=1_500)
    _describe_campaign(agent, call)
    outside_ends, agent_ends = who_hangs_up(story)
    end = converse(story, agent, now, agent_ends, median=150_000)
    leave(story, call, answered, end, outside_ends)
    wrap_up(story, agent, end)


def campaign_abandoned(story: Story) -> None:
    """The dialler reaches a person, but no agent is free in time."""
    queue, call = _campaign(story, "disposition.classification.callable.person", connected=True)
    answered = _pick_up(story, call)
    end = answered + story.dice.between(2_000, 9_000)
    acd = line(story, call, queue)
    wait(story, acd, answered, end, "peer")
    acd.metric("tAbandon", end - answered, end)
    call.metric("nOutboundAbandoned", 1, end)
    leave(story, call, answered, end, "endpoint")


def campaign_machine(story: Story) -> None:
    """The dialler reaches an answering machine, or nobody, and hangs up."""
    if story.dice.chance(0.5):
        _, call = _campaign(story, "disposition.classification.callable.machine", connected=True)
        answered = _pick_up(story, call)
        end = answered + story.dice.between(1_500, 5_000)
        leave(story, call, answered, end, "client")
        return
    _, call = _campaign(story, "disposition.classification.callable.noanswer", connected=False)
    end = story.start + story.dice.between(15_000, 40_000)
    call.timed("dialing", "tDialing", story.start, end, "client")
    call.segments[-1]["sipResponseCodes"] = [487]


def campaign_preview_skipped(story: Story) -> None:
    """An agent looks at the next contact of a campaign and skips it (quirk 12)."""
    queue, preview = _campaign(story, None, connected=False)
    story.dismiss(preview)
    agent = agent_session(story, preview, queue)
    _describe_campaign(agent, preview)
    del agent.wire["peerId"]
    agent.wire["skipEnabled"] = True
    start = story.start + story.dice.around(4_000)
    seen = start + story.dice.around(20_000)
    agent.timed("alert", "tAlert", story.start, start)
    agent.segment("interact", start, seen, "client")
    wrap_up(story, agent, seen, preview_skipped=True)


def _campaign(story: Story, disposition: str | None, *, connected: bool) -> tuple[Queue, Session]:
    dice = story.dice
    queue = story.roster.queue(dice, "voice")
    campaign = dice.pick(story.roster.campaigns)
    begin(story, "outbound", queue)
    story.facts["conversationInitiator"] = "dialer"
    call = voice(
        story,
        outside_party(story, "customer", story.customer.name),
        "outbound",
        outboundCampaignId=campaign.id,
        outboundContactListId=campaign.contact_list,
        outboundContactId=dice.hex(32),
        **_numbers(story, queue),
    )
    if disposition is not None:
        call.wire["dispositionAnalyzer"] = "speech"
        call.wire["dispositionName"] = disposition
        call.metric("nOutboundAttempted", 1, story.start)
    if connected:
        call.metric("nOutboundConnected", 1, story.start)
    return queue, call


def _pick_up(story: Story, call: Session) -> int:
    """It rings until somebody answers. That moment, ms."""
    answered = story.start + story.dice.around(9_000, 0.5)
    call.timed("dialing", "tDialing", story.start, answered)
    return answered


def _describe_campaign(agent: Session, call: Session) -> None:
    for key in ("outboundCampaignId", "outboundContactListId", "outboundContactId"):
        agent.wire[key] = call.wire[key]


def colleagues(story: Story) -> None:
    """One person inside calls another: no customer, no queue, no agent (quirk 9)."""
    dice = story.dice
    story.facts["originatingDirection"] = "outbound"
    story.facts["divisionIds"] = [story.roster.home]
    theirs, ours = story.station(), story.station()
    calls = voice(story, story.join("user", user=story.colleague()), "outbound",
                  ani=ours, dnis=theirs)  # fmt: skip
    answers = voice(story, story.join("user", user=story.colleague()), peer=calls,
                    ani=ours, dnis=theirs)  # fmt: skip
    ringing = story.start + dice.between(200, 1_200)
    answered = ringing + dice.around(6_000)
    calls.timed("contacting", "tContacting", story.start, ringing)
    calls.timed("dialing", "tDialing", ringing, answered)
    if dice.chance(0.25):
        answers.timed("alert", "tAlert", ringing, answered, "peer")
        return
    answers.timed("alert", "tAlert", ringing, answered)
    end = story.still(answered + dice.around(120_000))
    calls.talk(answered, end, "client")
    answers.talk(answered, end, "peer")
    calls.complete()
    answers.complete()
