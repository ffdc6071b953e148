"""The client against real sockets on this machine: what only bytes and connections can show."""

from __future__ import annotations

import asyncio
import gzip
import json
import time
import tracemalloc
from collections.abc import Callable

import httpx
import pytest

from desktop_app.core.errors import (
    NetworkError,
    ProxySignInNeeded,
    ServiceTimeout,
    SignInNeeded,
    UnexpectedAnswer,
)
from desktop_app.core.genesys import wire
from desktop_app.core.genesys.answers import BODY_LIMIT
from desktop_app.core.genesys.client import CONNECTIONS, GenesysClient
from desktop_app.core.genesys.timing import Timing
from tests.core.genesys.loopback import (
    JSON,
    Respond,
    Seen,
    Server,
    answering,
    reply,
    reset,
    send,
    serving,
)

CANARY = "canary-token-6e1f"
ME = "/api/v2/users/me"
BODY = b'{"id":"u1"}'
GZIP = {**JSON, "Content-Encoding": "gzip"}
CLOSING = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"

AT_ONCE = Timing(chance=lambda: 0.0)  # retries without a wait, real clocks


def client_of(server: Server, deadline_s: float = 30.0) -> GenesysClient:
    return GenesysClient(server.url, lambda: CANARY, deadline_s=deadline_s, timing=AT_ONCE)


def user_from(respond: Respond) -> tuple[wire.User, Server]:
    async def main() -> tuple[wire.User, Server]:
        async with serving(respond) as server:
            client = client_of(server)
            try:
                return await client.get(ME, wire.User), server
            finally:
                await client.aclose()

    return asyncio.run(main())


def close_delimited(body: bytes) -> bytes:
    return CLOSING.encode() + b"\r\n" + body


def chunked(body: bytes) -> bytes:
    head = f"{CLOSING}Transfer-Encoding: chunked\r\n\r\n{len(body):x}\r\n"
    return head.encode() + body + b"\r\n0\r\n\r\n"


def zipped(body: bytes) -> bytes:
    return reply(gzip.compress(body, mtime=0), headers=GZIP)


def zipped_close_delimited(body: bytes) -> bytes:
    head = f"{CLOSING}Content-Encoding: gzip\r\n\r\n"
    return head.encode() + gzip.compress(body, mtime=0)


def cutting(whole: bytes, cut: int, *, hard: bool) -> Respond:
    """The first answer ends after ``cut`` bytes of it; the second one is whole."""
    times = 0

    async def respond(_seen: Seen, writer: asyncio.StreamWriter) -> None:
        nonlocal times
        times += 1
        if times > 1:
            await send(writer, whole)
            return
        writer.write(whole[:cut])
        await writer.drain()
        if hard:
            reset(writer)
        else:
            writer.close()

    return respond


