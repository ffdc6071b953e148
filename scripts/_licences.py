"""Gathers the licences of what a package of this program carries along.

Each package's own texts, as its wheel has them; the few that bring none are named in ``STANDING``.
"""

from __future__ import annotations

import re
import shutil
import sysconfig
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TEXTS = ROOT / "packaging" / "licences"
QT = ("LGPL-3.0.txt", "GPL-3.0.txt")  # the LGPL is a set of additions to the GPL

STANDING: dict[str, tuple[str, ...]] = {
    "pyside6-essentials": QT,
    "pyside6-addons": QT,
    "pyside6-webengine": QT,
    "shiboken6": QT,
}
"""Texts in ``packaging/licences`` for packages whose wheels bring none."""

SAME_AS = {"duckdb-extension-httpfs": "duckdb"}
"""Made by the same people under the same licence as another package."""

_TEXT = re.compile(r"(licen[cs]e|copying|notice)", re.IGNORECASE)


def locked_packages(lock: Path) -> list[str]:
    """The names in a lock file that are installed here, sorted."""
    named = re.findall(r"^([A-Za-z0-9._-]+)==", lock.read_text(encoding="utf-8"), re.MULTILINE)
    here = {normal(each.name) for each in metadata.distributions()}
    return sorted(name for name in map(normal, named) if name in here)


def normal(name: str) -> str:
    """A package's name in the form that indexes compare."""
    return re.sub(r"[-_.]+", "-", name).lower()


def texts_of(name: str) -> list[Path]:
    """Where the licence of a package stands. Raises LookupError where that isn't known."""
    if name in STANDING:
        return [TEXTS / text for text in STANDING[name]]
    files = metadata.files(SAME_AS.get(name, name)) or []
    found = [
        Path(str(each.locate()))
        for each in files
        if _TEXT.match(each.name) and ".dist-info" in each.parts[0]
    ]
    if not found:
        raise LookupError(f"{name} brings no text of its licence: name one in scripts/_licences.py")
    return found


def gather(lock: Path, folder: Path) -> None:
    """Write every text into ``folder``, and a list of whose they are."""
    folder.mkdir(parents=True, exist_ok=True)
    listed = [f"Python {sysconfig.get_python_version()}: PSF-2.0"]
    python_text = Path(sysconfig.get_path("stdlib"), "LICENSE.txt")
    if python_text.exists():
        shutil.copyfile(python_text, folder / "python.txt")
    for name in locked_packages(lock):
        about = metadata.metadata(name).json
        licence = str(about.get("license_expression") or about.get("license") or "see its text")
        listed.append(f"{about['name']} {about['version']}: {licence.splitlines()[0]}")
        for number, text in enumerate(texts_of(name)):
            into = folder / (f"{name}-{number + 1}.txt" if number else f"{name}.txt")
            shutil.copyfile(text, into)
    listed.append("Chromium, within Qt WebEngine: chrome://credits names its parts' licences")
    (folder / "README.txt").write_text("\n".join([*listed, ""]), encoding="utf-8")
