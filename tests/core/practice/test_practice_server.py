"""The server as a whole: start, stop, and the program that prints one line and serves."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from desktop_app.practice.server import PracticeServer
from desktop_app.practice.settings import PracticeSettings
from desktop_app.practice.tenants import ContactSource

PROGRAM = (
    "from desktop_app.practice.server import serve;"
    "from desktop_app.practice.settings import PracticeSettings;"
    "serve(PracticeSettings(conversations=50, days=2), stop_at_stdin_eof=True)"
)


@contextmanager
def program() -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """The running program and the line it printed; killed if the test did not end it."""
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as process:
        try:
            assert process.stdout is not None
            yield process, json.loads(process.stdout.readline())
        finally:
            process.kill()


def test_it_is_ready_when_start_returns_and_gone_when_stop_does(
    small_contacts: ContactSource,
) -> None:
    threads = set(threading.enumerate())
    server = PracticeServer(PracticeSettings(), contacts=small_contacts)
    with server:
        urls = [server.api_url, server.login_url]
        assert len(set(urls)) == 2
        assert [httpx.get(url).status_code for url in urls] == [404, 200]
    assert set(threading.enumerate()) == threads
    for url in urls:
        with pytest.raises(httpx.ConnectError):
            httpx.get(url)
    with pytest.raises(RuntimeError, match="not running"):
        _ = server.api_url
    server.stop()


def test_it_stops_with_a_connection_held_open(small_contacts: ContactSource) -> None:
    with (
        httpx.Client() as client,
        PracticeServer(PracticeSettings(), contacts=small_contacts) as server,
    ):
        assert client.get(f"{server.login_url}/style.css").status_code == 200
        host, _, port = server.api_url.removeprefix("http://").partition(":")
        silent = socket.create_connection((host, int(port)))
    assert silent.recv(1) == b""
    silent.close()


def test_a_client_that_goes_while_it_asks_is_no_failure(
    small_contacts: ContactSource, caplog: pytest.LogCaptureFixture
) -> None:
    """As one does that is killed."""
    with PracticeServer(PracticeSettings(), contacts=small_contacts) as server:
        host, port = server.api_url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as client:
            lines = [
                "POST /api/v2/analytics/conversations/details/query HTTP/1.1",
                f"Host: {host}:{port}",
                f"Authorization: Bearer {server.issue_token()}",
                "Content-Type: application/json",
                "Content-Length: 100",
                "Expect: 100-continue",
                "",
            ]
            client.sendall("\r\n".join([*lines, "{"]).encode())
            assert client.recv(100).startswith(b"HTTP/1.1 100")  # its body is waited for
    assert [each.getMessage() for each in caplog.records if each.levelname == "ERROR"] == []


def test_it_can_be_started_again_but_not_twice(small_contacts: ContactSource) -> None:
    server = PracticeServer(PracticeSettings(), contacts=small_contacts)
    for _ in range(2):
        with server:
            bearer = {"Authorization": f"Bearer {server.description['token']}"}
            assert httpx.get(f"{server.api_url}/api/v2/users/me", headers=bearer).is_success
            with pytest.raises(RuntimeError, match="already running"):
                server.start()


def test_a_chosen_port_is_the_apis_and_the_next_one_the_logins(
    small_contacts: ContactSource,
) -> None:
    with PracticeServer(PracticeSettings(), contacts=small_contacts) as first:
        taken = int(first.api_url.rpartition(":")[2])
        second = PracticeServer(PracticeSettings(port=taken), contacts=small_contacts)
        with pytest.raises(OSError, match=str(taken)):
            second.start()
        with pytest.raises(RuntimeError, match="not running"):
            _ = second.login_url
        assert httpx.get(first.login_url).is_success


def test_the_description_has_all_that_a_client_needs(server: PracticeServer) -> None:
    told: Any = server.description
    assert set(told) == {
        "login_url",
        "api_url",
        "interval",
        "clients",
        "services",
        "users",
        "token",
        "organization",
        "org",
    }
    assert told["interval"] == "2026-03-02T00:00:00.000Z/2026-03-30T00:00:00.000Z"
    assert [user["role"] for user in told["users"]] == [
        "supervisor",
        "no_analytics",
        "other_organization",
    ]
    assert {"implicit", "pkce"} <= set(told["clients"])
    for client in told["clients"].values():
        assert set(client) == {"client_id", "redirect_uri"}
    for service in told["services"].values():
        assert set(service) == {"client_id", "client_secret"}
    assert json.loads(json.dumps(told)) == told


def test_latency_holds_for_every_request(small_contacts: ContactSource) -> None:
    settings = PracticeSettings(latency_ms=30)
    with PracticeServer(settings, contacts=small_contacts) as server:
        for url in (server.api_url, server.login_url):
            assert httpx.get(url).elapsed.total_seconds() >= 0.03


def test_the_program_prints_one_line_and_serves_until_stdin_ends() -> None:
    with program() as (process, told):
        headers = {"Authorization": f"Bearer {told['token']}"}
        me = httpx.get(f"{told['api_url']}/api/v2/users/me", headers=headers).json()
        assert me["email"] == told["users"][0]["email"]
        rest, complaints = process.communicate(timeout=30)
        assert (process.returncode, rest, complaints) == (0, "", "")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a program without asking it")
def test_the_program_ends_well_when_told_to() -> None:
    with program() as (process, told):
        assert httpx.get(told["login_url"]).is_success
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""
