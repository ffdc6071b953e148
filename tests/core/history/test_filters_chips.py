"""Chips and the text are two views of one filter; typing is helped."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.core.history.columns import Value
from desktop_app.core.history.filters import (
    FilterMistake,
    Off,
    Span,
    Term,
    chips,
    complete,
    matches,
    parse,
    quoted,
    replace_span,
    toggle,
    toggled,
    with_term,
    with_value,
    without_field,
    write,
)
from tests.core.history.filter_samples import LONDON, needles, terms


def labels(text: str) -> list[str]:
    return [chip.label for chip in chips(text)]


def test_every_term_that_must_hold_is_a_chip() -> None:
    text = 'ana  queue:billing {wait>2m} -(a or b) before:"last friday" attr.Tier=gold'
    found = chips(text)
    assert [(chip.text, chip.label, chip.on, chip.where, chip.is_words) for chip in found] == [
        ("ana", "“ana”", True, "instant", True),
        ("queue:billing", "Queue contains billing", True, "instant", False),
        ("{wait>2m}", "Wait over 2m", False, "instant", False),
        ("-(a or b)", "not (“a” or “b”)", True, "instant", False),
        ('before:"last friday"', "Start before last friday", True, "needs sync", False),
        ("attr.Tier=gold", "Tier is gold", True, "needs sync", False),
    ]
    assert [text[slice(*chip.span)] for chip in found] == [chip.text for chip in found]


def test_alternatives_are_one_chip() -> None:
    assert labels("a b or queue:none") == ["(“a” and “b”) or Queue is empty"]
    assert labels("ani:(44*, 9)") == ["From starts with 44 or From contains 9"]
    assert labels("flagged: -media:voice") == ["Flagged: yes", "Media is not voice"]


def test_a_condition_that_must_not_hold_reads_as_a_sentence() -> None:
    text = "-queue=Billing -queue:(a, b) -ani^=+44 -note:none -flagged: -wait>2m -on:friday"
    assert labels(text) == [
        "Queue is not Billing",
        "Queue doesn't contain a or b",
        "From doesn't start with +44",
        "Note is not empty",
        "not Flagged: yes",
        "not Wait over 2m",
        "not Start on friday",
    ]


@pytest.mark.parametrize("text", ["", "  ", '""', "()"])
def test_nothing_is_no_chip(text: str) -> None:
    assert chips(text) == []


@given(terms(), st.data())
def test_toggling_twice_changes_nothing(tree: Term, data: st.DataObject) -> None:
    text = write(tree)
    chip = data.draw(st.sampled_from(chips(text)))
    once = toggled(chip.text)
    assert isinstance(parse(once), Off) == chip.on
    assert parse(toggled(once)) == parse(chip.text)
    assert parse(replace_span(text, chip.span, toggled(once))) == tree
    assert toggle(text, chip) == replace_span(text, chip.span, once)


@given(terms(), st.data())
def test_a_chip_can_be_taken_out(tree: Term, data: st.DataObject) -> None:
    text = write(tree)
    found = chips(text)
    chip = data.draw(st.sampled_from(found))
    left = [each.label for each in found if each != chip]
    assert labels(replace_span(text, chip.span, "")) == left


@given(terms(), terms())
def test_a_term_that_is_added_must_hold_too(tree: Term, new: Term) -> None:
    text = with_term(write(tree), write(new))
    assert labels(text)[: len(chips(write(tree)))] == labels(write(tree))
    contacts: list[dict[str, Value]] = [
        {},
        {"customer": "a", "flagged": True},
        {"agents": ("ana",), "holds": 2},
    ]
    for cells in contacts:
        both = matches(tree, cells, LONDON) and matches(new, cells, LONDON)
        assert matches(parse(text), cells, LONDON) == both


@pytest.mark.parametrize(
    ("text", "key", "value", "exclude", "result"),
    [
        ("", "queues", "Billing", False, "queue=Billing"),
        ("ana", "queues", "Billing UK", False, 'ana queue="Billing UK"'),
        ("queue=Billing ana", "queues", "Sales", False, "queue=(Billing, Sales) ana"),
        ("queue=Billing", "queues", "Billing", False, "queue=Billing"),
        ("queue=Billing", "queues", None, False, "(queue=Billing or queue:none)"),
        ("(queue=Billing or queue:none)", "queues", "a", False,
         "(queue=(Billing, a) or queue:none)"),
        ("queue:bil", "queues", "Billing", False, "queue:bil queue=Billing"),
        ("queue=Billing", "queues", "Sales", True, "queue=Billing -queue=Sales"),
        ("a or b", "queues", "", True, "(a or b) -queue:none"),
        ("", "flagged", True, False, "flagged:yes"),
        ("", "flagged", True, True, "flagged:no"),
        ("", "flagged", None, False, "flagged:no"),
        ("", "customer", "none", False, 'customer="none"'),
        ("", "attr.Customer ANI", "*", False, r'attr."Customer ANI"="\*"'),
    ],
)  # fmt: skip
def test_a_value_is_chosen_or_left_out(
    text: str, key: str, value: Value, exclude: bool, result: str
) -> None:
    assert with_value(text, key, value, exclude=exclude) == result


@given(needles, st.booleans())
def test_a_chosen_value_is_found(value: str, exclude: bool) -> None:
    text = with_value("", "customer", value, exclude=exclude)
    assert matches(parse(text), {"customer": value}, LONDON) != exclude


def test_a_columns_chips_are_taken_out() -> None:
    text = "queue=a ana {queue:b} (queue:c or ana) -queue:none wait>2m"
    assert without_field(text, "queues") == "ana (queue:c or ana) wait>2m"
    assert without_field("queue=a or queue=b", "queues") == ""
    with pytest.raises(FilterMistake):
        without_field("queue:", "queues")


def test_one_chips_text_is_toggled() -> None:
    assert toggled("queue:a") == "{queue:a}"
    assert toggled("{queue:a}") == "queue:a"
    assert toggled(' { queue:"}" } ') == 'queue:"}"'


@given(needles)
def test_an_offered_value_is_read_as_it_is(value: str) -> None:
    tree = parse(f"customer={quoted(value)}")
    assert matches(tree, {"customer": value}, LONDON)


@pytest.mark.parametrize(
    ("text", "kind", "field", "prefix", "span"),
    [
        ("qu|", "field", "", "qu", (0, 2)),
        ("ana -qu|eu", "field", "", "qu", (5, 9)),
        ("(wa|", "field", "", "wa", (1, 3)),
        ("queue|", "operator", "queues", "", (0, 5)),
        ("queue:|", "value", "queues", "", (6, 6)),
        ("queue:bil|", "value", "queues", "bil", (6, 9)),
        ('agent:"Ana R|', "value", "agents", "Ana R", (6, 12)),
        ('agent:"Ana R|uiz" x', "value", "agents", "Ana R", (6, 16)),
        ("queue:(a, b|", "value", "queues", "b", (10, 11)),
        ("queue:a,b|", "value", "queues", "b", (8, 9)),
        ("x attr.Tier=go|", "value", "attr.Tier", "go", (12, 14)),
        ("before:la|", "value", "start", "la", (7, 9)),
        ("flagged:|", "value", "flagged", "", (8, 8)),
        ("weekday:m|", "value", "weekday", "m", (8, 9)),
    ],
)
def test_what_may_follow_the_cursor(
    text: str, kind: str, field: str, prefix: str, span: tuple[int, int]
) -> None:
    found = complete(text.replace("|", ""), text.index("|"))
    assert found is not None
    assert (found.kind, found.field, found.prefix) == (kind, field, prefix)
    assert found.span == Span(*span)


@pytest.mark.parametrize("text", ["|", "ana |", "queue:a |", '"qu|', "zzzz|", "+44|"])
def test_nothing_is_offered_where_nothing_is_begun(text: str) -> None:
    assert complete(text.replace("|", ""), text.index("|")) is None


def test_offers_say_what_they_are() -> None:
    fields = complete("que", 3)
    assert fields is not None
    assert [(offer.text, offer.title) for offer in fields.offers] == [
        ("queue:", "Queue"),
        ("queue_count:", "Queue count"),
        ("queue_segments:", "Queue segments"),
    ]
    assert fields.offers[0].help
    by_title = complete("call", 4)
    assert by_title is not None and by_title.offers[0].title.startswith("Call")
    signs = complete("wait", 4)
    assert signs is not None and "wait>" in [offer.text for offer in signs.offers]
    days = complete("weekday:m", 9)
    assert days is not None and [offer.text for offer in days.offers] == ["mon"]
    dates = complete("on:last", 7)
    assert dates is not None and '"last friday"' in [offer.text for offer in dates.offers]
