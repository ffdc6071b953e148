"""Reading a PAC file by its address."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEventLoop, QUrl
from PySide6.QtNetwork import (
    QNetworkAccessManager,
    QNetworkProxy,
    QNetworkReply,
    QNetworkRequest,
    QSslCertificate,
    QSslConfiguration,
)

LONGEST_WAIT_MS = 10_000
LARGEST = 1 << 20  # bytes: what Chromium takes of a PAC file


class ReadingError(Exception):
    """Says why, for the log."""


def read_text(address: QUrl, authorities: Sequence[QSslCertificate] = ()) -> str:
    """At most 1 MiB from ``file:`` or, without any proxy, from ``https:``.

    ``authorities`` are trusted beside the system's.  Blocks for 10 s at most, and runs an event
    loop for ``https:``: call it in a worker thread then.  Raises ReadingError.
    """
    content = _read_file(address) if address.isLocalFile() else _fetch(address, authorities)
    if len(content) > LARGEST:
        raise ReadingError("it is larger than 1 MiB")
    return content.decode("utf-8", "replace")


def _read_file(address: QUrl) -> bytes:
    try:
        with Path(address.toLocalFile()).open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        raise ReadingError(f"it can't be read: {error.strerror}") from None


def _fetch(address: QUrl, authorities: Sequence[QSslCertificate]) -> bytes:
    manager = QNetworkAccessManager()
    manager.setProxy(QNetworkProxy(QNetworkProxy.ProxyType.NoProxy))
    request = QNetworkRequest(address)
    request.setTransferTimeout(LONGEST_WAIT_MS)
    trust = QSslConfiguration.defaultConfiguration()
    trust.addCaCertificates(list(authorities))
    request.setSslConfiguration(trust)
    reply = manager.get(request)

    def stop_when_too_large(received: int, _total: int) -> None:
        if received > LARGEST:
            reply.abort()

    reply.downloadProgress.connect(stop_when_too_large)
    waiting = QEventLoop()
    reply.finished.connect(waiting.quit)
    if not reply.isFinished():
        waiting.exec()
    if reply.error() != QNetworkReply.NetworkError.NoError:
        raise ReadingError(f"it can't be fetched: {reply.error().name}")
    return bytes(reply.readAll().data())
