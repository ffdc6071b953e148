"""Scripted faults as a client meets them."""

from __future__ import annotations

import json
import socket
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from desktop_app.practice.faults import Faults, FaultScriptError, load_script, read_script
from desktop_app.practice.server import PracticeServer
from desktop_app.practice.settings import PracticeSettings
from desktop_app.practice.tenants import ContactSource

ME = "/api/v2/tokens/me"
QUERY = "/api/v2/analytics/conversations/details/query"
DAY = "2026-03-02T00:00:00.000Z/2026-03-03T00:00:00.000Z"


def rule(do: dict[str, object], **match: object) -> dict[str, object]:
    return {"match": match, "do": do}


def page_ids(api: httpx.Client, number: int) -> list[str]:
    paging = {"pageSize": 4, "pageNumber": number}
    answer: dict[str, Any] = api.post(QUERY, json={"interval": DAY, "paging": paging}).json()
    return [c["conversationId"][-2:] for c in answer.get("conversations", [])]


def test_which_requests_are_meant() -> None:
    faults = Faults()
    faults.append(rule({"status": 500}, path="/a/*", nth=2))
    faults.append(rule({"status": 501}, path="/a/*", nth=[3, 4]))
    faults.append(rule({"status": 502}, method="POST", nth=[2, None]))
    faults.append(rule({"status": 503}, path="/b", every=2))

    def statuses(method: str, path: str) -> list[int | None]:
        return [act.status for act in faults.decide(method, path).acts]

    assert [statuses("GET", "/a/b/c") for _ in range(5)] == [[], [500], [501], [501], []]
    assert [statuses("POST", "/c") for _ in range(3)] == [[], [502], [502]]
    assert [statuses("GET", "/b") for _ in range(4)] == [[], [503], [], [503]]
    assert [entry["seen"] for entry in faults.report()] == [5, 5, 3, 4]
    faults.clear()
    assert len(faults) == 0


@pytest.mark.parametrize(
    ("script", "complaint"),
    [
        ("{", "not JSON"),
        ('[{"match": {}, "do": {"explode": true}}]', "explode"),
        ('[{"match": {"nth": 0}, "do": {}}]', "nth counts from 1"),
        ('[{"match": {"every": 0}, "do": {}}]', ">= 1"),
        ('[{"match": {}}]', "do"),
        ('[{"match": {}, "do": {"status": 99}}]', ">= 200"),
    ],
)
def test_bad_scripts_say_what_is_wrong(script: str, complaint: str) -> None:
    with pytest.raises(FaultScriptError, match=complaint):
        read_script(script)


def test_a_script_file(tmp_path: Path, small_contacts: ContactSource) -> None:
    with pytest.raises(FaultScriptError, match="can't be read"):
        load_script(tmp_path / "missing.json")
    script = tmp_path / "faults.json"
    script.write_text(json.dumps([rule({"status": 503}, path="/style.css")]), encoding="utf-8")
    with PracticeServer(PracticeSettings(faults_file=script), contacts=small_contacts) as server:
        assert httpx.get(f"{server.login_url}/style.css").status_code == 503


def test_the_endpoint_needs_no_token(server: PracticeServer, api: httpx.Client) -> None:
    url = f"{server.api_url}/practice/faults"
    added = httpx.post(url, json=rule({"status": 500}, path=ME)).json()
    assert added[0]["do"]["status"] == 500
    assert api.get(ME).status_code == 500
    assert httpx.get(url).json()[0]["seen"] == 1
    assert httpx.post(url, content=b"nonsense").status_code == 400
    assert httpx.delete(url).json() == []
    assert api.get(ME).status_code == 200


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "bad.request"),
        (401, "bad.credentials"),
        (403, "missing.any.permissions"),
        (404, "not.found"),
        (500, "internal.server.error"),
        (502, "bad.gateway"),
        (503, "service.unavailable"),
        (504, "request.timeout"),
    ],
)
def test_statuses(server: PracticeServer, api: httpx.Client, status: int, code: str) -> None:
    server.faults.append(rule({"status": status}, path=ME))
    answer = api.get(ME)
    assert answer.status_code == status
    assert answer.json()["code"] == code
    assert answer.json()["contextId"] == answer.headers["ININ-Correlation-Id"]


def test_429_with_and_without_a_time(server: PracticeServer, api: httpx.Client) -> None:
    server.faults.append(rule({"status": 429}, nth=1))
    server.faults.append(rule({"status": 429, "retry_after": 13}, nth=2))
    server.faults.append(rule({"status": 429, "retry_in_message": 3}, nth=3))
    bare, header, message = (api.get(ME) for _ in range(3))
    assert "Retry-After" not in bare.headers
    assert bare.json()["message"] == "Rate limit exceeded the maximum."
    assert header.headers["Retry-After"] == "13"
    assert "[3] seconds" in message.json()["message"]
    assert "Retry-After" not in message.headers


def test_a_body_of_ones_own(server: PracticeServer, api: httpx.Client) -> None:
    server.faults.append(rule({"status": 200, "body": {"state": "FAILED"}}))
    assert api.get(ME).json() == {"state": "FAILED"}


