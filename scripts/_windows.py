"""The installer for Windows, by Inno Setup's compiler.

``CONTACT_HISTORY_SIGN`` is a command that signs the file at its ``$f``; without it nothing is
signed, and that is said.  Never run outside the release's Windows machine (docs/packaging.md).
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = ROOT / "packaging" / "windows" / "contact-history.iss"
PROGRAMS = ("contact-history.exe", "Contact History.exe")


def pack(frozen: Path, into: Path, version: str) -> list[Path]:
    """Sign the programs, compile the installer, and have it signed as it is written."""
    signer = os.environ.get("CONTACT_HISTORY_SIGN", "")
    if signer:
        for program in PROGRAMS:
            subprocess.run(signer.replace("$f", f'"{frozen / program}"'), check=True)
    else:
        print("Not signed: CONTACT_HISTORY_SIGN isn't set. Windows will warn of it.", flush=True)
    subprocess.run(compiler_call(frozen, into, version, signer), check=True)
    return [into / f"contact-history-{version}-setup.exe"]


def compiler_call(frozen: Path, into: Path, version: str, signer: str) -> list[str]:
    """How Inno Setup's compiler is called; in a signer's command it wants $q for a quote."""
    quoted = signer.replace('"', "$q")
    signing = ["/DSigner", f"/Ssigner={quoted}"] if signer else []
    return [
        "iscc",
        f"/DVersion={version}",
        f"/DSource={frozen}",
        f"/O{into}",
        *signing,
        str(SCRIPT),
    ]
