"""The real program, in processes of its own: what it loads, how it stops, how it shows progress."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from desktop_app.commands.exits import Exit
from desktop_app.practice.faults import read_script
from tests.commands.conftest import Organisation

ROOT = Path(__file__).parents[2]
TELL_MODULES = (
    "import sys\nfrom desktop_app.cli import main\n"
    "try:\n    main(sys.argv[1:])\n"
    "finally:\n    print('\\n'.join(sys.modules), file=sys.stderr)"
)


@pytest.mark.parametrize("command", ["query", "export", "publish", "sync", "doctor"])
def test_commands_load_no_qt(command: str, organisation: Organisation, tmp_path: Path) -> None:
    day = organisation.interval.partition("T")[0]
    arguments = {
        "query": ["--interval", f"{day}T00:00Z/{day}T02:00Z", "--json"],
        "export": ["--interval", f"{day}T00:00Z/{day}T02:00Z", "--out", str(tmp_path / "a.csv")],
        "publish": ["--interval", f"{day}T00:00Z/{day}T02:00Z", "--to", str(tmp_path / "set")],
        "sync": ["--interval", f"{day}T00:00Z/{day}T02:00Z"],
        "doctor": [],
    }[command]
    ended = subprocess.run(
        [
            *(sys.executable, "-c", TELL_MODULES, command, *arguments),
            *("--config", str(organisation.config)),
        ],
        env={**os.environ, **organisation.token()},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        cwd=ROOT,
        check=False,
    )
    assert ended.returncode == Exit.COMPLETE, ended.stderr
    loaded = set(ended.stderr.split())
    assert f"desktop_app.commands.{command}" in loaded
    assert not {name for name in loaded if name.startswith(("PySide6", "shiboken6"))}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
def test_ctrl_c_ends_a_command_at_once(organisation: Organisation) -> None:
    slow = '[{"match": {"path": "/api/v2/analytics/*"}, "do": {"latency_ms": 60000}}]'
    organisation.server.faults.extend(read_script(slow))
    with subprocess.Popen(
        [
            *(sys.executable, "-m", "desktop_app", "query"),
            *("--interval", organisation.interval, "--config", str(organisation.config)),
        ],
        env={**os.environ, **organisation.token()},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as program:
        assert program.stderr is not None
        while "memory only" not in program.stderr.readline():
            assert program.poll() is None
        program.send_signal(signal.SIGINT)
        assert program.wait(30) == Exit.INTERRUPTED
        assert program.stderr.read() == "Stopped.\n"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals of this kind")
def test_progress_is_a_bar_on_a_terminal_and_a_table_is_one_for_eyes(
    organisation: Organisation,
) -> None:
    import pty

    ours, theirs = pty.openpty()
    day = organisation.interval.partition("T")[0]
    with subprocess.Popen(
        [
            *(sys.executable, "-m", "desktop_app", "query"),
            *("--interval", f"{day}T00:00Z/{day}T08:00Z", "--config", str(organisation.config)),
            *("--columns", "start,media,queues"),
        ],
        env={**os.environ, **organisation.token(), "TERM": "xterm"},
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
        cwd=ROOT,
    ) as program:
        os.close(theirs)
        told = b""
        try:
            while part := os.read(ours, 65_536):
                told += part
        except OSError:  # how Linux tells that the other end is closed
            pass
        os.close(ours)
    text = told.decode()
    assert program.returncode == Exit.COMPLETE
    assert "Reading  [" in text and "contacts" in text
    title = next(line for line in text.splitlines() if "Media" in line)
    assert "\t" not in text and "Queue" in title and "\x1b[1m" in title
