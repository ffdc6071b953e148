"""Certificates: what is trusted, what is refused before any request, and in which words."""

from __future__ import annotations

import ast
import asyncio
import ssl
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.x509.oid import NameOID

import desktop_app
from desktop_app.cli import main
from desktop_app.core.errors import CertificateRefused, ConfigError
from desktop_app.core.genesys import certificates, network, wire
from desktop_app.core.genesys.certificates import LONGEST_NAME, issuer_of
from desktop_app.core.genesys.client import GenesysClient
from desktop_app.core.genesys.network import Network, Route, system_trust, trust_for
from desktop_app.core.signin.exchange import exchange
from desktop_app.core.signin.oauth import Attempt, Code
from desktop_app.core.signin.profiles import Grant
from desktop_app.core.signin.secret import Secret
from desktop_app.core.signin.session import open_session, sign_out
from desktop_app.practice.server import PracticeServer, TlsFilesError
from desktop_app.practice.settings import PracticeSettings
from tests.core.genesys.loopback import Seen, answering, reply, serving
from tests.core.signin.signing_in import (
    CODE,
    START,
    chain,
    make_profile,
    offered,
    practice_profile,
)
from tests.core.tls_hosts import Authority, Certificate, Proxy, TlsHost, self_signed

CANARY = "canary-token-6e1f"
VERIFIER = "canary-verifier-" + "v" * 32
ACME = "Acme Proxy CA"
NAME = "login.test.example"

ELSEWHERE = sys.platform in ("win32", "darwin")
on_linux = pytest.mark.skipif(ELSEWHERE, reason="Windows and macOS judge by stores of their own")


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority(ACME)


@pytest.fixture
def ca_file(authority: Authority, tmp_path: Path) -> Path:
    return authority.write(tmp_path)


async def ask_api(origin: str, route: Route) -> None:
    client = GenesysClient(origin, lambda: CANARY, verify=route.verify, proxy=route.proxy)
    try:
        await client.get("/api/v2/users/me", wire.User)
    finally:
        await client.aclose()


async def ask_login(origin: str, route: Route) -> None:
    attempt = Attempt.start(make_profile(Grant.PKCE, login_url=origin), now=START)
    attempt.verifier = Secret(VERIFIER)
    await exchange(attempt, Code(Secret(CODE)), verify=route.verify, proxy=route.proxy)


Ask = Callable[[str, Route], Any]
both = pytest.mark.parametrize("ask", [ask_api, ask_login], ids=["api", "exchange"])


def refusal_of(ask: Ask, origin: str, trust: Network) -> CertificateRefused:
    """The error of a request, from which no secret can be reached."""

    async def run() -> None:
        await ask(origin, await trust.route(origin))

    with pytest.raises(CertificateRefused) as caught:
        asyncio.run(run())
    for error in chain(caught.value):
        assert [word for word in (CANARY, VERIFIER, CODE) if word in f"{error!r}"] == []
        assert getattr(error, "_request", None) is None
    return caught.value


# --- refused ------------------------------------------------------------------------------------


def bad_certificate(kind: str, authority: Authority) -> Certificate:
    match kind:
        case "expired":
            return authority.certificate(expired=True)
        case "wrong-host":
            return authority.certificate("somewhere.test.example")
        case "self-signed":
            return self_signed()
    return Authority("Another CA").certificate()


@both
@pytest.mark.parametrize(
    ("kind", "issuer", "reason"),
    [
        ("expired", ACME, "it has expired"),
        ("wrong-host", ACME, "it is for another address"),
        ("self-signed", "localhost", "it is self-signed"),
        ("unknown", "Another CA", "this computer does not know the authority"),
    ],
)
def test_T15_a_bad_certificate_is_refused_before_any_request(
    ask: Ask, kind: str, issuer: str, reason: str, authority: Authority, ca_file: Path
) -> None:
    with TlsHost(bad_certificate(kind, authority)) as host:
        error = refusal_of(ask, host.url, Network(ca_file=ca_file))
    assert host.connections == 2  # the request's, and the one that looked for the issuer
    assert host.requests == []
    assert error.issuer == issuer
    assert f'The certificate of localhost was issued by "{issuer}" and' in error.sentence
    assert f"is not trusted: {reason}" in error.sentence


@both
def test_F29_an_authority_behind_a_proxy_is_named_too(ask: Ask, authority: Authority) -> None:
    with TlsHost(authority.certificate(NAME)) as host, Proxy({NAME: host.port}) as proxy:
        error = refusal_of(ask, f"https://{NAME}", Network(find_proxy=lambda _: proxy.url))
    assert host.requests == []
    assert proxy.seen == [("CONNECT", f"{NAME}:443")] * 2
    assert f'of {NAME} was issued by "{ACME}"' in error.sentence
    assert "ask its IT to install its certificate authority" in error.sentence


