"""What became of a campaign's call: when it was placed, and how fast somebody was there."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from desktop_app.core.history.legs import Leg


class Campaign(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Milliseconds since 1970 UTC, and from the customer's answer to the first agent or flow."""

    start_ms: int | None = None
    to_agent_ms: int | None = None
    to_flow_ms: int | None = None


NO_CAMPAIGN = Campaign()


def read_campaign(
    customers: Iterable[Leg], answered: Iterable[Leg], flows: Iterable[Leg]
) -> Campaign:
    """From legs by start, the agents' by their answer."""
    starts = [leg.start for leg in customers if leg.start is not None]
    answers = [leg.answered_at for leg in customers if leg.answered_at is not None]
    reached = min(answers, default=None)
    agents = [leg.answered_at for leg in answered]
    return Campaign(
        start_ms=min(starts, default=None),
        to_agent_ms=_after(reached, agents),
        to_flow_ms=_after(reached, [leg.start for leg in flows]),
    )


def _after(begin: int | None, moments: Iterable[int | None]) -> int | None:
    """From ``begin`` to the first moment that isn't before it."""
    if begin is None:
        return None
    return min((ms - begin for ms in moments if ms is not None and ms >= begin), default=None)
