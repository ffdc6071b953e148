"""The packages for Linux: a ``.deb`` for Debian 12, Ubuntu 22.04 and later, and a plain tarball.

Written without Debian's own tools, so that the data can be packed with xz's filter for machine
code, which dpkg reads and ``dpkg-deb`` doesn't write.  Both hold the same bytes for the same
frozen program and ``SOURCE_DATE_EPOCH``.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import lzma
import os
import platform
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "packaging" / "linux"
NAME = "contact-history"
OPT = f"opt/{NAME}"

ARCHITECTURE = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), "unknown")
"""Debian's name of this machine's kind."""

_XZ = [
    *([{"id": lzma.FILTER_X86}] if ARCHITECTURE == "amd64" else []),
    {"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "dict_size": 1 << 26},
]
_UNSTRIPPED = ("_internal/libpython*", "_internal/python*/lib-dynload/*.so")
"""Python's own libraries, as its builders leave them; what wheels bring is stripped, or signed."""


@dataclass
class Tree:
    """What a package holds: files from the disk, files of given content, and links."""

    files: dict[str, Path] = field(default_factory=dict)
    written: dict[str, bytes] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)

    def add_folder(self, place: str, folder: Path) -> None:
        for path in folder.rglob("*"):
            name = f"{place}/{path.relative_to(folder).as_posix()}"
            if path.is_symlink():
                self.links[name] = str(path.readlink())
            elif path.is_file():
                self.files[name] = path

    def size_kib(self) -> int:
        kept = sum(path.stat().st_size for path in self.files.values())
        return (kept + sum(map(len, self.written.values()))) // 1024

    def md5sums(self) -> str:
        """As ``dpkg --verify`` reads them."""
        sums = {}
        for name, data in self.written.items():
            sums[name] = hashlib.md5(data, usedforsecurity=False).hexdigest()
        for name, path in self.files.items():
            sums[name] = hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
        return "".join(f"{sums[name]}  {name}\n" for name in sorted(sums))


def pack(frozen: Path, into: Path, version: str, icons: Mapping[int, Path]) -> list[Path]:
    """Write both packages; one is packed beside the other."""
    machine = platform.machine()
    tarball = into / f"{NAME}-{version}-linux-{machine}.tar.xz"
    deb = into / f"{NAME}_{version}_{ARCHITECTURE}.deb"
    with ThreadPoolExecutor(2) as pool:
        jobs = [
            pool.submit(_write_tar, tarball, portable_tree(frozen, version, icons)),
            pool.submit(write_deb, deb, installed_tree(frozen, icons), version),
        ]
        for job in jobs:
            job.result()
    return [deb, tarball]


def strip(frozen: Path) -> None:
    """Take the debugger's tables out of Python's own libraries."""
    for pattern in _UNSTRIPPED:
        for library in frozen.glob(pattern):
            if not library.is_symlink():
                subprocess.run(["strip", "--strip-unneeded", str(library)], check=True)


# --- what they hold -------------------------------------------------------------------------------


def installed_tree(frozen: Path, icons: Mapping[int, Path]) -> Tree:
    tree = Tree()
    tree.add_folder(OPT, frozen)
    tree.links[f"usr/bin/{NAME}"] = f"/{OPT}/{NAME}"
    tree.files[f"{OPT}/share/apparmor"] = SOURCES / "apparmor"
    _add_desktop(tree, "usr/share", icons)
    about = f"usr/share/doc/{NAME}"
    tree.files[f"{about}/copyright"] = ROOT / "LICENSE"
    changes = (ROOT / "CHANGELOG.md").read_bytes()
    tree.written[f"{about}/changelog.gz"] = gzip.compress(changes, 9, mtime=0)
    tree.links[f"{about}/licences"] = f"/{OPT}/licences"
    return tree


def portable_tree(frozen: Path, version: str, icons: Mapping[int, Path]) -> Tree:
    top = f"{NAME}-{version}"
    tree = Tree()
    tree.add_folder(top, frozen)
    for name in ("apparmor", "depends", f"{NAME}.desktop"):
        tree.files[f"{top}/share/{name}"] = SOURCES / name
    _add_icons(tree, f"{top}/share", icons)
    tree.files[f"{top}/INSTALL.txt"] = SOURCES / "INSTALL.txt"
    return tree


def _add_desktop(tree: Tree, share: str, icons: Mapping[int, Path]) -> None:
    tree.files[f"{share}/applications/{NAME}.desktop"] = SOURCES / f"{NAME}.desktop"
    tree.files[f"{share}/metainfo/{NAME}.metainfo.xml"] = SOURCES / f"{NAME}.metainfo.xml"
    _add_icons(tree, share, icons)


def _add_icons(tree: Tree, share: str, icons: Mapping[int, Path]) -> None:
    themed = f"{share}/icons/hicolor"
    for size, path in icons.items():
        tree.files[f"{themed}/{size}x{size}/apps/{NAME}.png"] = path
    tree.files[f"{themed}/scalable/apps/{NAME}.svg"] = ROOT / "resources" / "icons" / "app.svg"


