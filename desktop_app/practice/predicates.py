"""Whether a conversation satisfies the filters of a query.

A conversation filter looks at the conversation, a segment filter at one segment together with its
session and participant, the other three at one evaluation, survey or resolution.  All predicates
of one filter have to hold for the same segment (or evaluation, …); the filters of a list, and the
lists, combine with AND, each filter finding its own segment.  ``notExists`` therefore means "has a
segment without", not "no segment has".

Text is compared as it stands.  A conversation metric is the sum of its values over all sessions
(names repeat, quirk 6); ``tConversationDuration`` and ``tSegmentDuration`` are differences of
instants and exist once both are there.  A range over an instant is in epoch milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from . import vocabulary
from .queries import Clause, DetailQuery, Filter, Predicate

Conversation = Mapping[str, Any]
Test = Callable[[Any], bool]
Reader = Callable[[Any, str], Sequence[Any]]
Measure = Callable[[Any, str], float | None]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class SegmentInContext:
    """A segment and what it belongs to."""

    participant: Mapping[str, Any]
    session: Mapping[str, Any]
    segment: Mapping[str, Any]


# Where a segment dimension stands, when it isn't a field of that very name in the session.
_PARTICIPANT = {
    name: name
    for name in (
        "externalContactId",
        "externalOrganizationId",
        "flaggedReason",
        "participantName",
        "purpose",
        "screenRecording",
        "teamId",
        "userId",
    )
} | {"canonicalExternalContactId": "externalContactId"}
_SEGMENT = {
    name: name
    for name in (
        "conference",
        "destinationConversationId",
        "disconnectType",
        "errorCode",
        "groupId",
        "queueId",
        "requestedLanguageId",
        "segmentEnd",
        "segmentType",
        "subject",
        "wrapUpCode",
        "wrapUpNote",
    )
} | {"requestedRoutingSkillId": "requestedRoutingSkillIds", "sipResponseCode": "sipResponseCodes"}
_FLOW = frozenset(
    (
        "exitReason",
        "flowId",
        "flowName",
        "flowVersion",
        "transferTargetAddress",
        "transferTargetName",
        "transferType",
    )
)
_OUTCOME = frozenset(("flowOutcome", "flowOutcomeId", "flowOutcomeValue"))
_SESSION_LISTS = {
    "callbackNumber": "callbackNumbers",
    "destinationAddress": "destinationAddresses",
    "requestedRouting": "requestedRoutings",
}
_CONVERSATION_LISTS = {"accessAttribute": "accessAttributes", "divisionId": "divisionIds"}


def matcher(query: DetailQuery) -> Callable[[Conversation], bool]:
    """The filters of ``query`` as one test of a conversation."""
    tests: list[Callable[[Conversation], bool]] = []
    for words, filters in query.filter_lists():
        tests += [_any_of(_CONTEXTS[words], _filter_test(each, words)) for each in filters]
    return lambda conversation: all(test(conversation) for test in tests)


def segments_of(conversation: Conversation) -> Iterator[SegmentInContext]:
    for participant in conversation.get("participants", ()):
        for session in participant.get("sessions", ()):
            for segment in session.get("segments", ()):
                yield SegmentInContext(participant, session, segment)


def segment_values(context: SegmentInContext, dimension: str) -> Sequence[Any]:
    """What a segment dimension holds; empty when it isn't there."""
    if dimension in _PARTICIPANT:
        return _values(context.participant, _PARTICIPANT[dimension])
    if dimension in _SEGMENT:
        return _values(context.segment, _SEGMENT[dimension])
    if dimension in _FLOW:
        return _values(context.session.get("flow", _NOTHING), dimension)
    if dimension in _OUTCOME:
        outcomes = context.session.get("flow", _NOTHING).get("outcomes", ())
        return [outcome[dimension] for outcome in outcomes if dimension in outcome]
    if dimension == "scoredAgentId":
        agents = context.segment.get("scoredAgents", ())
        return [agent[dimension] for agent in agents if dimension in agent]
    return _values(context.session, _SESSION_LISTS.get(dimension, dimension))


def conversation_values(conversation: Conversation, dimension: str) -> Sequence[Any]:
    """What a conversation dimension holds; empty when it isn't there."""
    return _values(conversation, _CONVERSATION_LISTS.get(dimension, dimension))


def conversation_metric(conversation: Conversation, name: str) -> float | None:
    """The sum of a metric over all sessions, None when it was never emitted."""
    if name == "tConversationDuration":
        return _duration(conversation, "conversationStart", "conversationEnd")
    values = [
        metric["value"]
        for participant in conversation.get("participants", ())
        for session in participant.get("sessions", ())
        for metric in session.get("metrics", ())
        if metric["name"] == name
    ]
    return sum(values) if values else None


