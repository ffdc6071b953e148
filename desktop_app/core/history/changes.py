"""What Genesys changed in a contact after it had ended: cell by cell, between two readings. Pure.

Completed contacts are rewritten by nightly reprocessing, 48 h or more later (contract §2.2).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from desktop_app.core.genesys import wire
from desktop_app.core.history import columns
from desktop_app.core.history.columns import Column, Value
from desktop_app.core.history.conversation import read_contact
from desktop_app.core.history.parties import Names

CellText = Callable[[Column, Value], str]
OTHERWISE = "Other details"


@dataclass(frozen=True, slots=True)
class CellChange:
    """``seen_ms`` is when the later reading was made; texts are as the table shows them."""

    seen_ms: int
    title: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A conversation as it was at ``seen_ms``."""

    seen_ms: int
    conversation: wire.Conversation


def changes(readings: Sequence[Reading], names: Names, cell_text: CellText) -> list[CellChange]:
    """The differences between each reading and the next, the latest first.

    ``readings`` are in order of time.  A difference that shows in no column, such as another
    order of segments, is told as such.
    """
    found: list[CellChange] = []
    cells = [columns.row(read_contact(reading.conversation, names)) for reading in readings]
    for number in range(len(readings) - 1, 0, -1):
        before, after, seen_ms = cells[number - 1], cells[number], readings[number].seen_ms
        differing = []
        for column in columns.DERIVED:
            told = [cell_text(column, row.get(column.key)) for row in (before, after)]
            if told[0] != told[1]:
                differing.append(CellChange(seen_ms, column.title, *told))
        found += differing or [CellChange(seen_ms, OTHERWISE, "", "")]
    return found
