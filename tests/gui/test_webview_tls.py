"""Certificates in the web view, over real TLS: what is wrong is refused and told."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QUrl
from PySide6.QtWebEngineCore import QWebEnginePage, QWebEngineProfile
from pytestqt.qtbot import QtBot

from desktop_app.core.errors import ConfigError
from desktop_app.core.signin.oauth import Attempt
from desktop_app.core.signin.profiles import Grant, Profile
from desktop_app.gui.guarded_page import Guard, GuardedPage, login_profile
from tests.core.tls_hosts import Authority, Certificate, TlsHost, self_signed
from tests.gui.guarded import LOAD_MS

CA = "Acme Test CA"
CANARY = "canary-web-8f1e"
BODY = (
    f"<!doctype html><title>shown</title>{CANARY}<script>"
    f"document.title = document.cookie + (localStorage.x || '') || 'nothing yet';"
    f"document.cookie = 'x={CANARY}; max-age=9999'; localStorage.x = '{CANARY}';"
    "</script>"
)

Serve = Callable[[Certificate], TlsHost]


class Visit(QObject):
    """One page of one fresh profile, loaded until it is there or refused."""

    def __init__(self, address: str, ca_file: Path | None, qtbot: QtBot) -> None:
        super().__init__()
        self.over = False
        self.profile = login_profile(self, loopback_only=True, ca_file=ca_file)
        sign_in = Profile(
            name="test",
            login_url=address,
            api_url=address,
            client_id="client",
            grant=Grant.PKCE,
            redirect_uri=f"{address}/callback",
        )
        guard = Guard(Attempt.start(sign_in, now=time.time()), loopback_only=True, parent=self)
        self.page = GuardedPage(self.profile, guard, self)
        self.storage = self.profile.persistentStoragePath()
        self.told: list[str] = []
        self.page.certificate_refused.connect(self._on_certificate_refused)
        with qtbot.waitSignal(self.page.loadFinished, timeout=LOAD_MS) as loaded:
            self.page.load(QUrl(address))
        assert loaded.args is not None
        self.loaded = bool(loaded.args[0])

    def end(self) -> None:
        """The page goes before its profile."""
        if self.over:
            return
        self.over = True
        for each in (self.page, self.profile):
            each.deleteLater()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def _on_certificate_refused(self, what: str) -> None:
        self.told.append(what)


Begin = Callable[[TlsHost, Path | None], Visit]


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority(CA)


@pytest.fixture
def ca_file(authority: Authority, tmp_path: Path) -> Path:
    return authority.write(tmp_path)


@pytest.fixture
def serve() -> Iterator[Serve]:
    hosts: list[TlsHost] = []

    def served(certificate: Certificate) -> TlsHost:
        host = TlsHost(certificate, body=BODY.encode(), content_type="text/html")
        host.__enter__()
        hosts.append(host)
        return host

    yield served
    for host in hosts:
        host.__exit__()


@pytest.fixture
def visit(qtbot: QtBot) -> Iterator[Begin]:
    visits: list[Visit] = []

    def begun(host: TlsHost, ca_file: Path | None) -> Visit:
        made = Visit(host.url, ca_file, qtbot)
        visits.append(made)
        return made

    yield begun
    for made in visits:
        made.end()


def test_F29_the_authority_of_ca_file_is_trusted(
    serve: Serve, visit: Begin, authority: Authority, ca_file: Path
) -> None:
    host = serve(authority.certificate())
    seen = visit(host, ca_file)
    assert (seen.loaded, seen.page.title(), seen.told) == (True, "nothing yet", [])
    assert host.requests == ["GET / HTTP/1.1"]


MakeCertificate = Callable[[Authority], Certificate]
BAD: dict[str, MakeCertificate] = {
    "its certificate has expired, issued by Acme Test CA": (
        lambda authority: authority.certificate(expired=True)
    ),
    "its certificate is made out to another name, issued by Acme Test CA": (
        lambda authority: authority.certificate("elsewhere.test.example")
    ),
    "its certificate is self-signed, issued by localhost": lambda _: self_signed(),
    "its certificate comes from an unknown authority, issued by Other CA": (
        lambda _: Authority("Other CA").certificate()
    ),
}


@pytest.mark.parametrize("words", BAD)
def test_T15_a_bad_certificate_is_refused_before_any_request(
    words: str, serve: Serve, visit: Begin, authority: Authority, ca_file: Path
) -> None:
    """The test's authority is trusted, so that nothing else is wrong with the first two."""
    host = serve(BAD[words](authority))
    seen = visit(host, ca_file)
    assert (seen.loaded, host.requests) == (False, [])
    assert seen.told == [f"localhost: {words}"]
    assert host.connections >= 1


def test_F29_without_ca_file_the_companys_authority_is_unknown(
    serve: Serve, visit: Begin, authority: Authority
) -> None:
    host = serve(authority.certificate())
    seen = visit(host, None)
    assert (seen.loaded, host.requests) == (False, [])
    assert seen.told == [
        "localhost: its certificate comes from an unknown authority, issued by Acme Test CA"
    ]


def test_F29_an_issuer_cannot_write_more_than_a_name(serve: Serve, visit: Begin) -> None:
    host = serve(Authority("A\n\u202eB" + "x" * 40).certificate())
    told = visit(host, None).told[0]
    assert told.endswith(f"issued by A  B{'x' * 40}")


def test_T14_a_further_authority_leaves_nothing_on_disk(
    serve: Serve, visit: Begin, authority: Authority, ca_file: Path
) -> None:
    seen = visit(serve(authority.certificate()), ca_file)
    assert seen.profile.isOffTheRecord() and seen.loaded
    assert seen.profile.httpCacheType() is QWebEngineProfile.HttpCacheType.MemoryHttpCache
    home = Path(os.environ["HOME"])
    for _ in range(2):
        written = [path for path in home.rglob("*") if path.is_file()]
        assert [path for path in written if CANARY.encode() in path.read_bytes()] == []
        assert not Path(seen.storage).exists()
        seen.end()


def test_T14_no_login_finds_what_the_one_before_left(
    serve: Serve, visit: Begin, authority: Authority, ca_file: Path, qtbot: QtBot
) -> None:
    host = serve(authority.certificate())
    first = visit(host, ca_file)
    with qtbot.waitSignal(first.page.loadFinished, timeout=LOAD_MS):
        first.page.triggerAction(QWebEnginePage.WebAction.Reload)
    assert first.page.title() == f"x={CANARY}{CANARY}"
    assert visit(host, ca_file).page.title() == "nothing yet"


def test_F29_a_ca_file_that_is_not_there_is_named(qtbot: QtBot, tmp_path: Path) -> None:
    missing = tmp_path / "missing.pem"
    with pytest.raises(ConfigError, match=r"missing\.pem can't be read: No such file"):
        login_profile(QCoreApplication.instance() or QObject(), loopback_only=True, ca_file=missing)


def test_F29_a_ca_file_without_a_certificate_is_named(qtbot: QtBot, tmp_path: Path) -> None:
    empty = tmp_path / "empty.pem"
    empty.write_text("no certificate")
    with pytest.raises(ConfigError, match=r"empty\.pem holds no certificate"):
        login_profile(QCoreApplication.instance() or QObject(), loopback_only=True, ca_file=empty)
