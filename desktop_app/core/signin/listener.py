"""Signing in with the person's own browser: a listener on this computer awaits the answer.

Authorization code with PKCE and a loopback redirect (RFC 8252 §7.3, §8.3).  The listener takes
one answer and is gone: it is bound to loopback addresses only, wants the Host of the redirect
URI (against DNS rebinding), and hands on nothing but what carries the attempt's own state.  Any
program and any web page may call it, so whatever lacks the state is refused without ending the
attempt.  Nothing of a request is logged or echoed, and nothing is written to disk.

The answer's URL would stay in the browser's address bar, code and all, so the browser is sent
on to a page without it (``DONE_PATH``).  For that one request the listener outlives the answer,
by ``PAGE_S`` at most; another answer is not taken any more.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import re
import socket
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import SplitResult, urlsplit

from desktop_app.core.errors import LoginUnavailable, SignInError
from desktop_app.core.signin import browser_page
from desktop_app.core.signin.callback import DEFAULT_PORTS, is_callback
from desktop_app.core.signin.oauth import Attempt, Code, Failure
from desktop_app.core.signin.profiles import Profile, is_loopback_host

DONE_PATH = "/done"
WAIT_S = 300.0
PAGE_S = 2.0  # a browser follows a redirect within milliseconds; one that doesn't isn't waited for
CONNECTION_S = 5.0
MOST_CONNECTIONS = 16
LONGEST_LINE = 8 * 1024
LONGEST_HEAD = LONGEST_LINE + 16 * 1024

# An address that this computer lacks, mostly ::1.
_ABSENT = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)

_END = b"\r\n\r\n"
_REQUEST_LINE = re.compile(r"([A-Z]{1,16}) (/[\x21-\x7e]*) HTTP/1\.[01]")
_HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\x20-\x7e\t\x80-\xff]*)")


@dataclass(frozen=True, slots=True, repr=False)
class Request:
    """The head of a request; its target may hold a code, so it has no repr of its own."""

    method: str
    target: str
    host: str


class CallbackListener:
    """An async context manager; ``open`` makes one, ``wait`` uses it up."""

    def __init__(self, redirect_uri: str) -> None:
        self.redirect_uri = redirect_uri
        self._host = _host_field(urlsplit(redirect_uri))
        self._servers: list[asyncio.Server] = []
        self._connections: set[asyncio.Task[None]] = set()
        self._attempt: Attempt | None = None
        self._now: Callable[[], float] = time.time
        self._outcome: Code | Failure | None = None
        self._answered = asyncio.Event()
        self._page_shown = asyncio.Event()
        self._is_closed = False

    @classmethod
    async def open(cls, redirect_uris: Sequence[str]) -> CallbackListener:
        """Bind the first of them that is free.

        ``localhost`` is bound as 127.0.0.1 and ::1, for a browser may take either; an address
        by itself.  Raises ValueError for anything but http on loopback, and LoginUnavailable
        when every port is taken (fault F30).
        """
        places = [_place(uri) for uri in redirect_uris]
        for uri, (host, port) in zip(redirect_uris, places, strict=True):
            sockets = _listening(host, port)
            if sockets:
                listener = cls(uri)
                for listening in sockets:
                    await listener._serve_on(listening)
                return listener
        raise _ports_taken([port for _, port in places])

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def wait(
        self, attempt: Attempt, *, now: Callable[[], float] = time.time, timeout_s: float = WAIT_S
    ) -> Code:
        """The answer to ``attempt``, which must be for ``redirect_uri``; then all is closed.

        ``now`` is the clock of ``attempt.started``, in seconds.  Raises the SignInError that
        the answer tells, and one when ``timeout_s`` have passed.
        """
        self._attempt, self._now = attempt, now
        try:
            outcome = await self._answer(timeout_s)
        finally:
            await self.close()
        if isinstance(outcome, Failure):
            raise outcome.error
        return outcome

    async def close(self) -> None:
        """Stop listening, and drop whatever is connected."""
        self._is_closed = True
        for server in self._servers:
            server.close()
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _serve_on(self, listening: socket.socket) -> None:
        server = await asyncio.start_server(self._serve, sock=listening, limit=LONGEST_HEAD)
        self._servers.append(server)

    async def _answer(self, timeout_s: float) -> Code | Failure:
        try:
            async with asyncio.timeout(timeout_s):
                await self._answered.wait()
        except TimeoutError:
            raise SignInError(
                "The sign-in in the browser was not finished in time. Start it again."
            ) from None
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PAGE_S):
                await self._page_shown.wait()
        assert self._outcome is not None
        return self._outcome

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection: one request, one answer."""
        if self._is_closed or len(self._connections) >= MOST_CONNECTIONS:
            writer.transport.abort()
            return
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            async with asyncio.timeout(CONNECTION_S):
                await self._converse(reader, writer)
        except (OSError, EOFError, TimeoutError, asyncio.CancelledError):
            return  # the other side went or dawdled, or the listener closes: all is over here
        finally:
            self._connections.discard(task)
            writer.transport.abort()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(_END)
        except asyncio.LimitOverrunError:
            answer = browser_page.TOO_LARGE
        else:
            answer = self._answer_to(head)
        writer.write(answer)
        writer.close()
        await writer.wait_closed()
        if answer in (browser_page.SIGNED_IN, browser_page.NOT_SIGNED_IN):
            self._page_shown.set()

    def _answer_to(self, head: bytes) -> bytes:
        if head.find(b"\r\n") > LONGEST_LINE:
            return browser_page.TOO_LARGE
        request = parse_request(head)
        if request is None or request.host != self._host:
            return browser_page.BAD_REQUEST
        if request.method != "GET":
            return browser_page.NOT_ALLOWED
        if self._outcome is not None:
            return _page_of(self._outcome, request)
        return self._take(f"http://{self._host}{request.target}")

    def _take(self, url: str) -> bytes:
        if not is_callback(url, self.redirect_uri):
            return browser_page.NOT_FOUND
        if self._attempt is None or not self._attempt.has_state(url):
            return browser_page.NOT_OURS
        outcome = self._attempt.offer(url, main_frame=True, now=self._now())
        if not isinstance(outcome, Code | Failure):
            return browser_page.NOT_OURS
        self._outcome = outcome
        self._answered.set()
        return browser_page.see_other(DONE_PATH)


