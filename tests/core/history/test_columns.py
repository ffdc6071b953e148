"""The registry of columns: what each cell holds, and how it reads."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop_app.core.genesys import wire
from desktop_app.core.history.clock import Clock
from desktop_app.core.history.columns import (
    COLUMNS,
    DEFAULT_KEYS,
    DERIVED,
    OWN,
    PINNED,
    Kind,
    Value,
    column,
    one_line,
    read,
    row,
)
from desktop_app.core.history.contact import Contact
from desktop_app.core.history.conversation import read_contact
from desktop_app.core.history.sessions import SAID
from tests.core.history.conversations import (
    acd,
    agent,
    contact,
    customer,
    ivr,
    ms,
    names,
    segment,
    talk,
)
from tests.core.history.random_wire import conversations

CLOCK = Clock(ZoneInfo("Europe/London"))
TYPES: dict[Kind, type] = {
    Kind.INSTANT: int,
    Kind.DURATION: int,
    Kind.COUNT: int,
    Kind.NUMBER: float,
    Kind.TEXT: str,
    Kind.LIST: tuple,
    Kind.FLAG: bool,
    Kind.ID: str,
}


# Contract §2.3, and the metrics of columns-and-filters that columns read.
SEGMENT_TYPES = (
    "alert barging callback coaching contacting converting delay dialing hold interact ivr"
    " monitoring parked scheduled screenmonitoring sharing system transmitting unknown uploading"
    " voicemail wrapup"
).split()
METRICS = (
    "nError oAudioMessageCount oExternalAudioMessageCount oExternalMediaCount oMediaCount"
    " oMessageTurn tActiveCallback tAnswered tBarging tCoaching tContacting tDialing"
    " tFirstConnect tFirstDial tFirstEngagement tFirstResponse tMonitoring tPark tParkComplete"
    " tVoicemail"
).split()


def call() -> Contact:
    wrapup = segment("wrapup", 100, 120, wrapUpCode="w-refund")
    return contact(
        ivr(),
        acd(),
        agent(talk(30, 60), segment("hold", 60, 75), talk(75, 100), wrapup),
        customer(),
        end=120,
        mediaStatsMinConversationMos=4.3128,
    )


def read_all(told: Contact) -> dict[str, str]:
    return {key: read(column(key), value, CLOCK) for key, value in row(told).items()}


def test_the_default_columns_and_their_order() -> None:
    assert DEFAULT_KEYS == (
        "start", "outcome", "duration", "media", "direction", "ended_by", "customer", "ani", "dnis",
        "agents", "queues", "wrapup", "queue_wait", "handle", "mark",
    )  # fmt: skip
    assert tuple(column.key for column in COLUMNS[:2]) == PINNED


def test_a_call_as_the_table_shows_it() -> None:
    shown = read_all(call())
    assert {key: shown[key] for key in DEFAULT_KEYS if key in shown} == {
        "start": "20 Nov 2026 09:49:12",
        "outcome": "Customer hung up",
        "media": "Voice",
        "direction": "Inbound",
        "customer": "+442079460183",
        "ani": "+442079460183",
        "dnis": "+442079460001",
        "agents": "Ana Ruiz",
        "queues": "Billing",
        "wrapup": "Refund",
        "ended_by": "Customer",
        "duration": "2:00",
        "queue_wait": "0:20",
        "handle": "1:30",
    }
    assert (shown["mos"], shown["hold"], shown["transfers"]) == ("4.31", "0:15", "0")


def test_keys_are_unique_and_every_column_says_what_it_is() -> None:
    keys = [column.key for column in COLUMNS]
    assert len(set(keys)) == len(keys)
    assert all(column(key).key == key for key in keys)
    for each in COLUMNS:
        assert each.title
        assert each.help
        assert each.width >= 8 * len(each.title), each.key


def test_an_unknown_key_is_no_column() -> None:
    with pytest.raises(KeyError):
        column("nothing")


def test_numbers_fit_their_column() -> None:
    """8 px is more than a figure of the 13 px font takes."""
    longest: dict[Kind, Value] = {
        Kind.INSTANT: ms(0),
        Kind.DURATION: 99 * 3_600_000,
        Kind.COUNT: 99_999,
        Kind.NUMBER: 4.9,
    }
    for each in COLUMNS:
        if each.kind in longest:
            assert each.width >= 7 * len(read(each, longest[each.kind], CLOCK)) + 16, each.key


def test_names_are_joined_as_a_path_or_a_list() -> None:
    told = Contact(agents=("Ana", "Zak", "Ana"), queues=("A", "B"), skills=("x", "y"))
    cells = row(told)
    assert (cells["agents"], cells["agent_count"]) == (("Ana", "Zak", "Ana"), 2)
    shown = read_all(told)
    assert (shown["agents"], shown["queues"], shown["skills"]) == (
        "Ana → Zak → Ana",
        "A → B",
        "x, y",
    )


def test_unknown_words_are_shown_as_they_are() -> None:
    told = Contact(media="hologram", direction="sideways", disconnect_type="dueToWeather")
    cells = row(told)
    assert (cells["media"], cells["direction"]) == ("hologram", "sideways")
    assert cells["disconnect_type"] == "Due to weather"


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("start", None, ""),
        ("start", 1 << 62, ""),
        ("agents", (), ""),
        ("agents", ("Ana\nRuiz", "Zak"), "Ana Ruiz → Zak"),
        ("skills", ("x", "y"), "x, y"),
        ("day", ms(0), "Fri 20 Nov 2026"),
        ("hour", ms(0), "09:00"),
        ("offset", ms(0), "+00:00"),
        ("offset", ms(0) - 150 * 86_400_000, "+01:00"),
        ("day", 1 << 62, ""),
        ("flagged", True, "Yes"),
        ("flagged", False, ""),
        ("segments", 1234, "1,234"),
        ("queue_wait", 0, "0:00"),
        ("queue_wait", None, ""),
        ("mos", 4, "4.00"),
        ("duration", "not a number", "not a number"),
        ("wrapup_note", "one\r\ntwo\tthree", "one two three"),
    ],
)
def test_read(key: str, value: Value, text: str) -> None:
    assert read(column(key), value, CLOCK) == text


def test_marks_that_turn_text_round_are_dropped_and_joiners_kept() -> None:
    assert one_line("ana\u202eziur\u202c") == "anaziur"
    assert one_line("می\u200cخواهم") == "می\u200cخواهم"
    assert one_line("a\u2028b\x00c") == "a b c"


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(conversations())
def test_any_conversation_makes_a_row_of_the_right_types(conversation: wire.Conversation) -> None:
    told = read_contact(conversation, names)
    cells = row(told)
    assert cells.keys() <= {each.key for each in DERIVED}
    for each in DERIVED:
        value = cells.get(each.key)
        assert value is None or type(value) is TYPES[each.kind], each.key
        assert each.derive is not None
        assert (value or None) == (each.derive(told) or None), each.key  # however it is read
        if type(value) is int:
            assert -(1 << 63) <= value < 1 << 63
        assert "\n" not in read(each, value, CLOCK)


def test_what_people_and_the_store_add_is_not_derived() -> None:
    assert {each.key for each in OWN} == {
        "mark", "tag", "note", "reviewed", "changed", "changed_at", "synced_at", "nth_contact",
        "since_previous",
    }  # fmt: skip
    assert not row(call()).keys() & {each.key for each in OWN}
    assert {*OWN, *DERIVED} == set(COLUMNS)


def test_an_attribute_is_a_column_of_its_own() -> None:
    told = contact({**customer(), "attributes": {"ivr.Skills": " Billing", "a\nb": "c"}})
    chosen = column("attr.ivr.Skills")
    assert (chosen.key, chosen.title, chosen.kind) == ("attr.ivr.Skills", "ivr.Skills", Kind.TEXT)
    assert (chosen.group, chosen.default) == ("Attributes", False)
    assert chosen.derive is not None
    assert chosen.derive(told) == "Billing"
    assert column("attr.a\nb").title == "a b"
    with pytest.raises(KeyError):
        column("attr.")


def test_every_sign_is_a_word_of_the_service() -> None:
    """A column whose signs are misspelt would stay empty for ever."""
    signs = {sign for each in DERIVED for sign in each.signs}
    assert signs <= {*SAID, *METRICS, *SEGMENT_TYPES}


@given(st.none() | st.text() | st.integers() | st.booleans() | st.floats())
def test_any_value_reads_in_any_column(value: Value) -> None:
    for each in COLUMNS:
        assert read(each, value, CLOCK).splitlines() in ([], [read(each, value, CLOCK)])
