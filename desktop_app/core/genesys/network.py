"""How this computer reaches the outside: whom it trusts, and through which proxy.

Trust is the operating system's, and that of one file which the administrator may add.  The
environment adds none (safety T15, T17): ``SSL_CERT_FILE`` and ``SSL_CERT_DIR``, which OpenSSL and
truststore follow on Linux, are not read, nor is ``SSLKEYLOGFILE``, to which
``ssl.create_default_context`` has the keys of every connection written.  The proxies that the
environment names count only as far as ``find_proxy`` asks for them.
"""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import truststore
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from desktop_app.core.errors import ConfigError, NetworkError

# Where Linux distributions keep the authorities of the system, in one file each.
_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu, Arch
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  # Fedora, Red Hat
    "/etc/ssl/ca-bundle.pem",  # SUSE
    "/etc/ssl/cert.pem",  # Alpine
)


@dataclass(frozen=True, slots=True)
class Route:
    """How one origin is reached: judged by whose authorities, through which proxy."""

    verify: ssl.SSLContext = field(repr=False)
    proxy: httpx.Proxy | None

    def __repr__(self) -> str:
        return f"Route(proxy={proxy_address(self.proxy)!r})"


@dataclass(frozen=True, slots=True)
class _Credentials:
    user: str = field(repr=False)
    password: str = field(repr=False)


def no_proxy(url: str) -> str:
    """Every URL is reached directly."""
    return ""


class Network:
    """Routes to the outside, from any thread and any event loop.

    ``find_proxy`` tells for a URL ``http://HOST:PORT``, or "" to go directly; it may block and
    is called on a thread.  ``ca_file`` holds certificate authorities, PEM, to be trusted besides
    the system's; it is read at the first use.
    """

    def __init__(
        self, *, find_proxy: Callable[[str], str] = no_proxy, ca_file: Path | None = None
    ) -> None:
        self._find_proxy = find_proxy
        self._ca_file = ca_file
        self._trust: ssl.SSLContext | None = None
        self._reading = threading.Lock()
        self._credentials: dict[str, _Credentials] = {}

    async def route(self, url: str) -> Route:
        """Raises ``ConfigError`` for a ``ca_file`` that can't be used, and ``NetworkError`` for
        a proxy of a kind that can't."""
        trust = self._trust
        if trust is None:
            trust = await asyncio.to_thread(self._read_trust)
        return Route(trust, await self._proxy(url))

    def use_credentials(self, proxy: str, user: str, password: str) -> None:
        """Sign in to a proxy, named ``HOST:PORT``, from the next route on. In memory only."""
        self._credentials[proxy.lower()] = _Credentials(user, password)

    def credentials(self, proxy: str) -> tuple[str, str] | None:
        """User and password for a proxy, if they were given."""
        known = self._credentials.get(proxy.lower())
        return (known.user, known.password) if known else None

    def forget_credentials(self) -> None:
        """At sign-out: the next person's requests don't go out under this one's name (T35)."""
        self._credentials.clear()

    def _read_trust(self) -> ssl.SSLContext:
        with self._reading:  # so that it is read once
            if self._trust is None:
                self._trust = system_trust(self._ca_file)
            return self._trust

    async def _proxy(self, url: str) -> httpx.Proxy | None:
        if is_loopback(httpx.URL(url).host):
            return None
        found = await asyncio.to_thread(self._find_proxy, url)
        if not found:
            return None
        proxy = httpx.Proxy(_http_proxy(found))
        known = self.credentials(proxy_address(proxy))
        return httpx.Proxy(proxy.url, auth=known) if known else proxy


def trust_for(url: str) -> ssl.SSLContext:
    """The system's trust; without reading it (some 20 ms) where there is no TLS."""
    if httpx.URL(url).scheme == "https":
        return system_trust()
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def system_trust(ca_file: Path | None = None) -> ssl.SSLContext:
    """A context that checks certificates and host names by the system's authorities.

    Windows and macOS judge by themselves, by way of truststore.  Elsewhere the system's file is
    read here: truststore would let the environment name another one, and read it again for each
    connection.  Raises ``ConfigError`` for a ``ca_file`` that can't be used.
    """
    context: ssl.SSLContext
    if sys.platform in ("win32", "darwin"):
        context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    else:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        _load_system(context)
    if ca_file is not None:
        context.load_verify_locations(cadata=_authorities(ca_file))
    return context


def _load_system(context: ssl.SSLContext) -> None:
    # What OpenSSL was built with; its other two fields are the environment's.
    built_in = ssl.get_default_verify_paths()
    for bundle in (built_in.openssl_cafile, *_BUNDLES):
        if Path(bundle).is_file():
            context.load_verify_locations(cafile=bundle)
            return
    if Path(built_in.openssl_capath).is_dir():
        context.load_verify_locations(capath=built_in.openssl_capath)


def _authorities(ca_file: Path) -> bytes:
    """The certificates in a PEM file, DER, one after the other."""
    try:
        certificates = x509.load_pem_x509_certificates(ca_file.read_bytes())
    except OSError as error:
        reason = (error.strerror or "it can't be opened").lower()
        raise ConfigError(
            f"The file of certificate authorities {ca_file} can't be read ({reason}). "
            "Ask your admin to correct it."
        ) from None
    except ValueError:
        raise ConfigError(
            f"The file {ca_file} holds no certificate authority in PEM form. "
            "Ask your admin to correct it."
        ) from None
    return b"".join(certificate.public_bytes(Encoding.DER) for certificate in certificates)


def proxy_address(proxy: httpx.Proxy | None) -> str:
    """``HOST:PORT`` of a proxy, by which it is named to people; empty without one."""
    if proxy is None:
        return ""
    host = proxy.url.host
    return f"{f'[{host}]' if ':' in host else host}:{proxy.url.port or 80}"


def _http_proxy(found: str) -> str:
    try:
        url = httpx.URL(found)
    except httpx.InvalidURL:
        url = httpx.URL()
    if url.scheme != "http" or not url.host:
        kind = f" ({url.scheme})" if url.scheme else ""
        raise NetworkError(
            f"This network's proxy is of a kind{kind} that Contact History can't use. "
            "Ask your admin for the address of an HTTP proxy."
        )
    return found


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this computer's own."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