def control(tree: Tree, version: str) -> str:
    """The file that names the package, with its dependencies (shared libraries, fonts)."""
    lines = (SOURCES / "depends").read_text(encoding="utf-8").splitlines()
    text = (SOURCES / "control").read_text(encoding="utf-8")
    for name, value in {
        "version": version,
        "architecture": ARCHITECTURE,
        "installed_kib": str(tree.size_kib()),
        "depends": ", ".join(filter(None, lines)),
    }.items():
        text = text.replace(f"@{name}@", value)
    return text


# --- writing --------------------------------------------------------------------------------------


def write_deb(path: Path, tree: Tree, version: str) -> None:
    """A Debian binary package (deb(5)): an ``ar`` of a version and two tarballs."""
    about = Tree(
        written={
            "control": control(tree, version).encode(),
            "md5sums": tree.md5sums().encode(),
        },
        files={name: SOURCES / name for name in ("postinst", "prerm")},
    )
    with tempfile.TemporaryDirectory(dir=path.parent) as name:
        folder = Path(name)
        (folder / "debian-binary").write_bytes(b"2.0\n")
        _write_tar(folder / "control.tar.xz", about, top="./", programs=("postinst", "prerm"))
        _write_tar(folder / "data.tar.xz", tree, top="./")
        parts = ("debian-binary", "control.tar.xz", "data.tar.xz")
        _write_ar(path, [folder / part for part in parts])


def _write_ar(path: Path, parts: Iterable[Path]) -> None:
    """An archive in the common form of ar(5), which deb(5) asks for: times, owners and rights are
    the same always, and a part of odd length is followed by a newline."""
    with path.open("wb") as archive:
        archive.write(b"!<arch>\n")
        for part in parts:
            size = part.stat().st_size
            head = f"{part.name:<16}{0:<12}{0:<6}{0:<6}{'100644':<8}{size:<10}`\n"
            archive.write(head.encode("ascii"))
            with part.open("rb") as file:
                shutil.copyfileobj(file, archive)
            archive.write(b"\n" * (size % 2))


def _write_tar(path: Path, tree: Tree, *, top: str = "", programs: Iterable[str] = ()) -> None:
    """Sorted, and everything owned by root, so that the same tree gives the same bytes."""
    marked = frozenset(programs)
    with (
        lzma.open(path, "wb", filters=_XZ) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.GNU_FORMAT) as tar,
    ):
        for name in _with_folders((*tree.files, *tree.written, *tree.links)):
            _add(tar, tree, name, top, is_program=name in marked)


def _with_folders(names: Iterable[str]) -> list[str]:
    """The names and all folders above them, sorted: a folder comes before what is in it."""
    found = set(names)
    for name in tuple(found):
        found.update(str(each) for each in Path(name).parents if str(each) != ".")
    return sorted(found)


def _add(tar: tarfile.TarFile, tree: Tree, name: str, top: str, *, is_program: bool) -> None:
    info = tarfile.TarInfo(f"{top}{name}")
    info.uname = info.gname = "root"
    info.mtime = int(os.environ.get("SOURCE_DATE_EPOCH", "0"))
    info.mode = 0o755
    if name in tree.links:
        info.type, info.linkname, info.mode = tarfile.SYMTYPE, tree.links[name], 0o777
        tar.addfile(info)
    elif name in tree.files or name in tree.written:
        data = tree.written.get(name)
        path = tree.files.get(name)
        if path is not None:
            data = path.read_bytes()
            is_program = is_program or bool(path.stat().st_mode & 0o100)
        assert data is not None
        info.size = len(data)
        info.mode = 0o755 if is_program else 0o644
        tar.addfile(info, io.BytesIO(data))
    else:
        info.type = tarfile.DIRTYPE
        tar.addfile(info)


# --- trying ---------------------------------------------------------------------------------------


def try_program(frozen: Path) -> None:
    """Run the frozen program's self-test. Raises CalledProcessError when it finds a fault.

    Root's Chromium has no sandbox, so as root a copy is tried as the user ``nobody``.
    """
    settings = dict(os.environ)
    if not (settings.get("DISPLAY") or settings.get("WAYLAND_DISPLAY")):
        settings["QT_QPA_PLATFORM"] = "offscreen"
    if os.geteuid():
        subprocess.run([frozen / NAME, "--self-test"], env=settings, check=True)
        return
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        program = shutil.copytree(frozen, home / "program", symlinks=True) / NAME
        shutil.chown(home, "nobody")
        subprocess.run(
            [program, "--self-test"],
            cwd=home,
            env={**settings, "HOME": folder, "TMPDIR": folder},
            user="nobody",
            group="nogroup",
            extra_groups=[],
            check=True,
        )
