"""T26, T27: what redaction takes out, what it leaves, and that it always ends."""

from __future__ import annotations

import json
import re
import string
import time
from collections.abc import Callable

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from desktop_app.core.redaction import MARK, redact

TOKEN = "Kd8-canary_" + "q7Zt" * 19
UUID = "3f2c9a51-0d4e-4b7a-9c1d-446655440000"

SECRETS = [
    "access_token={}",
    "#access_token={}&expires_in=86400",
    '{{"access_token": "{}"}}',
    "{{'refresh_token': '{}'}}",
    r"{{\"id_token\": \"{}\"}}",
    "Authorization: Bearer {}",
    "authorization=Bearer {}",
    "(b'Authorization', b'Bearer {}')",
    "Proxy-Authorization: Basic {}",
    "bearer {} was refused",
    "code={}",
    "/oauth2/callback?code={}&state=x",
    "state={}",
    "redirect%26code%3D{}",
    "code_verifier={}",
    "code_challenge={}",
    "login_hint={}",
    "https://api.example.com/x?phone={}",
    "https://example.com/#{}",
    "/api/v2/users?name={}",
    "https://person:{}@proxy.example.com:8080/x",
    "https://{}@proxy.example.com/x",
    "http://person:sla/{}@proxy.example.com",
    "Set-Cookie: session={}; Path=/; Secure",
    "Cookie: a=1; b={}",
    "[(b'Set-Cookie', b'a={}')]",
    "password={}",
    'proxy_password: "two {} words"',
    "client_secret = {}",
]


@pytest.mark.parametrize("secret", ["canary7-b", TOKEN], ids=["short", "token"])
@pytest.mark.parametrize("text", SECRETS)
def test_T26_secrets_go(text: str, secret: str) -> None:
    redacted = redact(f"before {text.format(secret)}")
    assert secret not in redacted
    assert "canary" not in redacted
    assert redacted.startswith("before ")
    assert MARK in redacted or redacted.endswith(text.rpartition("@")[2])


def test_T26_a_token_goes_wherever_it_stands() -> None:
    assert redact(f"<{TOKEN}>") == f"<{MARK}>"
    assert redact(f"/var/{TOKEN}.json") == f"/var/{MARK}.json"


PHONES = """
+442079460123|+44 20 7946 0123|+44 (0)20 7946-0123|tel:+15550100123|+1 555-010-0123
020 7946 0123|(020) 7946 0123|02079460123|01.23.45.67.89|089/1234567
555-0123|(555) 010-0123|555 010 0123|1-555-010-0123|2079460123|15550100123
tel:5550123|sip:15550123@example.com|sips:jo@example.com|jo.bloggs+x@mail.example.co.uk
""".strip()


@pytest.mark.parametrize("person", PHONES.replace("\n", "|").split("|"))
@pytest.mark.parametrize("text", ["called {}", "ani={}, dnis=none", "<{}>", "from ({}) to us"])
def test_T27_telephone_numbers_and_addresses_go(person: str, text: str) -> None:
    redacted = redact(text.format(person))
    assert not any(
        part in redacted for part in ("0123", "4567", "01.23", "7946", "jo", "mail.example")
    )
    assert MARK in redacted


@pytest.mark.parametrize(
    "text",
    [
        f"correlation id {UUID}",
        f"GET https://api.mypurecloud.ie:443/api/v2/conversations/{UUID} 429 in 0.083471 s",
        "2026-11-23 07:28:06,123 INFO",
        "2026-11-23T07:28:06.123456+01:00/2026-11-24T00:00:00Z",
        "0:00:01.234567 of 00:12:34, 1234567890.5".replace("1234567890.5", "12345.678901234"),
        "12345678 contacts, 1,000,000 rows, 100 pages",
        'File "/opt/app/desktop_app/core/genesys/client.py", line 1234, in fetch_page',
        "desktop_app.core.errors.CertificateRefused",
        "http://127.0.0.1:43211/login and http://[::1]:8080/x",
        "status code: 404, error code=500, exit code 3, state: running",
        "PySide6 6.12.0, Chromium 140.0.7339.225",
        "routing:queue:view is missing",
    ],
)
def test_what_helps_stays(text: str) -> None:
    assert redact(text) == text


def test_T27_a_url_keeps_its_host_and_path() -> None:
    assert redact("GET https://u:p@h.example/a/b?q=1#f done") == (
        f"GET https://h.example/a/b?{MARK} done"
    )


