"""The web view and the HTTP client go the same way out, and a proxy that asks is answered once.

Only the proxy knows the names of these hosts: Chromium goes to loopback names directly.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from tests.core.tls_hosts import Authority, Proxy, TlsHost
from tests.gui.guarded import LOAD_MS, Begin
from tests.gui.web_server import Answer, WebServer, page

ROOT = Path(__file__).resolve().parents[2]
LOGIN, IDP = "login.test.example", "idp.test.example"
ADDRESS = f"https://{LOGIN}/"
CONNECT = ("CONNECT", f"{LOGIN}:443")
SIGN_IN = ("somebody", "canary-password-61c0")
END = b"<!doctype html><title>end</title>the last page"
PROCESS_S = 60

Told = dict[str, Any]
Open = Callable[..., Told]


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority("Acme Test CA")


@pytest.fixture
def login_host(authority: Authority) -> Iterator[TlsHost]:
    with TlsHost(authority.certificate(LOGIN), body=END, content_type="text/html") as served:
        yield served


@pytest.fixture
def proxy(login_host: TlsHost) -> Iterator[Proxy]:
    with Proxy({LOGIN: login_host.port}) as served:
        yield served


@pytest.fixture
def asking_proxy(login_host: TlsHost) -> Iterator[Proxy]:
    with Proxy({LOGIN: login_host.port}, credentials=SIGN_IN) as served:
        yield served


@pytest.fixture
def open_page(authority: Authority, tmp_path: Path) -> Open:
    """Opens the login page in a process of its own; returns what became of it."""
    ca_file = authority.write(tmp_path)

    def opened(
        setting: str,
        *,
        address: str = ADDRESS,
        credentials: Mapping[str, tuple[str, str]] | None = None,
        **variables: str,
    ) -> Told:
        facts = {
            "setting": setting,
            "address": address,
            "ca_file": str(ca_file),
            "credentials": dict(credentials or {}),
        }
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **variables}
        ended = subprocess.run(
            [sys.executable, "-m", "tests.gui.proxied_page", json.dumps(facts)],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=PROCESS_S,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr
        told: Told = json.loads(ended.stdout)
        return told

    return opened


def pac(folder: Path, body: str) -> str:
    """The setting for a PAC file whose function has this body."""
    file = folder / "proxy file.pac"
    file.write_text(f"function FindProxyForURL(url, host) {{ {body} }}", "utf-8")
    return f"pac+{file.as_uri()}"


def test_F28_a_named_proxy_leads_both_stacks(
    proxy: Proxy, login_host: TlsHost, open_page: Open
) -> None:
    told = open_page(proxy.url)
    assert told == {"loaded": True, "way": proxy.url, "asked": [], "refused": []}
    assert set(proxy.seen) == {CONNECT}
    assert login_host.requests == ["GET / HTTP/1.1"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere they aren't settings")
def test_F28_the_systems_variables_lead_both_stacks(proxy: Proxy, open_page: Open) -> None:
    told = open_page("system", https_proxy=proxy.url)
    assert told == {"loaded": True, "way": proxy.url, "asked": [], "refused": []}
    assert set(proxy.seen) == {CONNECT}


def test_F28_none_means_none_whatever_the_system_says(
    proxy: Proxy, login_host: TlsHost, open_page: Open
) -> None:
    told = open_page(
        "none",
        address=f"https://{LOGIN}:{login_host.port}/",
        https_proxy=proxy.url,
        QTWEBENGINE_CHROMIUM_FLAGS=f'--host-resolver-rules="MAP {LOGIN} 127.0.0.1"',
    )
    assert told == {"loaded": True, "way": "", "asked": [], "refused": []}
    assert proxy.connections == 0
    assert login_host.requests == ["GET / HTTP/1.1"]


def test_F28_a_pac_file_leads_both_stacks(proxy: Proxy, open_page: Open, tmp_path: Path) -> None:
    setting = pac(
        tmp_path, f'return host == "{LOGIN}" ? "PROXY {proxy.address}; DIRECT" : "DIRECT"'
    )
    told = open_page(setting)
    assert told == {"loaded": True, "way": proxy.url, "asked": [], "refused": []}
    assert set(proxy.seen) == {CONNECT}


def test_F28_a_pac_file_on_the_companys_server_leads_both_stacks(
    proxy: Proxy, authority: Authority, open_page: Open
) -> None:
    """Its certificate is the company's own, so both must trust ``ca_file`` to fetch it."""
    script = f'function FindProxyForURL(url, host) {{ return "PROXY {proxy.address}" }}'
    with TlsHost(
        authority.certificate(),
        body=script.encode(),
        content_type="application/x-ns-proxy-autoconfig",
    ) as company:
        told = open_page(f"pac+{company.url}/proxy.pac")
    assert told == {"loaded": True, "way": proxy.url, "asked": [], "refused": []}
    assert company.requests == ["GET /proxy.pac HTTP/1.1"] * 2
    assert set(proxy.seen) == {CONNECT}


