"""Names that stay in their folder and that every system takes."""

from __future__ import annotations

import os
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from desktop_app.core.errors import TargetRefused
from desktop_app.core.history.export.names import inside, safe_name, suggested_name

HOSTILE = [
    "", ".", "..", "...", "/", "\\", "../../etc/passwd", "..\\..\\boot.ini", "/etc/passwd",
    "C:\\Windows\\system.ini", "c:file", "\\\\host\\share\\x", "file:stream", "a::$DATA",
    "CON", "con", "PRN.txt", "aux.", "NUL.csv.", "COM1", "com9.x.y", "LPT¹", "COM²", "CONIN$",
    "name.", "name ", " . . ", "a\0b", "a\nb", "a\tb", "a\x1bb", "gnp\u202e.exe", "\u2066x",
    "~", "-rf", "a*b", "a?b", 'a"b', "<a>", "a|b", "x" * 300, "対" * 200, "😀" * 90,
    "e\u0301", "%2e%2e%2f", "....//....//x", "\ud800", "$(rm -rf)", "`x`", "a/../../b", "．．／x",
]  # fmt: skip


def test_T37_no_name_leads_elsewhere_and_each_is_a_file(tmp_path: Path) -> None:
    assert len(HOSTILE) > 40
    for text in HOSTILE:
        name = safe_name(text, ".csv")
        path = inside(tmp_path, name)
        path.write_text("x", encoding="utf-8")
        assert path.resolve().parent == tmp_path.resolve()
        assert name.endswith(".csv") and len(name.encode()) <= 121
        assert not set(name) & set('/\\:*?"<>|\0\n\t\x1b\u202e\u2066')
        stem = name.removesuffix(".csv")
        assert stem == stem.strip(". ") and stem
        assert stem.partition(".")[0].upper() not in {"CON", "PRN", "AUX", "NUL", "COM1", "LPT¹"}
    assert all(each.parent == tmp_path for each in tmp_path.rglob("*"))


@pytest.mark.parametrize("name", ["../x.csv", "a/b.csv", "/etc/x", "..", ""])
def test_T37_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(TargetRefused, match="Choose another name"):
        inside(tmp_path, name)


@pytest.mark.skipif(os.name != "posix", reason="links need rights on Windows")
def test_T37_a_link_that_leads_out_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "x.csv").symlink_to(tmp_path / "elsewhere.csv")
    with pytest.raises(TargetRefused):
        inside(folder, "x.csv")


def test_the_name_that_is_offered_tells_the_days_in_the_zone() -> None:
    zone = ZoneInfo("Europe/Paris")
    start = 1_761_343_200_000  # 25 October 2025, midnight in Paris; the clocks go back on the 26th
    assert suggested_name(start, start + 86_400_000, zone, "csv") == "contacts 2025-10-25.csv"
    assert suggested_name(start, start + 49 * 3_600_000, zone, "xlsx") == (
        "contacts 2025-10-25 to 2025-10-26.xlsx"
    )
    assert suggested_name(-(2**62), 2**62, zone, "csv") == "contacts.csv"
