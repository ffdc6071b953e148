"""details/query and the reads by id, over the wire (contract §2.1 to §2.4)."""

from __future__ import annotations

import threading
from typing import Any

import httpx
import numpy as np
import pytest
from numpy.typing import NDArray

from desktop_app.practice.history import History, approximate
from desktop_app.practice.queries import parse_interval, read_conversation_query
from desktop_app.practice.server import PracticeServer
from desktop_app.practice.tenants import NoContacts, OtherDirectory

DETAILS = "/api/v2/analytics/conversations/details"
DAY = "2026-03-02T00:00:00.000Z/2026-03-03T00:00:00.000Z"
WEEK = "2026-03-02T00:00:00.000Z/2026-03-09T00:00:00.000Z"
VOICE = {
    "type": "and",
    "predicates": [
        {"type": "dimension", "dimension": "mediaType", "operator": "matches", "value": "voice"}
    ],
}
Json = dict[str, Any]


def ask(api: httpx.Client, interval: str = DAY, **more: object) -> httpx.Response:
    return api.post(f"{DETAILS}/query", json={"interval": interval, **more})


def page(api: httpx.Client, number: int, size: int, interval: str = DAY, **more: object) -> Json:
    paging = {"pageSize": size, "pageNumber": number}
    answer: Json = ask(api, interval, paging=paging, **more).json()
    return answer


def ids(answer: Json) -> list[str]:
    return [conversation["conversationId"] for conversation in answer.get("conversations", [])]


def test_a_day_comes_in_pages_of_the_asked_size(api: httpx.Client) -> None:
    first, second, third = (page(api, number, 5) for number in (1, 2, 3))
    assert [len(ids(each)) for each in (first, second, third)] == [5, 5, 2]
    assert len({*ids(first), *ids(second), *ids(third)}) == 12
    assert {each["totalHits"] for each in (first, second, third)} == {12}
    starts = [c["conversationStart"] for c in first["conversations"]]
    assert starts == sorted(starts)


def test_nothing_found_is_a_count_without_conversations(api: httpx.Client) -> None:
    empty = ask(api, "2026-01-05T00:00:00Z/2026-01-06T00:00:00Z")
    assert empty.json() == {"totalHits": 0}
    assert page(api, 9, 5) == {"totalHits": 12}


def test_the_default_page_holds_25(api: httpx.Client) -> None:
    assert len(ids(ask(api, WEEK).json())) == 25


@pytest.mark.parametrize(
    ("interval", "days"),
    [
        (DAY, 1),
        ("2026-03-02T10:00:00.000Z/2026-03-02T10:00:00.001Z", 1),
        ("2026-03-02T23:59:59.999Z/2026-03-03T00:00:00.001Z", 2),
        ("2026-03-02T23:30:00+01:00/2026-03-03T00:30:00+01:00", 1),
        ("2026-03-03T00:30:00+01:00/2026-03-03T01:30:00+01:00", 2),
    ],
)
def test_whole_utc_days_are_matched(api: httpx.Client, interval: str, days: int) -> None:
    assert ask(api, interval).json()["totalHits"] == 12 * days


def test_a_contact_is_matched_by_its_start_only(api: httpx.Client) -> None:
    """Number 7 of the day before lasts into this day and is missed all the same."""
    found = ids(page(api, 1, 100, "2026-03-03T00:00:00Z/2026-03-03T01:00:00Z"))
    assert "00000000-0000-4000-8000-000000000007" not in found


def test_order(api: httpx.Client) -> None:
    ascending = ids(page(api, 1, 100))
    assert ids(page(api, 1, 100, order="desc")) == ascending[::-1]
    unordered = ids(page(api, 1, 100, order="unordered"))
    assert sorted(unordered) == ascending
    assert unordered == ids(page(api, 1, 100, order="unordered"))
    by_end = page(api, 1, 100, orderBy="conversationEnd")["conversations"]
    ends = [conversation["conversationEnd"] for conversation in by_end]
    assert ends == sorted(ends)
    assert [c["conversationId"] for c in by_end] != ascending


