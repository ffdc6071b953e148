"""The finer shapes of a contact: a row for each session of an agent, or for each segment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from desktop_app.core.genesys import wire
from desktop_app.core.genesys.wire import instant_ms
from desktop_app.core.history import words
from desktop_app.core.history.column import Kind, Value
from desktop_app.core.history.export.request import Shape
from desktop_app.core.history.handling import Cast, leg_times
from desktop_app.core.history.legs import FAR, STAFF_ROLES, Leg, Role, read_legs
from desktop_app.core.history.parties import Names, leg_name, wrapup_name


@dataclass(frozen=True, slots=True, repr=False)
class Part:
    """One row: ``number`` counts from 1 within the contact; ``segment`` is None for a leg."""

    number: int
    leg: Leg
    cast: Cast
    names: Names
    segment: wire.Segment | None = None


@dataclass(frozen=True, slots=True)
class PartColumn:
    """A column of the finer shapes; ``key`` begins with "leg." or "segment."."""

    key: str
    title: str
    kind: Kind
    read: Callable[[Part], Value]
    help: str


def parts_of(conversation: wire.Conversation, names: Names, shape: Shape) -> Iterator[Part]:
    """The rows of a conversation, by start."""
    cast = Cast(read_legs(conversation))
    number = 0
    for leg in cast.legs:
        if shape is Shape.LEG:
            if leg.role in STAFF_ROLES:
                number += 1
                yield Part(number, leg, cast, names)
            continue
        for segment in leg.session.segments or ():
            number += 1
            yield Part(number, leg, cast, names, segment)


def columns_of(shape: Shape) -> tuple[PartColumn, ...]:
    return {Shape.LEG: LEG, Shape.SEGMENT: SEGMENT}.get(shape, ())


# --- legs -----------------------------------------------------------------------------------------


def _part_played(part: Part) -> str:
    leg = part.leg
    if leg.role is Role.STAFF:
        return "Consulted" if leg in part.cast.consulted else "Agent"
    if leg.role is Role.CUSTOMER and leg not in part.cast.customer:
        return "External"
    return _PARTS.get(leg.role, "Other")


_PARTS = {
    Role.CUSTOMER: "Customer",
    Role.QUEUE: "Queue",
    Role.FLOW: "Flow",
    Role.VOICEMAIL: "Voicemail",
    Role.SUPERVISOR: "Supervisor",
}


def _name(part: Part) -> str:
    return leg_name(part.leg, part.names)


def _queue_name(part: Part, queue_id: str | None) -> str:
    """By the queue's participant, which carries the name for those who may not list queues."""
    if not queue_id:
        return ""
    for leg in part.cast.queues:
        if leg.queue_id == queue_id:
            return leg_name(leg, part.names)
    return part.names("queue", queue_id) or queue_id


def _leg_end(part: Part) -> int | None:
    return None if part.leg.end == FAR else part.leg.end


def _wrapups(part: Part) -> list[wire.Segment]:
    segments = part.leg.session.segments or ()
    return [each for each in segments if each.wrap_up_code or each.wrap_up_note]


def _leg_wrapup(part: Part) -> str:
    codes = [each.wrap_up_code for each in _wrapups(part) if each.wrap_up_code]
    return wrapup_name(codes[-1], part.names) if codes else ""


def _leg_note(part: Part) -> str:
    notes = [each.wrap_up_note for each in _wrapups(part) if each.wrap_up_note]
    return notes[-1] if notes else ""


_INSTANT, _DURATION, _TEXT = Kind.INSTANT, Kind.DURATION, Kind.TEXT

