"""The bodies of details/query and details/jobs, read strictly (contract §2.1, §2.2, §2.4).

Unknown fields, unknown dimensions, intervals that are too long and incomplete paging are 400s,
as the service's are; where it isn't known which of two readings holds, the stricter is taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Literal, TypeVar

import msgspec

from . import vocabulary
from .errors import ApiError, bad_request
from .vocabulary import Vocabulary

DAY_MS = 86_400_000
MAX_DAYS_UNFILTERED = 7
MAX_DAYS_FILTERED = 31
MAX_PAGE_SIZE = 100
MAX_RESULTS = 100_000
DEFAULT_PAGE_SIZE = 25

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_INSTANT = re.compile(
    r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+-]\d{2}:?\d{2})"
)

Order = Literal["asc", "desc", "unordered"]
OrderBy = Literal["conversationStart", "conversationEnd", "segmentStart", "segmentEnd"]
_B = TypeVar("_B", bound="DetailQuery")


class Body(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """Base of all parts of a body."""


class NumericRange(Body):
    gt: float | None = None
    gte: float | None = None
    lt: float | None = None
    lte: float | None = None

    def holds(self, value: float) -> bool:
        return (
            (self.gt is None or value > self.gt)
            and (self.gte is None or value >= self.gte)
            and (self.lt is None or value < self.lt)
            and (self.lte is None or value <= self.lte)
        )

    @property
    def is_empty(self) -> bool:
        return self.gt is None and self.gte is None and self.lt is None and self.lte is None


class Predicate(Body):
    type: Literal["dimension", "property", "metric"]
    dimension: str | None = None
    metric: str | None = None
    property: str | None = None
    property_type: Literal["bool", "integer", "real", "date", "string", "uuid"] | None = None
    operator: Literal["matches", "exists", "notExists"] = "matches"
    value: str | None = None
    range: NumericRange | None = None


class Clause(Body):
    type: Literal["and", "or"]
    predicates: list[Predicate]


class Filter(Body):
    type: Literal["and", "or"]
    predicates: list[Predicate] | None = None
    clauses: list[Clause] | None = None


class Paging(Body):
    page_size: int
    page_number: int


class AggregationRange(Body):
    gte: float | None = None
    lt: float | None = None


class Aggregation(Body):
    type: Literal["termFrequency", "numericRange"]
    dimension: str | None = None
    metric: str | None = None
    size: int | None = None
    ranges: list[AggregationRange] | None = None


class DetailQuery(Body, kw_only=True):
    """What both bodies have in common."""

    interval: str
    order: Order | None = None
    order_by: OrderBy | None = None
    conversation_filters: list[Filter] | None = None
    segment_filters: list[Filter] | None = None
    evaluation_filters: list[Filter] | None = None
    survey_filters: list[Filter] | None = None
    resolution_filters: list[Filter] | None = None

    @property
    def is_filtered(self) -> bool:
        return any(filters for _, filters in self.filter_lists())

    def filter_lists(self) -> Iterator[tuple[Vocabulary, list[Filter]]]:
        yield vocabulary.CONVERSATION, self.conversation_filters or []
        yield vocabulary.SEGMENT, self.segment_filters or []
        yield vocabulary.EVALUATION, self.evaluation_filters or []
        yield vocabulary.SURVEY, self.survey_filters or []
        yield vocabulary.RESOLUTION, self.resolution_filters or []

    def span_ms(self) -> tuple[int, int]:
        """The interval as epoch milliseconds, end exclusive."""
        return parse_interval(self.interval)


class ConversationQuery(DetailQuery, kw_only=True):
    aggregations: list[Aggregation] | None = None
    paging: Paging | None = None

    def page(self) -> tuple[int, int]:
        """The rows asked for, ``[first, last)`` of the whole result."""
        if self.paging is None:
            return 0, DEFAULT_PAGE_SIZE
        last = self.paging.page_size * self.paging.page_number
        return last - self.paging.page_size, last


class JobQuery(DetailQuery, kw_only=True):
    limit: int | None = None
    start_of_day_interval_matching: bool | None = None


def parse_interval(text: str) -> tuple[int, int]:
    """Both instants of an ISO-8601 interval ``start/end`` as epoch milliseconds."""
    parts = text.split("/")
    instants = [_INSTANT.fullmatch(part) for part in parts]
    if len(parts) != 2 or not all(instants):
        raise bad_request(f"Invalid interval: {text[:100]}", code="invalid.date")
    try:
        start, end = (_instant_ms(part) for part in parts)
    except ValueError:
        raise bad_request(f"Invalid interval: {text[:100]}", code="invalid.date") from None
    if start >= end:
        raise bad_request("The interval's end must be after its start.", code="invalid.date")
    return start, end


def _instant_ms(text: str) -> int:
    return (datetime.fromisoformat(text) - _EPOCH) // timedelta(milliseconds=1)


def read_conversation_query(body: bytes) -> ConversationQuery:
    """A checked query body, or the :class:`ApiError` 400 that says what is wrong with it."""
    query = _decode(body, ConversationQuery)
    paging = query.paging
    if paging is not None:
        if not 1 <= paging.page_size <= MAX_PAGE_SIZE:
            raise bad_request(f"paging.pageSize must be between 1 and {MAX_PAGE_SIZE}")
        if paging.page_number < 1:
            raise bad_request("paging.pageNumber must be at least 1")
        if paging.page_size * paging.page_number > MAX_RESULTS:
            raise bad_request(
                f"paging.pageSize * paging.pageNumber may not exceed {MAX_RESULTS} results"
            )
    for aggregation in query.aggregations or []:
        _check_aggregation(aggregation)
    return query


def read_job_query(body: bytes) -> JobQuery:
    """The same for the body of a job."""
    query = _decode(body, JobQuery)
    if query.limit is not None and query.limit < 1:
        raise bad_request("limit must be at least 1")
    return query


def _decode(body: bytes, shape: type[_B]) -> _B:
    try:
        query = msgspec.json.decode(body, type=shape)
    except msgspec.ValidationError as error:
        raise bad_request(str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise bad_request("The request could not be understood: malformed JSON.") from error
    for words, filters in query.filter_lists():
        for each in filters:
            _check_filter(each, words)
    _check_length(query)
    return query


def _check_length(query: DetailQuery) -> None:
    start, end = query.span_ms()
    days = MAX_DAYS_FILTERED if query.is_filtered else MAX_DAYS_UNFILTERED
    # The limit of 7 days without a filter is the query's. What holds for jobs is unknown, so they
    # get the longer of the two known limits.
    if isinstance(query, JobQuery):
        days = MAX_DAYS_FILTERED
    if end - start > days * DAY_MS:
        raise bad_request(f"The interval must not be longer than {days} days.")


def _check_filter(each: Filter, words: Vocabulary) -> None:
    predicates = list(each.predicates or [])
    for clause in each.clauses or []:
        if not clause.predicates:
            raise bad_request("A clause must have at least one predicate.")
        predicates += clause.predicates
    if not predicates:
        raise bad_request("A filter must have at least one predicate or clause.")
    for predicate in predicates:
        _check_predicate(predicate, words)


def _check_predicate(predicate: Predicate, words: Vocabulary) -> None:
    named = {
        kind: name
        for kind in ("dimension", "metric", "property")
        if (name := getattr(predicate, kind)) is not None
    }
    if set(named) != {predicate.type}:
        raise bad_request(f"A {predicate.type} predicate must name a {predicate.type} only.")
    name = named[predicate.type]
    known = {
        "dimension": name in words.dimensions,
        "metric": name in words.metrics,
        "property": words.properties and predicate.property_type is not None,
    }
    if not known[predicate.type]:
        raise _unknown(predicate.type, name)
    if predicate.type != "property" and predicate.property_type is not None:
        raise bad_request("propertyType belongs to property predicates only.")
    _check_operand(predicate)


def _check_operand(predicate: Predicate) -> None:
    has_range = predicate.range is not None
    has_value = predicate.value is not None
    if predicate.operator != "matches":
        if has_range or has_value:
            raise bad_request(f"The operator {predicate.operator} takes neither value nor range.")
        return
    if has_range == has_value:
        raise bad_request("The operator matches needs a value or a range.")
    if predicate.range is not None and predicate.range.is_empty:
        raise bad_request("A range must have at least one bound.")
    if predicate.type == "metric" and predicate.value is not None:
        try:
            float(predicate.value)
        except ValueError:
            raise bad_request("The value of a metric predicate must be a number.") from None


def _check_aggregation(aggregation: Aggregation) -> None:
    dimensions = vocabulary.CONVERSATION.dimensions | vocabulary.SEGMENT.dimensions
    metrics = vocabulary.CONVERSATION.metrics | vocabulary.SEGMENT.metrics
    if (aggregation.dimension is None) == (aggregation.metric is None):
        raise bad_request("An aggregation must name either a dimension or a metric.")
    if aggregation.dimension is not None and aggregation.dimension not in dimensions:
        raise _unknown("dimension", aggregation.dimension)
    if aggregation.metric is not None and aggregation.metric not in metrics:
        raise _unknown("metric", aggregation.metric)
    if aggregation.type == "termFrequency":
        if aggregation.dimension is None or aggregation.ranges:
            raise bad_request("A termFrequency aggregation takes a dimension and no ranges.")
        if aggregation.size is not None and aggregation.size < 1:
            raise bad_request("The size of an aggregation must be at least 1.")
    elif not aggregation.ranges:
        raise bad_request("A numericRange aggregation needs ranges.")


def _unknown(kind: str, name: str) -> ApiError:
    return bad_request(f"Unknown {kind}: {name[:100]}", code="invalid.value")
