"""What the login host's refusals become: an error that says what mends it (contract §1)."""

from __future__ import annotations

import pytest

from desktop_app.core.errors import (
    AccessDenied,
    Advice,
    CallbackRejected,
    ClientRefused,
    LoginUnavailable,
    SignInError,
)
from desktop_app.core.signin.oauth import Failure
from desktop_app.core.signin.profiles import Grant
from desktop_app.core.signin.refusals import LONGEST_QUOTE, from_answer, from_login_page, quote
from tests.core.signin.signing_in import answer_to, begin, offered

CODES: list[tuple[str, type[SignInError], str]] = [
    ("unauthorized_client", ClientRefused, "Set grant"),
    ("unsupported_response_type", ClientRefused, "Set grant"),
    ("invalid_client", ClientRefused, "client_id and region"),
    ("invalid_scope", ClientRefused, "Remove scope"),
    ("invalid_pkce_package", ClientRefused, "Try again"),
    ("invalid_grant", ClientRefused, "Try again"),
    ("invalid_request", CallbackRejected, "(invalid_request)"),
    ("access_denied", AccessDenied, "another account"),
    ("server_error", LoginUnavailable, "in a few minutes"),
    ("temporarily_unavailable", LoginUnavailable, "in a few minutes"),
    ("brand_new_reason", CallbackRejected, "(brand_new_reason)"),
]


@pytest.mark.parametrize(("code", "kind", "mend"), CODES)
@pytest.mark.parametrize("spelling", ["description", "error_description", ""])
@pytest.mark.parametrize("grant", list(Grant))
def test_every_refusal_at_the_callback_has_its_error(
    grant: Grant, spelling: str, code: str, kind: type[SignInError], mend: str
) -> None:
    attempt = begin(grant)
    said = {spelling: "The very reason"} if spelling else {}
    empty = {"access_token": None, "expires_in": None, "token_type": None, "code": None}
    outcome = offered(attempt, answer_to(attempt, **empty, error=code, **said))
    assert isinstance(outcome, Failure)
    assert type(outcome.error) is kind
    assert mend in outcome.error.sentence
    told = bool(said) and kind is not AccessDenied
    assert ("Genesys says: The very reason." in outcome.error.sentence) is told
    if isinstance(outcome.error, ClientRefused):
        assert outcome.error.code == code
        assert outcome.error.advice is Advice.ASK_ADMIN


def test_the_blanks_of_a_description_come_as_plus_signs() -> None:
    attempt = begin()
    bare = answer_to(attempt, access_token=None, expires_in=None, token_type=None)
    outcome = offered(attempt, f"{bare}&description=No+such+scope%2B&error=invalid_scope")
    assert isinstance(outcome, Failure)
    assert outcome.error.sentence.endswith("Genesys says: No such scope+.")


def test_a_description_that_was_encoded_twice_is_read_and_still_made_harmless() -> None:
    attempt = begin()
    bare = answer_to(attempt, access_token=None, expires_in=None, token_type=None)
    said = "description=No%2520such%2520scope%250A%251B"
    outcome = offered(attempt, f"{bare}&error=invalid_scope&{said}")
    assert isinstance(outcome, Failure)
    assert outcome.error.sentence.endswith("Genesys says: No such scope.")


def test_the_standard_spelling_wins_where_both_are_given() -> None:
    error = from_answer({"error": "x", "error_description": "first", "description": "second"})
    assert "first" in error.sentence
    assert "second" not in error.sentence
    empty = from_answer({"error": "x", "error_description": "", "description": "second"})
    assert "second" in empty.sentence


@pytest.mark.parametrize("code", ["", "<b>", "a b", "x" * 65, "é", "a\nb", "%00"])
def test_a_code_that_is_none_is_not_shown(code: str) -> None:
    assert "(no reason given)" in from_answer({"error": code}).sentence
    shown = from_login_page(code)
    assert "(no reason given)" in shown.sentence
    assert isinstance(shown, ClientRefused)
    assert shown.code == ""


@pytest.mark.parametrize(
    ("key", "mend"),
    [
        ("invalidClientId", "client_id and region"),
        ("invalidRedirectUri", "redirect URI"),
        ("redirectUriMismatch", "redirect URI"),
        ("orgAndProviderRequired", "(orgAndProviderRequired)"),
    ],
)
def test_the_login_hosts_own_page_names_what_to_check(key: str, mend: str) -> None:
    error = from_login_page(key)
    assert isinstance(error, ClientRefused)
    assert error.code == key
    assert mend in error.sentence
    assert "admin" in error.sentence


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("", ""),
        (" \t\r\n", ""),
        ("\x00\x1b\u200b\u202e", ""),
        ("Bad scope", " Genesys says: Bad scope."),
        ("Bad scope.", " Genesys says: Bad scope."),
        ("Why?", " Genesys says: Why?"),
        ("a\r\nb\tc", " Genesys says: a b c."),
        ("a\x00\x1b[31mb", " Genesys says: a [31mb."),
        ("a\u202eb\u200bc\u2028d\ufeffe", " Genesys says: a b c d e."),
        ("naïve 佐藤", " Genesys says: naïve 佐藤."),
        ("x" * LONGEST_QUOTE, f" Genesys says: {'x' * 200}."),
        ("x" * (LONGEST_QUOTE + 1), f" Genesys says: {'x' * 200}…"),
    ],
)
def test_the_services_words_are_made_harmless(said: str, shown: str) -> None:
    assert quote(said) == shown
    sentence = from_answer({"error": "invalid_scope", "description": said}).sentence
    assert sentence.endswith(shown)
    assert sentence.isprintable()
    unknown = from_answer({"error": "new", "description": said}).sentence
    assert unknown.endswith(f"(new).{shown} Try again, or ask your admin.")
