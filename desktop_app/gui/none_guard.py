"""Keeps ``None`` alive on Python 3.11, where PySide6 6.12 would use it up.

Calls into PySide6 6.12.0 that return nothing give away a reference to ``None`` that they never
took (measured: one per ``QPainter.drawLine``, ``QWidget.setVisible``, ``QWidget.parent`` …).
Since Python 3.12 ``None`` is immortal and doesn't count (PEP 683); on 3.11 the count reaches
zero after some thousand calls and the interpreter aborts.  ``docs/decisions`` has the story.
"""

from __future__ import annotations

import ctypes
import sys

# Half of what the counter can hold: at a million calls a second it lasts for a hundred years.
_PLENTY = 1 << 62


def keep_none() -> None:
    """Give ``None`` more references than can ever be used up. Does nothing where it is immortal."""
    if sys.version_info >= (3, 12) or sys.implementation.name != "cpython":
        return
    count = ctypes.c_ssize_t.from_address(id(None))  # ob_refcnt is an object's first field
    if count.value < _PLENTY:
        count.value += _PLENTY