async def sign_in_through_browser(
    profile: Profile,
    open_url: Callable[[str], None],
    *,
    timeout_s: float = WAIT_S,
    login_hint: str = "",
    prompt: str = "",
) -> tuple[Attempt, Code]:
    """Have the person sign in where they usually do; what comes back is to be exchanged.

    ``open_url`` hands the address of the login page to a browser.  Raises a SignInError; the
    attempt's verifier is dropped then, and when this is cancelled.
    """
    async with await CallbackListener.open(profile.browser_redirect_uris) as listener:
        attempt = Attempt.start(
            profile.for_browser(listener.redirect_uri),
            now=time.time(),
            prompt=prompt,
            login_hint=login_hint,
        )
        try:
            open_url(attempt.authorize_url)
            return attempt, await listener.wait(attempt, timeout_s=timeout_s)
        except BaseException:
            attempt.verifier.clear()
            raise


def parse_request(head: bytes) -> Request | None:
    """The head of a request, as browsers write it (RFC 9112 §3, §5); None for anything else.

    Only a path is taken for its target, and exactly one Host.
    """
    line, *fields = head.removesuffix(_END).decode("latin-1").split("\r\n")
    asked = _REQUEST_LINE.fullmatch(line)
    headers = [_HEADER.fullmatch(text) for text in fields]
    hosts = [found[2] for found in headers if found and found[1].lower() == "host"]
    if asked is None or None in headers or len(hosts) != 1:
        return None
    return Request(asked[1], asked[2], hosts[0].rstrip(" \t").lower())


def _page_of(outcome: Code | Failure, request: Request) -> bytes:
    """Once the answer is there, only the page that says so is left."""
    if request.target != DONE_PATH:
        return browser_page.NOT_FOUND
    is_code = isinstance(outcome, Code)
    return browser_page.SIGNED_IN if is_code else browser_page.NOT_SIGNED_IN


def _host_field(parts: SplitResult) -> str:
    """What a browser sends as Host: the port only where it isn't the scheme's own."""
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    return host if parts.port in (None, DEFAULT_PORTS["http"]) else f"{host}:{parts.port}"


def _place(redirect_uri: str) -> tuple[str, int]:
    """Host and port to bind; raises ValueError."""
    parts = urlsplit(redirect_uri)
    host = parts.hostname or ""
    if parts.scheme != "http" or not is_loopback_host(host) or parts.username is not None:
        raise ValueError("a browser comes back to http on this computer only")
    return host, parts.port or DEFAULT_PORTS["http"]


def _listening(host: str, port: int) -> list[socket.socket]:
    """Sockets for all addresses of a host that this computer has; none if one of them is taken.

    All, for whoever held the other address of ``localhost`` would get the browser's answer.
    """
    addresses = ("127.0.0.1", "::1") if host == "localhost" else (host,)
    found: list[socket.socket] = []
    for address in addresses:
        try:
            found.append(_listen(address, port))
        except OSError as error:
            if error.errno in _ABSENT:
                continue
            for listening in found:
                listening.close()
            return []
    return found


def _listen(address: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform == "win32":  # there, SO_REUSEADDR would let another program take over
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:  # a sign-in that has just ended leaves connections in TIME_WAIT
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listening.bind((address, port))
        listening.listen()
    except OSError:
        listening.close()
        raise
    return listening


def _ports_taken(ports: Sequence[int]) -> LoginUnavailable:
    *others, last = dict.fromkeys(map(str, ports))
    named = f"ports {', '.join(others)} and {last} are" if others else f"port {last} is"
    return LoginUnavailable(
        f"The browser's answer can't be received: {named} in use by other programs. Close those"
        " programs, or ask your admin for other ports (browser_ports in the profile)."
    )
