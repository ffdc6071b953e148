"""Tooltips show text, never markup."""

from __future__ import annotations

import html


def plain(words: str) -> str:
    """``words`` for a tooltip, which would otherwise obey markup in them (safety T39)."""
    return f"<p style='white-space: pre-wrap'>{html.escape(words)}</p>" if words else ""
