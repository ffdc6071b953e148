"""T43: the feed is read over TLS, in one request that tells nothing, and from nowhere else."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path

import pytest

from desktop_app.core.errors import UpdateFeedRefused
from desktop_app.core.genesys.network import Network
from desktop_app.core.updates.feed import FeedSource, Release, sign_feed
from desktop_app.core.updates.fetch import LONGEST_FEED, newest_release
from scripts._feed import public_text
from tests.core.tls_hosts import Authority, TlsHost, self_signed
from tests.core.updates.test_feed import FEED, KEY, OTHER, RELEASE, TODAY

PUBLIC = public_text(KEY)


def fetched(host: TlsHost, ca_file: Path | None, today: date = TODAY) -> Release:
    source = FeedSource(f"{host.url}/feed.json", PUBLIC)
    return asyncio.run(newest_release(source, Network(ca_file=ca_file), today))


def test_T43_it_is_read_over_tls_and_asked_for_once(tmp_path: Path) -> None:
    authority = Authority()
    with TlsHost(authority.certificate(), body=FEED) as host:
        assert fetched(host, authority.write(tmp_path)) == RELEASE
        assert host.requests == ["GET /feed.json HTTP/1.1"]


def test_T43_a_server_that_nobody_vouches_for_is_not_asked() -> None:
    with (
        TlsHost(self_signed(), body=FEED) as host,
        pytest.raises(UpdateFeedRefused, match="safely"),
    ):
        fetched(host, None)
    assert host.requests == []


@pytest.mark.parametrize("body", [sign_feed(RELEASE, OTHER), b"", b"x" * (LONGEST_FEED + 1)])
def test_T43_what_isnt_ours_is_refused(body: bytes, tmp_path: Path) -> None:
    authority = Authority()
    with TlsHost(authority.certificate(), body=body) as host, pytest.raises(UpdateFeedRefused):
        fetched(host, authority.write(tmp_path))


def test_T43_no_redirect_is_followed(tmp_path: Path) -> None:
    authority = Authority()
    with (
        TlsHost(authority.certificate(), body=FEED) as elsewhere,
        TlsHost(authority.certificate(), body=b"") as host,
    ):
        host.status = f"302 Found\r\nLocation: {elsewhere.url}/feed.json"
        with pytest.raises(UpdateFeedRefused, match="302"):
            fetched(host, authority.write(tmp_path))
        assert elsewhere.connections == 0


def test_a_server_that_is_not_there_is_told(tmp_path: Path) -> None:
    authority = Authority()
    with TlsHost(authority.certificate()) as host:
        pass
    with pytest.raises(UpdateFeedRefused, match="can't be reached"):
        fetched(host, authority.write(tmp_path))
