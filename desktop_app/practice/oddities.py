"""What a few real answers do that no scenario explains (quirks 4 and 7)."""

from __future__ import annotations

from datetime import datetime, timedelta

from .dice import Dice
from .legs import Wire

_LATE = timedelta(milliseconds=900)


def make_odd(dice: Dice, answer: Wire) -> None:
    """Change one conversation in twenty-five."""
    roll = dice.random()
    if roll < 0.005:
        _make_legacy(answer)
    elif roll < 0.02:
        answer["participants"].reverse()
    elif roll < 0.04 and "conversationEnd" in answer:
        _end_late(answer)


def _make_legacy(answer: Wire) -> None:
    """As in 2016: ended, but without an end, metrics and more (quirk 4)."""
    for key in ("conversationEnd", "divisionIds", "originatingDirection"):
        answer.pop(key, None)
    for participant in answer["participants"]:
        for session in participant["sessions"]:
            for key in ("metrics", "provider", "peerId"):
                session.pop(key, None)
    answer["participants"].sort(key=lambda participant: participant["purpose"] != "acd")


def _end_late(answer: Wire) -> None:
    """``conversationEnd`` lies 0.9 s after the last segment (quirk 7)."""
    end = datetime.fromisoformat(answer["conversationEnd"]) + _LATE
    answer["conversationEnd"] = f"{end:%Y-%m-%dT%H:%M:%S}.{end.microsecond // 1000:03}Z"
