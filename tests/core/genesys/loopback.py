"""A scripted HTTP server on 127.0.0.1, down to the bytes, in the test's own event loop."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Seen:
    """One request as it arrived."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Server:
    url: str
    seen: list[Seen] = field(default_factory=list)
    connections: int = 0
    hung_up: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once a connection has ended."""


Respond = Callable[[Seen, asyncio.StreamWriter], Awaitable[None]]


def reply(body: bytes = b"", status: int = 200, headers: Mapping[str, str] | None = None) -> bytes:
    """A whole answer; JSON unless ``headers`` says otherwise."""
    fields = {"Content-Length": str(len(body)), **(JSON if headers is None else headers)}
    lines = [f"HTTP/1.1 {status} Said", *(f"{name}: {value}" for name, value in fields.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body


def reset(writer: asyncio.StreamWriter) -> None:
    """Break the connection the hard way: the peer gets a reset, not an end."""
    connection = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def send(writer: asyncio.StreamWriter, answer: bytes) -> None:
    """Write an answer, and end the connection if that is what it says."""
    writer.write(answer)
    await writer.drain()
    if b"Connection: close" in answer:
        writer.close()


def answering(*answers: bytes) -> Respond:
    """Send these in turn, the last one for ever."""
    left = list(answers)

    async def respond(_seen: Seen, writer: asyncio.StreamWriter) -> None:
        await send(writer, left.pop(0) if len(left) > 1 else left[0])

    return respond


@asynccontextmanager
async def serving(respond: Respond) -> AsyncIterator[Server]:
    """Serve until the block is left; every connection has ended by then."""
    server = Server("")
    connections: dict[asyncio.Task[None] | None, asyncio.StreamWriter] = {}

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections[asyncio.current_task()] = writer
        server.connections += 1
        try:
            while not writer.is_closing():
                seen = await _request(reader)
                server.seen.append(seen)
                await respond(seen, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client has gone
        finally:
            writer.close()
            server.hung_up.set()

    listener = await asyncio.start_server(handle, "127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    try:
        yield server
    finally:
        listener.close()
        for writer in connections.values():
            writer.close()
        await asyncio.gather(*(task for task in connections if task))


async def _request(reader: asyncio.StreamReader) -> Seen:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.strip().split("\r\n")
    method, target, _ = first.split(" ")
    fields = (line.partition(":") for line in lines)
    headers = {name.lower(): value.strip() for name, _, value in fields}
    return Seen(
        method, target, headers, await reader.readexactly(int(headers.get("content-length", "0")))
    )
