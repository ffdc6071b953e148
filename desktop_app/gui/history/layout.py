"""How a person has arranged the history screen: keys of columns and sizes, nothing of a contact."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import msgspec

from desktop_app.core.history.columns import DEFAULT_KEYS, PINNED, column

DEFAULT_SORT = "start"
SIZES = (196, 868, 376)  # values, table, details
DETAILS_SIZES = (420, 300)  # timeline and facts, tabs
_NARROWEST_PX, _WIDEST_PX = 24, 2_000


@dataclass(frozen=True)
class Layout:
    """``widths`` are those of the columns that the person has drawn wider or narrower."""

    columns: tuple[str, ...] = DEFAULT_KEYS  # as they stand
    widths: dict[str, int] = field(default_factory=dict)
    sort: str = DEFAULT_SORT
    descending: bool = True
    shows_values: bool = True
    shows_details: bool = True
    sizes: tuple[int, ...] = SIZES
    details_sizes: tuple[int, ...] = DETAILS_SIZES

    def as_text(self) -> str:
        return msgspec.json.encode(self).decode()


def layout_from(text: str) -> Layout:
    """What ``as_text`` has written. Keys that are no column's any more are dropped; a text that
    can't be read is the layout that everybody begins with."""
    with contextlib.suppress(msgspec.DecodeError, UnicodeEncodeError):
        return _mended(msgspec.json.decode(text, type=Layout))
    return Layout()


def _mended(told: Layout) -> Layout:
    keys = _known(told.columns)
    missing = [key for key in PINNED if key not in keys]
    return replace(
        told,
        columns=(*missing, *keys) if keys else DEFAULT_KEYS,
        widths={
            key: max(_NARROWEST_PX, min(told.widths[key], _WIDEST_PX))
            for key in _known(tuple(told.widths))
        },
        sort=told.sort if _known([told.sort]) else DEFAULT_SORT,
        sizes=_sound(told.sizes, SIZES),
        details_sizes=_sound(told.details_sizes, DETAILS_SIZES),
    )


def _sound(sizes: tuple[int, ...], otherwise: tuple[int, ...]) -> tuple[int, ...]:
    is_sound = len(sizes) == len(otherwise) and all(0 < size <= _WIDEST_PX * 2 for size in sizes)
    return sizes if is_sound else otherwise


def _known(keys: Sequence[str]) -> list[str]:
    """Those of columns, each once."""
    found: list[str] = []
    for key in keys:
        with contextlib.suppress(KeyError):
            if column(key).key not in found:
                found.append(key)
    return found
