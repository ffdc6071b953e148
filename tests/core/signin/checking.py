"""Hosts to check settings against, and how results are read."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx

from desktop_app.core.signin.check import check_settings
from desktop_app.core.signin.findings import CheckResult, Subject, Verdict
from desktop_app.core.signin.profiles import Grant, Profile
from desktop_app.core.signin.regions import Region
from desktop_app.practice.server import PracticeServer
from tests.core.genesys.loopback import Respond, Seen, reply, send, serving
from tests.core.signin.signing_in import make_profile

HTML = {"Content-Type": "text/html; charset=utf-8"}
PAGE = reply(b"<!doctype html><title>page</title>", headers=HTML)
API_SAYS = reply(b"{}", 401)
UNKNOWN_CLIENT = "/#/error?errorKey=invalidClientId"
OK, WRONG, UNKNOWN = Verdict.OK, Verdict.WRONG, Verdict.UNKNOWN


@dataclass
class Straight:
    """A route without a proxy."""

    verify: ssl.SSLContext
    proxy: httpx.Proxy | None = None


async def straight(url: str) -> Straight:
    return Straight(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))


def through(proxy: str) -> Callable[[str], Awaitable[Straight]]:
    async def route(url: str) -> Straight:
        return Straight(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), httpx.Proxy(proxy))

    return route


@dataclass(frozen=True, slots=True)
class Here(Region):
    """A region on this computer."""

    origin: str = ""

    @property
    def login_url(self) -> str:
        return self.origin

    @property
    def api_url(self) -> str:
        return self.origin


def region(label: str, origin: str) -> Here:
    return Here(label.lower(), f"{label.lower()}.example", label, False, origin)


def checked(profile: Profile, **options: Any) -> CheckResult:
    return asyncio.run(check_settings(profile, straight, **options))


def verdicts(result: CheckResult) -> dict[Subject, Verdict]:
    return {finding.subject: finding.verdict for finding in result.findings}


def sentence(result: CheckResult, subject: Subject) -> str:
    return next(f.sentence for f in result.findings if f.subject is subject)


def client_of(server: PracticeServer, name: str) -> str:
    clients: Any = server.description["clients"]
    return str(clients[name]["client_id"])


def host_that(says: Callable[[Seen], bytes]) -> Respond:
    """A host whose API is Genesys' and whose login says what ``says`` returns."""

    async def respond(seen: Seen, writer: asyncio.StreamWriter) -> None:
        await send(writer, API_SAYS if seen.target.startswith("/api/") else says(seen))

    return respond


def redirect(to: str) -> bytes:
    return reply(status=302, headers={"Location": to})


def checked_against(
    says: Callable[[Seen], bytes], grant: Grant = Grant.PKCE, **changes: Any
) -> tuple[CheckResult, list[Seen]]:
    """The result, and all that the one host of both kinds was asked."""

    async def run() -> tuple[CheckResult, list[Seen]]:
        async with serving(host_that(says)) as host:
            profile = make_profile(grant, login_url=host.url, api_url=host.url, **changes)
            return await check_settings(profile, straight), host.seen

    return asyncio.run(run())
