"""The table of regions, which alone decides where a login or a token goes (T12)."""

from __future__ import annotations

import pytest

from desktop_app.core.errors import ConfigError
from desktop_app.core.signin.profiles import parse_profiles
from desktop_app.core.signin.regions import find_region, regions

DOMAINS = {
    "us_east_1": "mypurecloud.com",
    "us_east_2": "use2.us-gov-pure.cloud",
    "us_west_2": "usw2.pure.cloud",
    "ca_central_1": "cac1.pure.cloud",
    "mx_central_1": "mxc1.pure.cloud",
    "sa_east_1": "sae1.pure.cloud",
    "eu_west_1": "mypurecloud.ie",
    "eu_west_2": "euw2.pure.cloud",
    "eu_central_1": "mypurecloud.de",
    "eu_central_2": "euc2.pure.cloud",
    "eusc_de_east_1": "edee1.eusc-pure.cloud",
    "me_central_1": "mec1.pure.cloud",
    "ap_south_1": "aps1.pure.cloud",
    "ap_southeast_1": "apse1.pure.cloud",
    "ap_southeast_2": "mypurecloud.com.au",
    "ap_northeast_1": "mypurecloud.jp",
    "ap_northeast_2": "apne2.pure.cloud",
    "ap_northeast_3": "apne3.pure.cloud",
}


def test_T12_the_table_holds_the_eighteen_regions_and_no_more() -> None:
    assert {region.key: region.domain for region in regions()} == DOMAINS
    assert len(regions()) == 18
    assert [region.key for region in regions() if region.fedramp] == ["us_east_2"]
    assert len({region.label for region in regions()}) == 18


@pytest.mark.parametrize(("key", "domain"), DOMAINS.items())
def test_T12_hosts_follow_from_the_table(key: str, domain: str) -> None:
    region = find_region(key)
    assert region is not None
    assert region.login_url == f"https://login.{domain}"
    assert region.api_url == f"https://api.{domain}"
    assert region.apps_url == f"https://apps.{domain}"
    assert find_region(key.replace("_", "-")) is region
    assert find_region(f" {domain.upper()} ") is region


@pytest.mark.parametrize(
    "hostile",
    [
        "evil.com#",
        "evil.com",
        "evil.com#mypurecloud.com",
        "evil.com/mypurecloud.com",
        "evil.com?mypurecloud.com",
        "mypurecloud.com.evil.com",
        "mypurecloud.com@evil.com",
        "mypurecloud.com:443@evil.com",
        "mypurecloud.com/",
        "mypurecloud.com.",
        "login.mypurecloud.com",
        "https://mypurecloud.com",
        "mypurecloud.c\u043em",
        "mypurecloud.com\u200b",
        "eu_central-1",
        "eu central 1",
        "*",
    ],
)
def test_T12_a_hostile_region_is_refused(hostile: str) -> None:
    assert find_region(hostile) is None
    text = f'[profiles.x]\nclient_id = "c"\nregion = "{hostile}"\n'
    with pytest.raises(ConfigError, match=r"^Line 3: unknown region"):
        parse_profiles(text)


def test_T12_nothing_is_no_region() -> None:
    assert find_region("") is None
    assert find_region("  ") is None
