"""The proof of the ``.deb``: a bare Debian 12 without Python, the package, a person, and a purge.

    python -m scripts._prove        of what scripts/package has left; or scripts/package --prove

Needs root, ``debootstrap``, ``bwrap`` (bubblewrap) and ``Xvfb``; on a build machine they are
installed.  A person's program runs in a container of its own, with the new system as its root and
no network but loopback, as a user without rights, so that Chromium's sandbox is on.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAME = "contact-history"
SUITE = "bookworm"
PERSON = 1000
HOME = "/srv/person"
STARTS = 7
MOST_MB = 130.0
MOST_TIMES_SLOWER = 1.3
TOOLS = {"debootstrap": "debootstrap", "bwrap": "bubblewrap", "Xvfb": "xvfb", "xz": "xz-utils"}


class ProofError(Exception):
    """What the proof found wrong, as a sentence."""


@dataclass(frozen=True)
class Bare:
    """The bare system: what root does in it, and what a person does."""

    root: Path
    screen: str
    """The X display that a person's windows are shown on, such as ``:7``."""

    def as_root(self, *command: str) -> str:
        settings = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive"}
        run = subprocess.run(
            ["chroot", self.root, *command],
            env=settings | {k: v for k, v in os.environ.items() if k.endswith("_proxy")},
            capture_output=True,
            text=True,
            check=False,
        )
        if run.returncode:
            raise ProofError(f"{' '.join(command)} failed:\n{run.stdout}{run.stderr}")
        return run.stdout

    def as_person(self, *command: str) -> list[str]:
        """The call that runs a command as a person in the bare system."""
        return [
            *("bwrap", "--bind", str(self.root), "/", "--proc", "/proc", "--dev", "/dev"),
            *("--perms", "1777", "--tmpfs", "/dev/shm", "--perms", "1777", "--tmpfs", "/tmp"),
            *("--ro-bind", "/tmp/.X11-unix", "/tmp/.X11-unix"),
            *("--unshare-net", "--unshare-pid", "--unshare-ipc", "--die-with-parent", "--clearenv"),
            *("--setenv", "HOME", HOME, "--setenv", "PATH", "/usr/bin:/bin", "--chdir", HOME),
            *("--setenv", "DISPLAY", self.screen, "--setenv", "LANG", "C.UTF-8"),
            *("setpriv", f"--reuid={PERSON}", f"--regid={PERSON}", "--clear-groups"),
            *("--inh-caps=-all", "--no-new-privs", *command),
        ]


def prove(deb: Path, frozen: Path) -> int:
    """Exit status 0 when all holds; each step says what it found."""
    try:
        _install_tools()
        with _screen() as screen, tempfile.TemporaryDirectory(prefix="bare-") as folder:
            bare = Bare(Path(folder, "root"), screen)
            _make_bare(bare.root)
            _prove_install(bare, deb)
            _prove_program(bare)
            _prove_purge(bare)
            _prove_size(deb)
            _prove_start(frozen, screen)
    except ProofError as error:
        print(f"NOT PROVEN: {error}", file=sys.stderr)
        return 1
    print("Proven.", flush=True)
    return 0


def _tell(sentence: str) -> None:
    print(f"  {sentence}", flush=True)


# --- the steps ------------------------------------------------------------------------------------


def _prove_install(bare: Bare, deb: Path) -> None:
    if any(bare.root.glob("usr/bin/python3*")):
        raise ProofError("The bare system has a Python.")
    shutil.copyfile(deb, bare.root / deb.name)
    bare.as_root("apt-get", "update", "-qq")
    bare.as_root("apt-get", "install", "-y", "-qq", "--no-install-recommends", f"/{deb.name}")
    if any(bare.root.glob("usr/bin/python3*")):
        raise ProofError("The package brought a Python of the system's along.")
    bare.as_root("dpkg", "--verify", NAME)
    lacking = _lacking_libraries(bare)
    if lacking:
        raise ProofError(f"Libraries that no dependency brings: {', '.join(lacking)}.")
    _tell(f"{deb.name} installs into a bare {SUITE}; every library finds those it needs.")


def _prove_program(bare: Bare) -> None:
    bare.as_root("useradd", "--create-home", "--home-dir", HOME, "--uid", str(PERSON), "person")
    tested = _run(bare.as_person(NAME, "--self-test"))
    for line in tested.splitlines():
        _tell(line)
    report, pictures = f"{HOME}/tour.json", f"{HOME}/pictures"
    options = ["--practice", "--conversations", "500", "--screenshots", pictures, "--json", report]
    _run(bare.as_person(NAME, "tour", *options))
    told = json.loads(Path(f"{bare.root}{report}").read_text(encoding="utf-8"))
    if told["errors"] or told["rows"] != 500:
        raise ProofError(f"The tour told: {told['errors'] or told['rows']}.")
    kept = ROOT / "build" / "proof"
    shutil.rmtree(kept, ignore_errors=True)
    shutil.copytree(f"{bare.root}{pictures}", kept)
    _tell(f"The tour went its {len(told['steps'])} steps; its pictures are in build/proof.")


