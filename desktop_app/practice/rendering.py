"""From a story to the service's answer: what hasn't happened yet is left out, instants are text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from .legs import Session, Story, Wire

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_MS = 86_400_000
_MINUTE_MS = 60_000
_MINUTES = [f"T{minute // 60:02}:{minute % 60:02}:" for minute in range(1440)]
# A conversation holds some thirty instants, so their text is looked up, not made (3.5 MB).
_REST = [f"{second:02}.{millis:03}Z" for second in range(60) for millis in range(1000)]

# What the flow says once it has been left.
_FLOW_EXIT = ("exitReason", "transferType", "transferTargetName", "transferTargetAddress")


@lru_cache(maxsize=4096)
def _date(day: int) -> str:
    return (_EPOCH + timedelta(days=day)).strftime("%Y-%m-%d")


def instant(epoch_ms: int) -> str:
    """``2024-04-29T04:10:03.120Z``: always three digits and Z, as in every answer."""
    day, rest = divmod(epoch_ms, _DAY_MS)
    return _date(day) + _MINUTES[rest // _MINUTE_MS] + _REST[rest % _MINUTE_MS]


def render(story: Story, conversation_id: str) -> Wire:
    """The conversation as seen at ``story.until``; one still open has no ``conversationEnd``."""
    until = story.until
    answer: Wire = {
        "conversationId": conversation_id,
        "conversationStart": instant(story.start),
    }
    participants: list[Wire] = []
    last, is_open = story.start, False
    for participant in story.participants:
        sessions: list[Wire] = []
        for session in story.sessions_of(participant):
            end = _render_segments(session, until)
            is_open = is_open or end is None
            if not session.segments:
                continue
            last = max(last, end or 0)
            sessions.append(_render_session(session, until, is_open=end is None))
        if sessions:
            participant["sessions"] = sessions
            participants.append(participant)
    if not is_open:
        answer["conversationEnd"] = instant(last)
    answer.update(_render_facts(story, is_open=is_open))
    answer["participants"] = participants
    return answer


def _render_segments(session: Session, until: int) -> int | None:
    """Drop the segments to come and open the running ones; the last end, None while not over."""
    last: int | None = 0
    if any(segment["segmentStart"] >= until for segment in session.segments):
        session.segments = [s for s in session.segments if s["segmentStart"] < until]
        last = None
    for segment in session.segments:
        end = segment["segmentEnd"]
        segment["segmentStart"] = instant(segment["segmentStart"])
        if end < until:
            segment["segmentEnd"] = instant(end)
            last = None if last is None else max(last, end)
            continue
        last = None
        for key in ("segmentEnd", "disconnectType", "wrapUpCode", "wrapUpNote", "wrapUpTags",
                    "errorCode", "sipResponseCodes", "q850ResponseCodes"):  # fmt: skip
            segment.pop(key, None)
    return last


def _render_session(session: Session, until: int, *, is_open: bool) -> Wire:
    wire = session.wire
    flow = wire.get("flow")
    if flow is not None:
        if is_open:
            for key in _FLOW_EXIT:
                flow.pop(key, None)
        outcomes = [o for o in flow.get("outcomes", ()) if o["flowOutcomeEndTimestamp"] < until]
        for outcome in outcomes:
            for key in ("flowOutcomeStartTimestamp", "flowOutcomeEndTimestamp"):
                outcome[key] = instant(outcome[key])
        _keep(flow, "outcomes", outcomes)
    _keep(wire, "mediaEndpointStats", _past(wire.get("mediaEndpointStats", ()), "eventTime", until))
    _keep(wire, "metrics", _past(session.metrics, "emitDate", until))
    for key in ("callbackScheduledTime", "deliveryStatusChangeDate"):
        if key in wire:
            wire[key] = instant(wire[key])
    wire["segments"] = session.segments
    return wire


def _render_facts(story: Story, *, is_open: bool) -> Wire:
    """What the conversation as a whole says; how it went is known only when it is over."""
    facts = story.facts
    for key in ("evaluations", "surveys", "resolutions"):
        _keep(facts, key, _past(facts.get(key, ()), "eventTime", story.until))
    if "conferenceStart" in facts:
        if facts["conferenceStart"] < story.until:
            facts["conferenceStart"] = instant(facts["conferenceStart"])
        else:
            del facts["conferenceStart"]
    if is_open:
        facts.pop("selfServed", None)
    elif story.least_mos is not None:
        facts["mediaStatsMinConversationMos"] = story.least_mos
        facts["mediaStatsMinConversationRFactor"] = 18.93 * story.least_mos + 0.02
    return facts


def _past(items: Sequence[Wire], key: str, until: int) -> list[Wire]:
    """The items before ``until``, with their instant as text."""
    kept = []
    for item in items:
        moment = item[key]
        if moment < until:
            item[key] = instant(moment)
            kept.append(item)
    return kept


def _keep(wire: Wire, key: str, items: list[Wire]) -> None:
    """Set a list, or leave its key out: empty ones never appear (contract §2.3)."""
    if items:
        wire[key] = items
    else:
        wire.pop(key, None)
