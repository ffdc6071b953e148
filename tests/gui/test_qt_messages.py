"""T26: what Qt, Chromium and pages say reaches the log redacted, and standard error not at all.

Qt has one message handler for a process, and pytest-qt has put its own: each test starts one.
"""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from desktop_app.core.logs import FILE_NAME

ROOT = Path(__file__).resolve().parents[2]
CANARY = "canary6-" + "tQ4_" * 12
INNER = "inner-canary"

PRELUDE = f"""
import logging, sys, threading
from pathlib import Path
from desktop_app.core import crash
watch = crash.install(Path("log"), level=logging.DEBUG)
from desktop_app.gui.qt_messages import log_qt_messages
log_qt_messages()
from PySide6.QtCore import *
canary, inner = {CANARY!r}, {INNER!r}
"""


def run(code: str, folder: Path) -> tuple[subprocess.CompletedProcess[str], str]:
    """Run a program; returns it and what it logged."""
    surroundings = {"HOME": str(folder), "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}
    ended = subprocess.run(
        [sys.executable, "-c", PRELUDE + textwrap.dedent(code)],
        cwd=folder,
        env={**os.environ, **surroundings},
        capture_output=True,
        text=True,
        check=False,
        timeout=90,
    )
    return ended, (folder / "log" / FILE_NAME).read_text(encoding="utf-8")


def test_T26_qts_messages_are_logged_redacted_by_their_level(tmp_path: Path) -> None:
    ended, log = run(
        """
        qDebug(f"one access_token={canary}")
        qInfo("two https://h.example/x?q=" + canary)
        qWarning("three %s " + canary)
        qCritical("four " + canary)
        """,
        tmp_path,
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
    assert "DEBUG qt [MainThread] default: one access_token=***\n" in log
    assert "INFO qt [MainThread] default: two https://h.example/x?***\n" in log
    assert "WARNING qt [MainThread] default: three %s ***\n" in log
    assert "ERROR qt [MainThread] default: four ***\n" in log


def test_messages_of_other_threads_are_logged_too(tmp_path: Path) -> None:
    ended, log = run(
        """
        thread = threading.Thread(target=lambda: qWarning("elsewhere"), name="worker")
        thread.start()
        thread.join()
        """,
        tmp_path,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "WARNING qt [worker] default: elsewhere\n" in log


def test_a_message_within_the_handling_of_a_message_does_not_go_round(tmp_path: Path) -> None:
    ended, log = run(
        """
        class Chatty(logging.Handler):
            def emit(self, record):
                qWarning("again")
        logging.getLogger().addHandler(Chatty())
        qWarning("once")
        """,
        tmp_path,
    )
    assert ended.returncode == 0
    assert (log.count("once"), log.count("again")) == (1, 0)


def test_T26_what_qt_says_after_the_end_is_not_printed(tmp_path: Path) -> None:
    ended, log = run(
        """
        import atexit
        # Farewells are said in reverse order: this one comes after the handler's own.
        atexit._clear()
        atexit.register(lambda: qWarning("late " + canary))
        log_qt_messages()
        qWarning("in time")
        """,
        tmp_path,
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
    assert "in time" in log
    assert "late" not in log


PAGE = f"""<script>
console.log("{INNER}"); console.error("{INNER}");
fetch("http://127.0.0.1:1/{INNER}").catch(error => console.warn(error))
  .finally(() => setTimeout(() => {{ document.title = "over" }}));
Promise.reject(new Error("{INNER}"));
setTimeout(() => {{ throw new Error("{INNER}") }});
</script><meta http-equiv="Content-Security-Policy" content="img-src 'none'">
<img src="http://127.0.0.1:1/{INNER}?access_token={CANARY}">"""

BROWSE = """
    from PySide6.QtWebEngineCore import QWebEnginePage
    from PySide6.QtWidgets import QApplication
    app = QApplication(sys.argv[:1])
    page = QWebEnginePage()
    page.titleChanged.connect(lambda title: title == "over" and app.quit())
    page.load(QUrl.fromLocalFile(str(Path("page.html").absolute())))
    app.exec()
    page.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    print("over")
    """


@pytest.mark.parametrize("watched", [True, False])
def test_T26_a_pages_console_reaches_neither_log_nor_standard_error(
    tmp_path: Path, watched: bool
) -> None:
    """With Qt's own page, whose console becomes Qt messages; ours says nothing to begin with."""
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    undo = "" if watched else "qInstallMessageHandler(None)\n"
    ended, log = run(undo + textwrap.dedent(BROWSE), tmp_path)
    assert (ended.returncode, ended.stdout) == (0, "over\n")
    assert (INNER in ended.stderr) == (not watched), "the page printed nothing"
    assert INNER not in log
    if watched:
        assert "canary" not in ended.stderr + log
