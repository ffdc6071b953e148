"""The code becomes a token, once, and whatever else the login host may answer (T9)."""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
import socket
import traceback
from typing import Any
from urllib.parse import parse_qs

import pytest

from desktop_app.core.errors import CallbackRejected, ClientRefused, LoginUnavailable, SignInError
from desktop_app.core.signin import exchange as exchange_module
from desktop_app.core.signin.exchange import LONGEST_ANSWER, exchange
from desktop_app.core.signin.oauth import Attempt, Code, Token
from desktop_app.core.signin.profiles import Grant
from desktop_app.core.signin.secret import Secret
from desktop_app.practice.server import PracticeServer
from tests.core.genesys.loopback import JSON, Respond, Seen, answering, reply, reset, send, serving
from tests.core.signin.signing_in import (
    CALLBACK,
    CLIENT,
    CODE,
    START,
    TOKEN,
    chain,
    fresh_code,
    make_profile,
)

GRANT: dict[str, Any] = {"access_token": TOKEN, "token_type": "bearer", "expires_in": 300}
VERIFIER = "canary-verifier-" + "v" * 32


def attempt_at(login_url: str) -> tuple[Attempt, Code]:
    attempt = Attempt.start(make_profile(Grant.PKCE, login_url=login_url), now=START)
    attempt.verifier = Secret(VERIFIER)
    return attempt, Code(Secret(CODE))


async def _exchanged(respond: Respond) -> tuple[Token | SignInError, list[Seen]]:
    async with serving(respond) as server:
        outcome: Token | SignInError
        try:
            outcome = await exchange(*attempt_at(server.url))
        except SignInError as error:
            outcome = error
    return outcome, server.seen


def token_from(respond: Respond) -> tuple[Token, Seen]:
    outcome, (seen,) = asyncio.run(_exchanged(respond))
    assert isinstance(outcome, Token)
    return outcome, seen


def error_from(respond: Respond) -> SignInError:
    """The error after one request, from which no secret can be reached."""
    outcome, seen = asyncio.run(_exchanged(respond))
    assert isinstance(outcome, SignInError)
    assert len(seen) == 1
    for error in chain(outcome):
        told = f"{error!r} {vars(error)} {_locals_below(error)}"
        assert [secret for secret in (CODE, VERIFIER) if secret in told] == []
        assert TOKEN not in f"{error!r} {vars(error)}"
        assert getattr(error, "_request", None) is None
    return outcome


def _locals_below(error: BaseException) -> list[object]:
    """What a traceback with local variables would show of this app's frames (T28)."""
    return [
        frame.f_locals
        for frame, _ in traceback.walk_tb(error.__traceback__)
        if frame.f_globals["__name__"].startswith("desktop_app.")
    ]


def json_reply(body: object, status: int = 200) -> Respond:
    return answering(reply(json.dumps(body).encode(), status))


# --- with the practice organisation -----------------------------------------------------------


def test_a_code_becomes_a_token_that_works(server: PracticeServer) -> None:
    token = asyncio.run(exchange(*fresh_code(server)))
    assert token.expires_in == 86_400
    assert len(token.access_token.reveal() or "") > 40
    (seen,) = [seen for seen in server.log if seen.path == "/oauth/token"]
    assert (seen.method, seen.status, seen.user) == ("POST", 200, "grace.obi@acme.example")
    assert seen.authorization is False


def test_T09_a_second_exchange_is_refused_before_any_request(server: PracticeServer) -> None:
    attempt, code = fresh_code(server)
    kept = Code(Secret(code.code.reveal() or ""))
    asyncio.run(exchange(attempt, code))
    server.log.clear()
    for again in (code, kept):
        with pytest.raises(CallbackRejected, match="already been used"):
            asyncio.run(exchange(attempt, again))
    assert server.log == []
    assert not attempt.verifier
    assert not code.code


def test_T09_the_service_refuses_a_used_code_too(server: PracticeServer) -> None:
    attempt, code = fresh_code(server)
    verifier, text = attempt.verifier.reveal() or "", code.code.reveal() or ""
    asyncio.run(exchange(attempt, code))
    attempt.verifier = Secret(verifier)
    with pytest.raises(ClientRefused, match="invalid or expired") as caught:
        asyncio.run(exchange(attempt, Code(Secret(text))))
    assert caught.value.code == "invalid_grant"


def test_T08_a_wrong_verifier_is_refused(server: PracticeServer) -> None:
    attempt, code = fresh_code(server)
    attempt.verifier = Secret("x" * 64)
    with pytest.raises(ClientRefused, match="proof was refused"):
        asyncio.run(exchange(attempt, code))
    assert not code.code


