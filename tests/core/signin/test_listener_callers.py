"""Who else may call the listener, and how: refused, without an end to the waiting (T6, T41)."""

from __future__ import annotations

import asyncio
import re
import socket
import subprocess
import sys
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop_app.core.signin import listener as listener_module
from desktop_app.core.signin.listener import (
    DONE_PATH,
    LONGEST_HEAD,
    LONGEST_LINE,
    MOST_CONNECTIONS,
    CallbackListener,
    parse_request,
)
from desktop_app.core.signin.oauth import Attempt
from tests.core.signin.browser_calls import (
    PATH,
    answer_well,
    begin_for,
    free_uris,
    get,
    port_of,
    request,
    sent,
    status_of,
    taken_by,
    target_of,
)
from tests.core.signin.signing_in import (
    CODE,
    answer_to,
    state_of,
)

# --- T41: who else may call ----------------------------------------------------------------------

REACHES = """
import socket, sys
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
    try:
        probe.connect(("192.0.2.1", 9))  # sends nothing: it asks for the address to be used
    except OSError:
        sys.exit(0)
    address = probe.getsockname()[0]
for port in sys.argv[1:]:
    try:
        socket.create_connection((address, int(port)), 5).close()
        print("reached")
    except ConnectionRefusedError:
        print("refused")
"""


def reach_from_the_network(*ports: int) -> list[str]:
    """What a connection to this computer's address on the network comes to."""
    command = [sys.executable, "-c", REACHES, *map(str, ports)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


def test_T41_a_connection_from_the_network_is_refused() -> None:
    async def main() -> list[str]:
        with socket.create_server(("", 0)) as everywhere:
            async with await CallbackListener.open(free_uris("localhost")) as listener:
                return reach_from_the_network(everywhere.getsockname()[1], port_of(listener))

    seen = asyncio.run(main())
    if not seen:
        pytest.skip("this computer has no address on a network")
    assert seen == ["reached", "refused"]


@pytest.mark.skipif(sys.platform != "linux", reason="127.0.0.2 is an address on Linux alone")
def test_T41_no_other_address_is_listened_on() -> None:
    async def main() -> None:
        async with await CallbackListener.open(free_uris("localhost")) as listener:
            assert status_of(await get(listener, "/")) == 404
            with pytest.raises(ConnectionRefusedError):
                await sent(port_of(listener), b"", "127.0.0.2")

    asyncio.run(main())


@pytest.mark.parametrize(
    "uri",
    [
        "http://0.0.0.0:8085/oauth2/callback",
        "http://[::]:8085/oauth2/callback",
        "http://192.0.2.7:8085/oauth2/callback",
        "http://example.com:8085/oauth2/callback",
        "http://localhost.example.com:8085/oauth2/callback",
        "http://127.0.0.1@192.0.2.7:8085/oauth2/callback",
        "http://user@127.0.0.1:8085/oauth2/callback",
        "https://localhost:8085/oauth2/callback",
        "http:///oauth2/callback",
        "",
    ],
)
def test_T41_nothing_but_loopback_can_be_opened(uri: str) -> None:
    with pytest.raises(ValueError, match="on this computer only"):
        asyncio.run(CallbackListener.open([uri]))


@pytest.mark.parametrize(
    "changes",
    [
        {"state": None},
        {"state": ""},
        {"state": "wrong"},
        {"state": None, "error": "access_denied", "code": None},
        {"state": "wrong", "error": "access_denied"},
        {"pad": "x" * LONGEST_LINE},
    ],
)
def test_T41_what_lacks_our_state_is_refused_and_ends_nothing(
    changes: dict[str, str | None],
) -> None:
    async def act(listener: CallbackListener, attempt: Attempt) -> None:
        reply = await get(listener, target_of(answer_to(attempt, **changes)))
        assert status_of(reply) in (400, 431)
        await answer_well(listener, attempt)

    assert taken_by(act) == CODE


def test_T41_a_state_that_stands_twice_is_not_ours() -> None:
    async def act(listener: CallbackListener, attempt: Attempt) -> None:
        target = target_of(answer_to(attempt))
        for more in (f"&state={state_of(attempt)}", "&state=x"):
            assert status_of(await get(listener, target + more)) == 400
        await answer_well(listener, attempt)

    assert taken_by(act) == CODE


def test_T41_the_state_of_another_attempt_is_not_ours() -> None:
    async def act(listener: CallbackListener, attempt: Attempt) -> None:
        reply = await get(listener, target_of(answer_to(begin_for(listener))))
        assert status_of(reply) == 400
        await answer_well(listener, attempt)

    assert taken_by(act) == CODE


def test_T41_a_name_that_was_rebound_to_us_is_refused() -> None:
    async def act(listener: CallbackListener, attempt: Attempt) -> None:
        target, port = target_of(answer_to(attempt)), port_of(listener)
        for host in (
            f"evil.example:{port}", "evil.example", "127.0.0.1", f"localhost:{port}",
            f"127.0.0.1:{port}.evil.example", f"127.0.0.1:{port - 1}", f"user@127.0.0.1:{port}",
            f"127.0.0.1:{port}\r\nHost: evil.example",
        ):  # fmt: skip
            assert status_of(await get(listener, target, host=host)) == 400
        without = f"GET {target} HTTP/1.1\r\n\r\n".encode()
        assert status_of(await sent(port, without)) == 400
        await answer_well(listener, attempt)

    assert taken_by(act) == CODE


@pytest.mark.parametrize("method", ["POST", "HEAD", "PUT", "OPTIONS", "DELETE", "CONNECT", "get"])
def test_T41_only_get_is_answered(method: str) -> None:
    async def act(listener: CallbackListener, attempt: Attempt) -> None:
        target = target_of(answer_to(attempt))
        reply = await get(listener, target, method=method)
        assert status_of(reply) == (400 if method == "get" else 405)
        await answer_well(listener, attempt)

    assert taken_by(act) == CODE


def test_T41_other_paths_are_not_found() -> None:
    async def act(listener: CallbackListener, attempt: Attempt) -> None:
        query = target_of(answer_to(attempt)).partition("?")[2]
        for path in (
            "/", DONE_PATH, f"{PATH}/", PATH.upper(), f"/x/..{PATH}", f"/{PATH}", f"{PATH};x",
            f"{PATH}%2f", PATH.replace("2/", "2%2F"), "/favicon.ico",
        ):  # fmt: skip
            assert status_of(await get(listener, f"{path}?{query}")) == 404, path
        whole = await get(listener, f"{listener.redirect_uri}?{query}")
        assert status_of(whole) == 400  # proxies are asked so, we are none
        await answer_well(listener, attempt)

    assert taken_by(act) == CODE


def test_T41_what_is_too_long_is_refused() -> None:
    async def act(listener: CallbackListener, attempt: Attempt) -> None:
        target = target_of(answer_to(attempt))
        long_line = f"{target}&pad={'x' * LONGEST_LINE}"
        assert status_of(await get(listener, long_line)) == 431
        head = request(listener, target).removesuffix(b"\r\n")
        long_head = head + b"X-Pad: " + b"x" * LONGEST_HEAD + b"\r\n\r\n"
        # What is left unread makes some systems reset the connection, answer and all.
        assert status_of(await sent(port_of(listener), long_head)) in (0, 431)
        await answer_well(listener, attempt)

    assert taken_by(act) == CODE


def test_T41_slow_callers_are_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener_module, "CONNECTION_S", 0.05)

    async def act(listener: CallbackListener, attempt: Attempt) -> None:
        head = request(listener, target_of(answer_to(attempt)))
        assert await sent(port_of(listener), head[:-1]) == ""
        assert await sent(port_of(listener), b"") == ""
        monkeypatch.undo()
        await answer_well(listener, attempt)

    assert taken_by(act) == CODE