PIECES = [
    *("access_token", "code", "state", "password", "Bearer ", "basic ", "cookie", "tel:", "sip:"),
    *("=", ":", "://", "?", "#", "&", "@", "/", ".", "-", ",", ";", "%3D", "'", '"', "\\", "\n"),
    *("(", ")", "[", "]", "{", "}", " ", "+44", "020", "7946", "0", "1", "12345678", "é", "z"),
    *("jo", "a@b.c", "A" * 39, UUID, "2026-11-23", "T07:28", MARK),
]


@given(st.one_of(st.text(), st.lists(st.sampled_from(PIECES)).map("".join)))
def test_twice_is_once(text: str) -> None:
    assert redact(redact(text)) == redact(text)


@given(st.text(), st.text())
def test_a_token_goes_from_any_text(before: str, after: str) -> None:
    assert TOKEN not in redact(before + TOKEN + after)


HOSTILE = [
    *("a", "0", " ", "-", "@", "?", "/", "\\", '"', "(0", "+1 ", "0 1", "a@", "://", "://a@"),
    *("password=", "password='", 'password="\\', "cookie ", "access_token  ", "code=\\", "tel:"),
    *("code ", 'code": "', "code: '\\", "code':['a.b.", 'code: "1', 'code\\"', "code:'a.b.c', "),
]


def test_a_megabyte_made_to_be_slow_is_not() -> None:
    """Steps that grew with the square of the length would take hours."""
    begun = time.monotonic()
    for piece in HOSTILE:
        redact((piece * 100_000)[:100_000])
    redact(("password='a@b?" * 1_000_000)[:1_000_000])
    assert time.monotonic() - begun < 30


# --- authorization codes ------------------------------------------------------------------------

CODE_FORMS: list[Callable[[str], str]] = [
    lambda code: json.dumps({"status": 200, "code": code, "message": "x"}),
    lambda code: json.dumps({"a": {"code": code}}, indent=2),
    lambda code: json.dumps({"code": code}, separators=(",", ":")),
    lambda code: repr({"code": code, "status": 200}),
    lambda code: repr({"code": [code]}),  # as parse_qs tells a query
    lambda code: repr([("code", code)]),
    lambda code: repr({b"code": code.encode()}),
    lambda code: f"{{code: '{code}'}}",  # as a page's console tells an object
    lambda code: json.dumps(json.dumps({"code": code})),
    lambda code: json.dumps(json.dumps(json.dumps({"code": code}))),
    lambda code: repr(json.dumps({"code": code})),
]
IN_A_CODE = st.sampled_from(string.ascii_letters + string.digits + "-_~+/=.")


@st.composite
def codes(draw: st.DrawFn) -> str:
    """Up to 39 characters, which nothing else takes out; neither words with dots nor a status."""
    code = draw(st.text(IN_A_CODE, min_size=1, max_size=39))
    assume(not re.fullmatch(r"[a-z]+(\.[a-z]+)+|\d{1,3}", code))
    return code


@given(codes(), st.sampled_from(CODE_FORMS))
@example("lowercaseonly", CODE_FORMS[0])
@example("aBc/Def12secret", lambda code: json.dumps({"code": code}).replace("/", r"\/"))
@example('Xk3"short', CODE_FORMS[0])
@example("Xk3'short", CODE_FORMS[3])
def test_T27_a_short_authorization_code_in_an_answer_goes(
    code: str, form: Callable[[str], str]
) -> None:
    """What is left is the same whatever the code was."""
    redacted = redact(form(code))
    assert redacted == redact(form("Xk3-short_Code9"))
    assert MARK in redacted and "short" not in redacted
    assert redact(redacted) == redacted


_WORD = st.text(st.sampled_from(string.ascii_lowercase), min_size=1, max_size=20)


@given(st.lists(_WORD, min_size=2, max_size=6).map(".".join), st.sampled_from(CODE_FORMS))
@example("not.found", CODE_FORMS[0])
@example("bad.request", CODE_FORMS[0])
@example("authentication.failed", CODE_FORMS[3])
@example("too.many.requests.retry.after", CODE_FORMS[8])
@example("404", CODE_FORMS[0])
def test_the_services_error_codes_stay_for_they_help(code: str, form: Callable[[str], str]) -> None:
    assert redact(form(code)) == form(code)


@pytest.mark.parametrize(
    "text",
    [
        '{"errorCode": "X-12", "postalCode": "AB1 2CD", "wrapup_code": "Sold-1"}',
        '{"code": 404}',
        '{"code": null, "status": 400}',
        '{"grant_type": "authorization_code", "error": "invalid_grant"}',
        "['code', 'not.found']",
        "unknown code: none was given",
    ],
)
def test_what_only_looks_like_a_code_stays(text: str) -> None:
    assert redact(text) == text
