"""What DuckDB's failures mean to the person."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

import duckdb

from desktop_app.core.errors import StoreDamaged, StoreError, StoreFull, StoreLocked

_FULL = (
    "no space left",
    "not enough space",
    "disk full",
    "disk quota exceeded",
    "file too large",  # the file system's limit, or the person's
)
_DAMAGED = (
    "corrupt",
    "checksum",
    "not a valid duckdb",
    "encryption key",
    "aes tag",
    # Another program's.
    "is not encrypted",
    "storage version",
)


def _nobody() -> None:
    """Nobody wants to know."""


@contextlib.contextmanager
def translated(on_damage: Callable[[], None] = _nobody) -> Iterator[None]:
    """Turn DuckDB's errors into ours, without their text: it may quote a customer's data.

    ``on_damage`` is told first when the file turns out to be damaged.
    """
    try:
        yield
    except duckdb.Error as error:
        failure = meaning(error)
        if isinstance(failure, StoreDamaged):
            on_damage()
        raise failure from None


def meaning(error: duckdb.Error) -> StoreError:
    """The error of our tree for one of DuckDB's."""
    text = str(error).lower()
    if isinstance(error, duckdb.InterruptException):
        return StoreError("The search was stopped because a newer one replaced it.")
    if "could not set lock" in text or "being used by another process" in text:
        return StoreLocked(
            "Another window has the local history open. Close it, then open this one again."
        )
    if any(sign in text for sign in _FULL):
        return StoreFull(
            "The disk is full. What was read so far is kept; free some space, then refresh."
        )
    if isinstance(error, (duckdb.SerializationException, duckdb.InternalException)) or any(
        sign in text for sign in _DAMAGED
    ):
        return StoreDamaged(
            "The local history can't be read. Open Contact History again: it is then set aside"
            " and fetched anew."
        )
    return StoreError(f"The local history failed ({type(error).__name__}). Refresh to try again.")
