"""Hosts that speak TLS and a proxy, on 127.0.0.1 and each in a thread: for tests of both stacks.

authority = Authority("Acme Proxy CA")
with TlsHost(authority.certificate("login.test.example")) as host, Proxy(
    {"login.test.example": host.port}
) as proxy: ...
"""

from __future__ import annotations

import base64
import contextlib
import selectors
import socket
import socketserver
import ssl
import tempfile
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

_PIECE = 65_536
_ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"
_ASKS = (
    b'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="proxy"\r\n'
    b"Content-Length: 0\r\nConnection: close\r\n\r\n"
)
_LOST = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


# --- certificates -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Certificate:
    """A host's certificate with those that vouch for it, and its key; both PEM."""

    chain: bytes
    key: bytes

    def write(self, folder: Path) -> tuple[Path, Path]:
        """The paths of certificate and key."""
        paths = folder / "host-cert.pem", folder / "host-key.pem"
        for path, content in zip(paths, (self.chain, self.key), strict=True):
            path.write_bytes(content)
        return paths


class Authority:
    """A certificate authority that no system knows; ``name`` is what its certificates tell."""

    def __init__(self, name: str = "Acme Proxy CA") -> None:
        self.name = name
        self._ca = trustme.CA(organization_name=name)

    @property
    def pem(self) -> bytes:
        return self._ca.cert_pem.bytes()

    def write(self, folder: Path) -> Path:
        """The path of a file with the authority's own certificate."""
        path = folder / "authority.pem"
        path.write_bytes(self.pem)
        return path

    def certificate(self, *hosts: str, expired: bool = False) -> Certificate:
        """For these host names, ``localhost`` by default; good now unless ``expired``."""
        now = datetime.now(UTC)
        end = now - timedelta(days=1) if expired else now + timedelta(days=1)
        leaf = self._ca.issue_cert(
            *(hosts or ("localhost",)), not_before=now - timedelta(days=9), not_after=end
        )
        chain = b"".join(blob.bytes() for blob in leaf.cert_chain_pems)
        return Certificate(chain, leaf.private_key_pem.bytes())