def test_filters_are_evaluated(api: httpx.Client) -> None:
    voice = page(api, 1, 100, segmentFilters=[VOICE])
    assert voice["totalHits"] == 9
    media = {c["participants"][0]["sessions"][0]["mediaType"] for c in voice["conversations"]}
    assert media == {"voice"}


@pytest.mark.parametrize(
    ("interval", "more", "status"),
    [
        (WEEK, {}, 200),
        ("2026-03-02T00:00:00.000Z/2026-03-09T00:00:00.001Z", {}, 400),
        ("2026-03-02T00:00:00.000Z/2026-03-09T00:00:00.001Z", {"segmentFilters": []}, 400),
        ("2026-03-01T00:00:00.000Z/2026-04-01T00:00:00.000Z", {"segmentFilters": [VOICE]}, 200),
        ("2026-03-01T00:00:00.000Z/2026-04-01T00:00:00.001Z", {"segmentFilters": [VOICE]}, 400),
    ],
)
def test_interval_limits(
    api: httpx.Client, interval: str, more: dict[str, object], status: int
) -> None:
    assert ask(api, interval, **more).status_code == status


@pytest.mark.parametrize(
    "interval",
    [
        "2026-03-03T00:00:00Z/2026-03-02T00:00:00Z",
        "2026-03-02T00:00:00Z/2026-03-02T00:00:00Z",
        "2026-03-02/2026-03-03",
        "2026-03-02T00:00:00Z",
        "2026-03-02T00:00:00/2026-03-03T00:00:00",
        "2026-02-30T00:00:00Z/2026-03-03T00:00:00Z",
        "2026-03-02T00:00:00Z/P1D",
        "",
    ],
)
def test_intervals_that_are_none(api: httpx.Client, interval: str) -> None:
    refused = ask(api, interval)
    assert refused.status_code == 400
    assert refused.json()["code"] == "invalid.date"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"interval": DAY, "fields": ["conversationId"]},
        {"interval": DAY, "paging": {"pageSize": 10}},
        {"interval": DAY, "paging": {"pageNumber": 1}},
        {"interval": DAY, "paging": {"pageSize": 0, "pageNumber": 1}},
        {"interval": DAY, "paging": {"pageSize": 101, "pageNumber": 1}},
        {"interval": DAY, "paging": {"pageSize": 10, "pageNumber": 0}},
        {"interval": DAY, "paging": {"pageSize": "10", "pageNumber": 1}},
        {"interval": DAY, "order": "up"},
        {"interval": DAY, "orderBy": "duration"},
        {"interval": DAY, "limit": 5},
        {"interval": DAY, "aggregations": [{"type": "termFrequency", "dimension": "colour"}]},
        [],
    ],
)
def test_bodies_that_are_refused(api: httpx.Client, body: object) -> None:
    refused = api.post(f"{DETAILS}/query", json=body)
    assert refused.status_code == 400
    error = refused.json()
    assert error["contextId"] == refused.headers["ININ-Correlation-Id"]
    assert (error["status"], error["code"]) == (400, error["code"])
    assert error["message"]


def test_bodies_that_are_no_json(api: httpx.Client) -> None:
    url = f"{DETAILS}/query"
    as_json = {"Content-Type": "application/json"}
    for broken in (b"{", b"", b"\xff\xfe", b"null"):
        assert api.post(url, content=broken, headers=as_json).status_code == 400
    text = api.post(url, content=b"{}", headers={"Content-Type": "text/plain"})
    assert (text.status_code, text.json()["code"]) == (415, "unsupported.media.type")
    big = api.post(url, content=b" " * 512_001, headers=as_json)
    assert (big.status_code, big.json()["code"]) == (413, "request.entity.too.large")


def test_no_page_beyond_a_hundred_thousand_results(api: httpx.Client) -> None:
    assert page(api, 1000, 100)["totalHits"] == 12
    refused = ask(api, paging={"pageSize": 100, "pageNumber": 1001})
    assert refused.status_code == 400
    assert "may not exceed 100000 results" in refused.json()["message"]


