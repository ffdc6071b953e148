"""What every API request passes: token, rate limit, permission, body; and how answers leave."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

import msgspec
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from .errors import ApiError, bad_request, missing_all, missing_any
from .exchange import Exchange, exchange_of
from .faults import Disruption
from .limits import RateLimiter
from .tenants import DirectoryData
from .tokens import AccessToken, TokenStore

MAX_BODY_BYTES = 512_000
MAX_IDS = 100


@dataclass(frozen=True)
class Needs:
    """The permissions a call asks for: any of some, or all of some (contract §3)."""

    any_of: tuple[str, ...] = ()
    all_of: tuple[str, ...] = ()

    def check(self, held: frozenset[str]) -> None:
        if self.any_of and not held.intersection(self.any_of):
            raise missing_any(self.any_of)
        missing = [permission for permission in self.all_of if permission not in held]
        if missing:
            raise missing_all(missing)


NOTHING = Needs()


@dataclass(frozen=True)
class Call:
    """An admitted request."""

    token: AccessToken
    path: Mapping[str, str]
    query: QueryParams
    url_path: str
    disruption: Disruption
    body: bytes = field(repr=False)

    @property
    def directory(self) -> DirectoryData:
        return self.token.account.contacts.directory

    def integer(self, name: str, default: int, *, most: int) -> int:
        """A whole number from 1 to ``most`` of the query string."""
        text = self.query.get(name)
        if text is None:
            return default
        if not (text.isascii() and text.isdigit()) or not 1 <= int(text) <= most:
            raise bad_request(f"{name} must be a whole number from 1 to {most}")
        return int(text)

    def ids(self, *, code: str = "bad.request") -> list[str] | None:
        """The ids of ``?id=a,b`` or ``?id=a&id=b``, each once; None when none are asked for."""
        texts = self.query.getlist("id")
        if not texts:
            return None
        ids = list(dict.fromkeys(part for text in texts for part in text.split(",") if part))
        if len(ids) > MAX_IDS:
            raise bad_request(f"No more than {MAX_IDS} ids can be requested at once.", code=code)
        return ids


@dataclass(frozen=True)
class Answer:
    """JSON to be sent; ``content`` None is an empty body."""

    content: object
    status: int = 200


Endpoint = Callable[[Call], Awaitable[Answer]]


class Gate:
    """Turns endpoints into routes."""

    def __init__(self, tokens: TokenStore, limiter: RateLimiter, *, rate_headers: bool) -> None:
        self._tokens = tokens
        self._limiter = limiter
        self._rate_headers = rate_headers

    def route(self, method: str, path: str, endpoint: Endpoint, needs: Needs = NOTHING) -> Route:
        async def respond(request: Request) -> Response:
            headers: dict[str, str] = {}
            exchange = exchange_of(request.scope)
            try:
                call = await self._admit(request, exchange, needs, headers)
                return _json(await endpoint(call), headers)
            except ApiError as error:
                return error_response(error, exchange.correlation_id, headers)

        route = Route(f"/api/v2/{path}", respond, methods=[method])
        if method == "GET":
            # Starlette answers HEAD wherever GET is served; the service does so only where the
            # contract names it.
            route.methods = {"GET"}
        return route

    async def _admit(
        self, request: Request, exchange: Exchange, needs: Needs, headers: dict[str, str]
    ) -> Call:
        disruption = exchange.disruption
        keep_idle = request.query_params.get("preserveIdleTTL", "").lower() == "true"
        token = self._tokens.check(request.headers.get("authorization"), keep_idle=keep_idle)
        exchange.user = token.account.email
        if disruption.first("unauthorized"):
            self._tokens.expire(token)
            self._tokens.check(request.headers.get("authorization"))
        verdict = self._limiter.admit(token.text)
        if verdict is not None:
            if self._rate_headers and not disruption.first("no_rate_headers"):
                headers |= verdict.headers()
            verdict.enforce()
        forbidding = disruption.first("forbidden")
        if forbidding is not None:
            raise missing_any([str(forbidding.forbidden)])
        needs.check(token.account.permissions)
        return Call(
            token=token,
            path=request.path_params,
            query=request.query_params,
            url_path=request.url.path,
            disruption=disruption,
            body=await _read_body(request) if request.method == "POST" else b"",
        )


async def _read_body(request: Request) -> bytes:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise ApiError(415)
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_BODY_BYTES:
                raise ApiError(413)
    except ClientDisconnect:
        raise ApiError(400) from None  # for nobody: who asked has been killed
    return bytes(body)


def _json(answer: Answer, headers: Mapping[str, str]) -> Response:
    if answer.content is None:
        return Response(status_code=answer.status, headers=headers)
    content = msgspec.json.encode(answer.content)
    return Response(content, answer.status, headers, "application/json")


def error_response(
    error: ApiError, correlation_id: str, headers: Mapping[str, str] | None = None
) -> Response:
    return _json(
        Answer(error.body(correlation_id), error.status), {**(headers or {}), **error.headers}
    )


async def on_http_exception(request: Request, error: Exception) -> Response:
    """Unknown paths and methods, in the API's own form."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    return error_response(ApiError(status), exchange_of(request.scope).correlation_id)
