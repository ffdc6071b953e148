"""The practice organisation as a process of its own: it ends with this one."""

from __future__ import annotations

import json
from typing import Any

from PySide6.QtCore import QObject, QProcess, Signal

from desktop_app.core.this_program import this_program


class PracticeProcess(QObject):
    """``ready`` brings what the server says of itself: login_url, api_url, clients, users …"""

    ready = Signal(dict)
    failed = Signal(str)

    def __init__(self, options: list[str] | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._options = options or []
        self._said = b""
        self._is_ready = False
        self._process = QProcess(self)
        self._process.setProcessChannelMode(QProcess.ProcessChannelMode.ForwardedErrorChannel)
        self._process.readyReadStandardOutput.connect(self._on_output)
        self._process.errorOccurred.connect(self._on_error)
        self._process.finished.connect(self._on_finished)

    @property
    def running(self) -> bool:
        return self._process.state() != QProcess.ProcessState.NotRunning

    def start(self) -> None:
        program, *arguments = this_program()
        self._process.start(
            program, [*arguments, "practice-server", "--stop-at-stdin-eof", *self._options]
        )

    def stop(self) -> None:
        """Close its standard input, which tells it to end, and wait for it."""
        self._process.blockSignals(True)
        if self.running:
            self._process.closeWriteChannel()
            if not self._process.waitForFinished(3000):
                self._process.kill()
                self._process.waitForFinished(1000)

    def _on_output(self) -> None:
        self._said += self._process.readAllStandardOutput().data()
        line, newline, _ = self._said.partition(b"\n")
        if not newline or self._is_ready:
            return
        try:
            description: dict[str, Any] = json.loads(line)
        except ValueError:
            self.failed.emit("The practice organisation gave no description of itself.")
            return
        self._is_ready = True
        self.ready.emit(description)

    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self.failed.emit("The practice organisation could not be started.")

    def _on_finished(self, code: int) -> None:
        self.failed.emit(f"The practice organisation ended by itself (exit code {code}).")
