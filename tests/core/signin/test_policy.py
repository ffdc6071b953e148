"""The administrator's policy: which file wins, what it allows, and how it changes profiles."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest

from desktop_app.core.errors import ConfigError, ForbiddenByPolicy
from desktop_app.core.signin.policy import (
    Policy,
    Setting,
    load_policy,
    policy_files,
)
from desktop_app.core.signin.policy_file import READERS
from desktop_app.core.signin.profiles import PRACTICE, Grant, Profile, Way
from desktop_app.core.signin.regions import Region, find_region
from desktop_app.core.updates.feed import FeedSource
from tests.core.signin.signing_in import make_profile

EXAMPLE = Path(__file__).parents[3] / "docs/examples/policy.toml"
UPDATE_KEY = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="  # RFC 8032, section 7.1, test 1
ORG = "7c1e64b0-0000-4000-8000-000000000001"


def region(text: str) -> Region:
    found = find_region(text)
    assert found is not None
    return found


FRANKFURT, IRELAND = region("eu_central_1"), region("eu_west_1")


def in_region(where: Region, **changes: Any) -> Profile:
    return make_profile(
        **{"login_url": where.login_url, "api_url": where.api_url, "region": where, **changes}
    )


def practice(**changes: Any) -> Profile:
    here = "http://127.0.0.1:9000"
    return make_profile(**{"name": PRACTICE, "login_url": here, "api_url": here, **changes})


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Where the machine's and the user's file may be put."""
    for folder in ("machine", "user"):
        (tmp_path / folder).mkdir()
    return tmp_path / "machine/policy.toml", tmp_path / "user/policy.toml"


def trusted(path: Path) -> bool:
    return True


def only(files: tuple[Path, Path], text: str) -> Policy:
    files[0].write_text(text, encoding="utf-8")
    return load_policy(*files, is_trusted=trusted)


def test_without_a_file_everything_is_allowed_and_the_window_locks(
    files: tuple[Path, Path],
) -> None:
    policy = load_policy(*files, is_trusted=trusted)
    assert policy == Policy()
    assert policy.idle_lock_minutes == 15
    for profile in (make_profile(), in_region(IRELAND), practice()):
        policy.check_profile(profile)
        assert policy.applied_to(profile) == profile
    policy.check_organization("any", "")
    assert not policy.forces_browser
    assert not policy.forces_window


def test_every_key_is_read(files: tuple[Path, Path], tmp_path: Path) -> None:
    ca_file = tmp_path / "ca.pem"
    policy = only(
        files,
        f"""
        regions = ["eu_central_1", "mypurecloud.ie", "eu-central-1"]
        organizations = ["{ORG.upper()}"]
        grant = "pkce"
        sign_in = "browser"
        stay_signed_in = false
        export = false
        recordings = false
        retention_days = 3650
        mask_numbers = true
        idle_lock_minutes = 480
        proxy = "http://proxy.example.com:8080"
        ca_file = '{ca_file}'
        practice = false
        update_notice = false
        update_feed = "https://it.example.com/feed.json"
        update_key = "{UPDATE_KEY}"
        """,
    )
    assert policy == Policy(
        regions=(FRANKFURT, IRELAND),
        organizations=(ORG,),
        grant=Grant.PKCE,
        sign_in=Way.BROWSER,
        stay_signed_in=False,
        export=False,
        recordings=False,
        retention_days=3650,
        mask_numbers=True,
        idle_lock_minutes=480,
        proxy="http://proxy.example.com:8080",
        ca_file=ca_file,
        practice=False,
        update_notice=False,
        update_feed="https://it.example.com/feed.json",
        update_key=UPDATE_KEY,
        origins=dict.fromkeys(READERS, files[0]),
    )


