"""docs/published-data.md lists every column of every table."""

from __future__ import annotations

from desktop_app.core.history.publish.manifest import SCHEMA, Manifest, PublishedDay, TableEntry
from desktop_app.core.history.publish.tables import TABLES, columns
from tests.core.history.history_samples import ROOT

DOCUMENT = ROOT / "docs" / "published-data.md"
BEGIN, END = "<!-- columns begin -->\n", "<!-- columns end -->"


def listing() -> str:
    lines = []
    for table in TABLES:
        lines += [
            f"\n### {table.name}, version {table.version}\n\n",
            f"{table.about}\n\n",
            "| Column | Type | What it is |\n",
            "|---|---|---|\n",
            *(f"| `{each.name}` | {each.type} | {each.about} |\n" for each in columns(table)),
        ]
    return "".join(lines).lstrip("\n")


def test_every_column_is_listed() -> None:
    told = "write the list anew: python -m tests.core.history.publish.test_published_document"
    text = DOCUMENT.read_text(encoding="utf-8")
    assert text.partition(BEGIN)[2].partition(END)[0] == listing(), told


def test_every_field_of_the_manifest_is_told() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert f"`schema` is {SCHEMA}" in text
    for kind in (Manifest, TableEntry, PublishedDay):
        for name in kind.__struct_fields__:
            assert (
                f"`{name}`" in text
                or f".{name}`" in text
                or f"…{name}`" in text
                or name
                in (
                    "application",
                    "tables",
                    "days",
                )
            ), name


if __name__ == "__main__":
    whole = DOCUMENT.read_text(encoding="utf-8")
    before, _, rest = whole.partition(BEGIN)
    DOCUMENT.write_text(before + BEGIN + listing() + END + rest.partition(END)[2], encoding="utf-8")
