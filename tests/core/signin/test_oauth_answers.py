"""The form of an answer: what is taken, what is refused, and that nothing upsets it (T6)."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from desktop_app.core.signin.oauth import LONGEST_EXPIRY_S, LONGEST_URL, Failure, Token
from desktop_app.core.signin.profiles import Grant
from tests.core.signin.signing_in import (
    CALLBACK,
    LOGIN,
    answer_to,
    begin,
    is_accepted,
    offered,
    sentence_of,
    state_of,
)

BOTH = pytest.mark.parametrize("grant", list(Grant))


@pytest.mark.parametrize("expiry", ["1", "300", "86400", "172800", "691199", str(LONGEST_EXPIRY_S)])
def test_T06_a_sensible_lifetime_is_taken(expiry: str) -> None:
    attempt = begin()
    outcome = offered(attempt, answer_to(attempt, expires_in=expiry))
    assert isinstance(outcome, Token)
    assert outcome.expires_in == int(expiry)


@pytest.mark.parametrize(
    "expiry",
    [None, "", "0", "-1", "+300", "691201", "9" * 8, "9" * 5000, "1.5", "1e3", "1_000", "0x10",
     "³", "٣٠٠", " 300", "300 ", "nan", "inf"],
)  # fmt: skip
def test_T06_any_other_lifetime_is_refused(expiry: str | None) -> None:
    attempt = begin()
    outcome = offered(attempt, answer_to(attempt, expires_in=expiry))
    assert "without a sensible lifetime" in sentence_of(outcome)


@pytest.mark.parametrize("kind", ["bearer", "Bearer", "BEARER", None])
def test_T06_a_bearer_token_is_taken_even_if_unsaid(kind: str | None) -> None:
    attempt = begin()
    assert is_accepted(offered(attempt, answer_to(attempt, token_type=kind)))


@pytest.mark.parametrize("kind", ["mac", "", "bearer ", "dpop", "bearer,mac"])
def test_T06_any_other_token_is_refused(kind: str) -> None:
    attempt = begin()
    outcome = offered(attempt, answer_to(attempt, token_type=kind))
    assert "a kind of token that is not supported" in sentence_of(outcome)


@pytest.mark.parametrize(
    "token", [None, "", " ", "a b", "a\r\nX-Evil: 1", "a\x00", "tökên", "\x7f"]
)
def test_T06_a_token_that_no_header_can_carry_is_refused(token: str | None) -> None:
    attempt = begin()
    outcome = offered(attempt, answer_to(attempt, access_token=token))
    assert "no usable token" in sentence_of(outcome)


@pytest.mark.parametrize("code", [None, ""])
def test_T06_an_answer_without_a_code_is_refused(code: str | None) -> None:
    attempt = begin(Grant.PKCE)
    assert "holds no code" in sentence_of(offered(attempt, answer_to(attempt, code=code)))


@BOTH
def test_T06_an_answer_of_more_than_8_kb_is_refused(grant: Grant) -> None:
    for excess in (0, 1):
        attempt = begin(grant)
        answer = answer_to(attempt) + "&pad="
        answer += "x" * (LONGEST_URL - len(answer) + excess)
        outcome = offered(attempt, answer)
        assert is_accepted(outcome) is not bool(excess)
        assert not excess or "too long" in sentence_of(outcome)


@BOTH
def test_T06_too_many_parameters_are_refused(grant: Grant) -> None:
    attempt = begin(grant)
    many = answer_to(attempt) + "".join(f"&p{n}=1" for n in range(64))
    assert "can't be read" in sentence_of(offered(attempt, many))


BASES = [f"{CALLBACK}#", f"{CALLBACK}?", f"{CALLBACK}?", f"{CALLBACK}#"] * 4 + [
    CALLBACK, f"{CALLBACK}/#", CALLBACK.upper() + "?", f"{LOGIN}/#/error?", "http://[#", " ", "",
]  # fmt: skip
GOOD = ["state=STATE", "access_token=t-1", "expires_in=300", "code=c-1", "token_type=bearer"]
PARTS = GOOD * 8 + ["x=1", "y=", "", "#", "?"] * 3 + [
    "%73tate=STATE", "state=", "expires_in=0", "error=x", "token_type=mac", "access_token=a%20b",
    "=", "%", "%zz=%FF", "a;b", "\\", "[", "\x00", "é", "\udc80", "\U0001f600", "z" * 8192,
]  # fmt: skip
PARTS_EACH, ADDRESSES_EACH, EXAMPLES = 6, 40, 250
GRANTS = list(Grant)


def is_exactly_ours(grant: Grant, url: str, state: str) -> bool:
    """What may be accepted, told in another way than by the code under test."""
    if len(url) > LONGEST_URL or not (url.isascii() and url.isprintable()) or "\\" in url:
        return False
    before, _, fragment = url.partition("#")
    base, _, query = before.partition("?")
    ours, other = (fragment, query) if grant is Grant.IMPLICIT else (query, fragment)
    pairs = [tuple(pair.partition("=")[::2]) for pair in ours.split("&") if pair]
    names = [unquote(name) for name, _ in pairs]
    others = [unquote(pair.partition("=")[0]) for pair in other.split("&") if pair]
    given = {unquote(name): unquote(value) for name, value in pairs}
    if base != CALLBACK or any(len(set(each)) < len(each) for each in (names, others)):
        return False
    if given.get("state") != state or {"state", "access_token", "code", "error"} & set(others):
        return False
    if grant is Grant.PKCE:
        return given.keys().isdisjoint({"error", "access_token"}) and given.get("code") == "c-1"
    return (
        given.keys().isdisjoint({"error", "code"})
        and given.get("access_token") == "t-1"
        and given.get("expires_in") == "300"
        and given.get("token_type", "bearer") == "bearer"
    )


def check(grant: Grant, address: str) -> None:
    attempt = begin(grant)
    state = state_of(attempt)
    url = address.replace("STATE", state)
    outcome = offered(attempt, url)
    assert is_accepted(outcome) is is_exactly_ours(grant, url, state)
    if isinstance(outcome, Failure):
        assert state not in str(outcome.error)


_PICKS = st.integers(0, len(BASES) * 10_000 * len(PARTS))
_EACH = PARTS_EACH + 1
_LENGTH = _EACH * ADDRESSES_EACH


@settings(max_examples=EXAMPLES, database=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(_PICKS, min_size=_LENGTH, max_size=_LENGTH))
def test_T06_ten_thousand_addresses_are_judged_as_they_should_be(picks: list[int]) -> None:
    assert EXAMPLES * ADDRESSES_EACH >= 10_000
    for at in range(0, _LENGTH, _EACH):
        first, *rest = picks[at : at + _EACH]
        which, grant = divmod(first, len(GRANTS))
        parts = [PARTS[pick % len(PARTS)] for pick in rest]
        check(GRANTS[grant], BASES[which % len(BASES)] + "&".join(parts))


@given(st.sampled_from(GRANTS), st.text())
@example(Grant.IMPLICIT, f"{CALLBACK}#state=STATE&access_token=t-1&expires_in=300")
@example(Grant.PKCE, f"{CALLBACK}?state=STATE&code=c-1")
def test_T06_any_text_at_all_is_judged(grant: Grant, text: str) -> None:
    check(grant, text)
    check(grant, f"{CALLBACK}{'#' if grant is Grant.IMPLICIT else '?'}state=STATE&{text}")
