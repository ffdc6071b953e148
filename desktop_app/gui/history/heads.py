"""What stands over a column, and on which side its cells stand under it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt

from desktop_app.core.history.columns import Column, Kind

Title = Callable[[Column], str]

_RIGHT_ALIGNED = (Kind.DURATION, Kind.COUNT, Kind.NUMBER)


def title(shown: Column) -> str:
    """A column's title where nothing has to be hidden."""
    return shown.title


def is_right_aligned(shown: Column) -> bool:
    """Numbers stand at the right, so that their digits line up; everything else at the left."""
    return shown.kind in _RIGHT_ALIGNED


def alignment(shown: Column) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if is_right_aligned(shown) else Qt.AlignmentFlag.AlignLeft
    # Absolute: a name written from right to left stays under its column's head.
    return side | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute
