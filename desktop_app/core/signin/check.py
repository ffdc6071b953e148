"""Checking a profile's settings without signing in.

The API is asked one thing that needs no token, and the login host for its login page, by a
throwaway attempt.  Its redirects are followed by hand, and only on the login host itself: where
they lead tells whether the client, the redirect URI and the grant are accepted (contract §1).
Bodies are never read.  A login host that computes its answer in a script tells less here; see
``gui.signin.page_check``.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Protocol
from urllib.parse import urljoin, urlsplit

import httpx

from desktop_app.core.errors import (
    ContactHistoryError,
    LoginUnavailable,
    NetworkError,
    ProxySignInNeeded,
    ServiceTimeout,
    ServiceUnavailable,
    SignInError,
    UnexpectedAnswer,
)
from desktop_app.core.genesys import certificates, failures
from desktop_app.core.genesys.answers import Answer
from desktop_app.core.genesys.network import proxy_address
from desktop_app.core.signin.findings import (
    CheckResult,
    Finding,
    Visit,
    about_browser,
    about_client,
    about_network,
    is_client_unknown,
    nothing_about_client,
    other_grant,
)
from desktop_app.core.signin.oauth import Attempt, Failure, NotOurs
from desktop_app.core.signin.profiles import Grant, Profile
from desktop_app.core.signin.refusals import is_grant_refused
from desktop_app.core.signin.regions import Region

__all__ = ["CheckResult", "Route", "RouteFor", "check_settings"]

HOST_S = 10.0  # for each of the two hosts, side by side
EXTRA_S = 5.0  # for each further question
REGIONS_S = 15.0  # for all other regions together: 18 of them, six at once, 5 s each
AT_ONCE = 6
MOST_REDIRECTS = 10

_WHOAMI = "/api/v2/tokens/me"  # needs no permission, and 401 without a token (contract §1)


class Route(Protocol):
    """How an origin is reached."""

    @property
    def verify(self) -> ssl.SSLContext: ...
    @property
    def proxy(self) -> httpx.Proxy | None: ...


RouteFor = Callable[[str], Awaitable[Route]]


async def check_settings(
    profile: Profile,
    route_for: RouteFor,
    *,
    other_regions: Sequence[Region] = (),
    now: Callable[[], float] = time.time,
) -> CheckResult:
    """Everything that can be told about a profile; takes at most 25 s.

    ``route_for`` says how to reach an origin.  Where the client is unknown, ``other_regions`` are
    asked for it.  A failure is a finding; nothing is raised for it.
    """
    visitor = _Visitor(route_for, now)
    login, api = await asyncio.gather(
        visitor.login(profile, HOST_S), visitor.api(profile.api_url, HOST_S)
    )
    about = await _about_client(visitor, profile, login, api, other_regions)
    return CheckResult((*about_network(profile, login, api), *about))


async def _about_client(
    visitor: _Visitor, profile: Profile, login: Visit, api: Visit, others: Sequence[Region]
) -> tuple[Finding, ...]:
    refusal = login.refusal
    if not login.is_answered:
        return nothing_about_client("Not known while Genesys' login can't be asked.")
    if refusal is None and isinstance(api.error, UnexpectedAnswer):
        # A page alone proves nothing: it may be anybody's too.
        return nothing_about_client("Not known while something else answers for Genesys Cloud.")
    if is_client_unknown(refusal):
        found = await visitor.region_of(profile, others)
        return about_client(profile, refusal, belongs_to=found.label if found else "")
    if refusal is not None and is_grant_refused(refusal):
        other = await visitor.login(replace(profile, grant=other_grant(profile)), EXTRA_S)
        return about_client(profile, refusal, other_allowed=_is_allowed(other))
    findings = about_client(profile, refusal)
    if refusal is None and profile.grant is Grant.PKCE:
        return (*findings, await _about_browser(visitor, profile))
    return findings


def _is_allowed(visit: Visit) -> bool | None:
    if visit.error is not None:
        return None
    return visit.refusal is None


async def _about_browser(visitor: _Visitor, profile: Profile) -> Finding:
    uris = profile.browser_redirect_uris
    visits = await asyncio.gather(
        *(visitor.login(profile.for_browser(uri), EXTRA_S) for uri in uris)
    )
    return about_browser(profile, dict(zip(uris, visits, strict=True)))


@dataclass(frozen=True, slots=True)
class _Head:
    """An answer without its body. ``target`` is where a redirect leads, made absolute."""

    answer: Answer
    target: str

    @property
    def is_page(self) -> bool:
        media_type: str = self.answer.headers.get("content-type", "")
        return media_type.partition(";")[0].strip().lower() in (
            "text/html",
            "application/xhtml+xml",
        )


@dataclass(frozen=True, slots=True)
class _Visitor:
    route_for: RouteFor
    now: Callable[[], float]

    async def api(self, api_url: str, seconds: float) -> Visit:
        """Whether it is Genesys' API that answers: without a token it says 401, in JSON."""
        host = urlsplit(api_url).netloc
        proxy = ""
        try:
            async with self._open(api_url, seconds) as (http, proxy):
                head = await _ask(http, f"{api_url}{_WHOAMI}", "application/json")
            _check_api(head.answer, host)
        except ContactHistoryError as error:
            return Visit(host, proxy, error)
        return Visit(host, proxy)

    async def login(self, profile: Profile, seconds: float) -> Visit:
        """Begin an attempt that nobody will finish, and see how far the login host goes."""
        host = urlsplit(profile.login_url).netloc
        proxy = ""
        try:
            async with self._open(profile.login_url, seconds) as (http, proxy):
                refusal = await self._refusal(http, profile, host)
        except ContactHistoryError as error:
            return Visit(host, proxy, error)
        return Visit(host, proxy, refusal=refusal)

    async def region_of(self, profile: Profile, others: Sequence[Region]) -> Region | None:
        """The other region whose login host knows the client; the first that says so."""
        few = asyncio.Semaphore(AT_ONCE)

        async def known_in(region: Region) -> Region | None:
            there = replace(
                profile, region=region, login_url=region.login_url, api_url=region.api_url
            )
            async with few:
                visit = await self.login(there, EXTRA_S)
            return region if visit.is_answered and not is_client_unknown(visit.refusal) else None

        return await _first(
            (known_in(region) for region in others if region.login_url != profile.login_url),
            REGIONS_S,
        )

    async def _refusal(
        self, http: httpx.AsyncClient, profile: Profile, host: str
    ) -> SignInError | None:
        """What the login host has against the settings, None if it goes on to a login.

        Neither the callback nor any other host is followed to.
        """
        attempt = Attempt.start(profile, now=self.now(), prompt="login")
        url = attempt.authorize_url
        for _ in range(MOST_REDIRECTS):
            head = await _ask(http, url, "text/html")
            if not head.target:
                _check_page(head, host)
                return None
            outcome = attempt.offer(head.target, main_frame=True, now=self.now())
            if isinstance(outcome, Failure):
                if isinstance(outcome.error, LoginUnavailable):
                    raise outcome.error
                return outcome.error
            if not isinstance(outcome, NotOurs) or not _is_within(head.target, profile.login_url):
                return None  # on to an identity provider, or straight back: a token is dropped
            url = head.target
        raise LoginUnavailable(
            f"{host} redirects in a circle. Test again in a few minutes, or ask your admin."
        )

    @asynccontextmanager
    async def _open(
        self, origin: str, seconds: float
    ) -> AsyncIterator[tuple[httpx.AsyncClient, str]]:
        """A client for one origin, whose failures come as errors of ours."""
        host = urlsplit(origin).netloc
        route: Route | None = None
        try:
            async with asyncio.timeout(seconds):
                route = await self.route_for(origin)
                proxy = proxy_address(route.proxy)
                async with httpx.AsyncClient(
                    verify=route.verify,
                    proxy=route.proxy,
                    trust_env=False,
                    follow_redirects=False,
                    timeout=seconds,
                ) as http:
                    yield http, proxy
        except (TimeoutError, httpx.TimeoutException):
            raise ServiceTimeout(
                f"{host} did not answer within {seconds:.0f} seconds. Check the network and its"
                " proxy, then test again."
            ) from None
        except httpx.HTTPError as error:
            failure = failures.no_answer(error, proxy_address(route.proxy if route else None))
            unreached = _unreached(error, failure.error, host)
        else:
            return
        if failure.distrust is not None and route is not None:
            raise await certificates.refused(failure.distrust, origin, route.proxy)
        raise unreached


