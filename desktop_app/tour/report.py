"""What the tour is asked for, and what it tells."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class TourOptions:
    interval: str = ""
    screenshots: Path | None = None
    report: Path | None = None
    login_keys: str | None = None  # \t and \n may be written as two characters
    browser: str = ""  # a Chromium to sign in with, instead of the window's own page
    first_run: bool = False  # begin with nothing, and set the practice organisation up
    timeout_s: float = 600.0


@dataclass
class Report:
    """What the tour saw; written as JSON."""

    user: str = ""
    organization: str = ""
    grant: str = ""
    way: str = ""  # "window", or "browser" for the person's own
    interval: str = ""
    total_hits: int = 0
    rows: int = 0
    complete: bool = False
    first_row_ms: int | None = None
    sample: list[str] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


class TourFailed(Exception):
    """A step didn't come about; the text says which."""
