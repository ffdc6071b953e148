"""The release gate on stale Chromium (docs/security.md, T24): refuses patches older than 45 days.

    python scripts/_chromium_age.py

Looks the security patch version of the installed Qt WebEngine up in packaging/chromium-patches.toml
and ends with 1, and a sentence that says what would mend it, when it is too old or unknown there.
Run by the release, not by scripts/check: a day without a new Qt must not stop other work.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

MOST_DAYS = 45
TABLE = Path(__file__).resolve().parent.parent / "packaging" / "chromium-patches.toml"


@dataclass(frozen=True)
class Verdict:
    passed: bool
    sentence: str


def read_table(path: Path = TABLE) -> dict[str, date]:
    """The day on which a version, or all that begin so, became stable."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))["stable"]
    return {str(version): day for version, day in table.items()}


def released_on(version: str, table: Mapping[str, date]) -> date | None:
    """The day of the longest entry that is ``version`` or begins it at a dot; None without one."""
    parts = version.split(".")
    for length in range(len(parts), 0, -1):
        day = table.get(".".join(parts[:length]))
        if day is not None:
            return day
    return None


def judge(version: str, table: Mapping[str, date], today: date) -> Verdict:
    """Whether a release with the patches of Chromium ``version`` may go out ``today``."""
    day = released_on(version, table)
    if day is None:
        return Verdict(
            False,
            f"Nobody knows how old Chromium {version} is. Add the day on which it became stable"
            f" to packaging/{TABLE.name}, with its source.",
        )
    age = (today - day).days
    if age < 0:
        return Verdict(
            False,
            f"Chromium {version} became stable on {day}, which is yet to come. Set this computer's"
            f" clock, or mend packaging/{TABLE.name}.",
        )
    facts = f"Chromium's security patches are {age} days old ({version}, {day})"
    if age > MOST_DAYS:
        return Verdict(
            False,
            f"{facts}; a release may carry {MOST_DAYS} days at most. Take a PySide6 with newer"
            " ones: raise its version in pyproject.toml and run scripts/lock. Where there is none"
            " yet, wait for Qt's next patch release.",
        )
    return Verdict(True, f"{facts}; {MOST_DAYS} are allowed.")


def installed_version() -> str:
    """Up to which Chromium the installed Qt WebEngine has taken over security patches."""
    from PySide6.QtWebEngineCore import qWebEngineChromiumSecurityPatchVersion

    # The stubs say bytes too, as of every "const char *"; it is text.
    return str(qWebEngineChromiumSecurityPatchVersion())


def main() -> int:
    verdict = judge(installed_version(), read_table(), datetime.now(UTC).date())
    print(verdict.sentence)
    return 0 if verdict.passed else 1


if __name__ == "__main__":
    sys.exit(main())
