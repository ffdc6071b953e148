"""Random choices that depend on a seed only, cheap enough for a dozen draws in a microsecond."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp
from random import Random
from typing import TypeVar

T = TypeVar("T")

_UUID4_CLEAR = ~((0xF << 76) | (0x3 << 62))
_UUID4_SET = (0x4 << 76) | (0x2 << 62)
_VARIANT = dict(zip("0123456789abcdef", "89ab" * 4, strict=True))
_64_BITS = (1 << 64) - 1


def mix(value: int) -> int:
    """Scatter ``value`` over 64 bits: neighbours become unrelated (the SplitMix64 finaliser)."""
    value = (value + 0x9E3779B97F4A7C15) & _64_BITS
    value = ((value ^ value >> 30) * 0xBF58476D1CE4E5B9) & _64_BITS
    value = ((value ^ value >> 27) * 0x94D049BB133111EB) & _64_BITS
    return value ^ value >> 31


def uuid_text(bits: int) -> str:
    """The lowest 128 of ``bits`` as a UUID of version 4 (RFC 9562 §5.4)."""
    digits = f"{bits & _UUID4_CLEAR | _UUID4_SET:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


class Dice(Random):
    """``Random`` with the words the scenarios need."""

    def uuid(self) -> str:
        digits = self.randbytes(16).hex()
        variant = _VARIANT[digits[16]]
        return (
            f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"
        )

    def hex(self, digits: int) -> str:
        """An even number of hexadecimal digits."""
        return self.randbytes(digits // 2).hex()

    def chance(self, probability: float) -> bool:
        return self.random() < probability

    def pick(self, choices: Sequence[T]) -> T:
        return choices[int(self.random() * len(choices))]

    def between(self, low: int, high: int) -> int:
        """An integer from ``low`` to just below ``high``."""
        return low + int(self.random() * (high - low))

    def around(self, median: int, spread: float = 0.6) -> int:
        """A duration with a long tail, as waits and talks have: nearly log-normal.

        Three dice make a bell curve of deviation one that is quicker than the true one.
        """
        bell = 2 * (self.random() + self.random() + self.random()) - 3
        return 1 + int(median * exp(spread * bell))
