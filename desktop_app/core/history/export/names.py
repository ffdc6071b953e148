"""Names of files that are safe wherever they end up (safety T37)."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from zoneinfo import ZoneInfo

from desktop_app.core.errors import TargetRefused
from desktop_app.core.history.clock import Clock

_MOST_BYTES = 120
_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])", re.IGNORECASE)
_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
_KEPT = ("L", "M", "N", "P", "S", "Zs")


def suggested_name(start_ms: int, end_ms: int, zone: ZoneInfo, suffix: str) -> str:
    """ "contacts 2026-11-01 to 2026-11-26.csv": the days of a range, and nothing of a customer."""
    first, last = (_day(ms, zone) for ms in (start_ms, max(start_ms, end_ms - 1)))
    days = first if first == last else f"{first} to {last}"
    return safe_name(f"contacts {days}", f".{suffix}")


def _day(ms: int, zone: ZoneInfo) -> str:
    moment = Clock(zone).moment(ms)
    return f"{moment:%Y-%m-%d}" if moment else ""


def safe_name(text: str, suffix: str) -> str:
    """A file's name made of any text: one that every system takes, in the folder that is meant.

    What can't stand in a name becomes a blank; ``suffix`` begins with a dot and is safe itself.
    """
    composed = unicodedata.normalize("NFC", text)
    kept = "".join(
        char if unicodedata.category(char).startswith(_KEPT) else " " for char in composed
    )
    words = " ".join(_FORBIDDEN.sub(" ", kept).split())
    name = _shortened(words, _MOST_BYTES - len(suffix.encode())).strip(". ")
    if _RESERVED.fullmatch(name.partition(".")[0].strip()):
        name = f"_{name}"
    return f"{name or 'contacts'}{suffix}"


def _shortened(text: str, most: int) -> str:
    return text.encode()[:most].decode("utf-8", "ignore")


def inside(folder: Path, name: str) -> Path:
    """The file of that name in the folder. Raises TargetRefused for one that would be elsewhere,
    a link that leads out of it among them."""
    path = folder / name
    if path.resolve().parent != folder.resolve():
        raise TargetRefused(f"A file of this name would not be in {folder}. Choose another name.")
    return path
