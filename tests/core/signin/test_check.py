"""Checking settings: what is told about good ones, and about what the login host refuses."""

from __future__ import annotations

import asyncio

import pytest

from desktop_app.core.signin import check
from desktop_app.core.signin.check import check_settings
from desktop_app.core.signin.findings import CheckResult, Subject, Verdict
from desktop_app.core.signin.profiles import Grant, Way
from desktop_app.practice.server import PracticeServer
from tests.core.genesys.loopback import Seen, reply, serving
from tests.core.signin.checking import (
    HTML,
    OK,
    PAGE,
    UNKNOWN,
    UNKNOWN_CLIENT,
    WRONG,
    checked,
    checked_against,
    client_of,
    host_that,
    redirect,
    region,
    sentence,
    straight,
    verdicts,
)
from tests.core.signin.signing_in import make_profile, practice_profile

# --- the practice organisation -----------------------------------------------------------------


@pytest.mark.parametrize("grant", list(Grant))
def test_good_settings_are_right_in_every_line(server: PracticeServer, grant: Grant) -> None:
    result = checked(practice_profile(server, grant))
    assert result.ok and result.problem == ""
    assert set(verdicts(result).values()) == {OK}
    assert (Subject.BROWSER in verdicts(result)) is (grant is Grant.PKCE)


def test_checking_signs_nobody_in(server: PracticeServer) -> None:
    checked(practice_profile(server, Grant.IMPLICIT))
    asked = [(seen.method, seen.path) for seen in server.log]
    assert sorted(asked) == [("GET", "/api/v2/tokens/me"), ("GET", "/oauth/authorize")]


def test_an_unknown_client(server: PracticeServer) -> None:
    result = checked(practice_profile(server, client_id="0f0f0f0f-0000-4000-8000-000000000000"))
    assert not result.ok
    assert "does not know this client ID" in result.problem
    found = verdicts(result)
    assert found[Subject.CLIENT] is WRONG
    assert found[Subject.REDIRECT] is found[Subject.GRANT] is UNKNOWN
    assert found[Subject.LOGIN] is found[Subject.API] is OK


def test_an_unregistered_redirect_uri_is_named(server: PracticeServer) -> None:
    uri = "http://localhost:8085/elsewhere"
    result = checked(practice_profile(server, Grant.IMPLICIT, redirect_uri=uri))
    assert uri in result.problem and "Ask your admin" in result.problem
    found = verdicts(result)
    assert (found[Subject.CLIENT], found[Subject.REDIRECT]) == (OK, WRONG)
    assert found[Subject.GRANT] is UNKNOWN


def test_implicit_asked_of_a_pkce_client_names_the_other_way(server: PracticeServer) -> None:
    client = client_of(server, "pkce")
    result = checked(practice_profile(server, Grant.IMPLICIT, client_id=client))
    assert verdicts(result)[Subject.GRANT] is WRONG
    assert verdicts(result)[Subject.REDIRECT] is OK
    assert "does not allow the implicit grant, but authorization code with PKCE" in result.problem


def test_a_client_that_allows_neither_grant(server: PracticeServer) -> None:
    client = client_of(server, "expired-implicit")
    result = checked(practice_profile(server, Grant.IMPLICIT, client_id=client))
    assert "allows neither" in result.problem and "Ask your admin" in result.problem


def test_the_wrong_region_names_the_right_one(server: PracticeServer) -> None:
    """This region's login host knows no client; of two others one knows it."""

    async def run() -> CheckResult:
        nobody = host_that(lambda seen: redirect(UNKNOWN_CLIENT))
        async with serving(nobody) as here, serving(nobody) as there:
            profile = practice_profile(server, login_url=here.url, api_url=here.url)
            others = (region("Elsewhere", there.url), region("Ireland", server.login_url))
            return await check_settings(profile, straight, other_regions=others)

    result = asyncio.run(run())
    assert result.problem == "This client ID belongs to Ireland. Choose that region."


