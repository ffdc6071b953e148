"""Facts about the tree itself that are easy to break and hard to see."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import tomllib
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

import desktop_app

ROOT = Path(__file__).resolve().parents[2]
GROUPS = {
    "requirements-dev.lock": "dev",
    "requirements-bench.lock": "bench",
    "requirements-package.lock": "package",
    "requirements-release.lock": "release",
}
LOCKS = ("requirements.lock", *GROUPS)
COMMANDS = (
    "scripts/run",
    "scripts/test",
    "scripts/check",
    "scripts/bench",
    "scripts/lock",
    "scripts/package",
    ".ci/run",
)
MOST_LINES = 400
"""A longer file is asking to be two."""


def _git(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


def _project_files() -> list[Path]:
    """What is or will be committed: the files git knows of or does not ignore."""
    listed = _git("ls-files", "--cached", "--others", "--exclude-standard", "-z")
    if listed.returncode:
        pytest.fail(f"the project's files are told by git: {listed.stderr}")
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]


def _texts() -> dict[str, str]:
    """The project's text files, by their path from the root."""
    texts = {}
    for path in _project_files():
        raw = path.read_bytes()
        if b"\0" not in raw:
            texts[path.relative_to(ROOT).as_posix()] = raw.decode("utf-8")
    return texts


def _pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def _pins(lock: str) -> set[tuple[str, str]]:
    text = (ROOT / lock).read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z0-9-]+)==([^ ;\\]+)", text, re.MULTILINE))


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_holds_pins_and_hashes_and_nothing_else(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    requirement = re.compile(
        r"[a-z0-9-]+==[\w.]+( ; [\w\s.'<>=!()]+)?( \\\n    --hash=sha256:[0-9a-f]{64})+\n"
    )
    assert requirement.sub("", text) == ""


def test_locks_agree_where_they_overlap() -> None:
    runtime, development, *others = map(_pins, LOCKS)
    pairs = [(runtime, development), *((development, other) for other in others)]
    for first, second in pairs:
        shared = {name for name, _ in first} & {name for name, _ in second}
        assert shared, "the lock files were read wrongly: they do share packages"
        assert {pin for pin in second if pin[0] in shared} <= first


def test_every_dependency_is_locked() -> None:
    project = _pyproject()
    groups = project["dependency-groups"]
    wanted = {lock: groups[group] for lock, group in GROUPS.items()}
    for lock, requirements in {LOCKS[0]: project["project"]["dependencies"], **wanted}.items():
        names = {re.split(r"[^\w.-]", text, maxsplit=1)[0].lower() for text in requirements}
        assert names <= {name for name, _ in _pins(lock)}, lock


def test_no_address_in_pyproject() -> None:
    assert "://" not in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_no_file_names_an_index() -> None:
    # Written in pieces, so that this file does not name one either.
    index = re.compile("py" + "pi|python" + "hosted|index" + "-url|find" + "-links", re.IGNORECASE)
    named = [name for name, text in _texts().items() if index.search(text)]
    assert named == []


def test_no_file_names_a_folder_of_somebodys_machine() -> None:
    everybodys = {"/", tempfile.gettempdir(), "/tmp"}  # noqa: S108 - only a name
    homes = {str(Path.home()), str(ROOT), str(ROOT.parent)} - everybodys
    whole = (re.escape(home) + r"(?![\w-])" for home in homes)
    somewhere = re.compile("|".join([*whole, r"/(?:home|Users)/\w+/"]))
    found = {
        name: match.group() for name, text in _texts().items() if (match := somewhere.search(text))
    }
    assert found == {}


def test_nothing_is_left_for_later() -> None:
    unfinished = re.compile(r"\b(?:TO" + "DO|FIX" + "ME|X" + r"XX)\b|<{7}|>{7}")
    assert [name for name, text in _texts().items() if unfinished.search(text)] == []


def test_no_file_is_asking_to_be_two() -> None:
    lengths = {name: text.count("\n") for name, text in _texts().items() if name.endswith(".py")}
    assert {name: count for name, count in lengths.items() if count > MOST_LINES} == {}


def test_version_stands_in_one_place() -> None:
    project = _pyproject()
    assert "version" not in project["project"]
    assert project["tool"]["setuptools"]["dynamic"]["version"]["attr"] == "desktop_app.__version__"
    assert re.fullmatch(r"\d+\.\d+\.\d+", desktop_app.__version__)
    said = [
        name
        for name, text in _texts().items()
        if name.endswith(".py") and re.search(r"^__version__\s*=", text, re.MULTILINE)
    ]
    assert said == ["desktop_app/__init__.py"]


def test_everything_that_is_needed_is_installed() -> None:
    names = [path.relative_to(ROOT) for path in _project_files()]
    packages = {".".join(name.parent.parts) for name in names if name.name == "__init__.py"}
    packages = {name for name in packages if name.startswith("desktop_app")}
    setuptools = _pyproject()["tool"]["setuptools"]
    assert set(setuptools["packages"]) == packages | {"desktop_app.resources"}

    kinds = {name.suffix for name in names if name.parts[0] in {"desktop_app", "resources"}} - {
        ".py"
    }
    assert kinds <= {Path(pattern).suffix for pattern in setuptools["package-data"]["*"]}


@pytest.mark.parametrize("name", COMMANDS)
def test_command_can_be_run(name: str) -> None:
    assert (ROOT / name).read_text(encoding="utf-8").startswith("#!/usr/bin/env bash\n")
    assert os.name == "nt" or os.access(ROOT / name, os.X_OK)
    recorded = _git("ls-files", "--stage", "--", name).stdout
    assert recorded == "" or recorded.startswith("100755 ")


@pytest.mark.parametrize("name", ["run", "test", "check", "package"])
def test_command_has_a_twin_for_windows(name: str) -> None:
    assert (ROOT / "scripts" / f"{name}.ps1").is_file()


def test_dependencies_are_all_accounted_for() -> None:
    reasons = (ROOT / "docs/decisions/0001-dependencies.md").read_text(encoding="utf-8").lower()
    project = _pyproject()
    groups = project["dependency-groups"]
    for requirement in (
        *project["project"]["dependencies"],
        *groups["dev"],
        *groups["package"],
        *groups["release"],
    ):
        name = re.split(r"[^\w.-]", requirement, maxsplit=1)[0].lower()
        assert f"| {name} |" in reasons


def test_extension_of_the_database_fits_the_database() -> None:
    # An extension loads into the very version that it was built for and into no other.
    assert version("duckdb") == version("duckdb-extension-httpfs")


def test_core_can_be_imported_without_qt() -> None:
    """In a process of its own in which PySide6 cannot be found."""
    modules = sorted(
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in (ROOT / "desktop_app/core").rglob("*.py")
    )
    program = "import sys; sys.modules['PySide6'] = None\n" + "\n".join(
        f"import {module}" for module in modules
    )
    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
