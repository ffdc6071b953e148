"""The outermost layer of both hosts: log, correlation id, latency, scripted faults."""

from __future__ import annotations

import asyncio
import socket
import struct
import sys
from asyncio import BaseTransport
from collections.abc import Callable, MutableMapping
from typing import Any

import msgspec
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from .errors import ApiError, missing_any, too_many_requests
from .exchange import Exchange, SeenRequest, attach
from .faults import Disruption, Do, Faults

CONTROL_PATH = "/practice/"
CORRELATION_HEADER = b"inin-correlation-id"
_TRANSPORT = "practice.transport"

_HTML = (
    "<html><head><title>{0}</title></head><body><h1>{0}</h1>"
    "<p>The request could not be satisfied.</p></body></html>"
)


class TransportInScope(H11Protocol):
    """uvicorn's HTTP/1.1 protocol, handing its transport to the application for the faults."""

    def connection_made(self, transport: BaseTransport) -> None:
        app = self.app

        async def with_transport(scope: Any, receive: Any, send: Any) -> None:
            scope[_TRANSPORT] = transport
            await app(scope, receive, send)

        self.app = with_transport
        if not isinstance(transport, asyncio.Transport):
            raise TypeError("HTTP needs a stream transport")
        # asyncio does so only for sockets that name their protocol, which accepted ones don't;
        # else an answer's body waits 40 ms for its head to be acknowledged.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().connection_made(transport)


class Front:
    """Wraps the application of one host."""

    def __init__(
        self,
        host: str,
        app: ASGIApp,
        *,
        faults: Faults,
        latency_ms: int,
        record: Callable[[SeenRequest], None],
        closing: asyncio.Event,
    ) -> None:
        self._host = host
        self._app = app
        self._faults = faults
        self._latency_ms = latency_ms
        self._record = record
        self._closing = closing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        method, path = scope["method"], scope["path"]
        controls = path.startswith(CONTROL_PATH)
        disruption = Disruption() if controls else self._faults.decide(method, path)
        exchange = Exchange(disruption)
        attach(scope, exchange)
        authorization = any(name == b"authorization" for name, _ in scope["headers"])

        async def send_logged(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    *message["headers"],
                    (CORRELATION_HEADER, exchange.correlation_id.encode()),
                ]
                if not controls:
                    self._record(
                        SeenRequest(
                            self._host,
                            method,
                            path,
                            message["status"],
                            exchange.user,
                            authorization,
                        )
                    )
            await send(message)

        if not controls:
            await self._pause(self._latency_ms + disruption.latency_ms)
        breaker = next((act for act in disruption.acts if act.breaks_answer), None)
        if breaker is None:
            await self._answer(exchange, scope, receive, send_logged)
            return
        answer = _Captured()
        await self._answer(exchange, scope, receive, answer.send)
        if breaker.reset is True:
            self._record(SeenRequest(self._host, method, path, 0, exchange.user, authorization))
        await self._break(breaker, answer, scope, receive, send_logged)

    async def _answer(self, exchange: Exchange, scope: Scope, receive: Receive, send: Send) -> None:
        replacement = next((a for a in exchange.disruption.acts if a.replaces_answer), None)
        if replacement is None:
            await self._app(scope, receive, send)
        else:
            await _send_replacement(replacement, exchange.correlation_id, send)

    async def _break(
        self, act: Do, answer: _Captured, scope: Scope, receive: Receive, send: Send
    ) -> None:
        if act.reset is True:
            await _reset(scope, receive)
            return
        await send(answer.start)
        if act.drip_ms_per_chunk:
            for begin in range(0, len(answer.body), act.drip_chunk_bytes):
                chunk = answer.body[begin : begin + act.drip_chunk_bytes]
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
                await self._pause(act.drip_ms_per_chunk)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            return
        cut = act.reset if act.truncate is None else act.truncate
        part = answer.body[: min(cut, len(answer.body) - 1)]
        await send({"type": "http.response.body", "body": part, "more_body": True})
        if act.truncate is None:
            await _reset(scope, receive)
        else:
            _transport(scope).close()
            await _wait_for_disconnect(receive)

    async def _pause(self, milliseconds: int) -> None:
        """Wait, but no longer than the server lives."""
        if not milliseconds:
            return
        try:
            async with asyncio.timeout(milliseconds / 1000):
                await self._closing.wait()
        except TimeoutError:
            return


class _Captured:
    """An answer kept back."""

    def __init__(self) -> None:
        self.start: Message = {}
        self.body = b""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.start = message
        else:
            self.body += message.get("body", b"")


async def _send_replacement(act: Do, correlation_id: str, send: Send) -> None:
    status = act.status or 200
    headers: dict[str, str] = {}
    if act.retry_after is not None:
        headers["Retry-After"] = str(act.retry_after)
    if act.html:
        headers |= {"Content-Type": "text/html", "X-Cache": "Error from cloudfront"}
        title = f"{status} ERROR" if status >= 400 else "Welcome"
        body = _HTML.format(title).encode()
    else:
        headers["Content-Type"] = "application/json"
        content = act.body
        if content is None and status >= 400:
            content = _error(act, status).body(correlation_id)
        empty = content is None or status in (204, 304)
        body = b"" if empty else msgspec.json.encode(content)
    headers["Content-Length"] = str(len(body))
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})


def _error(act: Do, status: int) -> ApiError:
    if status == 429:
        return too_many_requests(None, seconds_in_message=act.retry_in_message)
    if status == 403:
        return missing_any(["analytics:conversationDetail:view"])
    return ApiError(status)


def _transport(scope: MutableMapping[str, Any]) -> asyncio.Transport:
    transport = scope[_TRANSPORT]
    if not isinstance(transport, asyncio.Transport):
        raise TypeError("the scope carries no transport")
    return transport


async def _reset(scope: Scope, receive: Receive) -> None:
    """End the connection with a TCP reset: closing with a linger time of 0 sends RST, not FIN."""
    transport = _transport(scope)
    linger = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    transport.abort()
    await _wait_for_disconnect(receive)


async def _wait_for_disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