LEG = (
    PartColumn("leg.number", "Leg", Kind.COUNT, lambda part: part.number,
               "Counts the contact's sessions of agents, by start"),
    PartColumn("leg.agent", "Agent", _TEXT, _name, "Whose session it is"),
    PartColumn("leg.part", "Part", _TEXT, _part_played, "Agent, Consulted or Supervisor"),
    PartColumn("leg.queue", "Leg queue", _TEXT,
               lambda part: _queue_name(part, part.leg.queue_id), "The queue it came through"),
    PartColumn("leg.media", "Leg media", _TEXT,
               lambda part: words.media(part.leg.session.media_type or ""),
               "Session `mediaType`"),
    PartColumn("leg.direction", "Leg direction", _TEXT,
               lambda part: words.direction(part.leg.session.direction or ""),
               "Session `direction`"),
    PartColumn("leg.start", "Leg start", _INSTANT, lambda part: part.leg.start,
               "When its first segment began"),
    PartColumn("leg.answered_at", "Answered at", _INSTANT, lambda part: part.leg.answered_at,
               "When the agent first interacted; empty if never"),
    PartColumn("leg.end", "Leg end", _INSTANT, _leg_end,
               "When its last segment but wrap-up ended; empty while it is open"),
    PartColumn("leg.alert", "Leg alert", _DURATION, lambda part: leg_times(part.leg).alert,
               "Metric `tAlert`, else the segments' lengths"),
    PartColumn("leg.talk", "Leg talk", _DURATION, lambda part: leg_times(part.leg).talk,
               "Metric `tTalk`, else the segments' lengths"),
    PartColumn("leg.hold", "Leg hold", _DURATION, lambda part: leg_times(part.leg).hold,
               "Metric `tHeld`, else the segments' lengths"),
    PartColumn("leg.acw", "Leg ACW", _DURATION, lambda part: leg_times(part.leg).acw,
               "Metric `tAcw`, else the segments' lengths"),
    PartColumn("leg.handle", "Leg handle", _DURATION, lambda part: leg_times(part.leg).handle,
               "Metric `tHandle`, else talk, hold and ACW"),
    PartColumn("leg.wrapup", "Leg wrap-up", _TEXT, _leg_wrapup, "The last wrap-up code"),
    PartColumn("leg.wrapup_note", "Leg wrap-up notes", _TEXT, _leg_note, "The last notes"),
    PartColumn("leg.disconnect", "Leg disconnect", _TEXT,
               lambda part: words.disconnect(part.leg.disconnect), "How it ended"),
)  # fmt: skip


# --- segments -------------------------------------------------------------------------------------


def _segment(part: Part) -> wire.Segment:
    assert part.segment is not None
    return part.segment


def _started(part: Part) -> int | None:
    return instant_ms(_segment(part).segment_start)


def _ended(part: Part) -> int | None:
    return instant_ms(_segment(part).segment_end)


def _lasted(part: Part) -> int | None:
    start, end = _started(part), _ended(part)
    return None if start is None or end is None else max(0, end - start)


def _segment_wrapup(part: Part) -> str:
    code = _segment(part).wrap_up_code
    return wrapup_name(code, part.names) if code else ""


SEGMENT = (
    PartColumn("segment.number", "Segment", Kind.COUNT, lambda part: part.number,
               "Counts the contact's segments, by session"),
    PartColumn("segment.who", "Party", _TEXT, _name, "Whose session it is in"),
    PartColumn("segment.part", "Part", _TEXT, _part_played,
               "Customer, Agent, Queue, Flow, Consulted, Supervisor …"),
    PartColumn("segment.type", "Segment type", _TEXT,
               lambda part: words.spaced(_segment(part).segment_type or ""), "`segmentType`"),
    PartColumn("segment.media", "Segment media", _TEXT,
               lambda part: words.media(part.leg.session.media_type or ""),
               "Session `mediaType`"),
    PartColumn("segment.direction", "Segment direction", _TEXT,
               lambda part: words.direction(part.leg.session.direction or ""),
               "Session `direction`"),
    PartColumn("segment.start", "Segment start", _INSTANT, _started, "`segmentStart`"),
    PartColumn("segment.end", "Segment end", _INSTANT, _ended,
               "`segmentEnd`; empty while it is open"),
    PartColumn("segment.duration", "Segment duration", _DURATION, _lasted, "end − start"),
    PartColumn("segment.queue", "Segment queue", _TEXT,
               lambda part: _queue_name(part, _segment(part).queue_id), "`queueId`"),
    PartColumn("segment.wrapup", "Segment wrap-up", _TEXT, _segment_wrapup, "`wrapUpCode`"),
    PartColumn("segment.wrapup_note", "Segment wrap-up notes", _TEXT,
               lambda part: _segment(part).wrap_up_note or "", "`wrapUpNote`"),
    PartColumn("segment.disconnect", "Segment disconnect", _TEXT,
               lambda part: words.disconnect(_segment(part).disconnect_type or ""),
               "`disconnectType`"),
    PartColumn("segment.error", "Segment error", _TEXT,
               lambda part: _segment(part).error_code or "", "`errorCode`"),
)  # fmt: skip
