"""The API host: every endpoint, and the controls of the practice organisation itself."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterable

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from . import lookups
from .accounts import Account
from .details import Details, Histories
from .errors import bad_request
from .exchange import exchange_of
from .faults import Faults, FaultScriptError, read_script
from .front import CONTROL_PATH
from .gate import Gate, error_response, on_http_exception
from .history import History
from .identity import Identity
from .jobs import Jobs
from .limits import RateLimiter, sped_up
from .settings import PracticeSettings
from .tokens import TokenStore


def make_api(
    settings: PracticeSettings,
    accounts: Iterable[Account],
    tokens: TokenStore,
    faults: Faults,
    halt: threading.Event,
    *,
    data_end_ms: int,
) -> Starlette:
    """The application of the API host. ``halt`` ends long computations when the server stops.

    Belongs to the running loop.
    """
    limiter = RateLimiter(
        settings.rate_limit, settings.rate_window_s, sped_up(time.monotonic, settings.minute_s)
    )
    gate = Gate(tokens, limiter, rate_headers=settings.rate_headers)
    sources = {id(account.contacts): account.contacts for account in accounts}
    histories = Histories(
        [
            History(each, _now_ms, halt, keep_answers=settings.render_first)
            for each in sources.values()
        ]
    )
    if settings.render_first:
        histories.render_all()
    if settings.revise_after_s is not None:
        asyncio.get_running_loop().call_later(settings.revise_after_s, histories.revise)
    jobs = Jobs(histories, clock=time.time, data_end_ms=data_end_ms)
    return Starlette(
        # The fixed paths stand before those with a variable part that would swallow them.
        routes=[
            *Identity(tokens, settings).routes(gate),
            *jobs.routes(gate),
            *Details(histories).routes(gate),
            *lookups.routes(gate),
            _fault_controls(faults),
            _revision_control(histories),
        ],
        exception_handlers={HTTPException: on_http_exception},
    )


def _now_ms() -> int:
    return int(time.time() * 1000)


def _fault_controls(faults: Faults) -> Route:
    async def control(request: Request) -> Response:
        if request.method == "DELETE":
            faults.clear()
        elif request.method == "POST":
            try:
                faults.extend(read_script(await request.body()))
            except FaultScriptError as error:
                correlation_id = exchange_of(request.scope).correlation_id
                return error_response(bad_request(str(error)), correlation_id)
        return Response(msgspec.json.encode(faults.report()), media_type="application/json")

    return Route(f"{CONTROL_PATH}faults", control, methods=["GET", "POST", "DELETE"])


def _revision_control(histories: Histories) -> Route:
    async def control(request: Request) -> Response:
        histories.revise()
        return Response(status_code=204)

    return Route(f"{CONTROL_PATH}revisions", control, methods=["POST"])