def _prove_purge(bare: Bare) -> None:
    bare.as_root("apt-get", "purge", "-y", "-qq", NAME)
    kept_by_system = ("var/log", "var/cache", "var/lib/apt", "srv", "proc", "dev", "tmp")
    left = [
        str(path.relative_to(bare.root))
        for path in bare.root.rglob(f"*{NAME}*")
        if not str(path.relative_to(bare.root)).startswith(kept_by_system) and path.suffix != ".deb"
    ]
    if left:
        raise ProofError(f"Purging leaves {', '.join(left)}.")
    _tell("Purging leaves nothing but what the person has in their own folder.")


def _prove_size(deb: Path) -> None:
    size = deb.stat().st_size / 1e6
    _tell(f"The download is {size:.1f} MB (bar: {MOST_MB:.0f} MB).")
    if size > MOST_MB:
        raise ProofError(f"{deb.name} is larger than {MOST_MB:.0f} MB.")


def _prove_start(frozen: Path, screen: str) -> None:
    """The time until the first window is on the screen, beside the source tree's, in turn."""
    frozen_s, source_s = [], []
    for _ in range(STARTS):
        frozen_s.append(_seconds_to_window([str(frozen / NAME)], screen))
        source_s.append(_seconds_to_window([sys.executable, "-m", "desktop_app"], screen))
    took, peer = statistics.median(frozen_s), statistics.median(source_s)
    ratio = took / peer
    _tell(
        f"The first window shows after {took:.2f} s, the source tree's after {peer:.2f} s:"
        f" {ratio:.2f} × (bar: {MOST_TIMES_SLOWER} ×, median of {STARTS})."
    )
    if ratio > MOST_TIMES_SLOWER:
        raise ProofError("It starts too slowly.")


# --- how ------------------------------------------------------------------------------------------


def _install_tools() -> None:
    if os.geteuid():
        raise ProofError("The proof needs root: run it with sudo.")
    missing = [package for tool, package in TOOLS.items() if shutil.which(tool) is None]
    if missing:
        _run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing])


def _make_bare(root: Path) -> None:
    """A bare system from the mirror that this one is installed from, where it is Debian's."""
    wanted = "--format=$(SUITE) $(CODENAME) $(REPO_URI)"
    known = _run(["apt-get", "indextargets", wanted, "Origin: Debian"]).splitlines()
    mirrors = [line.split()[-1] for line in known if f" {SUITE} " in f" {line} "]
    _run(["debootstrap", "--variant=minbase", SUITE, str(root), *mirrors[:1]])


def _lacking_libraries(bare: Bare) -> list[str]:
    """Sonames that the loader doesn't find for a program or library of the package."""
    places = ["opt/contact-history", "opt/contact-history/_internal"]
    libraries = f"/{places[1]}:/{places[1]}/PySide6/Qt/lib"
    script = (
        f"cd /{places[0]}; export LD_LIBRARY_PATH={libraries};"
        " find . -type f \\( -name '*.so*' -o -perm -u+x \\) -exec ldd {} + 2>/dev/null"
        " | grep 'not found' | sort -u; true"
    )
    told = bare.as_root("sh", "-c", script)
    return sorted({line.split()[0] for line in told.splitlines()})


@contextlib.contextmanager
def _screen() -> Iterator[str]:
    """An X display of its own; its socket is what a person's programs reach it by."""
    read_end, write_end = os.pipe()
    with subprocess.Popen(
        ["Xvfb", "-displayfd", str(write_end), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"],
        pass_fds=[write_end],
        stderr=subprocess.DEVNULL,
    ) as server:
        os.close(write_end)
        with os.fdopen(read_end) as told:
            number = told.readline().strip()
        if not number:
            raise ProofError("Xvfb gave no display.")
        try:
            yield f":{number}"
        finally:
            server.terminate()


def _seconds_to_window(command: list[str], screen: str) -> float:
    """From starting a program on its first page until a window of it is on the screen."""
    with tempfile.TemporaryDirectory(prefix="start-") as home:
        settings = {
            **os.environ,
            "DISPLAY": screen,
            "HOME": home,
            "XDG_RUNTIME_DIR": home,
            "QTWEBENGINE_DISABLE_SANDBOX": "1",  # root's; the program tried above has it on
        }
        settings.pop("QT_QPA_PLATFORM", None)
        watch = [sys.executable, "-m", "scripts._start_time", *command]
        told = _run(watch, env=settings)
    return float(told.split()[-1])


def _run(command: list[str], env: dict[str, str] | None = None) -> str:
    run = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
    if run.returncode:
        raise ProofError(f"{command[0]} … {command[-1]} failed:\n{run.stdout}{run.stderr}")
    return run.stdout


def main() -> int:
    """Prove what the last ``scripts/package`` has left in ``dist/`` and ``build/``."""
    found = sorted((ROOT / "dist").glob("*.deb"))
    if not found:
        print("There is no .deb in dist/: run scripts/package first.", file=sys.stderr)
        return 1
    return prove(found[-1], ROOT / "build" / "frozen" / NAME)


if __name__ == "__main__":
    sys.exit(main())