def test_T41_a_crowd_is_not_let_in() -> None:
    async def act(listener: CallbackListener, attempt: Attempt) -> None:
        crowd = [
            await asyncio.open_connection("127.0.0.1", port_of(listener))
            for _ in range(MOST_CONNECTIONS)
        ]
        good = target_of(answer_to(attempt))
        assert await get(listener, good) == ""
        for reader, writer in crowd:
            writer.write_eof()
            assert await reader.read() == b""
            writer.close()
        await answer_well(listener, attempt)

    assert taken_by(act) == CODE


# --- T6: anything at all -------------------------------------------------------------------------

NEAR = [b"GET ", b"POST ", b"/oauth2/callback", b"?state=", b"STATE", b"&code=c-1", b"/done", b" ",
        b" HTTP/1.1", b"\r\n", b"\n", b"Host: HOST", b"Host: x", b"X: y", b"\r\n\r\n", b":", b"#",
        b"http://HOST", b"\x00", b"\xff", b"%", b"x" * LONGEST_LINE]  # fmt: skip
heads = st.one_of(
    st.binary(max_size=200), st.lists(st.sampled_from(NEAR), max_size=12).map(b"".join)
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], database=None)
@given(st.lists(heads, min_size=1, max_size=8))
def test_T06_no_bytes_upset_the_listener(several: list[bytes]) -> None:
    """Whatever comes without the state is refused, and the answer is still taken after it."""

    async def act(listener: CallbackListener, attempt: Attempt) -> None:
        host = urlsplit(listener.redirect_uri).netloc.encode()
        for head in several:
            data = head.replace(b"HOST", host).replace(b"STATE", b"s" * 43)
            reply = await sent(port_of(listener), data, ends=True)
            assert reply == "" or status_of(reply) in (400, 404, 405, 431)
        await answer_well(listener, attempt)

    assert taken_by(act) == CODE


@settings(max_examples=500, database=None)
@given(st.lists(heads, min_size=20, max_size=20))
def test_T06_ten_thousand_heads_are_read_or_refused(several: list[bytes]) -> None:
    for head in several:
        for whole in (head, b"GET /x HTTP/1.1\r\nHost: a\r\n" + head + b"\r\n\r\n"):
            read = parse_request(whole)
            if read is not None:
                line = whole.split(b"\r\n")[0].decode("ascii")
                assert line.startswith(f"{read.method} {read.target} HTTP/1.")
                assert len(re.findall(rb"(?i)^host:", whole, re.MULTILINE)) == 1
