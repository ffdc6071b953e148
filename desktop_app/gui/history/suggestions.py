"""What may follow in the filter's line: values that the store holds, the commonest first."""

from __future__ import annotations

from collections.abc import Sequence

from desktop_app.core.history.filters import Offer, quoted
from desktop_app.core.history.masking import holds_numbers
from desktop_app.core.history.reader import Facet, Reader
from desktop_app.gui.tasks import Job, Tasks

SHOWN = 12


class Suggestions:
    """``hidden``: customers' numbers are not to be seen, so their columns offer nothing."""

    def __init__(self, tasks: Tasks, reader: Reader, *, hidden: bool) -> None:
        """``reader`` is used on the lane beside the table's."""
        self._tasks = tasks
        self._reader = reader
        self._hidden = hidden

    def ask(self, key: str, prefix: str) -> Job:
        """A job whose value is a list of Offers."""
        reader, hidden = self._reader, self._hidden and holds_numbers(key)

        def offers() -> list[Offer]:
            return [] if hidden else _offers(reader.suggestions(key, prefix, SHOWN))

        return self._tasks.beside(offers, reader.interrupt)


def _offers(found: Sequence[Facet]) -> list[Offer]:
    return [
        Offer(quoted(str(facet.value)), f"{facet.value}  ({facet.count:,})")
        for facet in found
        if facet.value not in (None, "")
    ]
