"""What filters say about a conversation (contract §2.1)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from desktop_app.practice import vocabulary
from desktop_app.practice.errors import ApiError
from desktop_app.practice.predicates import matcher, segment_values, segments_of
from desktop_app.practice.queries import read_conversation_query

INTERVAL = "2026-03-02T00:00:00.000Z/2026-03-03T00:00:00.000Z"
CONVERSATION: dict[str, Any] = {
    "conversationId": "c-1",
    "conversationStart": "2026-03-02T10:00:00.000Z",
    "conversationEnd": "2026-03-02T10:05:00.000Z",
    "divisionIds": ["d-1", "d-2"],
    "mediaStatsMinConversationMos": 4.5,
    "customerParticipation": True,
    "evaluations": [
        {"formId": "f-1", "oTotalScore": 40, "released": False},
        {"formId": "f-2", "oTotalScore": 90, "released": True},
    ],
    "surveys": [{"surveyStatus": "Finished", "oSurveyTotalScore": 7}],
    "resolutions": [{"nNextContactAvoided": 1}],
    "participants": [
        {
            "purpose": "customer",
            "externalContactId": "x-1",
            "sessions": [
                {
                    "mediaType": "voice",
                    "ani": "tel:+442079460001",
                    "metrics": [{"name": "tTalk", "value": 100}],
                    "segments": [
                        {
                            "segmentType": "ivr",
                            "segmentStart": "2026-03-02T10:00:00.000Z",
                            "segmentEnd": "2026-03-02T10:00:10.000Z",
                        }
                    ],
                }
            ],
        },
        {
            "purpose": "agent",
            "userId": "u-1",
            "sessions": [
                {
                    "mediaType": "voice",
                    "requestedRoutings": ["Standard", "Bullseye"],
                    "flow": {
                        "flowName": "Main",
                        "outcomes": [{"flowOutcomeValue": "FAILURE"}],
                    },
                    "metrics": [{"name": "tTalk", "value": 250}],
                    "segments": [
                        {
                            "segmentType": "interact",
                            "segmentStart": "2026-03-02T10:01:00.000Z",
                            "segmentEnd": "2026-03-02T10:04:00.000Z",
                            "queueId": "q-1",
                            "conference": False,
                            "sipResponseCodes": [486, 503],
                            "requestedRoutingSkillIds": ["s-1"],
                            "scoredAgents": [{"scoredAgentId": "u-9"}],
                            "properties": [
                                {"property": "p", "propertyType": "string", "value": "v"}
                            ],
                        },
                        {"segmentType": "wrapup", "segmentStart": "2026-03-02T10:04:00.000Z"},
                    ],
                }
            ],
        },
    ],
}


def dimension(name: str, value: str | None = None, operator: str = "matches") -> dict[str, Any]:
    predicate = {"type": "dimension", "dimension": name, "operator": operator}
    return predicate if value is None else {**predicate, "value": value}


def metric(name: str, **bounds: float) -> dict[str, Any]:
    return {"type": "metric", "metric": name, "range": bounds}


def holds(kind: str, *predicates: dict[str, Any], join: str = "and") -> bool:
    return filters_hold({f"{kind}Filters": [{"type": join, "predicates": list(predicates)}]})


def filters_hold(filters: dict[str, Any]) -> bool:
    body = json.dumps({"interval": INTERVAL, **filters}).encode()
    return matcher(read_conversation_query(body))(CONVERSATION)


@pytest.mark.parametrize(
    ("predicate", "expected"),
    [
        (dimension("conversationId", "c-1"), True),
        (dimension("conversationId", "C-1"), False),
        (dimension("divisionId", "d-2"), True),
        (dimension("divisionId", "d-3"), False),
        (dimension("customerParticipation", "true"), True),
        (dimension("conversationEnd", operator="exists"), True),
        (dimension("externalTag", operator="exists"), False),
        (dimension("externalTag", operator="notExists"), True),
        (metric("tTalk", gte=350, lte=350), True),
        (metric("tTalk", gt=350), False),
        (metric("tTalk", lt=351), True),
        (metric("tAcw", gte=0), False),
        (metric("tConversationDuration", gte=300_000, lt=300_001), True),
        ({"type": "metric", "metric": "tTalk", "value": "350"}, True),
        ({"type": "metric", "metric": "tTalk", "operator": "exists"}, True),
        ({"type": "metric", "metric": "tAbandon", "operator": "notExists"}, True),
        (
            {
                "type": "dimension",
                "dimension": "mediaStatsMinConversationMos",
                "range": {"gte": 4.4, "lt": 4.6},
            },
            True,
        ),
        (
            {
                "type": "dimension",
                "dimension": "conversationStart",
                "range": {"gte": 1_772_445_600_000, "lt": 1_772_445_600_001},
            },
            True,
        ),
    ],
)
def test_conversation_predicates(predicate: dict[str, Any], expected: bool) -> None:
    assert holds("conversation", predicate) is expected


@pytest.mark.parametrize(
    ("predicate", "expected"),
    [
        (dimension("mediaType", "voice"), True),
        (dimension("purpose", "agent"), True),
        (dimension("purpose", "acd"), False),
        (dimension("userId", "u-1"), True),
        (dimension("ani", "tel:+442079460001"), True),
        (dimension("canonicalExternalContactId", "x-1"), True),
        (dimension("requestedRouting", "Bullseye"), True),
        (dimension("requestedRoutingSkillId", "s-1"), True),
        (dimension("flowName", "Main"), True),
        (dimension("flowOutcomeValue", "FAILURE"), True),
        (dimension("scoredAgentId", "u-9"), True),
        (dimension("sipResponseCode", "503"), True),
        (dimension("conference", "false"), True),
        (dimension("segmentEnd", operator="notExists"), True),
        (dimension("wrapUpCode", operator="exists"), False),
        (metric("tSegmentDuration", gte=180_000), True),
        (metric("tSegmentDuration", gt=180_000), False),
        ({"type": "property", "property": "p", "propertyType": "string", "value": "v"}, True),
        ({"type": "property", "property": "p", "propertyType": "uuid", "value": "v"}, False),
    ],
)
def test_segment_predicates(predicate: dict[str, Any], expected: bool) -> None:
    assert holds("segment", predicate) is expected


def test_one_filter_is_about_one_segment() -> None:
    ivr, agent = dimension("segmentType", "ivr"), dimension("purpose", "agent")
    assert not holds("segment", ivr, agent)
    assert holds("segment", ivr, agent, join="or")
    apart = [{"type": "and", "predicates": [ivr]}, {"type": "and", "predicates": [agent]}]
    assert filters_hold({"segmentFilters": apart})


def test_filters_and_lists_combine_with_and() -> None:
    yes = {"type": "and", "predicates": [dimension("segmentType", "ivr")]}
    no = {"type": "and", "predicates": [dimension("segmentType", "hold")]}
    assert not filters_hold({"segmentFilters": [yes, no]})
    other = {"type": "and", "predicates": [dimension("conversationId", "c-2")]}
    assert not filters_hold({"segmentFilters": [yes], "conversationFilters": [other]})


def test_clauses_are_the_second_level() -> None:
    ivr, talk = dimension("segmentType", "ivr"), dimension("segmentType", "interact")
    agent, voice = dimension("purpose", "agent"), dimension("mediaType", "voice")
    either = {"type": "or", "predicates": [ivr, talk]}
    both = {"type": "and", "predicates": [agent, voice]}
    assert filters_hold({"segmentFilters": [{"type": "and", "clauses": [either, both]}]})
    only_ivr = {"type": "or", "predicates": [ivr]}
    assert not filters_hold({"segmentFilters": [{"type": "and", "clauses": [only_ivr, both]}]})
    mixed = {"type": "or", "clauses": [only_ivr], "predicates": [agent]}
    assert filters_hold({"segmentFilters": [mixed]})


def test_evaluations_surveys_and_resolutions() -> None:
    assert holds("evaluation", dimension("released", "true"), metric("oTotalScore", gte=90))
    assert not holds("evaluation", dimension("released", "false"), metric("oTotalScore", gte=90))
    assert holds("survey", dimension("surveyStatus", "Finished"), metric("oSurveyTotalScore", lt=8))
    assert holds("resolution", metric("nNextContactAvoided", gte=1))
    assert not holds("resolution", metric("nNextContactAvoided", gt=1))


@pytest.mark.parametrize(
    ("kind", "predicate"),
    [
        ("conversation", dimension("mediaType", "voice")),
        ("conversation", metric("tSegmentDuration", gt=1)),
        ("conversation", {**dimension("conversationId", "c-1"), "operator": "contains"}),
        ("conversation", dimension("conversationId")),
        ("conversation", dimension("conversationId", "c-1", "exists")),
        ("conversation", {"dimension": "conversationId", "value": "c-1"}),
        ("conversation", {**dimension("conversationId", "c-1"), "metric": "tTalk"}),
        ("conversation", {**metric("tTalk", gt=1), "value": "3"}),
        ("conversation", {"type": "metric", "metric": "tTalk", "value": "long"}),
        ("conversation", metric("tTalk")),
        ("conversation", {"type": "property", "property": "p", "value": "v"}),
        ("segment", dimension("conversationId", "c-1")),
        ("segment", metric("tTalk", gt=1)),
        ("segment", {"type": "property", "property": "p", "value": "v"}),
        ("segment", {**dimension("ani", "x"), "caseSensitive": True}),
        ("evaluation", dimension("surveyStatus", "Finished")),
        ("survey", metric("oTotalScore", gt=1)),
        ("resolution", dimension("queueId", "q")),
    ],
)
def test_predicates_that_are_refused(kind: str, predicate: dict[str, Any]) -> None:
    with pytest.raises(ApiError) as refused:
        holds(kind, predicate)
    assert refused.value.status == 400


@pytest.mark.parametrize(
    "segment_filter",
    [
        {"type": "and"},
        {"type": "and", "predicates": []},
        {"predicates": [dimension("ani", "x")]},
        {"type": "xor", "predicates": [dimension("ani", "x")]},
        {"type": "and", "clauses": [{"type": "and", "predicates": []}]},
        {"type": "and", "clauses": [{"type": "and", "clauses": []}]},
        {
            "type": "and",
            "clauses": [
                {
                    "type": "or",
                    "predicates": [dimension("ani", "x")],
                    "clauses": [{"type": "or", "predicates": [dimension("ani", "x")]}],
                }
            ],
        },
    ],
)
def test_filters_that_are_refused(segment_filter: dict[str, Any]) -> None:
    with pytest.raises(ApiError):
        filters_hold({"segmentFilters": [segment_filter]})


def test_every_segment_dimension_can_be_read() -> None:
    context = list(segments_of(CONVERSATION))[1]
    found = {name for name in vocabulary.SEGMENT.dimensions if segment_values(context, name)}
    assert {"queueId", "purpose", "mediaType", "flowName", "sipResponseCode"} <= found
    assert "wrapUpCode" not in found
