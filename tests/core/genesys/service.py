"""A Genesys API made of a script: these answers, in this order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from desktop_app.core.errors import ServiceError
from desktop_app.core.genesys import wire
from desktop_app.core.genesys.client import GenesysClient
from tests.core.genesys.virtual_time import now, run, timing

API = "https://api.example.com"
CANARY = "canary-token-6e1f"
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
