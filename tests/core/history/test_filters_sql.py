"""SQL, the judge and DuckDB itself agree on what a filter finds."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

import duckdb
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.core.history import columns
from desktop_app.core.history.clock import Interval
from desktop_app.core.history.columns import Kind, Value
from desktop_app.core.history.filters import FilterMistake, Term, judge, matches, parse, to_sql
from desktop_app.core.history.filters.patterns import PatternError, read_pattern
from desktop_app.core.history.folding import folded, haystack, plain
from desktop_app.core.history.sql import attribute, quoted, sort_key, sql_name, sql_value
from desktop_app.core.history.sql import plain as plain_sql
from tests.core.history.filter_samples import HOUR, KINDS, LONDON, NOW, PATTERNS, rows, terms

INSIDE = Interval(NOW - 91 * 24 * HOUR, NOW + 24 * HOUR)
_TYPES = {Kind.INSTANT: "BIGINT", Kind.DURATION: "BIGINT", Kind.COUNT: "BIGINT",
          Kind.NUMBER: "DOUBLE", Kind.LIST: "VARCHAR[]", Kind.FLAG: "BOOLEAN"}  # fmt: skip
_FIXED = {key: kind for key, kind in KINDS.items() if not key.startswith("attr.")}
_SHAPE = {sql_name(key): _TYPES.get(kind, "VARCHAR") for key, kind in _FIXED.items()} | {
    "no": "BIGINT",
    "start_ms": "BIGINT",
    "haystack": "VARCHAR",
    "attributes": "MAP(VARCHAR, VARCHAR)",
}


@pytest.fixture(scope="module")
def contacts() -> Iterator[duckdb.DuckDBPyConnection]:
    """A small table with the schema's columns that filters look at."""
    with duckdb.connect() as connection:
        definition = ", ".join(f"{name} {kind}" for name, kind in _SHAPE.items())
        connection.execute(f"CREATE TABLE contact ({definition})")
        yield connection


def fill(contacts: duckdb.DuckDBPyConnection, found: Sequence[dict[str, Value]]) -> None:
    contacts.execute("DELETE FROM contact")
    shape = msgspec.json.encode([_SHAPE]).decode()
    listed = []
    for number, cells in enumerate(found):
        attributes = {key[5:]: cell for key, cell in cells.items() if key.startswith("attr.")}
        listed.append(
            {sql_name(key): cells[key] for key in _FIXED}
            | {"no": number, "start_ms": cells["start"], "haystack": haystack(cells)}
            | {"attributes": {key: cell for key, cell in attributes.items() if cell is not None}}
        )
    contacts.execute(
        f"INSERT INTO contact ({', '.join(_SHAPE)})"
        f" SELECT unnest(from_json(?::JSON, '{shape}'), max_depth := 2)",
        [msgspec.json.encode(listed).decode()],
    )


def found(contacts: duckdb.DuckDBPyConnection, term: Term) -> set[int]:
    condition, values = to_sql(term, LONDON, INSIDE)
    sql = f"SELECT no FROM contact WHERE {condition}"
    return {no for (no,) in contacts.execute(sql, values).fetchall()}


@settings(max_examples=300)
@given(cells=st.lists(rows(), min_size=1, max_size=6), term=terms())
def test_sql_finds_what_the_judge_finds(
    contacts: duckdb.DuckDBPyConnection, cells: list[dict[str, Value]], term: Term
) -> None:
    fill(contacts, cells)
    holds = judge(term, LONDON)
    truth = {number for number, row in enumerate(cells) if holds(row)}
    assert found(contacts, term) == truth


EMPTY: dict[str, Value] = dict.fromkeys(KINDS) | {"start": NOW}


