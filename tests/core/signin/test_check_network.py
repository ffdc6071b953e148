"""Checking settings where something stands between this computer and Genesys Cloud."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import closing

import pytest
import trustme

from desktop_app.core.errors import ConfigError
from desktop_app.core.signin import check
from desktop_app.core.signin.check import check_settings
from desktop_app.core.signin.findings import CheckResult, Subject
from desktop_app.core.signin.profiles import Grant
from desktop_app.practice.server import PracticeServer
from tests.core.genesys.loopback import Seen, reply, send, serving
from tests.core.signin.checking import (
    API_SAYS,
    HTML,
    OK,
    PAGE,
    UNKNOWN,
    WRONG,
    Straight,
    checked,
    redirect,
    sentence,
    straight,
    through,
    verdicts,
)
from tests.core.signin.signing_in import make_profile, practice_profile

# --- no Genesys at all ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [PAGE, reply(b"", 204), redirect("http://127.0.0.1/portal"), reply(b"x", 511, HTML)],
    ids=["page", "nothing", "redirect", "sign-on"],
)
def test_F13_a_captive_portal_is_not_taken_for_genesys(answer: bytes) -> None:
    async def respond(seen: Seen, writer: asyncio.StreamWriter) -> None:
        await send(writer, answer)

    async def run() -> CheckResult:
        async with serving(respond) as portal:
            profile = make_profile(Grant.PKCE, login_url=portal.url, api_url=portal.url)
            return await check_settings(profile, straight)

    result = asyncio.run(run())
    assert "is not Genesys Cloud" in result.problem and "sign-on page" in result.problem
    found = verdicts(result)
    assert found[Subject.API] is WRONG
    assert found[Subject.CLIENT] is found[Subject.GRANT] is UNKNOWN


@pytest.fixture
def dead_port() -> Iterator[int]:
    """A port that nobody listens at, and that nobody else is given meanwhile."""
    with closing(socket.socket()) as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


def test_a_dead_port_refuses_the_connection(server: PracticeServer, dead_port: int) -> None:
    origin = f"http://127.0.0.1:{dead_port}"
    result = checked(practice_profile(server, login_url=origin))
    assert result.problem.startswith(f"127.0.0.1:{dead_port} refuses the connection.")
    assert verdicts(result)[Subject.API] is OK
    assert verdicts(result)[Subject.CLIENT] is UNKNOWN


def test_an_unreachable_api_does_not_hide_what_the_login_says(
    server: PracticeServer, dead_port: int
) -> None:
    result = checked(practice_profile(server, api_url=f"http://127.0.0.1:{dead_port}"))
    assert verdicts(result)[Subject.API] is WRONG
    assert verdicts(result)[Subject.CLIENT] is OK


def test_a_name_that_is_not_found(monkeypatch: pytest.MonkeyPatch) -> None:
    async def unknown(*_: object, **__: object) -> Sequence[object]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", unknown)
    result = checked(make_profile(Grant.PKCE))
    assert result.problem.startswith("login.example.com can't be found. Check that this computer")
    assert verdicts(result)[Subject.CERTIFICATE] is UNKNOWN


def test_a_host_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "HOST_S", 0.2)

    async def hang(seen: Seen, writer: asyncio.StreamWriter) -> None:
        await writer.wait_closed()

    async def run() -> CheckResult:
        async with serving(hang) as host:
            profile = make_profile(Grant.PKCE, login_url=host.url, api_url=host.url)
            return await check_settings(profile, straight)

    result = asyncio.run(run())
    assert "did not answer within" in result.problem
    assert verdicts(result)[Subject.LOGIN] is verdicts(result)[Subject.API] is WRONG


def test_all_deadlines_together_stay_within_thirty_seconds() -> None:
    assert check.HOST_S + max(check.REGIONS_S, 2 * check.EXTRA_S) <= 30


def test_a_check_can_be_cancelled_at_once() -> None:
    async def run() -> None:
        asked = asyncio.Event()

        async def hang(seen: Seen, writer: asyncio.StreamWriter) -> None:
            asked.set()
            await writer.wait_closed()

        async with serving(hang) as host:
            profile = make_profile(Grant.PKCE, login_url=host.url, api_url=host.url)
            task = asyncio.create_task(check_settings(profile, straight))
            await asked.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(asyncio.wait_for(run(), 2))


# --- proxies and trust -------------------------------------------------------------------------


def test_a_proxy_on_the_way_is_named() -> None:
    """A plain-http proxy is asked with whole addresses, and answers for both hosts."""

    async def run() -> tuple[CheckResult, str]:
        async def respond(seen: Seen, writer: asyncio.StreamWriter) -> None:
            await send(writer, API_SAYS if "/api/" in seen.target else PAGE)

        async with serving(respond) as proxy:
            profile = make_profile(
                Grant.IMPLICIT, login_url="http://localhost:1", api_url="http://localhost:2"
            )
            result = await check_settings(profile, through(proxy.url))
            return result, proxy.url.removeprefix("http://")

    result, proxy = asyncio.run(run())
    assert result.ok
    assert sentence(result, Subject.PROXY) == f"Through {proxy}."


def test_F28_a_proxy_that_asks_for_a_sign_in_is_the_one_thing_wrong() -> None:
    async def respond(seen: Seen, writer: asyncio.StreamWriter) -> None:
        await send(writer, reply(b"", 407, HTML | {"Proxy-Authenticate": "Basic"}))

    async def run() -> CheckResult:
        async with serving(respond) as proxy:
            return await check_settings(make_profile(Grant.PKCE), through(proxy.url))

    result = asyncio.run(run())
    assert "proxy" in result.problem
    found = verdicts(result)
    assert found[Subject.PROXY] is WRONG
    assert found[Subject.LOGIN] is found[Subject.API] is found[Subject.CLIENT] is UNKNOWN


def test_what_keeps_a_route_from_being_found_is_told() -> None:
    async def no_route(url: str) -> Straight:
        raise ConfigError("The certificate file of the policy can't be read.")

    result = asyncio.run(check_settings(make_profile(Grant.PKCE), no_route))
    assert result.problem == "The certificate file of the policy can't be read."


def test_F29_a_certificate_that_nobody_vouches_for_is_the_one_thing_wrong() -> None:
    """Nothing is asked of such a host; the sentence names who issued the certificate."""
    requests: list[bytes] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        requests.append(await reader.read(1))
        writer.close()

    async def distrustful(url: str) -> Straight:
        return Straight(ssl.create_default_context())

    async def run() -> CheckResult:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        trustme.CA(organization_name="Acme Proxy").issue_cert("localhost").configure_cert(context)
        server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=context)
        async with server:
            origin = f"https://localhost:{server.sockets[0].getsockname()[1]}"
            profile = make_profile(Grant.PKCE, login_url=origin, api_url=origin)
            return await check_settings(profile, distrustful)

    result = asyncio.run(run())
    found = verdicts(result)
    assert found[Subject.CERTIFICATE] is WRONG
    assert found[Subject.LOGIN] is found[Subject.API] is found[Subject.CLIENT] is UNKNOWN
    assert "certificate" in result.problem
    assert b"".join(requests) == b""
