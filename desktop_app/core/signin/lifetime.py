"""When a sign-in ends, when to ask about it, and when nobody is there. Pure: clocks are given.

Two clocks are needed.  The monotonic one stands still while a computer sleeps (on Linux and on a
Mac); the wall clock can be set.  Where they part, something happened to the computer, and only
the service can say what became of the sign-in (faults F7, F8).  All times are in seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

HEARTBEAT_S = 300.0
JUMP_S = 60.0  # the clocks parted by more than this: the computer slept, or its clock was set
RENEW_BEFORE_S = 300.0
RENEW_SHARE = 0.1  # of the whole life, for short ones
LEAST_NOTICE_S = 30.0
ANSWER_WITHIN_S = 45.0  # a request's deadline, and a tick: then the service has been heard or not


class Event(Enum):
    NOTHING = "nothing"
    CHECK = "check"  # ask the service whether the sign-in still holds
    RENEW_SOON = "renew soon"  # told once
    EXPIRED = "expired"  # told once


class Lifetime:
    """What to do about one sign-in, at each tick."""

    def __init__(self, whole_s: float, *, wall: float, monotonic: float) -> None:
        """``whole_s``: how long the sign-in lasts from now on."""
        self._notice_s = max(LEAST_NOTICE_S, min(RENEW_BEFORE_S, whole_s * RENEW_SHARE))
        self._wall = wall
        self._monotonic = monotonic
        self._asked = monotonic
        self._doubted_until = monotonic
        self._told_renewal = False
        self._told_end = False

    def tick(self, remaining_s: float, *, wall: float, monotonic: float) -> Event:
        """``remaining_s`` is by the service's clock, see ``Session.remaining``."""
        jumped = abs((wall - self._wall) - (monotonic - self._monotonic)) > JUMP_S
        self._wall, self._monotonic = wall, monotonic
        if jumped:
            # What remains can't be trusted until the service's answer has set the clock right.
            self._doubted_until = monotonic + ANSWER_WITHIN_S
        if jumped or monotonic - self._asked >= HEARTBEAT_S:
            self._asked = monotonic
            return Event.CHECK
        if monotonic < self._doubted_until:
            return Event.NOTHING
        if remaining_s <= 0 and not self._told_end:
            self._told_end = self._told_renewal = True
            return Event.EXPIRED
        if remaining_s <= self._notice_s and not self._told_renewal:
            self._told_renewal = True
            return Event.RENEW_SOON
        return Event.NOTHING


def countdown(remaining: timedelta) -> str:
    """How long a sign-in still lasts, in words; minutes are rounded down."""
    minutes = int(remaining.total_seconds() // 60)
    if remaining <= timedelta():
        return "sign-in has ended"
    if minutes < 1:
        return "sign-in ends in less than a minute"
    if minutes < 60:
        return f"sign-in ends in {minutes} min"
    hours, rest = divmod(minutes, 60)
    if hours < 48:
        return f"sign-in ends in {hours} h {rest} min"
    return f"sign-in ends in {hours // 24} days"


@dataclass(slots=True)
class IdleWatch:
    """Whether nobody has been there for ``limit_s`` (T45).

    Both clocks count: a computer that slept was left alone, and setting the wall clock back
    doesn't put the lock off.
    """

    limit_s: float
    _monotonic: float = 0.0
    _wall: float = 0.0

    def touched(self, monotonic: float, wall: float, /) -> None:
        """Somebody was there just now."""
        self._monotonic, self._wall = monotonic, wall

    def due(self, monotonic: float, wall: float, /) -> bool:
        return max(monotonic - self._monotonic, wall - self._wall) >= self.limit_s
