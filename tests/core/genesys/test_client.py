"""The client in virtual time: what is sent, what is retried, how long it waits."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
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
    UnexpectedAnswer,
)
from desktop_app.core.genesys import wire
from desktop_app.core.genesys.auth import BearerAuth, api_origin
from desktop_app.core.genesys.client import GenesysClient
from desktop_app.core.genesys.retry import Pause
from tests.core.genesys.virtual_time import WALL_START, now, run, timing

API = "https://api.example.com"
CANARY = "canary-token-6e1f"
PHONE = "+44 20 7946 0123"
ME = "/api/v2/users/me"
USER = {"id": "u1", "name": "Grace Obi"}
Said = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


class Service:
    """Gives the scripted answers in turn, the last one for ever, and keeps what it was sent."""

    def __init__(self, *script: Said, latency_s: float = 0.0) -> None:
        self._script = list(script)
        self._latency_s = latency_s
        self.requests: list[httpx.Request] = []
        self.times: list[float] = []

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        self.times.append(now())
        await asyncio.sleep(self._latency_s)
        said = self._script.pop(0) if len(self._script) > 1 else self._script[0]
        if isinstance(said, Exception):
            raise said
        if callable(said):
            return said(request)
        # A response can be read once only, and one made from bytes has been read.
        stream = httpx.ByteStream(said.content)
        return httpx.Response(said.status_code, headers=said.headers, stream=stream)

    def client(self, **options: Any) -> GenesysClient:
        options = {"timing": timing(), **options}
        return GenesysClient(API, lambda: CANARY, transport=httpx.MockTransport(self), **options)


def ok(**headers: str) -> httpx.Response:
    return httpx.Response(
        200, json=USER, headers={name.replace("_", "-"): text for name, text in headers.items()}
    )


def status(code: int, message: str = "", **headers: str) -> httpx.Response:
    return httpx.Response(
        code,
        json={"message": message, "status": code},
        headers={name.replace("_", "-"): text for name, text in headers.items()},
    )


PORTAL = httpx.Response(200, html="<h1>Welcome to the hotel</h1>")


def error_of(service: Service, **options: Any) -> ServiceError:
    """The error with which reading the user ends."""

    async def main() -> ServiceError:
        with pytest.raises(ServiceError) as caught:
            await service.client(**options).get(ME, wire.User)
        return caught.value

    return run(main())


def user_of(service: Service, **options: Any) -> wire.User:
    async def main() -> wire.User:
        return await service.client(**options).get(ME, wire.User)

    return run(main())


# --- what is sent and read --------------------------------------------------------------------


def test_a_get_carries_the_bearer_and_repeats_a_parameter_with_several_values() -> None:
    service = Service(ok())

    async def main() -> wire.User:
        params = {"id": ["a b", "c"], "state": "any"}
        return await service.client().get("/api/v2/users", wire.User, params=params)

    assert run(main()).name == "Grace Obi"
    (request,) = service.requests
    assert str(request.url) == f"{API}/api/v2/users?id=a+b&id=c&state=any"
    assert request.headers["authorization"] == f"Bearer {CANARY}"
    assert request.headers["accept-encoding"] == "gzip"
    assert "content-type" not in request.headers


def test_a_post_carries_json() -> None:
    service = Service(ok())

    async def main() -> None:
        await service.client().post("/api/v2/q", wire.User, body={"a": [1, "é"]}, reads_only=True)

    run(main())
    (request,) = service.requests
    assert request.headers["content-type"] == "application/json"
    assert request.content == '{"a":[1,"é"]}'.encode()


@pytest.mark.parametrize("answer", [httpx.Response(204), httpx.Response(200), ok()])
def test_a_delete_and_a_head_need_no_content(answer: httpx.Response) -> None:
    service = Service(answer)

    async def main() -> None:
        client = service.client()
        await client.delete("/api/v2/tokens/me")
        await client.head("/api/v2/tokens/me")
        await client.get("/api/v2/x", type(None))

    run(main())
    assert [request.method for request in service.requests] == ["DELETE", "HEAD", "GET"]


@pytest.mark.parametrize(
    "answer",
    [
        PORTAL,
        httpx.Response(200, text="fine"),
        httpx.Response(200, content=b'{"id":"u1"}'),
        httpx.Response(302, headers={"location": "https://portal.example/login"}),
        httpx.Response(404, html="gone"),
        httpx.Response(511, html="sign in"),
        httpx.Response(202),
        httpx.Response(200, json=[1]),
        httpx.Response(200, content=b"[" * 200_000, headers={"content-type": "application/json"}),
        httpx.Response(200, json=USER, headers={"content-encoding": "br"}),
    ],
)
def test_what_the_api_never_says_is_an_unexpected_answer(answer: httpx.Response) -> None:
    service = Service(answer)
    error = error_of(service)
    assert type(error) is UnexpectedAnswer
    assert len(service.requests) == 1


def test_a_portal_is_no_success_for_a_delete_or_a_head() -> None:
    async def main() -> None:
        for method in ("delete", "head"):
            with pytest.raises(UnexpectedAnswer, match="sign-in page"):
                await getattr(Service(PORTAL).client(), method)("/api/v2/tokens/me")

    run(main())


@pytest.mark.parametrize(
    "body", ['{"id": "u1", "name": null}', '{"id": "u1", "name": 5}', '{"new": {}, "id": "u1"}']
)
def test_unknown_null_and_mistyped_fields_are_tolerated(body: str) -> None:
    answer = httpx.Response(200, content=body, headers={"content-type": "application/json"})
    assert user_of(Service(answer)) == wire.User(id="u1")


@pytest.mark.parametrize("seconds", [86_400, -86_400, 0])
def test_the_offset_of_the_services_clock_is_learnt(seconds: int) -> None:
    date = datetime.fromtimestamp(WALL_START + seconds, UTC)

    async def main() -> tuple[timedelta, timedelta]:
        client = Service(ok(date=f"{date:%a, %d %b %Y %H:%M:%S} GMT")).client()
        before = client.server_offset
        await client.get(ME, wire.User)
        return before, client.server_offset

    assert run(main()) == (timedelta(), timedelta(seconds=seconds))


def test_the_headers_teach_the_budget() -> None:
    async def main() -> tuple[int, int]:
        answer = ok(inin_ratelimit_allowed="200", inin_ratelimit_count="7")
        client = Service(answer).client()
        await client.get(ME, wire.User)
        return client.budget.used(), client.budget.allowed

    assert run(main()) == (7, 200)


# --- retries ----------------------------------------------------------------------------------

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


# --- the token --------------------------------------------------------------------------------


@pytest.mark.parametrize("token", [None, "", "two words", "line\r\nX-Evil: 1", "naïve"])
def test_without_a_usable_token_nothing_is_sent(token: str | None) -> None:
    service = Service(ok())

    async def main() -> SignInNeeded:
        transport = httpx.MockTransport(service)
        client = GenesysClient(API, lambda: token, transport=transport, timing=timing())
        with pytest.raises(SignInNeeded) as caught:
            await client.get(ME, wire.User)
        return caught.value

    error = run(main())
    assert service.requests == []
    assert not token or token not in "".join(traceback.format_exception(error))


@pytest.mark.parametrize(
    "url",
    [
        "https://api.example.com.evil.example/x",
        "https://evil.example/api/v2/users/me",
        "https://api.example.com:8443/x",
        "http://api.example.com/x",
        "https://xapi.example.com/x",
    ],
)
def test_another_origin_never_gets_the_bearer(url: str) -> None:
    service = Service(ok())
    auth = BearerAuth(api_origin(API), lambda: CANARY)

    async def main() -> None:
        async with httpx.AsyncClient(transport=httpx.MockTransport(service), auth=auth) as http:
            await http.get(url)

    run(main())
    (request,) = service.requests
    assert "authorization" not in request.headers


@pytest.mark.parametrize("url", ["https://api.example.com:443/x", "https://API.example.com/x"])
def test_the_same_origin_in_other_words_gets_it(url: str) -> None:
    (request,) = list(
        BearerAuth(api_origin(API), lambda: CANARY).auth_flow(httpx.Request("GET", url))
    )
    assert request.headers["authorization"] == f"Bearer {CANARY}"


@pytest.mark.parametrize(
    "url",
    [
        "http://api.example.com",
        "ftp://127.0.0.1",
        "https://",
        "api.example.com",
        "https://u:p@api.example.com",
        "https://api.example.com/v2",
        "https://api.example.com?x=1",
        "http://127.0.0.1.evil.example",
    ],
)
def test_an_unsafe_api_url_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="https origin"):
        GenesysClient(url, lambda: CANARY)


@pytest.fixture
def everything_logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.DEBUG):
        yield caplog


@pytest.mark.parametrize(
    "said",
    [
        ok(),
        status(400, f"bad value '{PHONE}'"),
        status(401),
        httpx.ConnectError(f"no {CANARY}"),
        httpx.LocalProtocolError(f"Illegal header value b'Bearer {CANARY}'"),
        PORTAL,
    ],
)
def test_neither_token_nor_query_reaches_logs_or_errors(
    said: Said, everything_logged: pytest.LogCaptureFixture
) -> None:
    async def main() -> str:
        client = Service(said).client()
        try:
            await client.get("/api/v2/x", wire.User, params={"q": PHONE})
        except ServiceError as error:
            return "".join(traceback.format_exception(error)) + repr(error) + repr(client)
        return repr(client)

    shown = run(main()) + everything_logged.text
    for canary in (CANARY, "7946", "0123"):
        assert canary not in shown