def segment_duration(context: SegmentInContext) -> float | None:
    return _duration(context.segment, "segmentStart", "segmentEnd")


def epoch_ms(text: str) -> int:
    """Epoch milliseconds of an ISO-8601 instant."""
    return (datetime.fromisoformat(text) - _EPOCH) // timedelta(milliseconds=1)


def as_text(value: object) -> str:
    """A value as predicates and aggregations spell it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _values(holder: Mapping[str, Any], key: str) -> Sequence[Any]:
    value = holder.get(key)
    if value is None:
        return ()
    return value if isinstance(value, list) else (value,)


def _duration(holder: Mapping[str, Any], start: str, end: str) -> float | None:
    if start not in holder or end not in holder:
        return None
    return epoch_ms(holder[end]) - epoch_ms(holder[start])


def _record_values(record: Mapping[str, Any], name: str) -> Sequence[Any]:
    return _values(record, name)


def _segment_metric(context: SegmentInContext, name: str) -> float | None:
    return segment_duration(context)


def _record_metric(record: Mapping[str, Any], name: str) -> float | None:
    value = record.get(name)
    return None if value is None else float(value)


_CONTEXTS: Mapping[vocabulary.Vocabulary, Callable[[Conversation], Iterable[Any]]] = {
    vocabulary.CONVERSATION: lambda conversation: (conversation,),
    vocabulary.SEGMENT: segments_of,
    vocabulary.EVALUATION: lambda conversation: conversation.get("evaluations", ()),
    vocabulary.SURVEY: lambda conversation: conversation.get("surveys", ()),
    vocabulary.RESOLUTION: lambda conversation: conversation.get("resolutions", ()),
}
_DIMENSIONS: Mapping[vocabulary.Vocabulary, Reader] = {
    vocabulary.CONVERSATION: conversation_values,
    vocabulary.SEGMENT: segment_values,
}
_METRICS: Mapping[vocabulary.Vocabulary, Measure] = {
    vocabulary.CONVERSATION: conversation_metric,
    vocabulary.SEGMENT: _segment_metric,
}


def _any_of(
    contexts: Callable[[Conversation], Iterable[Any]], test: Test
) -> Callable[[Conversation], bool]:
    return lambda conversation: any(test(context) for context in contexts(conversation))


def _filter_test(each: Filter | Clause, words: vocabulary.Vocabulary) -> Test:
    tests = [_predicate_test(predicate, words) for predicate in each.predicates or ()]
    if isinstance(each, Filter):
        tests += [_filter_test(clause, words) for clause in each.clauses or ()]
    if each.type == "and":
        return lambda context: all(test(context) for test in tests)
    return lambda context: any(test(context) for test in tests)


def _predicate_test(predicate: Predicate, words: vocabulary.Vocabulary) -> Test:
    values = _reader(predicate, words)
    if predicate.operator == "exists":
        return lambda context: bool(values(context))
    if predicate.operator == "notExists":
        return lambda context: not values(context)
    bounds = predicate.range
    if bounds is not None:
        return lambda context: any(
            (number := as_number(value)) is not None and bounds.holds(number)
            for value in values(context)
        )
    if predicate.type == "metric":
        wanted_number = float(predicate.value or 0)
        return lambda context: any(value == wanted_number for value in values(context))
    wanted = predicate.value
    return lambda context: any(as_text(value) == wanted for value in values(context))


def _reader(predicate: Predicate, words: vocabulary.Vocabulary) -> Callable[[Any], Sequence[Any]]:
    """How a predicate reads its values off a context."""
    if predicate.type == "dimension":
        dimension = predicate.dimension or ""
        read: Reader = _DIMENSIONS.get(words, _record_values)
        return lambda context: read(context, dimension)
    if predicate.type == "metric":
        metric = predicate.metric or ""
        measure: Measure = _METRICS.get(words, _record_metric)

        def measured(context: Any) -> Sequence[Any]:
            value = measure(context, metric)
            return () if value is None else (value,)

        return measured
    name, kind = predicate.property, predicate.property_type
    return lambda context: [
        entry.get("value")
        for entry in context.segment.get("properties", ())
        if entry.get("property") == name and entry.get("propertyType") == kind
    ]


def as_number(value: object) -> float | None:
    """A value as a number: instants in epoch milliseconds, None when it is neither."""
    if isinstance(value, int | float):
        return float(value)
    text = str(value)
    try:
        return float(text)
    except ValueError:
        pass
    try:
        return float(epoch_ms(text))
    except (ValueError, TypeError):
        return None
