"""What a conversation means: the service's participants, sessions and segments as one contact.

Nothing in an answer is guaranteed: fields are missing, order means nothing, and unknown words
turn up (contract §2.3 and real payloads).  Nothing here raises over it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

from desktop_app.core.genesys import wire
from desktop_app.core.genesys.wire import instant_ms
from desktop_app.core.history import words
from desktop_app.core.history.address import address
from desktop_app.core.history.contact import Contact
from desktop_app.core.history.handling import (
    Cast,
    not_responding,
    read_ending,
    read_times,
    read_transfers,
    totals,
    who,
)
from desktop_app.core.history.legs import Leg, Role, read_legs
from desktop_app.core.history.parties import (
    Names,
    each_once,
    in_turn,
    leg_name,
    named,
    read_party,
    text_of,
    wrapup_name,
)

__all__ = ["Contact", "Names", "address", "read_contact", "wanted_names"]

# These only go with another medium, which is then the contact's.
_ACCOMPANYING = frozenset({"cobrowse", "screenshare", "screenmonitoring", "unknown", ""})
_CALLED = frozenset({"voice", "video"})
_REPLIES = frozenset({"tFirstResponse", "tAgentResponseTime", "tAverageAgentResponseTime"})

# Genesys counts short abandons by each queue's own threshold; without its metric this one holds.
_SHORT_ABANDON_MS = 5000


def read_contact(conversation: wire.Conversation, names: Names) -> Contact:
    """Derive the contact. Never raises, whatever is missing or unknown."""
    legs = read_legs(conversation)
    cast = Cast(legs)
    total = totals(legs)
    times = read_times(cast, total)
    transfers = read_transfers(cast)
    ending = read_ending(cast)
    missed = not_responding(cast)
    details = _details(legs, names)
    media = _media(legs)
    party = read_party(cast, media, conversation.originating_direction or "")
    callback = _callback(cast, media, total)

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
        message_type=text_of(legs, "message_type"),
        direction=party.direction,
        initial_direction=conversation.originating_direction or party.direction,
        subject=details.subject,
        customer=party.customer,
        has_customer=bool(cast.customers),
        ani=party.ani,
        dnis=party.dnis,
        session_dnis=address(text_of(legs, "session_dnis")),
        agents=in_turn(cast.answered, names),
        alerted=each_once([leg for leg in cast.staff if leg.is_alerted], names),
        not_responding=each_once(missed, names),
        consulted=_consulted(cast, names),
        supervisors=each_once(cast.watching, names),
        divisions=named("division", _divisions(conversation), names),
        queues=in_turn(cast.queues, names),
        flows=in_turn(cast.flows, names),
        flow_exit=_flow_exit(cast.flows),
        flow_succeeded=_flow_succeeded(cast.flows),
        used_routing=text_of(cast.answered or legs, "used_routing"),
        skills=named("skill", details.skills, names),
        languages=named("language", details.languages, names),
        wrapups=details.wrapups,
        wrapup=details.wrapups[-1] if details.wrapups else "",
        wrapup_note=details.note,
        wrapup_timed_out=details.timed_out,
        ended_by="" if is_open else ending.by,
        disconnect_type="" if is_open else ending.disconnect,
        error_code=details.error,
        sip_code=details.sip,
        external_tag=conversation.external_tag or "",
        flagged=any(leg.participant.flagged_reason for leg in legs),
        ivr_ms=times.ivr,
        queue_ms=times.queue,
        alert_ms=times.alert,
        talk_ms=times.talk,
        hold_ms=times.hold,
        acw_ms=times.acw,
        handle_ms=times.handle,
        abandon_ms=abandon,
        first_response_ms=total.get("tFirstResponse"),
        no_answers=len(missed),
        transfers=max(total.get("nTransferred", 0), transfers.total),
        blind_transfers=transfers.blind,
        consult_transfers=transfers.consult,
        consults=max(total.get("nConsult", 0), transfers.consult),
        holds=sum(leg.holds for leg in cast.staff),
        segments=details.segments,
        callback_tries=callback.tries,
        is_answered=is_answered,
        is_reached=callback.is_reached,
        is_conference=any(leg.is_conference for leg in legs),
        has_reply=not _REPLIES.isdisjoint(total),
        has_voicemail=_has_voicemail(legs),
        short_abandon=abandon is not None
        and ("tShortAbandon" in total or abandon <= _SHORT_ABANDON_MS),
        lost_after_transfer=transfers.lost and not is_open,
        dialler_abandoned=bool(total.get("nOutboundAbandoned")),
        is_campaign=bool(text_of(legs, "outbound_campaign_id")),
        transfer_target=leg_name(transfers.target, names) if transfers.target else "",
        callback_due_ms=callback.due_ms,
        is_recorded=any(leg.session.recording for leg in legs),
        mos=_score(conversation.media_stats_min_conversation_mos),
        sip_call_id=text_of(legs, "protocol_call_id"),
    )


def wanted_names(conversation: wire.Conversation) -> set[tuple[str, str]]:
    """Every (kind, id) whose name the contact, its timeline or its segments show."""
    wanted: set[tuple[str, str]] = set()

    def want(kind: str, ids: Iterable[str | None]) -> None:
        wanted.update((kind, item) for item in ids if item)

    want("division", _divisions(conversation))
    for participant in conversation.participants or ():
        want("user", (participant.user_id,))
        for session in participant.sessions or ():
            for segment in session.segments or ():
                want("queue", (segment.queue_id,))
                want("skill", segment.requested_routing_skill_ids or ())
                want("language", (segment.requested_language_id,))
                code = segment.wrap_up_code or ""
                if words.wrapup(code) is None:
                    want("wrapup", (code,))
    return wanted


def _consulted(cast: Cast, names: Names) -> tuple[str, ...]:
    """Those asked, without those who asked."""
    asking = {who(leg) for leg in cast.answered}
    return each_once([leg for leg in cast.consulted if who(leg) not in asking], names)


def _media(legs: list[Leg]) -> str:
    """A callback wins over the call that asked for it, else what came first."""
    found = [leg.session.media_type or "" for leg in legs]
    if "callback" in found:
        return "callback"
    main = [media for media in found if media not in _ACCOMPANYING]
    return next(iter(main or found), "")


def _divisions(conversation: wire.Conversation) -> list[str]:
    """Without "*", which stands for all of them (quirk 12)."""
    return [item for item in conversation.division_ids or () if item != "*"]


class _Callback(NamedTuple):
    tries: int
    is_reached: bool
    due_ms: int | None


def _callback(cast: Cast, media: str, total: dict[str, int]) -> _Callback:
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
    due = [instant_ms(leg.session.callback_scheduled_time) for leg in cast.legs]
    return _Callback(tries, reached, next((ms for ms in due if ms is not None), None))


def _is_call_out(leg: Leg) -> bool:
    return leg.session.media_type in _CALLED and leg.session.direction == "outbound"


def _is_reached(legs: list[Leg]) -> bool:
    return any(leg.answered_at is not None for leg in legs)


def _has_voicemail(legs: list[Leg]) -> bool:
    return any(
        (leg.role is Role.VOICEMAIL and leg.start is not None)
        or "voicemail" in leg.lengths
        or bool(leg.metrics.get("tVoicemail"))
        for leg in legs
    )


class _Details(NamedTuple):
    """What segments carry besides their times; the last word counts."""

    wrapups: tuple[str, ...]
    note: str
    timed_out: bool
    error: str
    sip: int | None
    subject: str
    skills: list[str]
    languages: list[str]
    segments: int


def _details(legs: list[Leg], names: Names) -> _Details:
    wrapups: list[tuple[str, str, str]] = []  # start, code, note
    error = subject = ""
    sip: int | None = None
    skills: list[str] = []
    languages: list[str] = []
    count = 0
    for leg in legs:
        for segment in leg.session.segments or ():
            count += 1
            if segment.wrap_up_code or segment.wrap_up_note:
                wrapups.append(
                    (
                        segment.segment_start or "",
                        segment.wrap_up_code or "",
                        segment.wrap_up_note or "",
                    )
                )
            error = segment.error_code or error
            subject = subject or segment.subject or ""
            if segment.sip_response_codes:
                sip = segment.sip_response_codes[-1]
            if segment.requested_routing_skill_ids:
                skills += segment.requested_routing_skill_ids
            if segment.requested_language_id:
                languages.append(segment.requested_language_id)
    wrapups.sort(key=lambda wrapup: wrapup[0])
    codes = [code for _, code, _ in wrapups if code]
    return _Details(
        wrapups=tuple(wrapup_name(code, names) for code in codes),
        note=next((note for _, _, note in reversed(wrapups) if note), ""),
        timed_out=words.WRAPUP_TIMED_OUT in codes,
        error=error,
        sip=sip,
        subject=subject,
        skills=skills,
        languages=languages,
        segments=count,
    )


def _flow_exit(legs: list[Leg]) -> str:
    exits = [leg.session.flow.exit_reason for leg in legs if leg.session.flow]
    return next((reason for reason in reversed(exits) if reason), "")


def _flow_succeeded(legs: list[Leg]) -> bool:
    return any(
        (outcome.flow_outcome_value or "").upper() == "SUCCESS"
        for leg in legs
        if leg.session.flow
        for outcome in leg.session.flow.outcomes or ()
    )


def _or(value: int | None, other: int | None) -> int | None:
    return other if value is None else value


def _earliest(legs: list[Leg]) -> int | None:
    return min((leg.start for leg in legs if leg.start is not None), default=None)


def _latest(legs: list[Leg]) -> int | None:
    return max((leg.last_end for leg in legs if leg.last_end is not None), default=None)


def _score(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
