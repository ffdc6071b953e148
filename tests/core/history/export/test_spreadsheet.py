"""T36: LibreOffice opens what hostile contacts were exported to, and finds nothing to calculate."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.cell.cell import Cell, MergedCell

from desktop_app.core.history.export.exporter import Exporter
from desktop_app.core.history.export.request import Export, Format, Shape, Style
from desktop_app.core.history.query import Query
from desktop_app.core.history.store import Store
from tests.core.history.export.test_cells import HARMLESS, HOSTILE
from tests.core.history.history_samples import DAY, in_memory, put, stored

Row = tuple[Cell | MergedCell, ...]

SOFFICE = shutil.which("soffice")
TEXTS = [*HOSTILE, *HARMLESS]
KEYS = ("conversation_id", "customer", "subject", "agents", "attr.=1+1", "duration")

pytestmark = [
    pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed"),
    pytest.mark.timeout(240),
]


@pytest.fixture
def store() -> Iterator[Store]:
    """A contact for each text, which stands in several of its cells."""
    with in_memory() as made:
        for number, text in enumerate(TEXTS):
            contact = stored(
                f"c-{number:03}", DAY + number, customer=text, subject=text, agents=(text, text),
                duration=90_061_000,
            )  # fmt: skip
            contact.attributes["=1+1"] = text
            put(made, contact, pass_ms=5 + number)
        yield made


def opened_by_libreoffice(path: Path, separator: str = ",") -> list[Row]:
    """The rows of the first sheet as LibreOffice understood them, and saved them again."""
    assert SOFFICE is not None
    saved = path.parent / "saved"
    # Separator, quotes, UTF-8, from line 1, formulas evaluated.
    reading = f"CSV:{ord(separator)},34,76,1,,1033,false,true,false,false,false,-1,true"
    subprocess.run(
        [
            *(SOFFICE, f"-env:UserInstallation={(path.parent / 'office').as_uri()}", "--headless"),
            *([f"--infilter={reading}"] if path.suffix == ".csv" else []),
            *("--convert-to", "xlsx", "--outdir", str(saved), str(path)),
        ],
        check=True,
        capture_output=True,
    )
    return list(load_workbook(saved / f"{path.stem}.xlsx").worksheets[0].iter_rows())


def formulas(rows: list[Row]) -> list[object]:
    return [cell.value for row in rows for cell in row if cell.data_type == "f"]


@pytest.mark.parametrize(
    ("format", "style"),
    [
        (Format.XLSX, Style()),
        (Format.CSV, Style()),
        (Format.CSV, Style(separator=";", bom=True)),
    ],
    ids=["workbook", "commas", "semicolons"],
)
def test_T36_nothing_is_a_formula(
    store: Store, tmp_path: Path, format: Format, style: Style
) -> None:
    path = tmp_path / f"contacts.{format}"
    query = Query(DAY, DAY + 1_000, descending=False)
    exporter = Exporter(store)
    exporter.write(Export(query, KEYS, format, Shape.CONVERSATION, style), path, now_ms=DAY)
    header, *rows = opened_by_libreoffice(path, style.separator)
    assert formulas([header, *rows]) == []
    assert not any(cell.hyperlink for row in rows for cell in row)
    assert [row[0].value for row in rows] == [f"c-{number:03}" for number in range(len(TEXTS))]
    found = dict(zip(TEXTS, rows, strict=True))
    for text in ("+49 30 23125297", "Nguyễn Thị Hạnh", "a;b,c", 'he said "no"', "a=b"):
        assert [cell.value for cell in found[text][1:3]] == [text, text]
    for text in HARMLESS:  # what is a number may read as one; nothing of it is lost
        assert str(found[text][1].value).replace(".", ",") in (
            text.replace(".", ","),
            _number(text),
        )


def _number(text: str) -> str:
    """How a spreadsheet tells a number that a CSV file holds."""
    return text.removeprefix("+").replace(".", ",")


def test_the_judge_sees_formulas(tmp_path: Path) -> None:
    """Else finding none would prove nothing."""
    path = tmp_path / "bad.csv"
    path.write_text("Text\n=1+1\n", encoding="utf-8")
    assert formulas(opened_by_libreoffice(path)) == ["=1+1"]
