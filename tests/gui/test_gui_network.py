"""PAC scripts and what the HTTP client is told of the way out; no web view here."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtNetwork import QNetworkProxy, QNetworkProxyFactory
from PySide6.QtWidgets import QApplication

from desktop_app.gui.network import reading
from desktop_app.gui.network.pac import PacError, evaluate, first_proxy
from desktop_app.gui.network.pac_functions import PacFunctions
from desktop_app.gui.network.proxies import ProxyFinder, apply_to_qt, find_proxy
from desktop_app.gui.network.reading import ReadingError, read_text
from desktop_app.gui.network.web_trust import authorities
from tests.core.tls_hosts import Authority, TlsHost

LOGIN = "https://login.test.example/authorize?secret=canary#access_token=canary"
NAMES = {"intranet.example.com": "10.1.2.3", "www.example.com": "192.0.2.7"}
# A Friday, half past eleven at night; in UTC it is Saturday, the first day of the next month.
NOW = datetime(2026, 7, 31, 23, 30, 15, tzinfo=timezone(timedelta(hours=-2)))

pytestmark = pytest.mark.usefixtures("qapp")


def functions(now: datetime = NOW) -> PacFunctions:
    return PacFunctions(own_address=lambda: "10.0.0.5", resolve=NAMES.get, now=lambda: now)


def in_worker(find: Callable[[str], str], url: str) -> str:
    with ThreadPoolExecutor(1) as worker:
        return worker.submit(find, url).result()


def script(expression: str) -> str:
    return f"function FindProxyForURL(url, host) {{ return {expression}; }}"


def ask(expression: str) -> str:
    return evaluate(script(expression), LOGIN, functions=functions())


# --- the functions that a script may call ---------------------------------------------------------

TRUE = (
    'isPlainHostName("www")',
    '!isPlainHostName("www.example.com")',
    'dnsDomainIs("www.example.com", ".example.com")',
    '!dnsDomainIs("www", ".example.com")',
    'localHostOrDomainIs("www.example.com", "www.example.com")',
    'localHostOrDomainIs("www", "www.example.com")',
    '!localHostOrDomainIs("home.example.com", "www.example.com")',
    'isResolvable("www.example.com")',
    '!isResolvable("nowhere.example.com")',
    'dnsResolve("intranet.example.com") === "10.1.2.3"',
    'dnsResolve("nowhere.example.com") === null',
    'isInNet("10.9.9.9", "10.0.0.0", "255.0.0.0")',
    'isInNet("intranet.example.com", "10.1.0.0", "255.255.0.0")',
    '!isInNet("www.example.com", "10.0.0.0", "255.0.0.0")',
    '!isInNet("nowhere.example.com", "10.0.0.0", "0.0.0.0")',
    'myIpAddress() === "10.0.0.5"',
    'dnsDomainLevels("www") === 0',
    'dnsDomainLevels("www.example.com") === 2',
    'shExpMatch("http://home.example.com/a/b", "*/a/*")',
    'shExpMatch("a.b", "?.?")',
    '!shExpMatch("axb", "a.b")',
    '!shExpMatch("a", "[a-z]")',
    'weekdayRange("FRI")',
    '!weekdayRange("SAT")',
    'weekdayRange("SAT", "GMT")',
    'weekdayRange("MON", "FRI")',
    'weekdayRange("FRI", "SUN")',
    'weekdayRange("THU", "MON")',
    '!weekdayRange("SAT", "THU")',
    "dateRange(31)",
    "dateRange(1, 'GMT')",
    "!dateRange(1, 30)",
    "dateRange(25, 5)",
    'dateRange("JUL")',
    'dateRange("AUG", "GMT")',
    'dateRange("JUN", "AUG")',
    'dateRange("NOV", "JUL")',
    "dateRange(2026)",
    "!dateRange(2024, 2025)",
    'dateRange(31, "JUL", 2026)',
    '!dateRange(31, "JUL", 2025)',
    'dateRange(15, "JUL", 15, "AUG")',
    'dateRange("JUL", 2026, "DEC", 2027)',
    'dateRange(1, "JAN", 2026, 31, "JUL", 2026)',
    '!dateRange(1, "JAN", 2026, 30, "JUL", 2026)',
    "timeRange(23)",
    "!timeRange(22)",
    "timeRange(9, 23)",
    "timeRange(22, 6)",
    "timeRange(1, 'GMT')",
    "timeRange(23, 0, 23, 30)",
    "!timeRange(23, 0, 23, 29)",
    "timeRange(23, 30, 0, 23, 30, 15)",
    "!timeRange(23, 30, 16, 23, 59, 59)",
    "timeRange(23.0)",
)


@pytest.mark.parametrize("expression", TRUE)
def test_F28_pac_function(expression: str) -> None:
    assert ask(f"({expression}) ? 'yes' : 'no'") == "yes"


@pytest.mark.parametrize(
    "expression",
    [
        "isInNet('10.0.0.1')",
        "isInNet('10.0.0.1', 'x', 'y')",
        "dnsDomainIs(1, 2)",
        "shExpMatch()",
        "weekdayRange()",
        "weekdayRange('MON', 'TUE', 'WED')",
        "weekdayRange('MONDAY')",
        "dateRange()",
        "dateRange(null)",
        "timeRange()",
        "timeRange(1, 2, 3)",
        "timeRange('a', 'b')",
    ],
)
def test_F28_a_pac_condition_that_makes_no_sense_is_not_met(expression: str) -> None:
    assert ask(f"String({expression})") == "false"


# --- running a script -----------------------------------------------------------------------------


def test_F28_a_pac_script_is_told_the_origin_only() -> None:
    assert ask("url + ' ' + host") == "https://login.test.example/ login.test.example"


def test_F28_a_pac_script_sees_nothing_but_the_functions() -> None:
    names = "host names run global name console XMLHttpRequest Qt require print".split()
    kinds = ", ".join(f"typeof {name}" for name in names)
    look = f"var seen = [{kinds}]; function FindProxyForURL() {{ return seen }}"
    said = evaluate(look, LOGIN, functions=functions())
    assert dict(zip(names, said.split(","), strict=True)) == dict.fromkeys(names, "undefined")


@pytest.mark.parametrize(
    "endless",
    [
        "while (true) {}",
        script("(function () { while (true) {} })()"),
        script("(function () { while (true) { try { while (true) {} } catch (e) {} } })()"),
    ],
)
@pytest.mark.parametrize("where", ["here", "in a worker"])
def test_F28_an_endless_pac_script_is_ended(endless: str, where: str) -> None:
    def run(script: str) -> str:
        return evaluate(script, LOGIN, functions=functions(), longest_run_s=0.1)

    began = time.monotonic()
    with pytest.raises(PacError, match=r"more than 0\.1 s"):
        run(endless) if where == "here" else in_worker(run, endless)
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        ("function (", "SyntaxError"),
        ("", "FindProxyForURL"),
        (script("nothing.here"), "ReferenceError"),
        (script("(function f() { return f() })()"), "RangeError"),
    ],
)
def test_F28_a_broken_pac_script_says_why(broken: str, why: str) -> None:
    with pytest.raises(PacError, match=why):
        evaluate(broken, LOGIN, functions=functions())


def test_F28_a_pac_script_may_answer_with_nothing() -> None:
    assert ask("null") == ""


@pytest.mark.parametrize(
    ("found", "proxy"),
    [
        ("", ""),
        ("DIRECT", ""),
        ("PROXY a.example:8080", "http://a.example:8080"),
        ("PROXY a.example:1; PROXY b.example:2; DIRECT", "http://a.example:1"),
        (" proxy  a.example:1 ;DIRECT", "http://a.example:1"),
        ("DIRECT; PROXY a.example:1", ""),
        ("HTTPS a.example:443", "https://a.example:443"),
        ("SOCKS a.example:1080", "socks5://a.example:1080"),
        ("SOCKS4 a.example:1080", "socks4://a.example:1080"),
        ("PROXY [2001:db8::1]:8080", "http://[2001:db8::1]:8080"),
        ("QUIC a.example:1; PROXY b.example:2", "http://b.example:2"),
        ("PROXY a.example; PROXY b.example:2", "http://b.example:2"),
        ("PROXY", ""),
    ],
)
def test_F28_the_first_way_that_a_pac_script_names(found: str, proxy: str) -> None:
    assert first_proxy(found) == proxy


# --- the way out of the HTTP client ---------------------------------------------------------------


def pac_file(folder: Path, content: str) -> str:
    path = folder / "proxy.pac"
    path.write_text(content, "utf-8")
    return f"pac+{path.as_uri()}"


def test_F28_the_systems_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy.example.com:3128")
    monkeypatch.setenv("no_proxy", "direct.example.com")
    find = find_proxy("system")
    assert in_worker(find, LOGIN) == "http://proxy.example.com:3128"
    assert in_worker(find, "https://direct.example.com/") == ""
    monkeypatch.delenv("https_proxy")
    assert in_worker(find, LOGIN) == ""


@pytest.mark.parametrize("setting", ["none", "http://proxy.example.com:3128/", "PAC"])
@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:8400/x", "https://localhost/", "http://[::1]:80/", "http://a.localhost"],
)
def test_F28_this_computer_is_reached_directly(setting: str, url: str, tmp_path: Path) -> None:
    if setting == "PAC":
        setting = pac_file(tmp_path, script("'PROXY a.example:1'"))
    assert find_proxy(setting)(url) == ""


def test_F28_a_named_proxy() -> None:
    find = find_proxy("http://proxy.example.com:3128/")
    assert find(LOGIN) == "http://proxy.example.com:3128"
    assert find("http://intranet/") == ""
    assert find.name("proxy.example.com", LOGIN) == "proxy.example.com:3128"
    assert find.name("other.example.com", LOGIN) == "other.example.com"


def test_F28_a_pac_file_in_a_worker(tmp_path: Path) -> None:
    setting = pac_file(tmp_path, script("host == 'login.test.example' ? 'PROXY a.example:1' : ''"))
    find = find_proxy(setting)
    assert in_worker(find, LOGIN) == "http://a.example:1"
    assert in_worker(find, "https://other.example/") == ""
    assert find.name("a.example", LOGIN) == "a.example:1"


@pytest.mark.parametrize("content", [None, "function (", "while (true) {}"])
def test_F28_a_useless_pac_file_means_a_direct_connection(
    content: str | None, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    setting = f"pac+{(tmp_path / 'none.pac').as_uri()}"
    if content is not None:
        setting = pac_file(tmp_path, content)
    assert find_proxy(setting)(LOGIN) == ""
    assert "connecting directly" in caplog.text and "canary" not in caplog.text


def test_F28_a_remote_pac_file_is_fetched_once_and_never_for_a_name(tmp_path: Path) -> None:
    authority = Authority()
    body = script("'PROXY a.example:1'").encode()
    with TlsHost(authority.certificate(), body=body) as host:
        find = find_proxy(f"pac+{host.url}/p.pac", ca_file=authority.write(tmp_path))
        assert find.name("a.example", LOGIN) == "a.example"
        assert host.requests == []
        assert [in_worker(find, LOGIN) for _ in range(3)] == ["http://a.example:1"] * 3
        assert find.name("a.example", LOGIN) == "a.example:1"
    assert host.requests == ["GET /p.pac HTTP/1.1"]


def test_T15_a_pac_file_is_not_fetched_from_an_untrusted_host() -> None:
    with (
        TlsHost(Authority().certificate()) as host,
        pytest.raises(ReadingError, match="SslHandshakeFailedError"),
    ):
        read_text(QUrl(f"{host.url}/p.pac"))
    assert host.requests == []


def test_F28_a_pac_file_is_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LARGEST", 1000)
    file = tmp_path / "large.pac"
    file.write_bytes(b" " * 1001)
    with pytest.raises(ReadingError, match="larger"):
        read_text(QUrl.fromLocalFile(str(file)))
    authority = Authority()
    trusted = authorities(authority.write(tmp_path))
    with (
        TlsHost(authority.certificate(), body=b" " * 1001) as host,
        pytest.raises(ReadingError, match=r"larger|OperationCanceledError"),
    ):
        read_text(QUrl(f"{host.url}/p.pac"), trusted)


# --- the web view's proxy -------------------------------------------------------------------------


@pytest.fixture
def qt_proxy(qapp: QApplication) -> Iterator[None]:
    """Whatever a test sets up, Qt follows the system again, as it does from the start."""
    yield
    QNetworkProxy.setApplicationProxy(QNetworkProxy(QNetworkProxy.ProxyType.NoProxy))
    QNetworkProxyFactory.setUseSystemConfiguration(True)


@pytest.mark.usefixtures("qt_proxy")
def test_F28_qt_is_told_of_the_policys_proxy() -> None:
    environment: dict[str, str] = {}
    apply_to_qt("http://proxy.example.com:3128", environment)
    proxy = QNetworkProxy.applicationProxy()
    assert (proxy.hostName(), proxy.port()) == ("proxy.example.com", 3128)
    assert not QNetworkProxyFactory.usesSystemConfiguration()
    apply_to_qt("none", environment)
    assert QNetworkProxy.applicationProxy().type() is QNetworkProxy.ProxyType.NoProxy
    assert not QNetworkProxyFactory.usesSystemConfiguration()
    apply_to_qt("system", environment)
    assert QNetworkProxyFactory.usesSystemConfiguration()
    assert environment == {}


@pytest.mark.usefixtures("qt_proxy")
def test_T17_a_pac_address_adds_no_other_flag() -> None:
    environment = {"QTWEBENGINE_CHROMIUM_FLAGS": "--one"}
    apply_to_qt('pac+https://a.example/p.pac?a" --no-sandbox "', environment)
    first, second = environment["QTWEBENGINE_CHROMIUM_FLAGS"].split(" ")
    assert first == "--one"
    assert second == "--proxy-pac-url=https://a.example/p.pac?a%22%20--no-sandbox%20%22"


def test_a_finder_may_be_asked_by_many_threads_at_once(tmp_path: Path) -> None:
    find = find_proxy(pac_file(tmp_path, script("'PROXY a.example:1'")))
    gate = threading.Barrier(4)

    def ask_together() -> str:
        gate.wait(10)
        return find(LOGIN)

    with ThreadPoolExecutor(4) as workers:
        asked = [workers.submit(ask_together) for _ in range(4)]
        assert {each.result() for each in asked} == {"http://a.example:1"}


def test_a_finder_names_a_proxy_whatever_the_case_of_its_host() -> None:
    find = ProxyFinder(lambda url: "http://proxy.example.com:8080")
    assert find.name("Proxy.Example.com", LOGIN) == "Proxy.Example.com:8080"
