"""The .deb and the tarball, of a small program in place of the frozen one."""

from __future__ import annotations

import configparser
import io
import lzma
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from desktop_app.places import FOLDER
from scripts import _linux
from scripts._linux import NAME, SOURCES, Tree

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="made on Linux only")

VERSION = "1.2.3"


@pytest.fixture
def frozen(tmp_path: Path) -> Path:
    """A program, a library, a link and the licences."""
    folder = tmp_path / "frozen"
    (folder / "_internal").mkdir(parents=True)
    program = folder / NAME
    program.write_text("#!/bin/sh\necho works\n", encoding="ascii")
    program.chmod(0o700)
    (folder / "_internal/libA.so.1").write_bytes(b"library" * 1000)
    (folder / "_internal/libA.so").symlink_to("libA.so.1")
    (folder / "licences").mkdir()
    (folder / "licences/README.txt").write_text("MIT\n", encoding="ascii")
    return folder


@pytest.fixture
def icons(tmp_path: Path) -> dict[int, Path]:
    drawn = tmp_path / "32.png"
    drawn.write_bytes(b"a picture")
    return {32: drawn}


@pytest.fixture
def deb(frozen: Path, icons: dict[int, Path], tmp_path: Path) -> Path:
    path = tmp_path / "made.deb"
    _linux.write_deb(path, _linux.installed_tree(frozen, icons), VERSION)
    return path


def part(deb: Path, name: str) -> tarfile.TarFile:
    """A tarball within the package."""
    return tarfile.open(fileobj=io.BytesIO(lzma.decompress(parts(deb)[name])))


def parts(deb: Path) -> dict[str, bytes]:
    """What an archive of ar(5) holds: a head of 60 bytes before each part, at even places."""
    raw = deb.read_bytes()
    assert raw.startswith(b"!<arch>\n")
    found, at = {}, 8
    while at < len(raw):
        head = raw[at : at + 60].decode("ascii")
        assert head.endswith("`\n")
        size = int(head[48:58])
        found[head[:16].rstrip()] = raw[at + 60 : at + 60 + size]
        at += 60 + size + size % 2
    return found


def test_the_package_is_laid_out_as_debian_expects(deb: Path) -> None:
    assert list(parts(deb)) == ["debian-binary", "control.tar.xz", "data.tar.xz"]
    assert parts(deb)["debian-binary"] == b"2.0\n"
    data = part(deb, "data.tar.xz")
    names = data.getnames()
    for place in (
        "opt/contact-history/contact-history",
        "usr/bin/contact-history",
        "usr/share/applications/contact-history.desktop",
        "usr/share/metainfo/contact-history.metainfo.xml",
        "usr/share/icons/hicolor/32x32/apps/contact-history.png",
        "usr/share/icons/hicolor/scalable/apps/contact-history.svg",
        "usr/share/doc/contact-history/copyright",
        "usr/share/doc/contact-history/changelog.gz",
    ):
        assert f"./{place}" in names
    # A folder comes before what is in it, once, and everything is root's.
    assert len(set(names)) == len(names)
    assert all(name.rpartition("/")[0] in [".", *names[:at]] for at, name in enumerate(names))
    assert {(each.uid, each.gid, each.uname) for each in data} == {(0, 0, "root")}


def test_rights_and_links_are_those_of_the_program_and_not_of_whoever_builds(deb: Path) -> None:
    data = part(deb, "data.tar.xz")
    modes = {each.name.removeprefix("./opt/contact-history/"): each for each in data}
    assert modes["contact-history"].mode == 0o755
    assert modes["_internal/libA.so.1"].mode == 0o644
    assert modes["_internal/libA.so"].linkname == "libA.so.1"
    assert modes["./usr/bin/contact-history"].linkname == "/opt/contact-history/contact-history"


def test_control_names_version_size_and_what_it_depends_on(deb: Path) -> None:
    file = part(deb, "control.tar.xz").extractfile("./control")
    assert file is not None
    text = file.read().decode()
    assert "@" not in text.replace("authors@contact-history.invalid", "")
    fields = dict(line.split(": ", 1) for line in text.splitlines() if not line.startswith(" "))
    assert fields["Package"] == NAME and fields["Version"] == VERSION
    assert int(fields["Installed-Size"]) >= 6
    wanted = fields["Depends"].split(", ")
    assert len(wanted) > 50 and "libnss3" in wanted
    # Debian's names since the 64-bit time transition and before it.
    assert "libasound2t64 | libasound2" in wanted


