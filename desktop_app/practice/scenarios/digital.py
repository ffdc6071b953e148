"""Contacts in writing: e-mail, chat, messages. They may last for days."""

from __future__ import annotations

from typing import Final

from ..legs import Session, Story, Wire
from ..names import SUBJECTS
from ..roster import Queue
from .channels import begin, beside, leave, outside_party
from .menu import describe_flow
from .quality import judge
from .queueing import agent_session, give_up, line, through_queue
from .work import converse, wrap_up

_MINUTE_MS: Final = 60_000
_HOUR_MS: Final = 60 * _MINUTE_MS
_EMAIL: Final = "PureCloud Email"
_CHAT: Final = "PureCloud Webchat"
_MESSAGING: Final = "PureCloud Messaging"
# messageType, and the engagement source that goes with it.
_MESSAGE_TYPES: Final = (
    ("webmessaging", None),
    ("webmessaging", None),
    ("whatsapp", "WhatsApp"),
    ("whatsapp", "WhatsApp"),
    ("sms", "SMS"),
    ("facebook", "FacebookMessenger"),
    ("open", "OpenMessaging"),
)


def email(story: Story) -> None:
    """An e-mail waits in the queue, sometimes over night, is read, parked, answered."""
    dice = story.dice
    queue = story.roster.queue(dice, "email")
    subject = dice.pick(SUBJECTS)
    letter = _letter(story, queue, "inbound")
    arrived = _triage(story, letter)
    median = 14 * _HOUR_MS if dice.chance(0.15) else 35 * _MINUTE_MS
    agent, now = through_queue(story, letter, queue, arrived, median=median, subject=subject)
    agent.metric("oMediaCount", 1, now)
    read = now + dice.around(3 * _MINUTE_MS)
    agent.talk(now, read, subject=subject)
    if dice.chance(0.25):
        parked = read
        read = parked + dice.around(_HOUR_MS)
        agent.timed("parked", "tPark", parked, read)
        agent.metric("tParkComplete", read - parked, read)
    end = story.still(read + dice.around(4 * _MINUTE_MS))
    agent.talk(read, end, "client", subject=subject, **_recorded(story))
    if dice.chance(0.85):
        agent.metric("tFirstResponse", end - story.start, end)
        agent.metric("tAgentResponseTime", end - story.start, end)
        agent.metric("oMessageCount", 1, end)
        agent.wire["deliveryStatus"] = "Sent"
    _close(story, letter, agent, end, subject=subject)


def email_out(story: Story) -> None:
    """An agent writes to a customer."""
    dice = story.dice
    queue = story.roster.queue(dice, "email")
    letter = _letter(story, queue, "outbound")
    story.facts["conversationInitiator"] = "agent"
    subject = dice.pick(SUBJECTS)
    agent = agent_session(story, letter, queue)
    agent.metric("nOutbound", 1, story.start)
    end = story.still(story.start + dice.around(6 * _MINUTE_MS))
    agent.talk(story.start, end, "client", subject=subject)
    agent.wire["deliveryStatus"] = "DeliveryFailed" if dice.chance(0.06) else "Sent"
    _close(story, letter, agent, end, subject=subject)


def _letter(story: Story, queue: Queue, direction: str) -> Session:
    begin(story, direction, queue)
    customer = story.customer
    sender, recipient = customer.email, queue.mailbox
    if direction == "outbound":
        sender, recipient = recipient, sender
    letter = story.session(
        outside_party(story, "customer", customer.name),
        "email",
        direction,
        provider=_EMAIL,
        addressFrom=sender,
        addressTo=recipient,
        remote=customer.email,
    )
    if story.dice.chance(0.1):
        letter.wire["cc"] = [f"copy{story.dice.between(1, 50)}@example.org"]
    return letter


def _triage(story: Story, letter: Session) -> int:
    """The inbound flow reads the e-mail. The moment (ms) when it is in line."""
    flow = story.roster.flow(story.dice, "INBOUNDEMAIL")
    session = beside(story, story.join("workflow", flow.name), letter)
    end = story.start + story.dice.between(150, 3_000)
    session.timed("system", "tFlow", story.start, end, "transfer")
    describe_flow(story, session, flow, {"exitReason": "TRANSFER", "transferType": "ACD"})
    return end


def chat(story: Story) -> None:
    """A chat on the website; the typing is the talk."""
    queue = story.roster.queue(story.dice, "chat")
    visitor = _visitor(story, queue)
    agent, now = through_queue(story, visitor, queue, story.start, median=9_000)
    visitor_ends, agent_ends = _who_leaves(story, "timeout")
    end = converse(story, agent, now, agent_ends, median=420_000)
    agent.metric("oMessageCount", story.dice.between(3, 40), end)
    _close(story, visitor, agent, end, visitor_ends)


