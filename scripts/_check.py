"""Runs the tools that read the code, all of them, and says which are content."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LINT_IMPORTS = "from importlinter.cli import lint_imports_command as run; run()"


def tools() -> dict[str, list[str]]:
    """What to run, by the name people know it by."""
    python = sys.executable
    zizmor = Path(python).with_name("zizmor.exe" if sys.platform == "win32" else "zizmor")
    typed = [
        folder
        for folder in ("desktop_app", "tests", "scripts", "benchmarks")
        if (ROOT / folder).is_dir()
    ]
    return {
        "ruff check": [python, "-m", "ruff", "check", "."],
        "ruff format": [python, "-m", "ruff", "format", "--check", "."],
        "mypy --strict": [python, "-m", "mypy", "--strict", *typed],
        "import-linter": [python, "-c", LINT_IMPORTS, "--no-logo"],
        "zizmor": [str(zizmor), "--offline", "--no-progress", ".github/workflows"],
    }


def main() -> int:
    failed = []
    for name, command in tools().items():
        run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        print(f"{name:<14} {'failed' if run.returncode else 'passed'}", flush=True)
        if run.returncode:
            failed.append(name)
            print(run.stdout, run.stderr, sep="", flush=True)
    if failed:
        print(f"Failed: {', '.join(failed)}.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