def test_T09_a_failed_exchange_uses_the_code_up_too(server: PracticeServer) -> None:
    server.faults.append({"match": {"path": "/oauth/token"}, "do": {"status": 503}})
    attempt, code = fresh_code(server)
    with pytest.raises(LoginUnavailable, match="in a few minutes"):
        asyncio.run(exchange(attempt, code))
    server.faults.clear()
    with pytest.raises(CallbackRejected, match="already been used"):
        asyncio.run(exchange(attempt, code))


# --- what is sent -----------------------------------------------------------------------------


def test_the_request_is_a_form_without_credentials() -> None:
    token, seen = token_from(json_reply(GRANT))
    assert (token.access_token.reveal(), token.expires_in) == (TOKEN, 300)
    assert (seen.method, seen.target) == ("POST", "/oauth/token")
    assert seen.headers["content-type"] == "application/x-www-form-urlencoded"
    assert not {"authorization", "cookie"} & seen.headers.keys()
    assert parse_qs(seen.body.decode(), strict_parsing=True) == {
        "grant_type": ["authorization_code"],
        "code": [CODE],
        "code_verifier": [VERIFIER],
        "client_id": [CLIENT],
        "redirect_uri": [CALLBACK],
    }


def test_proxies_and_passwords_of_the_environment_are_not_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    token, _ = token_from(json_reply(GRANT))
    assert token.expires_in == 300


def test_T26_nothing_of_it_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    token_from(json_reply(GRANT))
    error_from(json_reply({**GRANT, "expires_in": 0}))
    records = [f"{record.getMessage()} {record.args}" for record in caplog.records]
    assert [text for text in records for word in (TOKEN, CODE, VERIFIER) if word in text] == []


# --- what comes back --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [{}, {"token_type": "Bearer"}, {"token_type": None}, {"scope": "x", "new_field": [1]}],
)
def test_a_good_answer_may_have_more_or_less(changes: dict[str, object]) -> None:
    token, _ = token_from(json_reply({**GRANT, **changes}))
    assert token.access_token.reveal() == TOKEN


def test_a_compressed_answer_is_read() -> None:
    body = gzip.compress(json.dumps(GRANT).encode())
    token, _ = token_from(answering(reply(body, headers={**JSON, "Content-Encoding": "gzip"})))
    assert token.access_token.reveal() == TOKEN


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"access_token": None}, "no usable token"),
        ({"access_token": ""}, "no usable token"),
        ({"access_token": ["x"]}, "no usable token"),
        ({"token_type": "mac"}, "no usable token"),
        ({"expires_in": None}, "sensible lifetime"),
        ({"expires_in": 0}, "sensible lifetime"),
        ({"expires_in": -300}, "sensible lifetime"),
        ({"expires_in": 10**9}, "sensible lifetime"),
        ({"expires_in": "soon"}, "sensible lifetime"),
    ],
)
def test_T06_a_grant_that_makes_no_sense_is_refused(changes: dict[str, object], words: str) -> None:
    error = error_from(json_reply({**GRANT, **changes}))
    assert isinstance(error, CallbackRejected)
    assert words in error.sentence


@pytest.mark.parametrize("token", ["a b", "a\r\nX-Evil: 1", "tökên", "\x00"])
def test_T06_a_token_that_no_header_can_carry_is_refused(token: str) -> None:
    error = error_from(json_reply({**GRANT, "access_token": token}))
    assert isinstance(error, CallbackRejected)


@pytest.mark.parametrize("spelling", ["description", "error_description"])
def test_a_refusal_is_told_in_the_services_words(spelling: str) -> None:
    body = {"error": "invalid_client", spelling: "client\nnot found"}
    error = error_from(json_reply({**body, "access_token": TOKEN}, 401))
    assert isinstance(error, ClientRefused)
    assert error.code == "invalid_client"
    assert error.sentence.endswith("Genesys says: client not found.")


PORTAL = b"<!doctype html><h1>Welcome to the hotel</h1>"


@pytest.mark.parametrize(
    "answer",
    [
        reply(PORTAL, headers={"Content-Type": "text/html"}),
        reply(PORTAL),
        reply(b""),
        reply(b"{"),
        reply(b"[]"),
        reply(b"null"),
        reply(b"\xff\xfe"),
        reply(b"[" * 50_000),
        reply(b'{"x":' + b"[" * 30_000 + b"]" * 30_000 + b', "expires_in": "x"}'),
        reply(PORTAL, 404),
        reply(b'{"access_token": "' + TOKEN.encode() + b'\xff'),
        reply(b'{"access_token": "' + TOKEN.encode() + b'\xff", "x":'),
    ],
    ids=["html", "html-as-json", "empty", "cut", "list", "null", "bytes", "deep", "deeper", "404",
         "torn", "torn-after"],
)  # fmt: skip
def test_an_answer_from_somebody_else_is_told_as_such(answer: bytes) -> None:
    error = error_from(answering(answer))
    assert isinstance(error, LoginUnavailable)
    assert "did not come from Genesys" in error.sentence


