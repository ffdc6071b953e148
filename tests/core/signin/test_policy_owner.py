"""Whose file the machine's policy is: every platform's rule, with stand-ins for what it is told by.

The last test alone asks the system that it runs on.
"""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from desktop_app.core.signin.ownership import ADMINISTRATORS, is_administrators

SOMEBODY = "S-1-5-21-1004336348-1177238915-682003330-1001"
EVERYBODY = "S-1-1-0"
USERS = "S-1-5-32-545"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path.resolve() / "contact-history/policy.toml"
    path.parent.mkdir()
    path.touch()
    return path


def status(mode: int = 0o644, owner: int = 0, group: int = 0) -> os.stat_result:
    return os.stat_result((mode, 0, 0, 1, owner, group, 0, 0, 0, 0))


ROOTS = status()


def judged(file: Path, platform: str, *, folder: os.stat_result, itself: os.stat_result) -> bool:
    known = {file: itself, file.parent: folder}
    return is_administrators(file, platform=platform, status=known.__getitem__)


@pytest.mark.parametrize(
    ("platform", "found", "is_theirs"),
    [
        ("linux", status(0o644), True),
        ("linux", status(0o600), True),
        ("linux", status(0o644, group=1000), True),
        ("linux", status(0o644, owner=1000), False),
        ("linux", status(0o400, owner=1000), False),  # who owns it changes its mode
        ("linux", status(0o646), False),
        ("linux", status(0o664, group=1000), False),
        ("linux", status(0o664), False),  # the bit also stands for an access list
        ("linux", status(0o664, group=80), False),
        ("linux", status(0o1777 | stat.S_IFDIR), False),
        ("darwin", status(0o644), True),
        ("darwin", status(0o664, group=80), True),  # admin
        ("darwin", status(0o664, group=0), True),  # wheel
        ("darwin", status(0o664, group=20), False),  # staff: everybody
        ("darwin", status(0o646, group=80), False),
        ("darwin", status(0o644, owner=501, group=80), False),
    ],
)
def test_elsewhere_than_on_windows_the_mode_and_the_owner_tell(
    file: Path, platform: str, found: os.stat_result, is_theirs: bool
) -> None:
    assert judged(file, platform, folder=ROOTS, itself=found) is is_theirs
    assert judged(file, platform, folder=found, itself=ROOTS) is is_theirs


@pytest.mark.parametrize("folder", [*sorted(ADMINISTRATORS), SOMEBODY, EVERYBODY, USERS, ""])
@pytest.mark.parametrize("itself", [*sorted(ADMINISTRATORS), SOMEBODY, EVERYBODY, USERS, ""])
def test_on_windows_the_owners_tell(file: Path, folder: str, itself: str) -> None:
    owners = {file: itself, file.parent: folder}
    found = is_administrators(file, platform="win32", owner=owners.__getitem__)
    assert found is ({folder, itself} <= ADMINISTRATORS)


def test_on_windows_the_administrators_are_three() -> None:
    groups = {sid.removeprefix("S-1-5-").partition("-")[0] for sid in ADMINISTRATORS}
    assert groups == {"18", "32", "80"} and len(ADMINISTRATORS) == 3
    assert "S-1-5-32-544" in ADMINISTRATORS and USERS not in ADMINISTRATORS


@pytest.mark.parametrize("linked", ["file", "folder"])
def test_what_a_link_leads_to_counts_with_its_folder(
    file: Path, tmp_path: Path, linked: str
) -> None:
    link = tmp_path.resolve() / "link"
    if linked == "file":
        link.mkdir()
        path = link / "policy.toml"
        path.symlink_to(file)
    else:
        link.symlink_to(file.parent, target_is_directory=True)
        path = link / "policy.toml"
    owners = dict.fromkeys((link, path, file, file.parent), 0)

    def look(each: Path) -> os.stat_result:
        return status(owner=owners[each])

    assert is_administrators(path, platform="linux", status=look)
    for theirs in (file, file.parent, link):
        owners |= dict.fromkeys(owners, 0) | {theirs: 1000}
        assert not is_administrators(path, platform="linux", status=look)


@pytest.mark.parametrize("platform", ["linux", "win32"])
def test_what_can_not_be_found_out_is_an_error(file: Path, platform: str) -> None:
    def refuse(path: Path) -> os.stat_result:
        raise PermissionError(13, "Permission denied", str(path))

    def refuse_owner(path: Path) -> str:
        raise PermissionError(13, "Permission denied", str(path))

    with pytest.raises(PermissionError):
        is_administrators(file, platform=platform, status=refuse, owner=refuse_owner)
    with pytest.raises(FileNotFoundError):
        is_administrators(file.with_name("gone.toml"), platform=platform)


def test_a_file_of_this_very_system_is_an_administrators() -> None:
    """On Windows this is what runs the calls of advapi32."""
    windows = Path(os.environ.get("SYSTEMROOT", r"C:\Windows")) / "System32/kernel32.dll"
    assert is_administrators(windows if sys.platform == "win32" else Path("/etc/passwd"))
