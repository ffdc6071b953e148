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
    Kind,
    Value,
    column,
    one_line,
    read,
    row,
)
from desktop_app.core.history.contact import Contact
from desktop_app.core.history.conversation import read_contact
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
    Kind.LIST: str,
    Kind.FLAG: bool,
    Kind.ID: str,
}


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
        "start", "outcome", "media", "direction", "customer", "agents", "queues", "wrapup",
        "queue_wait", "handle", "duration", "ended_by", "ani", "dnis",
    )  # fmt: skip


def test_a_call_as_the_table_shows_it() -> None:
    shown = read_all(call())
    assert {key: shown[key] for key in DEFAULT_KEYS} == {
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
    assert cells["agents"] == "Ana → Zak → Ana"
    assert cells["agent_count"] == 2
    assert cells["queues"] == "A → B"
    assert cells["skills"] == "x, y"


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
        ("agents", "", ""),
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
    cells = row(read_contact(conversation, names))
    assert list(cells) == [column.key for column in COLUMNS]
    for each in COLUMNS:
        value = cells[each.key]
        assert value is None or type(value) is TYPES[each.kind], each.key
        if type(value) is int:
            assert -(1 << 63) <= value < 1 << 63
        assert "\n" not in read(each, value, CLOCK)


@given(st.none() | st.text() | st.integers() | st.booleans() | st.floats())
def test_any_value_reads_in_any_column(value: Value) -> None:
    for each in COLUMNS:
        assert read(each, value, CLOCK).splitlines() in ([], [read(each, value, CLOCK)])
