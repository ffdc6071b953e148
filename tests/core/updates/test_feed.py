"""T43: what tells of newer versions is believed only as it was signed."""

from __future__ import annotations

import base64
import json
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.core.errors import UpdateFeedRefused
from desktop_app.core.updates.feed import (
    Release,
    built_in_source,
    is_https,
    is_newer,
    read_feed,
    read_key,
    sign_feed,
)
from scripts import _feed

TODAY = date(2026, 11, 24)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
RELEASE = Release(
    version="1.2.0", notes="https://example.com/notes", until=TODAY + timedelta(days=1)
)
FEED = sign_feed(RELEASE, KEY)


def changed(**values: Any) -> Release:
    return Release(**{"version": "1.2.0", "notes": "https://a.b", "until": TODAY, **values})


def test_T43_what_was_signed_is_read() -> None:
    assert read_feed(FEED, KEY.public_key(), TODAY) == RELEASE
    assert read_feed(FEED, KEY.public_key(), RELEASE.until) == RELEASE


def test_T43_no_flipped_bit_is_believed() -> None:
    taken = 0
    for place in range(len(FEED)):
        for bit in range(8):
            damaged = bytearray(FEED)
            damaged[place] ^= 1 << bit
            try:
                read = read_feed(bytes(damaged), KEY.public_key(), TODAY)
            except UpdateFeedRefused:
                continue
            # Base64's last character before its padding holds bits that say nothing.
            assert read == RELEASE
            taken += 1
    assert taken <= 4


def test_T43_another_key_or_the_payload_of_another_feed_is_refused() -> None:
    for feed in (
        sign_feed(RELEASE, OTHER),
        json.dumps(
            {
                "payload": json.loads(sign_feed(changed(version="9.9"), OTHER))["payload"],
                "signature": json.loads(FEED)["signature"],
            }
        ).encode(),
    ):
        with pytest.raises(UpdateFeedRefused, match="signature"):
            read_feed(feed, KEY.public_key(), TODAY)


def test_T43_a_feed_that_was_held_back_runs_out() -> None:
    with pytest.raises(UpdateFeedRefused, match="2026-11-25"):
        read_feed(FEED, KEY.public_key(), RELEASE.until + timedelta(days=1))


@given(st.binary(max_size=200))
def test_T43_anything_else_is_refused(body: bytes) -> None:
    with pytest.raises(UpdateFeedRefused):
        read_feed(body, KEY.public_key(), TODAY)


@pytest.mark.parametrize(
    "release",
    [
        changed(version="1"),
        changed(version="1.2-beta"),
        changed(version="<b>1.2</b>"),
        changed(notes="http://example.com"),
        changed(notes="file:///etc/passwd"),
        changed(notes="https://user@example.com/"),
        changed(notes="https://example.com/\n"),
        changed(notes=""),
    ],
)
def test_T43_what_no_release_says_is_refused_though_it_is_signed(release: Release) -> None:
    with pytest.raises(UpdateFeedRefused, match="can't be right"):
        read_feed(sign_feed(release, KEY), KEY.public_key(), TODAY)


def test_T43_another_form_is_refused_though_it_is_signed() -> None:
    payload = '{"version": 12}'
    signature = base64.b64encode(KEY.sign(payload.encode())).decode()
    feed = json.dumps({"payload": payload, "signature": signature}).encode()
    with pytest.raises(UpdateFeedRefused, match="isn't understood"):
        read_feed(feed, KEY.public_key(), TODAY)


@pytest.mark.parametrize(
    ("offered", "running", "newer"),
    [
        ("1.10.0", "1.9.9", True),
        ("1.2", "1.2.0", False),
        ("1.2.0.1", "1.2", True),
        ("0.9", "1.0", False),
        ("1.0", "dev", True),
        ("1.3", "1.3.dev1", False),
    ],
)
def test_versions_are_compared_number_by_number(offered: str, running: str, newer: bool) -> None:
    assert is_newer(offered, running) is newer


def test_an_address_for_a_browser() -> None:
    assert is_https("https://example.com/notes?v=1#top")
    for other in ("", "https://", "https://a b", "HTTPS:\\\\a", "https://[", "javascript:1"):
        assert not is_https(other)


def test_the_source_tree_looks_nowhere() -> None:
    assert built_in_source() is None


@pytest.mark.parametrize("text", ["", "AAAA", "ä", "AAAA" * 11])
def test_a_key_that_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"bytes|Base64"):
        read_key(text)


def run(*arguments: str, key: str = "") -> Result:
    return CliRunner().invoke(_feed.main, arguments, env={"CONTACT_HISTORY_FEED_KEY": key})


def test_the_maker_of_feeds_signs_what_its_public_key_reads(tmp_path: Path) -> None:
    private, feed = tmp_path / "private.pem", tmp_path / "feed.json"
    public = run("new-key", str(private)).stdout
    about = ["--version", "2.0.0", "--notes", "https://example.com/2"]
    for key in (("--key", str(private)), ()):
        pem = "" if key else private.read_text(encoding="ascii")
        signed = run("sign", *key, *about, str(feed), key=pem)
        assert signed.exit_code == 0
        release = read_feed(feed.read_bytes(), read_key(public), datetime.now(UTC).date())
        assert release.version == "2.0.0"
        feed.unlink()
    assert sys.platform == "win32" or private.stat().st_mode & 0o077 == 0


def test_the_maker_of_feeds_writes_over_no_key_and_signs_nothing_unbelievable(
    tmp_path: Path,
) -> None:
    private, feed = tmp_path / "private.pem", tmp_path / "feed.json"
    run("new-key", str(private))
    before = private.read_bytes()
    assert run("new-key", str(private)).exit_code != 0
    assert private.read_bytes() == before
    for given_key, version in ((before.decode(), "two"), ("no key", "2.0.0"), ("", "2.0.0")):
        refused = run(
            *("sign", "--version", version, "--notes", "https://example.com", str(feed)),
            key=given_key,
        )
        assert refused.exit_code != 0 and not feed.exists()