def test_hits_are_exact_below_ten_thousand_and_near_above() -> None:
    assert [approximate(hits) for hits in (0, 12, 9_999)] == [0, 12, 9_999]
    for hits in (10_000, 12_345, 99_999, 1_000_000):
        assert abs(approximate(hits) - hits) <= hits * 0.005
    assert approximate(12_345) == approximate(12_345)
    assert any(approximate(hits) != hits for hits in range(10_000, 10_010))


def test_aggregations(api: httpx.Client) -> None:
    asked = [
        {"type": "termFrequency", "dimension": "mediaType"},
        {"type": "termFrequency", "dimension": "originatingDirection", "size": 1},
        {
            "type": "numericRange",
            "metric": "tTalk",
            "ranges": [{"lt": 2000}, {"gte": 2000, "lt": 5000}, {"gte": 5000}],
        },
    ]
    media, direction, talk = ask(api, aggregations=asked).json()["aggregations"]
    assert media["results"] == [{"count": 9, "value": "voice"}, {"count": 3, "value": "email"}]
    assert direction["results"] == [{"count": 8, "value": "inbound"}]
    assert [bucket["count"] for bucket in talk["results"]] == [2, 3, 7]


def test_one_contact_and_several(api: httpx.Client) -> None:
    known = [f"00000000-0000-4000-8000-{n:012d}" for n in (3, 1)]
    one = api.get(f"/api/v2/analytics/conversations/{known[0]}/details").json()
    assert one["conversationId"] == known[0]
    assert "attributes" not in one["participants"][0]
    unknown = "00000000-0000-4000-8000-000000999999"
    several = api.get(DETAILS, params={"id": ",".join([*known, unknown, known[0]])})
    assert ids(several.json()) == known
    assert api.get(DETAILS, params={"id": unknown}).json() == {}
    missing = api.get(f"/api/v2/analytics/conversations/{unknown}/details")
    assert (missing.status_code, missing.json()["code"]) == (404, "not.found")
    assert api.get(DETAILS).status_code == 400
    too_many = ",".join(f"00000000-0000-4000-8000-{n:012d}" for n in range(101))
    assert api.get(DETAILS, params={"id": too_many}).status_code == 400


def test_who_lacks_the_permission_is_told_its_name(server: PracticeServer) -> None:
    headers = {"Authorization": f"Bearer {server.issue_token('no_analytics')}"}
    refused = httpx.post(
        f"{server.api_url}{DETAILS}/query", json={"interval": DAY}, headers=headers
    )
    assert refused.status_code == 403
    body = refused.json()
    assert body["code"] == "missing.any.permissions"
    assert body["message"].endswith(
        "assigned: [analytics:conversationDetail:view, analytics:agentConversationDetail:view]"
    )


def test_another_organization_sees_none_of_it(server: PracticeServer) -> None:
    headers = {"Authorization": f"Bearer {server.issue_token('other_organization')}"}
    url = f"{server.api_url}{DETAILS}"
    assert httpx.post(f"{url}/query", json={"interval": DAY}, headers=headers).json() == {
        "totalHits": 0
    }
    mine = {"id": "00000000-0000-4000-8000-000000000001"}
    assert httpx.get(url, params=mine, headers=headers).json() == {}


class _NothingMayBeGenerated(NoContacts):
    def __len__(self) -> int:
        return len(self.start_ms)


def _history(start_ms: NDArray[np.int64], now_ms: int) -> History:
    contacts = _NothingMayBeGenerated(OtherDirectory(), (0, 0), start_ms)
    return History(contacts, lambda: now_ms, threading.Event())


def test_a_million_contacts_are_counted_without_generating_one() -> None:
    start, end = parse_interval(WEEK)
    starts = np.linspace(start, end, 1_000_000, endpoint=False).astype(np.int64)
    history = _history(starts, end)
    query = read_conversation_query(b'{"interval": "%b", "order": "desc"}' % WEEK.encode())
    found = history.query(query)
    assert len(found) == 1_000_000
    assert found[0] == 999_999


def test_what_begins_later_does_not_exist_yet() -> None:
    start, end = parse_interval(DAY)
    starts = np.arange(start, end, 3_600_000, dtype=np.int64)
    history = _history(starts, start + 10 * 3_600_000)
    query = read_conversation_query(b'{"interval": "%b"}' % DAY.encode())
    assert len(history.query(query)) == 11
