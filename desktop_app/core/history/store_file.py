"""The files of a store: the database, its log, and copies that were set aside."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class StoreFile:
    """The database is at ``path``; everything that belongs to it has its name before its own."""

    path: Path

    @property
    def log(self) -> Path:
        return self.path.with_name(self.path.name + ".wal")

    @property
    def mark_of_damage(self) -> Path:
        """Exists when reading met damage: most of it shows long after the file was opened."""
        return self.path.with_name(self.path.name + ".damaged")

    def size_bytes(self) -> int:
        """What the database and its log take on disk now."""
        size = 0
        for file in (self.path, self.log):
            with contextlib.suppress(FileNotFoundError):
                size += file.stat().st_size
        return size

    def close_to_others(self) -> None:
        for file in (self.path, self.log):
            with contextlib.suppress(FileNotFoundError):
                only_for_owner(file, 0o600)

    def set_aside(self) -> None:
        """Put the files out of the way, under names that say when."""
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
        for file in (self.path, self.log):
            if file.exists():
                file.rename(file.with_name(f"{file.name}.set-aside-{stamp}"))
        self.mark_of_damage.unlink(missing_ok=True)

    def delete(self) -> None:
        """Delete all of them, copies that were set aside too. Raises OSError."""
        for file in self.path.parent.glob(f"{self.path.name}*"):
            file.unlink(missing_ok=True)


def only_for_owner(path: Path, mode: int) -> None:
    if os.name == "posix":
        path.chmod(mode)
