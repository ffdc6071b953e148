"""What agents do with a contact: talk, hold, wrap up."""

from __future__ import annotations

from typing import Any

from ..legs import Session, Story, Wire
from ..names import NOTES
from ..roster import SKIPPED_CODE, TIMEOUT_CODE


def converse(
    story: Story, agent: Session, start: int, ends: str, *, median: int = 240_000, **more: Any
) -> int:
    """Talk, with holds now and then (quirks 6 and 7). The end of it, ms."""
    dice = story.dice
    now = start
    for _ in range(dice.pick((0, 0, 0, 0, 1, 1, 2))):
        pause = now + dice.around(median // 2)
        agent.talk(now, pause, **more)
        # A click too many makes a hold of no length.
        now = pause if dice.chance(0.03) else pause + dice.around(45_000)
        agent.hold(pause, now, **more)
        if dice.chance(0.03):
            now += dice.between(150, 900)
    end = story.still(now + dice.around(median))
    agent.talk(now, end, ends, **more)
    return end


def wrap_up(story: Story, agent: Session, start: int, *, preview_skipped: bool = False) -> int:
    """After-call work and how the agent coded it (quirks 12 and 13). The end of it, ms."""
    dice = story.dice
    assert agent.queue is not None
    code = SKIPPED_CODE if preview_skipped else dice.pick(agent.queue.wrapup_codes)
    end = start + (60_000 if code == TIMEOUT_CODE else dice.around(40_000, 0.8))
    more: Wire = {}
    roll = dice.random()
    if roll > 0.02 or preview_skipped:
        more["wrapUpCode"] = code
    if roll > 0.85 and code != TIMEOUT_CODE:
        more["wrapUpNote"] = dice.pick(NOTES)
    elif roll > 0.45:
        more["wrapUpNote"] = ""
    elif 0.10 < roll < 0.12:
        more["wrapUpTags"] = ["follow-up"]
    elif 0.12 < roll < 0.16:
        more["disconnectType"] = "client"
    agent.wrap_up(start, end, **more)
    agent.complete()
    return end


def who_hangs_up(story: Story) -> tuple[str, str]:
    """How (the outside party's, the agent's) session ends: one acts, for the other it's a peer."""
    roll = story.dice.random()
    if roll < 0.62:
        return "endpoint", "peer"
    if roll < 0.97:
        return "peer", "client" if roll < 0.85 else "endpoint"
    return "system", "system"
