"""The official SDK's models as the judge of the practice organisation's data."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from PureCloudPlatformClientV2 import ApiClient, models

from desktop_app.practice.contacts import Contacts, make_contacts

UNKNOWN_ENUM = "outdated_sdk_version"


@pytest.fixture(scope="module")
def contacts() -> Contacts:
    return make_contacts(seed=31, conversations=1_500, days=10, until_ms=1_793_000_000_000)


def unknown_keys(value: Any, kind: str, path: str = "") -> Iterator[str]:
    """Every key in ``value`` that the SDK's model ``kind`` doesn't know."""
    listed = re.fullmatch(r"list\[(\w+)\]", kind)
    if listed:
        for item in value:
            yield from unknown_keys(item, listed[1], path)
    elif isinstance(value, dict) and not kind.startswith("dict"):
        model = getattr(models, kind)()
        names = {wire: name for name, wire in model.attribute_map.items()}
        for key, inner in value.items():
            if key in names:
                yield from unknown_keys(inner, model.swagger_types[names[key]], f"{path}.{key}")
            else:
                yield f"{path}.{key}"


class Answer:
    """As much of an HTTP answer as the SDK's reader looks at."""

    def __init__(self, body: Any) -> None:
        self.data = json.dumps(body)

    def getheader(self, name: str) -> str | None:
        return "application/json" if name == "Content-Type" else None


def deserialise(body: Any, kind: str) -> Any:
    # Without its constructor, which starts a thread to watch a configuration file.
    reader = ApiClient.__new__(ApiClient)
    return reader.deserialize(Answer(body), kind)


def same(value: Any, read: Any) -> bool:
    """Whether all that was said has been read: nothing lost, no enum value unknown."""
    if isinstance(value, dict):
        if isinstance(read, dict):
            return value == read
        names = {wire: name for name, wire in read.attribute_map.items()}
        return all(same(inner, getattr(read, names[key])) for key, inner in value.items())
    if isinstance(value, list):
        return all(map(same, value, read)) and len(value) == len(read)
    return read is not None and str(read).lower() != UNKNOWN_ENUM


@pytest.mark.parametrize(
    ("kind", "attributes"),
    [("AnalyticsConversation", True), ("AnalyticsConversationWithoutAttributes", False)],
)
def test_conversations_hold_only_what_the_models_know(
    contacts: Contacts, kind: str, attributes: bool
) -> None:
    unknown = {
        key
        for index in range(len(contacts))
        for key in unknown_keys(contacts.conversation(index, attributes=attributes), kind)
    }
    # Query answers aren't declared to carry attributes, yet some do (quirk 1).
    assert unknown == (set() if attributes else {".participants.attributes"})


def test_the_sdk_reads_all_of_a_conversation(contacts: Contacts) -> None:
    for index in range(0, len(contacts), 5):
        conversation = contacts.conversation(index, attributes=True)
        assert same(conversation, deserialise(conversation, "AnalyticsConversation"))


@pytest.mark.parametrize(
    ("kind", "model"),
    [
        ("users", "User"),
        ("queues", "Queue"),
        ("wrapup_codes", "WrapupCode"),
        ("skills", "RoutingSkill"),
        ("languages", "Language"),
        ("divisions", "AuthzDivision"),
        ("flows", "FlowDivisionView"),
    ],
)
def test_the_directory_holds_only_what_the_models_know(
    contacts: Contacts, kind: str, model: str
) -> None:
    for entity in getattr(contacts.directory, kind):
        assert list(unknown_keys(entity, model)) == []
        assert same(entity, deserialise(entity, model))


def test_the_organisation_holds_only_what_the_model_knows(contacts: Contacts) -> None:
    organization = contacts.directory.organization
    assert list(unknown_keys(organization, "Organization")) == []
    assert same(organization, deserialise(organization, "Organization"))
