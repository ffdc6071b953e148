"""How this very program is started again, as a process of its own."""

from __future__ import annotations

import sys
from pathlib import Path

CONSOLE = "contact-history.exe"
"""On Windows the packaged program comes twice; the one with the window has no output to read."""


def this_program() -> list[str]:
    """The beginning of a command: packaged, or by Python."""
    if not getattr(sys, "frozen", False):
        return [sys.executable, "-m", __name__.partition(".")[0]]
    console = Path(sys.executable).with_name(CONSOLE)
    return [str(console if console.exists() else sys.executable)]
