"""Makes the signed feed that tells of a newer version (T43), and the pair of keys it needs.

    python -m scripts._feed new-key private.pem        prints the public key for the policy
    python -m scripts._feed sign --key private.pem --version 1.2.0 --notes https://… feed.json

Instead of ``--key``, CONTACT_HISTORY_FEED_KEY may hold the private key's PEM text.
"""

from __future__ import annotations

import base64
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from desktop_app.core.updates.feed import Release, read_feed, sign_feed

GOOD_DAYS = 120


@click.group()
def main() -> None:
    """Sign what tells people of a newer version."""


@main.command("new-key")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def new_key(file: Path) -> None:
    """Make a private key in FILE, which nobody else may read, and print its public key."""
    key = Ed25519PrivateKey.generate()
    try:
        file.touch(mode=0o600, exist_ok=False)
    except FileExistsError:
        raise click.ClickException(f"{file} exists already; name another file.") from None
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    click.echo(public_text(key))


@main.command()
@click.option("--key", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--version", required=True)
@click.option("--notes", required=True, metavar="URL", help="The page that tells of it.")
@click.option("--days", default=GOOD_DAYS, show_default=True, help="For how long it is good.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def sign(key: Path | None, version: str, notes: str, days: int, file: Path) -> None:
    """Write the feed of a release to FILE."""
    private = _private_key(key)
    today = datetime.now(UTC).date()
    feed = sign_feed(
        Release(version=version, notes=notes, until=today + timedelta(days=days)), private
    )
    read_feed(feed, private.public_key(), today)  # what nobody would believe isn't written
    file.write_bytes(feed)


def public_text(key: Ed25519PrivateKey) -> str:
    """The public key as the policy and the program name it."""
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()


def _private_key(file: Path | None) -> Ed25519PrivateKey:
    pem = file.read_bytes() if file else os.environ.get("CONTACT_HISTORY_FEED_KEY", "").encode()
    try:
        key = load_pem_private_key(pem, password=None)
    except ValueError:
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise click.ClickException("That is no private key; new-key makes one.")
    return key


if __name__ == "__main__":
    main()
