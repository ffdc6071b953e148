"""Whose data an answer is made of: the practice organisation, and a second, empty one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Entity = Mapping[str, Any]


class DirectoryData(Protocol):
    """The organisation and its people and things, each as the listing endpoints give them."""

    @property
    def organization(self) -> Entity: ...
    @property
    def users(self) -> Sequence[Entity]: ...
    @property
    def queues(self) -> Sequence[Entity]: ...
    @property
    def wrapup_codes(self) -> Sequence[Entity]: ...
    @property
    def skills(self) -> Sequence[Entity]: ...
    @property
    def languages(self) -> Sequence[Entity]: ...
    @property
    def divisions(self) -> Sequence[Entity]: ...
    @property
    def flows(self) -> Sequence[Entity]: ...


class ContactSource(Protocol):
    """All contacts of an organisation, by index in the order of their start."""

    @property
    def directory(self) -> DirectoryData: ...
    @property
    def start_ms(self) -> NDArray[np.int64]: ...
    @property
    def interval(self) -> tuple[int, int]: ...
    def __len__(self) -> int: ...
    def conversation(self, index: int, *, attributes: bool) -> dict[str, Any]: ...
    def conversation_id(self, index: int) -> str: ...
    def index_of(self, conversation_id: str) -> int | None: ...


_OTHER_ORGANIZATION_ID = "7d1f0a52-4c0e-4f6b-9a3e-5b1c2d3e4f60"
_OTHER_DIVISION_ID = "a5e0c8f1-66a4-4b6f-8f0d-1c9d2b3a4e51"
_OTHER_USER_ID = "2b7c6d15-9e34-4a8f-b1c2-0d4e5f6a7b83"


@dataclass(frozen=True)
class OtherDirectory:
    """Another organisation, with one user and nothing else."""

    organization: Entity = field(
        default_factory=lambda: {
            "id": _OTHER_ORGANIZATION_ID,
            "name": "Zenith Practice Ltd",
            "defaultLanguage": "en-US",
            "defaultCountryCode": "US",
            "thirdPartyOrgName": "zenith-practice",
            "domain": "zenith.example",
            "version": 3,
            "state": "active",
            "selfUri": "/api/v2/organizations/me",
        }
    )
    users: Sequence[Entity] = field(
        default_factory=lambda: [
            {
                "id": _OTHER_USER_ID,
                "name": "Tomás Ferreira",
                "division": {
                    "id": _OTHER_DIVISION_ID,
                    "name": "",
                    "selfUri": f"/api/v2/authorization/divisions/{_OTHER_DIVISION_ID}",
                },
                "email": "tomas.ferreira@zenith.example",
                "username": "tomas.ferreira@zenith.example",
                "state": "active",
                "version": 4,
                "selfUri": f"/api/v2/users/{_OTHER_USER_ID}",
            }
        ]
    )
    queues: Sequence[Entity] = ()
    wrapup_codes: Sequence[Entity] = ()
    skills: Sequence[Entity] = ()
    languages: Sequence[Entity] = ()
    divisions: Sequence[Entity] = field(
        default_factory=lambda: [
            {
                "id": _OTHER_DIVISION_ID,
                "name": "Home",
                "description": "",
                "homeDivision": True,
                "selfUri": f"/api/v2/authorization/divisions/{_OTHER_DIVISION_ID}",
            }
        ]
    )
    flows: Sequence[Entity] = ()


@dataclass(frozen=True)
class NoContacts:
    """A contact source without contacts."""

    directory: DirectoryData
    interval: tuple[int, int]
    start_ms: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    def __len__(self) -> int:
        return 0

    def conversation(self, index: int, *, attributes: bool) -> dict[str, Any]:
        raise IndexError(index)

    def conversation_id(self, index: int) -> str:
        raise IndexError(index)

    def index_of(self, conversation_id: str) -> int | None:
        return None
