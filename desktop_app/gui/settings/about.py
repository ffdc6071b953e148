"""What this program is made of, for the settings page and for reports of faults."""

from __future__ import annotations

from PySide6.QtCore import qVersion
from PySide6.QtWebEngineCore import (
    qWebEngineChromiumSecurityPatchVersion,
    qWebEngineChromiumVersion,
)

from desktop_app import __version__

LICENCES = (
    "Contact History and its icons are free software under the MIT licence. Qt and PySide6 are "
    "used under the LGPL 3, Chromium under the BSD licence."
)


def versions() -> list[tuple[str, str]]:
    """Part and version; of Chromium also the release whose security patches it has (T24)."""
    # The stubs say bytes; it is text.
    chromium, patched = map(
        str, (qWebEngineChromiumVersion(), qWebEngineChromiumSecurityPatchVersion())
    )
    return [
        ("Contact History", __version__),
        ("Qt", qVersion()),
        ("Chromium", f"{chromium}, patches to {patched}"),
    ]
