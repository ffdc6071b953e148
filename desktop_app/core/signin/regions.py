"""The regions of Genesys Cloud: a fixed table decides which hosts get a login or a token (T12).

Hosts follow one pattern, ``login.``, ``api.`` and ``apps.`` before the region's domain
(contract §1; official Python SDK 269.0.0, ``PureCloudRegionHosts``).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Region:
    """``key`` is the SDKs' name, e.g. ``eu_central_1``; ``domain`` e.g. ``mypurecloud.de``."""

    key: str
    domain: str
    label: str
    fedramp: bool

    @property
    def login_url(self) -> str:
        return f"https://login.{self.domain}"

    @property
    def api_url(self) -> str:
        return f"https://api.{self.domain}"

    @property
    def apps_url(self) -> str:
        return f"https://apps.{self.domain}"


@cache
def regions() -> tuple[Region, ...]:
    """All of them, in the official order."""
    text = resources.files(__package__).joinpath("regions.json").read_text(encoding="utf-8")
    return tuple(Region(**entry) for entry in json.loads(text))


def find_region(text: str) -> Region | None:
    """By key, with underscores or hyphens, or by domain; None for anything else."""
    wanted = text.strip().lower()
    for region in regions():
        if wanted in (region.key, region.key.replace("_", "-"), region.domain):
            return region
    return None
