"""Routes to the outside: which proxy, with whose name and password, and what it may see."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import httpx
import pytest

from desktop_app.core.errors import NetworkError, ProxySignInNeeded
from desktop_app.core.genesys import network, wire
from desktop_app.core.genesys.client import GenesysClient
from desktop_app.core.genesys.network import Network, Route, proxy_address
from desktop_app.core.genesys.timing import Timing
from desktop_app.core.signin.exchange import exchange
from desktop_app.core.signin.oauth import Attempt, Code
from desktop_app.core.signin.profiles import Grant
from desktop_app.core.signin.secret import Secret
from tests.core.genesys.loopback import answering, reply, serving
from tests.core.signin.signing_in import CODE, START, make_profile
from tests.core.tls_hosts import Authority, Proxy, TlsHost

CANARY = "canary-token-6e1f"
API, LOGIN = "api.test.example", "login.test.example"
USER, PASSWORD = "grace", "canary: pässword"
ME = "/api/v2/users/me"
GRANT = b'{"access_token": "canary-token-6e1f", "token_type": "bearer", "expires_in": 300}'
AT_ONCE = Timing(chance=lambda: 0.0)


async def ask_api(route: Route) -> None:
    client = GenesysClient(
        f"https://{API}", lambda: CANARY, verify=route.verify, proxy=route.proxy, timing=AT_ONCE
    )
    try:
        await client.get(ME, wire.User)
    finally:
        await client.aclose()


async def ask_login(route: Route, scheme: str = "https") -> None:
    profile = make_profile(Grant.PKCE, login_url=f"{scheme}://{LOGIN}")
    attempt = Attempt.start(profile, now=START)
    await exchange(attempt, Code(Secret(CODE)), verify=route.verify, proxy=route.proxy)


Ask = Callable[[Route], Any]
both = pytest.mark.parametrize(
    ("ask", "host_name"), [(ask_api, API), (ask_login, LOGIN)], ids=["api", "exchange"]
)


def request(ask: Ask, outside: Network) -> None:
    async def run() -> None:
        await ask(await outside.route(f"https://{API}"))

    asyncio.run(run())


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture
def host(authority: Authority) -> Iterator[TlsHost]:
    """Genesys, as far as these tests go: reached by names that only the proxy knows."""
    with TlsHost(authority.certificate(API, LOGIN), body=GRANT) as running:
        yield running


@pytest.fixture
def trusting(
    authority: Authority, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Network]:
    """A network with this proxy."""
    ca_file = authority.write(tmp_path_factory.mktemp("ca"))

    def make(proxy: str) -> Network:
        return Network(find_proxy=lambda _: proxy, ca_file=ca_file)

    return make


# --- through a tunnel ---------------------------------------------------------------------------


@both
def test_F28_requests_go_through_the_proxy_which_sees_no_secret(
    ask: Ask, host_name: str, host: TlsHost, trusting: Callable[[str], Network]
) -> None:
    with Proxy({API: host.port, LOGIN: host.port}) as proxy:
        request(ask, trusting(proxy.url))
    assert proxy.seen == [("CONNECT", f"{host_name}:443")]
    assert (proxy.refused, len(host.requests)) == (0, 1)
    heads = "\n".join(proxy.heads)
    assert [word for word in (CANARY, CODE, "Bearer", "/oauth", ME) if word in heads] == []


@both
@pytest.mark.parametrize("given", [None, (USER, "wrong")], ids=["none", "wrong"])
def test_F28_a_proxy_that_wants_a_sign_in_is_asked_once_and_named(
    ask: Ask,
    host_name: str,
    given: tuple[str, str] | None,
    host: TlsHost,
    trusting: Callable[[str], Network],
) -> None:
    names = {host_name: host.port}
    with Proxy(names, credentials=(USER, PASSWORD)) as proxy:
        outside = trusting(proxy.url)
        if given:
            outside.use_credentials(proxy.address, *given)
        with pytest.raises(ProxySignInNeeded) as caught:
            request(ask, outside)
    assert caught.value.proxy == proxy.address
    assert f"({proxy.address}) asks for a sign-in" in caught.value.sentence
    assert (proxy.refused, len(proxy.seen)) == (1, 1)
    assert host.connections == 0


@both
def test_F28_with_name_and_password_it_lets_through(
    ask: Ask, host_name: str, host: TlsHost, trusting: Callable[[str], Network]
) -> None:
    with Proxy({host_name: host.port}, credentials=(USER, PASSWORD)) as proxy:
        outside = trusting(proxy.url)
        outside.use_credentials(proxy.address, USER, PASSWORD)
        request(ask, outside)
    assert (proxy.refused, len(host.requests)) == (0, 1)


@both
def test_F28_a_proxy_that_is_not_there_is_named(
    ask: Ask, host_name: str, trusting: Callable[[str], Network]
) -> None:
    with closing(socket.socket()) as bound:
        bound.bind(("127.0.0.1", 0))  # nobody listens, and nobody else gets the port
        address = f"127.0.0.1:{bound.getsockname()[1]}"
        with pytest.raises(NetworkError) as caught:
            request(ask, trusting(f"http://{address}"))
    assert f"The network's proxy ({address}) can't be reached" in caught.value.sentence


@both
def test_F28_a_proxy_that_does_not_get_there_is_named(
    ask: Ask, host_name: str, trusting: Callable[[str], Network]
) -> None:
    with Proxy({}) as proxy, pytest.raises(NetworkError) as caught:
        request(ask, trusting(proxy.url))
    sentence = caught.value.sentence
    assert f"({proxy.address}) does not connect to Genesys Cloud (status 502)" in sentence
    assert set(proxy.seen) == {("CONNECT", f"{host_name}:443")}


# --- plain http ---------------------------------------------------------------------------------


@pytest.mark.parametrize("signed_in", [True, False])
def test_F28_plain_http_asks_the_proxy_with_the_whole_address(signed_in: bool) -> None:
    async def run() -> int:
        async with serving(answering(reply(GRANT))) as server:
            port = int(server.url.rpartition(":")[2])
            proxy.names[LOGIN] = port
            outside = Network(find_proxy=lambda _: proxy.url)
            if signed_in:
                outside.use_credentials(proxy.address, USER, PASSWORD)
                await ask_login(await outside.route(f"http://{LOGIN}"), "http")
            else:
                with pytest.raises(ProxySignInNeeded, match=proxy.address):
                    await ask_login(await outside.route(f"http://{LOGIN}"), "http")
            assert [each for each in server.seen if "proxy-authorization" in each.headers] == []
            return len(server.seen)

    with Proxy({}, credentials=(USER, PASSWORD)) as proxy:
        reached = asyncio.run(run())
    assert proxy.seen == [("POST", f"http://{LOGIN}/oauth/token")]
    assert (reached, proxy.refused) == ((1, 0) if signed_in else (0, 1))


# --- which proxy --------------------------------------------------------------------------------


def route_of(outside: Network, url: str) -> Route:
    return asyncio.run(outside.route(url))


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8085", "https://localhost:1", "http://[::1]:2", "http://127.9.9.9"]
)
def test_this_computer_is_reached_without_a_proxy(url: str) -> None:
    def find(asked: str) -> str:
        pytest.fail(f"a proxy was looked for on the way to {asked}")

    assert route_of(Network(find_proxy=find), url).proxy is None


def test_the_proxy_is_looked_for_by_url_and_off_the_event_loop() -> None:
    asked: list[tuple[str, bool]] = []

    def find(url: str) -> str:
        here = threading.current_thread() is threading.main_thread()
        asked.append((url, here))
        return "http://proxy.example.com:8080" if "api" in url else ""

    outside = Network(find_proxy=find)
    assert proxy_address(route_of(outside, "https://api.example.com").proxy) == (
        "proxy.example.com:8080"
    )
    assert route_of(outside, "https://login.example.com").proxy is None
    assert asked == [("https://api.example.com", False), ("https://login.example.com", False)]


def test_without_a_word_about_proxies_there_is_none() -> None:
    assert route_of(Network(), "https://api.example.com").proxy is None


@pytest.mark.parametrize(
    "found",
    [
        "socks5://u:canary@proxy.example.com:1080",
        "https://u:canary@proxy.example.com",
        "proxy.example.com:8080",
        "http://",
        "http://proxy.example.com:port",
    ],
)
def test_a_proxy_of_another_kind_is_told(found: str) -> None:
    with pytest.raises(NetworkError, match="address of an HTTP proxy") as caught:
        route_of(Network(find_proxy=lambda _: found), "https://api.example.com")
    assert "canary" not in caught.value.sentence


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://proxy.example.com:8080", "proxy.example.com:8080"),
        ("http://user:secret@Proxy.example.com:3128/", "proxy.example.com:3128"),
        ("http://proxy.example.com:80", "proxy.example.com:80"),
        ("http://proxy.example.com", "proxy.example.com:80"),
        ("http://[::1]:8080", "[::1]:8080"),
    ],
)
def test_a_proxy_is_named_by_host_and_port(url: str, address: str) -> None:
    assert proxy_address(httpx.Proxy(url)) == address
    assert proxy_address(None) == ""


# --- credentials --------------------------------------------------------------------------------


def test_T35_credentials_are_kept_until_they_are_forgotten() -> None:
    outside = Network(find_proxy=lambda _: "http://Proxy.example.com:80")
    assert outside.credentials("proxy.example.com:80") is None
    outside.use_credentials("proxy.example.com:80", USER, "old")
    outside.use_credentials("PROXY.example.com:80", USER, PASSWORD)
    outside.use_credentials("other.example.com:80", "other", "other")
    proxy = route_of(outside, "https://api.example.com").proxy
    assert proxy is not None and proxy.auth == (USER, PASSWORD)
    assert outside.credentials("proxy.example.com:80") == (USER, PASSWORD)
    outside.forget_credentials()
    assert proxy.auth == (USER, PASSWORD)  # what signs out still gets through
    assert outside.credentials("proxy.example.com:80") is None
    assert outside.credentials("other.example.com:80") is None
    proxy = route_of(outside, "https://api.example.com").proxy
    assert proxy is not None and proxy.auth is None


def test_T26_no_repr_shows_name_or_password() -> None:
    outside = Network(find_proxy=lambda _: "http://proxy.example.com:80")
    outside.use_credentials("proxy.example.com:80", USER, PASSWORD)
    route = route_of(outside, "https://api.example.com")
    shown = f"{outside!r} {vars(outside)} {route!r} {route!s}"
    assert "proxy.example.com:80" in shown
    assert [word for word in (USER, PASSWORD) if word in shown] == []


# --- trust --------------------------------------------------------------------------------------


def test_trust_is_read_once_and_not_before_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[bool] = []
    read = network.system_trust

    def counting(*arguments: Any) -> ssl.SSLContext:
        threads.append(threading.current_thread() is threading.main_thread())
        return read(*arguments)

    monkeypatch.setattr(network, "system_trust", counting)
    outside = Network()
    assert threads == []

    async def run() -> list[Route]:
        urls = [f"https://{name}.example.com" for name in "abc"]
        return await asyncio.gather(*map(outside.route, urls))

    first, *others = asyncio.run(run())
    assert all(route.verify is first.verify for route in others)
    assert route_of(outside, "https://d.example.com").verify is first.verify
    assert threads == [False]
    assert (first.verify.verify_mode, first.verify.check_hostname) == (ssl.CERT_REQUIRED, True)
