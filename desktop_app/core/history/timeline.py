"""A conversation drawn over time: a lane for each party, and its segments as a list.

Instants are milliseconds since 1970 UTC.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from desktop_app.core.genesys import wire
from desktop_app.core.genesys.wire import instant_ms
from desktop_app.core.history import words
from desktop_app.core.history.handling import Cast, who
from desktop_app.core.history.legs import DIALLING, FAR, Leg, Role, bounds, read_legs
from desktop_app.core.history.outcome import FAILURES
from desktop_app.core.history.parties import Names, leg_name, wrapup_name


class BarKind(StrEnum):
    IVR = "ivr"
    QUEUE = "queue"
    ALERT = "alert"
    TALK = "talk"
    HOLD = "hold"
    WRAPUP = "wrapup"
    CONSULT = "consult"
    ERROR = "error"
    CUSTOMER = "customer"
    OTHER = "other"


_LABELS = {
    BarKind.IVR: "IVR",
    BarKind.QUEUE: "Queue",
    BarKind.ALERT: "Alert",
    BarKind.TALK: "Talk",
    BarKind.HOLD: "Hold",
    BarKind.WRAPUP: "Wrap-up",
    BarKind.CONSULT: "Consult",
    BarKind.ERROR: "Error",
}
_BY_TYPE = {
    "alert": BarKind.ALERT,
    "interact": BarKind.TALK,
    "hold": BarKind.HOLD,
    "wrapup": BarKind.WRAPUP,
}
_TYPE_LABELS = {
    "interact": "Connected",
    "dialing": "Dialling",
    "ivr": "IVR",
    "wrapup": "Wrap-up",
    "screenmonitoring": "Screen monitoring",
    "": "Segment",
}
_CONSULTING = frozenset({"nConsult", "nConsultTransferred"})


@dataclass(frozen=True, slots=True)
class Bar:
    """While ``is_open``, ``end_ms`` is the moment it is drawn at; an ERROR bar has length 0."""

    kind: BarKind
    start_ms: int
    end_ms: int
    label: str
    is_open: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Lane:
    """One party: an agent, a queue, a flow, the customer. Bars by start; they may overlap."""

    key: str
    title: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Timeline:
    """Lanes in the order in which the parties appear; [start_ms, end_ms] holds every bar."""

    start_ms: int
    end_ms: int
    lanes: tuple[Lane, ...]


@dataclass(frozen=True, slots=True, repr=False)
class SegmentRow:
    """``length_ms`` is None while the segment is open; ``end_words`` say how it ended."""

    start_ms: int
    who: str
    kind: BarKind
    label: str
    length_ms: int | None
    queue: str
    end_words: str


def read_timeline(conversation: wire.Conversation, names: Names, now_ms: int) -> Timeline:
    """Lay the conversation out; what is still open is drawn up to ``now_ms``."""
    titles: dict[str, str] = {}
    bars: dict[str, list[Bar]] = {}
    cast = Cast(read_legs(conversation))
    for piece in sorted(_pieces(cast), key=_longest_first):
        title = _title(piece.leg, cast, names)
        key = _lane_key(piece.leg, cast, title)
        titles.setdefault(key, title)
        bars.setdefault(key, []).extend(_bars(piece, names, now_ms))
    edges = [edge for lane in bars.values() for bar in lane for edge in (bar.start_ms, bar.end_ms)]
    for text in (conversation.conversation_start, conversation.conversation_end):
        instant = instant_ms(text)
        if instant is not None:
            edges.append(instant)
    return Timeline(
        start_ms=min(edges, default=now_ms),
        end_ms=max(edges, default=now_ms),
        lanes=tuple(Lane(key, titles[key], tuple(lane)) for key, lane in bars.items()),
    )


def segments(conversation: wire.Conversation, names: Names) -> list[SegmentRow]:
    """Every segment that has an instant, by start. One that turns from consult to talk is two."""
    cast = Cast(read_legs(conversation))
    queues = {leg.queue_id: leg_name(leg, names) for leg in cast.queues}
    rows = []
    for piece in sorted(_pieces(cast), key=lambda piece: piece.start):
        queue_id = piece.segment.queue_id
        rows.append(
            SegmentRow(
                start_ms=piece.start,
                who=_title(piece.leg, cast, names),
                kind=piece.kind,
                label=_label(piece),
                length_ms=None if piece.end == FAR else piece.end - piece.start,
                queue=queues.get(queue_id) or names("queue", queue_id) or queue_id
                if queue_id
                else "",
                end_words=_end_words(piece, names) if piece.is_last else "",
            )
        )
    return rows


@dataclass(frozen=True, slots=True, repr=False)
class _Piece:
    """A segment, or the part of it that is of one kind; ``is_last`` if it ends with the segment."""

    leg: Leg
    segment: wire.Segment
    kind: BarKind
    start: int
    end: int
    is_last: bool = True


def _longest_first(piece: _Piece) -> tuple[int, int]:
    """Of those that start together the longest first, so that a painter hides none."""
    return piece.start, -piece.end


def _pieces(cast: Cast) -> Iterator[_Piece]:
    consults = [leg for leg in cast.answered if _is_consulting(leg)]
    for leg in cast.legs:
        for segment in leg.session.segments or ():
            start, end = bounds(segment)
            if start is None:
                continue
            until = FAR if end is None else end
            kind = _kind(leg, segment, cast)
            if kind is BarKind.TALK and leg in cast.consulted:
                kind = BarKind.CONSULT
            alone = _consulted_until(leg, start, consults) if kind is BarKind.TALK else None
            if alone is None or segment.conference:
                yield _Piece(leg, segment, kind, start, until)
            elif until <= alone:
                yield _Piece(leg, segment, BarKind.CONSULT, start, until)
            else:
                yield _Piece(leg, segment, BarKind.CONSULT, start, alone, is_last=False)
                yield _Piece(leg, segment, kind, alone, until)


def _is_consulting(leg: Leg) -> bool:
    return not _CONSULTING.isdisjoint(leg.metrics) or leg.disconnect == "consultTransfer"


def _consulted_until(leg: Leg, start: int, consults: list[Leg]) -> int | None:
    """When the agent left who was asking this party, which began to talk at ``start``.

    Nothing in an answer marks a consulted party; it is the one that joins while the other agent
    is on the contact.
    """
    for asking in consults:
        began, left = asking.answered_at, asking.talk_end
        if began is None or left is None or who(asking) == who(leg):
            continue
        if began < start < left:
            return left
    return None


def _kind(leg: Leg, segment: wire.Segment, cast: Cast) -> BarKind:
    role, kind = leg.role, segment.segment_type or ""
    if role is Role.CUSTOMER and leg in cast.customer:
        return BarKind.CUSTOMER
    if role is Role.STAFF or role is Role.CUSTOMER:
        return BarKind.ALERT if kind in DIALLING else _BY_TYPE.get(kind, BarKind.OTHER)
    if role is Role.QUEUE:
        return BarKind.QUEUE
    if role is Role.FLOW:
        return BarKind.IVR
    return BarKind.OTHER


def _label(piece: _Piece) -> str:
    kind = piece.segment.segment_type or ""
    if piece.leg.role is Role.VOICEMAIL and kind == "interact":
        return "Voicemail"
    if kind not in DIALLING and piece.kind in _LABELS:
        return _LABELS[piece.kind]
    return _TYPE_LABELS.get(kind) or words.spaced(kind) or _TYPE_LABELS[""]


def _bars(piece: _Piece, names: Names, now_ms: int) -> Iterator[Bar]:
    segment = piece.segment
    is_open = piece.end == FAR
    end = max(piece.start, now_ms) if is_open else piece.end
    label = _label(piece)
    if piece.kind is BarKind.WRAPUP and segment.wrap_up_code:
        label = f"{label}: {wrapup_name(segment.wrap_up_code, names)}"
    yield Bar(piece.kind, piece.start, end, label, is_open)
    if piece.is_last and (segment.error_code or segment.disconnect_type in FAILURES):
        yield Bar(BarKind.ERROR, end, end, _error_words(segment))


def _end_words(piece: _Piece, names: Names) -> str:
    segment = piece.segment
    if piece.kind is BarKind.WRAPUP and segment.wrap_up_code:
        return wrapup_name(segment.wrap_up_code, names)
    if segment.error_code:
        return _error_words(segment)
    return words.disconnect(segment.disconnect_type or "")


def _error_words(segment: wire.Segment) -> str:
    reason = words.error(segment.error_code) if segment.error_code else ""
    return f"Error: {reason}" if reason else "Error"


def _lane_key(leg: Leg, cast: Cast, title: str) -> str:
    if leg.role is Role.CUSTOMER and leg in cast.customer:
        return "customer"
    if leg.role is Role.STAFF or leg.role is Role.SUPERVISOR:
        return f"user {who(leg)}"
    if leg.role is Role.QUEUE:
        return f"queue {leg.queue_id or title}"
    if leg.role is Role.FLOW:
        return f"flow {title}"
    return f"{leg.role.value} {who(leg)}"


def _title(leg: Leg, cast: Cast, names: Names) -> str:
    if leg.role is Role.VOICEMAIL:
        return "Voicemail"
    if leg.role is Role.CUSTOMER and leg in cast.customer:
        return "Customer"
    return leg_name(leg, names)
