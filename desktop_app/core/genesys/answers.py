"""One HTTP answer, read whole within bounds of size."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime

import httpx

BODY_LIMIT = 32 * 1024 * 1024  # decoded bytes; 194 KB of gzip can become 200 MB (safety T44)
ACCEPT_ENCODING = "gzip"

_STEP = 1024 * 1024
_GZIP = zlib.MAX_WBITS | 16


class BodyRefused(Exception):
    """The body is larger than the limit or packed in a way that wasn't asked for."""


class BodyBroken(Exception):
    """The body ended early or can't be unpacked: what a broken connection leaves behind."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers and the unpacked body. The repr leaves the body out."""

    status: int
    headers: httpx.Headers = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def is_json(self) -> bool:
        media_type: str = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        return media_type == "application/json" or media_type.endswith("+json")

    @property
    def date(self) -> datetime | None:
        """The server's clock, to the second; None without a usable ``Date`` header."""
        return http_date(self.headers.get("date", ""))


def http_date(text: str) -> datetime | None:
    """An HTTP date (RFC 9110 §5.6.7) as an aware instant; None for anything else."""
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError):
        return None
    return moment if moment.tzinfo else None


async def read_answer(response: httpx.Response, limit: int = BODY_LIMIT) -> Answer:
    """Read a streamed response, never holding much more than ``limit`` bytes.

    httpx would unpack each network read in one piece, however large it becomes, so the bytes
    are taken raw and unpacked here in steps.  Raises ``BodyRefused``, ``BodyBroken`` and what
    httpx raises while reading.
    """
    body = bytearray()
    async for piece in _unpacked(response):
        body += piece
        if len(body) > limit:
            raise BodyRefused
    return Answer(response.status_code, response.headers, bytes(body))


async def _unpacked(response: httpx.Response) -> AsyncIterator[bytes]:
    if response.is_stream_consumed:  # a transport may hand over a whole one, as mocks do
        yield response.content
        return
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding in ("identity", ""):
        async for chunk in response.aiter_raw():
            yield chunk
        return
    if encoding not in ("gzip", "x-gzip"):
        raise BodyRefused
    unpacker = zlib.decompressobj(_GZIP)
    empty = True
    try:
        async for chunk in response.aiter_raw():
            empty = empty and not chunk
            while chunk:
                yield unpacker.decompress(chunk, _STEP)
                chunk = unpacker.unconsumed_tail
        yield unpacker.flush()
    except zlib.error:
        raise BodyBroken from None
    if not (empty or unpacker.eof):
        raise BodyBroken