@pytest.mark.parametrize("status", [201, 203, 302, 400, 401])
def test_T06_only_a_success_carries_a_token(status: int) -> None:
    error = error_from(json_reply(GRANT, status))  # RFC 6749 §5.1: 200
    assert isinstance(error, LoginUnavailable)


@pytest.mark.parametrize("status", [500, 502, 503])
@pytest.mark.parametrize("body", [PORTAL, b'{"error": "server_error"}', b""])
def test_an_outage_is_told_as_such(status: int, body: bytes) -> None:
    error = error_from(answering(reply(body, status)))
    assert isinstance(error, LoginUnavailable)
    assert "in a few minutes" in error.sentence


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_T30_no_redirect_is_followed(status: int) -> None:
    async def main() -> tuple[SignInError, int]:
        async with serving(json_reply(GRANT)) as elsewhere:
            headers = {"Location": f"{elsewhere.url}/oauth/token"}
            error, _ = await _exchanged(answering(reply(b"", status, headers)))
        assert isinstance(error, SignInError)
        return error, elsewhere.connections

    error, connections = asyncio.run(main())
    assert connections == 0
    assert isinstance(error, LoginUnavailable)


def padded(length: int) -> bytes:
    body = json.dumps(GRANT).encode()
    return body + b" " * (length - len(body))


def test_the_longest_answer_is_read() -> None:
    token, _ = token_from(answering(reply(padded(LONGEST_ANSWER))))
    assert token.access_token.reveal() == TOKEN


@pytest.mark.parametrize("packed", [False, True])
def test_T44_a_longer_answer_is_refused(packed: bool) -> None:
    body, headers = padded(LONGEST_ANSWER + 1), JSON
    if packed:
        body, headers = gzip.compress(body), {**JSON, "Content-Encoding": "gzip"}
    error = error_from(answering(reply(body, headers=headers)))
    assert isinstance(error, LoginUnavailable)
    assert "too long to be genuine" in error.sentence


async def _silent(_: Seen, writer: asyncio.StreamWriter) -> None:
    await writer.wait_closed()


async def _dripping(_: Seen, writer: asyncio.StreamWriter) -> None:
    await send(writer, b"HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n")
    while not writer.is_closing():
        await send(writer, b" ")
        await asyncio.sleep(0.01)  # the pace of the drip


@pytest.mark.parametrize("respond", [_silent, _dripping])
def test_F11_a_host_that_does_not_come_to_an_end_is_given_up(
    respond: Respond, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert exchange_module.DEADLINE_S == 10  # contract §1
    monkeypatch.setattr(exchange_module, "DEADLINE_S", 0.2)
    error = error_from(respond)
    assert isinstance(error, LoginUnavailable)
    assert "did not answer" in error.sentence


async def _resetting(_: Seen, writer: asyncio.StreamWriter) -> None:
    reset(writer)


@pytest.mark.parametrize(
    "respond",
    [
        _resetting,
        answering(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\nConnection: close\r\n\r\n{"),
        answering(b"SSH-2.0-nonsense\r\n\r\nConnection: close"),
        answering(reply(b"no gzip", headers={"Content-Encoding": "gzip"})),
    ],
    ids=["reset", "truncated", "no-http", "garbled"],
)
def test_a_broken_answer_is_told_as_a_network_failure(respond: Respond) -> None:
    error = error_from(respond)
    assert isinstance(error, LoginUnavailable)
    assert "Check the network" in error.sentence


def test_a_host_that_is_not_there_is_told_as_a_network_failure() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with pytest.raises(LoginUnavailable, match="Check the network") as caught:
        asyncio.run(exchange(*attempt_at(url)))
    assert list(chain(caught.value)) == [caught.value]


def test_leaving_ends_the_exchange_at_once() -> None:
    async def main() -> None:
        asked = asyncio.Event()

        async def respond(seen: Seen, writer: asyncio.StreamWriter) -> None:
            asked.set()
            await _silent(seen, writer)

        async with serving(respond) as server:
            task = asyncio.create_task(exchange(*attempt_at(server.url)))
            await asked.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(main())
