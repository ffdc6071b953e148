"""Threats whose proof needs a process of its own, or all of the program's text at once.

T16: Chromium's sandbox, seen from outside.  T17: a hostile environment.  T23: no way into pages.
T24: how old Chromium is.  T39: what markup makes Qt open.
"""

from __future__ import annotations

import ast
import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from desktop_app.gui import sandbox
from scripts._chromium_age import installed_version, judge, read_table, released_on
from tests.gui.web_server import WebServer, page

ROOT = Path(__file__).resolve().parents[2]
LINUX = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="seen through /proc, which only Linux has"
)
LEAVE_S = 20


def surroundings(home: Path, **more: str) -> dict[str, str]:
    """An environment with nothing of ours in it but where programs and display are found."""
    (home / "runtime").mkdir(mode=0o700, exist_ok=True)
    return {
        **{name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ},
        "QT_QPA_PLATFORM": "offscreen",
        **{name: str(home) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "TMPDIR")},
        "XDG_DATA_HOME": str(home),
        "XDG_RUNTIME_DIR": str(home / "runtime"),
        **more,
    }


@dataclass(frozen=True)
class Somebody:
    """In whose name a process runs, with which Python, and in which home."""

    home: Path
    python: str = sys.executable
    user: str | None = None

    def start(self, *arguments: str, **more: str) -> subprocess.Popen[str]:
        modules = {"PYTHONPATH": os.pathsep.join([str(ROOT), sysconfig.get_path("purelib")])}
        return subprocess.Popen(
            [self.python, *arguments],
            cwd=ROOT,
            env=surroundings(self.home, PYTHONDONTWRITEBYTECODE="1", **modules, **more),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            user=self.user,
            group=self.user and "nogroup",
            extra_groups=[] if self.user else None,
        )


@contextmanager
def page_process(
    host: WebServer, somebody: Somebody, *arguments: str, **more: str
) -> Iterator[dict[str, Any]]:
    """What the process said once its page was loaded; it lives until the block is left."""
    host.pages["/start"] = page("a page")
    address = f"{host.origin}/start"
    with somebody.start("-m", "tests.gui.page_process", address, *arguments, **more) as process:
        assert process.stdin is not None and process.stdout is not None
        try:
            line = process.stdout.readline()
            assert line, "the process ended before its page was loaded"
            yield json.loads(line)
            process.stdin.close()
            assert process.wait(LEAVE_S) == 0
        finally:
            process.kill()


# --- T16: the sandbox ----------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A folder of an ordinary user; the folders of a test of root's lie where only root can go."""
    if os.geteuid() != 0:
        yield tmp_path
        return
    made = Path(tempfile.mkdtemp(prefix="ordinary-"))
    (made / "runtime").mkdir(mode=0o700)
    for folder in (made, made / "runtime"):
        shutil.chown(folder, "nobody", "nogroup")
    yield made
    shutil.rmtree(made)


def ordinary(home: Path) -> Somebody:
    """Somebody who isn't root and for whom the sandbox works; skips where there is nobody such."""
    user = "nobody" if os.geteuid() == 0 else None
    # Python's own folder may be closed to others; the system's is open to all.
    pythons = sys.executable, shutil.which(f"python3.{sys.version_info.minor}", path=os.defpath)
    program = "from desktop_app.gui import sandbox; print(sandbox.why_unsandboxed() or 'works')"
    why = "Python can't be run as an ordinary user"
    for python in filter(None, pythons):
        somebody = Somebody(home, python, user)
        with contextlib.suppress(PermissionError), somebody.start("-c", program) as tried:
            told = tried.communicate()[0].strip()
            if told == "works":
                return somebody
            why = told or why
    pytest.skip(f"no sandbox to look at: {why}")


