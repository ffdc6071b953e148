"""The one way to the Genesys Cloud API: typed answers out, or one error of the tree."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import NoneType
from typing import TypeVar, cast

import httpx
import msgspec

from desktop_app.core.genesys import certificates, failures, wire
from desktop_app.core.genesys.answers import (
    ACCEPT_ENCODING,
    Answer,
    BodyBroken,
    BodyRefused,
    read_answer,
)
from desktop_app.core.genesys.auth import BearerAuth, api_origin
from desktop_app.core.genesys.budget import RateBudget, Ticket
from desktop_app.core.genesys.failures import Again, Failure
from desktop_app.core.genesys.network import proxy_address, trust_for
from desktop_app.core.genesys.retry import Patience, Pause
from desktop_app.core.genesys.timing import REAL_TIME, Timing

T = TypeVar("T")
Params = Mapping[str, str | int | Sequence[str]]

DEADLINE_S = 30.0
CONNECTIONS = 8
KEEP_ALIVE_S = 30.0

_log = logging.getLogger(__name__)

# httpx prints whole URLs at INFO and httpcore prints headers at DEBUG (safety T26, T27).
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class _Call:
    """One request, as often as it has to be sent."""

    method: str
    path: str
    params: Params | None = None
    content: bytes | None = None
    reads_only: bool = True


class GenesysClient:
    """Talks to one API origin with one person's token, on one event loop.

    Whatever the network or the service does is raised as a ``ServiceError`` of ``core.errors``;
    cancelling the task ends the request and any waiting at once.

    ``deadline_s`` bounds the time that one call spends on the wire, over all its tries; waiting
    for the rate budget or because the service asked for it comes on top.  ``on_pause`` is told
    when the service asks for a pause, and None when the last pause is over.
    """

    def __init__(
        self,
        api_url: str,
        bearer: Callable[[], str | None],
        *,
        budget: RateBudget | None = None,
        verify: ssl.SSLContext | None = None,
        proxy: httpx.Proxy | None = None,
        on_pause: Callable[[Pause | None], None] | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        deadline_s: float = DEADLINE_S,
        timing: Timing = REAL_TIME,
    ) -> None:
        """``verify`` and ``proxy`` are those of a ``network.Route``; without them the system's
        trust, which can't be switched off (T15), and no proxy.

        Raises ``ValueError`` for a URL that is neither https nor on this machine.
        """
        url = api_origin(api_url)
        self.budget = budget or RateBudget(timing=timing)
        self.on_pause = on_pause
        self.server_offset = timedelta()
        """The service's clock minus this computer's, to the second; zero before any answer."""
        self._url = str(url)
        self._proxy = proxy
        self._timing = timing
        self._deadline_s = deadline_s
        self._pauses: list[Pause] = []
        self._connections = asyncio.Semaphore(CONNECTIONS)
        self._http = httpx.AsyncClient(
            base_url=url,
            auth=BearerAuth(url, bearer),
            headers={"Accept": "application/json", "Accept-Encoding": ACCEPT_ENCODING},
            verify=verify or trust_for(api_url),
            proxy=proxy,
            transport=transport,
            trust_env=False,
            follow_redirects=False,
            # Silence on a dead connection ends early enough for a second try to fit.
            timeout=httpx.Timeout(deadline_s / 2),
            limits=httpx.Limits(
                max_connections=CONNECTIONS,
                max_keepalive_connections=CONNECTIONS,
                keepalive_expiry=KEEP_ALIVE_S,
            ),
        )

    async def get(self, path: str, shape: type[T], *, params: Params | None = None) -> T:
        """The answer as ``shape``; a parameter with several values is repeated: ``id=a&id=b``."""
        return await self._send(_Call("GET", path, params), shape)

    async def post(self, path: str, shape: type[T], *, body: object, reads_only: bool) -> T:
        """``reads_only``: a POST that only asks, such as a details query, is retried like a GET."""
        content = msgspec.json.encode(body)
        return await self._send(_Call("POST", path, None, content, reads_only), shape)

    async def delete(self, path: str) -> None:
        await self._send(_Call("DELETE", path, reads_only=False), NoneType)

    async def head(self, path: str) -> None:
        await self._send(_Call("HEAD", path), NoneType)

    async def aclose(self) -> None:
        await self._http.aclose()

    async def _send(self, call: _Call, shape: type[T]) -> T:
        patience = Patience(reads_only=call.reads_only, chance=self._timing.chance)
        left_s = self._deadline_s
        while True:
            outcome, spent_s = await self._try(call, shape, left_s)
            if not isinstance(outcome, Failure):
                return outcome
            left_s -= spent_s
            wait_s = patience.wait_s(outcome) if left_s > 0 else None
            name = type(outcome.error).__name__
            if wait_s is None:
                _log.info("%s %s failed: %s", call.method, call.path, name)
                if outcome.distrust:
                    raise await certificates.refused(outcome.distrust, self._url, self._proxy)
                raise outcome.error
            _log.info("%s %s: %s, again in %.1f s", call.method, call.path, name, wait_s)
            await self._wait(outcome, wait_s)

    async def _wait(self, failure: Failure, wait_s: float) -> None:
        if failure.again is Again.REFUSED:
            self.budget.hold(wait_s)  # the others would be refused too
        told = failure.again is Again.REFUSED or failure.wait_s is not None
        with self._paused(wait_s) if told else nullcontext():
            await self._timing.sleep(wait_s)

    async def _try(self, call: _Call, shape: type[T], left_s: float) -> tuple[T | Failure, float]:
        """Send once; the value or the failure, and the seconds on the wire.

        Failures are returned, not raised: an httpx exception holds the request with its token,
        and would hang on to whatever is raised while it is handled.
        """
        async with self._connections:
            ticket = await self.budget.acquire()
            began = self._timing.monotonic()
            outcome: T | Failure
            try:
                async with asyncio.timeout(left_s):
                    answer = await self._exchange(call, ticket)
                outcome = self._read(call, answer, shape)
            except TimeoutError:
                outcome = failures.timed_out()
            except httpx.HTTPError as error:
                outcome = failures.no_answer(error, proxy_address(self._proxy))
            except BodyBroken:
                outcome = failures.broken()
            except BodyRefused:
                outcome = failures.unreadable()
            finally:
                self.budget.settle(ticket)
            return outcome, self._timing.monotonic() - began

    async def _exchange(self, call: _Call, ticket: Ticket) -> Answer:
        headers = {} if call.content is None else {"Content-Type": "application/json"}
        async with self._http.stream(
            call.method, call.path, params=call.params, content=call.content, headers=headers
        ) as response:
            self.budget.settle(ticket)
            return await read_answer(response)

    def _read(self, call: _Call, answer: Answer, shape: type[T]) -> T | Failure:
        if answer.is_json:  # only then is it the service that speaks
            self._note(answer)
        if failure := failures.failure_of(answer, proxy_address(self._proxy)):
            return failure
        if "content-type" in answer.headers and not answer.is_json:
            return failures.unexpected()
        if shape is NoneType:
            return cast(T, None)
        if answer.status == 200 and not answer.body:
            return failures.broken()
        if not answer.is_json:
            return failures.unexpected()
        try:
            return wire.decode(answer.body, shape)
        except (msgspec.ValidationError, RecursionError):
            return failures.unreadable()
        except (msgspec.DecodeError, UnicodeDecodeError):
            return failures.broken()

    def _note(self, answer: Answer) -> None:
        if answer.status != 429:
            self.budget.learn(answer.headers)
        if answer.date:
            self.server_offset = answer.date - datetime.fromtimestamp(self._timing.wall(), UTC)

    @contextmanager
    def _paused(self, seconds: float) -> Iterator[None]:
        until = datetime.fromtimestamp(self._timing.wall() + seconds, UTC)
        pause = Pause(seconds, until)
        self._pauses.append(pause)
        self._tell(pause)
        try:
            yield
        finally:
            self._pauses.remove(pause)
            self._tell(self._pauses[-1] if self._pauses else None)

    def _tell(self, pause: Pause | None) -> None:
        if self.on_pause:
            self.on_pause(pause)
