"""One sign-in attempt in its course: state, grant, proof, errors, end (T1, T7, T8, T10, F27)."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote, urlencode

import pytest

from desktop_app.core.errors import CallbackRejected, ClientRefused
from desktop_app.core.signin.oauth import (
    LIFETIME_S,
    Attempt,
    Code,
    Failure,
    NotOurs,
    Token,
    s256,
)
from desktop_app.core.signin.profiles import Grant
from tests.core.signin.signing_in import (
    CALLBACK,
    CLIENT,
    CODE,
    LOGIN,
    START,
    TOKEN,
    answer_to,
    asked_of,
    begin,
    is_accepted,
    make_profile,
    offered,
    sentence_of,
    state_of,
)

BOTH = pytest.mark.parametrize("grant", list(Grant))


def with_state(attempt: Attempt, state: str) -> str:
    """A good answer whose state is written exactly so."""
    return answer_to(attempt, state=None) + f"&state={state}"


# --- what is asked --------------------------------------------------------------------------


def test_the_authorize_url_of_each_grant() -> None:
    implicit, pkce = begin(Grant.IMPLICIT), begin(Grant.PKCE)
    same = {"client_id": CLIENT, "redirect_uri": CALLBACK}
    assert implicit.authorize_url.startswith(f"{LOGIN}/oauth/authorize?")
    assert asked_of(implicit) == {**same, "response_type": "token", "state": state_of(implicit)}
    verifier = pkce.verifier.reveal() or ""
    assert asked_of(pkce) == {
        **same,
        "response_type": "code",
        "state": state_of(pkce),
        "code_challenge": s256(verifier),
        "code_challenge_method": "S256",
    }


def test_what_the_profile_and_the_caller_add() -> None:
    profile = make_profile(org="acme & co", provider="okta", scope="users:readonly notifications")
    attempt = Attempt.start(profile, now=START, prompt="login", login_hint="grace@acme.example")
    asked = asked_of(attempt)
    assert (asked["org"], asked["provider"]) == ("acme & co", "okta")
    assert asked["scope"] == "users:readonly notifications"
    assert (asked["prompt"], asked["login_hint"]) == ("login", "grace@acme.example")


@BOTH
def test_a_good_answer_is_accepted(grant: Grant) -> None:
    attempt = begin(grant)
    outcome = offered(attempt, answer_to(attempt))
    if grant is Grant.IMPLICIT:
        assert isinstance(outcome, Token)
        assert outcome.access_token.reveal() == TOKEN
        assert outcome.expires_in == 86_400
    else:
        assert isinstance(outcome, Code)
        assert outcome.code.reveal() == CODE


@BOTH
@pytest.mark.parametrize(
    "url",
    [
        "about:blank",
        f"{LOGIN}/oauth/authorize?client_id=x",
        "https://idp.example.com/sso#x",
        "",
        "%",
    ],
)
def test_other_pages_leave_the_attempt_alive(grant: Grant, url: str) -> None:
    attempt = begin(grant)
    assert offered(attempt, url) == NotOurs()
    assert is_accepted(offered(attempt, answer_to(attempt)))


# --- T1: the state ----------------------------------------------------------------------------


def test_T01_the_state_has_256_bits_survives_encoding_and_is_never_the_same() -> None:
    states = {state_of(begin()) for _ in range(100)}
    assert len(states) == 100
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", state) for state in states)


@BOTH
@pytest.mark.parametrize("times", [0, 1, 2])
def test_T01_the_state_is_recognised_however_often_it_was_encoded(grant: Grant, times: int) -> None:
    attempt = begin(grant)
    raw = state_of(attempt)
    # Every character, for a base64url text has none that would have to be encoded.
    once = "".join(f"%{byte:02X}" for byte in raw.encode())
    written = (raw, once, quote(once))[times]
    assert is_accepted(offered(attempt, with_state(attempt, written)))


WRONG_STATES: list[Callable[[str], str | None]] = [
    lambda state: None,
    lambda state: "",
    lambda state: "x",
    lambda state: state[:-1],
    lambda state: state[1:],
    lambda state: f"{state}A",
    lambda state: f"{state[:-1]}{'A' if state[-1] != 'A' else 'B'}",
    lambda state: state.swapcase(),
    lambda state: f"{state}=",
    lambda state: f"{state}%20",
    lambda state: f"+{state}",
    lambda state: f"{state}%00",
    lambda state: "".join(f"%25252525{byte:02X}" for byte in state.encode()),
    lambda state: "%FF",
    lambda state: "%F0%9F%98%80",
]


@BOTH
def test_T01_a_missing_wrong_or_near_state_is_refused(grant: Grant) -> None:
    for change in WRONG_STATES:
        attempt = begin(grant)
        state = change(state_of(attempt))
        url = answer_to(attempt, state=None) if state is None else with_state(attempt, state)
        assert not is_accepted(offered(attempt, url)), state


@BOTH
def test_T01_another_attempts_answer_is_refused(grant: Grant) -> None:
    attempt, other = begin(grant), begin(grant)
    outcome = offered(attempt, answer_to(other))
    assert "does not belong to this sign-in" in sentence_of(outcome)


@BOTH
def test_T01_an_answer_is_accepted_once(grant: Grant) -> None:
    attempt = begin(grant)
    answer = answer_to(attempt)
    assert is_accepted(offered(attempt, answer))
    assert "already had its answer" in sentence_of(offered(attempt, answer))
    assert "already had its answer" in sentence_of(offered(attempt, CALLBACK))


@BOTH
def test_T01_a_forged_answer_ends_the_attempt(grant: Grant) -> None:
    attempt = begin(grant)
    answer = answer_to(attempt)
    assert not is_accepted(offered(attempt, with_state(attempt, "forged")))
    assert not is_accepted(offered(attempt, answer))


@BOTH
@pytest.mark.parametrize("name", ["state", "access_token", "code", "expires_in", "error", "x"])
def test_T01_a_parameter_given_twice_is_refused(grant: Grant, name: str) -> None:
    attempt = begin(grant)
    value = state_of(attempt) if name == "state" else "1"
    answer = answer_to(attempt)
    twice = f"&{name}={value}" if f"{name}=" in answer else f"&{name}={value}&{name}={value}"
    assert "names something twice" in sentence_of(offered(attempt, answer + twice))


# --- T7: the grant ----------------------------------------------------------------------------


def test_T07_a_token_is_refused_where_a_code_was_asked_for() -> None:
    implicit = {"access_token": TOKEN, "expires_in": "300", "token_type": "bearer"}
    for mark, more in (("#", implicit), ("?", implicit), ("?", {**implicit, "code": CODE})):
        attempt = begin(Grant.PKCE)
        given = {**more, "state": state_of(attempt)}
        assert isinstance(offered(attempt, f"{CALLBACK}{mark}{urlencode(given)}"), Failure)
    attempt = begin(Grant.PKCE)
    both = f"{answer_to(attempt)}#{urlencode(implicit)}"
    assert "in a form that was not asked for" in sentence_of(offered(attempt, both))


def test_T07_a_code_is_refused_where_a_token_was_asked_for() -> None:
    for mark in "?#":
        attempt = begin(Grant.IMPLICIT)
        given = {"code": CODE, "state": state_of(attempt)}
        assert isinstance(offered(attempt, f"{CALLBACK}{mark}{urlencode(given)}"), Failure)
    attempt = begin(Grant.IMPLICIT)
    outcome = offered(attempt, f"{answer_to(attempt)}&code={CODE}")
    assert "in a form that was not asked for" in sentence_of(outcome)


def test_T07_a_token_in_the_query_is_refused() -> None:
    attempt = begin(Grant.IMPLICIT)
    assert isinstance(offered(attempt, answer_to(attempt).replace("#", "?")), Failure)


# --- T8: the proof ----------------------------------------------------------------------------


def test_T08_the_vector_of_rfc_7636_appendix_b() -> None:
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert s256(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_T08_verifiers_have_the_length_and_the_alphabet_and_never_repeat() -> None:
    verifiers = {begin(Grant.PKCE).verifier.reveal() or "" for _ in range(100)}
    assert len(verifiers) == 100
    assert all(re.fullmatch(r"[A-Za-z0-9._~-]{43,128}", verifier) for verifier in verifiers)


def test_T08_only_the_challenge_is_sent_never_the_verifier() -> None:
    attempt = begin(Grant.PKCE)
    verifier = attempt.verifier.reveal() or "-"
    assert asked_of(attempt)["code_challenge_method"] == "S256"
    assert verifier not in attempt.authorize_url
    assert "plain" not in attempt.authorize_url
    assert "code_challenge" not in begin(Grant.IMPLICIT).authorize_url


# --- T10: whose word counts -------------------------------------------------------------------


@BOTH
@pytest.mark.parametrize(
    "page",
    [
        "https://idp.example.com/sso?error=access_denied",
        "https://idp.example.com/#error=access_denied",
        "https://idp.example.com/#/error?errorKey=invalidClientId",
        f"{LOGIN}.evil.example/#/error?errorKey=invalidClientId",
        f"{LOGIN}:8443/#/error?errorKey=invalidClientId",
        f"{LOGIN.replace('https', 'http')}/#/error?errorKey=invalidClientId",
        f"{LOGIN.replace('//', '//x@')}/#/error?errorKey=invalidClientId",
        f"{LOGIN}/?error=access_denied",
        f"{LOGIN}/error?errorKey=invalidClientId",
        f"{LOGIN}/#/errors?errorKey=invalidClientId",
        f"{LOGIN}/#/login?errorKey=invalidClientId",
        "http://[::1/#/error?errorKey=x",
    ],
)
def test_T10_an_error_on_any_other_page_is_ignored(grant: Grant, page: str) -> None:
    attempt = begin(grant)
    assert offered(attempt, page) == NotOurs()
    assert is_accepted(offered(attempt, answer_to(attempt)))


@BOTH
@pytest.mark.parametrize(
    ("page", "code"),
    [
        ("/#/error?errorKey=invalidClientId", "invalidClientId"),
        ("/oauth/authorize?x=1#/error/?a=b&errorKey=invalidRedirectUri", "invalidRedirectUri"),
        ("/#/error", ""),
        ("/#/error?errorKey=a&errorKey=b", ""),
        ("/#/error?errorKey=%3Cscript%3E", ""),
    ],
)
def test_T10_the_login_hosts_error_page_ends_the_attempt(
    grant: Grant, page: str, code: str
) -> None:
    attempt = begin(grant)
    answer = answer_to(attempt)
    outcome = offered(attempt, LOGIN + page)
    assert isinstance(outcome, Failure)
    assert isinstance(outcome.error, ClientRefused)
    assert outcome.error.code == code
    assert not is_accepted(offered(attempt, answer))


def test_T10_an_error_in_a_frame_is_ignored() -> None:
    page = f"{LOGIN}/#/error?errorKey=invalidClientId"
    assert begin().offer(page, main_frame=False, now=START) == NotOurs()


@BOTH
def test_T10_an_error_at_the_callback_needs_our_state(grant: Grant) -> None:
    attempt = begin(grant)
    outcome = offered(attempt, answer_to(attempt, state="forged", error="access_denied"))
    assert isinstance(outcome, Failure)
    assert isinstance(outcome.error, CallbackRejected)


@BOTH
@pytest.mark.parametrize("state", ["", "forged"])
def test_T10_an_error_with_another_state_is_not_shown(grant: Grant, state: str) -> None:
    attempt = begin(grant)
    outcome = offered(attempt, answer_to(attempt, state=state, error="unauthorized_client"))
    assert "does not belong to this sign-in" in sentence_of(outcome)


@BOTH
def test_T10_an_error_without_state_is_told_in_our_words_alone(grant: Grant) -> None:
    attempt = begin(grant)
    answer = answer_to(attempt)
    forged = answer_to(
        attempt, state=None, error="unauthorized_client", description="Call 555-0100"
    )
    outcome = offered(attempt, forged)
    assert isinstance(outcome, Failure)
    assert isinstance(outcome.error, ClientRefused)
    assert outcome.error.code == "unauthorized_client"
    assert "555" not in outcome.error.sentence
    assert not is_accepted(offered(attempt, answer))


# --- F27: abandoned logins --------------------------------------------------------------------


@BOTH
@pytest.mark.parametrize(
    ("after_s", "alive"),
    [(0, True), (LIFETIME_S, True), (LIFETIME_S + 1, False), (86_400, False), (-86_400, False)],
)
def test_F27_an_attempt_lasts_ten_minutes(grant: Grant, after_s: float, alive: bool) -> None:
    assert LIFETIME_S == 600
    attempt = begin(grant)
    outcome = offered(attempt, answer_to(attempt), after_s=after_s)
    assert is_accepted(outcome) is alive
    assert alive or "begun too long ago" in sentence_of(outcome)


def test_F27_a_late_answer_ends_the_attempt() -> None:
    attempt = begin()
    answer = answer_to(attempt)
    offered(attempt, answer, after_s=LIFETIME_S + 1)
    assert not is_accepted(offered(attempt, answer))
