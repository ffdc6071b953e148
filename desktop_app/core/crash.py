"""What nobody caught: into the log, redacted and without locals, and told to the person."""

from __future__ import annotations

import asyncio
import faulthandler
import logging
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from desktop_app.core.dumps import forbid_dumps
from desktop_app.core.errors import ContactHistoryError
from desktop_app.core.logs import open_private, private_folder, start_logging

FAULTS_NAME = "faults.log"
_MOST_FAULT_BYTES = 200_000

_log = logging.getLogger(__name__)


def _print(sentence: str) -> None:
    """For as long as there is no window; a packaged program may have no standard error."""
    if sys.stderr is not None:
        print(sentence, file=sys.stderr)


class Watch:
    """Sees to unhandled errors until it is closed.

    ``on_unhandled`` is called with a sentence for the person, in the thread that failed; the
    window sets it once it is there.
    """

    def __init__(self, on_unhandled: Callable[[str], None] = _print) -> None:
        self.on_unhandled = on_unhandled
        self._undo = ExitStack()

    def close(self) -> None:
        """Put back what was there before."""
        self._undo.close()

    def watch(self) -> None:
        """Take over Python's hooks for errors that nobody caught."""
        for owner, name, hook in (
            (sys, "excepthook", self._on_error),
            (sys, "unraisablehook", self._on_unraisable),
            (threading, "excepthook", self._on_thread_error),
        ):
            self._undo.callback(setattr, owner, name, getattr(owner, name))
            setattr(owner, name, hook)

    def log_into(self, folder: Path, *, level: int, verbose: bool) -> None:
        """Start the log, and the file for what kills the interpreter itself."""
        self._undo.enter_context(start_logging(folder, level=level, verbose=verbose))
        try:
            self._undo.enter_context(_faults_into(folder / FAULTS_NAME))
        except OSError:
            _log.warning("There is no file for fatal faults.")

    def on_loop_error(self, loop: asyncio.AbstractEventLoop, context: Mapping[str, object]) -> None:
        """For ``loop.set_exception_handler``: asyncio's own quotes the exception's message."""
        error = context.get("exception")
        if isinstance(error, BaseException):
            self.report("on the network lane", error)
        else:
            _log.error("%s", context.get("message"))

    def _on_error(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if not isinstance(error, KeyboardInterrupt):
            self.report("in the main thread", error.with_traceback(trace))

    def _on_thread_error(self, failure: threading.ExceptHookArgs) -> None:
        if failure.exc_value is not None and not isinstance(failure.exc_value, SystemExit):
            name = failure.thread.name if failure.thread is not None else "a thread that is gone"
            self.report(f"in {name}", failure.exc_value)

    def _on_unraisable(self, failure: sys.UnraisableHookArgs) -> None:
        """While something was thrown away: nothing that the person could be told."""
        if failure.exc_value is not None:
            _log.error("Unhandled while cleaning up", exc_info=failure.exc_value)

    def report(self, where: str, error: BaseException) -> None:
        """Put an error into the log, and tell the person that there was one."""
        try:
            _log.critical("Unhandled %s", where, exc_info=error)
            self.on_unhandled(_sentence(error))
        except Exception as second:  # what reports failures must not be one
            _log.critical("The person could not be told", exc_info=second)


def install(
    folder: Path,
    on_unhandled: Callable[[str], None] = _print,
    *,
    level: int = logging.INFO,
    verbose: bool = False,
) -> Watch:
    """Start the log in ``folder``, see to unhandled errors, forbid memory dumps.

    Call it first, before Qt is loaded; ``gui.qt_messages`` adds Qt's messages afterwards.
    """
    forbid_dumps()
    watch = Watch(on_unhandled)
    watch.log_into(folder, level=level, verbose=verbose)
    watch.watch()
    return watch


def _sentence(error: BaseException) -> str:
    if isinstance(error, ContactHistoryError):
        return error.sentence
    return (
        f"Something unforeseen went wrong ({type(error).__name__}). It is in the log; "
        "if it happens again, report it."
    )


def _faults_into(path: Path) -> ExitStack:
    """Python's stacks at a fatal signal: functions, files and lines; no locals, no values.

    It is the only trace that a crash inside Qt leaves, as there is no dump.
    """
    private_folder(path.parent)
    begins_anew = path.exists() and path.stat().st_size > _MOST_FAULT_BYTES
    undo = ExitStack()
    file = undo.enter_context(open_private(path, "w" if begins_anew else "a"))
    faulthandler.enable(file)
    undo.callback(faulthandler.disable)
    return undo
