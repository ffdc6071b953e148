"""The outside party and the ways to reach it: calls, e-mails, chats, messages."""

from __future__ import annotations

from typing import Any, Final

from ..customers import as_ani, caller_name
from ..legs import Session, Story, Wire
from ..roster import Queue
from .media import add_media_stats

# What every session of one channel says alike.
_SHARED: Final = ("ani", "dnis", "remote", "addressFrom", "addressTo", "messageType", "roomId")


def caller(story: Story, queue: Queue, purpose: str | None = None) -> Session:
    """The customer's session of an inbound call; ``leave`` gives it its segment."""
    dice, customer = story.dice, story.customer
    begin(story, "inbound", queue)
    participant = outside_party(story, purpose or ("external" if dice.chance(0.35) else "customer"))
    more: Wire = {
        "ani": as_ani(dice, customer.number),
        "dnis": f"tel:{queue.number}",
        "remote": customer.place,
    }
    if dice.chance(0.2):
        more["sessionDnis"] = f"sip:{queue.number}@203.0.113.10;user=phone"
    if dice.chance(0.1):
        more["remoteNameDisplayable"] = customer.name
    return voice(story, participant, **more)


def begin(story: Story, direction: str, queue: Queue) -> None:
    """What the conversation as a whole says; division ``*`` has been seen too (quirk 12)."""
    home = story.roster.home
    divisions = [queue.division] if queue.division == home else [queue.division, home]
    story.facts["originatingDirection"] = direction
    story.facts["divisionIds"] = ["*"] if story.dice.chance(0.004) else divisions


def outside_party(story: Story, purpose: str, name: str | None = None) -> Wire:
    dice = story.dice
    participant = story.join(purpose, name or caller_name(dice, story.customer))
    if dice.chance(0.12):
        participant["externalContactId"] = dice.uuid()
        if dice.chance(0.3):
            participant["externalOrganizationId"] = dice.uuid()
    if dice.chance(0.04):
        participant["flaggedReason"] = "general"
    return participant


def voice(
    story: Story,
    participant: Wire,
    direction: str = "inbound",
    *,
    peer: Session | None = None,
    queue: Queue | None = None,
    **more: Any,
) -> Session:
    """A voice session on an edge, with the ids that a call has (quirk 12)."""
    dice = story.dice
    return story.session(
        participant,
        "voice",
        direction,
        peer=peer,
        queue=queue,
        edgeId=dice.pick(story.roster.edges),
        protocolCallId=f"{dice.hex(12)}@a{dice.hex(4)}_{dice.between(1, 90)}_0",
        **more,
    )


def beside(
    story: Story, participant: Wire, outside: Session, queue: Queue | None = None, **more: Any
) -> Session:
    """A session of ``participant`` on the same channel, and in the same direction, as the
    outside party's."""
    theirs = outside.wire
    direction = theirs["direction"]
    for key in _SHARED:
        if key in theirs:
            more.setdefault(key, theirs[key])
    if theirs["mediaType"] == "voice":
        return voice(story, participant, direction, peer=outside, queue=queue, **more)
    return story.session(
        participant,
        theirs["mediaType"],
        direction,
        peer=outside,
        queue=queue,
        provider=theirs["provider"],
        **more,
    )


def leave(
    story: Story,
    outside: Session,
    start: int,
    end: int,
    ends: str,
    *,
    conference_from: int | None = None,
    **more: Any,
) -> None:
    """The outside party's presence from ``start`` to ``end`` (ms), and how good the line was."""
    joined = start
    if conference_from is not None:
        outside.segment("interact", start, conference_from)
        joined, more["conference"] = conference_from, True
    outside.segment("interact", joined, end, ends, **more)
    outside.metric("nConnected", 1, start)
    outside.wire["recording"] = True
    if outside.wire["mediaType"] == "voice":
        add_media_stats(story, outside, start, end)
