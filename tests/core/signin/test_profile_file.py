"""Writing the profile file: what was meant is there, and nothing else has changed."""

from __future__ import annotations

import errno
import os
import stat
from dataclasses import replace
from pathlib import Path
from string import ascii_letters
from typing import Any

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.core.errors import ConfigError
from desktop_app.core.signin.profile_file import remove_profile, save_profile
from desktop_app.core.signin.profiles import Grant, Profile, Way, load_profiles, parse_profiles
from desktop_app.core.signin.regions import regions
from tests.core.signin.signing_in import make_profile

BODY = 'region = "eu_central_1"\nclient_id = "c"\ngrant = "pkce"\nredirect_uri = "http://localhost/cb"\n'
ACME, BETA, GAMMA = (f"[profiles.{name}] # of {name}\n{BODY}" for name in ("acme", "beta", "gamma"))
THREE = f"# Ours\n\n{ACME}\n# Dublin\n{BETA}# Leeds\n\n{GAMMA}# end\n"

_DOTTED = "".join(f"profiles.{{}}.{line}\n" for line in BODY.splitlines())
_INLINE = "{{ " + ", ".join(BODY.splitlines()) + " }}"
# Every way to write profiles "acme" and "beta".
FORMS = {
    "headers": f"# Ours\n{ACME}\n# Dublin\n{BETA}",
    "one table": "[profiles]\n" + "".join(f"{n} = {_INLINE.format()}\n" for n in ("acme", "beta")),
    "dotted": _DOTTED.replace("{}", "acme") + "# then\n" + _DOTTED.replace("{}", "beta"),
    "dotted in one": "[profiles]\n"
    + (_DOTTED.replace("{}", "acme") + _DOTTED.replace("{}", "beta")).replace("profiles.", ""),
    "inline": f"profiles.acme = {_INLINE.format()}\nprofiles.beta = {_INLINE.format()} # ours\n",
    "all inline": f"profiles = {{ acme = {_INLINE.format()}, beta = {_INLINE.format()} }}\n",
    "quoted": ACME.replace("profiles.acme", "'profiles' . \"acme\"") + BETA,
    "table last": f"{ACME}[profiles]\n{BETA}",
    "no line end": (ACME + BETA).rstrip("\n"),
    "long text": ACME + 'scope = """\n[profiles.beta]\n# no comment\n"""\n' + BETA,
    "crlf": f"# Ours\n{ACME}\n# Dublin\n{BETA}".replace("\n", "\r\n"),
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "profiles.toml"


def text_of(path: Path) -> str:
    return path.read_bytes().decode("utf-8")


def put(path: Path, text: str) -> dict[str, Profile]:
    path.write_bytes(text.encode("utf-8"))
    return parse_profiles(text)


def test_the_first_profile_makes_the_folder_and_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a/b/profiles.toml"
    save_profile(path, make_profile(Grant.PKCE))
    assert text_of(path) == (
        "[profiles.acme]\n"
        'login_url = "https://login.example.com"\n'
        'api_url = "https://api.example.com"\n'
        'client_id = "3f1a5c52-0000-4000-8000-00000000c11e"\n'
        'grant = "pkce"\n'
        'redirect_uri = "http://localhost:8085/oauth2/callback"\n'
    )
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_region_stands_for_its_hosts_and_every_other_key_is_written(path: Path) -> None:
    where = regions()[6]
    profile = make_profile(
        region=where,
        login_url=where.login_url,
        api_url=where.api_url,
        org="acme",
        provider="okta",
        scope="a b",
        timezone="Europe/London",
        way=Way.BROWSER,
        browser_ports=(9000, 9001),
        pkce_client_id="c-2",
        organization_id="o-1",
    )
    save_profile(path, profile)
    written = tomlkit.parse(text_of(path)).unwrap()["profiles"]["acme"]
    assert written == {
        "region": "eu_west_1",
        "client_id": profile.client_id,
        "grant": "implicit",
        "redirect_uri": profile.redirect_uri,
        "org": "acme",
        "provider": "okta",
        "scope": "a b",
        "timezone": "Europe/London",
        "way": "browser",
        "browser_ports": [9000, 9001],
        "pkce_client_id": "c-2",
        "organization_id": "o-1",
    }


def test_a_change_touches_its_own_lines_alone(path: Path) -> None:
    beta = put(path, THREE.replace('"c"', '"c" # ask IT'))["beta"]
    save_profile(path, replace(beta, client_id="new", way=Way.BROWSER))
    lines = text_of(path).splitlines()
    expected = THREE.replace('"c"', '"c" # ask IT').splitlines()
    start = expected.index("[profiles.beta] # of beta")
    expected[start + 2] = 'client_id = "new" # ask IT'
    expected.insert(start + 5, 'way = "browser"')
    assert lines == expected


def test_a_new_profile_comes_last_and_all_else_stays(path: Path) -> None:
    put(path, THREE)
    save_profile(path, make_profile(name="new one"))
    assert text_of(path).startswith(THREE + '\n[profiles."new one"]\n')


def test_saving_what_is_there_changes_nothing(path: Path) -> None:
    beta = put(path, THREE)["beta"]
    save_profile(path, beta)
    assert text_of(path) == THREE


def test_a_removed_profile_takes_its_own_lines_along(path: Path) -> None:
    put(path, THREE)
    remove_profile(path, "beta")
    assert text_of(path) == THREE.replace(BETA, "")
    remove_profile(path, "nobody")
    assert text_of(path) == THREE.replace(BETA, "")


def test_with_the_last_profile_goes_the_file(path: Path) -> None:
    put(path, ACME + BETA)
    remove_profile(path, "beta")
    remove_profile(path, "acme")
    assert not path.exists()
    remove_profile(path, "acme")
    assert not path.exists()


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("name", ["acme", "beta", "new one"])
def test_every_way_to_write_the_file_can_be_changed(path: Path, text: str, name: str) -> None:
    before = put(path, text)
    assert set(before) == {"acme", "beta"}
    profile = make_profile(name=name, org="o", provider="p", browser_ports=(9000,))
    save_profile(path, profile)
    assert load_profiles(path) == {**before, name: profile}
    comments = ("# Ours", "# ours", "# of acme", "# of beta", "# Dublin", "# then")
    assert [each for each in comments if each in text and each not in text_of(path)] == []
    remove_profile(path, name)
    before.pop(name, None)
    assert load_profiles(path) == before


def test_line_ends_stay_as_they_were(path: Path) -> None:
    before = put(path, FORMS["crlf"])
    save_profile(path, make_profile(name="new"))
    save_profile(path, replace(before["acme"], client_id="x"))
    text = text_of(path)
    assert text.count("\r\n") == text.count("\n") > 15


@pytest.mark.parametrize("text", ["", "\n\n", "# mine\n", "[profiles]\n", "[profiles] # mine\n"])
def test_a_file_without_a_profile_is_a_beginning(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    save_profile(path, make_profile())
    assert load_profiles(path) == {"acme": make_profile()}
    assert text_of(path).startswith(text.strip())


@pytest.mark.parametrize(
    "content",
    [b"[profiles.acme\n", b"profiles.acme.region = 'moon'\n", b"x = 1\n", b"# \xff\n"],
    ids=["not TOML", "unknown region", "another key", "not UTF-8"],
)
def test_a_broken_file_is_not_overwritten(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=r"^Line 1: "):
        save_profile(path, make_profile())
    with pytest.raises(ConfigError, match=r"^Line 1: "):
        remove_profile(path, "acme")
    assert path.read_bytes() == content


def test_a_profile_that_would_not_read_back_is_not_written(path: Path) -> None:
    put(path, ACME)
    for bad in (make_profile(client_id=""), make_profile(scope="\ud800"), make_profile(org="o")):
        with pytest.raises(ConfigError, match="can't change"):
            save_profile(path, bad)
    assert text_of(path) == ACME


@pytest.mark.parametrize(
    ("code", "mend"),
    [
        (errno.ENOSPC, "disk is full. Free some space"),
        (errno.EROFS, "Ask your administrator for write access"),
        (errno.EACCES, "Ask your administrator for write access"),
        (errno.EIO, os.strerror(errno.EIO)),
    ],
)
def test_what_the_disk_refuses_leaves_the_file_as_it_was(
    path: Path, monkeypatch: pytest.MonkeyPatch, code: int, mend: str
) -> None:
    put(path, ACME + BETA)

    def fail(_: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(ConfigError, match=mend) as caught:
        save_profile(path, make_profile())
    assert str(path) in str(caught.value)
    with pytest.raises(ConfigError, match=mend):
        remove_profile(path, "beta")
    assert text_of(path) == ACME + BETA
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_folder_that_cannot_be_made_is_told(path: Path) -> None:
    path.write_text("", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"profile file .* can't be read"):
        save_profile(path / "profiles.toml", make_profile())


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
def test_a_link_to_the_file_stays_a_link(path: Path, tmp_path: Path) -> None:
    (tmp_path / "dotfiles").mkdir()
    target = tmp_path / "dotfiles/mine.toml"
    put(target, ACME)
    path.symlink_to(target)
    save_profile(path, make_profile(name="new"))
    assert path.is_symlink()
    assert set(load_profiles(target)) == {"acme", "new"}


_TEXT = st.text(max_size=12).map(str.strip)
_NAME = st.text(min_size=1, max_size=8) | st.text(ascii_letters, min_size=1, max_size=8)
_PAIR = st.just(("", "")) | st.tuples(_TEXT.filter(bool), _TEXT.filter(bool))


@st.composite
def profiles(draw: st.DrawFn) -> Profile:
    where = draw(st.none() | st.sampled_from(regions()))
    org, provider = draw(_PAIR)
    hosts: dict[str, Any] = {}
    if where:
        hosts = {"region": where, "login_url": where.login_url, "api_url": where.api_url}
    return make_profile(
        draw(st.sampled_from(Grant)),
        **hosts,
        name=draw(_NAME),
        client_id=draw(_TEXT.filter(bool)),
        redirect_uri=draw(st.sampled_from(["http://[::1]/cb", "https://app.example.com/%7Bcb"])),
        org=org,
        provider=provider,
        scope=draw(_TEXT),
        timezone=draw(st.sampled_from(["", "Europe/London"])),
        way=draw(st.sampled_from(Way)),
        browser_ports=tuple(draw(st.lists(st.integers(1024, 65535), max_size=8, unique=True))),
        pkce_client_id=draw(_TEXT),
        organization_id=draw(_TEXT),
    )


@given(st.lists(profiles(), min_size=1, max_size=4), st.sampled_from(["", *FORMS.values()]))
def test_what_is_saved_reads_back_and_the_others_are_untouched(
    tmp_path_factory: pytest.TempPathFactory, saved: list[Profile], text: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "saved.toml"
    path.write_bytes(text.encode())
    expected = parse_profiles(text) if text else {}
    for profile in saved:
        save_profile(path, profile)
        expected[profile.name] = profile
        assert load_profiles(path) == expected
    for name in list(expected)[1:]:
        remove_profile(path, name)
        del expected[name]
        assert load_profiles(path) == expected
