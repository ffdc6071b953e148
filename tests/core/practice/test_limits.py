"""The rate limit, with its headers and its refusal (contract §6, quirk 31)."""

from __future__ import annotations

import time

import httpx
import pytest

from desktop_app.practice.errors import ApiError
from desktop_app.practice.limits import RateLimiter, Verdict, sped_up
from desktop_app.practice.server import PracticeServer
from desktop_app.practice.settings import PracticeSettings
from desktop_app.practice.tenants import ContactSource


def passes(limiter: RateLimiter, who: str = "t") -> Verdict:
    verdict = limiter.admit(who)
    assert verdict is not None
    return verdict


def test_the_window_slides_and_refusals_do_not_count() -> None:
    now = 0.0
    limiter = RateLimiter(3, 60.0, lambda: now)
    assert passes(limiter).allowed
    now = 10.0
    assert passes(limiter).allowed
    now = 59.0
    assert passes(limiter).allowed
    refused = passes(limiter)
    assert not refused.allowed
    assert refused.reset_s == 1
    now = 60.0
    assert passes(limiter).allowed
    assert passes(limiter).reset_s == 10
    now = 70.0
    assert passes(limiter).allowed
    assert not passes(limiter).allowed


def test_every_token_has_its_own() -> None:
    limiter = RateLimiter(1, 60.0, lambda: 0.0)
    assert passes(limiter, "a").allowed
    assert not passes(limiter, "a").allowed
    assert passes(limiter, "b").allowed


def test_a_minute_that_passes_quicker_is_a_minute_by_the_limits_own_clock() -> None:
    now = 100.0
    limiter = RateLimiter(2, 60.0, sped_up(lambda: now, minute_s=2.0))
    assert passes(limiter).allowed
    assert passes(limiter).reset_s == 60
    now = 101.0
    refused = passes(limiter)
    assert not refused.allowed
    assert refused.reset_s == 30
    now = 102.0
    assert passes(limiter).allowed


def test_no_limit() -> None:
    assert RateLimiter(0, 60.0, lambda: 0.0).admit("t") is None


def test_a_refusal_says_when_to_come_back() -> None:
    with pytest.raises(ApiError) as refused:
        Verdict(allowed=False, count=301, limit=300, reset_s=17).enforce()
    assert refused.value.status == 429
    assert refused.value.headers == {"Retry-After": "17"}


def test_over_the_wire(small_contacts: ContactSource) -> None:
    settings = PracticeSettings(rate_limit=2, rate_window_s=3600.0)
    with PracticeServer(settings, contacts=small_contacts) as server:
        url = f"{server.api_url}/api/v2/tokens/me"
        headers = {"Authorization": f"Bearer {server.issue_token()}"}
        first, second, third = (httpx.get(url, headers=headers) for _ in range(3))
        assert (first.status_code, second.status_code, third.status_code) == (200, 200, 429)
        assert first.headers["inin-ratelimit-count"] == "1"
        assert second.headers["inin-ratelimit-count"] == "2"
        assert first.headers["inin-ratelimit-allowed"] == "2"
        assert 3590 <= int(second.headers["inin-ratelimit-reset"]) <= 3600
        wait = third.headers["Retry-After"]
        body = third.json()
        assert body["code"] == "too.many.requests.retry.after"
        assert body["message"] == (
            f"Rate limit exceeded the maximum. Retry the request in [{wait}] seconds"
        )
        fresh = {"Authorization": f"Bearer {server.issue_token()}"}
        assert httpx.get(url, headers=fresh).status_code == 200


def test_a_quicker_minute_over_the_wire(small_contacts: ContactSource) -> None:
    settings = PracticeSettings(rate_limit=1, minute_s=0.3)
    with PracticeServer(settings, contacts=small_contacts) as server:
        url = f"{server.api_url}/api/v2/tokens/me"
        headers = {"Authorization": f"Bearer {server.issue_token()}"}
        with httpx.Client(headers=headers) as client:
            assert client.get(url).status_code == 200
            refused = client.get(url)
            assert refused.status_code == 429
            assert 1 <= int(refused.headers["Retry-After"]) <= 60
            deadline = time.monotonic() + 10
            while client.get(url).status_code == 429:
                assert time.monotonic() < deadline


def test_the_headers_may_be_missing(small_contacts: ContactSource) -> None:
    settings = PracticeSettings(rate_limit=1, rate_headers=False)
    with PracticeServer(settings, contacts=small_contacts) as server:
        headers = {"Authorization": f"Bearer {server.issue_token()}"}
        answers = [
            httpx.get(f"{server.api_url}/api/v2/tokens/me", headers=headers) for _ in range(2)
        ]
    assert [answer.status_code for answer in answers] == [200, 429]
    for answer in answers:
        assert not [name for name in answer.headers if name.startswith("inin-ratelimit")]
    assert "Retry-After" in answers[1].headers
