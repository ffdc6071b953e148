"""docs/exports.md says what the files have."""

from __future__ import annotations

from desktop_app.core.history.column import Kind
from desktop_app.core.history.export.parts import LEG, SEGMENT
from desktop_app.core.history.export.presets import PRESETS
from desktop_app.core.history.export.provenance import SCHEMA
from tests.core.history.history_samples import ROOT

TEXT = (ROOT / "docs" / "exports.md").read_text(encoding="utf-8")


def test_every_column_of_the_finer_shapes_is_told() -> None:
    for column in (*LEG, *SEGMENT):
        unit = "_ms" if column.kind is Kind.DURATION else ""
        assert f"| {column.title} | `{column.key}{unit}` | {column.help} |" in TEXT


def test_every_format_is_told() -> None:
    for preset in PRESETS:
        assert f"| {preset.title} |" in TEXT
    assert f"`schema` is {SCHEMA}" in TEXT
