"""Whether a file is an administrator's: only such a one may decide for everybody.

On Windows anybody may make a folder under ProgramData, so the owner is asked for; elsewhere the
owner, and who else may write.  The rules are pure and tested for every platform on each.
``owner_sid`` follows the documented calls of advapi32 and can run on Windows only: it was written
without one at hand, and the tests reach it there alone.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path

ADMINISTRATORS = frozenset(
    {
        "S-1-5-18",  # SYSTEM
        "S-1-5-32-544",  # the group Administrators, owner of what an elevated person makes
        "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464",  # TrustedInstaller
    }
)  # well-known SIDs, [MS-DTYP] 2.4.2.4

# A Mac's administrators are the members of these; installers leave folders to "admin".  Elsewhere
# no group is known to be theirs, and the group's bits may stand for an access list (acl(5)).
_ADMINISTRATORS_GROUPS = {"darwin": (0, 80)}  # wheel, admin


def owner_sid(path: Path) -> str:
    """The owner's security identifier as text, as Windows has it. Raises OSError."""
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


def is_administrators(
    path: Path,
    *,
    platform: str = sys.platform,
    status: Callable[[Path], os.stat_result] = Path.stat,
    owner: Callable[[Path], str] = owner_sid,
) -> bool:
    """Whether the file and its folder are an administrator's, and those that a link leads to.

    On Windows the owner alone counts: rights that an administrator gives away, or leaves to
    somebody when taking a folder over, are not seen.  Raises OSError when it can't be found out.
    """
    real = path.resolve(strict=True)
    places = (path.parent, real, real.parent)
    if platform == "win32":
        return all(owner(place) in ADMINISTRATORS for place in places)
    return all(_is_roots(status(place), platform) for place in places)


def _is_roots(found: os.stat_result, platform: str) -> bool:
    """Root's, and writable by nobody who isn't an administrator anyway."""
    others = stat.S_IWOTH
    if found.st_gid not in _ADMINISTRATORS_GROUPS.get(platform, ()):
        others |= stat.S_IWGRP
    return found.st_uid == 0 and not found.st_mode & others
