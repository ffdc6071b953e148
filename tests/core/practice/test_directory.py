"""The organisation's people and things are the same for a seed and shaped as listings give them."""

from __future__ import annotations

import unicodedata
from dataclasses import fields

import pytest

from desktop_app.practice.directory import DEFAULT_WRAPUP_CODE, Directory, make_directory

LISTS = [field.name for field in fields(Directory) if field.name != "organization"]


@pytest.fixture(scope="module")
def directory() -> Directory:
    return make_directory(1)


def test_the_seed_decides_everything(directory: Directory) -> None:
    assert make_directory(1) == directory
    assert make_directory(2).users[0]["id"] != directory.users[0]["id"]


@pytest.mark.parametrize("kind", LISTS)
def test_every_entity_has_its_own_id_and_a_name(directory: Directory, kind: str) -> None:
    entities = getattr(directory, kind)
    assert len({entity["id"] for entity in entities}) == len(entities) > 4
    assert all(entity["name"] and entity["id"] in entity["selfUri"] for entity in entities)


def test_the_supervisor_is_active_and_leavers_are_kept(directory: Directory) -> None:
    (supervisor,) = [user for user in directory.users if user["email"] == "grace.obi@acme.example"]
    states = [user["state"] for user in directory.users]
    assert supervisor["state"] == "active"
    assert {"active", "inactive", "deleted"} == set(states)
    assert states.count("active") > 50


def test_people_and_queues_have_names_in_many_scripts(directory: Directory) -> None:
    letters = "".join(user["name"] for user in directory.users)
    scripts = {unicodedata.name(letter).split()[0] for letter in letters if letter.isalpha()}
    assert {"LATIN", "CJK", "ARABIC", "GREEK", "DEVANAGARI", "HEBREW"} <= scripts
    queues = {queue["name"] for queue in directory.queues}
    assert {"Billing", "請求", "Ventas"} <= queues


def test_listings_have_the_oddities_of_real_ones(directory: Directory) -> None:
    assert all(user["division"]["name"] == "" for user in directory.users)
    assert any("|" in queue["name"] for queue in directory.queues)
    creators = {code["createdBy"] for code in directory.wrapup_codes}
    assert creators <= {user["id"] for user in directory.users}
    assert DEFAULT_WRAPUP_CODE not in {code["id"] for code in directory.wrapup_codes}


def test_one_division_is_home(directory: Directory) -> None:
    assert [d["name"] for d in directory.divisions if d["homeDivision"]] == ["Home"]


def test_every_mailbox_is_in_a_reserved_domain(directory: Directory) -> None:
    emails = [user["email"] for user in directory.users]
    assert len(set(emails)) == len(emails)
    assert all(email.isascii() and email.endswith("@acme.example") for email in emails)
