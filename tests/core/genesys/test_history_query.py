"""The details query: what is asked, and what comes back."""

from __future__ import annotations

import json

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.core.errors import IntervalError, RequestRefused
from desktop_app.core.genesys import wire
from desktop_app.core.genesys.history import (
    DETAILS,
    QUERY,
    RETENTION,
    PageRequest,
    Scope,
    body,
    fetch_contacts,
    fetch_page,
    fetch_retention_days,
)
from tests.core.genesys.scripted import forbidden, refused, scripted, sent
from tests.core.genesys.virtual_time import run

START = 1_790_000_000_000  # 2026-09-21T14:13:20Z
HOUR = 3_600_000
INBOUND = {
    "type": "or",
    "predicates": [{"type": "dimension", "dimension": "direction", "value": "inbound"}],
}


def test_a_plain_request_asks_for_interval_order_and_page() -> None:
    assert body(PageRequest(START, START + HOUR + 7, 3)) == {
        "interval": "2026-09-21T14:13:20.000Z/2026-09-21T15:13:20.007Z",
        "order": "asc",
        "orderBy": "conversationStart",
        "paging": {"pageSize": 100, "pageNumber": 3},
    }


def test_filters_and_order_go_along() -> None:
    request = PageRequest(
        START,
        START + HOUR,
        1,
        page_size=25,
        order="desc",
        scope=Scope(
            "direction:inbound",
            {"segmentFilters": [INBOUND], "conversationFilters": [INBOUND, INBOUND]},
        ),
    )
    asked = json.loads(json.dumps(body(request)))
    assert asked["order"] == "desc"
    assert asked["paging"] == {"pageSize": 25, "pageNumber": 1}
    assert asked["segmentFilters"] == [INBOUND]
    assert asked["conversationFilters"] == [INBOUND, INBOUND]


@given(st.integers(0, 4_000_000_000_000), st.integers(1, 31 * 24 * HOUR))
def test_the_interval_says_the_same_milliseconds(start_ms: int, length_ms: int) -> None:
    interval = body(PageRequest(start_ms, start_ms + length_ms, 1))["interval"]
    assert isinstance(interval, str)
    start, _, end = interval.partition("/")
    assert (wire.instant_ms(start), wire.instant_ms(end)) == (start_ms, start_ms + length_ms)


@pytest.mark.parametrize("end_ms", [START, START - 1])
def test_an_interval_that_does_not_run_forward_is_refused(end_ms: int) -> None:
    with pytest.raises(IntervalError):
        PageRequest(START, end_ms, 1)


@pytest.mark.parametrize(("number", "size"), [(0, 100), (1, 0), (-1, 100)])
def test_pages_count_from_one(number: int, size: int) -> None:
    with pytest.raises(ValueError, match="count from 1"):
        PageRequest(START, START + 1, number, size)


def test_a_page_keeps_its_conversations_as_they_came() -> None:
    conversation = b'{"conversationId":"c1",  "newField": [1e3, null, "\\u00e9"]}'
    asked: list[httpx.Request] = []

    def endpoint(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        content = b'{"totalHits": 1, "conversations": [' + conversation + b"]}"
        return httpx.Response(200, content=content, headers={"content-type": "application/json"})

    page = run(fetch_page(scripted(endpoint), PageRequest(START, START + HOUR, 1)))
    assert page.total_hits == 1
    assert [bytes(raw) for raw in page.conversations or []] == [conversation]
    (request,) = asked
    assert (request.method, request.url.path) == ("POST", QUERY)
    assert sent(request) == body(PageRequest(START, START + HOUR, 1))


@pytest.mark.parametrize(
    ("content", "total", "conversations"),
    [
        ('{"totalHits": 0}', 0, None),
        ('{"conversations": []}', None, []),
        ('{"conversations": null, "totalHits": null}', None, None),
        ("{}", None, None),
    ],
)
def test_either_half_of_a_page_may_be_missing(
    content: str, total: int | None, conversations: list[bytes] | None
) -> None:
    def endpoint(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=content, headers={"content-type": "application/json"})

    page = run(fetch_page(scripted(endpoint), PageRequest(START, START + HOUR, 1)))
    assert (page.total_hits, page.conversations) == (total, conversations)


def test_a_page_is_retried_although_it_is_a_post() -> None:
    answers = [httpx.Response(503), httpx.Response(429), httpx.Response(200, json={"totalHits": 2})]

    def endpoint(_: httpx.Request) -> httpx.Response:
        return answers.pop(0)

    page = run(fetch_page(scripted(endpoint), PageRequest(START, START + HOUR, 1)))
    assert page.total_hits == 2


@pytest.mark.parametrize("code", ["response.entity.too.large", "bad.request"])
def test_a_limit_of_the_service_arrives_with_its_code(code: str) -> None:
    client = scripted(lambda _: refused(code))
    with pytest.raises(RequestRefused) as caught:
        run(fetch_page(client, PageRequest(START, START + HOUR, 1)))
    assert (caught.value.status, caught.value.code) == (400, code)


def test_single_contacts_come_with_one_request_and_may_be_missing() -> None:
    def endpoint(request: httpx.Request) -> httpx.Response:
        assert (request.method, request.url.path) == ("GET", DETAILS)
        assert request.url.params["id"] == "a,b"
        return httpx.Response(200, json={"conversations": [{"conversationId": "a"}]})

    found = run(fetch_contacts(scripted(endpoint), ["a", "b"]))
    assert [bytes(raw) for raw in found] == [b'{"conversationId":"a"}']
    assert run(fetch_contacts(scripted(lambda _: httpx.Response(200, json={})), ["a"])) == []


@pytest.mark.parametrize(
    ("answer", "days"),
    [
        (httpx.Response(200, json={"retentionDays": 400}), 400),
        (httpx.Response(200, json={"retentionDays": 0}), None),
        (httpx.Response(200, json={}), None),
        (forbidden("analytics:dataRetention:view"), None),
        (refused(), None),
    ],
)
def test_how_long_contacts_are_kept_may_not_be_said(
    answer: httpx.Response, days: int | None
) -> None:
    def endpoint(request: httpx.Request) -> httpx.Response:
        assert request.url.path == RETENTION
        return answer

    assert run(fetch_retention_days(scripted(endpoint))) == days
