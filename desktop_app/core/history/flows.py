"""What flows did with a contact: how it left them, and the outcomes they recorded (quirk 16)."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from desktop_app.core.genesys import wire
from desktop_app.core.history.legs import Leg

_SUCCESS, _FAILURE = "SUCCESS", "FAILURE"

# Exit reasons by who let go. Others hand the contact on.
_BY_CUSTOMER = frozenset({"DISCONNECT", "USER_EXIT"})
_BY_FLOW = frozenset({"FLOW_DISCONNECT"})
_BY_ERROR = frozenset({"FLOW_ERROR_DISCONNECT", "ERROR", "SYSTEM_ERROR_DISCONNECT"})


class FlowFacts(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """``exit`` is how the contact left the last flow, in the service's words.

    ``outcomes`` are the names of all that were recorded, in order and each once; the three that
    follow divide them by how they ended.
    """

    exit: str = ""
    disconnects: int = 0
    ended_by_flow: int = 0
    ended_by_customer: int = 0
    ended_by_error: int = 0
    attempts: int = 0
    failures: int = 0
    successes: int = 0
    outcomes: tuple[str, ...] = ()
    succeeded_outcomes: tuple[str, ...] = ()
    failed_outcomes: tuple[str, ...] = ()
    incomplete_outcomes: tuple[str, ...] = ()

    @property
    def succeeded(self) -> bool:
        return self.successes > 0


NO_FLOW = FlowFacts()


def read_flows(legs: Sequence[Leg], totals: dict[str, int]) -> FlowFacts:
    """From the flows' legs, by start, and the metrics of the whole contact."""
    flows = [leg.session.flow for leg in legs if leg.session.flow]
    exits = [flow.exit_reason for flow in flows if flow.exit_reason]
    outcomes = [outcome for flow in flows for outcome in flow.outcomes or ()]
    if not exits and not outcomes and "nFlowOutcome" not in totals:
        return NO_FLOW
    by_customer, by_flow, by_error = _disconnects(exits)
    by_value = _by_value(outcomes)
    succeeded, failed = by_value.pop(_SUCCESS, []), by_value.pop(_FAILURE, [])
    return FlowFacts(
        exit=exits[-1] if exits else "",
        disconnects=by_customer + by_flow + by_error,
        ended_by_flow=by_flow,
        ended_by_customer=by_customer,
        ended_by_error=by_error,
        attempts=max(totals.get("nFlowOutcome", 0), len(outcomes)),
        failures=max(totals.get("nFlowOutcomeFailed", 0), len(failed)),
        successes=len(succeeded),
        outcomes=_names(outcomes),
        succeeded_outcomes=_names(succeeded),
        failed_outcomes=_names(failed),
        incomplete_outcomes=_names([each for rest in by_value.values() for each in rest]),
    )


def _disconnects(exits: Sequence[str]) -> tuple[int, int, int]:
    """How often the customer, the flow and an error ended it."""
    by_customer = by_flow = by_error = 0
    for reason in exits:
        if reason in _BY_CUSTOMER:
            by_customer += 1
        elif reason in _BY_FLOW:
            by_flow += 1
        elif reason in _BY_ERROR:
            by_error += 1
    return by_customer, by_flow, by_error


def _by_value(outcomes: Sequence[wire.FlowOutcome]) -> dict[str, list[wire.FlowOutcome]]:
    found: dict[str, list[wire.FlowOutcome]] = {}
    for outcome in outcomes:
        found.setdefault((outcome.flow_outcome_value or "").upper(), []).append(outcome)
    return found


def _names(outcomes: Sequence[wire.FlowOutcome]) -> tuple[str, ...]:
    if not outcomes:
        return ()
    names = [outcome.flow_outcome or outcome.flow_outcome_id for outcome in outcomes]
    return tuple(dict.fromkeys(name for name in names if name))
