"""docs/security.md can't go stale: its rows, its modules and its tests are those of the tree.

    python -m tests.core.test_security_document

writes the list of tests anew.  A test belongs to a row by its name: ``test_T05_…``, or
``test_T26_T27_…`` for two rows.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TESTS, PROGRAM, DOCUMENT = ROOT / "tests", ROOT / "desktop_app", ROOT / "docs" / "security.md"
BEGIN, END = "<!-- tests -->\n", "<!-- /tests -->\n"

ANSWERED = [*range(1, 32), 35, 39, 41, 42, 45]
"""The threats that signing in everywhere has to answer; others may stand beside them."""

_NAME = re.compile(r"test_((?:T\d\d_)+)")
_ROW = re.compile(r"^\| T(\d+) \|", re.MULTILINE)
_MODULE = re.compile(r"`((?:\w+/)*\w+\.py)`")

Listing = dict[int, dict[str, list[str]]]


def document() -> str:
    return DOCUMENT.read_text(encoding="utf-8")


def functions(path: Path) -> list[str]:
    """Names of the functions of a module, methods of its classes included, in their order."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    defined = [
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return [node.name for node in sorted(defined, key=lambda node: node.lineno)]


def rows_of(name: str) -> list[int]:
    """The rows to which a test of this name belongs."""
    match = _NAME.match(name)
    return [int(row) for row in re.findall(r"\d\d", match[1])] if match else []


def named_by_row() -> Listing:
    """The names of all tests that bear a row's number, by row and by file."""
    found: Listing = defaultdict(lambda: defaultdict(list))
    for path in sorted(TESTS.rglob("test_*.py")):
        for name in functions(path):
            for row in rows_of(name):
                found[row][path.relative_to(TESTS).as_posix()].append(name)
    return found


def rows(text: str) -> dict[int, list[str]]:
    """The cells of each row of the table, by its number."""
    lines = [line for line in text.splitlines() if _ROW.match(line)]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {int(first[1:]): rest for first, *rest in cells}


def listing(tests: Listing) -> str:
    """The list of tests as it stands in the document."""
    lines = []
    for row in sorted(tests):
        lines.append(f"- **T{row}**\n")
        for path, names in tests[row].items():
            lines.append(f"  - `{path}`: {', '.join(f'`{name}`' for name in names)}\n")
    return "".join(lines)


def listed(text: str) -> str:
    return text.partition(BEGIN)[2].partition(END)[0]


def test_every_threat_has_its_row_once() -> None:
    numbers = [int(number) for number in _ROW.findall(document())]
    assert numbers == sorted(set(numbers))
    assert set(ANSWERED) <= set(numbers)


def test_every_row_says_what_is_done_and_shown() -> None:
    for number, cells in rows(document()).items():
        assert len(cells) == 4, f"T{number} has another number of cells"
        threat, measure, proof, _ = cells
        assert threat and measure and proof, f"T{number} is half empty"


def test_every_row_has_a_test() -> None:
    tests = named_by_row()
    assert [f"T{number}" for number in rows(document()) if number not in tests] == []


def test_every_test_of_a_threat_has_a_row() -> None:
    assert set(named_by_row()) - set(rows(document())) == set()


def test_the_tests_that_are_listed_are_those_that_there_are() -> None:
    there, said = listing(named_by_row()), listed(document())
    assert said == there, "write the list anew: python -m tests.core.test_security_document"


def test_every_module_that_is_named_exists() -> None:
    named = set(_MODULE.findall(document().partition(BEGIN)[0]))
    assert "gui/guarded_page.py" in named
    assert [name for name in sorted(named) if not any(_places(name))] == []


def _places(name: str) -> list[Path]:
    """Where a file named in the document lies: below the program, or below the root."""
    return [path for path in (PROGRAM / name, ROOT / name) if path.is_file()]


def test_files_that_are_named_without_being_modules_exist() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", document())
    named = re.findall(r"`(packaging/[\w.-]+)`", document())
    assert links and named
    assert [link for link in links if not (DOCUMENT.parent / link).is_file()] == []
    assert [name for name in named if not (ROOT / name).is_file()] == []


@pytest.mark.parametrize(
    ("name", "belongs"),
    [
        ("test_T05_x", [5]),
        ("test_T26_T27_x", [26, 27]),
        ("test_F06_x", []),
        ("test_t05_x", []),
        ("test_T5_x", []),
        ("a_test_T05_x", []),
    ],
)
def test_a_name_tells_its_rows(name: str, belongs: list[int]) -> None:
    assert rows_of(name) == belongs


def test_no_name_nearly_tells_its_row() -> None:
    """A row's number in another spelling would keep a test out of the list."""
    nearly = re.compile(r"test_(?:t\d|T\d_|T\d\d(?!_)|T\d\d\d|(?!T\d\d_).*_T\d\d_)")
    names = [name for path in TESTS.rglob("test_*.py") for name in functions(path)]
    assert [name for name in names if nearly.match(name)] == []


if __name__ == "__main__":
    before, _, rest = document().partition(BEGIN)
    after = rest.partition(END)[2]
    DOCUMENT.write_text(before + BEGIN + listing(named_by_row()) + END + after, encoding="utf-8")
