"""Whom the web view trusts, and the words for a certificate that it doesn't.

Chromium trusts whom the system trusts, on Linux what the user's NSS database says.  Further
authorities go with a profile.  Measured with Qt 6.12: ``createOffTheRecordProfile`` drops them,
``createProfile`` keeps them, and a profile that is created with an empty name is off the record
all the same and leaves no file.  So a company's authority costs nothing of what T14 promises.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QDateTime, QObject
from PySide6.QtNetwork import QSsl, QSslCertificate
from PySide6.QtWebEngineCore import (
    QWebEngineCertificateError,
    QWebEngineProfile,
    QWebEngineProfileBuilder,
)

from desktop_app.core.errors import ConfigError, UnsafeEnvironment

Kind = QWebEngineCertificateError.Type

_LONGEST_NAME = 100  # of an issuer, who chooses it

_REASONS = {
    Kind.CertificateCommonNameInvalid: "its certificate is made out to another name",
    Kind.CertificateRevoked: "its certificate was revoked",
    Kind.CertificateWeakSignatureAlgorithm: "its certificate is signed in an outdated way",
    Kind.CertificateWeakKey: "its certificate's key is too weak",
    Kind.CertificateValidityTooLong: "its certificate is valid for too long",
    Kind.CertificateNameConstraintViolation: "its authority may not certify this name",
    Kind.CertificateKnownInterceptionBlocked: "its certificate is known to intercept connections",
    Kind.SslObsoleteVersion: "it speaks an outdated version of TLS",
}


def authorities(ca_file: Path | None) -> list[QSslCertificate]:
    """The certificates of a PEM file; none without one.

    Raises ConfigError for a file that can't be read or holds no certificate.
    """
    if ca_file is None:
        return []
    try:
        content = ca_file.read_bytes()
    except OSError as error:
        raise ConfigError(
            f"The certificate file {ca_file} can't be read: {error.strerror}."
            " Ask your administrator to mend the policy or the file."
        ) from None
    found = QSslCertificate.fromData(content, QSsl.EncodingFormat.Pem)
    if not found:
        raise ConfigError(
            f"The certificate file {ca_file} holds no certificate in PEM form."
            " Ask your administrator to mend it."
        )
    return found


def off_the_record_profile(
    parent: QObject, further_authorities: Sequence[QSslCertificate] = ()
) -> QWebEngineProfile:
    """A profile that writes nothing to disk and trusts ``further_authorities`` too."""
    builder = QWebEngineProfileBuilder()
    builder.setAdditionalTrustedCertificates(further_authorities)
    profile = builder.createProfile("", parent)
    if not profile.isOffTheRecord():  # what an empty name means is measured, not promised
        raise UnsafeEnvironment(
            "The login page can't be shown without leaving traces on this computer."
            " Sign in with your browser."
        )
    return profile


def refusal(error: QWebEngineCertificateError) -> str:
    """Host, reason and issuer, like "login.example.com: its certificate has expired, issued by
    Acme Root"; goes between brackets or at the end of a sentence."""
    chain = error.certificateChain()
    words = f"{error.url().host()}: {_reason(error, chain)}"
    issuer = _printable(chain[0].issuerDisplayName()) if chain else ""
    return f"{words}, issued by {issuer}" if issuer else words


def _reason(error: QWebEngineCertificateError, chain: Sequence[QSslCertificate]) -> str:
    kind = error.type()
    if kind == Kind.CertificateDateInvalid and chain:
        if any(one.expiryDate() < QDateTime.currentDateTimeUtc() for one in chain):
            return "its certificate has expired"
        return "its certificate is not valid yet; is this computer's clock right?"
    if kind == Kind.CertificateAuthorityInvalid:
        if chain and chain[0].isSelfSigned():
            return "its certificate is self-signed"
        return "its certificate comes from an unknown authority"
    return _REASONS.get(kind, error.description())


def _printable(name: str) -> str:
    shown = "".join(each if each.isprintable() else " " for each in name).strip()
    return shown if len(shown) <= _LONGEST_NAME else f"{shown[:_LONGEST_NAME]} …"