@both
def test_F29_the_sentence_goes_without_an_issuer_that_cannot_be_read(
    ask: Ask, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unreadable(*_: object) -> bytes:
        raise ConnectionResetError

    monkeypatch.setattr(certificates, "_shown_certificate", unreadable)
    with TlsHost(authority.certificate()) as host:
        error = refusal_of(ask, host.url, Network())
    assert error.issuer == ""
    assert error.sentence.startswith("The certificate of localhost is not trusted: this computer")


# --- trusted ------------------------------------------------------------------------------------


def test_T15_a_whole_sign_in_passes_with_the_authority_in_the_file(
    authority: Authority, ca_file: Path, tmp_path: Path
) -> None:
    cert, key = authority.certificate().write(tmp_path)
    settings = PracticeSettings(conversations=5, days=1, tls_cert=cert, tls_key=key)

    async def sign_in(server: PracticeServer) -> str:
        attempt = Attempt.start(practice_profile(server), now=START)
        route = await Network(ca_file=ca_file).route(server.login_url)
        async with httpx.AsyncClient(verify=route.verify, trust_env=False) as browser:
            users: Any = server.description["users"]
            answer = await browser.post(
                attempt.authorize_url,
                data={"email": users[0]["email"], "password": users[0]["password"]},
            )
        code = offered(attempt, answer.headers["location"])
        assert isinstance(code, Code)
        token = await exchange(attempt, code, verify=route.verify, proxy=route.proxy)
        client = partial(GenesysClient, verify=route.verify, proxy=route.proxy)
        session = await open_session(attempt.profile, token, new_client=client)
        assert await sign_out(session)
        return session.organization_name

    with PracticeServer(settings) as server:
        assert server.login_url.startswith("https://localhost:")
        assert server.api_url.startswith("https://localhost:")
        assert asyncio.run(sign_in(server)) == server.description["organization"]
    hosts = {seen.host for seen in server.log}
    assert hosts == {"login", "api"}


@on_linux
def test_T15_T17_the_environment_adds_no_trust(
    authority: Authority, ca_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(ca_file))
    with TlsHost(authority.certificate()) as host:
        # Python's own default would follow the variable.
        assert httpx.get(host.url, verify=ssl.create_default_context()).status_code == 200
        host.requests.clear()
        refusal_of(ask_api, host.url, Network())
        for trust in (system_trust(), trust_for(host.url)):
            with pytest.raises(httpx.ConnectError):
                httpx.get(host.url, verify=trust, trust_env=False)
    assert host.requests == []


def test_T17_no_keys_of_connections_are_written_down(
    authority: Authority, ca_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = tmp_path / "keys.log"
    monkeypatch.setenv("SSLKEYLOGFILE", str(keys))
    with TlsHost(authority.certificate()) as host:
        trust = system_trust(ca_file)
        assert httpx.get(host.url, verify=trust, trust_env=False).status_code == 200
    assert not keys.exists()


@on_linux
def test_the_systems_authorities_are_found_where_distributions_keep_them(
    authority: Authority, ca_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = str(tmp_path / "none")
    monkeypatch.setattr(network, "_BUNDLES", (nowhere, str(ca_file), nowhere))
    paths = SimpleNamespace(openssl_cafile=nowhere, openssl_capath=nowhere)
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: paths)
    with TlsHost(authority.certificate()) as host:
        asyncio.run(_ask_plainly(host.url))
    assert len(host.requests) == 1


async def _ask_plainly(origin: str) -> None:
    await ask_api(origin, await Network().route(origin))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "can't be read (no such file or directory)"),
        (b"", "holds no certificate authority"),
        (b"\x30\x82 not PEM", "holds no certificate authority"),
        (b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "holds no certificate"),
        (self_signed().key, "holds no certificate authority"),
    ],
    ids=["missing", "empty", "binary", "broken", "key"],
)
def test_a_file_of_authorities_that_cannot_be_used_is_named(
    content: bytes | None, words: str, tmp_path: Path
) -> None:
    path = tmp_path / "company.pem"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        asyncio.run(Network(ca_file=path).route("https://api.example.com"))
    assert str(path) in caught.value.sentence
    assert words in caught.value.sentence


def test_a_file_of_authorities_may_hold_several_and_remarks(
    authority: Authority, tmp_path: Path
) -> None:
    path = tmp_path / "company.pem"
    remark = "# Zertifikate der Müller GmbH\n".encode()
    path.write_bytes(remark + Authority("Another CA").pem + remark + authority.pem)
    with TlsHost(authority.certificate()) as host:
        answer = httpx.get(host.url, verify=system_trust(path), trust_env=False)
    assert answer.status_code == 200


