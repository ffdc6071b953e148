"""What a published data set holds and how complete that is: ``manifest.json``, written last."""

from __future__ import annotations

import contextlib
from pathlib import Path

import msgspec

from desktop_app.core.errors import TargetRefused
from desktop_app.core.history.export.whole_file import meaning, whole_file

SCHEMA = 1
NAME = "manifest.json"
_APPLICATION = "Contact History"


class PublishedDay(msgspec.Struct, frozen=True, kw_only=True):
    """One UTC day of a table. ``hash`` is of its rows, ``source`` of what they are made of.

    ``synced`` is the moment up to which the day is true, ``written`` when the file was.
    """

    file: str
    rows: int = 0
    bytes: int = 0
    complete: bool = False
    why: str = ""
    synced: str = ""
    written: str = ""
    hash: str = ""
    source: str = ""


class ColumnEntry(msgspec.Struct, frozen=True):
    name: str
    type: str
    about: str


class TableEntry(msgspec.Struct, kw_only=True):
    version: int
    columns: list[ColumnEntry] = msgspec.field(default_factory=list)
    days: dict[str, PublishedDay] = msgspec.field(default_factory=dict)


class Manifest(msgspec.Struct, kw_only=True):
    """``owner`` tells whose history it is, and nobody who: the hash that names their store."""

    owner: str
    schema: int = SCHEMA
    application: str = _APPLICATION
    app_version: str = ""
    published: str = ""
    masked: bool = False
    tables: dict[str, TableEntry] = msgspec.field(default_factory=dict)


class _Kind(msgspec.Struct):
    schema: int = 0
    application: str = ""


def load(folder: Path, owner: str) -> Manifest:
    """What is there, or a new one. A file that can't be read is set aside, and all is written anew.

    Raises TargetRefused for a folder that is somebody else's, or of a later application.
    """
    path = folder / NAME
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return Manifest(owner=owner)
    except OSError as error:
        raise meaning(error, path) from None
    try:
        kind = msgspec.json.decode(content, type=_Kind)
        if kind.application == _APPLICATION and kind.schema == SCHEMA:
            found = msgspec.json.decode(content, type=Manifest)
        else:
            raise _refused(kind)
    except (msgspec.DecodeError, UnicodeDecodeError):
        path.replace(path.with_name(f"damaged-{NAME}"))
        return Manifest(owner=owner)
    if found.owner != owner:
        raise TargetRefused(
            "This folder holds the contacts of another sign-in. Choose another folder."
        )
    return found


def save(folder: Path, manifest: Manifest, published: str) -> None:
    """Written at ``published``; nothing is where it would tell nothing new."""
    path = folder / NAME
    with contextlib.suppress(OSError):
        if path.read_bytes() == _text(manifest):
            return
    manifest.published = published
    with whole_file(path) as part:
        part.write_bytes(_text(manifest))


def _text(manifest: Manifest) -> bytes:
    return msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n"


def _refused(kind: _Kind) -> TargetRefused:
    if kind.application == _APPLICATION:
        return TargetRefused(
            "This folder was written by a later Contact History. Update this one, or choose another"
            " folder."
        )
    return TargetRefused(
        f"There is a {NAME} of another program in this folder. Choose another folder."
    )
