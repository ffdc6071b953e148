"""The person's own browser comes back: the way of an answer, its end, and what it leaves.

T9, T26, T42, F27, F30; with real sockets on this computer.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import os
import re
import socket
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from desktop_app.core.errors import (
    AccessDenied,
    CallbackRejected,
    ClientRefused,
    LoginUnavailable,
    SignInError,
)
from desktop_app.core.signin import listener as listener_module
from desktop_app.core.signin.listener import (
    DONE_PATH,
    LONGEST_LINE,
    CallbackListener,
    parse_request,
)
from desktop_app.core.signin.oauth import LIFETIME_S, Attempt, s256
from desktop_app.core.signin.profiles import Grant
from tests.core.signin.browser_calls import (
    PATH,
    Browser,
    answer_well,
    begin_for,
    free_uris,
    get,
    has_ipv6,
    now,
    port_of,
    refused,
    request,
    sent,
    sign_in,
    status_of,
    taken_by,
    target_of,
)
from tests.core.signin.signing_in import (
    CODE,
    START,
    answer_to,
    begin,
    is_accepted,
    offered,
    state_of,
)

# --- the way of an answer ------------------------------------------------------------------------


def test_an_answer_becomes_a_code_and_the_browser_is_shown_a_page() -> None:
    assert taken_by(answer_well) == CODE


@pytest.mark.skipif(not has_ipv6(), reason="this computer has no ::1")
@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_a_browser_may_take_localhost_for_either_address(address: str) -> None:
    async def act(listener: CallbackListener, attempt: Attempt) -> None:
        for target in (target_of(answer_to(attempt)), DONE_PATH):
            reply = await sent(port_of(listener), request(listener, target), address)
            assert status_of(reply) in (200, 303)

    assert taken_by(act, free_uris("localhost")) == CODE


def test_the_page_neither_runs_nor_loads_nor_repeats_anything() -> None:
    replies: list[str] = []

    async def act(listener: CallbackListener, attempt: Attempt) -> None:
        target, state = target_of(answer_to(attempt)), state_of(attempt)
        replies.append(await get(listener, "/favicon.ico?code=" + CODE))
        replies.append(await get(listener, target.replace("state=", "state=x")))
        replies.append(await get(listener, target))
        replies.append(await get(listener, DONE_PATH))
        for reply in replies:
            assert CODE not in reply and state not in reply

    assert taken_by(act) == CODE
    assert [status_of(reply) for reply in replies] == [404, 400, 303, 200]
    assert "You can close this page and go back to Contact History." in replies[-1]
    for reply in replies:
        head, _, body = reply.partition("\r\n\r\n")
        assert re.search(
            r"\r\nContent-Security-Policy: default-src 'none'; style-src 'sha256-[^']+';", head
        )
        for field in ("Cache-Control: no-store", "Referrer-Policy: no-referrer",
                      "Connection: close", f"Content-Length: {len(body.encode())}"):  # fmt: skip
            assert f"\r\n{field}" in head
        assert not re.search(r"<script|<link|<img|<iframe|\bon\w+=|src=|href=|url\(|@import", body)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("access_denied", AccessDenied),
        ("unauthorized_client", ClientRefused),
        ("server_error", LoginUnavailable),
    ],
)
def test_a_refusal_with_our_state_ends_the_attempt(said: str, kind: type[SignInError]) -> None:
    pages: list[str] = []

    async def act(listener: CallbackListener, attempt: Attempt) -> None:
        target = target_of(answer_to(attempt, code=None, error=said))
        assert status_of(await get(listener, target)) == 303
        pages.append(await get(listener, DONE_PATH))

    assert type(refused(act)) is kind
    assert "The sign-in did not finish" in pages[0] and "You are signed in" not in pages[0]


def test_a_browser_that_does_not_follow_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener_module, "PAGE_S", 0.05)

    async def act(listener: CallbackListener, attempt: Attempt) -> None:
        assert status_of(await get(listener, target_of(answer_to(attempt)))) == 303

    assert taken_by(act) == CODE


# --- T9: one answer, once ------------------------------------------------------------------------


def test_T09_a_second_answer_is_not_taken() -> None:
    async def act(listener: CallbackListener, attempt: Attempt) -> None:
        target = target_of(answer_to(attempt))
        assert status_of(await get(listener, target)) == 303
        for again in (target, target.replace(CODE, "another")):
            assert status_of(await get(listener, again)) == 404
        assert status_of(await get(listener, DONE_PATH)) == 200

    assert taken_by(act) == CODE


def test_signing_in_through_the_browser_gives_a_code_to_exchange() -> None:
    browser = Browser()
    attempt, code = sign_in(browser, login_hint="grace.obi@acme.example", prompt="login")
    (url,) = browser.urls
    asked = dict(parse_qsl(urlsplit(url).query))
    assert code.code.reveal() == CODE
    assert attempt.profile.grant is Grant.PKCE  # whatever the profile's own grant
    assert attempt.profile.redirect_uri == asked["redirect_uri"] == browser.uri
    assert asked["response_type"] == "code" and asked["code_challenge_method"] == "S256"
    assert asked["code_challenge"] == s256(attempt.verifier.reveal() or "")
    assert (asked["login_hint"], asked["prompt"]) == ("grace.obi@acme.example", "login")


def test_T09_the_proof_is_erased_when_the_sign_in_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[Attempt] = []
    start = Attempt.start

    def remembering(*given: Any, **named: Any) -> Attempt:
        begun.append(start(*given, **named))
        return begun[-1]

    monkeypatch.setattr(Attempt, "start", remembering)
    with pytest.raises(AccessDenied):
        sign_in(Browser(code=None, error="access_denied"))
    with pytest.raises(SignInError, match="not finished in time"):
        sign_in(Browser(state="wrong"), timeout_s=0.1)
    assert len(begun) == 2
    assert not any(attempt.verifier for attempt in begun)


def test_T09_a_sign_in_that_is_cancelled_leaves_nothing_behind() -> None:
    async def main() -> tuple[str, Attempt]:
        async with await CallbackListener.open(free_uris()) as listener:
            attempt = begin_for(listener)
            waiting = asyncio.create_task(listener.wait(attempt, now=now))
            assert status_of(await get(listener, "/")) == 404
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            with pytest.raises(ConnectionRefusedError):
                await get(listener, target_of(answer_to(attempt)))
            return listener.redirect_uri, attempt

    uri, _ = asyncio.run(main())

    async def again() -> str:
        async with await CallbackListener.open([uri]) as listener:
            return listener.redirect_uri

    assert asyncio.run(again()) == uri  # the port is free again at once


# --- F27: nobody answers -------------------------------------------------------------------------


def test_F27_an_abandoned_sign_in_ends() -> None:
    async def act(listener: CallbackListener, attempt: Attempt) -> None:
        assert status_of(await get(listener, "/")) == 404

    error = refused(act, timeout_s=0.05)
    assert type(error) is SignInError and "not finished in time" in error.sentence


def test_F27_an_answer_that_comes_too_late_is_refused() -> None:
    error = refused(answer_well, now=lambda: START + LIFETIME_S + 1)
    assert isinstance(error, CallbackRejected) and "too long ago" in error.sentence


# --- F30: ports that are taken -------------------------------------------------------------------


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_F30_the_next_port_is_taken_when_one_is_busy(host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        taken = f"http://{host}:{busy.getsockname()[1]}{PATH}"
        uris = [taken, *free_uris(host)]

        async def act(listener: CallbackListener, attempt: Attempt) -> None:
            assert listener.redirect_uri in uris[1:]
            await answer_well(listener, attempt)

        assert taken_by(act, uris) == CODE


@pytest.mark.skipif(not has_ipv6(), reason="this computer has no ::1")
def test_F30_a_port_that_another_holds_on_the_other_address_is_busy() -> None:
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as busy:
        uris = [f"http://localhost:{busy.getsockname()[1]}{PATH}", *free_uris("localhost")]

        async def main() -> str:
            async with await CallbackListener.open(uris) as listener:
                return listener.redirect_uri

        assert asyncio.run(main()) in uris[1:]


def test_F30_all_ports_busy_is_told_with_their_numbers() -> None:
    with contextlib.ExitStack() as stack:
        taken = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(3)]
        ports = [each.getsockname()[1] for each in taken]
        with pytest.raises(LoginUnavailable) as caught:
            asyncio.run(CallbackListener.open([f"http://localhost:{p}{PATH}" for p in ports]))
        assert f"ports {ports[0]}, {ports[1]} and {ports[2]} are in use" in str(caught.value)
        assert "browser_ports" in str(caught.value)
        with pytest.raises(LoginUnavailable, match=f"port {ports[0]} is in use"):
            asyncio.run(CallbackListener.open([f"http://127.0.0.1:{ports[0]}{PATH}"]))


def test_a_computer_without_ipv6_is_listened_on_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bind = listener_module._listen

    def without_ipv6(address: str, port: int) -> socket.socket:
        if ":" in address:
            raise OSError(errno.EADDRNOTAVAIL, "no such address")
        return bind(address, port)

    monkeypatch.setattr(listener_module, "_listen", without_ipv6)
    assert taken_by(answer_well, free_uris("localhost")) == CODE


# --- T42, T26: what is left behind ---------------------------------------------------------------


WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
touched: list[str] = []
_watch = threading.Event()


def _note_what_is_written(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook, which can't be taken off again: it sleeps but in one test."""
    if not _watch.is_set():
        return
    writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITING
    if writes or event.startswith("tempfile.") or event in ("os.mkdir", "os.rename", "os.link"):
        touched.append(f"{event} {arguments[0]}")