@pytest.mark.parametrize(
    ("cells", "finds", "misses"),
    [
        ({"agents": ("Ana Ruiz", "Łukasz Żak")},
         ["agent:ana", 'agent:"lukasz z"', "agent=(x,ANA RUIZ)", "agent^=luk", "agent$=zak",
          "agent:*", 'agent~"^ana ruiz$"', "-agent=ana", 'lukasz "ana ruiz"'],
         ['agent:"ruiz luk"', "agent=ana", "agent$=ana", "agent:none", "-agent:ana",
          'agent~"^ana$"']),
        ({"agents": ()}, ["agent:none", "-agent:x"], ["agent:*", "agent:x", 'agent~^$']),
        ({"media": "E-mail"}, ["media:email", "media:E-Mail", "media:(voice, email)"],
         ["media:mail", "media:voice", "-media:email"]),
        ({"media": "Internal message"}, ["media:internalmessage", "media:internal*"],
         ["media:message"]),
        ({"wrapup": "Timed out"}, ["wrap:timeout", "wrap:timed", "wrap=ININ-WRAP-UP-TIMEOUT"],
         ["-wrap:timeout", "wrap:sale"]),
        ({"customer": "Straße Œuvre Ｗ™"}, ["customer:strasse", "customer:oeuvre", "customer:™"],
         ["customer:tm"]),
        ({"customer": ""}, ["customer:none"], ["customer:*"]),
        ({"customer": "none *"}, ['customer:"none"', r'customer:"\*"', "customer$=*"],
         ["customer:none", "customer=none"]),
        ({"queue_wait": 120_500}, ["wait:2m", "wait>1:59", "wait>=2m", "wait<=2m", "wait:1m..3m"],
         ["wait>2m", "wait<2m", "wait:none", "-wait:2m"]),
        ({"queue_wait": None}, ["wait:none", "-wait>0s"], ["wait:*", "wait<9m", "wait>=0s"]),
        ({"holds": 3}, ["holds>=3", "holds:2-4", "holds:1,3"], ["holds>3", "holds:..2"]),
        ({"mos": 3.504}, ["mos:3.5", "mos<=3.5"], ["mos>3.5", "mos:3.51"]),
        ({"flagged": False}, ["flagged:no", "-flagged:", "flagged:none"], ["flagged:"]),
        ({"flagged": True}, ["flagged:", "flagged:*", "flagged:yes"], ["-flagged:"]),
        ({"start": NOW}, ["on:today", "hour:12", "weekday:thu", "weekday:mon-fri", "hour:9-17",
                          "after:yesterday", "since:today", "until:today"],
         ["before:today", "after:today", "hour:13", "weekday:sat-sun"]),
        # The hour that occurs twice, on the night the clocks go back.
        ({"start": 1_792_890_000_000}, ["hour:1", "on:2026-10-25", "weekday:sun"], ["hour:2"]),
        ({"start": 1_792_893_600_000}, ["hour:2", "on:2026-10-25"], ["hour:1"]),
        ({"end": NOW + 12 * HOUR}, ["overnight:"], ["overnight:no"]),
        ({"end": NOW + 11 * HOUR}, ["overnight:no"], ["overnight:"]),
        ({"conversation_id": "3f0c-A"}, ["id:3F0C-a", "id:3f0c*", "id:(x 3f0c-a)"], ["id:3f0c"]),
        ({"attr.Customer ANI": "Prémium"}, ['attr."Customer ANI"=premium', 'attr."Customer ANI":*'],
         ["attr.customer:premium", 'attr."Customer ANI":none']),
        ({}, ['attr."it\'s; --":none', "-ana", "{ana}", "-{ana}", "{ana} or {bob}"], ["ana"]),
    ],
)  # fmt: skip
def test_filters_find(
    contacts: duckdb.DuckDBPyConnection,
    cells: dict[str, Value],
    finds: list[str],
    misses: list[str],
) -> None:
    row = EMPTY | cells
    fill(contacts, [row])
    for text, wanted in [(text, {0}) for text in finds] + [(text, set()) for text in misses]:
        assert found(contacts, parse(text)) == wanted, text
        assert matches(parse(text), row, LONDON) == bool(wanted), text


def test_thousands_of_ids_and_conditions_can_be_asked(
    contacts: duckdb.DuckDBPyConnection,
) -> None:
    fill(contacts, [EMPTY | {"conversation_id": "wanted"}])
    ids = ",".join(["wanted", *map(str, range(5000))])
    assert found(contacts, parse(f"id:({ids})")) == {0}
    assert found(contacts, parse(f"-id:({ids})")) == set()
    assert found(contacts, parse("-x " * 1500)) == {0}
    assert found(contacts, parse(" or ".join(["x"] * 1500))) == set()
    with pytest.raises(FilterMistake, match="more than 2000"):
        to_sql(parse("x " * 2500), LONDON, INSIDE)


HOSTILE = (
    "'; DROP TABLE contact; --",
    "a'] IS NOT NULL OR true OR attributes['a",
    "'' OR 1=1",
    '"; SELECT 1',
    "\\'; DELETE FROM contact; --",
    "?",
    "$1",
    "{{no}}",
    "/* */",
    "a\nb",
    "E'\\x27'",
    "chr(39)",
    "佐",
)


@pytest.mark.parametrize("key", HOSTILE)
def test_T40_an_attributes_key_is_a_literal(contacts: duckdb.DuckDBPyConnection, key: str) -> None:
    fill(contacts, [EMPTY | {f"attr.{key}": "wanted"}, EMPTY, EMPTY | {"customer": key}])
    name = "attr." + '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'
    term = parse(f"{name}=wanted")
    assert found(contacts, term) == {0}
    assert found(contacts, parse(f"-{name}=wanted")) == {1, 2}
    assert contacts.execute(f"SELECT {quoted(key)}").fetchone() == (key,)


@pytest.mark.parametrize("key", HOSTILE)
@pytest.mark.parametrize("sign", [":", "=", "^=", "$="])
def test_T40_a_value_is_bound(contacts: duckdb.DuckDBPyConnection, key: str, sign: str) -> None:
    fill(contacts, [EMPTY | {"customer": key, "agents": (key,)}, EMPTY])
    value = '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'
    for field in ("customer", "agent"):
        condition, values = to_sql(parse(f"{field}{sign}{value}"), LONDON, INSIDE)
        assert key not in condition or len(key) < 3
        assert values
        assert found(contacts, parse(f"{field}{sign}{value}")) == {0}


