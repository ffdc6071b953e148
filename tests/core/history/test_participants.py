"""The attributes of all participants as one set."""

from __future__ import annotations

import json
from typing import Any

from desktop_app.core.history.participants import with_attributes_of
from tests.core.history.conversations import Json, acd, agent, contact, customer, party, talk


def carrying(person: Json, **attributes: str | None) -> Json:
    return {**person, "attributes": attributes}


def test_the_attributes_of_all_participants_are_one_set() -> None:
    told = contact(
        carrying(customer(), AccountType="Premium"), carrying(agent(talk()), page="Closing")
    )
    assert told.attributes == {"AccountType": "Premium", "page": "Closing"}


def test_equal_values_are_said_once_and_differing_ones_by_time() -> None:
    late = carrying(agent(talk(60), user="u-zak"), tier="Silver", order="A-1")
    told = contact(
        late, carrying(customer(), tier="Gold", order="A-1"), carrying(agent(talk(40)), tier="Gold")
    )
    assert told.attributes == {"tier": "Gold | Silver", "order": "A-1"}


def test_a_participant_without_sessions_comes_last() -> None:
    told = contact(carrying(party("workflow"), tier="Silver"), carrying(acd(), tier="Gold"))
    assert told.attributes == {"tier": "Gold | Silver"}


def test_blank_values_are_left_out_and_values_trimmed() -> None:
    told = contact(
        carrying(customer(), skills=" Billing,Payments", page="", note=" \n", gone=None),
        carrying(agent(talk()), skills="Billing,Payments"),
    )
    assert told.attributes == {"skills": "Billing,Payments"}
    assert contact({**customer(), "attributes": {"": "nameless"}}).attributes == {}


def test_line_feeds_within_a_value_stay() -> None:
    assert contact(carrying(customer(), pop="Name=Jo\nLang=en")).attributes == {
        "pop": "Name=Jo\nLang=en"
    }


def test_earlier_attributes_go_to_the_same_participants() -> None:
    before = [
        {"participantId": "p1", "attributes": {"Tier": "Gold"}},
        {"participantId": "p2"},
        {"participantId": "p3", "attributes": {"Case": "1"}},
        {"participantId": "gone", "attributes": {"Case": "9"}},
    ]
    now: list[Any] = [
        "nonsense",
        {"attributes": {}},
        {"participantId": "p1", "purpose": "customer"},
        {"participantId": "p2", "attributes": {"Own": "x"}},
        {"participantId": "p3", "attributes": {"Case": "2"}},
    ]
    text = with_attributes_of(
        json.dumps({"participants": before}),
        json.dumps({"participants": now, "tag": "?"}).replace("?", r"cut \ud800"),
    )
    told = json.loads(text)
    assert told["tag"] == "cut �"
    assert told["participants"] == [
        *now[:2],
        {"participantId": "p1", "purpose": "customer", "attributes": {"Tier": "Gold"}},
        *now[3:],
    ]
