"""The client in virtual time: what is tried again, when, and when it gives up."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from desktop_app.core.errors import (
    NetworkError,
    PermissionMissing,
    RateLimited,
    RequestRefused,
    ServiceError,
    ServiceTimeout,
    ServiceUnavailable,
    SignInNeeded,
)
from desktop_app.core.genesys import wire
from desktop_app.core.genesys.retry import Pause
from tests.core.genesys.service import (
    ME,
    Said,
    Service,
    error_of,
    ok,
    status,
    user_of,
)
from tests.core.genesys.virtual_time import WALL_START, now, run, timing

TRANSIENT: list[Said] = [
    status(502),
    status(503),
    status(504),
    httpx.Response(503, html="<h1>CloudFront</h1>"),
    httpx.ConnectError("refused"),
    httpx.ReadError("reset"),
    httpx.RemoteProtocolError("incomplete"),
    httpx.ReadTimeout("silence"),
    httpx.Response(200, headers={"content-type": "application/json"}, content=b'{"id": "u'),
    httpx.Response(200),
]


@pytest.mark.parametrize("said", TRANSIENT)
def test_a_read_is_tried_five_times(said: Said) -> None:
    service = Service(said, said, said, said, ok())
    assert user_of(service).id == "u1"
    assert len(service.requests) == 5


@pytest.mark.parametrize("said", TRANSIENT)
def test_the_fifth_failure_is_the_last(said: Said) -> None:
    service = Service(said)
    assert isinstance(error_of(service), NetworkError | ServiceUnavailable)
    assert len(service.requests) == 5


@pytest.mark.parametrize("said", TRANSIENT)
def test_what_may_change_something_is_sent_once(said: Said) -> None:
    service = Service(said)

    async def main() -> None:
        with pytest.raises(ServiceError):
            await service.client().post("/api/v2/jobs", wire.User, body={}, reads_only=False)

    run(main())
    assert len(service.requests) == 1


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (400, RequestRefused),
        (401, SignInNeeded),
        (403, PermissionMissing),
        (500, ServiceUnavailable),
    ],
)
def test_what_a_retry_cannot_mend_is_asked_once(code: int, kind: type[ServiceError]) -> None:
    service = Service(status(code))
    assert type(error_of(service)) is kind
    assert len(service.requests) == 1


def test_waits_double_with_full_jitter() -> None:
    def times(chance: float) -> list[float]:
        service = Service(status(503))
        error_of(service, timing=timing(lambda: chance))
        return service.times

    assert times(0.0) == pytest.approx([0, 0, 0, 0, 0])
    assert times(0.999) == pytest.approx([0, 0.5, 1.5, 3.5, 7.5], rel=0.01)


def test_a_503_is_not_asked_again_before_it_said() -> None:
    service = Service(status(503, retry_after="20"), ok())
    user_of(service)
    assert service.times == pytest.approx([0, 20])


# --- 429 --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("refusal", "wait_s"),
    [
        (status(429, retry_after="13"), 13),
        (status(429, "Retry the request in [3] seconds"), 3),
        (
            status(
                429,
                retry_after="Mon, 21 Sep 2026 10:01:00 GMT",
                date="Mon, 21 Sep 2026 10:00:00 GMT",
            ),
            60,
        ),
        (status(429, retry_after="180"), 180),
        (status(429), 0.25),
    ],
)
@pytest.mark.parametrize("reads_only", [True, False])
def test_a_429_is_obeyed_for_reads_and_others(
    refusal: httpx.Response, wait_s: float, reads_only: bool
) -> None:
    service = Service(refusal, ok())

    async def main() -> None:
        client = service.client(timing=timing(lambda: 0.5))
        await client.post("/api/v2/q", wire.User, body={}, reads_only=reads_only)

    run(main())
    first, second = service.times
    assert first == 0
    assert wait_s <= second <= wait_s + 0.3


def test_the_sixth_429_is_for_the_person_to_decide() -> None:
    service = Service(status(429, retry_after="2"))
    error = error_of(service)
    assert isinstance(error, RateLimited)
    assert error.retry_after == 2
    assert service.times == pytest.approx([0, 2, 4, 6, 8, 10])


def test_the_count_of_a_429_does_not_lengthen_its_wait() -> None:
    refusal = status(429, retry_after="3", inin_ratelimit_count="301", inin_ratelimit_allowed="300")
    service = Service(refusal, ok())
    user_of(service)
    assert service.times == pytest.approx([0, 3])


def test_bare_429s_back_off() -> None:
    service = Service(status(429))
    error_of(service, timing=timing(lambda: 0.999))
    assert service.times == pytest.approx([0, 0.5, 1.5, 3.5, 7.5, 15.5], rel=0.01)


def test_a_wait_of_more_than_three_minutes_is_not_waited_for() -> None:
    service = Service(status(429, retry_after="181"))
    error = error_of(service)
    assert isinstance(error, RateLimited)
    assert error.retry_after == 181
    assert len(service.requests) == 1


def test_others_wait_too_and_the_pause_is_told_once_it_begins_and_ends() -> None:
    service = Service(status(429, retry_after="30"), ok())
    told: list[tuple[float, Pause | None]] = []

    async def main() -> None:
        client = service.client(on_pause=lambda pause: told.append((now(), pause)))
        async with asyncio.TaskGroup() as group:
            group.create_task(client.get(ME, wire.User))
            await asyncio.sleep(1)
            group.create_task(client.get(ME, wire.User))

    run(main())
    assert len(service.times) == 3
    assert min(service.times[1:]) >= 30
    (began, pause), (ended, after) = told
    assert pause is not None
    assert (began, ended, after) == (0, 30, None)
    assert pause.seconds == 30
    assert pause.until == datetime.fromtimestamp(WALL_START + 30, UTC)


def test_overlapping_pauses_end_once() -> None:
    answers = [status(429, retry_after="10"), status(429, retry_after="20"), ok()]
    told: list[bool] = []

    async def main() -> None:
        client = Service(*answers).client(on_pause=lambda pause: told.append(pause is not None))
        await asyncio.gather(client.get(ME, wire.User), client.get(ME, wire.User))

    run(main())
    assert told == [True, True, True, False]


def test_a_cancelled_pause_ends_at_once_and_is_told() -> None:
    told: list[Pause | None] = []

    async def main() -> float:
        client = Service(status(429, retry_after="60")).client(on_pause=told.append)
        task = asyncio.create_task(client.get(ME, wire.User))
        await asyncio.sleep(5)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert task.cancelled()
        return now()

    assert run(main()) == 5
    assert told[-1] is None


# --- deadlines --------------------------------------------------------------------------------


class Endless(httpx.AsyncByteStream):
    """A body of one byte every second."""

    def __init__(self) -> None:
        self.closed = False

    async def __aiter__(self) -> Any:
        while True:
            await asyncio.sleep(1)
            yield b" "

    async def aclose(self) -> None:
        self.closed = True


def test_a_drip_fails_within_the_deadline_and_is_not_begun_again() -> None:
    body = Endless()
    headers = {"content-type": "application/json"}
    service = Service(lambda _: httpx.Response(200, headers=headers, stream=body))

    async def main() -> float:
        with pytest.raises(ServiceTimeout):
            await service.client().get(ME, wire.User)
        return now()

    assert run(main()) == pytest.approx(30)
    assert body.closed
    assert len(service.requests) == 1


def test_waiting_for_the_budget_does_not_count_against_the_deadline() -> None:
    service = Service(ok(inin_ratelimit_allowed="1"))

    async def main() -> float:
        client = service.client()
        for _ in range(2):
            await client.get(ME, wire.User)
        return now()

    assert run(main()) >= 60
    assert len(service.requests) == 2
