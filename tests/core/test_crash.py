"""T28: what nobody caught is told without values, and a crash leaves no picture of the memory.

Hooks, limits and aborts belong to a whole process, so that each test starts one.
"""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from desktop_app.core.crash import FAULTS_NAME
from desktop_app.core.logs import FILE_NAME

ROOT = Path(__file__).resolve().parents[2]
CANARY = "canary9-token-in-memory"

PRELUDE = f"""
import asyncio, faulthandler, os, sys, threading
from pathlib import Path
from desktop_app.core import crash
from desktop_app.core.errors import StoreFull
canary = {CANARY!r}
told = []
def fail():
    local = canary
    raise ValueError("quotes " + local)
"""
INSTALL = 'watch = crash.install(Path("log"), told.append)\n'


def run(code: str, folder: Path, *, before: str = "") -> subprocess.CompletedProcess[str]:
    """Run a program in ``folder``, which is also its home and holds its temporary files."""
    surroundings = {"HOME": str(folder), "TMPDIR": str(folder), "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-c", before + PRELUDE + textwrap.dedent(code)],
        cwd=folder,
        env={**os.environ, **surroundings},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def log_of(folder: Path) -> str:
    return (folder / "log" / FILE_NAME).read_text(encoding="utf-8")


def assert_nothing_leaked(folder: Path, ended: subprocess.CompletedProcess[str]) -> None:
    assert CANARY not in ended.stdout + ended.stderr
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert [path.name for path in files if CANARY.encode() in path.read_bytes()] == []


UNHANDLED = {
    "in the main thread": "fail()",
    "in worker": """
        thread = threading.Thread(target=fail, name="worker")
        thread.start()
        thread.join()
        """,
    "on the network lane": """
        async def main():
            asyncio.get_running_loop().set_exception_handler(watch.on_loop_error)
            async def job():
                fail()
            task = asyncio.ensure_future(job())
            await asyncio.wait([task])
        asyncio.run(main())
        """,
}
TOLD = """
import atexit
atexit.register(lambda: print(*told))
"""


@pytest.mark.parametrize("where", UNHANDLED)
def test_T28_an_unhandled_error_is_logged_and_told_without_values(
    where: str, tmp_path: Path
) -> None:
    ended = run(INSTALL + TOLD + textwrap.dedent(UNHANDLED[where]), tmp_path)
    assert ended.stderr == ""
    assert ended.stdout == (
        "Something unforeseen went wrong (ValueError). It is in the log; "
        "if it happens again, report it.\n"
    )
    assert f"Unhandled {where}" in log_of(tmp_path)
    assert ", in fail\n    ValueError\n" in log_of(tmp_path)
    assert_nothing_leaked(tmp_path, ended)


def test_T28_without_the_watch_the_canary_would_be_seen(tmp_path: Path) -> None:
    assert CANARY in run("fail()", tmp_path).stderr


def test_T28_failures_of_cleaning_up_are_logged_only(tmp_path: Path) -> None:
    code = """
        class Leaver:
            def __del__(self):
                fail()
        Leaver()
        """
    ended = run(INSTALL + TOLD + textwrap.dedent(code), tmp_path)
    assert (ended.stdout, ended.stderr) == ("\n", "")
    assert "Unhandled while cleaning up" in log_of(tmp_path)
    assert_nothing_leaked(tmp_path, ended)


def test_our_own_errors_speak_for_themselves(tmp_path: Path) -> None:
    ended = run(INSTALL + TOLD + 'raise StoreFull("Make room.")', tmp_path)
    assert ended.stdout == "Make room.\n"


def test_before_there_is_a_window_standard_error_has_the_sentence(tmp_path: Path) -> None:
    ended = run('crash.install(Path("log"))\nfail()', tmp_path)
    assert ended.returncode == 1
    assert ended.stderr.startswith("Something unforeseen went wrong (ValueError).")
    assert_nothing_leaked(tmp_path, ended)


def test_who_fails_at_telling_is_logged_too(tmp_path: Path) -> None:
    code = """
        def cannot(sentence):
            raise KeyError(canary)
        watch.on_unhandled = cannot
        fail()
        """
    ended = run(INSTALL + textwrap.dedent(code), tmp_path)
    assert ended.stderr == ""
    assert "The person could not be told" in log_of(tmp_path)
    assert_nothing_leaked(tmp_path, ended)


def test_closing_puts_everything_back(tmp_path: Path) -> None:
    code = """
        hooks = lambda: (sys.excepthook, threading.excepthook, sys.unraisablehook)
        before = hooks()
        watch = crash.install(Path("log"))
        assert all(new is not old for new, old in zip(hooks(), before))
        assert faulthandler.is_enabled()
        watch.close()
        assert hooks() == before
        assert not faulthandler.is_enabled()
        """
    ended = run(code, tmp_path)
    assert (ended.returncode, ended.stderr) == (0, "")


if sys.platform != "win32":
    GENEROUS = """
import resource
hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
most = 4_000_000 if hard == resource.RLIM_INFINITY else hard
resource.setrlimit(resource.RLIMIT_CORE, (most, hard))
"""

    def cores(folder: Path) -> list[str]:
        return [path.name for path in folder.rglob("*core*") if path.is_file()]

    def leaves_cores_here(folder: Path) -> bool:
        """Whether this system would leave a core file in the folder, were it not forbidden."""
        folder.mkdir()
        run("os.abort()", folder, before=GENEROUS)
        return cores(folder) != []

    def test_T28_an_abort_leaves_no_core_and_no_canary(tmp_path: Path) -> None:
        would = leaves_cores_here(tmp_path / "free")
        guarded = tmp_path / "guarded"
        guarded.mkdir()
        ended = run(INSTALL + "os.abort()", guarded, before=GENEROUS)
        assert ended.returncode == -signal.SIGABRT
        assert cores(guarded) == []
        assert sorted(path.name for path in guarded.iterdir()) == ["log"]
        assert_nothing_leaked(guarded, ended)
        faults = guarded / "log" / FAULTS_NAME
        assert "Fatal Python error: Aborted" in faults.read_text(encoding="utf-8")
        assert stat.S_IMODE(faults.stat().st_mode) == 0o600
        if not would:  # the system sends its cores elsewhere, or none: the limit is the proof
            test_T28_the_limit_is_final_and_inherited(guarded)

    def test_T28_the_limit_is_final_and_inherited(tmp_path: Path) -> None:
        """Chromium's processes are children, and hold what was typed into the login page."""
        code = """
            import resource, subprocess
            crash.forbid_dumps()
            most = 1 if sys.platform == "linux" else 0
            assert max(resource.getrlimit(resource.RLIMIT_CORE)) <= most
            child = "import resource; print(max(resource.getrlimit(resource.RLIMIT_CORE)))"
            seen = subprocess.run([sys.executable, "-c", child], capture_output=True, text=True)
            assert int(seen.stdout) <= most
            """
        ended = run(code, tmp_path, before=GENEROUS)
        assert (ended.returncode, ended.stderr) == (0, "")

    def test_T28_forbidding_twice_or_where_it_is_forbidden_is_no_error(tmp_path: Path) -> None:
        none = "import resource\nresource.setrlimit(resource.RLIMIT_CORE, (0, 0))\n"
        ended = run("crash.forbid_dumps()\ncrash.forbid_dumps()", tmp_path, before=none)
        assert (ended.returncode, ended.stderr) == (0, "")
