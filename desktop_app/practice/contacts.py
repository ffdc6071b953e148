"""All contacts of the practice organisation, each made when it is asked for.

Only the starts are held in memory (8 bytes a contact); everything else about contact ``index``
follows from the seed and the index.
"""

from __future__ import annotations

import operator
from typing import Any, SupportsIndex

import numpy as np
from numpy.typing import NDArray

from .arrivals import arrivals, interval_of
from .conversations import ConversationMaker
from .customers import Customers
from .directory import Directory, make_directory
from .identifiers import ConversationIds

# So many contacts to a customer, on average.
_REPEAT = 1.8


class Contacts:
    """``start_ms``: conversationStart in epoch ms UTC, ascending; ``interval``: [first, last) of
    whole UTC days that hold all starts."""

    def __init__(
        self,
        directory: Directory,
        start_ms: NDArray[np.int64],
        interval: tuple[int, int],
        *,
        seed: int,
        until_ms: int,
    ) -> None:
        self.directory = directory
        self.start_ms = start_ms
        self.interval = interval
        self._ids = ConversationIds(seed)
        customers = Customers(seed, int(len(start_ms) / _REPEAT))
        self._maker = ConversationMaker(directory, customers, seed, until_ms)

    def __len__(self) -> int:
        return len(self.start_ms)

    def conversation(self, index: int, *, attributes: bool) -> dict[str, Any]:
        """A fresh ``AnalyticsConversation``; without ``attributes`` it is the query's shape.

        Raises IndexError when there is no such contact.
        """
        index = self._checked(index)
        start = int(self.start_ms[index])
        return self._maker.make(index, start, self._ids.text(index), attributes=attributes)

    def conversation_id(self, index: int) -> str:
        """Raises IndexError when there is no such contact."""
        return self._ids.text(self._checked(index))

    def index_of(self, conversation_id: str) -> int | None:
        """The contact with this id; None when there is none."""
        index = self._ids.index(conversation_id)
        return index if index is not None and index < len(self) else None

    def scenario(self, index: int) -> str:
        """What contact ``index`` is an example of, by the name in ``scenarios.SCENARIOS``."""
        return self._maker.scenario(self._checked(index)).name

    def _checked(self, index: SupportsIndex) -> int:
        """A plain int, since numpy's would overflow in what is computed from it."""
        index = operator.index(index)
        if not 0 <= index < len(self):
            raise IndexError(f"no contact {index}: there are {len(self)}")
        return index


def make_contacts(*, seed: int, conversations: int, days: int, until_ms: int) -> Contacts:
    """``conversations`` contacts in the ``days`` UTC days that end with the one of ``until_ms``.

    ``until_ms`` is now: nothing starts at or after it, and what goes on then is still open.
    """
    interval = interval_of(days, until_ms)
    starts = arrivals(seed, conversations, interval, until_ms)
    return Contacts(make_directory(seed), starts, interval, seed=seed, until_ms=until_ms)
