"""What a file holds and how complete it is, told beside it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from desktop_app.core.history.clock import Clock

SCHEMA = 1
_UTC = Clock(ZoneInfo("UTC"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Instants are milliseconds since 1970 UTC. ``columns`` are keys, in the file's order.

    ``complete`` is False too when nothing was read of the range; ``completeness`` says it in words.
    ``synced_ms`` is the moment up to which all of it is true, None when nothing was read.
    """

    filter: str
    start_ms: int
    end_ms: int
    zone: str
    complete: bool
    completeness: str
    synced_ms: int | None
    rows: int
    columns: tuple[str, ...]
    shape: str
    format: str
    app_version: str
    made_ms: int

    def as_json(self) -> bytes:
        """Instants in ISO 8601, UTC; ``schema`` changes when a field means something else."""
        told: dict[str, Any] = {"schema": SCHEMA, "application": "Contact History"}
        for name, value in asdict(self).items():
            if name.endswith("_ms"):
                told[name.removesuffix("_ms")] = None if value is None else iso(value)
            else:
                told[name] = value
        return msgspec.json.format(msgspec.json.encode(told), indent=2) + b"\n"

    def lines(self) -> list[tuple[str, str]]:
        """For people: titles and values."""
        clock = Clock(ZoneInfo(self.zone))
        synced = "" if self.synced_ms is None else clock.instant(self.synced_ms)
        return [
            ("Contacts that start from", clock.instant(self.start_ms)),
            ("until", clock.instant(self.end_ms)),
            ("Time zone", self.zone),
            ("Filter", self.filter or "none"),
            ("Rows", f"{self.rows:,}"),
            ("One row for each", self.shape.replace("-", " ")),
            ("Complete", "Yes" if self.complete else f"No: {self.completeness}"),
            ("As Genesys Cloud had it", synced),
            ("Written", clock.instant(self.made_ms)),
            ("By", f"Contact History {self.app_version}"),
        ]


def iso(ms: int) -> str:
    """ISO 8601 in UTC, to the millisecond; empty beyond the calendar."""
    moment = _UTC.moment(ms)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z") if moment else ""
