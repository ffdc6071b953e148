"""A web server on this computer for the tests of the web view: pages by path, hits counted."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass, field
from typing import Self

HTML = "text/html; charset=utf-8"


@dataclass(frozen=True)
class Answer:
    body: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)

    def as_bytes(self) -> bytes:
        body = self.body.encode()
        fields = {
            "Content-Type": HTML,
            "Content-Length": str(len(body)),
            "Connection": "close",
            **self.headers,
        }
        lines = [f"HTTP/1.1 {self.status} X", *(f"{name}: {text}" for name, text in fields.items())]
        return "\r\n".join([*lines, "", ""]).encode() + body


def page(body: str) -> Answer:
    return Answer(f"<!doctype html><title>page</title><body>{body}</body>")


def redirect(to: str) -> Answer:
    return Answer(status=302, headers={"Location": to})


class WebServer:
    """``connections`` counts every connection, even one that asks for nothing; ``paths`` holds
    what was asked for. ``hang`` names paths that never answer."""

    def __init__(self) -> None:
        self.pages: dict[str, Answer] = {}
        self.hang: set[str] = set()
        self.paths: list[str] = []
        self.connections = 0
        self.port = 0
        self._begun = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end: asyncio.Event | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="web")

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._begun.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._loop is not None and self._end is not None
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join()

    async def _serve(self) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        handlers: set[asyncio.Task[None]] = set()

        async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self.connections += 1
            task = asyncio.current_task()
            assert task is not None
            handlers.add(task)
            try:
                await self._answer(reader, writer)
            except (ConnectionError, asyncio.CancelledError):
                return  # the browser went, or the test ends
            finally:
                handlers.discard(task)
                writer.close()

        server = await asyncio.start_server(handle, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._begun.set()
        await self._end.wait()
        server.close()
        for task in list(handlers):
            task.cancel()
        await asyncio.gather(*handlers, return_exceptions=True)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request, without its body: no page here needs it."""
        line = await reader.readline()
        if not line:
            return
        while (await reader.readline()).strip():
            pass
        path = line.split()[1].decode().partition("?")[0]
        self.paths.append(path)
        if path in self.hang:
            await asyncio.Event().wait()
        writer.write(self.pages.get(path, Answer("nothing here", 404)).as_bytes())
        await writer.drain()
