"""A conversation's bytes become a row in one step that any process can do."""

from __future__ import annotations

import pickle

import msgspec
import pytest

from desktop_app.core.genesys import wire
from desktop_app.core.history.columns import row
from desktop_app.core.history.conversation import read_contact
from desktop_app.core.history.derivation import derive
from tests.core.history.conversations import NAMES, START_MS, at, customer, names

RAW = msgspec.json.encode(
    {
        "conversationId": "c-1",
        "conversationStart": at(0),
        "divisionIds": ["d-home"],
        "participants": [{**customer(None, ""), "attributes": {"tier": "Gold"}}],
    }
)


def test_it_is_the_contact_and_its_row() -> None:
    told = derive(RAW, NAMES)
    contact = read_contact(wire.decode(RAW, wire.Conversation), names)
    assert told.cells == row(contact)
    assert told.cells["divisions"] == ("Home",)
    assert (told.conversation_id, told.start_ms, told.is_open) == ("c-1", START_MS, True)
    assert (told.state, told.attributes) == (contact.outcome_state, {"tier": "Gold"})


def test_it_crosses_to_another_process_whole() -> None:
    told = derive(RAW, NAMES)
    assert pickle.loads(pickle.dumps(told)) == told  # noqa: S301 - our own bytes
    assert pickle.loads(pickle.dumps(derive)) is derive  # noqa: S301 - our own bytes


def test_its_repr_holds_nothing_of_the_customers() -> None:
    assert repr(derive(RAW, NAMES)) == "Derived('c-1')"


def test_what_is_no_conversation_is_refused() -> None:
    with pytest.raises(msgspec.DecodeError):
        derive(b"no JSON", {})