@pytest.mark.parametrize("hard", [False, True])
@pytest.mark.parametrize("form", [reply, chunked, zipped, close_delimited, zipped_close_delimited])
def test_an_answer_cut_at_any_byte_is_dropped_and_asked_for_again(
    form: Callable[[bytes], bytes], hard: bool
) -> None:
    whole = form(BODY)
    start = whole.index(b"\r\n\r\n") + 4

    async def main() -> None:
        for cut in [0, 1, start // 2, *range(start, len(whole))]:
            async with serving(cutting(whole, cut, hard=hard)) as server:
                client = client_of(server)
                user = await client.get(ME, wire.User)
                await client.aclose()
                assert user == wire.User(id="u1")
                # A chunked body may miss its end mark only; a cut gzip its checksum.
                assert len(server.seen) == 2, f"cut at byte {cut} went unseen"

    asyncio.run(main())


@pytest.mark.parametrize("form", [reply, chunked, zipped, close_delimited, zipped_close_delimited])
def test_every_way_to_send_a_body_is_read(form: Callable[[bytes], bytes]) -> None:
    user, server = user_from(answering(form(BODY)))
    assert user == wire.User(id="u1")
    assert len(server.seen) == 1


def test_a_damaged_gzip_is_asked_for_again() -> None:
    packed = bytearray(gzip.compress(BODY, mtime=0))
    packed[-6] ^= 1  # the checksum
    user, server = user_from(answering(reply(bytes(packed), headers=GZIP), reply(BODY)))
    assert user.id == "u1"
    assert len(server.seen) == 2


def test_a_connection_is_kept_and_at_most_eight_are_made() -> None:
    async def respond(_seen: Seen, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0)
        writer.write(reply(BODY))

    async def main() -> tuple[int, int, int]:
        async with serving(respond) as server:
            client = client_of(server)
            for _ in range(5):
                await client.get(ME, wire.User)
            after_five = server.connections
            await asyncio.gather(*(client.get(ME, wire.User) for _ in range(100)))
            await client.aclose()
            return after_five, server.connections, len(server.seen)

    after_five, connections, requests = asyncio.run(main())
    assert (after_five, requests) == (1, 105)
    assert connections <= CONNECTIONS


def test_nobody_there_is_a_network_error() -> None:
    async def main() -> None:
        async with serving(answering(reply(BODY))) as server:
            pass
        client = client_of(server)
        with pytest.raises(NetworkError, match="can't be reached"):
            await client.get(ME, wire.User)
        await client.aclose()

    asyncio.run(main())


def test_a_body_that_drips_fails_at_the_total_deadline() -> None:
    async def drip(_seen: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(reply(b" " * 10_000)[:-10_000])
        while True:
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.02)

    async def main() -> tuple[float, int]:
        async with serving(drip) as server:
            client = client_of(server, deadline_s=0.4)
            began = time.monotonic()
            with pytest.raises(ServiceTimeout):
                await client.get(ME, wire.User)
            took_s = time.monotonic() - began
            await client.aclose()
            return took_s, len(server.seen)

    took_s, requests = asyncio.run(main())
    assert 0.4 <= took_s < 5
    assert requests == 1


def test_a_connection_that_falls_silent_leaves_time_for_a_second_try() -> None:
    async def main() -> int:
        first = True
        never = asyncio.Event()

        async def respond(_seen: Seen, writer: asyncio.StreamWriter) -> None:
            nonlocal first
            if first:
                first = False
                await never.wait()
            writer.write(reply(BODY))

        async with serving(respond) as server:
            client = client_of(server, deadline_s=0.8)
            assert (await client.get(ME, wire.User)).id == "u1"
            await client.aclose()
            never.set()
            return len(server.seen)

    assert asyncio.run(main()) == 2


def test_cancelling_closes_the_connection_at_once() -> None:
    async def main() -> bool:
        arrived = asyncio.Event()

        async def stay_silent(_seen: Seen, _writer: asyncio.StreamWriter) -> None:
            arrived.set()

        async with serving(stay_silent) as server:
            client = client_of(server)
            task = asyncio.create_task(client.get(ME, wire.User))
            await arrived.wait()
            task.cancel()
            await asyncio.wait([task])
            async with asyncio.timeout(5):
                await server.hung_up.wait()
            assert client.budget.used() == 1
            await client.aclose()
        return task.cancelled()

    assert asyncio.run(main())


@pytest.mark.parametrize("size", [BODY_LIMIT + 1, 200 * 1024 * 1024])
def test_T44_a_decompression_bomb_is_refused_within_bounds(size: int) -> None:
    bomb = gzip.compress(b" " * size, 9)

    async def main() -> int:
        async with serving(answering(reply(bomb, headers=GZIP))) as server:
            client = client_of(server)
            tracemalloc.start()
            try:
                with pytest.raises(UnexpectedAnswer):
                    await client.get(ME, wire.User)
                return tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()
                await client.aclose()

    assert asyncio.run(main()) < 64 * 1024 * 1024


def test_a_body_of_just_the_limit_is_read() -> None:
    padding = BODY_LIMIT - len(b'{"name":""}')
    body = json.dumps({"name": "x" * padding}, separators=(",", ":")).encode()
    assert len(body) == BODY_LIMIT
    user, _ = user_from(answering(reply(gzip.compress(body, 1), headers=GZIP)))
    assert len(user.name or "") == padding


def test_T30_a_redirect_to_another_host_is_not_followed() -> None:
    async def main() -> tuple[int, int]:
        async with serving(answering(reply(BODY))) as foreign:
            moved = reply(status=302, headers={"Location": f"{foreign.url}{ME}"})
            async with serving(answering(moved)) as server:
                client = client_of(server)
                with pytest.raises(UnexpectedAnswer):
                    await client.get(ME, wire.User)
                await client.aclose()
                return foreign.connections, len(server.seen)

    assert asyncio.run(main()) == (0, 1)


def test_the_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> tuple[int, str | None]:
        async with serving(answering(reply(BODY))) as foreign:
            for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
                monkeypatch.setenv(name, foreign.url)
            async with serving(answering(reply(BODY))) as server:
                client = client_of(server)
                user = await client.get(ME, wire.User)
                await client.aclose()
                return foreign.connections, user.id

    assert asyncio.run(main()) == (0, "u1")


def test_F28_a_given_proxy_is_used_and_its_refusal_is_named() -> None:
    async def main() -> list[str]:
        async with serving(answering(reply(BODY), reply(status=407))) as proxy:
            api = "http://127.0.0.1:9"
            through = httpx.Proxy(proxy.url)
            client = GenesysClient(api, lambda: CANARY, proxy=through, timing=AT_ONCE)
            await client.get(ME, wire.User)
            with pytest.raises(ProxySignInNeeded, match="asks for a sign-in") as caught:
                await client.get(ME, wire.User)
            assert f"http://{caught.value.proxy}" == proxy.url
            await client.aclose()
            return [seen.target for seen in proxy.seen]

    assert asyncio.run(main()) == [f"http://127.0.0.1:9{ME}"] * 2


def test_the_token_is_asked_for_at_each_request() -> None:
    async def main() -> list[str]:
        async with serving(answering(reply(BODY))) as server:
            tokens: list[str | None] = ["first", "second", None]
            client = GenesysClient(server.url, lambda: tokens.pop(0), timing=AT_ONCE)
            await client.get(ME, wire.User)
            await client.get(ME, wire.User)
            with pytest.raises(SignInNeeded):
                await client.get(ME, wire.User)
            await client.aclose()
            return [seen.headers["authorization"] for seen in server.seen]

    assert asyncio.run(main()) == ["Bearer first", "Bearer second"]
