"""What Genesys is asked for holds everything that is wanted, and the residue finds just that."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.core.genesys import wire
from desktop_app.core.history import columns
from desktop_app.core.history.clock import Clock
from desktop_app.core.history.columns import Value
from desktop_app.core.history.conversation import read_contact
from desktop_app.core.history.filters import (
    Condition,
    Operator,
    ServiceFilter,
    Term,
    all_of,
    any_of,
    field_of,
    judge,
    negated,
    parse,
    starts_within,
    switched_off,
    to_service,
)
from desktop_app.core.history.filters.service import Directory
from desktop_app.practice.arrivals import DAY_MS
from desktop_app.practice.contacts import make_contacts
from desktop_app.practice.predicates import matcher
from desktop_app.practice.queries import read_conversation_query
from tests.core.history.filter_samples import LONDON, NOW


class Contacts(NamedTuple):
    wire: list[dict[str, Any]]
    cells: list[dict[str, Value]]
    names: Directory


@cache
def practice() -> Contacts:
    contacts = make_contacts(seed=7, conversations=400, days=20, until_ms=NOW)
    names: dict[str, dict[str, str]] = {}
    for (kind, id_), name in contacts.directory.names().items():
        names.setdefault(kind, {})[id_] = name
    found = [contacts.conversation(index, attributes=True) for index in range(len(contacts))]
    cells = [
        columns.row(
            read_contact(
                msgspec.convert(each, wire.Conversation),
                lambda kind, id_: names.get(kind, {}).get(id_),
            )
        )
        for each in found
    ]
    return Contacts(found, cells, names)


def answer(asked: ServiceFilter) -> set[int]:
    """What the service gives, its body read as strictly as the practice server reads it."""
    body = {"interval": "2026-11-01T00:00:00Z/2026-11-02T00:00:00Z"} | asked.body()
    test = matcher(read_conversation_query(msgspec.json.encode(body)))
    return {index for index, each in enumerate(practice().wire) if test(each)}


def truth(term: Term, clock: Clock = LONDON) -> set[int]:
    holds = judge(term, clock)
    return {index for index, cells in enumerate(practice().cells) if holds(cells)}


_NAMED = ("agents", "last_agent", "alerted", "not_responding", "supervisors", "queues",
          "first_queue", "last_queue", "wrapup", "wrapups", "skills", "languages",
          "divisions")  # fmt: skip
_CHOSEN = ("media", "direction", "initial_direction", "message_type", "disconnect_type",
           "used_routing", "conversation_id", "ended_by", "outcome")  # fmt: skip
_PRESENT = (*_NAMED, *_CHOSEN, "flows", "wrapup_note", "subject", "error_code", "sip_call_id",
            "session_dnis", "ani", "dnis", "external_tag", "mos", "customer")  # fmt: skip
_FLAGS = ("is_recorded", "flagged", "wrapup_timed_out")
_TEXTUAL = (Operator.IS, Operator.CONTAINS, Operator.STARTS, Operator.ENDS)


@cache
def texts_of(key: str) -> list[str]:
    """What the contacts hold in a column, each text once."""
    found: set[str] = set()
    for cells in practice().cells:
        value = cells[key]
        found |= set(value) if isinstance(value, tuple) else {str(value)} if value else set()
    return sorted(found) or ["x"]


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    shape = draw(st.integers(0, 9))
    if shape == 0:
        value = draw(st.sampled_from(["yes", "no"]))
        return Condition(draw(st.sampled_from(_FLAGS)), Operator.IS, (value,))
    if shape == 1:
        operator = draw(st.sampled_from([Operator.EMPTY, Operator.PRESENT]))
        return Condition(draw(st.sampled_from(_PRESENT)), operator)
    if shape == 2:
        value = draw(st.sampled_from(["0s", "30s", "2m", "5m..10m", "..1m", "1h.."]))
        return Condition(draw(st.sampled_from(["duration", "queue_wait"])), Operator.IS, (value,))
    if shape == 3:
        operator = draw(st.sampled_from([Operator.BELOW, Operator.AT_LEAST]))
        return Condition("mos", operator, (draw(st.sampled_from(["4", "4.3", "3.5"])),))
    key = draw(st.sampled_from([*_NAMED, *_CHOSEN]))
    operator = draw(st.sampled_from(_TEXTUAL))
    if field_of(key).is_whole and operator is Operator.CONTAINS:
        operator = Operator.IS
    values = draw(st.lists(st.sampled_from(texts_of(key)), min_size=1, max_size=3, unique=True))
    if operator is not Operator.IS:
        values = [value[: draw(st.integers(1, 6))].strip() or value for value in values]
    if draw(st.booleans()):
        values = [value.upper() for value in values]
    return Condition(key, operator, tuple(values))


def terms() -> st.SearchStrategy[Term]:
    return st.recursive(
        conditions(),
        lambda inner: (
            st.lists(inner, min_size=2, max_size=3).map(all_of)
            | st.lists(inner, min_size=2, max_size=3).map(any_of)
            | inner.map(negated)
            | inner.map(switched_off)
        ),
        max_leaves=4,
    )


@settings(max_examples=150)
@given(terms())
def test_the_answer_holds_what_is_wanted_and_the_residue_finds_it(term: Term) -> None:
    asked = to_service(term, practice().names, LONDON)
    wanted, given_ = truth(term), answer(asked)
    assert wanted <= given_
    assert given_ & truth(asked.residue) == wanted


@pytest.mark.parametrize(
    "text",
    ["queue:billing", 'agent:"a"', "media:voice", "direction:inbound", "wrap:timeout", "wraps:*",
     "recorded:", "message-type:(sms, whatsapp)", "disconnect-type:client", "duration>2m", "mos<4",
     "initial-direction:outbound", "agent:*", "skill:*", "flagged:", "division:*",
     "queue:billing or agent:a", "(queue:billing wait>1m) or (agent:a outcome:x)"],
)  # fmt: skip
def test_the_service_is_asked_for(text: str) -> None:
    asked = to_service(parse(text), practice().names, LONDON)
    assert asked.body()
    assert asked.text
    assert 0 < len(truth(parse(text))) <= len(answer(asked))
    assert parse(asked.text) == parse(text)


@pytest.mark.parametrize(
    "text",
    ["", "ana", "-media:voice", "wait>2m", "customer:x", "ani=+44", "queue:none", "attr.Tier=gold",
     "outcome:abandoned", "media:voi*", "media:smoke-signals", "queue:billing or wait>2m",
     "recorded:no", "{media:voice}", "before:yesterday", "duration>=0s or ana",
     "queue:no-queue-is-called-this", "media:voice or initial-direction:inbound"],
)  # fmt: skip
def test_the_service_is_not_asked_for(text: str) -> None:
    asked = to_service(parse(text), practice().names, LONDON)
    assert asked == ServiceFilter("", (), (), asked.residue)
    assert asked.body() == {}
    assert truth(asked.residue) == truth(parse(text))


def test_each_condition_finds_its_own_segment() -> None:
    """One filter each: queue and agent never stand in the same segment."""
    asked = to_service(parse("queue:billing agent:* x"), practice().names, LONDON)
    assert [each["type"] for each in asked.segment] == ["or", "or"]
    assert asked.text == "queue:billing agent:*"


def test_names_that_are_not_all_known_are_not_asked_for() -> None:
    assert to_service(parse("queue:billing"), {}, LONDON).body() == {}


def test_what_is_asked_exactly_needs_no_second_look() -> None:
    asked = to_service(parse("recorded: mos>=4 wait>2m"), {}, LONDON)
    assert asked.residue == parse("wait>2m")


def test_more_ids_than_a_body_holds_are_not_asked_for() -> None:
    few, many = (",".join(f"c{no}" for no in range(count)) for count in (400, 600))
    assert to_service(parse(f"id:({few})"), {}, LONDON).body()
    assert not to_service(parse(f"id:({many})"), {}, LONDON).body()


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("", None, None),
        ("on:today", 0, 1),
        ("since:yesterday queue:a", -1, None),
        ("before:today", None, 0),
        ("since:yesterday before:today -on:today {on:today}", -1, 0),
        ("on:today or queue:a", None, None),
        ("on:(today, 3 days ago)", -3, 1),
        ("on:today after:2020 start:*", 0, 1),
        ('start:"7 days ago.."', -7, None),
    ],
)
def test_the_time_range_that_a_filter_stays_within(
    text: str, first: int | None, last: int | None
) -> None:
    today = NOW - NOW % DAY_MS
    bounds = tuple(None if day is None else today + day * DAY_MS for day in (first, last))
    assert starts_within(parse(text), LONDON) == bounds
