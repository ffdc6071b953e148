"""The organisations that profiles belonged to: kept privately, and never in a sign-in's way."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from desktop_app.core.signin.remembered import Remembered
from tests.core.signin.signing_in import CLIENT, LOGIN, make_profile

NAME = "organisations.json"


def test_what_is_remembered_is_there_the_next_time(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    assert Remembered(folder).organization(make_profile()) == ""
    Remembered(folder).remember(make_profile(), "org-1", "Acme")
    Remembered(folder).remember(make_profile(client_id="other"), "org-2", "Other")
    assert Remembered(folder).organization(make_profile()) == "org-1"
    assert Remembered(folder).organization(make_profile(client_id="other")) == "org-2"
    Remembered(folder).remember(make_profile(), "org-3", "Acme")
    assert Remembered(folder).organization(make_profile()) == "org-3"
    assert [path.name for path in folder.iterdir()] == [NAME]


def test_a_profile_is_known_by_where_it_signs_in_not_by_its_name(tmp_path: Path) -> None:
    remembered = Remembered(tmp_path)
    remembered.remember(make_profile(), "org-1", "Acme")
    assert remembered.organization(make_profile(name="renamed")) == "org-1"
    others = (make_profile(login_url="x"), make_profile(client_id="x"), make_profile(org="x"))
    assert [remembered.organization(other) for other in others] == ["", "", ""]


def test_forgetting_leaves_the_others(tmp_path: Path) -> None:
    remembered, other = Remembered(tmp_path), make_profile(client_id="other")
    remembered.forget(other)
    remembered.remember(make_profile(), "org-1", "Acme")
    remembered.remember(other, "org-2", "Other")
    remembered.forget(make_profile())
    assert remembered.organization(make_profile()) == ""
    assert remembered.organization(other) == "org-2"


def test_the_file_is_private_and_does_not_say_whose_profiles_they_are(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    Remembered(folder).remember(make_profile(), "org-1", "Acme")
    text = (folder / NAME).read_text(encoding="utf-8")
    assert [word for word in (LOGIN, CLIENT, "acme") if word in text] == []
    if os.name == "posix":
        assert stat.S_IMODE((folder / NAME).stat().st_mode) == 0o600
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_nothing_is_written_when_nothing_changes(tmp_path: Path) -> None:
    remembered = Remembered(tmp_path)
    remembered.remember(make_profile(), "org-1", "Acme")
    before = (tmp_path / NAME).stat()
    remembered.remember(make_profile(), "org-1", "Acme")
    remembered.forget(make_profile(client_id="other"))
    after = (tmp_path / NAME).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"a": {"id": 5, "name": ""}}', b'{"a": {"id": "\xff"}}']
)
def test_a_broken_file_counts_as_empty_and_is_set_aside(tmp_path: Path, content: bytes) -> None:
    (tmp_path / NAME).write_bytes(content)
    remembered = Remembered(tmp_path)
    assert remembered.organization(make_profile()) == ""
    remembered.remember(make_profile(), "org-1", "Acme")
    assert remembered.organization(make_profile()) == "org-1"
    (aside,) = (path for path in tmp_path.iterdir() if path.name != NAME)
    assert aside.name.startswith(f"{NAME}.set-aside-")
    assert aside.read_bytes() == content


def test_a_file_that_cannot_be_read_is_left_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / NAME).mkdir()
    remembered = Remembered(tmp_path)
    remembered.remember(make_profile(), "org-1", "Acme")
    remembered.forget(make_profile())
    assert remembered.organization(make_profile()) == ""
    assert [path.name for path in tmp_path.iterdir()] == [NAME]
    assert "can't be read" in caplog.text
    assert "Acme" not in caplog.text


def test_a_full_disk_does_not_stop_a_sign_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    remembered = Remembered(tmp_path)
    remembered.remember(make_profile(), "org-1", "Acme")

    def fail(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    remembered.remember(make_profile(), "org-2", "Acme")
    assert remembered.organization(make_profile()) == "org-1"
    assert [path.name for path in tmp_path.iterdir()] == [NAME]
    assert "can't be remembered: No space left" in caplog.text


def test_a_damaged_file_that_cannot_be_moved_is_not_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / NAME).write_bytes(b"{")

    def fail(_: Path, __: Path) -> Path:
        raise OSError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "rename", fail)
    Remembered(tmp_path).remember(make_profile(), "org-1", "Acme")
    assert (tmp_path / NAME).read_bytes() == b"{"


def test_a_profile_keeps_its_organisation_in_either_way_of_signing_in(tmp_path: Path) -> None:
    remembered = Remembered(tmp_path)
    profile = make_profile()
    remembered.remember(profile, "org-1", "Acme")
    in_browser = profile.for_browser("http://localhost:8086/oauth2/callback")
    assert remembered.organization(in_browser) == "org-1"
