"""A conversation as Genesys keeps it: participants, their sessions, segments and metrics."""

from __future__ import annotations

from collections.abc import Iterator

from desktop_app.core.genesys import wire
from desktop_app.core.genesys.wire import instant_ms
from desktop_app.core.history import words
from desktop_app.core.history.clock import Clock, duration_text
from desktop_app.core.history.columns import one_line
from desktop_app.core.history.legs import Role, role_of, summed
from desktop_app.core.history.parties import (
    Names,
    flow_name,
    other_name,
    queue_name,
    staff_name,
    wrapup_name,
)
from desktop_app.gui.contact.tree_model import Node

TITLES = ("Participant", "Start", "Length", "End")
_NO_SESSION = wire.Session()


def participant_nodes(conversation: wire.Conversation, names: Names, clock: Clock) -> list[Node]:
    """One node per participant, in the order of the answer; children are made when asked for."""
    reader = _Reader(names, clock)
    return [reader.participant(each) for each in conversation.participants or ()]


class _Reader:
    def __init__(self, names: Names, clock: Clock) -> None:
        self._names = names
        self._clock = clock

    def participant(self, participant: wire.Participant) -> Node:
        name, purpose = self._name(participant), participant.purpose or ""
        title = f"{name} · {purpose}" if purpose and purpose != name.lower() else name
        sessions = participant.sessions or []
        return Node(self._cells(title), lambda: map(self._session, sessions))

    def _session(self, session: wire.Session) -> Node:
        media, direction = session.media_type or "session", (session.direction or "").lower()
        title = " ".join(filter(None, (words.media(media), direction)))
        segments = session.segments or []
        starts = [ms for each in segments if (ms := instant_ms(each.segment_start)) is not None]
        ends = [ms for each in segments if (ms := instant_ms(each.segment_end)) is not None]
        start = min(starts, default=None)
        is_open = any(each.segment_end is None for each in segments)
        end = None if is_open else max(ends, default=None)
        return Node(self._cells(title, start, end), lambda: self._parts(session))

    def _parts(self, session: wire.Session) -> Iterator[Node]:
        yield from map(self._segment, session.segments or ())
        metrics = summed(session.metrics)
        if metrics:
            yield Node(self._cells("Metrics"), lambda: map(self._metric, sorted(metrics.items())))

    def _segment(self, segment: wire.Segment) -> Node:
        title = words.spaced(segment.segment_type or "segment")
        if segment.segment_type == "ivr":
            title = "IVR"
        end_words = []
        if segment.wrap_up_code:
            end_words.append(wrapup_name(segment.wrap_up_code, self._names))
        if segment.disconnect_type:
            end_words.append(words.disconnect(segment.disconnect_type))
        if segment.error_code:
            end_words.append(words.error(segment.error_code))
        return Node(
            self._cells(
                title,
                instant_ms(segment.segment_start),
                instant_ms(segment.segment_end),
                " · ".join(end_words),
            )
        )

    def _metric(self, metric: tuple[str, int]) -> Node:
        """``t…`` is milliseconds, all else a plain number (contract §2.3)."""
        name, value = metric
        text = duration_text(value) if name.startswith("t") else f"{value:,}"
        return Node((one_line(name), "", text, ""))

    def _cells(
        self, title: str, start: int | None = None, end: int | None = None, how: str = ""
    ) -> tuple[str, ...]:
        begun = "" if start is None else self._clock.time(start)
        length = "" if start is None or end is None else duration_text(end - start)
        return one_line(title), begun, length, one_line(how)

    def _name(self, participant: wire.Participant) -> str:
        role = role_of(participant)
        session = next(iter(participant.sessions or ()), _NO_SESSION)
        if role is Role.STAFF:
            return staff_name(participant, self._names)
        if role is Role.QUEUE:
            queue = next((each.queue_id for each in session.segments or () if each.queue_id), "")
            return queue_name(participant, queue or "", self._names)
        if role is Role.FLOW:
            return flow_name(participant, session)
        return other_name(participant, session)
