"""The client: what is sent, what is read, and where the token goes."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from desktop_app.core.errors import (
    ServiceError,
    SignInNeeded,
    UnexpectedAnswer,
)
from desktop_app.core.genesys import wire
from desktop_app.core.genesys.auth import BearerAuth, api_origin
from desktop_app.core.genesys.client import GenesysClient
from tests.core.genesys.service import (
    API,
    CANARY,
    ME,
    PORTAL,
    USER,
    Said,
    Service,
    error_of,
    ok,
    status,
    user_of,
)
from tests.core.genesys.virtual_time import WALL_START, run, timing

PHONE = "+44 20 7946 0123"

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
def test_T30_another_origin_never_gets_the_bearer(url: str) -> None:
    service = Service(ok())
    auth = BearerAuth(api_origin(API), lambda: CANARY)

    async def main() -> None:
        async with httpx.AsyncClient(transport=httpx.MockTransport(service), auth=auth) as http:
            await http.get(url)

    run(main())
    (request,) = service.requests
    assert "authorization" not in request.headers


@pytest.mark.parametrize("url", ["https://api.example.com:443/x", "https://API.example.com/x"])
def test_T30_the_same_origin_in_other_words_gets_it(url: str) -> None:
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
def test_T30_an_unsafe_api_url_is_refused(url: str) -> None:
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
def test_T26_T27_neither_token_nor_query_reaches_logs_or_errors(
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
