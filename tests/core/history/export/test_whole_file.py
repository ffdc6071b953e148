"""Files that are there whole or not at all, wherever writing them ends."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from desktop_app.core.errors import ExportError, TargetFull, TargetLocked, TargetRefused
from desktop_app.core.history.export.whole_file import meaning, whole_file, whole_folder
from tests.core.history.history_samples import ROOT

_POSIX = pytest.mark.skipif(os.name != "posix", reason="signals and limits of POSIX")

KILLED = """
import os, signal, sys
from pathlib import Path
from desktop_app.core.history.export.whole_file import whole_file
with whole_file(Path(sys.argv[1])) as part:
    part.write_text("half")
    os.kill(os.getpid(), signal.SIGKILL)
"""
FULL = """
import resource, signal, sys
from pathlib import Path
from desktop_app.core.errors import TargetFull
from desktop_app.core.history.export.whole_file import whole_file
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    with whole_file(Path(sys.argv[1])) as part:
        part.write_bytes(bytes(10_000))
except TargetFull as error:
    print(error)
"""


def run(program: str, path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program, str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_F32_the_old_file_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text("old")
    with whole_file(path) as part:
        part.write_text("new")
        assert path.read_text() == "old" and part.parent == tmp_path
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_F32_what_fails_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    with contextlib.suppress(KeyError), whole_file(path) as part:
        part.write_text("half")
        raise KeyError
    assert list(tmp_path.iterdir()) == []


@_POSIX
def test_F32_killed_half_way_nothing_half_written_has_the_name(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text("old")
    assert run(KILLED, path).returncode == -signal.SIGKILL
    assert path.read_text() == "old"
    (left,) = (each for each in tmp_path.iterdir() if each != path)
    with whole_file(path) as part:  # a second run completes, and leaves what may still be written
        part.write_text("new")
    assert path.read_text() == "new" and left.exists()
    os.utime(left, (0, 0))
    with whole_file(path) as part:
        part.write_text("newer")
    assert list(tmp_path.iterdir()) == [path]


@_POSIX
def test_F32_a_full_disk_is_told_and_the_old_file_stays(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text("old")
    assert "no room for file.csv" in run(FULL, path).stdout
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]


def test_F32_a_place_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(TargetRefused, match="There is no folder"):
        write(tmp_path / "none" / "file.csv")
    with pytest.raises(TargetRefused, match="is a folder"):
        write(tmp_path)


def write(path: Path) -> None:
    with whole_file(path) as part:
        part.write_text("x")


@pytest.mark.parametrize(
    ("error", "exists", "kind"),
    [
        (PermissionError(13, "denied"), True, TargetLocked),
        (PermissionError(13, "denied"), False, TargetRefused),
        (OSError(28, "No space left on device"), True, TargetFull),
        (OSError(122, "Disk quota exceeded"), False, TargetFull),
        (OSError(5, "Input/output error"), False, TargetRefused),
    ],
)
def test_F32_what_the_system_says_names_the_mend(
    tmp_path: Path, error: OSError, exists: bool, kind: type[ExportError]
) -> None:
    path = tmp_path / "file.csv"
    if exists:
        path.touch()
    told = meaning(error, path)
    assert type(told) is kind
    assert any(word in str(told) for word in ("Choose", "choose", "Close it"))


def test_F32_a_folder_takes_the_place_of_another_export(tmp_path: Path) -> None:
    path = tmp_path / "contacts"
    for day in ("utc_day=2026-11-19", "utc_day=2026-11-20"):
        with whole_folder(path) as part:
            (part / day).mkdir()
            (part / day / "data_0.parquet").write_bytes(b"x")
        assert [each.name for each in path.iterdir()] == [day]
    with pytest.raises(KeyError), whole_folder(path) as part:
        raise KeyError
    assert [each.name for each in path.iterdir()] == ["utc_day=2026-11-20"]
    assert list(tmp_path.iterdir()) == [path]


def test_F32_a_folder_of_somebody_elses_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter1.tex").write_text("precious")
    with (
        pytest.raises(TargetRefused, match="not an export by day"),
        whole_folder(tmp_path / "thesis"),
    ):
        raise AssertionError("it began to write")
    assert (tmp_path / "thesis" / "chapter1.tex").read_text() == "precious"
