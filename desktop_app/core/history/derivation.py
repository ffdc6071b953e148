"""From the service's bytes to a row, in one pure step that can run in another process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from desktop_app.core.genesys import wire
from desktop_app.core.history import columns
from desktop_app.core.history.columns import Value
from desktop_app.core.history.conversation import read_contact
from desktop_app.core.history.outcome import State


class Derived(NamedTuple):
    """Plain values only, so that it pickles. ``cells`` as from ``columns.row``."""

    conversation_id: str
    start_ms: int | None
    is_open: bool
    state: State
    cells: dict[str, Value]
    attributes: dict[str, str]

    def __repr__(self) -> str:
        return f"Derived({self.conversation_id!r})"  # the rest is customers' data


def derive(raw: bytes, names: Mapping[tuple[str, str], str]) -> Derived:
    """A conversation's row; ``names`` are the names by kind and id.

    Raises ``msgspec.DecodeError`` for what is no JSON object.
    """
    contact = read_contact(
        wire.decode(raw, wire.Conversation), lambda kind, item: names.get((kind, item))
    )
    return Derived(
        conversation_id=contact.conversation_id,
        start_ms=contact.start_ms,
        is_open=contact.is_open,
        state=contact.outcome_state,
        cells=columns.row(contact),
        attributes=contact.attributes,
    )
