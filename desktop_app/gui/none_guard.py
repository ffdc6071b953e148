"""Keeps ``None`` and ``True`` alive on Python 3.11, where PySide6 6.12 would use them up.

Calls into PySide6 6.12.0 give away references that they never took (measured): one to ``None``
per ``QPainter.drawLine``, ``QWidget.setVisible``, ``QWidget.parent`` and whatever else returns
nothing, one to ``True`` per signal that is emitted.  Since Python 3.12 both are immortal and
don't count (PEP 683); on 3.11 the count reaches zero after some thousand calls and the
interpreter aborts.  ``docs/decisions`` has the story.
"""

from __future__ import annotations

import ctypes
import sys

# Half of what the counter can hold: at a million calls a second it lasts for a hundred years.
_PLENTY = 1 << 62


def keep_none() -> None:
    """Give both more references than can ever be used up. Does nothing where they are immortal."""
    if sys.version_info >= (3, 12) or sys.implementation.name != "cpython":
        return
    for constant in (None, True):
        count = ctypes.c_ssize_t.from_address(id(constant))  # ob_refcnt is the first field
        if count.value < _PLENTY:
            count.value += _PLENTY
