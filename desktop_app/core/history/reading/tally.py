"""How far a reading has come, for the person who waits."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from desktop_app.core.history.coverage import Slice


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a reading has come. ``expected`` is None until the service has counted all days.

    ``note`` is a sentence on what goes otherwise than usual, empty mostly.
    """

    slices_done: int
    slices: int
    contacts: int
    expected: int | None
    day_ms: int  # start of the slice that was heard from last
    note: str = ""


class Tally:
    """Counts for the progress display, over all slices of one run."""

    def __init__(self, slices: Iterable[Slice], tell: Callable[[Progress], None]) -> None:
        self._contacts = dict.fromkeys(slices, 0)
        self._expected: dict[Slice, int | None] = dict.fromkeys(self._contacts, None)
        self._done: set[Slice] = set()
        self._note = ""
        self._tell = tell

    def heard(self, wanted: Slice, contacts: int, expected: int | None) -> None:
        # A further pass begins again at nothing; what is stored stays.
        self._contacts[wanted] = max(contacts, self._contacts[wanted])
        self._expected[wanted] = expected
        self._report(wanted)

    def finished(self, wanted: Slice, contacts: int) -> None:
        self._contacts[wanted] = self._expected[wanted] = contacts
        self._done.add(wanted)
        self._report(wanted)

    def expected(self, wanted: Slice) -> int:
        return self._expected[wanted] or 0

    def note(self, sentence: str, wanted: Slice) -> None:
        self._note = sentence
        self._report(wanted)

    def _report(self, wanted: Slice) -> None:
        known = [count for count in self._expected.values() if count is not None]
        self._tell(
            Progress(
                slices_done=len(self._done),
                slices=len(self._expected),
                contacts=sum(self._contacts.values()),
                expected=sum(known) if len(known) == len(self._expected) else None,
                day_ms=wanted.start_ms,
                note=self._note,
            )
        )
