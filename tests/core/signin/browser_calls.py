"""A browser that comes back to the listener, and whoever else calls: real sockets, one computer."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from desktop_app.core.errors import SignInError
from desktop_app.core.signin.listener import DONE_PATH, CallbackListener, sign_in_through_browser
from desktop_app.core.signin.oauth import Attempt, Code
from desktop_app.core.signin.profiles import Grant
from tests.core.signin.signing_in import CODE, START, answer_to, make_profile

PATH = "/oauth2/callback"

Act = Callable[[CallbackListener, Attempt], Awaitable[None]]


def has_ipv6() -> bool:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


def free_ports(count: int = 3) -> list[int]:
    with contextlib.ExitStack() as stack:
        taken = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [each.getsockname()[1] for each in taken]


def free_uris(host: str = "127.0.0.1") -> list[str]:
    """Several, for another program of this computer may take one in the meantime."""
    return [f"http://{host}:{port}{PATH}" for port in free_ports()]


def begin_for(listener: CallbackListener) -> Attempt:
    return Attempt.start(make_profile().for_browser(listener.redirect_uri), now=START)


def now() -> float:
    return START + 1


def port_of(listener: CallbackListener) -> int:
    port = urlsplit(listener.redirect_uri).port
    assert port is not None
    return port


def request(
    listener: CallbackListener, target: str, *, method: str = "GET", host: str = ""
) -> bytes:
    host = host or urlsplit(listener.redirect_uri).netloc
    return f"{method} {target} HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\n\r\n".encode()


def target_of(url: str) -> str:
    """What a browser writes into the request line for an address."""
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


async def sent(port: int, data: bytes, address: str = "127.0.0.1", *, ends: bool = False) -> str:
    """What comes back until the other side closes; empty if it hung up without a word."""
    async with asyncio.timeout(10):
        reader, writer = await asyncio.open_connection(address, port)
        try:
            writer.write(data)
            if ends:
                writer.write_eof()
            return (await reader.read()).decode()
        except ConnectionError:
            return ""
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()


async def get(listener: CallbackListener, target: str, **more: str) -> str:
    return await sent(port_of(listener), request(listener, target, **more))


def status_of(reply: str) -> int:
    return int(reply.split(" ", 2)[1]) if reply else 0


async def answer_well(listener: CallbackListener, attempt: Attempt, **changes: str | None) -> None:
    """What a browser does at the end: the callback, then the page that it is sent on to."""
    reply = await get(listener, target_of(answer_to(attempt, **changes)))
    assert status_of(reply) == 303
    assert f"\r\nLocation: {DONE_PATH}\r\n" in reply
    assert status_of(await get(listener, DONE_PATH)) == 200


async def waited(act: Act, uris: list[str] | None = None, **options: Any) -> Code:
    """What ``wait`` gives while ``act`` plays the browser and whoever else calls."""
    async with await CallbackListener.open(uris or free_uris()) as listener:
        attempt = begin_for(listener)
        waiting = asyncio.ensure_future(listener.wait(attempt, **{"now": now, **options}))
        try:
            await act(listener, attempt)
            return await waiting
        finally:
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
            with pytest.raises(ConnectionRefusedError):  # one-shot, whatever happened
                await sent(port_of(listener), b"")


def taken_by(act: Act, uris: list[str] | None = None) -> str | None:
    return asyncio.run(waited(act, uris)).code.reveal()


def refused(act: Act, **options: Any) -> SignInError:
    with pytest.raises(SignInError) as caught:
        asyncio.run(waited(act, **options))
    return caught.value


class Browser:
    """Stands for the person's browser: it is given the address, and signs in at once."""

    def __init__(self, **changes: str | None) -> None:
        self.urls: list[str] = []
        self.uri = ""
        self._changes = changes
        self._calls: list[asyncio.Task[None]] = []

    def __call__(self, url: str) -> None:
        self.urls.append(url)
        asked = dict(parse_qsl(urlsplit(url).query))
        self.uri = asked["redirect_uri"]
        given = {"state": asked["state"], "code": CODE, **self._changes}
        query = urlencode({name: text for name, text in given.items() if text is not None})
        self._calls.append(asyncio.create_task(self._visit(f"{PATH}?{query}")))

    async def _visit(self, target: str) -> None:
        parts = urlsplit(self.uri)
        for each in (target, DONE_PATH):
            head = f"GET {each} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n"
            assert await sent(parts.port or 0, head.encode())

    async def finish(self) -> None:
        await asyncio.gather(*self._calls)


def sign_in(browser: Browser, **options: Any) -> tuple[Attempt, Code]:
    async def main() -> tuple[Attempt, Code]:
        profile = make_profile(Grant.IMPLICIT, browser_ports=tuple(free_ports()))
        try:
            return await sign_in_through_browser(profile, browser, **options)
        finally:
            await browser.finish()

    return asyncio.run(main())
