"""Makes the environment that the scripts beside this file use; quick when it stands.

It is ``.venv``, or what CONTACT_HISTORY_VENV names, from the root.

    python3 scripts/_environment.py          what the application needs
    python3 scripts/_environment.py --dev    and what the tests and checks need
    python3 scripts/_environment.py --bench  and the peers of the benchmarks
    python3 scripts/_environment.py --package  and what makes installers
    python3 scripts/_environment.py --release  and what looks a release over

Every package comes from a lock file that names its hash.  The project itself is not installed: a
``.pth`` file makes it importable, so an edit counts at once and no build tool is needed.
Uses nothing but Python's own library, and parses on older versions so as to refuse them politely.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import importlib.util
import os
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

OLDEST = (3, 11)
ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / os.environ.get("CONTACT_HISTORY_VENV", ".venv")
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
UNDER_WAY = VENV / ".installing"
"""Stands while packages are being installed; found at the start, it tells of an interrupted run."""

RUNTIME_LOCK = "requirements.lock"
DEVELOPMENT_LOCK = "requirements-dev.lock"
BENCHMARK_LOCK = "requirements-bench.lock"
PACKAGING_LOCK = "requirements-package.lock"
RELEASE_LOCK = "requirements-release.lock"


class SetUpError(Exception):
    """What stops the set-up, as a sentence that says what would mend it."""


def prepare(locks: list[str]) -> None:
    """Make ``.venv`` hold exactly what ``locks`` name. Raises SetUpError."""
    _require_python()
    if all(map(_is_installed, locks)):
        return
    with _one_at_a_time():
        missing = [lock for lock in locks if not _is_installed(lock)]
        if not missing:
            return  # another run did it meanwhile
        if not _is_sound():
            _make_venv()
        UNDER_WAY.touch()
        _make_importable()
        for lock in missing:
            _install(lock)
        UNDER_WAY.unlink()


def _require_python() -> None:
    if sys.version_info < OLDEST:
        raise SetUpError(
            "Python {}.{} or later is needed; {} is {}.{}. Name a newer one in PYTHON.".format(
                *OLDEST, sys.executable, *sys.version_info[:2]
            )
        )


def _fingerprint(lock: str) -> str:
    facts = f"{sys.version_info[:2]} {sysconfig.get_platform()} {ROOT}".encode()
    return hashlib.sha256(facts + (ROOT / lock).read_bytes()).hexdigest()


def _stamp(lock: str) -> Path:
    return VENV / f".{lock}.installed"


def _is_installed(lock: str) -> bool:
    if UNDER_WAY.exists() or not PYTHON.exists():
        return False
    try:
        return _stamp(lock).read_text() == _fingerprint(lock)
    except FileNotFoundError:
        return False


def _is_sound() -> bool:
    """Whether there is an environment of this Python that no interrupted run left half made."""
    if UNDER_WAY.exists() or not PYTHON.exists():
        return False
    ask = "import sys, pip; print(sys.version_info[:2])"
    answer = subprocess.run([PYTHON, "-c", ask], capture_output=True, text=True, check=False)
    return answer.stdout.strip() == str(sys.version_info[:2])


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Hold off a second run of this script until this one is done (not on Windows)."""
    with (ROOT / RUNTIME_LOCK).open("rb") as held:
        if os.name != "nt":
            import fcntl

            fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _make_venv() -> None:
    if importlib.util.find_spec("ensurepip") is None:
        package = "python{}.{}-venv".format(*sys.version_info[:2])
        raise SetUpError(
            f"Python cannot make environments here. This mends it:\n"
            f"  sudo apt-get install -y {package}"
        )
    where = VENV.relative_to(ROOT).as_posix()
    print(f"Making the environment in {where}: about 1 GB, a minute or so.", flush=True)
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=False)
    if made.returncode:
        raise SetUpError("Python could not make the environment; its words are above.")


def _install(lock: str) -> None:
    _stamp(lock).unlink(missing_ok=True)
    print(f"Installing what {lock} names into {VENV.relative_to(ROOT).as_posix()}.", flush=True)
    installed = subprocess.run(
        [
            *(PYTHON, "-m", "pip", "install"),
            *("-qq", "--disable-pip-version-check", "--no-input"),
            *("--only-binary", ":all:", "--require-hashes", "--requirement", ROOT / lock),
        ],
        check=False,
    )
    if installed.returncode:
        raise SetUpError(
            f"The packages of {lock} could not be installed; pip's words are above. "
            "Once that is mended, run this again."
        )
    _stamp(lock).write_text(_fingerprint(lock))


def _make_importable() -> None:
    """Put the project on the environment's path, and its command beside ``python``."""
    packages = Path(sysconfig.get_path("purelib", "venv", {"base": str(VENV)}))
    (packages / "contact-history.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    if os.name == "nt":
        command = PYTHON.with_name("contact-history.cmd")
        command.write_text('@"%~dp0python.exe" -m desktop_app %*\n')
    else:
        command = PYTHON.with_name("contact-history")
        command.write_text('#!/bin/sh\nexec "$(dirname -- "$0")/python" -m desktop_app "$@"\n')
        command.chmod(0o755)


def main() -> int:
    parser = argparse.ArgumentParser(description="Make the environment in .venv.")
    parser.add_argument("--dev", action="store_true", help="also for the tests and checks")
    parser.add_argument("--bench", action="store_true", help="also for the benchmarks")
    parser.add_argument("--package", action="store_true", help="also to make installers")
    parser.add_argument("--release", action="store_true", help="also to look a release over")
    given = parser.parse_args()
    locks = [RUNTIME_LOCK]
    if given.dev:
        locks.append(DEVELOPMENT_LOCK)
    if given.bench:
        locks.append(BENCHMARK_LOCK)
    if given.package:
        locks.append(PACKAGING_LOCK)
    if given.release:
        locks.append(RELEASE_LOCK)
    try:
        prepare(locks)
    except SetUpError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
