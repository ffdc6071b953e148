"""What the person asks to see: a range of time, a filter, and an order. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from desktop_app.core.history import filters
from desktop_app.core.history.clock import Clock, Interval
from desktop_app.core.history.columns import column
from desktop_app.core.history.folding import folded
from desktop_app.core.history.sql import sort_key, sql_name, sql_value

__all__ = ["Query", "folded", "order_by", "sort_key", "sql_name", "sql_value", "where"]

DAY_MS = 86_400_000
UTC = Clock(ZoneInfo("UTC"))


@dataclass(frozen=True, slots=True)
class Query:
    """Contacts that start in [start_ms, end_ms), epoch milliseconds UTC.

    ``text`` is the filter as it was written (docs/filters.md).  ``clock`` says what its
    "yesterday" and "hour:9" mean.
    """

    start_ms: int
    end_ms: int
    text: str = ""
    sort: str = "start"
    descending: bool = True
    clock: Clock = UTC

    @property
    def filter(self) -> filters.Term:
        """The text's tree. Raises FilterMistake if it can't be read."""
        return filters.parse(self.text)


def where(query: Query) -> tuple[str, list[object]]:
    """The query's condition in SQL, and the values bound to its parameters.

    Raises FilterMistake if the text can't be read.
    """
    inside = Interval(query.start_ms, query.end_ms)
    condition, values = filters.to_sql(query.filter, query.clock, inside)
    return f"start_ms >= ? AND start_ms < ? AND {condition}", [*inside, *values]


def order_by(query: Query) -> str:
    """The query's order in SQL. Empty cells come last in both directions; ties by newest start.

    Only names from the column registry and quoted attribute keys reach the text (safety T40);
    raises KeyError for any other.
    """
    chosen = column(query.sort)
    direction = "DESC" if query.descending else "ASC"
    return f"{sort_key(chosen)} {direction} NULLS LAST, start_ms DESC, no"
