"""What a person may see, and in which words they are told what they may not."""

from __future__ import annotations

import pytest

from desktop_app.core.signin.permissions import Feature, Rights

EVERYTHING = frozenset(
    {
        "analytics:conversationDetail:view",
        "routing:queue:search",
        "recording:recording:view",
        "speechAndTextAnalytics:data:view",
        "quality:evaluation:view",
    }
)


def test_somebody_with_all_of_them_is_told_nothing() -> None:
    rights = Rights(EVERYTHING)
    assert all(rights.may(feature) for feature in Feature)
    assert rights.lacks == () and rights.summary == ""


def test_where_the_service_does_not_say_all_may_be_tried() -> None:
    rights = Rights(None)
    assert all(rights.may(feature) for feature in Feature) and rights.summary == ""


@pytest.mark.parametrize(
    ("feature", "permission"),
    [
        (Feature.HISTORY, "analytics:conversationDetail:view"),
        (Feature.QUEUES, "routing:queue:search"),
        (Feature.RECORDINGS, "recording:recording:view"),
        (Feature.TRANSCRIPTS, "speechAndTextAnalytics:data:view"),
        (Feature.EVALUATIONS, "quality:evaluation:view"),
    ],
)
def test_a_missing_permission_is_named(feature: Feature, permission: str) -> None:
    rights = Rights(EVERYTHING - {permission})
    assert not rights.may(feature)
    assert permission in rights.lack(feature)
    assert rights.lack(feature) in rights.summary
    assert "Ask a Genesys admin" in rights.summary


@pytest.mark.parametrize(
    "permission", ["analytics:agentConversationDetail:view", "analytics:*:*", "*:*:*"]
)
def test_one_of_several_and_wildcards_are_enough(permission: str) -> None:
    assert Rights(frozenset({permission})).may(Feature.HISTORY)


@pytest.mark.parametrize(
    "permission", ["analytics:*:edit", "analytics:*", "*", "quality:*:*", "analytics:*:view:x"]
)
def test_a_wildcard_covers_no_more_than_it_says(permission: str) -> None:
    assert not Rights(frozenset({permission})).may(Feature.HISTORY)


def test_transcripts_need_both() -> None:
    assert not Rights(frozenset({"speechAndTextAnalytics:data:view"})).may(Feature.TRANSCRIPTS)
    said = Rights(frozenset()).lack(Feature.TRANSCRIPTS)
    assert "recording:recording:view and speechAndTextAnalytics:data:view" in said


def test_each_lack_is_one_sentence_in_the_order_of_importance() -> None:
    lacks = Rights(frozenset()).lacks
    assert [lack.feature for lack in lacks] == list(Feature)
    assert all(lack.sentence.endswith(".") for lack in lacks)
