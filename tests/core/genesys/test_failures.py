"""Status, headers and body to the tree of errors."""

from __future__ import annotations

import json
import ssl

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.core.errors import (
    Advice,
    CertificateRefused,
    NetworkError,
    NotFound,
    PermissionMissing,
    ProxySignInNeeded,
    RateLimited,
    RequestRefused,
    ServiceError,
    ServiceTimeout,
    ServiceUnavailable,
    SignInNeeded,
    UnexpectedAnswer,
)
from desktop_app.core.genesys import failures
from desktop_app.core.genesys.answers import Answer
from desktop_app.core.genesys.certificates import Distrust
from desktop_app.core.genesys.failures import Again, Failure, failure_of, permissions_in, plain

NEEDED = "Unable to perform the requested action. You must have at least one of the following"
DIVISION = "9c9e4b6a-0b8f-4f07-9d3b-2f4f0e6b0001"


def answer(status: int, message: str = "", code: str = "", **headers: str) -> Answer:
    body = json.dumps({"message": message, "code": code, "status": status}).encode()
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, httpx.Headers({"content-type": "application/json", **fields}), body)


def html(status: int) -> Answer:
    return Answer(status, httpx.Headers({"content-type": "text/html"}), b"<h1>Welcome</h1>")


def failed(given_answer: Answer) -> Failure:
    failure = failure_of(given_answer)
    assert failure is not None
    return failure


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_success_is_no_failure(status: int) -> None:
    assert failure_of(answer(status)) is None


@pytest.mark.parametrize(
    ("given_answer", "kind", "again"),
    [
        (answer(400, code="bad.request"), RequestRefused, Again.NEVER),
        (answer(401, code="bad.credentials"), SignInNeeded, Again.NEVER),
        (answer(401, code="credentials.expired"), SignInNeeded, Again.NEVER),
        (Answer(401, httpx.Headers(), b""), SignInNeeded, Again.NEVER),
        (answer(401, code="ip.not.authorized"), PermissionMissing, Again.NEVER),
        (answer(403, code="not.authorized"), PermissionMissing, Again.NEVER),
        (answer(409, code="general.conflict"), RequestRefused, Again.NEVER),
        (answer(413, code="request.entity.too.large"), RequestRefused, Again.NEVER),
        (answer(429, code="too.many.requests.retry.after"), RateLimited, Again.REFUSED),
        (html(429), RateLimited, Again.REFUSED),
        (answer(500, code="internal.server.error"), ServiceUnavailable, Again.NEVER),
        (answer(502), ServiceUnavailable, Again.READS),
        (answer(503, code="service.unavailable"), ServiceUnavailable, Again.READS),
        (answer(504, code="request.timeout"), ServiceUnavailable, Again.READS),
        (html(503), ServiceUnavailable, Again.READS),
        (html(500), ServiceUnavailable, Again.NEVER),
        (html(302), UnexpectedAnswer, Again.NEVER),
        (html(403), UnexpectedAnswer, Again.NEVER),
        (html(404), UnexpectedAnswer, Again.NEVER),
        (html(511), UnexpectedAnswer, Again.NEVER),
        (html(407), ProxySignInNeeded, Again.NEVER),
    ],
)
def test_each_status_has_its_error(
    given_answer: Answer, kind: type[ServiceError], again: Again
) -> None:
    failure = failed(given_answer)
    assert type(failure.error) is kind
    assert failure.again is again
    assert failure.error.sentence.endswith(".")


@pytest.mark.parametrize(
    "code",
    [
        "not.found",
        "not.found.error",
        "resource.not.found",
        "general.resource.not.found",
        "postino.error.not.found",
    ],
)
def test_not_found_is_told_by_the_status_whatever_the_code(code: str) -> None:
    assert type(failed(answer(404, code=code)).error) is NotFound
    assert type(failed(answer(400, code=code)).error) is RequestRefused


@pytest.mark.parametrize(
    ("message", "names"),
    [
        (f"{NEEDED} permissions assigned: [journey:actionmap:view]", ("journey:actionmap:view",)),
        (
            f"{NEEDED} permissions assigned: "
            "[processautomation:trigger:edit, processautomation:trigger:view]",
            ("processautomation:trigger:edit", "processautomation:trigger:view"),
        ),
        (
            "You are missing the following permission(s): "
            f"[telephony:extensionPool:edit:{DIVISION}, telephony:extensionPool:edit]",
            ("telephony:extensionPool:edit",),
        ),
        (f"{NEEDED} permissions assigned: [] in divisions [{DIVISION}]", ()),
        (
            "You are missing the following permission(s): "
            "com.inin.pubapi.iam.util.ResourcePermission",
            (),
        ),
        ("You are not authorized to perform the requested action.", ()),
        ("See https://help.example:8080:x for [routing:queue:*]", ("routing:queue:*",)),
        ("", ()),
    ],
)
def test_permissions_are_read_from_the_prose(message: str, names: tuple[str, ...]) -> None:
    assert permissions_in(message) == names
    error = failed(answer(403, message, "missing.permissions")).error
    assert isinstance(error, PermissionMissing)
    assert error.permissions == names
    assert all(name in error.sentence for name in names)
    assert "Genesys admin" in error.sentence
    assert error.advice is Advice.ASK_ADMIN


