"""Which contacts there are, and when: ids, starts, and the same answer in whatever order."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime

import numpy as np
import pytest

from desktop_app.practice.arrivals import DAY_MS, ZONE, arrivals, interval_of
from desktop_app.practice.contacts import Contacts, make_contacts
from desktop_app.practice.identifiers import ConversationIds

UNTIL = 1_793_000_000_000  # a Monday in October 2026, 11:33 UTC


@pytest.fixture(scope="module")
def contacts() -> Contacts:
    return make_contacts(seed=5, conversations=20_000, days=28, until_ms=UNTIL)


def test_the_order_of_asking_changes_nothing(contacts: Contacts) -> None:
    again = make_contacts(seed=5, conversations=20_000, days=28, until_ms=UNTIL)
    indexes = [*range(0, 20_000, 401), 19_999]
    forward = [contacts.conversation(index, attributes=True) for index in indexes]
    backward = [again.conversation(index, attributes=True) for index in reversed(indexes)]
    assert json.dumps(forward) == json.dumps(backward[::-1])


def test_another_seed_is_another_history(contacts: Contacts) -> None:
    other = make_contacts(seed=6, conversations=20_000, days=28, until_ms=UNTIL)
    assert other.conversation_id(0) != contacts.conversation_id(0)
    assert not np.array_equal(other.start_ms, contacts.start_ms)


def test_an_answer_is_the_callers_own(contacts: Contacts) -> None:
    contacts.conversation(3, attributes=True)["participants"].clear()
    assert contacts.conversation(3, attributes=True)["participants"]


def test_attributes_are_the_only_difference_between_the_two_forms(contacts: Contacts) -> None:
    for index in range(300):
        full = contacts.conversation(index, attributes=True)
        plain = contacts.conversation(index, attributes=False)
        for conversation in (full, plain):
            for participant in conversation["participants"]:
                participant.pop("attributes", None)
        assert full == plain


def test_ids_are_unique_version_4_and_lead_back(contacts: Contacts) -> None:
    ids = [contacts.conversation_id(index) for index in range(len(contacts))]
    assert len(set(ids)) == len(ids)
    assert all(uuid.UUID(text).version == 4 and str(uuid.UUID(text)) == text for text in ids[::97])
    assert [contacts.index_of(text) for text in ids] == list(range(len(contacts)))


def test_a_million_ids_lead_back_too() -> None:
    ids = ConversationIds(1)
    for index in (0, 1, 999_999, 2**40):
        assert ids.index(ids.text(index)) == index


@pytest.mark.parametrize(
    "stranger",
    ["", "ffff-ffff-ffff-ffff", str(uuid.UUID(int=0)), "6acbee65-80be-4777-be03-8dacd07ee3f9", "x"],
)
def test_foreign_ids_belong_to_no_contact(contacts: Contacts, stranger: str) -> None:
    assert contacts.index_of(stranger) is None


def test_ids_in_another_spelling_or_beyond_the_last_belong_to_no_contact(
    contacts: Contacts,
) -> None:
    spelled = contacts.conversation_id(7)
    assert contacts.index_of(spelled.upper()) is None
    assert contacts.index_of(spelled.replace("-", "")) is None
    assert contacts.index_of(ConversationIds(5).text(len(contacts))) is None


@pytest.mark.parametrize("index", [-1, 20_000])
def test_there_is_nothing_outside(contacts: Contacts, index: int) -> None:
    with pytest.raises(IndexError):
        contacts.conversation(index, attributes=False)
    with pytest.raises(IndexError):
        contacts.conversation_id(index)


def test_an_index_may_come_from_numpy(contacts: Contacts) -> None:
    index = contacts.start_ms.searchsorted(contacts.start_ms[9_000], side="right") - 1
    assert contacts.conversation_id(index) == contacts.conversation_id(int(index))
    assert contacts.conversation(index, attributes=False)["conversationId"] == (
        contacts.conversation_id(index)
    )


def test_there_may_be_no_contacts_at_all() -> None:
    none = make_contacts(seed=1, conversations=0, days=1, until_ms=UNTIL)
    assert len(none) == len(none.start_ms) == 0
    assert none.index_of(ConversationIds(1).text(0)) is None


def test_starts_ascend_inside_whole_days_that_end_today(contacts: Contacts) -> None:
    first, last = contacts.interval
    assert first % DAY_MS == last % DAY_MS == 0
    assert last - first == 28 * DAY_MS
    assert last - DAY_MS < UNTIL <= last
    starts = contacts.start_ms
    assert starts.dtype == np.int64
    assert first <= starts[0]
    assert starts[-1] < UNTIL
    assert np.all(np.diff(starts) >= 0)


def test_the_start_of_a_conversation_is_the_one_it_is_listed_under(contacts: Contacts) -> None:
    for index in (0, 777, 19_999):
        text = contacts.conversation(index, attributes=False)["conversationStart"]
        moment = datetime.fromisoformat(text)
        assert round(moment.timestamp() * 1000) == contacts.start_ms[index]


def test_days_are_busier_than_nights_and_mondays_than_weekends() -> None:
    until = UNTIL // DAY_MS * DAY_MS
    starts = arrivals(3, 60_000, interval_of(28, until), until)
    local = [
        datetime.fromtimestamp(start / 1000, UTC).astimezone(ZONE) for start in starts.tolist()
    ]
    hours = np.bincount([moment.hour for moment in local], minlength=24)
    weekdays = np.bincount([moment.weekday() for moment in local], minlength=7)
    assert hours[10] > hours[12] < hours[14]
    assert hours[10] > 15 * hours[3]
    assert weekdays[0] == weekdays.max()
    assert weekdays[5:].mean() < 0.3 * weekdays[:5].mean()


def test_midnight_ends_yesterday() -> None:
    midnight = 20_000 * DAY_MS
    assert interval_of(1, midnight) == (midnight - DAY_MS, midnight)
    assert interval_of(1, midnight + 1) == (midnight, midnight + DAY_MS)


def test_a_million_contacts_are_held_as_numbers_only() -> None:
    many = make_contacts(seed=1, conversations=1_000_000, days=365, until_ms=UNTIL)
    assert len(many) == 1_000_000
    assert many.start_ms.nbytes == 8_000_000
    assert many.index_of(many.conversation_id(999_999)) == 999_999
    assert many.conversation(999_999, attributes=True)["participants"]
