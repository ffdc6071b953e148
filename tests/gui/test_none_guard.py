"""PySide6 6.12 uses up ``None`` and ``True`` on Python 3.11; the guard leaves plenty of both."""

from __future__ import annotations

import subprocess
import sys

# More calls than the interpreter has references to either constant when it begins.
_PROGRAM = """
import sys
if sys.argv[1] == "guarded":
    import desktop_app.gui
from PySide6.QtCore import QObject, Signal

class Sender(QObject):
    said = Signal(object)

sender = Sender()
for _ in range(100_000):
    sender.said.emit(1)
    sender.setObjectName("x")
print("alive")
"""


def _run(how: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", _PROGRAM, how], capture_output=True, text=True, check=False
    )


def test_a_hundred_thousand_signals_leave_the_interpreter_alive() -> None:
    ended = _run("guarded")
    assert (ended.returncode, ended.stdout) == (0, "alive\n"), ended.stderr