@pytest.mark.parametrize(
    ("given_answer", "wait_s"),
    [
        (answer(429, retry_after="13"), 13),
        (answer(429, "Rate limit exceeded the maximum. Retry the request in [3] seconds"), 3),
        (answer(429, "Retry the request in [3] seconds", retry_after="5"), 5),
        (
            answer(
                429,
                retry_after="Mon, 21 Sep 2026 10:00:20 GMT",
                date="Mon, 21 Sep 2026 10:00:00 GMT",
            ),
            20,
        ),
        (
            answer(
                429,
                retry_after="Mon, 21 Sep 2026 09:00:00 GMT",
                date="Mon, 21 Sep 2026 10:00:00 GMT",
            ),
            0,
        ),
        (answer(429, "exceeded the maximum [300] requests within [60] seconds"), None),
        (
            answer(429, "maximum [300] requests within [60] seconds. Retry in [4] seconds"),
            4,
        ),
        (answer(429, inin_ratelimit_reset="61"), 61),
        (answer(429, retry_after="soon"), None),
        (answer(429, retry_after="-1"), None),
        (answer(429), None),
        (answer(503, retry_after="30"), 30),
        (answer(503, inin_ratelimit_reset="61"), None),
    ],
)
def test_the_wait_is_read_wherever_it_stands(given_answer: Answer, wait_s: float | None) -> None:
    failure = failed(given_answer)
    assert failure.wait_s == wait_s
    if isinstance(failure.error, RateLimited):
        assert failure.error.retry_after == wait_s


@pytest.mark.parametrize(
    ("wait_s", "words"),
    [("0", "in a moment"), ("3", "in 3 seconds"), ("90", "90 seconds"), ("7200", "120 minutes")],
)
def test_a_wait_is_said_in_words(wait_s: str, words: str) -> None:
    assert words in failed(answer(429, retry_after=wait_s)).error.sentence


def test_a_refusal_keeps_status_code_and_correlation_id() -> None:
    given_answer = answer(
        400, "Page size too large", "response.entity.too.large", inin_correlation_id="c5fad4cb-d540"
    )
    error = failed(given_answer).error
    assert isinstance(error, RequestRefused)
    assert (error.status, error.code) == (400, "response.entity.too.large")
    assert error.correlation_id == "c5fad4cb-d540"
    assert "Page size too large" in error.sentence


def test_the_context_id_stands_in_for_the_header_and_junk_for_neither() -> None:
    body = b'{"contextId": "abc-123"}'
    headers = httpx.Headers({"content-type": "application/json"})
    assert failed(Answer(404, headers, body)).error.correlation_id == "abc-123"
    junk = answer(404, inin_correlation_id="<b>\tx")
    assert failed(junk).error.correlation_id == ""


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("Bad\r\nvalue,\n  here", "Bad value, here"),
        ("Invalid value '+44 20 7946 0123' for dnis", "Invalid value … for dnis"),
        ("No contact +44 (20) 7946-0123 found", "No contact … found"),
        ("ani 15550100123 unknown", "ani … unknown"),
        ("mail jo.doe@example.com is odd", "mail … is odd"),
        ('Name "Jo Doe" is taken', "Name … is taken"),
        ("Unrecognised field 'segmentFilterz'", "Unrecognised field 'segmentFilterz'"),
        ("The interval can't exceed 7 days", "The interval can't exceed 7 days"),
        ("It doesn't and can't", "It doesn't and can't"),
        (
            "Interval 2026-09-21T00:00:00.000Z/2026-10-30T00:00:00.000Z too long",
            "Interval (time)/(time) too long",
        ),
        (f"token {'A1' * 40} bad", "token … bad"),
        ("nul\x00and\u202ebidi", "nul and bidi"),
    ],
)
def test_what_the_service_says_is_made_harmless(message: str, said: str) -> None:
    assert plain(message) == said
    assert said in failed(answer(400, message, "bad.request")).error.sentence


@given(st.text())
def test_plain_text_is_one_short_printable_line(message: str) -> None:
    said = plain(message)
    assert len(said) <= 200
    assert said.isprintable()


