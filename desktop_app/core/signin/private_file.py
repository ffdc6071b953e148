"""Small files that only their owner reads, replaced whole or not at all (F32)."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path


def replace_file(path: Path, content: bytes) -> None:
    """Put ``content`` in place of what is at ``path``; whoever reads sees the old or the new.

    The file is readable by its owner alone, and so is its folder if it is made here (0600 and
    0700 on POSIX; on Windows the person's own folders are).  A link stays a link.  Raises
    OSError, and the old file is as it was.
    """
    path = Path(os.path.realpath(path))
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")  # 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
