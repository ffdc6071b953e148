"""The tables of a published data set, their columns, and the version of each table's schema.

Names are what every engine takes: letters, digits and underscores.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from desktop_app.core.history.column import Column, Kind
from desktop_app.core.history.columns import DERIVED, column
from desktop_app.core.history.export.cells import (
    Cell,
    contact_cells,
    part_cells,
    typed,
    typed_name_of,
)
from desktop_app.core.history.export.parts import PartColumn, columns_of
from desktop_app.core.history.export.request import Shape

ATTRIBUTES = "attributes"

# What reads otherwise in each zone can be told from the moment.  What isn't derived from the
# conversation is the person's own, or depends on what else is held.
_KEYS = tuple(each.key for each in DERIVED if not each.shown)
# What tells whose part it is, besides what joins the two tables.
_KEYS_OF_PARTS = ("conversation_id", "start", "media", "direction", "outcome")

_TYPES = {
    Kind.INSTANT: "TIMESTAMP WITH TIME ZONE",
    Kind.DURATION: "BIGINT",
    Kind.COUNT: "BIGINT",
    Kind.NUMBER: "DOUBLE",
    Kind.TEXT: "VARCHAR",
    Kind.LIST: "VARCHAR[]",
    Kind.FLAG: "BOOLEAN",
    Kind.ID: "VARCHAR",
}


@dataclass(frozen=True, slots=True)
class Table:
    """``version`` rises when a column is gone or means something else; new columns keep it."""

    name: str
    shape: Shape
    version: int
    about: str

    @property
    def keys(self) -> tuple[str, ...]:
        """Of the contacts' own columns."""
        return _KEYS if self.shape is Shape.CONVERSATION else _KEYS_OF_PARTS


TABLES = (
    Table("contacts", Shape.CONVERSATION, 1, "One row for each contact."),
    Table("agent_legs", Shape.LEG, 1, "One row for each part that an agent had in a contact."),
    Table("segments", Shape.SEGMENT, 1, "One row for each segment of each part of a contact."),
)


@dataclass(frozen=True, slots=True)
class PublishedColumn:
    """``type`` is DuckDB's name for it; ``about`` its title, and what it says."""

    name: str
    type: str
    about: str


def columns(table: Table) -> list[PublishedColumn]:
    """In the order of the files; the day of the folder, ``utc_day``, comes last."""
    described: list[Column | PartColumn] = [*map(column, table.keys), *columns_of(table.shape)]
    found = [
        PublishedColumn(_name(each.key, each.kind), _TYPES[each.kind], f"{each.title}: {each.help}")
        for each in described
    ]
    if table.shape is Shape.CONVERSATION:
        about = "Participants' attributes: what flows and scripts have set, by their keys"
        found.append(PublishedColumn(ATTRIBUTES, "MAP(VARCHAR, VARCHAR)", about))
    return found


def cells(table: Table, *, mask: bool) -> list[Cell]:
    """The same columns, without the attributes, as SQL."""
    parts = part_cells(columns_of(table.shape), mask=mask)
    return [*contact_cells(table.keys, mask=mask), *parts]


def selected(table: Table, *, mask: bool) -> Sequence[str]:
    """The columns as SQL, each with its name."""
    found = [
        f'{typed(cell, ())} AS "{_name(cell.key, cell.kind)}"' for cell in cells(table, mask=mask)
    ]
    if table.shape is Shape.CONVERSATION:
        attributes = f"mask_map({ATTRIBUTES})" if mask else ATTRIBUTES
        found.append(f"{attributes} AS {ATTRIBUTES}")
    return found


def content(table: Table, *, mask: bool) -> str:
    """SQL of the values that a row's hash is made of."""
    values = [cell.value for cell in cells(table, mask=mask)]
    if table.shape is Shape.CONVERSATION:
        values.append(ATTRIBUTES)
    return ", ".join(values)


def _name(key: str, kind: Kind) -> str:
    return typed_name_of(key, kind).replace(".", "_")
