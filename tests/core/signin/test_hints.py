"""Which addresses hint at a provider that wants another browser."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.core.signin.hints import Hint, hint_of


@pytest.mark.parametrize(
    "url",
    [
        "https://accounts.google.com/v3/signin/rejected?continue=x",
        "https://accounts.google.com/signin/oauth/error?authError=abc",
        "https://accounts.google.com/signin/oauth/error/v2?authError=abc",
    ],
)
def test_a_provider_that_refuses_embedded_browsers_is_known(url: str) -> None:
    assert hint_of(url) is Hint.EMBEDDED_REFUSED


@pytest.mark.parametrize(
    "url",
    [
        "https://login.microsoft.com/common/fido/get?uiflavor=Web",
        "https://acme.okta.example/signin/verify/webauthn/webauthn",
        "https://id.example.com/passkey",
    ],
)
def test_a_page_that_asks_for_a_security_key_is_known(url: str) -> None:
    assert hint_of(url) is Hint.SECURITY_KEY


@pytest.mark.parametrize(
    "url",
    [
        "https://login.mypurecloud.de/#/authenticate",
        "https://accounts.google.com/signin/identifier",
        "https://evil.example/signin/rejected",
        "https://id.example.com/webauthnish",
        "https://id.example.com/?next=/fido/get",
        "https://[broken",
    ],
)
def test_any_other_page_hints_at_nothing(url: str) -> None:
    assert hint_of(url) is None


@given(st.text())
def test_no_address_is_too_odd(url: str) -> None:
    hint_of(url)
