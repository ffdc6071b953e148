"""What can be written, what it is read as, and what is said about what can't be read."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.core.history.clock import Interval
from desktop_app.core.history.columns import COLUMNS
from desktop_app.core.history.filters import (
    And,
    Condition,
    FilterMistake,
    Not,
    Off,
    Operator,
    Or,
    Span,
    Term,
    Words,
    all_fields,
    all_of,
    chips,
    complete,
    field_of,
    find_field,
    parse,
    to_service,
    to_sql,
    toggled,
    with_term,
    without_field,
    write,
)
from desktop_app.core.history.filters.tree import conditions, conjuncts
from tests.core.history.filter_samples import LONDON, terms


def one(field: str, operator: Operator, *values: str) -> Condition:
    return Condition(field, operator, values)


IS, CONTAINS = Operator.IS, Operator.CONTAINS


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", And()),
        ("  \n ", And()),
        ('""', And()),
        ("()", And()),
        ("{ }", And()),
        ("ana", Words("ana")),
        ("ana ruiz", And((Words("ana"), Words("ruiz")))),
        ('"ana ruiz"', Words("ana ruiz")),
        ('"ana ruiz', Words("ana ruiz")),
        (r'"a \"b\" \\ \d"', Words(r'a "b" \ \d')),
        ("ana* *", And((Words("ana"), Words("*")))),
        ("+44 10:30 50%", And((Words("+44"), Words("10:30"), Words("50%")))),
        ("sales(uk)", Words("sales(uk)")),
        ("oración Order notes", And((Words("oración"), Words("Order"), Words("notes")))),
        ('"or" "not"', And((Words("or"), Words("not")))),
        ("a or b c", Or((Words("a"), And((Words("b"), Words("c")))))),
        ("a AND (b OR c)", And((Words("a"), Or((Words("b"), Words("c")))))),
        ("-a", Not(Words("a"))),
        ("not a", Not(Words("a"))),
        ("not -a", Words("a")),
        ("- a", And((Words("-"), Words("a")))),
        ("-(a b)", Not(And((Words("a"), Words("b"))))),
        ("{a b}", Off(And((Words("a"), Words("b"))))),
        ("{{a}}", Off(Words("a"))),
        ("-{a}", Not(Off(Words("a")))),
        ("queue:billing", one("queues", CONTAINS, "billing")),
        ("Queue:billing", one("queues", CONTAINS, "billing")),
        ("wrap-up:sale", one("wrapup", CONTAINS, "sale")),
        ("all-wrap-ups:sale", one("wrapups", CONTAINS, "sale")),
        ('agent:"Ana Ruiz"', one("agents", CONTAINS, "Ana Ruiz")),
        ("queue:billing,sales", one("queues", CONTAINS, "billing", "sales")),
        ("agent:(Ana Ruiz, Bob)", one("agents", CONTAINS, "Ana Ruiz", "Bob")),
        ('queue=(a,"b, c",a)', one("queues", IS, "a", "b, c")),
        ("queue!=billing", Not(one("queues", IS, "billing"))),
        ("media:voice", one("media", IS, "voice")),
        ("id:(a b,\n c)", one("conversation_id", IS, "a", "b", "c")),
        ("ani:+44*", one("ani", Operator.STARTS, "+44")),
        ('ani:"+44*"', one("ani", Operator.STARTS, "+44")),
        (r'ani:"+44\*"', one("ani", CONTAINS, "+44*")),
        ("ani:*44", one("ani", Operator.ENDS, "44")),
        ("ani:*44*", one("ani", CONTAINS, "44")),
        ("ani^=+44", one("ani", Operator.STARTS, "+44")),
        ("ani$=44", one("ani", Operator.ENDS, "44")),
        ("ani=44*", one("ani", IS, "44*")),
        (r"ani~^\+44(20|7)\d{2}", one("ani", Operator.REGEX, r"^\+44(20|7)\d{2}")),
        (r'(ani~a or ani~"b \" c")', Or((one("ani", Operator.REGEX, "a"),
                                         one("ani", Operator.REGEX, 'b " c')))),
        ("queue:none", one("queues", Operator.EMPTY)),
        ("queue:*", one("queues", Operator.PRESENT)),
        ('queue:"none"', one("queues", CONTAINS, "none")),
        ("ani:(44*, none, 9)", Or((one("ani", Operator.STARTS, "44"), one("ani", Operator.EMPTY),
                                   one("ani", CONTAINS, "9")))),
        ("wait>2m", one("queue_wait", Operator.ABOVE, "2m")),
        ("wait > 2m", one("queue_wait", Operator.ABOVE, "2m")),
        ("wait<=1:30", one("queue_wait", Operator.AT_MOST, "1:30")),
        ("wait:1m..2m,5m", one("queue_wait", IS, "1m..2m", "5m")),
        ("hour:9-17", one("hour", IS, "9-17")),
        ("weekday:mon-fri", one("weekday", IS, "mon-fri")),
        ('before:"last friday"', one("start", Operator.BELOW, "last friday")),
        ("after:yesterday", one("start", Operator.ABOVE, "yesterday")),
        ("on:2026-01-05", one("start", IS, "2026-01-05")),
        ("start>=2026-01-05", one("start", Operator.AT_LEAST, "2026-01-05")),
        ("flagged:", one("flagged", IS, "yes")),
        ("flagged: ana", And((one("flagged", IS, "yes"), Words("ana")))),
        ("flagged:no", one("flagged", IS, "no")),
        ("attr.AccountType=Premium", one("attr.AccountType", IS, "Premium")),
        ("Attr.ivr.Skills:x", one("attr.ivr.Skills", CONTAINS, "x")),
        (r'attr."it\"s a key":x', one('attr.it"s a key', CONTAINS, "x")),
        ("\ud800acme", Words("acme")),
    ],
)  # fmt: skip
def test_texts_are_read_as(text: str, tree: Term) -> None:
    assert parse(text) == tree
    assert parse(write(tree)) == tree


def test_the_example_of_the_guide_is_read() -> None:
    text = (
        'queue:billing agent:"Ana Ruiz" media:voice wait>2m outcome:abandoned'
        ' attr.AccountType=Premium -wrap:timeout before:"last friday" (a or b) flagged:'
        ' subject:* ani:"+44*"'
    )
    tree = parse(text)
    assert isinstance(tree, And) and len(tree.terms) == 12
    assert parse(write(tree)) == tree


@pytest.mark.parametrize(
    ("text", "at", "sentence"),
    [
        ("ana quue:x", "quue", 'Unknown field "quue". Did you mean queue?'),
        ("zzzz:x", "zzzz", 'Unknown field "zzzz". Put it in quotes to search for the text.'),
        ("http://x", "http", 'Unknown field "http". Put it in quotes to search for the text.'),
        ("attr.=x", "attr.", "Write the attribute's key after the point, like"
         " attr.AccountType:premium."),
        ("queue:", "queue:", "Say what Queue has to be, right after the sign: queue:billing"),
        ("queue: billing", "queue:", "Say what Queue has to be, right after the sign:"
         " queue:billing"),
        ("queue:a, b", ",", "A value is missing after this comma."),
        ("queue:(a, b", "(", 'This list of values is never closed. Add ")" at its end.'),
        ('queue:("a" b)', "b", "Put a comma between the values."),
        ("wait>90", "90", '"90": Say the unit: 90s for seconds or 90m for minutes.'),
        ("wait>long", "long", '"long": Write a time like 90s, 2m, 1:30 or 1h30m.'),
        ("wait:5m..1m", "5m..1m", '"5m..1m": The range is turned round. Write 1m..5m.'),
        ("holds>many", "many", '"many": Write a whole number, like 3.'),
        ("mos<low", "low", '"low": Write a number, like 3.5.'),
        ("hour:25", "25", '"25": Write an hour from 0 to 23, or several like 9-17.'),
        ("weekday:mo", "mo", '"mo": Write a weekday like mon, or several like mon-fri.'),
        ("flagged:maybe", "maybe", '"maybe": Write yes or no.'),
        ("before:last friday", "last", '"last": Write a date like 2026-01-05, yesterday,'
         ' "last friday" or "7 days ago".'),
        ("on:2026-02-30", "2026-02-30", '"2026-02-30": Write a date like 2026-01-05, yesterday,'
         ' "last friday" or "7 days ago".'),
        ("customer>3", "customer>3", 'Customer is a text, so ">" can\'t be used.'
         " Use a colon or = instead."),
        ("wait~2", "wait~2", 'Wait is a quantity, so "~" can\'t be used.'
         " Write wait>2m or wait<2m."),
        ("flagged>yes", "flagged>yes", "Flagged is yes or no. Write flagged:yes or flagged:no."),
        ("ana or", "or", '"or" has nothing to join. Add a term, or put it in quotes to search'
         " for it."),
        ("or ana", "or", '"or" has nothing to join. Add a term, or put it in quotes to search'
         " for it."),
        ("ana not", "not", '"not" has nothing to join. Add a term, or put it in quotes to search'
         " for it."),
        ("(ana", "(", 'This "(" is never closed. Add ")", or put it in quotes.'),
        ("{ana", "{", 'This "{" is never closed. Add "}", or put it in quotes.'),
        ("ana)", ")", 'There is no "(" for this ")". Remove it, or put the words in quotes.'),
        ('ani~"(a"', '"(a"', '"(a": This "(" is never closed. Write \\( for the sign itself.'),
        (r"ani~a\1", r"a\1", '"a\\1": "\\1" isn\'t known here; \\d, \\w, \\s and \\b are.'
         " (sign 2 of the pattern)"),
        ('ani~"(?=a)"', '"(?=a)"', '"(?=a)": Only "(?:" is known here; look-around and flags are'
         " not."),
        ("(" * 60, "(", "There are too many brackets inside each other."),
    ],
)  # fmt: skip
def test_a_mistake_names_its_place_and_its_mend(text: str, at: str, sentence: str) -> None:
    with pytest.raises(FilterMistake) as raised:
        parse(text)
    mistake = raised.value
    assert str(mistake) == sentence
    assert text[mistake.position : mistake.position + mistake.length] == at


@given(terms())
def test_what_is_written_reads_as_the_same_tree(tree: Term) -> None:
    assert parse(write(tree)) == tree


@given(terms())
def test_every_condition_stands_where_its_span_says(tree: Term) -> None:
    text = write(tree)
    for each in conjuncts(parse(text)):
        first, last = each.span
        assert parse(text[first:last]) == each
    for found in conditions(parse(text)):
        first, last = found.span
        assert found in list(conditions(parse(text[first:last])))


_SIGNS = st.sampled_from(
    'queue: wait> attr. " \\ ( ) { } , - or not and * : = ~ none [ ] 2m flagged: before: ani~'
    " ^ $ | . {2} \ud800 \0 佐 yesterday".split(" ")
)
_ANY_TEXT = st.text(max_size=40) | st.lists(_SIGNS, max_size=14).map("".join) | st.lists(
    _SIGNS, max_size=10
).map(" ".join)  # fmt: skip


def read(text: str) -> Term | FilterMistake:
    try:
        return parse(text)
    except FilterMistake as mistake:
        return mistake


@settings(max_examples=400)
@given(text=_ANY_TEXT, cursor=st.integers(-2, 60))
def test_no_text_raises_anything_but_a_mistake(text: str, cursor: int) -> None:
    complete(text, cursor)
    tree = read(text)
    if isinstance(tree, FilterMistake):
        assert str(tree)
        assert 0 <= tree.position <= tree.position + tree.length <= len(text)
        for edit in (chips, toggled, lambda text: without_field(text, "queues")):
            with pytest.raises(FilterMistake):
                edit(text)
        return
    assert parse(write(tree)) == tree
    assert [text[chip.span.start : chip.span.end] for chip in chips(text)] == [
        chip.text for chip in chips(text)
    ]
    added = parse(with_term(text, "queue:x"))
    assert added == all_of([*conjuncts(tree), parse("queue:x")])
    to_sql(tree, LONDON, Interval(0, 1))
    to_service(tree, {}, LONDON)


def test_pasting_thousands_of_ids_is_one_condition() -> None:
    ids = [f"{number:032x}" for number in range(5000)]
    assert parse(f"id:({', '.join(ids)})") == one("conversation_id", IS, *ids)


def test_every_column_is_a_field_by_its_key_and_its_title() -> None:
    for column in COLUMNS:
        assert find_field(column.key) is not None
        assert find_field(column.title) is not None
        assert field_of(column.key).title == column.title


def test_every_name_is_one_fields() -> None:
    for field in all_fields():
        assert find_field(field.name) == field
        assert field_of(field.key) == field
    names = [field.name for field in all_fields()]
    assert len(names) == len(set(names))


def test_where_a_condition_is_answered() -> None:
    needs = {field.key for field in all_fields() if field.where == "needs sync"}
    assert needs == {"start"}
    assert field_of("attr.AccountType").where == "needs sync"


def test_spans_are_not_part_of_what_a_term_is() -> None:
    assert Words("a", Span(0, 1)) == Words("a", Span(4, 5))
    assert parse("  a ") == parse("a")
