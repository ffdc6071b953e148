"""Conversation ids that can be computed from the index and back, with no table of them."""

from __future__ import annotations

from .dice import Dice, mix, uuid_text

_ROUNDS = 4
_HALF = 61
_MASK = (1 << _HALF) - 1
_LOW_VARIANT = (1 << 62) - 1
_MIDDLE = (1 << 12) - 1


class ConversationIds:
    """A keyed permutation (a Feistel network) of the 122 free bits of a version-4 UUID.

    The index fills one half and zero the other, so that of all UUIDs only those that were
    given out turn back into an index.
    """

    def __init__(self, seed: int) -> None:
        dice = Dice(f"conversation ids of {seed}")
        self._keys = tuple(dice.getrandbits(64) for _ in range(_ROUNDS))

    def text(self, index: int) -> str:
        left, right = index, 0
        for key in self._keys:
            left, right = right, left ^ (mix(right ^ key) & _MASK)
        free = left << _HALF | right
        # Around the version (4 bits) and the variant (2 bits) lie 48, 12 and 62 free bits.
        return uuid_text(
            (free >> 74) << 80 | ((free >> 62) & _MIDDLE) << 64 | (free & _LOW_VARIANT)
        )

    def index(self, text: str) -> int | None:
        """The index whose id is ``text``; None for any other text."""
        try:
            bits = int(text.replace("-", ""), 16)
        except ValueError:
            return None
        free = (bits >> 80) << 74 | ((bits >> 64) & _MIDDLE) << 62 | (bits & _LOW_VARIANT)
        left, right = (free >> _HALF) & _MASK, free & _MASK
        for key in reversed(self._keys):
            left, right = right ^ (mix(left ^ key) & _MASK), left
        # Ids in another spelling (upper case, other version) are not those that were given out.
        return left if right == 0 and self.text(left) == text else None
