"""The disk image for macOS: signs the app from the inside out, packs it and has it notarised.

``CONTACT_HISTORY_IDENTITY`` is the name of a "Developer ID Application" certificate in the
keychain, and ``CONTACT_HISTORY_NOTARY`` a profile that ``notarytool store-credentials`` has kept.
Without them the app is signed for this computer only, and that is said.  Never run outside the
release's macOS machine (docs/packaging.md).
"""

from __future__ import annotations

import os
import platform
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "packaging" / "macos"
AD_HOC = "-"


def pack(app: Path, into: Path, version: str) -> list[Path]:
    identity = os.environ.get("CONTACT_HISTORY_IDENTITY", "")
    if not identity:
        print("Signed for this computer only: CONTACT_HISTORY_IDENTITY isn't set.", flush=True)
    sign(app, identity or AD_HOC)
    image = into / f"contact-history-{version}-macos-{platform.machine()}.dmg"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.run(["ditto", str(app), str(folder / app.name)], check=True)
        (folder / "Applications").symlink_to("/Applications")
        subprocess.run(
            [
                *("hdiutil", "create", "-volname", "Contact History", "-format", "ULMO"),
                *("-srcfolder", str(folder), str(image)),
            ],
            check=True,
        )
    notary = os.environ.get("CONTACT_HISTORY_NOTARY", "")
    if identity and notary:
        subprocess.run(_codesign(image, identity), check=True)
        submit = ["notarytool", "submit", str(image), "--keychain-profile", notary, "--wait"]
        subprocess.run(["xcrun", *submit], check=True)
        subprocess.run(["xcrun", "stapler", "staple", str(image)], check=True)
    else:
        print("Not notarised: CONTACT_HISTORY_NOTARY isn't set. macOS will refuse it.", flush=True)
    return [image]


def sign(app: Path, identity: str) -> None:
    """Sign what is in the app before the app, as Apple asks; never all at once."""
    for part in signing_order(app):
        entitlements = None
        if part == app:
            entitlements = SOURCES / "entitlements.plist"
        elif part.name == "QtWebEngineProcess.app":
            entitlements = SOURCES / "browser-entitlements.plist"
        subprocess.run(_codesign(part, identity, entitlements), check=True)
    subprocess.run(["codesign", "--verify", "--strict", "--deep", str(app)], check=True)


def signing_order(app: Path) -> list[Path]:
    """Libraries, programs, frameworks and apps within, the deepest first; the app itself last."""
    found = {app}
    for path in app.rglob("*"):
        if path.is_symlink():
            continue
        is_bundle = path.is_dir() and path.suffix in {".framework", ".app"}
        is_code = path.is_file() and (path.suffix in {".dylib", ".so"} or _is_program(path))
        if is_bundle or is_code:
            found.add(path)
    return sorted(found, key=lambda path: (-len(path.parts), str(path)))


def _is_program(path: Path) -> bool:
    """Mach-O by its first bytes: 64 bits, or universal."""
    with path.open("rb") as file:
        return file.read(4) in {b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe"}


def _codesign(path: Path, identity: str, entitlements: Path | None = None) -> list[str]:
    call = ["codesign", "--force", "--sign", identity]
    if identity != AD_HOC:
        call += ["--options", "runtime", "--timestamp"]
    if entitlements is not None:
        call += ["--entitlements", str(entitlements)]
    return [*call, str(path)]
