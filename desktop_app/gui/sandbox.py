"""Whether Chromium's sandbox works here, decided before Qt is loaded. Imports no Qt.

The sandbox stays on.  Where it can't work (as root, or without user namespaces) it is switched
off only for a program that will show pages of this very computer and nothing else: the
practice organisation and tests.  Otherwise sign-in is refused with the reason (safety T16).
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import MutableMapping

_SWITCH = "QTWEBENGINE_DISABLE_SANDBOX"
_FLAGS = "QTWEBENGINE_CHROMIUM_FLAGS"

# Variables that could open a debugging port, switch protections off or load foreign code.
_HOSTILE_PREFIXES = ("QTWEBENGINE_", "QTWEBENGINEPROCESS_")
_HOSTILE = (
    "QT_PLUGIN_PATH",
    "QT_QPA_PLATFORM_PLUGIN_PATH",
    "QML_IMPORT_PATH",
    "QML2_IMPORT_PATH",
    "QT_QPA_GENERIC_PLUGINS",
    "SSLKEYLOGFILE",
)

_CLONE_NEWUSER = 0x10000000


def scrub(environment: MutableMapping[str, str] = os.environ) -> list[str]:
    """Drop the variables that could weaken the web view (safety T17); returns their names."""
    dropped = [
        name
        for name in environment
        if name.upper().startswith(_HOSTILE_PREFIXES) or name.upper() in _HOSTILE
    ]
    for name in dropped:
        del environment[name]
    return dropped


def why_unsandboxed() -> str:
    """Empty where Chromium's sandbox works, else a clause that says why it can't."""
    if not sys.platform.startswith("linux"):
        return ""
    if os.geteuid() == 0:
        return "the program runs as root"
    if not _user_namespaces():
        return "this system doesn't let programs make user namespaces"
    return ""


def _user_namespaces() -> bool:
    """Try it in a child: entering a namespace can't be undone."""
    child = os.fork()
    if child == 0:
        libc = ctypes.CDLL(None, use_errno=True)
        os._exit(0 if libc.unshare(_CLONE_NEWUSER) == 0 else 1)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) == 0


def prepare(*, loopback_only: bool, environment: MutableMapping[str, str] = os.environ) -> str:
    """Clean the environment and settle the sandbox; call before Qt WebEngine is imported.

    Returns the reason for which sign-in must be refused, empty when it is safe.
    ``loopback_only``: every host that this process will ever show is on this computer.
    """
    scrub(environment)
    environment[_FLAGS] = "--log-level=3"  # fatal only: what it says may quote pages (T26)
    why = why_unsandboxed()
    if not why:
        return ""
    if loopback_only:
        environment[_SWITCH] = "1"
        return ""
    return why


def is_switched_off(environment: MutableMapping[str, str] = os.environ) -> bool:
    return environment.get(_SWITCH) == "1"
