"""No picture of this program's memory is left behind when it crashes (safety T28).

Nothing is sent anywhere either: Qt's Chromium is built without a crash reporter, so there is no
upload to switch off.
"""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path

_SEM_FAILCRITICALERRORS = 0x0001
_SEM_NOGPFAULTERRORBOX = 0x0002


def forbid_dumps() -> None:
    """Keep the operating system from writing a core file or a memory dump of this process.

    Call it before Qt is loaded: Chromium's processes, which hold what is typed into the login
    page, inherit it.  On Windows, where it is untested, Error Reporting is kept out of the
    process, and of the packaged program for good.
    """
    if sys.platform == "win32":
        _forbid_error_reports()
    else:
        _forbid_core_files()


if sys.platform == "win32":

    def _forbid_error_reports() -> None:
        ctypes.windll.kernel32.SetErrorMode(_SEM_FAILCRITICALERRORS | _SEM_NOGPFAULTERRORBOX)
        if getattr(sys, "frozen", False):  # else it would exclude every Python program
            name = Path(sys.executable).name
            ctypes.windll.wer.WerAddExcludedApplication(ctypes.c_wchar_p(name), False)

else:
    import resource

    def _forbid_core_files() -> None:
        """A limit of 0 forbids the file, but on Linux not the pipe to a crash collector.

        A limit of 1 byte forbids both there: the kernel takes it for a collector's own crash
        (fs/coredump.c), and a file would need a page.  PR_SET_DUMPABLE is no way: with it
        Chromium's children, measured, end up without a user namespace of their own (T16).
        """
        wanted = 1 if sys.platform == "linux" else 0
        _, hard = resource.getrlimit(resource.RLIMIT_CORE)
        if hard != resource.RLIM_INFINITY:
            wanted = min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_CORE, (wanted, wanted))
