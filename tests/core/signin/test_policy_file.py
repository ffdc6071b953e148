"""Reading a policy file: each mistake by its line and mend, and none passed over."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.core.errors import ConfigError
from desktop_app.core.signin.policy_file import READERS, Unfit, read_policy


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "policy.toml"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("\nregoins = []", 2, ['unknown key "regoins"', "did you mean regions?"]),
        ("zzz = 1", 1, ['unknown key "zzz"', "Known are:", "idle_lock_minutes"]),
        ("[policy]\nexport = false", 1, ['unknown key "policy"']),
        ("export = no", 1, ["not TOML", 'key = "value"']),
        ("export = false\nexport = true", 2, ["not TOML"]),
        ('export = "false"', 1, ["export must be true or false, without quotes"]),
        ("export = 0", 1, ["export must be true or false"]),
        ('regions = "eu_central_1"', 1, ["regions must be a list"]),
        ("regions = []", 1, ["at least one", "To allow all, remove it"]),
        ("regions = [1]", 1, ["regions must be a list"]),
        ('regions = ["eu_kentral_1"]', 1, ['"eu_kentral_1"', "did you mean eu_central_1?"]),
        ('regions = [\n"moon"]', 1, ['"moon", which is not a region', "us_east_1"]),
        ('organizations = ["Acme"]', 1, ['"Acme"', "not an organisation's id"]),
        ("organizations = []", 1, ["organizations must be a list of at least one"]),
        ('grant = "code"', 1, ['grant must be "pkce" or "implicit"']),
        ("grant = ['pkce']", 1, ["grant must be"]),
        ('sign_in = "view"', 1, ['sign_in must be "browser" or "window"']),
        ("sign_in = {}", 1, ["sign_in must be"]),
        ("retention_days = 0", 1, ["a whole number from 1 to 3,650"]),
        ("retention_days = 3651", 1, ["a whole number from 1 to 3,650"]),
        ("retention_days = 1.5", 1, ["a whole number"]),
        ("idle_lock_minutes = true", 1, ["a whole number from 1 to 480"]),
        ("idle_lock_minutes = 0", 1, ["a whole number from 1 to 480"]),
        ("idle_lock_minutes = 481", 1, ["a whole number from 1 to 480"]),
        ('ca_file = "ca.pem"', 1, ["ca_file must be the whole path"]),
        ("ca_file = true", 1, ["ca_file must be the whole path"]),
    ],
)
def test_a_broken_file_is_never_passed_over(
    path: Path, text: str, line: int, words: list[str]
) -> None:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        read_policy(path)
    sentence = str(caught.value)
    assert str(path) in sentence
    assert caught.value.line == line
    assert f"Line {line}: " in sentence
    assert [word for word in words if word not in sentence] == []
    assert sentence.endswith((".", "?"))


def test_a_file_that_cannot_be_read_is_never_passed_over(path: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="can't be read") as caught:
        read_policy(tmp_path)
    assert str(tmp_path) in str(caught.value)
    path.write_bytes(b'export = false\nproxy = "\xff"')
    with pytest.raises(ConfigError, match="UTF-8") as caught:
        read_policy(path)
    assert caught.value.line == 2


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege on Windows")
def test_a_link_to_nothing_is_never_passed_over(path: Path) -> None:
    path.symlink_to(path.with_name("gone.toml"))
    with pytest.raises(ConfigError, match="a link to nothing"):
        read_policy(path)


def test_no_file_says_nothing(path: Path) -> None:
    assert read_policy(path) == {}


@pytest.mark.parametrize(
    "proxy",
    [
        "system",
        "none",
        "http://proxy.example.com:8080",
        "http://192.0.2.7:3128",
        "http://[2001:db8::1]:3128",
        "pac+https://wpad.example.com/proxy.pac",
        "pac+file:///etc/proxy.pac",
    ],
)
def test_proxies(path: Path, proxy: str) -> None:
    path.write_text(f'proxy = "{proxy}"', encoding="utf-8")
    assert read_policy(path) == {"proxy": proxy}


@pytest.mark.parametrize(
    "proxy",
    [
        '"direct"',
        '""',
        "true",
        '"proxy.example.com:8080"',
        '"http://proxy.example.com"',
        '"http://proxy.example.com:8080/path"',
        '"http://proxy.example.com:99999"',
        '"http://me:hunter2@proxy.example.com:8080"',
        '"socks5://proxy.example.com:1080"',
        '"http://proxy example.com:8080"',
        '"https://wpad.example.com/proxy.pac"',
        '"pac+http://wpad.example.com/proxy.pac"',
        '"pac+https://me:hunter2@wpad.example.com/proxy.pac"',
        '"pac+https://wpad.example.com"',
        '"pac+file://server/proxy.pac"',
        '"pac+file:///"',
        '"pac+javascript:alert(1)"',
    ],
)
def test_proxies_that_are_refused_without_repeating_a_password(path: Path, proxy: str) -> None:
    path.write_text(f"proxy = {proxy}", encoding="utf-8")
    with pytest.raises(ConfigError, match="proxy must be") as caught:
        read_policy(path)
    assert "hunter2" not in str(caught.value)


_VALUES = st.recursive(
    st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)


@given(st.sampled_from(list(READERS)), _VALUES)
def test_any_value_is_read_or_refused_in_a_sentence(key: str, value: object) -> None:
    refusal = ""
    try:
        READERS[key](value)
    except Unfit as unfit:
        refusal = str(unfit)
    assert refusal == "" or refusal.endswith((".", "?"))
