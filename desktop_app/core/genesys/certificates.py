"""A certificate that was refused: why, and who issued it (safety T15, fault F29)."""

from __future__ import annotations

import asyncio
import base64
import ssl
from enum import Enum

import httpx
from cryptography import x509
from cryptography.x509.oid import NameOID

from desktop_app.core.errors import CertificateRefused

DEADLINE_S = 5.0
LONGEST_NAME = 80

_DATES = "Check this computer's date and time; if they are right, tell your admin."
_PORTAL = (
    "If this network has a sign-in page of its own, open it in a browser first; if not, tell "
    "your admin."
)
_INSPECTION = (
    "If your company inspects traffic, ask its IT to install its certificate authority on this "
    "computer."
)


class Distrust(Enum):
    """Why a certificate was refused, and what mends it, in words."""

    EXPIRED = "it has expired", _DATES
    EARLY = "it is not valid yet", _DATES
    OTHER_HOST = "it is for another address", _PORTAL
    SELF_SIGNED = "it is self-signed", _INSPECTION
    UNKNOWN_AUTHORITY = "this computer does not know the authority behind it", _INSPECTION
    REVOKED = "it was revoked", "Tell your admin."
    OTHER = "it could not be checked", "Tell your admin."


_BY_CODE = {
    # OpenSSL, X509_V_ERR_*: what ssl reports on Linux.
    9: Distrust.EARLY,
    10: Distrust.EXPIRED,
    18: Distrust.SELF_SIGNED,
    19: Distrust.UNKNOWN_AUTHORITY,
    20: Distrust.UNKNOWN_AUTHORITY,
    21: Distrust.UNKNOWN_AUTHORITY,
    23: Distrust.REVOKED,
    62: Distrust.OTHER_HOST,
    64: Distrust.OTHER_HOST,
    # Windows, CERT_E_* and CRYPT_E_*: what truststore reports there.
    0x800B0101: Distrust.EXPIRED,
    0x800B0109: Distrust.UNKNOWN_AUTHORITY,
    0x800B010A: Distrust.UNKNOWN_AUTHORITY,
    0x800B010C: Distrust.REVOKED,
    0x800B010F: Distrust.OTHER_HOST,
    0x80092010: Distrust.REVOKED,
    # macOS, errSec*: likewise.
    -67602: Distrust.OTHER_HOST,
    -67818: Distrust.EXPIRED,
    -67819: Distrust.EARLY,
    -67820: Distrust.REVOKED,
    -67843: Distrust.UNKNOWN_AUTHORITY,
    -25318: Distrust.UNKNOWN_AUTHORITY,
}


def distrust_of(error: ssl.SSLCertVerificationError) -> Distrust:
    return _BY_CODE.get(getattr(error, "verify_code", 0), Distrust.OTHER)


def refusal(why: Distrust, host: str, issuer: str = "") -> CertificateRefused:
    """The error to raise; it goes without the issuer where that isn't known."""
    reason, mend = why.value
    by = f'was issued by "{issuer}" and ' if issuer else ""
    return CertificateRefused(
        f"The certificate of {host} {by}is not trusted: {reason}. {mend}", issuer=issuer
    )


async def refused(why: Distrust, url: str, proxy: httpx.Proxy | None = None) -> CertificateRefused:
    """The same with the issuer named, for which the origin of ``url`` is visited once more.

    Not to be awaited while an exception of httpx is handled: that holds the request.
    """
    return refusal(why, httpx.URL(url).host, await issuer_of(url, proxy))


async def issuer_of(url: str, proxy: httpx.Proxy | None = None) -> str:
    """Who issued the certificate that an https origin shows, by its own words.

    Empty if it can't be read within 5 s.
    """
    try:
        async with asyncio.timeout(DEADLINE_S):
            shown = await _shown_certificate(httpx.URL(url), proxy)
        return _name(x509.load_der_x509_certificate(shown).issuer)
    except (
        OSError,  # TimeoutError and the errors of TLS are among them
        ValueError,
        EOFError,
        asyncio.LimitOverrunError,
        x509.InvalidVersion,
    ):
        return ""


async def _shown_certificate(url: httpx.URL, proxy: httpx.Proxy | None) -> bytes:
    """The origin's certificate, DER: the one place that looks at one without judging it.

    The handshake is all there is: no request is written, and the context, which would accept
    anything, doesn't leave this function.
    """
    host, port = url.raw_host.decode(), url.port or 443
    to = (proxy.url.host, proxy.url.port or 80) if proxy else (host, port)
    reader, writer = await asyncio.open_connection(*to)
    try:
        if proxy:
            await _tunnel(reader, writer, _authority(host, port), proxy)
        looking = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        looking.check_hostname = False
        looking.verify_mode = ssl.CERT_NONE
        await writer.start_tls(looking, server_hostname=host)
        shown: bytes | None = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        return shown or b""
    finally:
        writer.transport.abort()


async def _tunnel(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, target: str, proxy: httpx.Proxy
) -> None:
    """Ask a proxy for a connection (RFC 9110 §9.3.6); ConnectionError if it refuses."""
    lines = [f"CONNECT {target} HTTP/1.1", f"Host: {target}"]
    if proxy.raw_auth:
        credentials = base64.b64encode(b":".join(proxy.raw_auth)).decode()
        lines.append(f"Proxy-Authorization: Basic {credentials}")
    writer.write("\r\n".join([*lines, "", ""]).encode())
    status = (await reader.readuntil(b"\r\n\r\n")).split(b" ", 2)[1:2]
    if not status or not status[0].startswith(b"2"):
        raise ConnectionError


def _authority(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _name(issuer: x509.Name) -> str:
    """The issuer's common name, else its organisation: one line, fit for a sentence."""
    for kind in (
        NameOID.COMMON_NAME,
        NameOID.ORGANIZATION_NAME,
        NameOID.ORGANIZATIONAL_UNIT_NAME,
    ):
        for attribute in issuer.get_attributes_for_oid(kind):
            if name := _plain(str(attribute.value)):
                return name
    return ""


def _plain(text: str) -> str:
    """Anybody can write anything into a certificate."""
    shown = "".join(c if c.isprintable() and c != '"' else " " for c in text)
    line = " ".join(shown.split())
    return line if len(line) <= LONGEST_NAME else line[: LONGEST_NAME - 1].rstrip() + "…"
