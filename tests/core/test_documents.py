"""The documents: their links lead somewhere, their commands exist, their pictures are there."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import click
import pytest

from desktop_app.cli import main

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted(
    path.relative_to(ROOT).as_posix()
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"))
)
GUIDES = ("docs/user-guide.md", "docs/admin-guide.md", "docs/packaging.md")

_LINK = re.compile(r"(!?)\[[^\]]*\]\(([^)\s]+)\)")
_FENCED = re.compile(r"^ *```.*?^ *```", re.DOTALL | re.MULTILINE)
_COMMAND = re.compile(r"^(?:contact-history|scripts/\w+|python3? -m scripts\.\w+)(?: |$)")


@cache
def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def without_code(text: str) -> str:
    return re.sub(r"`[^`\n]*`", "", _FENCED.sub("", text))


def links(name: str) -> list[tuple[bool, str]]:
    """Whether it is a picture, and where it leads; addresses on the web aren't asked."""
    found = _LINK.findall(_FENCED.sub("", text_of(name)))
    return [(bool(mark), target) for mark, target in found if "://" not in target]


def anchors(name: str) -> set[str]:
    """How a heading is linked to: lower case, without punctuation, blanks as dashes."""
    headings = re.findall(r"^#+ (.+)$", _FENCED.sub("", text_of(name)), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.strip().replace(" ", "-") for heading in plain}


def commands(name: str) -> Iterator[list[str]]:
    """What a reader would type, in words: of blocks of code, and of code within the text."""
    text = text_of(name)
    lines = re.sub(r"\\\n\s*", " ", "\n".join(_FENCED.findall(text))).splitlines()
    inline = re.findall(r"`([^`\n]+)`", _FENCED.sub("", text))
    for each in (*lines, *inline):
        if _COMMAND.match(each.strip()):
            yield shlex.split(each.strip().replace("…", ""), comments=True)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_to_files_and_headings(name: str) -> None:
    for _, target in links(name):
        place, _, anchor = target.partition("#")
        path = (ROOT / name).parent / place if place else ROOT / name
        assert path.exists(), target
        if anchor:
            assert anchor in anchors(path.resolve().relative_to(ROOT).as_posix()), target


def test_every_picture_is_shown_somewhere_with_words_for_it() -> None:
    shown = {
        ((ROOT / name).parent / target).resolve()
        for name in DOCUMENTS
        for is_picture, target in links(name)
        if is_picture
    }
    assert shown == {path.resolve() for path in (ROOT / "docs/pictures").iterdir()}
    for name in DOCUMENTS:
        assert not re.search(r"!\[\]", text_of(name)), name


@pytest.mark.parametrize("name", DOCUMENTS)
def test_commands_exist_with_their_options(name: str) -> None:
    for words in commands(name):
        if words[0] == "contact-history":
            _check_program(words[1:])
        elif words[0].startswith("scripts/"):
            assert (ROOT / words[0]).is_file(), words
        else:
            assert (ROOT / f"{words[2].replace('.', '/')}.py").is_file(), words


def _check_program(words: list[str]) -> None:
    command: click.Command = main
    name = next((word for word in words if word in main.commands), "")
    for number, word in enumerate(words):
        if word == name:
            command = main.commands[name]
        elif not word.startswith("-") and number == 0:
            assert word.isupper(), f"contact-history has no command {word}"
    known = {opt for each in (main, command) for param in each.params for opt in param.opts}
    known.update(("--help", "--version"))
    assert {word.partition("=")[0] for word in words if word.startswith("--")} <= known, words


def test_the_commands_are_seen() -> None:
    """Else the test above would pass over nothing."""
    seen = [words for name in DOCUMENTS for words in commands(name)]
    assert ["scripts/package", "--prove"] in seen
    assert sum(words[0] == "contact-history" for words in seen) > 20
    with pytest.raises(AssertionError):
        _check_program(["exprot"])
    with pytest.raises(AssertionError):
        _check_program(["export", "--ouput", "file"])


@pytest.mark.parametrize("name", GUIDES)
def test_the_readme_leads_to_every_guide(name: str) -> None:
    assert name in {target.partition("#")[0] for _, target in links("README.md")}


def test_tables_have_as_many_cells_in_each_row() -> None:
    for name in DOCUMENTS:
        rows = _FENCED.sub("", text_of(name)).splitlines()
        for before, row in pairwise(rows):
            if before.startswith("|") and row.startswith("|"):
                cells = [re.sub(r"\\\||`[^`]*`", "", each).count("|") for each in (before, row)]
                assert cells[0] == cells[1], f"{name}: {row}"
