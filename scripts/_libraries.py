"""Sees to the system libraries and fonts that Qt WebEngine needs on Debian and Ubuntu.

Run with the environment's Python.  What is missing is installed when this may be done (as root,
with apt-get); else the one line that installs it is printed.  Silent when nothing is missing.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")
FONT_PACKAGES = ("fonts-dejavu-core", "fonts-droid-fallback")
"""Latin, Greek and Cyrillic; and the scripts of East Asia, for people's names."""

TEST_PROGRAMS = ("chromium", "strace")
"""Programs, and Debian's packages of the same names, without which some tests are skipped."""

IRREGULAR = {
    "libGLdispatch.so.0": "libglvnd0",
    "libbrotlicommon.so.1": "libbrotli1",
    "libbrotlidec.so.1": "libbrotli1",
    "libgio-2.0.so.0": "libglib2.0-0",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgobject-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libnspr4.so": "libnspr4",
    "libnss3.so": "libnss3",
    "libnssutil3.so": "libnss3",
    "libplc4.so": "libnspr4",
    "libplds4.so": "libnspr4",
    "libsmime3.so": "libnss3",
    "libz.so.1": "zlib1g",
}
"""The libraries whose packages the naming rule of ``regular_package`` does not give."""


def missing_libraries(qt: Path) -> list[str]:
    """Sonames that the WebEngine of the Qt in ``qt`` asks for and the system lacks, sorted."""
    asking = [
        qt / "libexec/QtWebEngineProcess",
        qt / "lib/libQt6WebEngineWidgets.so.6",
        *(qt / "plugins/platforms").glob("libq*wayland*.so"),
        *(qt / "plugins/platforms").glob("libq[xo]*.so"),  # xcb and offscreen
    ]
    found = subprocess.run(
        ["ldd", *filter(Path.exists, asking)],
        capture_output=True,
        text=True,
        env={**os.environ, "LC_ALL": "C"},
        check=False,
    )
    return sorted(set(re.findall(r"^\s+(\S+) => not found", found.stdout, re.MULTILINE)))


def regular_package(soname: str) -> str:
    """The package of a library by Debian's naming rule (Debian Policy §8.1).

    The name and the soname's version, with a dash between two digits: ``libxcb-dri3.so.0`` is in
    ``libxcb-dri3-0``, ``libX11-xcb.so.1`` in ``libx11-xcb1``.
    """
    name, _, version = soname.lower().replace("_", "-").partition(".so.")
    return f"{name}-{version}" if name[-1:].isdigit() else f"{name}{version}"


def package_of(soname: str, known: Iterable[str]) -> str:
    """The package to install for ``soname``, given the ``known`` names.

    Where the 64-bit time transition renamed it (Ubuntu 24.04, Debian 13), that is the new name.
    """
    package = IRREGULAR.get(soname) or regular_package(soname)
    renamed = f"{package}t64"
    return renamed if renamed in known else package


def has_fonts() -> bool:
    """Whether any font is installed; without one, text is drawn as empty boxes."""
    folders = (Path(folder).expanduser() for folder in FONT_FOLDERS)
    return any(
        path.suffix.lower() in {".ttf", ".otf", ".ttc", ".pfb"}
        for folder in folders
        for path in folder.rglob("*")
    )


def _known_packages() -> frozenset[str]:
    listed = subprocess.run(
        ["apt-cache", "pkgnames", "lib"], capture_output=True, text=True, check=False
    )
    return frozenset(listed.stdout.split())


def _packages(sonames: list[str]) -> list[str]:
    known = _known_packages()
    fonts = () if has_fonts() else FONT_PACKAGES
    return sorted({package_of(soname, known) for soname in sonames} | set(fonts))


def _install(packages: Iterable[str], what: str) -> None:
    print(f"Installing {what}.", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], env=environment, check=False)
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    # Progress is of no use to a person; errors go to stderr and are seen.
    subprocess.run(install, env=environment, stdout=subprocess.DEVNULL, check=False)


def _may_install() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install_test_programs() -> None:
    """Give a build machine what some tests need and skip without: a browser, and strace.

    Nobody's own machine gets a browser unasked.
    """
    missing = [program for program in TEST_PROGRAMS if shutil.which(program) is None]
    if missing and os.environ.get("CI") and _may_install():
        _install(missing, "the programs that some tests need")


def _advice(sonames: list[str]) -> str:
    """What a person who may install packages should do."""
    lacking = "libraries that Qt WebEngine needs" if sonames else "fonts"
    if shutil.which("apt-get") is None:
        return (
            f"This system lacks {lacking}. Install them with its package manager: "
            f"{', '.join(sonames) or 'any font'}."
        )
    packages = " ".join(_packages(sonames))
    return (
        f"This system lacks {lacking}. This line installs them:\n"
        f"  sudo apt-get install -y --no-install-recommends {packages}"
    )


def main() -> int:
    """Exit status 1 when a library is missing in the end; missing fonts are only spoken of."""
    spec = importlib.util.find_spec("PySide6")
    if not sys.platform.startswith("linux") or spec is None or spec.origin is None:
        return 0
    qt = Path(spec.origin).parent / "Qt"
    missing = missing_libraries(qt)
    if missing or not has_fonts():
        if _may_install():
            _install(_packages(missing), "the system libraries and fonts that Qt WebEngine needs")
            missing = missing_libraries(qt)
        if missing or not has_fonts():
            print(_advice(missing), file=sys.stderr)
    if "--tests" in sys.argv[1:]:
        install_test_programs()
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