@given(
    st.integers(100, 599),
    st.binary(max_size=60) | st.text(max_size=60).map(lambda text: json.dumps(text).encode()),
    st.dictionaries(
        st.sampled_from(["content-type", "retry-after", "date", "inin-ratelimit-reset"]),
        st.sampled_from(["application/json", "Mon, 99 Abc 2026", "1e3", "²", "-1", "9" * 30])
        | st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20),
    ),
)
def test_any_answer_can_be_judged(status: int, body: bytes, headers: dict[str, str]) -> None:
    fields = httpx.Headers([(k.encode(), v.encode("latin-1")) for k, v in headers.items()])
    failure = failure_of(Answer(status, fields, body))
    assert (failure is None) == (200 <= status < 300)
    assert failure is None or isinstance(failure.error, ServiceError)


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b'{"message": 5}', b"\xff", b"[" * 100_000])
def test_a_refusal_with_a_broken_body_is_still_that_refusal(body: bytes) -> None:
    headers = httpx.Headers({"content-type": "application/json"})
    assert type(failed(Answer(403, headers, body)).error) is PermissionMissing


@pytest.mark.parametrize(
    ("error", "kind", "again"),
    [
        (httpx.ConnectError("refused"), NetworkError, Again.READS),
        (httpx.ReadError("reset"), NetworkError, Again.READS),
        (httpx.RemoteProtocolError("incomplete"), NetworkError, Again.READS),
        (httpx.ReadTimeout("slow"), ServiceTimeout, Again.READS),
        (httpx.ConnectTimeout("slow"), ServiceTimeout, Again.READS),
        (httpx.ProxyError("407 Proxy Authentication Required"), ProxySignInNeeded, Again.NEVER),
        (httpx.ProxyError("502 Bad Gateway"), NetworkError, Again.READS),
        (httpx.LocalProtocolError("Illegal header value"), UnexpectedAnswer, Again.NEVER),
    ],
)
def test_each_break_has_its_error(
    error: httpx.HTTPError, kind: type[ServiceError], again: Again
) -> None:
    failure = failures.no_answer(error)
    assert type(failure.error) is kind
    assert failure.again is again


def untrusted(code: int) -> httpx.ConnectError:
    """What httpx raises for a certificate that was refused with this code."""
    refused = ssl.SSLCertVerificationError("certificate verify failed")
    refused.verify_code = code
    error = httpx.ConnectError("failed", request=httpx.Request("GET", "https://api.example.com/x"))
    error.__cause__ = refused
    return error


@pytest.mark.parametrize(
    ("code", "why", "words"),
    [
        (10, Distrust.EXPIRED, "has expired. Check this computer's date"),
        (9, Distrust.EARLY, "not valid yet. Check this computer's date"),
        (62, Distrust.OTHER_HOST, "for another address. If this network has a sign-in page"),
        (18, Distrust.SELF_SIGNED, "self-signed. If your company inspects traffic"),
        (19, Distrust.UNKNOWN_AUTHORITY, "the authority behind it. If your company"),
        (0x800B0109, Distrust.UNKNOWN_AUTHORITY, "ask its IT to install"),
        (-67818, Distrust.EXPIRED, "has expired"),
        (1, Distrust.OTHER, "could not be checked. Tell your admin."),
    ],
)
def test_F29_an_untrusted_certificate_is_named_and_not_tried_again(
    code: int, why: Distrust, words: str
) -> None:
    failure = failures.no_answer(untrusted(code))
    assert (failure.distrust, failure.again) == (why, Again.NEVER)
    assert isinstance(failure.error, CertificateRefused)
    assert failure.error.issuer == ""
    assert failure.error.sentence.startswith("The certificate of api.example.com is not trusted:")
    assert words in failure.error.sentence


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (httpx.ConnectError("refused"), "proxy (p.example:8080) can't be reached"),
        (httpx.ProxyError("502 Bad Gateway"), "proxy (p.example:8080) does not connect"),
        (httpx.ProxyError("502 Bad Gateway"), "(status 502)"),
        (httpx.ProxyError("407 Please sign in"), "proxy (p.example:8080) asks for a sign-in"),
    ],
)
def test_F28_what_the_proxy_has_against_it_names_the_proxy(
    error: httpx.HTTPError, words: str
) -> None:
    assert words in failures.no_answer(error, "p.example:8080").error.sentence


def test_F28_a_broken_handshake_is_not_laid_on_the_proxy() -> None:
    error = httpx.ConnectError("failed")
    error.__cause__ = ssl.SSLError("handshake failure")
    assert "proxy" not in failures.no_answer(error, "p.example:8080").error.sentence
