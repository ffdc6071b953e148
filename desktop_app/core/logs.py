"""The log: a small rotating file that only its owner can read, and nothing private in it.

The redaction lies in the making of every record, before any handler or formatter sees it: one
that somebody adds later, a library's logger and a record's ``extra`` are covered without doing
anything for it (safety T26, T27).
"""

from __future__ import annotations

import logging
import os
import re
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, Literal

from desktop_app.core.redaction import redact
from desktop_app.core.tracebacks import describe, safe_traceback

FILE_NAME = "contact-history.log"
MOST_BYTES = 1_000_000
FILES = 3  # the current one and two before it

_LAYOUT = "%(asctime)s %(levelname)s %(name)s [%(threadName)s] %(message)s"
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")

# At INFO httpx prints whole URLs, at DEBUG httpcore prints cookies (T27, measured).
_QUIET = ("httpx", "httpcore")


def start_logging(folder: Path, *, level: int = logging.INFO, verbose: bool = False) -> ExitStack:
    """Write every logger's records of ``level`` and above to a file in ``folder``.

    The folder is made, 0700; the files are 0600, 1 MB each, three at most.  Nothing goes to
    standard error unless ``verbose``.  Where the folder can't be written the program goes on
    without a log.  Closing what is returned undoes it all.
    """
    undo = ExitStack()
    root = logging.getLogger()
    undo.callback(logging.setLogRecordFactory, logging.getLogRecordFactory())
    logging.setLogRecordFactory(redacted_record)
    # A handler that fails would print the record to standard error.
    undo.callback(setattr, logging, "raiseExceptions", logging.raiseExceptions)
    logging.raiseExceptions = False
    undo.callback(logging.captureWarnings, False)
    logging.captureWarnings(True)
    undo.callback(root.setLevel, root.level)
    root.setLevel(level)
    for name in _QUIET:
        logger = logging.getLogger(name)
        undo.callback(logger.setLevel, logger.level)
        logger.setLevel(max(level, logging.WARNING))
    for handler in _handlers(folder, verbose=verbose):
        handler.setFormatter(_LineFormatter(_LAYOUT))
        root.addHandler(handler)
        undo.callback(handler.close)
        undo.callback(root.removeHandler, handler)
    return undo


def redacted_record(*args: Any, **keywords: Any) -> logging.LogRecord:
    """A LogRecord, made as ``logging`` makes it, whose every text is redacted."""
    record = logging.LogRecord(*args, **keywords)
    record.msg, record.args = _message(record), ()
    if record.exc_info and record.exc_info[1] is not None:
        record.exc_text = safe_traceback(record.exc_info[1])
    # A formatter of its own mind would make its own text of the exception.
    record.exc_info = None
    if record.stack_info:
        record.stack_info = redact(record.stack_info)
    # ``extra`` is put in by item after the record is made.
    record.__dict__ = _Fields(record.__dict__)
    return record


class _Fields(dict[str, object]):
    """A record's attributes; what is put in by item comes in redacted."""

    def __setitem__(self, name: str, value: object) -> None:
        super().__setitem__(name, _plain(value))


def _plain(value: object) -> object:
    """A value fit for any formatter: a harmless number as it is, else its redacted text."""
    try:
        whole = describe(value) if isinstance(value, BaseException) else str(value)
    except Exception:  # whoever logs must not suffer for a value that can't be told
        return type(value).__name__
    text = redact(whole)
    is_number = value is None or isinstance(value, bool | int | float)
    return value if is_number and text == whole else text


def _message(record: logging.LogRecord) -> str:
    template = record.msg
    text = describe(template) if isinstance(template, BaseException) else None
    try:
        text = str(template) if text is None else text
        arguments = _without_exceptions(record.args)
        return redact(text % arguments if arguments else text)
    except Exception as error:  # a wrong template must not break whoever logs
        return redact(f"{text} (can't be completed: {describe(error)})")


def _without_exceptions(
    arguments: tuple[object, ...] | Mapping[str, object] | None,
) -> tuple[object, ...] | dict[str, object] | None:
    if isinstance(arguments, Mapping):
        return {name: _told(value) for name, value in arguments.items()}
    return tuple(_told(value) for value in arguments) if arguments else None


def _told(value: object) -> object:
    return describe(value) if isinstance(value, BaseException) else value


class _LineFormatter(logging.Formatter):
    """One record, one beginning of a line: what lies within can't pass for another record."""

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record).replace("\r\n", "\n").replace("\n", "\n    ")
        return _CONTROL.sub("?", text)


def _handlers(folder: Path, *, verbose: bool) -> list[logging.Handler]:
    handlers: list[logging.Handler] = []
    try:
        private_folder(folder)
        handlers.append(
            _PrivateFile(
                folder / FILE_NAME, maxBytes=MOST_BYTES, backupCount=FILES - 1, encoding="utf-8"
            )
        )
    except OSError:
        # Without any handler ``logging`` would print warnings to standard error.
        handlers.append(logging.NullHandler())
    if verbose and sys.stderr is not None:
        handlers.append(logging.StreamHandler(sys.stderr))
    return handlers


class _PrivateFile(RotatingFileHandler):
    def _open(self) -> TextIOWrapper:
        return open_private(Path(self.baseFilename), "a")


def private_folder(folder: Path) -> None:
    """Make a folder that its owner alone may enter. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)


def open_private(path: Path, mode: Literal["a", "w"]) -> TextIOWrapper:
    """Open a text file that its owner alone may read. Raises OSError."""

    def opener(name: str, flags: int) -> int:
        descriptor = os.open(name, flags, 0o600)
        if sys.platform != "win32":  # there the folder's access list decides
            os.fchmod(descriptor, 0o600)
        return descriptor

    return open(path, mode, encoding="utf-8", opener=opener)