def seccomp(pid: int) -> str:
    """2 where system calls are filtered (proc(5))."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(line.split()[1] for line in lines if line.startswith("Seccomp:"))


def user_namespace(pid: int) -> str:
    return str(Path(f"/proc/{pid}/ns/user").readlink())


@LINUX
def test_T16_the_renderer_is_filtered_and_in_a_user_namespace_of_its_own(
    host: WebServer, home: Path
) -> None:
    with page_process(host, ordinary(home)) as told:
        assert told["loaded"] and not told["sandbox_off"] and told["why_refused"] == ""
        assert seccomp(told["renderer"]) == "2"
        assert user_namespace(told["renderer"]) != user_namespace(os.getpid())


@LINUX
def test_T16_without_the_sandbox_both_would_show(host: WebServer, tmp_path: Path) -> None:
    """So that the test above looks at the right thing."""
    off = {"QTWEBENGINE_DISABLE_SANDBOX": "1"}
    with page_process(host, Somebody(tmp_path), "as-found", **off) as told:
        assert told["sandbox_off"]
        assert seccomp(told["renderer"]) == "0"
        assert user_namespace(told["renderer"]) == user_namespace(os.getpid())


# --- T17: a hostile environment ------------------------------------------------------------------


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def is_open(port: int) -> bool:
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) == 0


def hostile(port: int, flags_port: int, plugins: Path) -> dict[str, str]:
    return {
        "QTWEBENGINE_REMOTE_DEBUGGING": str(port),
        "QTWEBENGINE_CHROMIUM_FLAGS": f"--remote-debugging-port={flags_port}",
        "QT_PLUGIN_PATH": str(plugins),
        "QTWEBENGINE_DISABLE_SANDBOX": "1",
    }


def test_T17_no_variable_opens_a_debugging_port_or_brings_plugins(
    host: WebServer, tmp_path: Path
) -> None:
    ports = free_port(), free_port()
    with page_process(host, Somebody(tmp_path), **hostile(*ports, tmp_path / "plugins")) as told:
        assert told["loaded"]
        assert [port for port in ports if is_open(port)] == []
        assert str(tmp_path / "plugins") not in told["plugins"]
        assert told["sandbox_off"] is bool(sandbox.why_unsandboxed())


def test_T17_as_it_is_found_the_environment_opens_a_port(host: WebServer, tmp_path: Path) -> None:
    """So that the closed port above means something."""
    port = free_port()
    variables = {"QTWEBENGINE_REMOTE_DEBUGGING": str(port), "QTWEBENGINE_DISABLE_SANDBOX": "1"}
    with page_process(host, Somebody(tmp_path), "as-found", **variables) as told:
        assert told["loaded"] and is_open(port)


# --- T23: no way into pages ----------------------------------------------------------------------

WAYS_IN = {
    "QWebChannel",
    "QWebEngineScript",
    "QWebEngineScriptCollection",
    "runJavaScript",
    "runScript",
    "scripts",
    "setWebChannel",
}


def names_in(path: Path) -> set[str]:
    """Every name that a module imports, calls or reads."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.alias):
            found.add(node.name.rpartition(".")[2])
    return found


def test_T23_no_module_has_a_way_into_pages() -> None:
    modules = sorted((ROOT / "desktop_app").rglob("*.py"))
    assert any(path.name == "guarded_page.py" for path in modules)
    found = {
        str(path.relative_to(ROOT)): names & WAYS_IN
        for path in modules
        if (names := names_in(path)) & WAYS_IN
    }
    assert found == {}


# --- T24: Chromium's age -------------------------------------------------------------------------


def test_T24_the_gate_knows_the_installed_chromium() -> None:
    """Its age is the release's affair; here only that the gate could tell it."""
    version, table = installed_version(), read_table()
    day = released_on(version, table)
    assert day is not None, f"packaging/chromium-patches.toml lacks Chromium {version}"
    assert judge(version, table, day + timedelta(days=44)).passed
    assert not judge(version, table, day + timedelta(days=46)).passed


# --- T39: markup ---------------------------------------------------------------------------------


def opened(picture: Path, trace: Path, *arguments: str) -> list[str]:
    """The system calls that named the picture while it stood in the markup of every widget."""
    subprocess.run(
        [
            *("strace", "-f", "-qq", "-e", "trace=%file", "-o", trace),
            *(sys.executable, "-m", "tests.gui.markup_process", picture.as_uri(), *arguments),
        ],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=100,
    )
    calls = trace.read_text(encoding="utf-8", errors="replace").splitlines()
    assert len(calls) > 100, "strace saw next to nothing"
    return [call for call in calls if picture.name in call and "execve(" not in call]


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace sees the calls; it isn't here")
def test_T39_markup_from_outside_opens_no_file(tmp_path: Path) -> None:
    picture = tmp_path / "canary-of-the-markup.png"
    picture.touch()
    assert opened(picture, tmp_path / "shown") == []
    assert opened(picture, tmp_path / "as-qt-does", "as-qt-does") != []
