"""Makes the packages of this system in ``dist/``: freezes the program, packs it, tries it.

    python -m scripts._package             everything
    python -m scripts._package --prove     and installs the .deb into a bare Debian (needs root)
    python -m scripts._package --frozen    packs what ``build/`` still holds of the last freeze

The same spec serves three systems; what differs is in ``_linux``, ``_windows`` and ``_macos``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from desktop_app import __version__
from desktop_app.core.updates.feed import is_https, read_key
from scripts import _icons, _licences, _linux, _macos, _windows

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
FROZEN = BUILD / "frozen" / "contact-history"
DIST = ROOT / "dist"


def freeze(icons: dict[int, Path]) -> None:
    """Run PyInstaller; the program's folder is then ``FROZEN`` (on macOS beside an app bundle)."""
    largest, feed = icons[max(icons)], write_feed(BUILD / "feed.json")
    work = ["--distpath", str(FROZEN.parent), "--workpath", str(BUILD / "work")]
    subprocess.run(
        [
            *(sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"),
            *work,
            str(ROOT / "packaging" / "contact-history.spec"),
        ],
        env={
            **os.environ,
            "CONTACT_HISTORY_ICON": str(largest),
            "CONTACT_HISTORY_FEED": str(feed),
            "PYTHONHASHSEED": "0",
        },
        check=True,
    )
    _licences.gather(ROOT / "requirements.lock", FROZEN / "licences")


def write_feed(file: Path) -> Path:
    """Where this copy looks for newer versions: CONTACT_HISTORY_FEED_URL, signed by the holder of
    CONTACT_HISTORY_FEED_PUBLIC_KEY.  Raises ValueError where they can't be used."""
    url = os.environ.get("CONTACT_HISTORY_FEED_URL", "")
    key = os.environ.get("CONTACT_HISTORY_FEED_PUBLIC_KEY", "")
    if url or key:
        read_key(key)
        if not is_https(url):
            raise ValueError("CONTACT_HISTORY_FEED_URL must be an https address.")
    else:
        print("No update feed: CONTACT_HISTORY_FEED_URL isn't set.", flush=True)
    file.write_text(json.dumps({"url": url, "key": key}), encoding="utf-8")
    return file


def try_program() -> None:
    """Run the frozen program's self-test. Raises CalledProcessError when it finds a fault."""
    if sys.platform.startswith("linux"):
        _linux.strip(FROZEN)
        _linux.try_program(FROZEN)
    else:
        program = _windows.PROGRAMS[0] if sys.platform == "win32" else "contact-history"
        subprocess.run([FROZEN / program, "--self-test"], check=True)


def pack(icons: dict[int, Path]) -> list[Path]:
    """This system's packages, in ``DIST``."""
    shutil.rmtree(DIST, ignore_errors=True)
    DIST.mkdir()
    if sys.platform == "win32":
        return _windows.pack(FROZEN, DIST, __version__)
    if sys.platform == "darwin":
        return _macos.pack(FROZEN.parent / "Contact History.app", DIST, __version__)
    return _linux.pack(FROZEN, DIST, __version__, icons)


def write_checksums(packages: list[Path]) -> None:
    """As ``sha256sum`` writes and checks them."""
    lines = []
    for package in packages:
        with package.open("rb") as file:
            lines.append(f"{hashlib.file_digest(file, 'sha256').hexdigest()}  {package.name}\n")
    (DIST / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


def installed_mb(folder: Path) -> float:
    """What a folder takes, in MB (10⁶ bytes), links not followed."""
    files = (each for each in folder.rglob("*") if each.is_file() and not each.is_symlink())
    return sum(each.stat().st_size for each in files) / 1e6


def main() -> int:
    parser = argparse.ArgumentParser(description="Make the packages of this system.")
    parser.add_argument("--prove", action="store_true", help="try the .deb in a bare Debian")
    parser.add_argument("--frozen", action="store_true", help="pack the last freeze again")
    given = parser.parse_args()
    icons = _icons.draw_icons(ROOT / "resources" / "icons" / "app.svg", BUILD / "icons")
    if not given.frozen:
        freeze(icons)
    try_program()
    packages = pack(icons)
    write_checksums(packages)
    print(f"Installed: {installed_mb(FROZEN):.0f} MB.", flush=True)
    for package in packages:
        print(f"{package.relative_to(ROOT)}: {package.stat().st_size / 1e6:.1f} MB", flush=True)
    if given.prove:
        from scripts import _prove  # Linux only

        return _prove.prove(next(each for each in packages if each.suffix == ".deb"), FROZEN)
    return 0


if __name__ == "__main__":
    sys.exit(main())
