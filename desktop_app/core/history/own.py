"""What the store holds of a contact besides what the service says: people's marks, what is news,
and the customer's earlier contacts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from desktop_app.core.history.columns import Value
from desktop_app.core.history.schema import Execute
from desktop_app.core.history.sql import sql_name
from desktop_app.core.history.upsert import listed

InTransaction = Callable[[Callable[[Execute], object]], None]

SETTABLE = ("mark", "tag", "note", "reviewed")

# Whose contact it is: the address on the customer's side.  Withheld numbers are many people's.
_CUSTOMER = "lower(strip_accents(CASE WHEN c_direction = 'Outbound' THEN c_dnis ELSE c_ani END))"
_NOBODY = "('', 'anonymous', 'unknown', 'restricted', 'unavailable', 'private')"

_REPEATS = f"""
UPDATE contact SET c_nth_contact = counted.nth, c_since_previous = counted.gap
FROM (
    SELECT no, nth, CASE WHEN gap < 0 THEN 0 ELSE gap END AS gap
    FROM (
        SELECT no,
               CASE WHEN known THEN row_number() OVER earlier END AS nth,
               CASE WHEN known THEN start_ms - lag(until_ms) OVER earlier END AS gap
        FROM (
            SELECT no, start_ms, coalesce(c_end, start_ms) AS until_ms, {_CUSTOMER} AS customer,
                   customer NOT IN {_NOBODY} AS known
            FROM contact
        )
        WINDOW earlier AS (PARTITION BY customer ORDER BY start_ms, no)
    )
) AS counted
WHERE contact.no = counted.no
  AND (contact.c_nth_contact IS DISTINCT FROM counted.nth
       OR contact.c_since_previous IS DISTINCT FROM counted.gap)
"""


def mark_seen(in_transaction: InTransaction, numbers: Sequence[int]) -> None:
    in_transaction(
        lambda execute: execute(
            f"UPDATE contact SET c_changed = false WHERE c_changed AND no IN ({listed(numbers)})"
        )
    )


def annotate(
    in_transaction: InTransaction, numbers: Sequence[int], values: Mapping[str, Value]
) -> None:
    for key in values:
        if key not in SETTABLE:
            raise KeyError(key)
    changes = ", ".join(f"{sql_name(key)} = ?" for key in values)
    if changes and numbers:
        in_transaction(
            lambda execute: execute(
                f"UPDATE contact SET {changes} WHERE no IN ({listed(numbers)})",
                list(values.values()),
            )
        )


def refresh_repeats(in_transaction: InTransaction) -> None:
    in_transaction(lambda execute: execute(_REPEATS))
