"""Runs the tools that read the code, all of them, and says which are content."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LINT_IMPORTS = "from importlinter.cli import lint_imports_command as run; run()"


def tools() -> dict[str, list[str]]:
    """What to run, as arguments to Python, by the name people know it by."""
    typed = [
        folder
        for folder in ("desktop_app", "tests", "scripts", "benchmarks")
        if (ROOT / folder).is_dir()
    ]
    return {
        "ruff check": ["-m", "ruff", "check", "."],
        "ruff format": ["-m", "ruff", "format", "--check", "."],
        "mypy --strict": ["-m", "mypy", "--strict", *typed],
        "import-linter": ["-c", LINT_IMPORTS, "--no-logo"],
    }


def main() -> int:
    failed = []
    for name, arguments in tools().items():
        run = subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
        )
        print(f"{name:<14} {'failed' if run.returncode else 'passed'}", flush=True)
        if run.returncode:
            failed.append(name)
            print(run.stdout, run.stderr, sep="", flush=True)
    if failed:
        print(f"Failed: {', '.join(failed)}.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