# --- who issued it ------------------------------------------------------------------------------


def test_T15_looking_at_a_certificate_sends_nothing_but_the_handshake(
    authority: Authority,
) -> None:
    with TlsHost(authority.certificate()) as host:
        assert asyncio.run(issuer_of(f"{host.url}/secret?token={CANARY}")) == ACME
    assert (host.connections, host.requests) == (1, [])


def test_an_issuer_that_cannot_be_read_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certificates, "DEADLINE_S", 0.2)

    async def silent(_seen: Seen, writer: asyncio.StreamWriter) -> None:
        await writer.wait_closed()

    async def run() -> list[str]:
        async with serving(answering(reply(b"no TLS"))) as plain, serving(silent) as mute:
            gone = f"{plain.url.rpartition(':')[0]}:1"
            urls = [url.replace("http:", "https:") for url in (plain.url, mute.url, gone)]
            refusing = httpx.Proxy(plain.url)
            return [
                *[await issuer_of(url) for url in urls],
                await issuer_of("https://api.test.example", httpx.Proxy(mute.url)),
                await issuer_of("https://api.test.example", refusing),
            ]

    assert asyncio.run(run()) == [""] * 5


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({NameOID.COMMON_NAME: "Root", NameOID.ORGANIZATION_NAME: "Acme"}, "Root"),
        ({NameOID.ORGANIZATION_NAME: "Acme"}, "Acme"),
        ({NameOID.COMMON_NAME: ' \x00"\u202e\n', NameOID.ORGANIZATIONAL_UNIT_NAME: "IT"}, "IT"),
        ({NameOID.COMMON_NAME: 'A\n"B"\u202eC'}, "A B C"),
        ({NameOID.COUNTRY_NAME: "GB"}, ""),
        ({NameOID.ORGANIZATION_NAME: "x" * 200}, "x" * (LONGEST_NAME - 1) + "…"),
    ],
)
def test_an_issuers_name_is_one_short_plain_line(
    fields: dict[x509.ObjectIdentifier, str], name: str
) -> None:
    issuer = x509.Name(
        x509.NameAttribute(kind, text, _validate=False) for kind, text in fields.items()
    )
    assert certificates._name(issuer) == name


# --- never bypassed -----------------------------------------------------------------------------

_SWITCHES = {"CERT_NONE", "CERT_OPTIONAL", "acceptCertificate", "_create_unverified_context"}


def switched_off(tree: ast.AST) -> list[str]:
    """What in this code takes the check of certificates away."""
    found = []
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(attr=name) | ast.Name(id=name) if name in _SWITCHES:
                found.append(name)
            case ast.keyword(arg="verify", value=ast.Constant(value=False)):
                found.append("verify=False")
            case ast.Assign(targets=[ast.Attribute(attr="check_hostname")]):
                found.append("check_hostname")
    return found


def test_T15_one_function_looks_without_judging_and_nothing_else_does() -> None:
    found = {}
    package = Path(desktop_app.__file__).parent
    for path in package.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if switches := switched_off(tree):
            found[path.relative_to(package).as_posix()] = (
                switches,
                [
                    node.name
                    for node in ast.walk(tree)
                    if isinstance(node, ast.AsyncFunctionDef) and switched_off(node) == switches
                ],
            )
    assert found == {
        "core/genesys/certificates.py": (["check_hostname", "CERT_NONE"], ["_shown_certificate"])
    }


# --- the practice organisation over TLS ---------------------------------------------------------


def test_tls_needs_a_certificate_and_its_key(tmp_path: Path) -> None:
    cert, _ = self_signed().write(tmp_path)
    with pytest.raises(ValueError, match="needs both"):
        PracticeSettings(tls_cert=cert)
    told = CliRunner().invoke(main, ["practice-server", "--tls-cert", str(cert)])
    assert told.exit_code == 6
    assert "give --tls-cert and --tls-key" in told.output


def test_files_that_do_not_fit_are_told(tmp_path: Path) -> None:
    cert, _ = self_signed().write(tmp_path)
    other = tmp_path / "other.pem"
    other.write_bytes(self_signed().key)
    settings = PracticeSettings(conversations=5, days=1, tls_cert=cert, tls_key=other)
    with pytest.raises(TlsFilesError, match="can't be used"), PracticeServer(settings):
        pass
    arguments = ["--conversations", "5", "--tls-cert", str(cert), "--tls-key", str(other)]
    told = CliRunner().invoke(main, ["practice-server", *arguments])
    assert told.exit_code == 1
    assert str(cert) in told.output
    assert "Traceback" not in told.output
