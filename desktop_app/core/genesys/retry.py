"""How often and when a request is sent again (contract §6, safety F1 to F3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from desktop_app.core.genesys.failures import Again, Failure

TRIES = 5  # of a read that breaks or meets a transient 5xx, the first included
REFUSALS = 6  # 429s in answer to one request, before the person decides
LONGEST_WAIT_S = 180.0  # Genesys' own clients give up on a longer Retry-After

_BASE_S = 0.5
_CAP_S = 60.0
_SPREAD_S = 0.25


@dataclass(frozen=True, slots=True)
class Pause:
    """The service asked for a pause and the client waits: fit for the status bar."""

    seconds: float
    until: datetime
    reason: str = "Genesys Cloud asks for a pause"


class Patience:
    """The retries of one request."""

    def __init__(self, *, reads_only: bool, chance: Callable[[], float]) -> None:
        self._reads_only = reads_only
        self._chance = chance
        self._tries = 0
        self._refusals = 0

    def wait_s(self, failure: Failure) -> float | None:
        """Seconds to wait before the request is sent again; None to give up.

        Full jitter between nothing and a bound that doubles; a wait that the service asked for
        is kept, and lengthened by a little so that those who wait don't return together.
        """
        if failure.again is Again.REFUSED:
            self._refusals += 1
            spent, most, number = self._refusals, REFUSALS, self._refusals
        elif failure.again is Again.READS and self._reads_only:
            self._tries += 1
            spent, most, number = self._tries, TRIES, self._tries
        else:
            return None
        if spent >= most or (failure.wait_s or 0) > LONGEST_WAIT_S:
            return None
        if failure.wait_s is not None:
            return failure.wait_s + self._chance() * _SPREAD_S
        return self._chance() * min(_CAP_S, _BASE_S * 2.0 ** (number - 1))
