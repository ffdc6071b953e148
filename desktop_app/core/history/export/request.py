"""What is to be written into a file. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from desktop_app.core.errors import InputError
from desktop_app.core.history.query import Query
from desktop_app.core.history.reader import Numbers


class Format(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"
    JSONL = "jsonl"


class Shape(StrEnum):
    """What a row stands for."""

    CONVERSATION = "conversation"
    LEG = "agent-leg"
    SEGMENT = "segment"


class Durations(StrEnum):
    """How a text file and a spreadsheet tell how long something took."""

    CLOCK = "h:mm:ss"
    SECONDS = "seconds"
    MILLISECONDS = "milliseconds"


@dataclass(frozen=True, slots=True)
class Style:
    """How texts read; each format looks at what concerns it.

    ``separator`` and ``bom`` are for CSV.  ``raw`` writes JSON Lines of the conversations as the
    service told them, instead of rows.  ``by_day`` makes Parquet a folder with a part for each
    UTC day.
    """

    separator: str = ","
    bom: bool = False
    durations: Durations = Durations.CLOCK
    raw: bool = False
    by_day: bool = False

    def __post_init__(self) -> None:
        if self.separator not in (",", ";"):
            raise InputError('Cells are set apart by "," or ";". Choose one of them.')


@dataclass(frozen=True, slots=True)
class Export:
    """The contacts that ``query`` finds, in its order, or only those of ``numbers``, in theirs.

    ``columns`` are keys of the registry, "attr.X" too; the finer shapes have theirs besides
    (``parts``).  Instants read in the zone of ``query.clock`` where a file is for people.
    """

    query: Query
    columns: tuple[str, ...]
    format: Format
    shape: Shape = Shape.CONVERSATION
    style: Style = Style()
    numbers: Numbers | None = None

    def __post_init__(self) -> None:
        if self.style.raw and (
            self.format is not Format.JSONL or self.shape is not Shape.CONVERSATION
        ):
            raise InputError(
                "Conversations as Genesys told them go into JSON Lines, one in a line."
                " Choose that format and one row for each conversation."
            )
        if not self.columns and not self.style.raw:
            raise InputError("There is nothing to write. Choose at least one column.")
        if self.style.by_day and self.format is not Format.PARQUET:
            raise InputError("Only Parquet can be parted by day. Choose that format.")