def test_html_instead_of_json(server: PracticeServer, api: httpx.Client) -> None:
    server.faults.append(rule({"html": True}, nth=1))
    server.faults.append(rule({"html": True, "status": 502}, nth=2))
    portal, gateway = api.get(ME), api.get(ME)
    assert (portal.status_code, gateway.status_code) == (200, 502)
    for answer in (portal, gateway):
        assert answer.headers["Content-Type"] == "text/html"
        assert answer.text.startswith("<html>")


def test_401_ends_the_token(server: PracticeServer, api: httpx.Client) -> None:
    server.faults.append(rule({"unauthorized": True}, path=ME, nth=2))
    first, second, third = (api.get(ME) for _ in range(3))
    assert [a.status_code for a in (first, second, third)] == [200, 401, 401]
    assert second.json()["code"] == third.json()["code"] == "credentials.expired"
    api.headers["Authorization"] = f"Bearer {server.issue_token()}"
    assert api.get(ME).status_code == 200


def test_403_names_the_permission(server: PracticeServer, api: httpx.Client) -> None:
    server.faults.append(rule({"forbidden": "recording:recording:view"}))
    refused = api.get(ME)
    assert refused.status_code == 403
    assert "[recording:recording:view]" in refused.json()["message"]


def test_a_reset_before_and_within_the_answer(server: PracticeServer, api: httpx.Client) -> None:
    server.faults.append(rule({"reset": True}, nth=1))
    server.faults.append(rule({"reset": 10}, nth=2))
    with pytest.raises(httpx.NetworkError):
        api.get(ME)
    with pytest.raises(httpx.TransportError):
        api.get(ME)
    assert api.get(ME).status_code == 200
    assert [seen.status for seen in server.log] == [0, 200, 200]


def test_a_reset_is_a_reset(server: PracticeServer) -> None:
    """Not an orderly end: the peer's socket reports it."""
    server.faults.append(rule({"reset": True}))
    host, _, port = server.api_url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as raw:
        raw.sendall(f"GET {ME} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        with pytest.raises(ConnectionResetError):
            raw.recv(100)


@pytest.mark.parametrize("length", [0, 1, 50, 10_000])
def test_a_truncated_body(server: PracticeServer, api: httpx.Client, length: int) -> None:
    server.faults.append(rule({"truncate": length}, nth=1))
    received: list[bytes] = []
    with api.stream("GET", ME) as answer:
        announced = int(answer.headers["Content-Length"])
        with pytest.raises(httpx.RemoteProtocolError):
            received.extend(answer.iter_raw(1))
    assert len(received) == min(length, announced - 1)
    assert api.get(ME).status_code == 200


def test_a_slow_body_is_whole_in_the_end(server: PracticeServer, api: httpx.Client) -> None:
    whole = api.get("/api/v2/organizations/me").content
    server.faults.append(rule({"drip_ms_per_chunk": 1, "drip_chunk_bytes": 16}))
    assert api.get("/api/v2/organizations/me").content == whole


def test_latency_delays_and_stopping_does_not_wait_for_it(small_contacts: ContactSource) -> None:
    server = PracticeServer(PracticeSettings(), contacts=small_contacts)
    server.faults.append(rule({"latency_ms": 600_000}, path="/oauth/authorize"))
    server.start()
    url = f"{server.login_url}/oauth/authorize"
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(url, timeout=0.1)
    outcome: list[int] = []
    waiting = threading.Thread(target=lambda: outcome.append(httpx.get(url).status_code))
    waiting.start()
    deadline = time.monotonic() + 10
    while server.faults.report()[0]["seen"] != 2:
        assert time.monotonic() < deadline
    server.stop()
    waiting.join()
    assert outcome == [302]


def test_rate_headers_can_be_left_out(small_contacts: ContactSource) -> None:
    with PracticeServer(PracticeSettings(), contacts=small_contacts) as server:
        server.faults.append(rule({"no_rate_headers": True}, nth=1))
        headers = {"Authorization": f"Bearer {server.issue_token()}"}
        first, second = (httpx.get(f"{server.api_url}{ME}", headers=headers) for _ in range(2))
    assert "inin-ratelimit-count" not in first.headers
    assert second.headers["inin-ratelimit-count"] == "2"


def test_rows_that_appear_push_others_to_later_pages(
    server: PracticeServer, api: httpx.Client
) -> None:
    server.faults.append(rule({"shift": {"appear": 2}}, path=QUERY, nth=[2, None]))
    pages = [page_ids(api, number) for number in (1, 2, 3)]
    assert pages == [
        ["02", "03", "04", "05"],
        ["04", "05", "06", "07"],
        ["08", "09", "10", "11"],
    ]
    assert page_ids(api, 1) == ["00", "01", "02", "03"]


def test_rows_that_vanish_pull_others_to_earlier_pages(
    server: PracticeServer, api: httpx.Client
) -> None:
    server.faults.append(rule({"shift": {"vanish": 3}}, path=QUERY, nth=[2, None]))
    pages = [page_ids(api, number) for number in (1, 2, 3)]
    assert pages == [["00", "01", "02", "03"], ["07", "08", "09", "10"], ["11"]]


def test_rows_may_vanish_further_down(server: PracticeServer, api: httpx.Client) -> None:
    server.faults.append(rule({"shift": {"vanish": 1, "at": 5}}, path=QUERY, nth=[1, None]))
    assert page_ids(api, 2) == ["04", "06", "07", "08"]
