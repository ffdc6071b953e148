"""Qt's own messages go to the log, redacted like all of it, and never raw to standard error.

What pages print to their console stays out altogether: it may hold tokens in any dress (T26).
"""

from __future__ import annotations

import atexit
import logging

from PySide6.QtCore import QLoggingCategory, QMessageLogContext, QtMsgType, qInstallMessageHandler

_log = logging.getLogger("qt")

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
_CONSOLE = "js"  # the category under which Qt WebEngine repeats a page's console
_SILENCE = "\n".join(f"*.{level}=false" for level in ("debug", "info", "warning", "critical"))


def log_qt_messages() -> None:
    """Send Qt's messages to the logger ``qt``; call it as soon as Qt is loaded."""
    qInstallMessageHandler(_on_message)
    atexit.register(stop_logging_qt_messages)


def stop_logging_qt_messages() -> None:
    """Let go before Python ends. What Qt still has to say then would be printed: it is silenced."""
    atexit.unregister(stop_logging_qt_messages)
    QLoggingCategory.setFilterRules(_SILENCE)
    qInstallMessageHandler(None)


def _on_message(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    """May come from any thread. Qt itself keeps it from being called within itself."""
    category = context.category or "default"
    if category != _CONSOLE:
        _log.log(_LEVELS.get(kind, logging.WARNING), "%s: %s", category, message)
