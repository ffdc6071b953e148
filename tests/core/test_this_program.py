"""How the program starts itself: from source, packaged, and packaged for Windows."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from desktop_app import __version__
from desktop_app.core.this_program import CONSOLE, this_program


def test_from_source_it_is_python_with_the_package() -> None:
    told = subprocess.run(
        [*this_program(), "--version"], capture_output=True, text=True, check=True
    )
    assert __version__ in told.stdout


def test_packaged_it_is_the_program_itself(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "Contact History"
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(program))
    assert this_program() == [str(program)]
    (tmp_path / CONSOLE).touch()
    assert this_program() == [str(tmp_path / CONSOLE)]
