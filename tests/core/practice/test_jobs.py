"""Details jobs over the wire (contract §2.4, quirks 1, 3 and 21)."""

from __future__ import annotations

import base64
import time
from datetime import datetime
from typing import Any

import httpx
import pytest

from desktop_app.practice.server import PracticeServer

JOBS = "/api/v2/analytics/conversations/details/jobs"
DAY = "2026-03-03T00:00:00.000Z/2026-03-04T00:00:00.000Z"
Json = dict[str, Any]


def submit(api: httpx.Client, interval: str = DAY, **more: object) -> str:
    answer = api.post(JOBS, json={"interval": interval, **more})
    assert answer.status_code == 202
    job_id: str = answer.json()["jobId"]
    return job_id


def states_until_done(api: httpx.Client, job_id: str) -> list[str]:
    """Every state on the way; the work is done by another thread, hence the deadline."""
    states: list[str] = []
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        status = api.get(f"{JOBS}/{job_id}").json()
        if not states or states[-1] != status["state"]:
            states.append(status["state"])
        if states[-1] not in ("QUEUED", "PENDING"):
            return states
    pytest.fail(f"the job never ended: {states}")


def results(api: httpx.Client, job_id: str, **params: Any) -> Json:
    answer: Json = api.get(f"{JOBS}/{job_id}/results", params=params).json()
    return answer


def finished(api: httpx.Client, interval: str = DAY, **more: object) -> list[Json]:
    job_id = submit(api, interval, **more)
    assert states_until_done(api, job_id)[-1] == "FULFILLED"
    found: list[Json] = results(api, job_id).get("conversations", [])
    return found


def test_a_job_goes_through_its_states(api: httpx.Client) -> None:
    job_id = submit(api)
    assert api.get(f"{JOBS}/{job_id}/results").status_code == 400
    assert states_until_done(api, job_id) == ["QUEUED", "PENDING", "FULFILLED"]
    status = api.get(f"{JOBS}/{job_id}").json()
    assert status["submissionDate"] <= status["completionDate"] < status["expirationDate"]


def test_results_come_by_cursor(api: httpx.Client) -> None:
    job_id = submit(api)
    states_until_done(api, job_id)
    pages = [results(api, job_id, pageSize=5)]
    while "cursor" in pages[-1]:
        cursor = pages[-1]["cursor"]
        assert cursor.endswith("=")
        assert base64.b64decode(cursor)
        pages.append(results(api, job_id, pageSize=5, cursor=cursor))
    assert [len(page["conversations"]) for page in pages] == [5, 5, 3]
    ids = [c["conversationId"] for page in pages for c in page["conversations"]]
    assert len(set(ids)) == 13
    assert "." not in pages[0]["dataAvailabilityDate"]
    assert results(api, job_id, pageSize=5, cursor=pages[0]["cursor"]) == pages[1]


def test_attributes_come_cut(api: httpx.Client) -> None:
    attributes = finished(api)[0]["participants"][0]["attributes"]
    assert attributes["Customer ANI"] == "tel:+442079460001"
    assert len(attributes["long"]) == 1024


def test_jobs_match_the_whole_lifetime_unless_told(api: httpx.Client) -> None:
    lasting = "00000000-0000-4000-8000-000000000007"
    overlapping = [c["conversationId"] for c in finished(api)]
    assert len(overlapping) == 13
    assert lasting in overlapping
    by_start = finished(api, startOfDayIntervalMatching=True)
    assert len(by_start) == 12
    narrow = "2026-03-03T10:00:00Z/2026-03-03T11:00:00Z"
    assert [c["conversationStart"] for c in finished(api, narrow)] == [
        "2026-03-02T14:30:00.000Z",
        "2026-03-03T10:30:00.000Z",
    ]


def test_filters_order_and_limit(api: httpx.Client) -> None:
    email = {"type": "dimension", "dimension": "mediaType", "value": "email"}
    found = finished(api, segmentFilters=[{"type": "and", "predicates": [email]}], order="desc")
    starts = [c["conversationStart"] for c in found]
    assert len(starts) == 3
    assert starts == sorted(starts, reverse=True)
    assert len(finished(api, limit=2)) == 2


def test_nothing_found(api: httpx.Client) -> None:
    job_id = submit(api, "2026-01-05T00:00:00Z/2026-01-06T00:00:00Z")
    states_until_done(api, job_id)
    assert set(results(api, job_id)) == {"dataAvailabilityDate"}


def test_the_data_lake_lags(api: httpx.Client, server: PracticeServer) -> None:
    available = api.get(f"{JOBS}/availability").json()["dataAvailabilityDate"]
    assert available.endswith("Z")
    assert "." not in available
    lag = server.contacts.interval[1] / 1000 - datetime.fromisoformat(available).timestamp()
    assert lag == 6 * 3600
    last_day = "2026-03-29T00:00:00.000Z/2026-03-30T00:00:00.000Z"
    starts = [c["conversationStart"] for c in finished(api, last_day)]
    assert max(starts) < available
    assert len(finished(api, last_day, startOfDayIntervalMatching=True)) == 9


def test_a_cancelled_job_has_no_results(api: httpx.Client) -> None:
    job_id = submit(api)
    assert api.delete(f"{JOBS}/{job_id}").status_code == 200
    assert api.get(f"{JOBS}/{job_id}").json()["state"] == "CANCELLED"
    assert api.get(f"{JOBS}/{job_id}/results").status_code == 404


def test_other_peoples_jobs_are_not_there(api: httpx.Client, server: PracticeServer) -> None:
    job_id = submit(api)
    other = {"Authorization": f"Bearer {server.issue_token('other_organization')}"}
    for method, path in (("GET", ""), ("DELETE", ""), ("GET", "/results")):
        url = f"{server.api_url}{JOBS}/{job_id}{path}"
        assert httpx.request(method, url, headers=other).status_code == 404
    assert api.get(f"{JOBS}/no-such-job").status_code == 404


@pytest.mark.parametrize("params", [{"cursor": "x"}, {"cursor": "eA=="}, {"pageSize": "1001"}])
def test_pages_that_are_refused(api: httpx.Client, params: dict[str, str]) -> None:
    job_id = submit(api)
    states_until_done(api, job_id)
    assert api.get(f"{JOBS}/{job_id}/results", params=params).status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        {"interval": DAY, "paging": {"pageSize": 1, "pageNumber": 1}},
        {"interval": DAY, "aggregations": []},
        {"interval": DAY, "limit": 0},
        {"interval": "2026-03-01T00:00:00Z/2026-04-01T00:00:01Z"},
    ],
)
def test_bodies_that_are_refused(api: httpx.Client, body: Json) -> None:
    assert api.post(JOBS, json=body).status_code == 400
