"""What the layers of the server tell each other about one request."""

from __future__ import annotations

import uuid
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from typing import Any

from .faults import Disruption

_KEY = "practice.exchange"


@dataclass
class Exchange:
    """One request and its answer, without their contents."""

    disruption: Disruption
    correlation_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    user: str = ""


@dataclass(frozen=True)
class SeenRequest:
    """A line of the server's log: no query, no body, no token.

    ``user`` is the e-mail address the token stands for, "" when there was no valid one;
    ``authorization`` says whether an ``Authorization`` header came at all.
    """

    host: str
    method: str
    path: str
    status: int
    user: str
    authorization: bool


def attach(scope: MutableMapping[str, Any], exchange: Exchange) -> None:
    scope[_KEY] = exchange


def exchange_of(scope: MutableMapping[str, Any]) -> Exchange:
    """The exchange that :class:`~.front.Front` attached to an ASGI scope."""
    exchange = scope[_KEY]
    if not isinstance(exchange, Exchange):
        raise TypeError("the scope carries no exchange")
    return exchange
