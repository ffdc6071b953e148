"""The people, queues and other named things of the practice organisation.

Every entity is as the listing endpoints give it (contract §3), with what real answers do beside
the models: a person's division has no name, creators are bare ids, names hold ``|`` (quirk 36).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from . import names
from .dice import Dice

Entity = dict[str, Any]

# The default wrap-up code has the same id in every organisation; no listing shows it (quirk 13).
DEFAULT_WRAPUP_CODE: Final = "7fb334b0-0e9e-11e4-9191-0800200c9a66"

_DOMAIN = "acme.example"
_CREATED = "2023-02-14T09:00:00.000Z"
_MODIFIED = "2024-11-05T10:17:42.113Z"
# Leavers stay in the history they made: one person in twelve, never the supervisor.
_LEAVERS = {7: "inactive", 16: "deleted", 25: "inactive", 34: "deleted", 43: "deleted"}


@dataclass(frozen=True)
class Directory:
    """All lists are in the order in which the service would first give them."""

    organization: Entity
    users: list[Entity]
    queues: list[Entity]
    wrapup_codes: list[Entity]
    skills: list[Entity]
    languages: list[Entity]
    divisions: list[Entity]
    flows: list[Entity]

    def names(self) -> dict[tuple[str, str], str]:
        """What ids stand for, by the application's kinds and the ids."""
        kinds = {
            "user": self.users,
            "queue": self.queues,
            "wrapup": self.wrapup_codes,
            "skill": self.skills,
            "language": self.languages,
            "division": self.divisions,
            "flow": self.flows,
        }
        return {
            (kind, str(entity["id"])): str(entity["name"])
            for kind, entities in kinds.items()
            for entity in entities
        }


def make_directory(seed: int) -> Directory:
    """The same directory for the same seed; only ids depend on it, names don't."""
    dice = Dice(f"directory of {seed}")
    organization = _organization(dice)
    divisions = [_division(dice, name) for name in names.DIVISIONS]
    by_name = {division["name"]: division for division in divisions}
    users = [
        _user(dice, number, name, mailbox, divisions)
        for number, (name, mailbox) in enumerate(names.STAFF)
    ]
    creator = users[0]["id"]
    return Directory(
        organization=organization,
        users=users,
        queues=[_queue(dice, facts, by_name[facts.division], creator) for facts in names.QUEUES],
        wrapup_codes=[
            _wrapup_code(dice, name, divisions[0], creator) for name in names.WRAPUP_CODES
        ],
        skills=[_skill(dice, name) for name in names.SKILLS],
        languages=[_language(dice, name) for name in names.LANGUAGES],
        divisions=divisions,
        flows=[_flow(dice, name, kind, divisions[0]) for name, kind in names.FLOWS],
    )


def _organization(dice: Dice) -> Entity:
    return {
        "id": dice.uuid(),
        "name": "Acme Insurance",
        "defaultLanguage": "en-GB",
        "defaultCountryCode": "GB",
        "thirdPartyOrgName": "acme",
        "domain": _DOMAIN,
        "version": 14,
        "state": "active",
        "features": {"directory": True, "contactCenter": True, "unifiedCommunications": True},
        "voicemailEnabled": True,
        "productPlatform": "GenesysCloud",
        "selfUri": "/api/v2/organizations/me",
    }


def _division(dice: Dice, name: str) -> Entity:
    division_id = dice.uuid()
    return {
        "id": division_id,
        "name": name,
        "description": "",
        "homeDivision": name == names.DIVISIONS[0],
        "selfUri": f"/api/v2/authorization/divisions/{division_id}",
    }


def _user(dice: Dice, number: int, name: str, mailbox: str, divisions: list[Entity]) -> Entity:
    user_id = dice.uuid()
    email = f"{mailbox}@{_DOMAIN}"
    supervises = name == names.SUPERVISOR
    division = divisions[0] if supervises else divisions[number % len(divisions)]
    return {
        "id": user_id,
        "name": name,
        "division": {"id": division["id"], "name": "", "selfUri": division["selfUri"]},
        "chat": {"jabberId": f"{dice.hex(24)}@acme.orgspan.com"},
        "department": "Contact centre",
        "email": email,
        "primaryContactInfo": [{"address": email, "mediaType": "EMAIL", "type": "PRIMARY"}],
        "addresses": [],
        "state": _LEAVERS.get(number, "active"),
        "title": "Supervisor" if supervises else "Agent",
        "username": email,
        "version": dice.between(3, 90),
        "acdAutoAnswer": False,
        "selfUri": f"/api/v2/users/{user_id}",
    }


def _queue(dice: Dice, facts: names.QueueFacts, division: Entity, creator: str) -> Entity:
    queue_id = dice.uuid()
    members = dice.between(8, 24)
    return {
        "id": queue_id,
        "name": facts.name,
        "division": _reference(division),
        "dateCreated": _CREATED,
        "dateModified": _MODIFIED,
        "modifiedBy": creator,
        "createdBy": creator,
        "memberCount": members,
        "userMemberCount": members,
        "joinedMemberCount": members // 2,
        "acwSettings": {"wrapupPrompt": "MANDATORY_TIMEOUT", "timeoutMs": 120_000},
        "skillEvaluationMethod": "BEST",
        "autoAnswerOnly": False,
        "enableTranscription": True,
        "enableManualAssignment": False,
        "suppressInQueueCallRecording": True,
        "selfUri": f"/api/v2/routing/queues/{queue_id}",
    }


def _wrapup_code(dice: Dice, name: str, division: Entity, creator: str) -> Entity:
    code_id = dice.uuid()
    return {
        "id": code_id,
        "name": name,
        "division": _reference(division),
        "dateCreated": _CREATED,
        "createdBy": creator,
        "selfUri": f"/api/v2/routing/wrapupcodes/{code_id}",
    }


def _skill(dice: Dice, name: str) -> Entity:
    skill_id = dice.uuid()
    return {
        "id": skill_id,
        "name": name,
        "dateModified": _MODIFIED,
        "state": "active",
        "version": "1",
        "selfUri": f"/api/v2/routing/skills/{skill_id}",
    }


def _language(dice: Dice, name: str) -> Entity:
    language_id = dice.uuid()
    return {
        "id": language_id,
        "name": name,
        "dateModified": _MODIFIED,
        "state": "active",
        "version": "1",
        "selfUri": f"/api/v2/routing/languages/{language_id}",
    }


def _flow(dice: Dice, name: str, kind: str, division: Entity) -> Entity:
    flow_id = dice.uuid()
    return {
        "id": flow_id,
        "name": name,
        "division": _reference(division),
        "type": kind,
        "selfUri": f"/api/v2/flows/{flow_id}",
    }


def _reference(entity: Entity) -> Entity:
    return {"id": entity["id"], "name": entity["name"], "selfUri": entity["selfUri"]}
