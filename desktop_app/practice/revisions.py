"""What becomes of contacts after they ended: some are rewritten, some are gone.

The service goes over its records at night and adds what it missed the days before; a customer
may also ask to be forgotten.  Here both happen at once, when :meth:`Revisions.begin` is called.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .tenants import Entity

Indices = NDArray[np.int64]

REWRITTEN_EVERY = 40
FORGOTTEN_EVERY = 400
NOTE = "Corrected after a review of the call"


class Revisions:
    """Which contacts have changed, and how; none until it begins. Any thread may ask."""

    def __init__(self, wrapup_codes: Sequence[Entity]) -> None:
        self._codes = [str(code["id"]) for code in wrapup_codes]
        self._rewritten_every = self._forgotten_every = 0

    @property
    def has_begun(self) -> bool:
        return self._rewritten_every > 0 or self._forgotten_every > 0

    def begin(
        self, rewritten_every: int = REWRITTEN_EVERY, forgotten_every: int = FORGOTTEN_EVERY
    ) -> None:
        """From now on one ended contact in so many is rewritten, and one in so many gone; 0 for
        none."""
        self._forgotten_every = forgotten_every
        self._rewritten_every = rewritten_every

    def without_forgotten(self, indices: Indices) -> Indices:
        every = self._forgotten_every
        return indices[_scattered(indices) % every != 0] if every else indices

    def concern(self, index: int) -> bool:
        """Whether this contact is to be rewritten."""
        every = self._rewritten_every
        return every > 0 and int(_scattered(np.array([index]))[0]) % every == 1 % every

    def rewrite(self, conversation: dict[str, Any]) -> None:
        """Give an ended conversation another wrap-up, or a tag where it had none."""
        if "conversationEnd" not in conversation:
            return
        wrapups: list[dict[str, Any]] = [
            segment
            for participant in conversation["participants"]
            for session in participant["sessions"]
            for segment in session["segments"]
            if segment["segmentType"] == "wrapup"
        ]
        if not wrapups:
            conversation["externalTag"] = "reviewed"
            return
        last = wrapups[-1]
        others = [code for code in self._codes if code != last.get("wrapUpCode")]
        if others:
            last["wrapUpCode"] = others[len(conversation["conversationId"]) % len(others)]
        last["wrapUpNote"] = NOTE


def _scattered(indices: Indices) -> NDArray[np.uint64]:
    """A number for each index, so that neighbours don't share what becomes of them."""
    scattered: NDArray[np.uint64] = indices.astype(np.uint64) * np.uint64(2_654_435_761)
    return (scattered % np.uint64(1 << 32)) >> np.uint64(7)
