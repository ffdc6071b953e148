"""What stands in place of the table while it has no rows: why, and the next step."""

from __future__ import annotations

from enum import Enum, auto
from typing import NamedTuple

from desktop_app.core.history.coverage import Coverage
from desktop_app.core.signin.permissions import Feature, Rights
from desktop_app.gui.assets import Icon


class Step(Enum):
    """What the button of an empty state does."""

    NONE = auto()
    CLEAR_FILTER = auto()
    READ = auto()


class EmptyState(NamedTuple):
    icon: Icon
    title: str
    text: str
    action: str = ""
    step: Step = Step.NONE


def empty_state(
    rights: Rights,
    *,
    is_filtered: bool,
    total: int,
    is_reading: bool,
    is_offline: bool,
    coverage: Coverage | None,
) -> EmptyState:
    """``total`` is how many contacts the range holds without the filter."""
    if not rights.may(Feature.HISTORY):
        return EmptyState(
            Icon.LOCK, "You may not read contact history", rights.lack(Feature.HISTORY)
        )
    if is_filtered and total:
        return EmptyState(
            Icon.SEARCH,
            "No contact matches",
            f"None of the {total:,} contacts in this range is as the filter says.",
            "Clear the filter",
            Step.CLEAR_FILTER,
        )
    if is_reading:
        return EmptyState(Icon.CLOCK, "Reading history …", "Rows appear as they arrive.")
    if coverage is not None and coverage.complete:
        return EmptyState(
            Icon.INBOX_EMPTY,
            "No contacts in this range",
            "Genesys Cloud has none that started then. Choose another range.",
        )
    if is_offline:
        return EmptyState(
            Icon.GLOBE,
            "Nothing is held of this range",
            "It can be read when Genesys Cloud can be reached again. Choose another range"
            " meanwhile.",
            "Go online",
            Step.READ,
        )
    return EmptyState(
        Icon.WARNING,
        "Nothing was read yet",
        "This range has not been read.",
        "Try again",
        Step.READ,
    )
