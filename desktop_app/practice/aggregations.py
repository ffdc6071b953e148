"""The aggregations of details/query: term frequencies and numeric ranges."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from . import vocabulary
from .predicates import (
    Conversation,
    as_number,
    as_text,
    conversation_metric,
    conversation_values,
    segment_duration,
    segment_values,
    segments_of,
)
from .queries import Aggregation

_DEFAULT_TERMS = 10


def aggregate(
    aggregations: Sequence[Aggregation], conversations: Iterable[Conversation]
) -> list[dict[str, Any]]:
    """``AggregationResult`` objects; a conversation counts once for each of its values."""
    counters = [Counter[Any]() for _ in aggregations]
    for conversation in conversations:
        for aggregation, counter in zip(aggregations, counters, strict=True):
            counter.update(set(_buckets(aggregation, conversation)))
    return [
        _result(aggregation, counter)
        for aggregation, counter in zip(aggregations, counters, strict=True)
    ]


def _buckets(aggregation: Aggregation, conversation: Conversation) -> Iterator[Any]:
    """The terms, or the numbers of the ranges, that a conversation belongs to."""
    for value in _values(aggregation, conversation):
        if aggregation.type == "termFrequency":
            yield as_text(value)
            continue
        number = as_number(value)
        for position, bounds in enumerate(aggregation.ranges or ()):
            if (
                number is not None
                and (bounds.gte is None or number >= bounds.gte)
                and (bounds.lt is None or number < bounds.lt)
            ):
                yield position


def _values(aggregation: Aggregation, conversation: Conversation) -> Iterator[Any]:
    dimension, metric = aggregation.dimension, aggregation.metric
    if dimension is not None:
        if dimension in vocabulary.CONVERSATION.dimensions:
            yield from conversation_values(conversation, dimension)
        else:
            for context in segments_of(conversation):
                yield from segment_values(context, dimension)
    elif metric == "tSegmentDuration":
        for context in segments_of(conversation):
            yield segment_duration(context)
    elif metric is not None:
        yield conversation_metric(conversation, metric)


def _result(aggregation: Aggregation, counter: Counter[Any]) -> dict[str, Any]:
    result: dict[str, Any] = {"type": aggregation.type}
    if aggregation.dimension is not None:
        result["dimension"] = aggregation.dimension
    if aggregation.metric is not None:
        result["metric"] = aggregation.metric
    if aggregation.type == "termFrequency":
        ranked = sorted(counter.items(), key=lambda item: (-item[1], item[0]))
        terms = ranked[: aggregation.size or _DEFAULT_TERMS]
        result["results"] = [{"count": count, "value": term} for term, count in terms]
        return result
    result["results"] = [
        {
            "count": counter[position],
            **({} if bounds.gte is None else {"gte": bounds.gte}),
            **({} if bounds.lt is None else {"lt": bounds.lt}),
        }
        for position, bounds in enumerate(aggregation.ranges or ())
    ]
    return result
