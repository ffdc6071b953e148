"""What a practice organisation is made of and how it behaves."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class PracticeSettings:
    """Options of one practice organisation.

    ``port`` is the API's; the login host listens on the next one (both are free ports when it is
    0).  ``until_ms`` is the end of the data in epoch milliseconds, by default the moment the
    server starts; contacts that would begin after the present moment do not exist yet.
    ``rate_limit`` requests are allowed per token in any ``rate_window_s`` seconds, 0 switches the
    limit off.  ``minute_s`` is how long a minute of the limit lasts, for whoever can't wait for a
    real one: the limit, ``inin-ratelimit-reset`` and ``Retry-After`` all count that clock's
    seconds.  ``rate_headers`` may be switched off because real answers often lack the
    ``inin-ratelimit-*`` headers (quirks 31).  With ``tls_cert`` and ``tls_key``, PEM files, both
    hosts speak TLS and are ``https://localhost:PORT``, for which the certificate must be issued;
    ValueError for one without the other.  With ``render_first`` every answer of the details query
    is made before the server is ready and kept, 5.5 kB of memory each.  ``revise_after_s`` seconds
    after the start some contacts are rewritten and some forgotten (``revisions``); None for never.
    """

    port: int = 0
    conversations: int = 20_000
    days: int = 30
    seed: int = 1
    latency_ms: int = 0
    rate_limit: int = 300
    rate_window_s: float = 60.0
    minute_s: float = 60.0
    rate_headers: bool = True
    faults_file: Path | None = None
    until_ms: int | None = None
    token_lifetime_s: int = 86_400
    tls_cert: Path | None = None
    tls_key: Path | None = None
    render_first: bool = False
    revise_after_s: float | None = None

    def __post_init__(self) -> None:
        if (self.tls_cert is None) != (self.tls_key is None):
            raise ValueError("TLS needs both: a certificate and its key.")