def test_a_client_that_no_region_knows(server: PracticeServer) -> None:
    profile = practice_profile(server, client_id="0f0f0f0f-0000-4000-8000-000000000000")
    elsewhere = server.login_url.replace("127.0.0.1", "localhost")
    result = checked(profile, other_regions=[region("Ireland", elsewhere)])
    assert "belongs to" not in result.problem
    assert verdicts(result)[Subject.CLIENT] is WRONG


# --- redirects -----------------------------------------------------------------------------------


def test_a_browser_port_that_is_not_registered_is_a_warning() -> None:
    def says(seen: Seen) -> bytes:
        known = "localhost%3A8085%2F" in seen.target
        return PAGE if known else redirect("/#/error?errorKey=invalidRedirectUri")

    result, _ = checked_against(says)
    assert result.ok
    assert verdicts(result)[Subject.BROWSER] is Verdict.WARNING
    words = sentence(result, Subject.BROWSER)
    assert "port 8085 only" in words
    assert "http://localhost:8086/oauth2/callback and http://localhost:8087" in words


@pytest.mark.parametrize(("way", "verdict"), [(Way.VIEW, Verdict.WARNING), (Way.BROWSER, WRONG)])
def test_no_way_back_from_the_browser_matters_where_it_is_the_way_in(
    way: Way, verdict: Verdict
) -> None:
    def says(seen: Seen) -> bytes:
        known = "callback.example.com" in seen.target
        return PAGE if known else redirect("/#/error?errorKey=invalidRedirectUri")

    uri = "https://callback.example.com/oauth2/callback"
    result, _ = checked_against(says, redirect_uri=uri, way=way)
    assert verdicts(result)[Subject.BROWSER] is verdict
    assert result.ok is (way is Way.VIEW)


def test_the_callback_is_never_followed() -> None:
    async def run() -> tuple[CheckResult, int]:
        async with serving(host_that(lambda seen: PAGE)) as listener:
            uri = f"{listener.url}/oauth2/callback"

            def refusing(seen: Seen) -> bytes:
                return redirect(f"{uri}#error=unauthorized_client")

            async with serving(host_that(refusing)) as host:
                profile = make_profile(
                    Grant.IMPLICIT, login_url=host.url, api_url=host.url, redirect_uri=uri
                )
                return await check_settings(profile, straight), listener.connections

    result, connections = asyncio.run(run())
    assert verdicts(result)[Subject.GRANT] is WRONG
    assert connections == 0


def test_another_host_is_never_followed_to() -> None:
    """A login host that goes on to an identity provider has accepted the settings."""

    async def run() -> tuple[CheckResult, int]:
        async with serving(host_that(lambda seen: PAGE)) as provider:
            away = host_that(lambda seen: redirect(f"{provider.url}/sso"))
            async with serving(away) as host:
                profile = make_profile(Grant.IMPLICIT, login_url=host.url, api_url=host.url)
                return await check_settings(profile, straight), provider.connections

    result, connections = asyncio.run(run())
    assert result.ok and connections == 0


def test_redirects_on_the_login_host_are_followed_to_their_end() -> None:
    def says(seen: Seen) -> bytes:
        if seen.target.startswith("/oauth/authorize"):
            return redirect("/step")
        return redirect("/#/error?errorKey=invalidClientId") if seen.target == "/step" else PAGE

    result, asked = checked_against(says)
    assert verdicts(result)[Subject.CLIENT] is WRONG
    assert [seen.target for seen in asked if "/api/" not in seen.target][1:] == ["/step"]


def test_redirects_in_a_circle_end() -> None:
    result, asked = checked_against(lambda seen: redirect("/oauth/authorize?again"))
    assert "in a circle" in result.problem
    assert len(asked) == 1 + check.MOST_REDIRECTS


def test_an_unknown_refusal_is_told_in_the_words_for_it() -> None:
    result, _ = checked_against(lambda seen: redirect("/#/error?errorKey=invalidOrganization"))
    assert "invalidOrganization" in result.problem
    assert verdicts(result)[Subject.CLIENT] is WRONG


def test_a_login_that_is_down_says_so() -> None:
    result, _ = checked_against(lambda seen: reply(b"busy", 503, HTML))
    assert "unavailable" in result.problem and "503" in result.problem
    assert verdicts(result)[Subject.CLIENT] is UNKNOWN
