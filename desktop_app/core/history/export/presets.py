"""Files as people ask for them: a format with the way it is written."""

from __future__ import annotations

from dataclasses import dataclass

from desktop_app.core.history.export.request import Format, Style


@dataclass(frozen=True, slots=True)
class Preset:
    """``key`` is what the command line calls it; ``help`` says what to expect of its cells."""

    key: str
    title: str
    format: Format
    style: Style
    help: str

    @property
    def is_for_people(self) -> bool:
        """Whether lengths can be written in several ways; else they are milliseconds."""
        return self.format in (Format.CSV, Format.XLSX)


_FOR_PROGRAMS = "Moments are in UTC, durations in milliseconds, and lists stay lists."
_GUARDED = "A text that a spreadsheet would take for a formula gets an apostrophe in front."

PRESETS = (
    Preset("excel", "Excel workbook", Format.XLSX, Style(),
           "Moments, durations and numbers can be calculated with; texts are never formulas."),
    Preset("csv-excel", "CSV for Excel (semicolons)", Format.CSV, Style(separator=";", bom=True),
           _GUARDED),
    Preset("csv", "CSV (commas)", Format.CSV, Style(), _GUARDED),
    Preset("parquet", "Parquet", Format.PARQUET, Style(), _FOR_PROGRAMS),
    Preset("parquet-days", "Parquet, a file for each day", Format.PARQUET, Style(by_day=True),
           f"A folder with a file for each UTC day. {_FOR_PROGRAMS}"),
    Preset("jsonl", "JSON Lines", Format.JSONL, Style(), _FOR_PROGRAMS),
    Preset("raw", "JSON Lines, as Genesys tells them", Format.JSONL, Style(raw=True),
           "Whole conversations, one in a line, in Genesys' own words."),
)  # fmt: skip
