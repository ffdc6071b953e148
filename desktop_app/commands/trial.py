"""``check-window``: loads what the window needs and has its browser draw a page.

A child of ``doctor`` and of the self-test, for Qt stays out of those processes.  The page is
served from here over TLS, so Python's TLS and Chromium's have to understand each other.
"""

from __future__ import annotations

import contextlib
import datetime
import os
import ssl
import sys
import tempfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import click
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from desktop_app.commands.examining import screenless
from desktop_app.commands.exits import Exit

_WITHIN_MS = 40_000
UNSANDBOXED = "without its sandbox"


@click.command("check-window", hidden=True)
def check_window() -> int:
    """Print Qt's version and how the browser drew, or what is missing."""
    from desktop_app.gui import sandbox

    sandbox.prepare(loopback_only=True)
    os.environ.update(screenless())
    try:
        from PySide6.QtCore import qVersion
        from PySide6.QtWidgets import QApplication

        from desktop_app.gui.browser_trial import PAGE, try_browser
    except ImportError as error:
        click.echo(str(error))
        return Exit.FAULT
    application = QApplication(sys.argv[:1])
    with served(PAGE.encode()) as (url, certificate):
        trial = try_browser(url, certificate, _WITHIN_MS)
    application.processEvents()
    if not trial.drawn:
        click.echo(f"Qt {qVersion()} loads, but its browser drew nothing")
        return Exit.FAULT
    how = {True: "sandboxed", False: UNSANDBOXED, None: "with the system's sandbox"}
    click.echo(f"Qt {qVersion()}, the browser drew a page over TLS, {how[trial.sandboxed]}")
    return Exit.COMPLETE


class _QuietServer(HTTPServer):
    def handle_error(self, *told: object) -> None:
        """A browser that looks at a certificate first hangs up once; that is no error."""


@contextlib.contextmanager
def served(page: bytes) -> Iterator[tuple[str, bytes]]:
    """Serve one page over TLS on this computer; its address, and its certificate as PEM."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *told: object) -> None:
            """Nobody asks for a log."""

    certificate, key = _certificate()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory(prefix="contact-history-") as folder:
        both = Path(folder, "trial.pem")
        both.touch(mode=0o600)
        both.write_bytes(key + certificate)
        context.load_cert_chain(both)
    server = _QuietServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"https://localhost:{server.server_port}/", certificate
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _certificate() -> tuple[bytes, bytes]:
    """A certificate for this computer, for today, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return certificate.public_bytes(Encoding.PEM), private
