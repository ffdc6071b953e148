"""A Genesys API made of a function, behind a client in virtual time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

import httpx

from desktop_app.core.genesys.client import GenesysClient
from tests.core.genesys.virtual_time import timing

Endpoint = Callable[[httpx.Request], httpx.Response]


def scripted(endpoint: Endpoint) -> GenesysClient:
    """A client all of whose requests are answered by ``endpoint``, each after a moment."""

    async def respond(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0.01)
        return endpoint(request)

    return GenesysClient(
        "https://api.example.com",
        lambda: "token",
        transport=httpx.MockTransport(respond),
        timing=timing(),
    )


def forbidden(*permissions: str) -> httpx.Response:
    message = f"You are missing the following permission(s): [{', '.join(permissions)}]"
    return httpx.Response(403, json={"message": message, "code": "missing.permissions"})


def refused(code: str = "bad.request") -> httpx.Response:
    return httpx.Response(400, json={"message": "no", "code": code})


def sent(request: httpx.Request) -> dict[str, object]:
    body = json.loads(request.content)
    assert isinstance(body, dict)
    return body