@given(st.text(max_size=20))
def test_T40_no_key_leaves_its_quotes(text: str) -> None:
    try:
        sql = attribute(text)
    except KeyError:
        assert "\0" in text or any("\ud800" <= char <= "\udfff" for char in text)
        return
    inside = sql.removeprefix("attributes['").removesuffix("']")
    assert inside.replace("''", "") == inside.replace("''", "").replace("'", "")
    assert inside.replace("''", "'") == text


def _known(char: str) -> bool:
    """Letters that both Python's and the database's Unicode tables have had for years."""
    return unicodedata.ucd_3_2_0.category(char) not in ("Cn", "Cs", "Co")


def test_plain_text_is_the_same_in_sql(contacts: duckdb.DuckDBPyConnection) -> None:
    known = [chr(no) for no in range(1, sys.maxunicode) if _known(chr(no)) and chr(no) != "\x1f"]
    words = [f"A{char}b" for char in known]
    listed = "SELECT unnest(string_split(?, chr(31))) AS w"
    sql = f"SELECT w, {plain_sql('w')} FROM ({listed})"
    differing = [w for w, letters in contacts.execute(sql, ["\x1f".join(words)]).fetchall()
                 if letters != plain(w)]  # fmt: skip
    assert differing == []


@given(st.text(max_size=20))
def test_plain_twice_is_plain(text: str) -> None:
    assert plain(plain(text)) == plain(text)


@given(st.text(st.sampled_from("aAÉłßŒıς™佐 -"), max_size=12), st.integers(0, 12))
def test_what_is_found_by_plain_letters_is_found_by_folded_ones(text: str, begin: int) -> None:
    assert folded(text[begin:]) in folded(text)
    assert plain(text[begin:]) in plain(text)


GOOD = (
    *PATTERNS, "a", "", "a|", "[]a]", "[^]a]", "[a-]", "[-a]", r"[\d\s-]", r"[\]\\^]", "(a)?b",
    "(?:a|b)+?", "a{2}", "a{2,}", "a{2,3}?", "^$", r"\.\*\+", "()", r"\t", "\\-", "(?:)*",
)  # fmt: skip
BAD = (
    "(", ")", "[", "[a", "*", "a**", "a*+", "+a", "?", "a{3,2}", "(?=a)", "(?!a)", "(?<=a)",
    "(?P<n>a)", "(?i)a", r"\1", r"\p{L}", r"\x41", "[z-a]", "[[:alpha:]]", "a{9999}", "\\",
    "(a{100}){100}", "^*", r"\b+", "[\\", "[a-", "[ß]", "a" * 501, "(" * 30 + ")" * 30,
    "((a{30}){30})", "\u0301*", "x{", "a{,2}",
)  # fmt: skip


@pytest.mark.parametrize("pattern", GOOD)
def test_a_good_pattern_is_one_to_the_database(
    contacts: duckdb.DuckDBPyConnection, pattern: str
) -> None:
    ours = read_pattern(pattern)
    for text in ("", "a", "ana", "abb", "x{", "a]", "2 1", "a\n", "a-b", "*", "\t"):
        row = contacts.execute("SELECT regexp_matches(?, ?)", [text, ours.re2]).fetchone()
        assert row == (ours.finds(text),), text


@pytest.mark.parametrize("pattern", BAD)
def test_a_bad_pattern_is_a_mistake(pattern: str) -> None:
    with pytest.raises(PatternError) as raised:
        read_pattern(pattern)
    assert str(raised.value) and 0 <= raised.value.offset <= len(pattern)


_PATTERN_SIGNS = st.sampled_from(
    [*"abAÉłß19_ -.*+?|()[]{}^$\\,\n", r"\d", r"\W", r"\b", "{2}", "{1,3}", "[^a]", "(?:"]
)


@settings(max_examples=400)
@given(
    st.lists(_PATTERN_SIGNS, max_size=9).map("".join),
    st.text(st.sampled_from("abł1 \n-"), max_size=5),
)
def test_what_passes_is_read_alike_by_both_engines(
    contacts: duckdb.DuckDBPyConnection, pattern: str, text: str
) -> None:
    try:
        ours = read_pattern(pattern)
    except PatternError:
        return
    row = contacts.execute("SELECT regexp_matches(?, ?)", [plain(text), ours.re2]).fetchone()
    assert row == (ours.finds(plain(text)),)


def test_columns_are_written_in_sql() -> None:
    for column in columns.COLUMNS:
        assert sql_value(column) == sql_name(column.key) == f"c_{column.key}"
        assert column.key in sort_key(column)


def _nested(depth: int) -> Any:
    return "-(a " * depth + "b" + ")" * depth


def test_deep_filters_are_compiled(contacts: duckdb.DuckDBPyConnection) -> None:
    fill(contacts, [EMPTY])
    assert found(contacts, parse(_nested(39))) == {0} - found(contacts, parse(f"-{_nested(39)}"))
