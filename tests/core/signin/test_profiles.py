"""Profile files: what they may say, and the line and the mend of what they may not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.core.errors import ConfigError
from desktop_app.core.signin.profiles import (
    KEYS,
    PRACTICE,
    Grant,
    Profile,
    Way,
    is_loopback_host,
    load_profiles,
    parse_profiles,
)

HEAD = '[profiles.acme]\nregion = "eu_central_1"\n'
REST = 'client_id = "c-1"\ngrant = "pkce"\nredirect_uri = "http://localhost:8085/cb"\n'
GOOD = HEAD + REST
_USUAL = [f"http://localhost:{port}/oauth2/callback" for port in (8085, 8086, 8087)]
_AFTER_80 = ["http://localhost:81/cb", "http://localhost:82/cb"]
OWN = '[profiles.own]\nlogin_url = "{}"\napi_url = "{}"\n' + REST


def only(text: str) -> Profile:
    (profile,) = parse_profiles(text).values()
    return profile


def own(login_url: str, api_url: str = "https://api.example.com") -> Profile:
    return only(OWN.format(login_url, api_url))


def refusal(text: str) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        parse_profiles(text)
    return caught.value


def test_a_region_gives_both_hosts() -> None:
    assert parse_profiles(GOOD) == {
        "acme": Profile(
            name="acme",
            login_url="https://login.mypurecloud.de",
            api_url="https://api.mypurecloud.de",
            client_id="c-1",
            grant=Grant.PKCE,
            redirect_uri="http://localhost:8085/cb",
            region=only(GOOD).region,
        )
    }
    assert only(GOOD).label == "acme · Frankfurt"
    assert not only(GOOD).is_loopback


def test_every_optional_key_is_read_and_blanks_around_values_are_not() -> None:
    more = 'org = " acme "\nprovider = "okta"\nscope = "a b"\ntimezone = "Europe/London"\n'
    profile = only(GOOD.replace('"pkce"', '"implicit"') + more)
    assert profile.grant is Grant.IMPLICIT
    assert (profile.org, profile.provider) == ("acme", "okta")
    assert (profile.scope, profile.timezone) == ("a b", "Europe/London")
    more = 'way = "browser"\nbrowser_ports = [8085, 1024, 65535]\n'
    profile = only(GOOD + more + 'pkce_client_id = " c-2 "\norganization_id = " o-1 "\n')
    assert (profile.way, profile.browser_ports) == (Way.BROWSER, (8085, 1024, 65535))
    assert (profile.pkce_client_id, profile.organization_id) == ("c-2", "o-1")
    assert only(GOOD + 'way = "view"\n') == only(GOOD)


@pytest.mark.parametrize(
    "spelling", ["eu_central_1", "eu-central-1", "mypurecloud.de", " EU-Central-1 "]
)
def test_each_spelling_of_a_region(spelling: str) -> None:
    assert only(GOOD.replace("eu_central_1", spelling)).api_url == "https://api.mypurecloud.de"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("https://login.example.com", "https://login.example.com"),
        ("https://login.example.com/", "https://login.example.com"),
        ("https://Login.Example.COM:443", "https://login.example.com"),
        ("HTTPS://login.example.com:8443", "https://login.example.com:8443"),
        ("http://localhost:9000", "http://localhost:9000"),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
        ("http://[::1]:9000", "http://[::1]:9000"),
    ],
)
def test_an_own_host_is_kept_as_a_browser_writes_it(written: str, meant: str) -> None:
    assert own(written).login_url == meant
    assert own("https://login.example.com", written).api_url == meant


def test_the_label_of_an_own_host_is_the_host() -> None:
    assert own("https://login.example.com:8443").label == "own · login.example.com"


def test_loopback_means_every_host() -> None:
    here = "http://127.0.0.1:1"
    assert own(here, here).is_loopback
    assert own("http://[::1]:1", "http://localhost:2").is_loopback
    assert not own(here, "https://api.example.com").is_loopback
    assert not own("https://login.example.com", here).is_loopback
    away = OWN.format(here, here).replace("http://localhost:8085", "https://app.example.com")
    assert not only(away).is_loopback


def test_only_a_loopback_profile_can_be_the_practice_organisation() -> None:
    here = OWN.format("http://127.0.0.1:1", "http://127.0.0.1:2")
    practice = only(here.replace("profiles.own", f"profiles.{PRACTICE}"))
    assert practice.is_practice
    assert practice.label == "Practice organisation"
    assert not only(here).is_practice
    assert not only(GOOD.replace("acme", PRACTICE)).is_practice


@pytest.mark.parametrize(
    ("redirect_uri", "expected"),
    [
        (
            "http://localhost:9000/cb",
            [f"http://localhost:{port}/cb" for port in (9000, 9001, 9002)],
        ),
        ("http://127.0.0.1:9000", [f"http://127.0.0.1:{port}" for port in (9000, 9001, 9002)]),
        ("http://[::1]:65534/a/b", [f"http://[::1]:{port}/a/b" for port in (65534, 65535)]),
        ("http://localhost/cb", ["http://localhost/cb", *_AFTER_80]),
        ("https://localhost:9000/cb", _USUAL),
        ("https://app.example.com/cb", _USUAL),
        ("http://127.9.9.9:9000/cb", _USUAL),
    ],
)
def test_where_the_persons_own_browser_comes_back_to(
    redirect_uri: str, expected: list[str]
) -> None:
    text = GOOD.replace("http://localhost:8085/cb", redirect_uri)
    assert list(only(text).browser_redirect_uris) == expected


def test_named_ports_take_the_place_of_the_usual_ones() -> None:
    ports = "browser_ports = [9002, 9001]\n"
    assert only(GOOD + ports).browser_redirect_uris == (
        "http://localhost:9002/cb",
        "http://localhost:9001/cb",
    )
    elsewhere = GOOD.replace("http://localhost:8085", "https://app.example.com")
    assert only(elsewhere + ports).browser_redirect_uris == (
        "http://localhost:9002/oauth2/callback",
        "http://localhost:9001/oauth2/callback",
    )


def test_pkce_uses_the_client_that_may() -> None:
    implicit = only(GOOD.replace("pkce", "implicit"))
    assert implicit.with_pkce() == only(GOOD)
    two = replace(implicit, pkce_client_id="c-2", way=Way.BROWSER)
    assert two.with_pkce() == replace(two, grant=Grant.PKCE, client_id="c-2")
    uri = two.browser_redirect_uris[1]
    assert two.for_browser(uri) == replace(two.with_pkce(), redirect_uri=uri)


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("localhost", True),
        ("LOCALHOST", True),
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("[::1]", True),
        ("localhost.example.com", False),
        ("127.0.0.1.example.com", False),
        ("127.1", False),
        ("192.0.2.1", False),
        ("::", False),
        ("10.0.0.1", False),
        ("", False),
    ],
)
def test_loopback_hosts(host: str, here: bool) -> None:
    assert is_loopback_host(host) is here


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        GOOD.replace("\n", "\r\n"),
        GOOD.replace("[profiles.acme]", '[ "profiles" . "acme" ] # ours'),
        "[profiles]\n"
        + GOOD.partition("\n")[2]
        .replace("\n", "\nacme.")
        .removesuffix("acme.")
        .replace("region", "acme.region", 1),
        "profiles.acme = { " + ", ".join(GOOD.strip().splitlines()[1:]) + " }",
        GOOD.replace("client_id", '"client_id"').replace("grant", "'grant'"),
    ],
    ids=["plain", "crlf", "quoted-header", "dotted-keys", "inline", "quoted-keys"],
)
def test_every_way_to_write_a_table(text: str) -> None:
    assert only(text) == only(GOOD)


def test_names_may_hold_anything_and_keep_the_files_order() -> None:
    names = ["z", "a", "Übersee", "with blank", "a.b"]
    text = "".join(GOOD.replace("acme", f'"{name}"') for name in names)
    assert list(parse_profiles(text)) == names


BAD: list[tuple[str, str, int | None, list[str]]] = [
    ("empty", "", None, ["no profile", "[profiles.NAME]"]),
    ("comment only", "# nothing\n", None, ["no profile"]),
    ("no profile in it", "\n[profiles]\n", 2, ["no profile", "[profiles.NAME]"]),
    ("not tables", "profiles = 5\n", 1, ["no profile", "[profiles.NAME]"]),
    ("a list", "\n[[profiles]]\nregion = 'x'\n", 2, ["no profile", "[profiles.NAME]"]),
    ("other table", GOOD + "[profile.x]\n", 6, ['"profile"', "[profiles.NAME]"]),
    ("other key", "region = 'x'\n" + GOOD, 1, ['"region"', "[profiles.NAME]"]),
    ("profile is text", "[profiles]\nacme = 'x'\n", 2, ['"acme" must be a table']),
    ("dotted text", "\nprofiles.acme = 'x'\n", 2, ['"acme" must be a table', "[profiles.acme]"]),
    ("profile list", "\n[[profiles.acme]]\n", 2, ['"acme" must be a table', "[profiles.acme]"]),
    ("table in it", GOOD + "[profiles.acme.org]\nx = 1\n", 6, ["org must be text in quotes"]),
    ("not TOML", HEAD + "client_id = c-1\n", 3, ["not TOML", 'key = "value"']),
    ("open string", HEAD + 'client_id = "c-1\n' + REST, 3, ["not TOML"]),
    ("open at the end", HEAD + "client_id = [", 3, ["not TOML"]),
    ("key twice", HEAD + 'region = "us_east_1"\n', 3, ["not TOML"]),
    ("huge number", "x = " + "1" * 5000, None, ["can't be read", "too long"]),
    ("deep nest", "x = " + "[" * 5000, None, ["can't be read"]),
    ("misspelt key", HEAD + 'clientid = "x"\n', 3, ['"clientid"', "did you mean client_id?"]),
    ("strange key", HEAD + 'zzzz = "x"\n', 3, ['"zzzz"', "Known are:", *KEYS]),
    ("number", HEAD + "client_id = 5\n", 3, ["client_id must be text in quotes"]),
    ("boolean", GOOD + "org = true\n", 6, ["org must be text in quotes"]),
    ("list", GOOD + 'scope = ["a", "b"]\n', 6, ["scope must be text in quotes"]),
    ("date", GOOD + "timezone = 2026-01-01\n", 6, ["timezone must be text in quotes"]),
    ("no place", "\n[profiles.acme]\n" + REST, 2, ["lacks region", 'region = "eu_central_1"']),
    ("no api", HEAD.replace("region", "login_url"), 1, ["lacks api_url", "https://"]),
    ("no login", HEAD.replace("region", "api_url"), 1, ["lacks login_url", "https://"]),
    ("no client", HEAD, 1, ["[profiles.acme] lacks client_id"]),
    ("blank client", HEAD + REST.replace("c-1", "  "), 1, ["lacks client_id"]),
    ("no grant", HEAD + 'client_id = "c"\n', 1, ["lacks grant", '"implicit" or "pkce"']),
    ("no redirect", HEAD + 'client_id="c"\ngrant="pkce"\n', 1, ["lacks redirect_uri"]),
    ("both places", GOOD + 'login_url = "https://x.example"', 6, ["Remove login_url"]),
    ("both, api", GOOD + 'api_url = "https://x.example"', 6, ["Remove login_url and api_url"]),
    ("near region", GOOD.replace("eu_c", "eu_k"), 2, ["eu_kentral_1", "did you mean eu_c"]),
    ("no region", GOOD.replace("eu_central_1", "moon"), 2, ['"moon"', "us_east_1", "ap_north"]),
    ("bad grant", GOOD.replace("pkce", "code"), 4, ['"code"', '"implicit" or "pkce"']),
    ("case of grant", GOOD.replace("pkce", "PKCE"), 4, ['"PKCE"', '"implicit" or "pkce"']),
    ("org alone", GOOD + 'org = "acme"\n', 6, ["org needs provider", "remove org"]),
    ("provider alone", GOOD + 'provider = "okta"\n', 6, ["provider needs org"]),
    ("zone", GOOD + 'timezone = "Mars/Base"\n', 6, ['"Mars/Base"', "Europe/London"]),
    ("zone folder", GOOD + 'timezone = "Europe"\n', 6, ["unknown time zone"]),
    ("zone path", GOOD + 'timezone = "../../etc/passwd"\n', 6, ["unknown time zone"]),
    ("fragment", GOOD.replace("/cb", "/cb#x"), 5, ["redirect_uri must not have a fragment"]),
    ("bare #", GOOD.replace("/cb", "/cb#"), 5, ["redirect_uri must not have a fragment"]),
    ("http redirect", GOOD.replace("localhost", "a.example"), 5, ["redirect_uri must use https"]),
    ("dots", GOOD.replace("/cb", "/a/../cb"), 5, ["redirect_uri's path", "without dots alone"]),
    ("odd path", GOOD.replace("/cb", "/{cb}"), 5, ["redirect_uri's path", "%7B"]),
    ("odd host", GOOD.replace("http://localhost", "https://\u00fc.example"), 5, ["xn--"]),
    ("long host", GOOD.replace("localhost", "[0:0:0:0:0:0:0:1]"), 5, ["redirect_uri", "[::1]"]),
    ("own scheme", GOOD.replace("http://l", "myapp://l"), 5, ["must be a whole address"]),
    ("way", GOOD + 'way = "window"\n', 6, ['unknown way "window"', '"view" or "browser"']),
    ("way is a list", GOOD + 'way = ["view"]\n', 6, ["way must be text in quotes"]),
    ("port text", GOOD + 'browser_ports = "8085"\n', 6, ["browser_ports must be a list of 1 to 8"]),
    ("no ports", GOOD + "browser_ports = []\n", 6, ["browser_ports must be", "[8085, 8086, 8087]"]),
    ("nine ports", GOOD + f"browser_ports = {[*range(2000, 2009)]}\n", 6, ["1 to 8 different"]),
    ("port twice", GOOD + "browser_ports = [8085, 8085]\n", 6, ["different ports"]),
    ("low port", GOOD + "browser_ports = [8085, 1023]\n", 6, ["from 1024 to 65535"]),
    ("high port", GOOD + "browser_ports = [65536]\n", 6, ["from 1024 to 65535"]),
    ("true port", GOOD + "browser_ports = [true]\n", 6, ["browser_ports must be"]),
    ("second profile", GOOD + GOOD.replace("acme", "b").replace("pkce", "x"), 9, ["unknown grant"]),
    ("quoted key", GOOD.replace("grant", '"grant"').replace("pkce", "x"), 4, ["unknown grant"]),
    ("escaped key", GOOD + '"\\u006frg" = "x"\n', 1, ["org needs provider"]),
    ("dotted key", 'profiles.a.region = "moon"\n', 1, ["unknown region"]),
    ("inline", '\nprofiles.a = { region = "moon" }\n', 2, ["unknown region"]),
    ("long text", HEAD + 'scope = """\na\nb"""\ngrant = 1\n', 6, ["grant must be text"]),
    ("crlf", GOOD.replace("pkce", "x").replace("\n", "\r\n"), 4, ["unknown grant"]),
    ("line separator", "# a\u2028b\x85c\n" + GOOD.replace("pkce", "x"), 5, ["unknown grant"]),
]


@pytest.mark.parametrize(
    ("text", "line", "words"), [case[1:] for case in BAD], ids=[case[0] for case in BAD]
)
def test_a_bad_file_is_told_by_line_and_mend(text: str, line: int | None, words: list[str]) -> None:
    error = refusal(text)
    assert error.line == line
    assert str(error).startswith(f"Line {line}: ") == (line is not None)
    assert [word for word in words if word not in str(error)] == []
    assert str(error).endswith((".", "?"))


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("http://login.example.com", "must use https"),
        ("http://localhost.example.com", "must use https"),
        ("http://127.0.0.1.example.com", "must use https"),
        ("http://10.0.0.1", "must use https"),
        ("login.example.com", "must be a whole address"),
        ("//login.example.com", "must be a whole address"),
        ("https://", "must be a whole address"),
        ("ftp://login.example.com", "must be a whole address"),
        ("file:///etc/passwd", "must be a whole address"),
        ("javascript:alert(1)", "must be a whole address"),
        ("https://login.example.com/oauth", "without a path"),
        ("https://login.example.com?x=1", "without a path"),
        ("https://login.example.com/#x", "without a path"),
        ("https://me:secret@login.example.com", "user name or password"),
        ("https://@login.example.com", "user name or password"),
        ("https://login.example.com:99999", "not an address"),
        ("https://login.example.com:port", "not an address"),
        ("https://[::1", "not an address"),
        ("https://login.example .com", "no address may have"),
        ("https://login.example.com\\\\@evil.example", "no address may have"),
        ("https://login.\\texample.com", "no address may have"),
        ("https://login.ex\u00e4mple.com", "as browsers write it"),
        ("https://login.example.com.", "as browsers write it"),
        ("https://127.1", "as browsers write it"),
    ],
)
@pytest.mark.parametrize("key", ["login_url", "api_url"])
def test_own_hosts_that_are_refused(key: str, address: str, words: str) -> None:
    good = "https://x.example.com"
    error = refusal(OWN.format(*((address, good) if key == "login_url" else (good, address))))
    assert error.line == (2 if key == "login_url" else 3)
    assert key in str(error)
    assert words in str(error)
    assert "secret" not in str(error)


def test_a_file_with_a_byte_order_mark_and_crlf(tmp_path: Path) -> None:
    path = tmp_path / "profiles.toml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert load_profiles(path) == {"acme": only(GOOD)}


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (GOOD.encode() + b'org = "Caf\xe9"\n', 6),
        (b"\xef\xbb\xbf" + GOOD.encode() + b"\n# \xff\n", 7),
        (GOOD.encode("utf-16"), 1),
    ],
    ids=["latin-1", "after-a-mark", "utf-16"],
)
def test_a_file_that_is_not_utf_8_names_the_line(tmp_path: Path, content: bytes, line: int) -> None:
    path = tmp_path / "profiles.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match="Save the file as UTF-8") as caught:
        load_profiles(path)
    assert caught.value.line == line


def test_a_missing_file_is_named_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "profiles.toml"
    with pytest.raises(ConfigError, match="Create it, or name another with --config") as caught:
        load_profiles(path)
    assert str(path) in str(caught.value)
    assert caught.value.line is None


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="can't be read") as caught:
        load_profiles(tmp_path)
    assert str(tmp_path) in str(caught.value)


_LINES = st.lists(
    st.sampled_from([*GOOD.splitlines(), "[profiles]", "acme = 1", "x = [", '"', "org = ''", "\r"])
    | st.text(max_size=12)
)


@given(_LINES.map("\n".join))
def test_any_text_gives_profiles_or_a_sentence(text: str) -> None:
    line: int | None = None
    profiles: dict[str, Profile] = {}
    try:
        profiles = parse_profiles(text)
    except ConfigError as error:
        line = error.line
    assert line is None or 1 <= line <= text.count("\n") + 1
    assert all(profile.client_id for profile in profiles.values())