sys.addaudithook(_note_what_is_written)


def test_T42_nothing_passes_through_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    sign_in(Browser())  # whatever Python compiles and keeps at its first time
    before = [sorted(folder.rglob("*")) for folder in (tmp_path, Path.home())]
    touched.clear()
    _watch.set()
    try:
        sign_in(Browser())
        assert touched == []
        assert [sorted(folder.rglob("*")) for folder in (tmp_path, Path.home())] == before
        (tmp_path / "seen").touch()
        assert touched == [f"open {tmp_path / 'seen'}"]  # it is watched indeed
    finally:
        _watch.clear()


def test_T26_nothing_of_an_answer_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    sign_in(Browser())
    parsed = parse_request(f"GET {PATH}?code={CODE} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert parsed is not None and CODE in parsed.target
    assert CODE not in caplog.text and CODE not in repr(parsed)


# --- the peek at the state -----------------------------------------------------------------------


@pytest.mark.parametrize("grant", list(Grant))
def test_looking_at_the_state_ends_nothing(grant: Grant) -> None:
    attempt = begin(grant)
    good = answer_to(attempt)
    for bad in (
        "", "x", good.replace("state=", "state=x"), good + f"&state={state_of(attempt)}",
        answer_to(attempt, state=None), good.replace("/callback", "/callbacks"),
        good + "&pad=" + "x" * LONGEST_LINE, good + "".join(f"&p{n}=1" for n in range(64)),
        good.translate(str.maketrans("#?", "?#")), good + "é", good + "\udc80",
    ):  # fmt: skip
        assert not attempt.has_state(bad)
    assert attempt.has_state(good)
    assert attempt.has_state(good)
    assert is_accepted(offered(attempt, good))
    assert not attempt.has_state(good)
