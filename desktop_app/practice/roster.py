"""The directory as the scenarios need it: ids only, and who may take what."""

from __future__ import annotations

import re
from itertools import accumulate
from random import Random
from typing import Final, NamedTuple

from . import names
from .dice import Dice
from .directory import DEFAULT_WRAPUP_CODE, Directory, Entity

TIMEOUT_CODE: Final = "ININ-WRAP-UP-TIMEOUT"
SKIPPED_CODE: Final = "ININ-OUTBOUND-PREVIEW-SKIPPED"


class Queue(NamedTuple):
    """``members`` includes people who have left since; ``current`` doesn't."""

    id: str
    name: str
    division: str
    members: tuple[str, ...]
    current: tuple[str, ...]
    wrapup_codes: tuple[str, ...]
    skills: tuple[str, ...]
    language: str
    number: str
    mailbox: str


class Flow(NamedTuple):
    id: str
    name: str
    type: str


class Campaign(NamedTuple):
    id: str
    contact_list: str
    name: str


class Roster:
    """Everything is chosen once from the directory, by its seed."""

    def __init__(self, directory: Directory, seed: int) -> None:
        dice = Dice(f"roster of {seed}")
        staff = [user for user in directory.users if user["name"] != names.SUPERVISOR]
        self.supervisor: Final[str] = next(
            user["id"] for user in directory.users if user["name"] == names.SUPERVISOR
        )
        self.people: Final = tuple(user["id"] for user in staff if user["state"] == "active")
        self.home: Final[str] = directory.divisions[0]["id"]
        self.queues: Final = tuple(
            _queue(dice, directory, staff, position) for position in range(len(directory.queues))
        )
        self._by_media: Final = {
            media: self._takers(media)
            for media in ("voice", "callback", "email", "chat", "message")
        }
        flows = [Flow(flow["id"], flow["name"], flow["type"]) for flow in directory.flows]
        self.flows: Final = {
            kind: tuple(flow for flow in flows if flow.type == kind)
            for kind in {flow.type for flow in flows}
        }
        self.outcomes: Final = tuple((dice.uuid(), name) for name in names.FLOW_OUTCOMES)
        self.campaigns: Final = tuple(
            Campaign(dice.uuid(), dice.uuid(), name)
            for name in ("Renewals spring", "Win back | Q4")
        )
        self.edges: Final = tuple(dice.uuid() for _ in range(3))
        self.forms: Final = tuple(
            (dice.uuid(), dice.uuid(), name) for name in ("Call quality", "Service recovery")
        )
        self.survey_form: Final = (dice.uuid(), dice.uuid(), "After-contact survey")
        teams = [dice.uuid() for _ in range(4)]
        self._teams: Final = {user["id"]: teams[n % 4] for n, user in enumerate(staff)}

    def queue(self, dice: Random, media: str) -> Queue:
        """A queue that takes ``media``, the busy ones more often."""
        queues, weights = self._by_media[media]
        return dice.choices(queues, cum_weights=weights)[0]

    def team_of(self, user: str) -> str:
        return self._teams[user]

    def flow(self, dice: Dice, kind: str) -> Flow:
        return dice.pick(self.flows[kind])

    def _takers(self, media: str) -> tuple[tuple[Queue, ...], tuple[int, ...]]:
        both = zip(self.queues, names.QUEUES, strict=True)
        takers = [(queue, facts.weight) for queue, facts in both if media in facts.media]
        return tuple(q for q, _ in takers), tuple(accumulate(w for _, w in takers))


def _queue(dice: Dice, directory: Directory, staff: list[Entity], position: int) -> Queue:
    entity = directory.queues[position]
    # Every person is a member of a few queues, and every queue has someone who left.
    members = staff[position % 4 :: 4] + staff[(3 * position) % 7 :: 7]
    codes = tuple(code["id"] for code in directory.wrapup_codes)
    usual = tuple(dice.choices(codes, k=6))
    skills = [skill["id"] for skill in directory.skills]
    return Queue(
        id=entity["id"],
        name=entity["name"],
        division=entity["division"]["id"],
        members=tuple(member["id"] for member in members),
        current=tuple(member["id"] for member in members if member["state"] == "active"),
        # What is usual stands several times in what is picked from.
        wrapup_codes=(
            *codes[:2] * 4,
            *usual * 3,
            *codes,
            *(TIMEOUT_CODE,) * 6,
            DEFAULT_WRAPUP_CODE,
        ),
        skills=tuple(dice.sample(skills, 2)),
        language=dice.pick(directory.languages)["id"],
        number=f"+4480815709{position:02d}",
        mailbox=f"{_mailbox(entity['name']) or f'contact{position}'}@acme.example",
    )


def _mailbox(name: str) -> str:
    """The queue's name as the first half of an e-mail address; empty when nothing fits one."""
    return "-".join(re.findall("[a-z0-9]+", name.lower()))