def self_signed(host: str = "localhost") -> Certificate:
    """A certificate that nobody but its holder, named as the host, vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    return Certificate(
        certificate.public_bytes(Encoding.PEM),
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    )


# --- servers ------------------------------------------------------------------------------------


class _Server(socketserver.ThreadingTCPServer):
    """One thread that accepts and one for each connection; all have ended when it is left."""

    allow_reuse_address = True
    daemon_threads = False
    block_on_close = True

    def __init__(self, handler: type[socketserver.BaseRequestHandler], name: str) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.port: int = self.server_address[1]
        self.connections = 0
        """Connections made to it, whatever became of them."""
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), name=name)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self._thread.join()
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        self.server_close()

    def keep(self, connection: socket.socket) -> None:
        """Break this connection, too, when the server is left."""
        with self._lock:
            self._open.add(connection)

    def drop(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.discard(connection)
        connection.close()

    def process_request(
        self, request: socket.socket | tuple[bytes, socket.socket], client_address: object
    ) -> None:
        self.connections += 1
        if isinstance(request, socket.socket):
            self.keep(request)
        super().process_request(request, client_address)

    def handle_error(
        self, request: socket.socket | tuple[bytes, socket.socket], client_address: object
    ) -> None:
        """A client that goes away in the middle is what these tests are about."""


class TlsHost(_Server):
    """An https host that answers each request with ``body``, and keeps what it was asked.

    ``requests`` holds the first lines of the requests that got through TLS.
    """

    def __init__(
        self,
        certificate: Certificate,
        *,
        body: bytes = b"{}",
        content_type: str = "application/json",
    ) -> None:
        super().__init__(_TlsHandler, "tls-host")
        self.requests: list[str] = []
        self.body = body
        self.content_type = content_type
        self.status = "200 OK"
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.TemporaryDirectory() as folder:
            self.context.load_cert_chain(*certificate.write(Path(folder)))

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"


class _TlsHandler(socketserver.BaseRequestHandler):
    server: TlsHost
    request: socket.socket

    def handle(self) -> None:
        with contextlib.suppress(OSError):
            tls = self.server.context.wrap_socket(self.request, server_side=True)
            self.server.keep(tls)
            try:
                self._answer(tls)
            finally:
                self.server.drop(tls)

    def _answer(self, tls: socket.socket) -> None:
        with tls.makefile("rb") as stream:
            head = _head(stream.readline)
            if not head:
                return
            self.server.requests.append(head[0])
            stream.read(int(_field(head, "content-length") or "0"))
        body = self.server.body
        lines = (
            f"HTTP/1.1 {self.server.status}",
            f"Content-Type: {self.server.content_type}",
            f"Content-Length: {len(body)}",
            "Connection: close",
        )
        tls.sendall("\r\n".join([*lines, "", ""]).encode() + body)


class Proxy(_Server):
    """A proxy for CONNECT and for plain http, which alone knows the ``names`` of test hosts.

    ``names`` tells the port on 127.0.0.1 that stands behind a host name, whatever port is asked
    for; anything else is 502, or reached as it is where it lies on this computer.  With
    ``credentials``, user and password, others are answered 407.  ``seen`` holds method and target
    of each request and ``heads`` all their lines; ``refused`` counts the 407s.
    """

    def __init__(
        self, names: Mapping[str, int], *, credentials: tuple[str, str] | None = None
    ) -> None:
        super().__init__(_ProxyHandler, "proxy")
        self.names = dict(names)
        self.seen: list[tuple[str, str]] = []
        self.heads: list[str] = []
        self.refused = 0
        self.wanted = ""
        if credentials:
            self.wanted = f"Basic {base64.b64encode(':'.join(credentials).encode()).decode()}"

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.address}"


class _ProxyHandler(socketserver.BaseRequestHandler):
    server: Proxy
    request: socket.socket

    def handle(self) -> None:
        with contextlib.suppress(OSError), self.request.makefile("rb", buffering=0) as stream:
            head = _head(stream.readline)
            if head:
                self._serve(head)

    def _serve(self, head: list[str]) -> None:
        method, target, _ = head[0].split(" ")
        self.server.seen.append((method, target))
        self.server.heads.extend(head)
        if self.server.wanted and _field(head, "proxy-authorization") != self.server.wanted:
            self.server.refused += 1
            self.request.sendall(_ASKS)
            return
        parts = urlsplit(f"//{target}" if method == "CONNECT" else target)
        upstream = self._reach(parts.hostname or "", parts.port or 80)
        if upstream is None:
            self.request.sendall(_LOST)
            return
        self.server.keep(upstream)
        try:
            if method == "CONNECT":
                self.request.sendall(_ESTABLISHED)
            else:
                upstream.sendall(_forwarded(head, parts.path or "/", parts.query))
            _pump(self.request, upstream)
        finally:
            self.server.drop(upstream)

    def _reach(self, host: str, port: int) -> socket.socket | None:
        if host not in self.server.names and host not in ("127.0.0.1", "localhost"):
            return None
        try:
            return socket.create_connection(("127.0.0.1", self.server.names.get(host, port)))
        except OSError:
            return None


def _head(readline: Callable[[], bytes]) -> list[str]:
    """First line and fields of a request, up to the empty line; nothing if it ends before."""
    lines = []
    while (line := readline()) not in (b"\r\n", b""):
        lines.append(line.decode("latin-1").rstrip("\r\n"))
    return lines if line else []


def _field(head: list[str], name: str) -> str:
    for line in head[1:]:
        key, _, value = line.partition(":")
        if key.lower() == name:
            return value.strip()
    return ""


def _forwarded(head: list[str], path: str, query: str) -> bytes:
    """The request as the host gets it: its own path, and none of what was meant for the proxy."""
    method = head[0].split(" ")[0]
    fields = [
        line
        for line in head[1:]
        if not line.lower().startswith(("proxy-", "connection:", "keep-alive:"))
    ]
    first = f"{method} {path}{'?' if query else ''}{query} HTTP/1.1"
    return "\r\n".join([first, *fields, "Connection: close", "", ""]).encode("latin-1")


def _pump(one: socket.socket, other: socket.socket) -> None:
    """Carry bytes both ways until either side ends."""
    with selectors.DefaultSelector() as ready:
        ready.register(one, selectors.EVENT_READ, other)
        ready.register(other, selectors.EVENT_READ, one)
        while True:
            for key, _ in ready.select():
                assert isinstance(key.fileobj, socket.socket)
                piece = key.fileobj.recv(_PIECE)
                if not piece:
                    return
                key.data.sendall(piece)
