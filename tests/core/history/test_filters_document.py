"""docs/filters.md can't go stale: its examples can be read, its fields are those there are.

    python -m tests.core.history.test_filters_document

writes the list of fields anew.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop_app.core.history.columns import Kind
from desktop_app.core.history.filters import Field, all_fields, parse
from desktop_app.core.history.filters.fields import RELATIONS, Measure
from desktop_app.core.history.folding import squeezed

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "filters.md"
BEGIN, END = "<!-- fields -->\n", "<!-- /fields -->\n"

_GROUPS: tuple[tuple[str, Callable[[Field], bool]], ...] = (
    ("Texts and lists", lambda field: field.measure is None and not field.is_flag),
    ("Yes or no", lambda field: field.kind is Kind.FLAG),
    ("Times", lambda field: field.measure is Measure.DURATION),
    ("Instants", lambda field: field.measure is Measure.INSTANT),
    ("Numbers", lambda field: field.measure in (Measure.COUNT, Measure.NUMBER)),
    ("Hours and weekdays", lambda field: field.measure in (Measure.HOUR, Measure.WEEKDAY)),
)


def text() -> str:
    return DOCUMENT.read_text(encoding="utf-8")


def listing() -> str:
    lines = ["| Kind | Fields |\n", "|---|---|\n"]
    for title, belongs in _GROUPS:
        named = ", ".join(_named(field) for field in all_fields() if belongs(field))
        lines.append(f"| {title} | {named} |\n")
    lines.append(f"| The start | {', '.join(f'`{name}:`' for name in RELATIONS)} |\n")
    return "".join(lines)


def _named(field: Field) -> str:
    is_plain = squeezed(field.name) in squeezed(field.title)
    return f"`{field.name}`" if is_plain else f"`{field.name}` ({field.title})"


def examples() -> list[str]:
    """What the table's first column and the list of dates show."""
    rows = [line for line in text().partition(BEGIN)[0].splitlines() if line.startswith("| `")]
    cells = [re.split(r"(?<!\\)\|", row)[1] for row in rows]
    dates = next(line for line in text().splitlines() if line.startswith("- Dates:"))
    written = [found.replace("\\|", "|") for cell in cells for found in _code(cell)]
    return list(dict.fromkeys([*written, *(f"on:{found}" for found in _code(dates))]))


def _code(cell: str) -> list[str]:
    return re.findall("`(.+?)`", cell)


@pytest.mark.parametrize("example", examples())
def test_every_example_can_be_read(example: str) -> None:
    assert parse(example) != parse("")


def test_the_fields_that_are_listed_are_those_that_there_are() -> None:
    listed = text().partition(BEGIN)[2].partition(END)[0]
    assert listed == listing(), (
        "write the list anew: python -m tests.core.history.test_filters_document"
    )


def test_every_field_is_in_one_group() -> None:
    for field in all_fields():
        assert sum(belongs(field) for _, belongs in _GROUPS) == 1


if __name__ == "__main__":
    before, _, rest = text().partition(BEGIN)
    after = rest.partition(END)[2]
    DOCUMENT.write_text(before + BEGIN + listing() + END + after, encoding="utf-8")
