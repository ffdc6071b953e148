"""T26, T27: no canary gets past the log, whoever logs it and whoever writes it down."""

from __future__ import annotations

import copy
import io
import logging
import stat
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_app.core.errors import CallbackRejected, ServiceUnavailable
from desktop_app.core.logs import FILE_NAME, FILES, MOST_BYTES, start_logging
from desktop_app.core.tracebacks import describe, safe_traceback

CANARY = "canary4-" + "wX9_" * 12
PHONE = "+44 20 7946 0123"


class Blunt(logging.Formatter):
    """A formatter that somebody adds later: it writes down all that a record has."""

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        return f"{text} {vars(record)!r} {record.exc_info!r} {record.getMessage()}"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    with start_logging(tmp_path / "log", level=logging.DEBUG):
        yield tmp_path / "log"


@pytest.fixture
def foreign(folder: Path) -> Iterator[io.StringIO]:
    """What a foreign handler with a formatter of its own writes."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Blunt("%(message)s %(exc_text)s"))
    logging.getLogger("library").addHandler(handler)
    yield stream
    logging.getLogger("library").removeHandler(handler)


def fail() -> None:
    canary_local = CANARY
    try:
        raise KeyError(f"inner says {canary_local}")
    except KeyError as inner:
        raise ValueError("outer quotes personal-canary") from inner


def log_everything(logger: logging.Logger) -> None:
    logger.warning(f"access_token={CANARY}")
    logger.warning("token %s of %s", CANARY, PHONE)
    logger.warning("%(token)s", {"token": CANARY})
    logger.warning("failed: %s %r", ValueError("personal-canary"), KeyError("personal-canary"))
    logger.warning(ValueError("personal-canary"))
    logger.warning("wrong %d %s", CANARY)
    logger.warning("extra", extra={"url": f"https://h.example/?t={CANARY}", "more": [CANARY]})
    logger.warning("extra", extra={"error": ValueError("personal-canary"), "ani": 442079460123})
    logger.warning("stack", stack_info=True)
    try:
        fail()
    except ValueError:
        logger.exception("caught %s", CANARY)


def test_T26_a_foreign_handler_sees_no_canary(folder: Path, foreign: io.StringIO) -> None:
    log_everything(logging.getLogger("library"))
    for text in (foreign.getvalue(), (folder / FILE_NAME).read_text(encoding="utf-8")):
        assert text.count("extra") >= 2
        assert "canary4" not in text
        assert "personal-canary" not in text
        assert "7946" not in text
        assert "2079460123" not in text
        assert "ValueError" in text
        assert "KeyError" in text
        assert "in fail" in text


def test_T26_without_the_redaction_the_canary_would_be_seen() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    logger = logging.getLogger("library")
    logger.addHandler(handler)
    logger.warning("token %s", CANARY)
    logger.removeHandler(handler)
    assert stream.getvalue() == f"token {CANARY}\n"


def test_harmless_extras_keep_their_kind(folder: Path) -> None:
    record = logging.getLogger("x").makeRecord(
        "x", 20, "f", 1, "m", (), None, extra={"pages": 3, "took_s": 0.25, "ok": True, "no": None}
    )
    kept = vars(copy.copy(record))
    assert [kept[name] for name in ("pages", "took_s", "ok", "no")] == [3, 0.25, True, None]


def test_T27_http_libraries_do_not_tell_their_requests(folder: Path) -> None:
    for name in ("httpx", "httpcore", "httpcore.http11"):
        logger = logging.getLogger(name)
        assert not logger.isEnabledFor(logging.INFO)
        logger.info("GET canary4")
    assert "canary4" not in (folder / FILE_NAME).read_text(encoding="utf-8")


def test_T27_of_an_address_host_and_path_are_logged(folder: Path) -> None:
    logging.getLogger("x").info("GET %s", "https://h.example/api/v2/x?phone=5550123")
    text = (folder / FILE_NAME).read_text(encoding="utf-8")
    assert "GET https://h.example/api/v2/x?***\n" in text


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")
def test_the_log_is_its_owners_alone_and_stays_small(folder: Path) -> None:
    for _ in range(4 * MOST_BYTES // 100_000):
        logging.getLogger("x").info("word " * 20_000)
    files = sorted(folder.iterdir())
    assert len(files) == FILES
    assert all(path.stat().st_size <= MOST_BYTES for path in files)
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_nothing_goes_to_standard_error(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    log_everything(logging.getLogger("x"))
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("old", stacklevel=1)
    assert capfd.readouterr() == ("", "")
    assert "UserWarning: old" in (folder / FILE_NAME).read_text(encoding="utf-8")


def test_verbose_says_it_on_standard_error_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with start_logging(tmp_path, verbose=True):
        logging.getLogger("x").info("said password=canary4")
    assert "said password=***" in capsys.readouterr().err


def test_without_a_folder_the_program_goes_on(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("in the way")
    with start_logging(tmp_path / "file"):
        logging.getLogger("x").warning("nobody hears it")
    assert capfd.readouterr() == ("", "")


def test_a_text_cannot_pass_for_another_record(folder: Path) -> None:
    logging.getLogger("x").info("one\n2026-01-01 00:00:00,000 ERROR forged\x1b[2J")
    lines = (folder / FILE_NAME).read_text(encoding="utf-8").splitlines()
    assert len(lines) == 2
    assert lines[1] == "    2026-01-01 00:00:00,000 ERROR forged?[2J"


class Unspeakable:
    def __str__(self) -> str:
        raise RuntimeError("personal-canary")


def test_what_cannot_be_told_hurts_nobody(folder: Path) -> None:
    logging.getLogger("x").info("it is %s", Unspeakable(), extra={"it": Unspeakable()})
    text = (folder / FILE_NAME).read_text(encoding="utf-8")
    assert "it is %s (can't be completed: RuntimeError)" in text


def test_everything_is_put_back(tmp_path: Path) -> None:
    root = logging.getLogger()
    before = (logging.getLogRecordFactory(), root.level, list(root.handlers))
    with start_logging(tmp_path):
        assert logging.getLogRecordFactory() is not before[0]
    assert (logging.getLogRecordFactory(), root.level, list(root.handlers)) == before
    assert logging.raiseExceptions


def test_our_own_errors_keep_their_sentence_and_the_name_of_the_call() -> None:
    error = ServiceUnavailable("Genesys is away.", correlation_id="id-1")
    assert describe(error) == "ServiceUnavailable: Genesys is away. (correlation id id-1)"
    assert describe(CallbackRejected("It said state=canary4.")) == (
        "CallbackRejected: It said state=***"
    )
    assert describe(ValueError("personal-canary")) == "ValueError"


def test_T28_a_traceback_tells_where_and_not_what() -> None:
    with pytest.raises(ValueError, match="outer") as caught:
        fail()
    lines = safe_traceback(caught.value).splitlines()
    assert lines.index("KeyError") < lines.index("ValueError")
    assert sum(line.endswith(", in fail") for line in lines) == 2
    assert "canary" not in safe_traceback(caught.value)


def test_T28_groups_are_told_by_their_members_types() -> None:
    group = ExceptionGroup("personal-canary", [OSError("personal-canary"), KeyError("x")])
    assert safe_traceback(group).splitlines() == [
        "ExceptionGroup",
        "  in this group: OSError",
        "  in this group: KeyError",
    ]


def test_a_recursion_without_end_is_cut() -> None:
    def again() -> None:
        again()

    with pytest.raises(RecursionError) as caught:
        again()
    lines = safe_traceback(caught.value).splitlines()
    assert len(lines) < 100
    assert any(line.endswith("frames ...") for line in lines)
