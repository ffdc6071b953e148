"""A PAC script, run for one address at a time: which proxy leads there.

The script runs in an engine of its own, new for each question (0.5 ms), which knows nothing but
the language and the functions of PAC: no files, no network, no module.  Everything lives and dies
in the calling thread, as QJSEngine wants it, so any thread may ask.
"""

from __future__ import annotations

import threading
from typing import Final

from PySide6.QtCore import QObject, QUrl, Signal, Slot
from PySide6.QtNetwork import QAbstractSocket, QHostAddress, QNetworkInterface
from PySide6.QtQml import QJSEngine

from desktop_app.gui.network.pac_functions import PacFunctions

LONGEST_RUN_S: Final = 2.0

_SCHEMES: Final = {
    "PROXY": "http",
    "HTTP": "http",
    "HTTPS": "https",
    "SOCKS": "socks5",
    "SOCKS5": "socks5",
    "SOCKS4": "socks4",
}

# The host object stays inside this function: the script sees the functions only.
_PRELUDE: Final = """
(function (global, host, names) {
    names.forEach(function (name) {
        global[name] = function () {
            var found = host.call(name, Array.from(arguments));
            return found === undefined ? null : found;
        };
    });
    global.alert = function () {};
    var run = eval;  // by another name it runs in the global scope
    host.asked.connect(function (script, url, name) {
        try {
            run(script);
            var found = FindProxyForURL(url, name);
            host.answer(found === null || found === undefined ? "" : String(found));
        } catch (error) {
            host.fail(String(error));
        }
    });
})(this, host, names);
host = names = undefined;
"""


class PacError(Exception):
    """The script gave no answer; says why, for the log."""


class _Host(QObject):
    asked = Signal(str, str, str)  # the script, the address, its host

    def __init__(self, functions: PacFunctions) -> None:
        super().__init__()
        self._functions = functions
        self.found: str | None = None
        self.why = ""

    @Slot(str, "QVariantList", result="QVariant")
    def call(self, name: str, arguments: list[object]) -> object:
        return self._functions.call(name, arguments)

    @Slot(str)
    def answer(self, found: str) -> None:
        self.found = found

    @Slot(str)
    def fail(self, why: str) -> None:
        self.why = why


def own_address() -> str:
    """This computer's first IPv4 address that others can reach; the loopback's without any."""
    for address in QNetworkInterface.allAddresses():
        is_v4 = address.protocol() == QAbstractSocket.NetworkLayerProtocol.IPv4Protocol
        if is_v4 and not address.isLoopback() and not address.isLinkLocal():
            return address.toString()
    return QHostAddress(QHostAddress.SpecialAddress.LocalHost).toString()


def evaluate(
    script: str,
    url: str,
    *,
    functions: PacFunctions | None = None,
    longest_run_s: float = LONGEST_RUN_S,
) -> str:
    """What ``FindProxyForURL`` says, like ``PROXY a:1; DIRECT``; "" for null.

    It is told the origin only, never path, query or fragment: these may hold what is secret.
    Blocks for ``longest_run_s`` at most, and for DNS where the script asks for that.
    Raises PacError for a script that is broken or runs longer.
    """
    functions = functions or PacFunctions(own_address=own_address)
    host = _Host(functions)
    engine = QJSEngine()
    QJSEngine.setObjectOwnership(host, QJSEngine.ObjectOwnership.CppOwnership)
    engine.globalObject().setProperty("host", engine.newQObject(host))
    engine.globalObject().setProperty("names", engine.toScriptValue(functions.names))
    engine.evaluate(_PRELUDE)
    # Not a job for the lanes of ``gui.tasks``: it must run beside the lane that asks.
    limit = threading.Timer(longest_run_s, engine.setInterrupted, [True])
    limit.start()
    try:
        # By a signal, which lets go of Python's lock; ``evaluate`` and ``call`` keep it, and the
        # timer's thread would never run while the script does.
        host.asked.emit(script, _origin(url), QUrl(url).host())
    finally:
        limit.cancel()
        limit.join()
    if engine.isInterrupted():
        raise PacError(f"the script ran for more than {longest_run_s:g} s")
    if host.found is None:
        raise PacError(f"the script failed: {host.why}")
    return host.found


def _origin(url: str) -> str:
    address, origin = QUrl(url), QUrl()
    origin.setScheme(address.scheme())
    origin.setHost(address.host())
    origin.setPort(address.port())
    origin.setPath("/")
    return origin.toString(QUrl.ComponentFormattingOption.FullyEncoded)


def first_proxy(found: str) -> str:
    """The first way that ``found`` names and we know, as a URL; "" for DIRECT and for none.

    >>> first_proxy("PROXY proxy.example.com:8080; DIRECT")
    'http://proxy.example.com:8080'
    """
    for way in found.split(";"):
        kind, _, place = way.strip().partition(" ")
        if kind.upper() == "DIRECT":
            return ""
        scheme, place = _SCHEMES.get(kind.upper()), place.strip()
        if scheme and QUrl(f"{scheme}://{place}").port() > 0:
            return f"{scheme}://{place}"
    return ""