def test_scripts_of_the_package_may_be_run_and_parse(deb: Path) -> None:
    for each in part(deb, "control.tar.xz"):
        assert each.mode == (0o755 if each.name in ("./postinst", "./prerm", ".") else 0o644)
    for name in ("postinst", "prerm"):
        subprocess.run(["sh", "-n", SOURCES / name], check=True)


def test_the_same_tree_gives_the_same_bytes(
    frozen: Path, icons: dict[int, Path], deb: Path, tmp_path: Path
) -> None:
    for path in frozen.rglob("*"):
        os.utime(path, (1, 1), follow_symlinks=False)
    again = tmp_path / "again.deb"
    _linux.write_deb(again, _linux.installed_tree(frozen, icons), VERSION)
    assert again.read_bytes() == deb.read_bytes()


@pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="not a Debian")
def test_dpkg_reads_it(deb: Path, tmp_path: Path) -> None:
    run = ["dpkg-deb", "--field", str(deb), "Package", "Version"]
    told = subprocess.run(run, capture_output=True, text=True, check=True).stdout
    assert told == f"Package: {NAME}\nVersion: {VERSION}\n"
    subprocess.run(["dpkg-deb", "--extract", deb, tmp_path / "root"], check=True)
    program = tmp_path / "root/opt/contact-history/contact-history"
    assert subprocess.run([program], capture_output=True, check=True).stdout == b"works\n"
    sums = subprocess.run(
        ["dpkg-deb", "--ctrl-tarfile", deb], capture_output=True, check=True
    ).stdout
    with tarfile.open(fileobj=io.BytesIO(sums)) as tar:
        tar.extract("./md5sums", tmp_path, filter="data")
    check = ["md5sum", "--quiet", "--check", str(tmp_path / "md5sums")]
    subprocess.run(check, cwd=tmp_path / "root", check=True)


def test_the_tarball_runs_where_it_is_unpacked(
    frozen: Path, icons: dict[int, Path], tmp_path: Path
) -> None:
    deb, tarball = _linux.pack(frozen, tmp_path, VERSION, icons)
    assert deb.name == f"contact-history_1.2.3_{_linux.ARCHITECTURE}.deb"
    with tarfile.open(tarball) as tar:
        tar.extractall(tmp_path / "unpacked", filter="data")
    top = tmp_path / "unpacked" / f"{NAME}-{VERSION}"
    assert subprocess.run([top / NAME], capture_output=True, check=True).stdout == b"works\n"
    for place in ("INSTALL.txt", "share/depends", "share/apparmor", f"share/{NAME}.desktop"):
        assert (top / place).is_file()


def test_a_tree_counts_what_it_holds() -> None:
    assert Tree(written={"a": b"x" * 4096, "b/c": b"y" * 2048}).size_kib() == 6


def test_the_menu_entry_is_the_windows_own() -> None:
    entry = configparser.ConfigParser(interpolation=None)
    entry.read(SOURCES / f"{NAME}.desktop", encoding="utf-8")
    said = entry["Desktop Entry"]
    assert said["exec"] == said["icon"] == NAME
    assert said["startupwmclass"] == FOLDER  # what application.py calls itself on the desktop


@pytest.mark.skipif(shutil.which("desktop-file-validate") is None, reason="it is not installed")
def test_the_menu_entry_is_valid() -> None:
    subprocess.run(["desktop-file-validate", SOURCES / f"{NAME}.desktop"], check=True)


@pytest.mark.skipif(shutil.which("appstreamcli") is None, reason="appstream is not installed")
def test_what_software_centres_show_is_valid() -> None:
    told = subprocess.run(
        [
            *("appstreamcli", "validate", "--no-net", "--no-color"),
            # An id by a domain's name would claim one, and the project owns none.
            "--override=cid-desktopapp-is-not-rdns=info",
            SOURCES / f"{NAME}.metainfo.xml",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout


def test_ubuntus_profile_names_the_two_programs_of_the_package() -> None:
    profile = (SOURCES / "apparmor").read_text(encoding="utf-8")
    both = "{contact-history,_internal/PySide6/Qt/libexec/QtWebEngineProcess}"
    assert f"/{_linux.OPT}/{both}" in profile and "userns," in profile