async def _ask(http: httpx.AsyncClient, url: str, media_type: str) -> _Head:
    headers = {"Accept": media_type, "Accept-Encoding": "identity"}
    async with http.stream("GET", url, headers=headers) as response:
        answer = Answer(response.status_code, response.headers, b"")
    if answer.status == 407 and (failure := failures.failure_of(answer)) is not None:
        raise failure.error
    location = answer.headers.get("location", "") if 300 <= answer.status < 400 else ""
    return _Head(answer, urljoin(url, location) if location else "")


def _check_api(answer: Answer, host: str) -> None:
    _check_available(answer, host)
    if answer.status not in (401, 403, 429) or not answer.is_json:
        raise _not_genesys(host)


def _check_page(head: _Head, host: str) -> None:
    _check_available(head.answer, host)
    if head.answer.status != 200 or not head.is_page:
        raise _not_genesys(host)


def _check_available(answer: Answer, host: str) -> None:
    if answer.status >= 500 and answer.status != 511:  # 511: a portal asks to sign on (RFC 6585)
        raise ServiceUnavailable(
            f"{host} is unavailable just now (status {answer.status}). Test again in a few minutes."
        )


def _not_genesys(host: str) -> UnexpectedAnswer:
    return UnexpectedAnswer(
        f"What answers at {host} is not Genesys Cloud. If this network has a sign-on page of its"
        " own (a hotel, a guest Wi-Fi), open it in a browser first, then test again."
    )


def _unreached(
    error: httpx.HTTPError, failure: ContactHistoryError, host: str
) -> ContactHistoryError:
    """``failure`` in the words of a test, where they can say more."""
    if isinstance(error, httpx.ProxyError) or isinstance(failure, ProxySignInNeeded):
        return failure
    causes = list(_causes(error))
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return NetworkError(
            f"{host} can't be found. Check that this computer is online, then test again."
        )
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return NetworkError(
            f"{host} refuses the connection. Check the network, its firewall and its proxy, then"
            " test again."
        )
    return failure


def _causes(error: BaseException | None) -> Iterable[BaseException]:
    if error is None:
        return
    yield error
    yield from _causes(error.__cause__ or error.__context__)
    if isinstance(error, BaseExceptionGroup):
        for one in error.exceptions:
            yield from _causes(one)


def _is_within(url: str, origin: str) -> bool:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" == origin


async def _first(questions: Iterable[Awaitable[Region | None]], seconds: float) -> Region | None:
    """The first answer that isn't None; the other questions are dropped."""
    tasks = [asyncio.ensure_future(question) for question in questions]
    try:
        for earliest in asyncio.as_completed(tasks, timeout=seconds):
            found = await earliest
            if found is not None:
                return found
    except TimeoutError:
        return None
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return None
