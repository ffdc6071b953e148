"""Which names a conversation needs, so that they can be asked for before it is derived."""

from __future__ import annotations

from collections.abc import Iterator

from desktop_app.core.genesys import wire
from desktop_app.core.history import words


def wanted_names(conversation: wire.Conversation) -> set[tuple[str, str]]:
    """Every (kind, id) whose name the contact, its timeline or its segments show."""
    wanted = {("division", item) for item in conversation.division_ids or () if item != "*"}
    for evaluation in conversation.evaluations or ():
        for user in (evaluation.user_id, evaluation.evaluator_id, evaluation.assignee_id):
            wanted.add(("user", user or ""))
    for participant in conversation.participants or ():
        wanted.add(("user", participant.user_id or ""))
        wanted.add(("team", participant.team_id or ""))
        for session in participant.sessions or ():
            wanted.update(_of_routing(session))
            for segment in session.segments or ():
                wanted.add(("queue", segment.queue_id or ""))
                if segment.wrap_up_code and words.wrapup(segment.wrap_up_code) is None:
                    wanted.add(("wrapup", segment.wrap_up_code))
                wanted.update(_asked_for(segment))
    return {(kind, item) for kind, item in wanted if item}


def _of_routing(session: wire.Session) -> Iterator[tuple[str, str]]:
    if session.selected_agent_id:
        yield "user", session.selected_agent_id
    if session.assigner_id:
        yield "user", session.assigner_id
    for agent in session.proposed_agents or ():
        yield "user", agent.proposed_agent_id or ""
    for group in session.agent_groups or ():
        yield "group", group.agent_group_id or ""
    for skills in (session.active_skill_ids, session.removed_skill_ids):
        for skill in skills or ():
            yield "skill", skill


def _asked_for(segment: wire.Segment) -> Iterator[tuple[str, str]]:
    if segment.requested_language_id:
        yield "language", segment.requested_language_id
    for skill in segment.requested_routing_skill_ids or ():
        yield "skill", skill
    for user in segment.requested_routing_user_ids or ():
        yield "user", user