def test_the_example_names_every_key_and_changes_nothing_as_it_is(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    example = EXAMPLE.read_text(encoding="utf-8")
    assert only(files, example) == Policy()
    switched_on = re.sub(r"^# (?=[a-z_]+ = )", "", example, flags=re.MULTILINE)
    # A whole path is written otherwise on Windows.
    switched_on = switched_on.replace("/etc/ssl/company-ca.pem", (tmp_path / "ca").as_posix())
    assert list(only(files, switched_on).origins) == list(READERS)
    default = {setting.title: setting.value for setting in Policy().settings()}
    assert [
        setting.title
        for setting in load_policy(*files, is_trusted=trusted).settings()
        if setting.value == default[setting.title]
    ] == []


def test_the_machines_file_wins_key_by_key(files: tuple[Path, Path]) -> None:
    machine, user = files
    user.write_text('export = true\nretention_days = 30\nproxy = "none"\n', encoding="utf-8")
    policy = only(files, "export = false\nretention_days = 90\n")
    assert (policy.export, policy.retention_days, policy.proxy) == (False, 90, "none")
    assert policy.origins == {"export": machine, "retention_days": machine, "proxy": user}


def test_settings_tell_every_key_in_words_and_where_it_comes_from(
    files: tuple[Path, Path],
) -> None:
    assert Policy().settings() == (
        Setting("Regions", "Any", None),
        Setting("Organisations", "Any", None),
        Setting("Grant", "Any", None),
        Setting("Sign in with", "Any", None),
        Setting("Stay signed in", "Allowed", None),
        Setting("Export", "Allowed", None),
        Setting("Recordings", "Allowed", None),
        Setting("Keep contacts for", "No limit", None),
        Setting("Phone numbers", "Shown", None),
        Setting("Lock after", "15 minutes", None),
        Setting("Proxy", "As this computer is set up", None),
        Setting("Additional certificates", "None", None),
        Setting("Practice organisation", "Allowed", None),
        Setting("Notice of new versions", "Allowed", None),
        Setting("Feed of new versions", "As this copy was built", None),
        Setting("Key of that feed", "As this copy was built", None),
    )
    machine, user = files
    user.write_text("idle_lock_minutes = 1\n", encoding="utf-8")
    told = only(files, 'regions = ["eu_central_1", "eu_west_1"]\nexport = false\nproxy = "none"')
    changed = [setting for setting in told.settings() if setting.origin]
    assert changed == [
        Setting("Regions", "Frankfurt, Ireland", machine),
        Setting("Export", "Not allowed", machine),
        Setting("Lock after", "1 minute", user),
        Setting("Proxy", "None", machine),
    ]


@pytest.mark.parametrize("whose", [0, 1], ids=["machine", "user"])
def test_one_broken_file_stops_every_sign_in(files: tuple[Path, Path], whose: int) -> None:
    files[1 - whose].write_text("export = false\n", encoding="utf-8")
    files[whose].write_text("\nexport = 0\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="nobody can sign in") as caught:
        load_policy(*files, is_trusted=trusted)
    assert str(files[whose]) in str(caught.value)
    assert caught.value.line == 2


def test_a_browser_cannot_be_forced_together_with_implicit(files: tuple[Path, Path]) -> None:
    machine, user = files
    user.write_text('sign_in = "browser"', encoding="utf-8")
    with pytest.raises(ConfigError, match="a browser can only") as caught:
        only(files, 'grant = "implicit"')
    assert str(machine) in str(caught.value)
    assert str(user) in str(caught.value)


def test_T12_only_allowed_regions_get_a_login() -> None:
    policy = Policy(regions=(FRANKFURT,))
    policy.check_profile(in_region(FRANKFURT))
    policy.check_profile(practice())
    here = "http://127.0.0.1:9000"
    refused = [
        in_region(IRELAND),
        make_profile(login_url=FRANKFURT.login_url, api_url=FRANKFURT.api_url),
        in_region(FRANKFURT, login_url="https://login.example.com"),
        in_region(FRANKFURT, api_url=IRELAND.api_url),
        make_profile(),
        make_profile(login_url=here, api_url=here),
        in_region(FRANKFURT, login_url=here, name=PRACTICE),
    ]
    for profile in refused:
        with pytest.raises(ForbiddenByPolicy, match=r"only these regions .* Frankfurt"):
            policy.check_profile(profile)


def test_the_practice_organisation_can_be_switched_off() -> None:
    with pytest.raises(ForbiddenByPolicy, match="practice organisation is switched off"):
        Policy(practice=False).check_profile(practice())
    Policy(practice=False).check_profile(in_region(IRELAND))


def test_only_allowed_organisations() -> None:
    policy = Policy(organizations=(ORG,))
    policy.check_organization(ORG.upper(), "Acme")
    policy.check_profile(make_profile())
    policy.check_profile(make_profile(organization_id=ORG))
    with pytest.raises(ForbiddenByPolicy, match='The organisation "Other" is not among'):
        policy.check_organization("7c1e64b0-0000-4000-8000-000000000002", "Other")
    with pytest.raises(ForbiddenByPolicy, match="This organisation is not among"):
        policy.check_organization("", "")
    with pytest.raises(ForbiddenByPolicy, match='"acme" is not among'):
        policy.check_profile(make_profile(organization_id="elsewhere"))


def test_a_forced_grant_changes_profiles() -> None:
    implicit = make_profile(Grant.IMPLICIT, pkce_client_id="c-pkce")
    pkce = make_profile(Grant.PKCE)
    forced = Policy(grant=Grant.PKCE).applied_to(implicit)
    assert (forced.grant, forced.client_id) == (Grant.PKCE, "c-pkce")
    assert Policy(grant=Grant.PKCE).applied_to(pkce) == pkce
    assert Policy(grant=Grant.IMPLICIT).applied_to(pkce) == make_profile(Grant.IMPLICIT)


@pytest.mark.parametrize("pkce_client_id", ["", "c-pkce"])
def test_forced_implicit_uses_the_client_that_may(pkce_client_id: str) -> None:
    written = make_profile(Grant.IMPLICIT, pkce_client_id=pkce_client_id)
    forced = Policy(grant=Grant.IMPLICIT)
    for used in (
        written,
        written.with_pkce(),
        written.with_pkce().with_pkce(),
        written.for_browser("http://localhost:8085/oauth2/callback"),
        forced.applied_to(written.with_pkce()),
    ):
        assert forced.applied_to(used) == written
    again = forced.applied_to(written.with_pkce()).with_pkce()
    assert again == written.with_pkce() and forced.applied_to(again) == written


@pytest.mark.parametrize(
    ("policy", "way", "browser", "window"),
    [
        (Policy(), Way.BROWSER, False, False),
        (Policy(sign_in=Way.BROWSER), Way.BROWSER, True, False),
        (Policy(sign_in=Way.VIEW), Way.VIEW, False, True),
        (Policy(grant=Grant.IMPLICIT), Way.VIEW, False, True),
        (Policy(grant=Grant.PKCE), Way.BROWSER, False, False),
    ],
)
def test_a_forced_way_changes_profiles(
    policy: Policy, way: Way, browser: bool, window: bool
) -> None:
    assert policy.applied_to(make_profile(Grant.PKCE, way=Way.BROWSER)).way is way
    assert (policy.forces_browser, policy.forces_window) == (browser, window)
    forced = policy.applied_to(make_profile(Grant.PKCE)).way
    assert (forced is Way.BROWSER) == browser


def test_no_environment_variable_moves_the_machines_file(monkeypatch: pytest.MonkeyPatch) -> None:
    before = policy_files()
    names = ("XDG_CONFIG_DIRS", "XDG_DATA_DIRS", "HOMEBREW_PREFIX", "ProgramData", "PROGRAMDATA")
    overrides = ("WIN_PD_OVERRIDE_COMMON_APPDATA", "ALLUSERSPROFILE", "HOME", "XDG_CONFIG_HOME")
    for name in (*names, *overrides):
        monkeypatch.setenv(name, str(Path.cwd().anchor + "elsewhere"))
    assert policy_files().machine == before.machine
    assert policy_files().machine.is_absolute()


@pytest.mark.parametrize(
    ("platform", "path"),
    [
        ("linux", "/etc/contact-history/policy.toml"),
        ("darwin", "/Library/Application Support/contact-history/policy.toml"),
    ],
)
def test_where_the_machines_file_is(
    monkeypatch: pytest.MonkeyPatch, platform: str, path: str
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    assert policy_files().machine == Path(path)
    assert f" {path}\n" in EXAMPLE.read_text(encoding="utf-8")


# --- whose file it is ---------------------------------------------------------------------------


def test_a_policy_that_anybody_may_have_written_stops_every_sign_in(
    files: tuple[Path, Path],
) -> None:
    files[0].write_text("export = true\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_policy(*files, is_trusted=lambda path: False)
    assert str(caught.value).startswith(
        f"The policy file {files[0]} doesn't belong to an administrator alone, so nobody can sign"
    )
    assert "delete its folder and make it anew as an administrator" in str(caught.value)


def test_a_policy_whose_owner_is_not_known_stops_every_sign_in(
    files: tuple[Path, Path],
) -> None:
    def unknown(path: Path) -> bool:
        raise OSError(5, "Access is denied")

    files[0].write_text("export = true\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"can't be found out: Access is denied"):
        load_policy(*files, is_trusted=unknown)


def test_the_users_own_file_may_be_the_users(files: tuple[Path, Path]) -> None:
    files[1].write_text("export = false\n", encoding="utf-8")
    assert not load_policy(*files, is_trusted=lambda path: False).export


def test_newer_versions_are_looked_for_where_the_policy_says(files: tuple[Path, Path]) -> None:
    built_in = FeedSource("https://a.example/feed.json", "a key")
    assert Policy().update_source(None) is None
    assert Policy().update_source(built_in) == built_in
    feed = "https://it.example.com/feed.json"
    mirrored = only(files, f'update_feed = "{feed}"\nupdate_key = "{UPDATE_KEY}"\n')
    assert mirrored.update_source(built_in) == FeedSource(feed, UPDATE_KEY)
    assert Policy(update_feed=feed).update_source(built_in) == FeedSource(feed, "a key")
    off = only(
        files, f'update_notice = false\nupdate_feed = "{feed}"\nupdate_key = "{UPDATE_KEY}"\n'
    )
    assert off.update_source(built_in) is None


def test_a_feed_that_nobody_signs_is_told(files: tuple[Path, Path]) -> None:
    with pytest.raises(ConfigError, match="update_key"):
        only(files, 'update_feed = "https://it.example.com/feed.json"\n')


@pytest.mark.parametrize(
    "line",
    [
        'update_feed = "http://it.example.com/feed.json"',
        "update_feed = 1",
        'update_key = "short"',
        "update_key = true",
        'update_notice = "no"',
    ],
)
def test_what_isnt_a_feed_or_a_key_is_told(files: tuple[Path, Path], line: str) -> None:
    with pytest.raises(ConfigError, match="must be"):
        only(files, line)
