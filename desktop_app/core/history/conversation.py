"""What a conversation means: the service's participants, sessions and segments as one contact.

Nothing in an answer is guaranteed: fields are missing, order means nothing, and unknown words
turn up (contract §2.3 and real payloads).  Nothing here raises over it.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from desktop_app.core.genesys import wire
from desktop_app.core.genesys.wire import instant_ms
from desktop_app.core.history.address import address
from desktop_app.core.history.contact import Contact
from desktop_app.core.history.details import read_details
from desktop_app.core.history.flows import NO_FLOW, read_flows
from desktop_app.core.history.handling import (
    Cast,
    mean_of,
    not_responding,
    read_ending,
    read_times,
    read_transfers,
    segment_kinds,
    totals,
    who,
)
from desktop_app.core.history.legs import STAFF_ROLES, Leg, Role, read_legs
from desktop_app.core.history.messages import NO_MESSAGES, WRITTEN, read_messages
from desktop_app.core.history.outbound import NO_CAMPAIGN, read_campaign
from desktop_app.core.history.participants import in_order, merged_attributes
from desktop_app.core.history.parties import (
    Names,
    each_once,
    in_turn,
    leg_name,
    named,
    read_party,
)
from desktop_app.core.history.quality import read_quality
from desktop_app.core.history.routing import read_routing
from desktop_app.core.history.sessions import Said, each, first, read_participants, read_said
from desktop_app.core.history.wanted import wanted_names

__all__ = ["Contact", "Names", "address", "read_contact", "wanted_names"]

# These only go with another medium, which is then the contact's.
_ACCOMPANYING = frozenset({"cobrowse", "screenshare", "screenmonitoring", "unknown"})
_CALLED = frozenset({"voice", "video"})
_REPLIES = frozenset({"tFirstResponse", "tAgentResponseTime", "tAverageAgentResponseTime"})

# Genesys counts short abandons by each queue's own threshold; without its metric this one holds.
_SHORT_ABANDON_MS = 5000


def read_contact(conversation: wire.Conversation, names: Names) -> Contact:
    """Derive the contact. Never raises, whatever is missing or unknown."""
    legs = read_legs(conversation)
    cast = Cast(legs)
    total = totals(legs)
    kinds = segment_kinds(legs)
    said = read_said(legs)
    participants = in_order(conversation.participants or [], legs)
    people = read_participants(participants)
    times = read_times(cast, total)
    transfers = read_transfers(cast)
    ending = read_ending(cast)
    missed = not_responding(cast)
    details = read_details(legs, names)
    media = _media(said)
    party = read_party(cast, media, conversation.originating_direction or "")
    callback = _callback(cast, media, total, said)
    used_routing = _used_routing(cast, said)

    start = _or(instant_ms(conversation.conversation_start), _earliest(legs))
    stated_end = instant_ms(conversation.conversation_end)
    is_open = stated_end is None and any(leg.is_open for leg in legs)
    end = None if is_open else _or(stated_end, _latest(legs))
    is_answered = bool(cast.answered)
    abandon = total.get("tAbandon")
    if abandon is None and not is_answered and not is_open and ending.by == "Customer":
        abandon = times.queue

    return Contact(
        conversation_id=conversation.conversation_id or "",
        start_ms=start,
        end_ms=end,
        duration_ms=None if start is None or end is None else max(end - start, 0),
        is_open=is_open,
        media=media,
        message_type=first(said, "message_type"),
        direction=party.direction,
        initial_direction=conversation.originating_direction or party.direction,
        subject=details.subject,
        customer=party.customer,
        has_customer=bool(cast.customers),
        ani=party.ani,
        dnis=party.dnis,
        session_dnis=address(first(said, "session_dnis")),
        agents=in_turn(cast.answered, names),
        alerted=each_once([leg for leg in cast.staff if leg.alert_end is not None], names),
        not_responding=each_once(missed, names),
        consulted=_consulted(cast, names),
        supervisors=each_once(cast.watching, names),
        users=each_once([leg for leg in legs if leg.role in STAFF_ROLES], names),
        teams=named("team", people.get("team_id", ()), names),
        divisions=named("division", _divisions(conversation), names),
        external_contacts=tuple(each(people, "external_contact_id")),
        external_organizations=tuple(each(people, "external_organization_id")),
        queues=in_turn(cast.queues, names),
        flows=in_turn(cast.flows, names),
        flow=read_flows(cast.flows, total) if cast.flows else NO_FLOW,
        used_routing=used_routing,
        skills=named("skill", details.skills, names),
        languages=named("language", details.languages, names),
        routing=read_routing(said, used_routing, details.wished, names),
        campaign=read_campaign(cast.customers, cast.answered, cast.flows)
        if "outbound_campaign_id" in said
        else NO_CAMPAIGN,
        wrapups=details.wrapups,
        wrapup=details.wrapups[-1] if details.wrapups else "",
        wrapup_note=details.note,
        wrapup_timed_out=details.timed_out,
        ended_by="" if is_open else ending.by,
        disconnect_type="" if is_open else ending.disconnect,
        error_code=details.error,
        sip_code=details.sip,
        external_tag=conversation.external_tag or "",
        flagged="flagged_reason" in people,
        ivr_ms=times.ivr,
        queue_ms=times.queue,
        alert_ms=times.alert,
        talk_ms=times.talk,
        hold_ms=times.hold,
        acw_ms=times.acw,
        handle_ms=times.handle,
        abandon_ms=abandon,
        first_response_ms=total.get("tFirstResponse"),
        agent_response_ms=_mean(legs, total, "tAverageAgentResponseTime", "tAgentResponseTime"),
        customer_response_ms=_mean(
            legs, total, "tAverageCustomerResponseTime", "tUserResponseTime"
        ),
        no_answers=len(missed),
        transfers=max(total.get("nTransferred", 0), transfers.total),
        blind_transfers=transfers.blind,
        consult_transfers=transfers.consult,
        consults=max(total.get("nConsult", 0), transfers.consult),
        holds=sum([leg.kinds.get("hold", 0) for leg in cast.staff]),
        segments=sum(kinds.values()),
        queue_segments=sum([leg.segments for leg in cast.queues]),
        user_segments=sum([leg.segments for leg in legs if leg.role in STAFF_ROLES]),
        talk_segments=sum([leg.kinds.get("interact", 0) for leg in cast.staff]),
        callback_tries=callback.tries,
        is_answered=is_answered,
        is_reached=callback.is_reached,
        is_conference=any(leg.is_conference for leg in legs),
        has_reply=not _REPLIES.isdisjoint(total),
        has_voicemail=_has_voicemail(legs, total),
        is_fax="fax" in [participant.purpose for participant in participants],
        short_abandon=abandon is not None
        and ("tShortAbandon" in total or abandon <= _SHORT_ABANDON_MS),
        lost_after_transfer=transfers.lost and not is_open,
        dialler_abandoned=bool(total.get("nOutboundAbandoned")),
        transfer_target=leg_name(transfers.target, names) if transfers.target else "",
        callback_due_ms=callback.due_ms,
        is_recorded="recording" in said,
        screen_recorded="screen_recording" in people,
        mos=_score(conversation.media_stats_min_conversation_mos),
        quality=read_quality(conversation, names),
        sip_call_id=first(said, "protocol_call_id"),
        initiator=conversation.conversation_initiator or "",
        customer_participated=bool(conversation.customer_participation),
        self_served=bool(conversation.self_served),
        is_public=conversation.originating_social_media_public,
        messages=read_messages(legs) if media in WRITTEN else NO_MESSAGES,
        said=said,
        totals=total,
        kinds=kinds,
        attributes=merged_attributes(participants),
    )


def _consulted(cast: Cast, names: Names) -> tuple[str, ...]:
    """Those asked, without those who asked."""
    asking = {who(leg) for leg in cast.answered}
    return each_once([leg for leg in cast.consulted if who(leg) not in asking], names)


def _media(said: Said) -> str:
    """A callback wins over the call that asked for it, else what came first."""
    found = said.get("media_type", ())
    if "callback" in found:
        return "callback"
    main = [media for media in found if media not in _ACCOMPANYING]
    return next(iter(main or found), "")


def _used_routing(cast: Cast, said: Said) -> str:
    """The method that found who answered, else the first that is told."""
    used = [leg.session.used_routing for leg in cast.answered]
    return next(filter(None, used), "") or str(first(said, "used_routing"))


def _mean(legs: list[Leg], total: dict[str, int], *metrics: str) -> int | None:
    """The mean of the first of these metrics that there is."""
    return next((mean_of(legs, metric) for metric in metrics if metric in total), None)


def _divisions(conversation: wire.Conversation) -> list[str]:
    """Without "*", which stands for all of them (quirk 12)."""
    return [item for item in conversation.division_ids or () if item != "*"]


class _Callback(NamedTuple):
    tries: int
    is_reached: bool
    due_ms: int | None


def _callback(cast: Cast, media: str, total: dict[str, int], said: Said) -> _Callback:
    """Whether the customer was spoken to; for a callback also how often it was dialled."""
    if media != "callback":
        return _Callback(0, _is_reached(cast.customers or cast.staff), None)
    dialled = [leg for leg in cast.staff if _is_call_out(leg)]
    tries = max(len(dialled), total.get("nCallbackAttempts", 0))
    if "tCallbackConnect" in total:
        reached = True
    elif "tCallbackNotReached" in total:
        reached = False
    else:
        called = [leg for leg in cast.customers if _is_call_out(leg)] or dialled
        reached = _is_reached(called) if called else bool(cast.answered)
    due = [instant_ms(text) for text in said.get("callback_scheduled_time", ())]
    return _Callback(tries, reached, next((ms for ms in due if ms is not None), None))


def _is_call_out(leg: Leg) -> bool:
    return leg.session.media_type in _CALLED and leg.session.direction == "outbound"


def _is_reached(legs: list[Leg]) -> bool:
    return any(leg.answered_at is not None for leg in legs)


def _has_voicemail(legs: list[Leg], total: dict[str, int]) -> bool:
    if total.get("tVoicemail"):
        return True
    for leg in legs:
        if (leg.role is Role.VOICEMAIL and leg.start is not None) or "voicemail" in leg.lengths:
            return True
    return False


def _or(value: int | None, other: int | None) -> int | None:
    return other if value is None else value


def _earliest(legs: list[Leg]) -> int | None:
    return legs[0].start if legs else None  # they come by start


def _latest(legs: list[Leg]) -> int | None:
    return max([leg.last_end for leg in legs if leg.last_end is not None], default=None)


def _score(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
