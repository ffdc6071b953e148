"""Who was chosen for a contact, by whom and by which rule, beyond the routing method itself."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from desktop_app.core.history.parties import Names, named
from desktop_app.core.history.sessions import Said, each, first

_PREFERRED, _PREDICTIVE, _MANUAL = "Preferred", "Predictive", "Manual"
_CONDITIONAL = "Conditional"

# Without any of these fields of a session there is nothing to tell.
_TELLING = frozenset(
    {
        "active_skill_ids",
        "removed_skill_ids",
        "routing_ring",
        "agent_bullseye_ring",
        "routing_rule",
        "selected_agent_id",
        "assigner_id",
        "agent_groups",
        "proposed_agents",
    }
)


class Routing(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Names each once. ``rule`` is the rule's number or name as the service gives it."""

    active_skills: tuple[str, ...] = ()
    removed_skills: tuple[str, ...] = ()
    rule: str = ""
    preferred_rule: str = ""
    ring: int | None = None
    agent_ring: int | None = None
    group_ring: int | None = None
    groups: tuple[str, ...] = ()
    manual_agents: tuple[str, ...] = ()
    manual_assigners: tuple[str, ...] = ()
    predictive_agents: tuple[str, ...] = ()
    preferred_agents: tuple[str, ...] = ()
    wished_agents: tuple[str, ...] = ()


NO_ROUTING = Routing()


def read_routing(said: Said, used: str, wished: Sequence[str], names: Names) -> Routing:
    """``used`` is the method that found the agent, ``wished`` the users that were asked for."""
    if not wished and _TELLING.isdisjoint(said):
        return NO_ROUTING
    chosen = each(said, "selected_agent_id")
    ring = said.get("routing_ring", [None])[-1]
    is_conditional = used == _CONDITIONAL
    return Routing(
        active_skills=named("skill", each(said, "active_skill_ids"), names),
        removed_skills=named("skill", each(said, "removed_skill_ids"), names),
        rule=first(said, "routing_rule"),
        preferred_rule=first(said, "routing_rule")
        if first(said, "routing_rule_type") == _PREFERRED
        else "",
        ring=None if is_conditional else ring,
        agent_ring=said.get("agent_bullseye_ring", [None])[-1],
        group_ring=ring if is_conditional else None,
        groups=_groups(said, names),
        manual_agents=named("user", chosen, names) if used == _MANUAL else (),
        manual_assigners=named("user", each(said, "assigner_id"), names),
        predictive_agents=named("user", chosen, names) if used == _PREDICTIVE else (),
        preferred_agents=_proposed(said, names),
        wished_agents=named("user", wished, names),
    )


def _groups(said: Said, names: Names) -> tuple[str, ...]:
    """The groups, skill groups and teams that a conditional routing went to."""
    groups = [group.agent_group_id for several in said.get("agent_groups", ()) for group in several]
    return named("group", groups, names)


def _proposed(said: Said, names: Names) -> tuple[str, ...]:
    """The agents that were proposed, the best match first."""
    agents = [agent for several in said.get("proposed_agents", ()) for agent in several]
    agents.sort(key=lambda agent: agent.agent_rank or 0)
    return named("user", [agent.proposed_agent_id for agent in agents], names)