def test_F28_a_pac_file_sends_the_identity_provider_its_own_way(
    proxy: Proxy, login_host: TlsHost, authority: Authority, open_page: Open, tmp_path: Path
) -> None:
    login_host.body = (
        f'<title>on</title><meta http-equiv="refresh" content="0;url=https://{IDP}/">'.encode()
    )
    with ExitStack() as stack:
        idp = stack.enter_context(
            TlsHost(authority.certificate(IDP), body=END, content_type="text/html")
        )
        other = stack.enter_context(Proxy({IDP: idp.port}))
        setting = pac(
            tmp_path,
            f'return shExpMatch(host, "login.*") ? "PROXY {proxy.address}"'
            f' : "PROXY {other.address}"',
        )
        told = open_page(setting)
    assert told["loaded"]
    assert set(proxy.seen) == {CONNECT}
    assert set(other.seen) == {("CONNECT", f"{IDP}:443")}


def test_F28_known_credentials_are_given_to_the_proxy(
    asking_proxy: Proxy, login_host: TlsHost, open_page: Open
) -> None:
    told = open_page(asking_proxy.url, credentials={asking_proxy.address: SIGN_IN})
    assert told == {"loaded": True, "way": asking_proxy.url, "asked": [], "refused": []}
    assert asking_proxy.refused == 1
    assert login_host.requests == ["GET / HTTP/1.1"]


def test_F28_unknown_credentials_are_asked_for_and_none_are_made_up(
    asking_proxy: Proxy, login_host: TlsHost, open_page: Open
) -> None:
    told = open_page(asking_proxy.url)
    assert (told["loaded"], told["asked"]) == (False, [asking_proxy.address])
    assert (asking_proxy.refused, login_host.connections) == (1, 0)


def test_F28_refused_credentials_are_tried_once_and_asked_for_again(
    asking_proxy: Proxy, login_host: TlsHost, open_page: Open
) -> None:
    told = open_page(asking_proxy.url, credentials={asking_proxy.address: ("somebody", "mistyped")})
    assert (told["loaded"], told["asked"]) == (False, [asking_proxy.address])
    assert (asking_proxy.refused, login_host.connections) == (2, 0)


def test_F28_the_proxy_of_a_pac_file_is_asked_for_by_name(
    asking_proxy: Proxy, open_page: Open, tmp_path: Path
) -> None:
    told = open_page(pac(tmp_path, f'return "PROXY {asking_proxy.address}"'))
    assert (told["loaded"], told["asked"]) == (False, [asking_proxy.address])


def test_T15_a_proxy_cannot_stand_in_for_the_login_host(
    login_host: TlsHost, authority: Authority, open_page: Open
) -> None:
    """One that opens connections with a certificate of its own, which nobody here trusts."""
    with (
        TlsHost(Authority("Meddling Proxy CA").certificate(LOGIN)) as meddler,
        Proxy({LOGIN: meddler.port}) as proxy,
    ):
        told = open_page(proxy.url)
    assert told["refused"] == [
        f"{LOGIN}: its certificate comes from an unknown authority, issued by Meddling Proxy CA"
    ]
    assert (meddler.requests, login_host.connections) == ([], 0)


ASKS = Answer("no", 401, {"WWW-Authenticate": 'Basic realm="page"'})


def test_a_page_that_asks_for_a_password_by_http_gets_none(
    host: WebServer, begin: Begin, qtbot: QtBot
) -> None:
    login = begin()
    host.pages["/private"] = ASKS
    login.open("/private")
    qtbot.waitUntil(lambda: bool(login.failures), timeout=LOAD_MS)
    assert host.paths == ["/private"]


def test_a_part_that_asks_for_a_password_by_http_does_not_end_its_page(
    host: WebServer, begin: Begin
) -> None:
    login = begin()
    host.pages |= {"/start": page('<img src="/private">'), "/private": ASKS}
    login.load("/start")
    assert "/private" in host.paths
    assert (login.loads, login.failures) == (1, [])
