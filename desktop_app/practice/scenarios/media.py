"""How well the line was: statistics of a call's media (quirk 15)."""

from __future__ import annotations

from ..legs import Session, Story, Wire

_CODECS = (["audio/opus"], ["audio/PCMU"], ["audio/opus"], ["audio/opus", "audio/PCMU"])


def add_media_stats(story: Story, session: Session, start: int, end: int) -> None:
    """One to six measurements of a connected call; the least MOS goes to the conversation."""
    dice = story.dice
    roll = dice.random()
    count = 1 if roll < 0.75 else 2 if roll < 0.95 else dice.between(3, 7)
    stats: list[Wire] = []
    for number in range(1, count + 1):
        # Mostly between 4.2 and 4.9, with a tail of bad lines.
        mos = 4.9 - 0.7 * dice.random() ** 2 - (2.2 * dice.random() if dice.chance(0.04) else 0.0)
        stat: Wire = {
            "codecs": list(dice.pick(_CODECS)),
            "minMos": mos,
            "minRFactor": 18.93 * mos + 0.02,
            "maxLatencyMs": dice.between(4, 180),
            "receivedPackets": max(1, (end - start) // (20 * count)),
            "eventTime": start + (end - start) * number // count,
        }
        if dice.chance(0.08):
            stat["discardedPackets"] = dice.between(1, 60)
        stats.append(stat)
        if story.least_mos is None or mos < story.least_mos:
            story.least_mos = mos
    session.wire["mediaEndpointStats"] = stats
