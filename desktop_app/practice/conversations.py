"""How one conversation is made: a scenario by chance, told as a story, seen from now."""

from __future__ import annotations

from bisect import bisect
from itertools import accumulate
from typing import Final

from .attributes import add_attributes
from .customers import Customers
from .dice import Dice, mix
from .directory import Directory
from .legs import Story, Wire
from .oddities import make_odd
from .rendering import render
from .roster import Roster
from .scenarios import SCENARIOS, Scenario

_BOUNDS: Final = list(accumulate(scenario.weight for scenario in SCENARIOS))
# Query answers aren't declared to carry attributes; some do (quirk 1).
_SHOWN_ANYWAY: Final = 50


class ConversationMaker:
    """Makes conversation ``index`` from nothing but the seed, its index and its start."""

    def __init__(
        self, directory: Directory, customers: Customers, seed: int, until_ms: int
    ) -> None:
        self._roster = Roster(directory, seed)
        self._customers = customers
        self._salt = mix(seed ^ 0x5CE7E)
        self._until = until_ms

    def scenario(self, index: int) -> Scenario:
        """What happens in conversation ``index``."""
        bits = mix(self._salt ^ index)
        return SCENARIOS[bisect(_BOUNDS, bits / 2**64 * _BOUNDS[-1])]

    def make(self, index: int, start_ms: int, conversation_id: str, *, attributes: bool) -> Wire:
        """The conversation as an ``AnalyticsConversation`` (contract §2.3), never shared."""
        bits = mix(self._salt ^ index)
        dice = Dice(bits)
        story = Story(dice, self._roster, self._customers, start_ms, self._until)
        self.scenario(index).tell(story)
        answer = render(story, conversation_id)
        make_odd(dice, answer)
        if attributes or bits % _SHOWN_ANYWAY == 0:
            # Drawn last, so that both forms of a conversation are otherwise the same.
            add_attributes(dice, story.customer, answer["participants"])
        return answer
