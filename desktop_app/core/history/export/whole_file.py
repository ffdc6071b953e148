"""Files that are there whole or not at all (fault F32).

What is being written has a name of its own beside the target; the target's is given to it at the
very end.  Killed half-way it leaves only that, which the next export into the folder clears away.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from desktop_app.core.errors import ExportError, TargetFull, TargetLocked, TargetRefused

_SUFFIX = ".contact-history-part"
_STALE_S = 86_400  # nobody writes that long


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Yields where to write; then that becomes ``path``, in one step.

    Raises ExportError's subclasses for what the system says; the old file is as it was then.
    """
    if path.is_dir():
        raise TargetRefused(f"{path.name} is a folder. Choose another name.")
    with _part_of(path) as part:
        part.touch()  # what forbids it is told by the system itself, whoever writes then
        yield part
        _flush(part)
        part.replace(path)


@contextlib.contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """The same for a folder. No system swaps two of them in one step: for a moment there is none.

    Only a folder that an export has made is replaced.
    """
    if path.exists() and not _is_ours(path):
        raise TargetRefused(
            f"{path.name} is there already, and not an export by day. Choose another name."
        )
    with _part_of(path) as part:
        part.mkdir()
        yield part
        for file in part.rglob("*.*"):
            _flush(file)
        old = part.with_name(f"{part.name}-old")
        if path.exists():
            path.replace(old)
        try:
            part.replace(path)
        except OSError:
            if old.exists():
                old.replace(path)
            raise
        shutil.rmtree(old, ignore_errors=True)


def _is_ours(path: Path) -> bool:
    """Empty, or nothing in it but days."""
    return path.is_dir() and all(each.name.startswith("utc_day=") for each in path.iterdir())


@contextlib.contextmanager
def _part_of(path: Path) -> Iterator[Path]:
    part = path.with_name(f".{secrets.token_hex(8)}{_SUFFIX}")
    try:
        clear_stale(path.parent)
        yield part
    except OSError as error:
        raise meaning(error, path) from None
    finally:
        _remove(part)


def _remove(part: Path) -> None:
    with contextlib.suppress(OSError):
        if part.is_dir():
            shutil.rmtree(part)
        else:
            part.unlink(missing_ok=True)


def clear_stale(folder: Path) -> None:
    """What killed exports have left behind."""
    with contextlib.suppress(OSError):
        for part in folder.glob(f".*{_SUFFIX}*"):
            if part.stat().st_mtime < time.time() - _STALE_S:
                _remove(part)


def _flush(part: Path) -> None:
    """To the disk: a name that outlives a power cut must not name an empty file."""
    with part.open("rb+") as file:
        os.fsync(file.fileno())


def meaning(error: OSError, path: Path) -> ExportError:
    """The error of our tree for one of the system's."""
    name, folder = path.name, path.parent
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return TargetFull(
            f"There is no room for {name}. Free some space or choose another place; a file of"
            " that name is as it was."
        )
    if isinstance(error, FileNotFoundError):
        return TargetRefused(f"There is no folder {folder}. Choose another place.")
    if isinstance(error, PermissionError):
        if path.exists():
            return TargetLocked(
                f"{name} can't be replaced. Close it in other programs, or choose another name;"
                " it is as it was."
            )
        return TargetRefused(f"You may not write into {folder}. Choose another place.")
    reason = error.strerror or type(error).__name__
    return TargetRefused(f"{name} could not be written: {reason}. Choose another place.")