def chat_abandoned(story: Story) -> None:
    queue = story.roster.queue(story.dice, "chat")
    visitor = _visitor(story, queue)
    end = story.start + story.dice.around(55_000)
    give_up(story, line(story, visitor, queue), story.start, end)
    leave(story, visitor, story.start, end, "client")


def _visitor(story: Story, queue: Queue) -> Session:
    begin(story, "inbound", queue)
    room = f"{story.dice.hex(24)}@conference.acme.orgspan.com"
    return story.session(outside_party(story, "customer", story.customer.name), "chat",
                         provider=_CHAT, roomId=room, remote=story.customer.name)  # fmt: skip


def message(story: Story) -> None:
    """A thread of messages: bot, queue, agent."""
    queue, thread = _thread(story)
    arrived = _bot(story, thread)
    agent, now = through_queue(story, thread, queue, arrived, median=25_000)
    customer_ends, agent_ends = _who_leaves(story, "inactivity")
    end = converse(story, agent, now, agent_ends, median=540_000)
    turns = story.dice.between(2, 30)
    agent.metric("oMessageCount", turns, end)
    agent.metric("oMessageTurn", turns // 2, end)
    _close(story, thread, agent, end, customer_ends)


def long_message(story: Story) -> None:
    """A thread over days: the same agent takes it up again and again (quirk 8)."""
    dice = story.dice
    queue, thread = _thread(story)
    arrived = _bot(story, thread)
    session, now = through_queue(story, thread, queue, arrived, median=25_000)
    participant = story.participants[-1]
    for _ in range(dice.between(2, 7)):
        left = now + dice.around(4 * _MINUTE_MS)
        session.talk(now, left, "transfer")
        session.complete()
        now = left + dice.around(5 * _HOUR_MS, 0.9)
        session = beside(story, participant, thread, queue, usedRouting="Last")
        if dice.chance(0.6):
            alerted = now
            now += dice.around(20_000)
            session.timed("alert", "tAlert", alerted, now)
    end = now + dice.around(5 * _MINUTE_MS)
    session.talk(now, end, "system")
    _close(story, thread, session, end, "inactivity")


def bot_only(story: Story) -> None:
    """The bot settles it."""
    _, thread = _thread(story)
    end = _bot(story, thread)
    bot = story.last_session()
    bot.segments[-1]["disconnectType"] = "client"
    bot.wire["flow"]["exitReason"] = "FLOW_DISCONNECT"
    story.facts["selfServed"] = True
    leave(story, thread, story.start, end, "peer")


def _thread(story: Story) -> tuple[Queue, Session]:
    """The queue, and the customer's session; addresses are bare UUIDs or numbers (quirk 11)."""
    dice = story.dice
    queue = story.roster.queue(dice, "message")
    begin(story, "inbound", queue)
    kind, source = dice.pick(_MESSAGE_TYPES)
    numbered = kind in ("sms", "whatsapp")
    more: Wire = {"engagementSource": source} if source else {}
    thread = story.session(
        outside_party(story, "customer", story.customer.name),
        "message",
        provider=_MESSAGING,
        messageType=kind,
        addressFrom=story.customer.number if numbered else dice.uuid(),
        addressTo=queue.number if numbered else dice.uuid(),
        remote=story.customer.name,
        **more,
    )
    return queue, thread


def _bot(story: Story, thread: Session) -> int:
    """A flow and perhaps a bot greet the customer and pass them on. That moment, ms."""
    dice = story.dice
    now = story.start
    for purpose, kind in (("workflow", "INBOUNDSHORTMESSAGE"), ("botflow", "DIGITALBOT")):
        flow = story.roster.flow(dice, kind)
        session = beside(story, story.join(purpose, flow.name), thread)
        end = now + dice.around(12_000)
        describe_flow(story, session, flow, {"exitReason": "TRANSFER"})
        session.timed("interact", "tFlow", now, end, "transfer")
        session.metric("nFlow", 1, now)
        now = end
        if dice.chance(0.4):
            break
    return now


def _who_leaves(story: Story, silence: str) -> tuple[str, str]:
    """How (the outside party's, the agent's) session ends; ``silence`` when nobody ended it."""
    return story.dice.pick(
        (("client", "peer"), ("client", "peer"), ("peer", "client"), (silence, "peer"))
    )


def _close(
    story: Story,
    outside: Session,
    agent: Session,
    end: int,
    ends: str = "peer",
    subject: str | None = None,
) -> None:
    """The agent wraps up, the outside party has been there all the time."""
    more: Wire = {} if subject is None else {"subject": subject}
    leave(story, outside, story.start, end, ends, **more)
    judge(story, agent, wrap_up(story, agent, end))


def _recorded(story: Story) -> Wire:
    """The recording's id as a property of the segment (quirk 17)."""
    if not story.dice.chance(0.3):
        return {}
    recording: Wire = {
        "propertyType": "uuid",
        "property": "recordingId",
        "value": story.dice.uuid(),
    }
    return {"properties": [recording]}
