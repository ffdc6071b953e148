"""Threats that are no single part's: damaged answers, and where secrets travel (T6, T11, T31)."""

from __future__ import annotations

import asyncio
import json
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop_app.core.signin.exchange import exchange
from desktop_app.core.signin.oauth import Attempt, Code, NotOurs, Token
from desktop_app.core.signin.profiles import Grant, Profile
from desktop_app.core.signin.session import open_session, sign_out
from tests.core.genesys.loopback import Seen, reply, send, serving
from tests.core.signin.signing_in import (
    CLIENT,
    CODE,
    START,
    TOKEN,
    answer_to,
    begin,
    is_accepted,
    make_profile,
    offered,
    state_of,
)

# --- T6: answers a little way from a good one ---------------------------------------------------

ADDRESSES_EACH, EXAMPLES = 50, 200
INSERTED = [*"#?&=%/:@;+.[]\\ \t\n\x00aA0é", "%23", "%26", "%3D", "%00", "//", "http://", "\u202e"]
KINDS, PLACES, LONGEST = 6, 400, 40
_DAMAGE = st.integers(0, KINDS * PLACES * LONGEST * len(INSERTED) - 1)


def damaged(url: str, damage: int) -> str:
    """One slip of the hand, or of a hostile one; the number says which, where and how far."""
    damage, kind = divmod(damage, KINDS)
    damage, place = divmod(damage, PLACES)
    which, length = divmod(damage, LONGEST)
    at = place % (len(url) + 1)
    to, text = at + length + 1, INSERTED[which]
    slips: list[str] = [
        url,
        url[:at] + text + url[at:],
        url[:at] + text + url[at + 1 :],
        url[:at] + url[to:],
        url[:to] + url[at:to] + url[to:],
        url[:at] + url[at:to].swapcase() + url[to:],
    ]
    return slips[kind]


def may_be_taken(attempt: Attempt, url: str, state: str, secret: str) -> bool:
    """What an accepted answer must be, read by Python's own parser (RFC 9700 §2.1, RFC 6749 §4)."""
    parts, ours = urlsplit(url), urlsplit(attempt.profile.redirect_uri)
    implicit = attempt.profile.grant is Grant.IMPLICIT
    fields = parse_qsl(parts.fragment if implicit else parts.query, keep_blank_values=True)
    states = [value for name, value in fields if name == "state"]
    secrets = [value for name, value in fields if name == ("access_token" if implicit else "code")]
    while states and "%" in states[0]:
        states[0] = unquote(states[0])
    return (
        (parts.scheme, parts.hostname, parts.port) == (ours.scheme, ours.hostname, ours.port)
        and unquote(parts.path) == ours.path
        and "@" not in parts.netloc
        and states == [state]
        and secrets == [secret]
    )


def taken(outcome: Token | Code) -> str | None:
    secret = outcome.access_token if isinstance(outcome, Token) else outcome.code
    return secret.reveal()


@pytest.mark.parametrize("grant", list(Grant))
@settings(
    max_examples=EXAMPLES // len(Grant),
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example],
)
@given(st.lists(_DAMAGE, min_size=2 * ADDRESSES_EACH, max_size=2 * ADDRESSES_EACH))
def test_T06_ten_thousand_damaged_answers_are_taken_only_where_they_are_ours(
    grant: Grant, damages: list[int]
) -> None:
    assert EXAMPLES * ADDRESSES_EACH >= 10_000
    for first, second in zip(damages[::2], damages[1::2], strict=True):
        attempt = begin(grant)
        state, good = state_of(attempt), answer_to(attempt)
        url = damaged(damaged(good, first), second)
        outcome = offered(attempt, url)
        if isinstance(outcome, Token | Code):
            assert may_be_taken(attempt, url, state, taken(outcome) or ""), url
        else:
            assert url != good


@pytest.mark.parametrize("grant", list(Grant))
def test_T06_an_undamaged_answer_is_taken_and_the_judge_agrees(grant: Grant) -> None:
    """So that the judge above is neither blind nor deaf."""
    attempt = begin(grant)
    url, state = answer_to(attempt), state_of(attempt)
    secret = TOKEN if grant is Grant.IMPLICIT else CODE
    assert may_be_taken(attempt, url, state, secret)
    for other in (
        url.replace("localhost", "localhost.evil.example"),
        url.replace("state=", "state=x"),
        f"{url}&state={state}",
    ):
        assert not may_be_taken(attempt, other, state, secret)
    assert is_accepted(offered(attempt, url))


def test_T06_a_damaged_host_is_just_another_page() -> None:
    attempt = begin()
    assert offered(attempt, answer_to(attempt).replace("://", "://x@")) == NotOurs()


# --- T11, T31: what is sent, and where the secrets stand in it -----------------------------------

ANSWERS: dict[str, object] = {
    "/oauth/token": {"access_token": TOKEN, "token_type": "bearer", "expires_in": 3600},
    "/api/v2/tokens/me": {
        "organization": {"id": "org-1", "name": "Acme"},
        "OAuthClient": {"id": CLIENT},
    },
    "/api/v2/users/me": {"id": "u-1", "name": "Grace Obi"},
}


def whole_sign_in(grant: Grant) -> tuple[list[Seen], list[str]]:
    """Every request from the callback to the revocation, and the secrets of that sign-in."""

    async def respond(seen: Seen, writer: asyncio.StreamWriter) -> None:
        path = urlsplit(seen.target).path
        await send(writer, reply(json.dumps(ANSWERS[path]).encode()))

    async def main() -> tuple[list[Seen], list[str]]:
        async with serving(respond) as server:
            profile: Profile = make_profile(grant, login_url=server.url, api_url=server.url)
            attempt = Attempt.start(profile, now=START)
            secrets = [TOKEN, CODE, state_of(attempt), attempt.verifier.reveal() or TOKEN]
            outcome = offered(attempt, answer_to(attempt))
            assert isinstance(outcome, Token | Code)
            token = await exchange(attempt, outcome) if isinstance(outcome, Code) else outcome
            session = await open_session(profile, token)
            assert await sign_out(session)
            return server.seen, secrets

    return asyncio.run(main())


@pytest.mark.parametrize("grant", list(Grant))
def test_T31_no_address_and_no_other_header_holds_a_secret(grant: Grant) -> None:
    requests, secrets = whole_sign_in(grant)
    assert len(requests) == 3 + (grant is Grant.PKCE)
    for seen in requests:
        others = {name: value for name, value in seen.headers.items() if name != "authorization"}
        shown = f"{seen.target} {others}"
        assert [secret for secret in secrets if secret in shown] == []
        if seen.target == "/oauth/token":
            assert "authorization" not in seen.headers
        else:
            assert seen.headers["authorization"] == f"Bearer {TOKEN}"
            assert seen.body == b""


@pytest.mark.parametrize("grant", list(Grant))
def test_T11_a_sign_in_reads_and_revokes_and_changes_nothing(grant: Grant) -> None:
    requests, _ = whole_sign_in(grant)
    asked = [(seen.method, urlsplit(seen.target).path) for seen in requests]
    changing = [each for each in asked if each[0] not in ("GET", "HEAD")]
    exchanged = [("POST", "/oauth/token")] if grant is Grant.PKCE else []
    assert changing == [*exchanged, ("DELETE", "/api/v2/tokens/me")]
