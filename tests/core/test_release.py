"""A release says what it is: one version, one changelog."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from desktop_app import __version__
from scripts import _release

LOG = """# Changelog

## Unreleased

- Not yet.

## 1.2.0 – 2026-11-24

- New.

## 1.2 – 2026-01-01

- Old.
"""


def test_a_versions_part_of_the_changelog() -> None:
    assert _release.section("1.2.0", LOG) == "- New."
    assert _release.section("1.2", LOG) == "- Old."
    for version in ("1.3.0", "1.2.", "Unreleased", "1"):
        with pytest.raises(LookupError):
            _release.section(version, LOG)


def test_tag_program_and_changelog_have_to_agree(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    changelog = tmp_path / "CHANGELOG.md"
    monkeypatch.setattr(_release, "CHANGELOG", changelog)
    changelog.write_text(f"## {__version__} – 2026-11-24\n\n- All of it.\n", encoding="utf-8")
    run = CliRunner()
    assert run.invoke(_release.main, ["check", f"v{__version__}"]).exit_code == 0
    assert run.invoke(_release.main, ["notes"]).output == "- All of it.\n"
    assert run.invoke(_release.main, ["check", "v0.0.9"]).exit_code == 1
    changelog.write_text("## Unreleased\n", encoding="utf-8")
    refused = run.invoke(_release.main, ["check", f"v{__version__}"])
    assert refused.exit_code == 1 and "CHANGELOG.md" in refused.output
