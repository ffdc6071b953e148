"""Which proxy leads outside, for both stacks: the web view and the HTTP client.

What WebEngine does with each setting (measured with Qt 6.12 on Linux, ``test_webview_proxy``):

- ``system``: Chromium reads the system's settings itself.  On Windows and macOS Qt, whom the
  HTTP client asks, reads the same ones, PAC included.  On Linux both read ``http_proxy``,
  ``https_proxy`` and ``no_proxy``; neither follows ``auto_proxy``.  Chromium alone reads what
  GNOME and KDE keep in their settings, PAC included, so there the policy should name the proxy.
- ``none`` and a URL: WebEngine takes type, host and port of Qt's application proxy; a user name
  there is ignored.  Names without a dot and loopback addresses go direct, here as there.
- ``pac+…``: Chromium's own ``--proxy-pac-url`` decides for every host on its own, so that an
  identity provider elsewhere is reached its own way, which one application proxy for all hosts
  could not do.  The HTTP client has the same script run by ``pac``.  A file that can't be had
  or fails means a direct connection in both.  Of several proxies the HTTP client tries the
  first, Chromium the next ones too.

A change while pages are open is seen one navigation late, and the flag never after the first
profile: ``apply_to_qt`` belongs before that.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, MutableMapping
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtNetwork import QNetworkProxy, QNetworkProxyFactory, QNetworkProxyQuery

from desktop_app.core.errors import ConfigError
from desktop_app.core.signin.policy_file import NO_PROXY, SYSTEM_PROXY
from desktop_app.core.signin.profiles import is_loopback_host
from desktop_app.gui.network.pac import PacError, evaluate, first_proxy
from desktop_app.gui.network.reading import ReadingError, read_text
from desktop_app.gui.network.web_trust import authorities

FRESH_S = 600.0  # a PAC file is read again after this, one that couldn't be read earlier
FRESH_AFTER_FAILURE_S = 60.0

_PAC = "pac+"
_FLAGS = "QTWEBENGINE_CHROMIUM_FLAGS"
_SCHEMES = {
    QNetworkProxy.ProxyType.HttpProxy: "http",
    QNetworkProxy.ProxyType.HttpCachingProxy: "http",
    QNetworkProxy.ProxyType.Socks5Proxy: "socks5",
}

_log = logging.getLogger(__name__)


def apply_to_qt(setting: str, environment: MutableMapping[str, str] = os.environ) -> None:
    """Let the web view go through the policy's proxy. Call before the first web profile is made,
    and after ``sandbox.prepare``, which drops the flags that others have left."""
    if setting == SYSTEM_PROXY:
        QNetworkProxyFactory.setUseSystemConfiguration(True)
    elif setting == NO_PROXY:
        QNetworkProxy.setApplicationProxy(QNetworkProxy(QNetworkProxy.ProxyType.NoProxy))
    elif setting.startswith(_PAC):
        QNetworkProxyFactory.setUseSystemConfiguration(True)  # else WebEngine overrides the flag
        # Encoded, it can neither end nor quote: nothing of it becomes another flag.
        address = QUrl(setting.removeprefix(_PAC)).toString(
            QUrl.ComponentFormattingOption.FullyEncoded
        )
        environment[_FLAGS] = f"{environment.get(_FLAGS, '')} --proxy-pac-url={address}".strip()
    else:
        url = QUrl(setting)
        kind = QNetworkProxy.ProxyType.HttpProxy
        QNetworkProxy.setApplicationProxy(QNetworkProxy(kind, url.host(), url.port()))


class ProxyFinder:
    """Answers with the proxy to an address as a URL, "" for a direct connection.

    May block, by seconds: ask it in a worker thread.  ``systemProxyForQuery`` is a static
    function of a reentrant class and holds a lock where it keeps anything, so that is allowed.
    """

    def __init__(
        self, find: Callable[[str], str], recall: Callable[[str], str] | None = None
    ) -> None:
        self._find = find
        self._recall = recall or find

    def __call__(self, url: str) -> str:
        return "" if _goes_direct(url) else self._find(url)

    def name(self, host: str, url: str) -> str:
        """``host:port`` of the proxy on the way to ``url`` of which only the host is known.

        Never waits for a PAC file to be fetched; without its script it is the host alone.
        """
        proxy = QUrl("" if _goes_direct(url) else self._recall(url))
        return f"{host}:{proxy.port()}" if proxy.host() == host.lower() else host


def find_proxy(setting: str, *, ca_file: Path | None = None) -> ProxyFinder:
    """The way that the web view takes with this setting of the policy, for the HTTP client.

    ``ca_file`` holds authorities to trust when a PAC file is fetched.
    """
    if setting == SYSTEM_PROXY:
        return ProxyFinder(_system_proxy)
    if setting == NO_PROXY:
        return ProxyFinder(lambda url: "")
    if setting.startswith(_PAC):
        pac = _Pac(QUrl(setting.removeprefix(_PAC)), ca_file)
        return ProxyFinder(pac.find, pac.recall)
    proxy = setting.rstrip("/")
    return ProxyFinder(lambda url: proxy if "." in QUrl(url).host() else "")


def _goes_direct(url: str) -> bool:
    """As Chromium does by itself, whatever is set up."""
    host = QUrl(url).host()
    return is_loopback_host(host) or host.endswith(".localhost")


def _system_proxy(url: str) -> str:
    for proxy in QNetworkProxyFactory.systemProxyForQuery(QNetworkProxyQuery(QUrl(url))):
        scheme = _SCHEMES.get(proxy.type())
        if scheme:
            return f"{scheme}://{proxy.hostName()}:{proxy.port()}"
        if proxy.type() == QNetworkProxy.ProxyType.NoProxy:
            return ""
    return ""


class _Pac:
    """A PAC file that is read when it is first asked, and again when it has become old."""

    def __init__(self, address: QUrl, ca_file: Path | None) -> None:
        self._address = address
        self._ca_file = ca_file
        self._lock = threading.Lock()
        self._script = ""
        self._stale_at = 0.0

    def find(self, url: str) -> str:
        with self._lock:
            if time.monotonic() >= self._stale_at:
                self._read()
        return self._run(url)

    def recall(self, url: str) -> str:
        """Like ``find``, but by the script as it was last read if it lies elsewhere."""
        return self.find(url) if self._address.isLocalFile() else self._run(url)

    def _run(self, url: str) -> str:
        if not self._script:
            return ""
        try:
            return first_proxy(evaluate(self._script, url))
        except PacError as error:
            _log.warning("The PAC file is of no use, connecting directly: %s", error)
            return ""

    def _read(self) -> None:
        try:
            self._script = read_text(self._address, authorities(self._ca_file))
        except (ConfigError, ReadingError) as error:
            self._script = ""
            self._stale_at = time.monotonic() + FRESH_AFTER_FAILURE_S
            _log.warning("There is no PAC file, connecting directly: %s", error)
        else:
            self._stale_at = time.monotonic() + FRESH_S
