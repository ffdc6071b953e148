"""Whether a file is an administrator's: only such a one may decide for everybody.

On Windows anybody may make a folder under ProgramData, so the owner is asked for; elsewhere
the owner and who else may write.  The Windows part follows the documented calls of advapi32; it
has run on no machine of the tests, which hold the rule to account with stand-ins.
"""

from __future__ import annotations

import stat
import sys
from pathlib import Path

ADMINISTRATORS = frozenset(
    {
        "S-1-5-18",  # SYSTEM
        "S-1-5-32-544",  # the group Administrators, owner of what an elevated person makes
        "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464",  # TrustedInstaller
    }
)  # well-known SIDs, [MS-DTYP] 2.4.2.4


def is_administrators(path: Path) -> bool:
    """Whether nobody but an administrator can have written the file or put it in its folder.

    Raises OSError when that can't be found out.
    """
    return all(_belongs(each) for each in (path, path.parent))


def _belongs(path: Path) -> bool:
    if sys.platform == "win32":
        return owner_sid(path) in ADMINISTRATORS
    return is_roots(path.stat().st_mode, path.stat().st_uid, path.stat().st_gid)


def is_roots(mode: int, owner: int, group: int) -> bool:
    """By POSIX modes: root's, and writable by nobody else."""
    by_group = bool(mode & stat.S_IWGRP) and group != 0
    return owner == 0 and not by_group and not mode & stat.S_IWOTH


def owner_sid(path: Path) -> str:
    """The owner's security identifier as text. Raises OSError; Windows only."""
    if sys.platform != "win32":
        raise OSError("security identifiers are Windows' own")
    import ctypes
    from ctypes import wintypes

    advapi32 = ctypes.WinDLL("advapi32", use_last_error=True)
    kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
    file_object, owner_information = 1, 1
    owner, descriptor, text = ctypes.c_void_p(), ctypes.c_void_p(), wintypes.LPWSTR()
    failed = advapi32.GetNamedSecurityInfoW(
        wintypes.LPCWSTR(str(path)),
        file_object,
        owner_information,
        ctypes.byref(owner),
        None,
        None,
        None,
        ctypes.byref(descriptor),
    )
    if failed:
        raise ctypes.WinError(failed)
    try:
        if not advapi32.ConvertSidToStringSidW(owner, ctypes.byref(text)):
            raise ctypes.WinError(ctypes.get_last_error())
        try:
            return text.value or ""
        finally:
            kernel32.LocalFree(text)
    finally:
        kernel32.LocalFree(descriptor)
