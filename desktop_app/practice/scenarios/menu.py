"""Calls at the IVR, and what the flow records about itself (quirk 16)."""

from __future__ import annotations

from ..legs import Session, Story, Wire
from ..roster import Flow
from .channels import beside


def ivr(story: Story, call: Session, into: str) -> int:
    """A walk through the menu that transfers to the queue named ``into``. Its end, ms."""
    exits = {"exitReason": "TRANSFER", "transferType": "ACD", "transferTargetName": into}
    return _walk(story, call, "transfer", "tFlowOut", exits)


def ivr_only(story: Story, call: Session, ends: str, reason: str) -> int:
    """A walk that ends at the menu, for ``reason`` (the flow's exitReason). Its end, ms."""
    return _walk(story, call, ends, "tFlowDisconnect", {"exitReason": reason})


def _walk(story: Story, call: Session, ends: str, metric: str, exits: Wire) -> int:
    dice = story.dice
    flow = story.roster.flow(dice, "INBOUNDCALL")
    session = beside(story, story.join("ivr", flow.name), call)
    start = story.start
    if dice.chance(0.3):
        start += dice.between(120, 900)
        session.segment("system", story.start, start)
    end = start + dice.around(32_000, 0.5)
    session.timed("ivr", "tIvr", start, end, ends)
    describe_flow(story, session, flow, exits)
    session.metric("nFlow", 1, start)
    session.metric("tFlow", end - start, end)
    session.metric(metric, end - start, end)
    if dice.chance(0.3):
        _add_outcomes(story, session, start, end)
    return end


def describe_flow(story: Story, session: Session, flow: Flow, exits: Wire) -> None:
    """``entryReason`` is a number, a UUID or a flow's id, depending on ``entryType``."""
    dice = story.dice
    ways = [("direct", dice.uuid()), ("flow", flow.id)]
    if "dnis" in session.wire:
        ways.append(("dnis", session.wire["dnis"]))
    entry, reason = dice.pick(ways)
    session.wire["flow"] = {
        "flowId": flow.id,
        "flowName": flow.name,
        "flowType": flow.type,
        "flowVersion": f"{dice.between(3, 190)}.0",
        "entryType": entry,
        "entryReason": reason,
        "startingLanguage": "en-gb",
        "endingLanguage": "es-es" if dice.chance(0.1) else "en-gb",
        **exits,
    }


def describe_in_queue_flow(story: Story, session: Session) -> None:
    """The music while they wait: five facts only."""
    flow = story.roster.flow(story.dice, "INQUEUECALL")
    session.wire["flow"] = {
        "flowId": flow.id,
        "flowName": flow.name,
        "flowType": flow.type,
        "flowVersion": f"{story.dice.between(1, 30)}.0",
        "startingLanguage": "en-us",
    }


def _add_outcomes(story: Story, session: Session, start: int, end: int) -> None:
    """Outcomes reached on the way; the same one, and its metric's name, may repeat (quirk 6)."""
    dice = story.dice
    outcomes: list[Wire] = []
    for number in range(dice.pick((1, 1, 2, 3))):
        outcome_id, name = dice.pick(story.roster.outcomes)
        begin = start + number * (end - start) // 4
        finish = begin + (end - start) // 4
        outcomes.append(
            {
                "flowOutcome": name,
                "flowOutcomeId": outcome_id,
                "flowOutcomeValue": "SUCCESS" if dice.chance(0.8) else "FAILURE",
                "flowOutcomeStartTimestamp": begin,
                "flowOutcomeEndTimestamp": finish,
            }
        )
        session.metric("nFlowOutcome", 1, finish)
        session.metric("tFlowOutcome", finish - begin, finish)
    session.wire["flow"]["outcomes"] = outcomes
