"""What is asked of the Genesys admin."""

from __future__ import annotations

from dataclasses import replace

from desktop_app.core.signin.admin_text import READ_SCOPES, admin_text, redirect_uris
from desktop_app.core.signin.profiles import Grant
from desktop_app.core.signin.regions import find_region
from desktop_app.practice.accounts import READ_SCOPES as PRACTICE_SCOPES
from tests.core.signin.signing_in import CALLBACK, CLIENT, make_profile


def test_names_everything_that_the_admin_has_to_enter() -> None:
    region = find_region("eu_central_1")
    text = admin_text(make_profile(Grant.PKCE, region=region))
    for needed in (
        "Admin › Integrations › OAuth",
        "Frankfurt (mypurecloud.de)",
        "Code Authorization with PKCE",
        CLIENT,
        CALLBACK,
        "http://localhost:8087/oauth2/callback",
        "analytics:readonly",
        "analytics:conversationDetail:view",
        "speechAndTextAnalytics:data:view",
        "quality:evaluation:view",
    ):
        assert needed in text


def test_redirect_uris_are_named_once_each() -> None:
    uris = redirect_uris(make_profile(Grant.PKCE))
    assert len(uris) == len(set(uris)) == 3
    assert uris[0] == CALLBACK
    https = "https://callback.example.com/oauth2/callback"
    assert redirect_uris(make_profile(Grant.PKCE, redirect_uri=https)) == (https, *uris)


def test_asks_for_reading_alone() -> None:
    """T11: no scope that writes is asked for."""
    read_only = {"notifications", "user-basic-info"}
    assert all(scope.endswith(":readonly") or scope in read_only for scope in READ_SCOPES)
    assert set(READ_SCOPES) == set(PRACTICE_SCOPES)


def test_what_is_not_entered_yet_is_left_out() -> None:
    empty = make_profile(Grant.PKCE, name="", client_id="", redirect_uri="")
    text = admin_text(empty)
    assert "Please create it" in text and "http://localhost:8085/oauth2/callback" in text
    assert not any(title in text for title in ("Client ID:", "Region:", "Organisation:"))


def test_an_implicit_client_is_never_asked_to_be_created() -> None:
    profile = make_profile(Grant.IMPLICIT)
    assert "create it" not in admin_text(replace(profile, client_id=""))
    assert "March 2027" in admin_text(profile)
