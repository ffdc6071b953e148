"""Asynchronous jobs: what is asked, how they are waited for, how they end."""

from __future__ import annotations

import httpx
import pytest

from desktop_app.core.errors import NotFound, UnexpectedAnswer
from desktop_app.core.genesys.history import Scope
from desktop_app.core.genesys.jobs import JOBS, PATIENCE_S, DetailJobs, Ending, JobRequest
from tests.core.genesys.scripted import Endpoint, scripted, sent
from tests.core.genesys.virtual_time import now, run, timing

START = 1_790_000_000_000  # 2026-09-21T14:13:20Z
HOUR = 3_600_000


def jobs(endpoint: Endpoint) -> DetailJobs:
    return DetailJobs(scripted(endpoint), timing=timing())


def test_a_job_asks_for_start_days_like_the_query() -> None:
    asked: list[httpx.Request] = []

    def endpoint(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(202, json={"jobId": "j-1"})

    scope = Scope("x", {"segmentFilters": [{"type": "or", "predicates": []}]})
    assert run(jobs(endpoint).submit(JobRequest(START, START + HOUR, scope))) == "j-1"
    (request,) = asked
    assert (request.method, request.url.path) == ("POST", JOBS)
    assert sent(request) == {
        "interval": "2026-09-21T14:13:20.000Z/2026-09-21T15:13:20.000Z",
        "order": "asc",
        "orderBy": "conversationStart",
        "startOfDayIntervalMatching": True,
        "segmentFilters": [{"type": "or", "predicates": []}],
    }


def test_a_job_without_an_id_is_no_job() -> None:
    with pytest.raises(UnexpectedAnswer):
        run(jobs(lambda _: httpx.Response(202, json={})).submit(JobRequest(START, START + HOUR)))


@pytest.mark.parametrize(
    ("said", "ms"),
    [("2026-09-21T14:13:20Z", START), (None, None), ("soon", None)],
    ids=["without milliseconds", "not said", "no date"],
)
def test_how_far_jobs_reach(said: str | None, ms: int | None) -> None:
    answer = httpx.Response(200, json={"dataAvailabilityDate": said})
    assert run(jobs(lambda _: answer).available_ms()) == ms


def waited(*states: str | None, just_begun: bool = True) -> tuple[Ending, list[float]]:
    """How a job ended and when it was asked about; the last state stays."""
    asked: list[float] = []
    left = list(states)

    def endpoint(request: httpx.Request) -> httpx.Response:
        asked.append(round(now()))
        state = left.pop(0) if len(left) > 1 else left[0]
        return httpx.Response(200, json={"state": state} if state else {})

    ending = run(jobs(endpoint).ended("j", just_begun=just_begun))
    return ending, asked


@pytest.mark.parametrize(
    ("state", "ending"),
    [
        ("FULFILLED", Ending.DONE),
        ("FAILED", Ending.FAILED),
        ("CANCELLED", Ending.GONE),
        ("EXPIRED", Ending.GONE),
    ],
)
def test_a_job_is_waited_for_ever_more_slowly(state: str, ending: Ending) -> None:
    found, asked = waited("QUEUED", "PENDING", "RUNNING", None, state)
    assert found is ending
    pauses = [after - before for before, after in zip([0.0, *asked], asked, strict=False)]
    assert min(pauses) >= 3
    assert pauses == sorted(pauses)
    assert max(pauses) <= 31


def test_a_job_of_an_earlier_run_is_asked_about_at_once() -> None:
    assert waited("FULFILLED", just_begun=False) == (Ending.DONE, [0])


def test_a_job_that_never_ends_is_given_up() -> None:
    ending, asked = waited("RUNNING")
    assert ending is Ending.LATE
    assert PATIENCE_S <= asked[-1] < PATIENCE_S + 60


def test_a_job_that_nobody_knows_is_gone() -> None:
    assert run(jobs(lambda _: httpx.Response(404)).ended("j", just_begun=False)) is Ending.GONE


def test_results_go_on_at_the_cursor() -> None:
    asked: list[httpx.Request] = []

    def endpoint(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        answer = {"conversations": [{"conversationId": "a"}], "cursor": "Y3Vyc29yLXYxMjE="}
        return httpx.Response(200, json=answer)

    source = jobs(endpoint)
    assert run(source.page("j/1", "")).cursor == "Y3Vyc29yLXYxMjE="
    run(source.page("j/1", "Y3Vyc29yLXYxMjE=", 500))
    first, second = (request.url for request in asked)
    assert first.raw_path.decode() == f"{JOBS}/j%2F1/results?pageSize=1000"
    assert dict(second.params) == {"pageSize": "500", "cursor": "Y3Vyc29yLXYxMjE="}
    assert b"=%3D" not in second.raw_path and second.raw_path.endswith(b"%3D")


def test_results_that_have_expired_are_not_found() -> None:
    with pytest.raises(NotFound):
        run(jobs(lambda _: httpx.Response(404)).page("j", ""))


def test_cancelling_deletes() -> None:
    asked: list[str] = []

    def endpoint(request: httpx.Request) -> httpx.Response:
        asked.append(f"{request.method} {request.url.path}")
        return httpx.Response(204)

    run(jobs(endpoint).cancel("j"))
    assert asked == [f"DELETE {JOBS}/j"]
