"""What every test may rely on: a home, an environment and a keyring of its own, and no network.

Also what every test is held to: no request leaves this machine and no thread outlives the test.
Nothing here needs PySide6, so that ``tests/core`` runs in an environment without it.
"""

from __future__ import annotations

import ipaddress
import os
import sys
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import hypothesis
import keyring
import pytest

from tests.keyring_in_memory import MemoryKeyring

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

LEAVING_S = 2.0
"""What a thread may take to end once its test is over (docs: leaving takes at most 2 s)."""

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
if hasattr(os, "geteuid") and os.geteuid() == 0:
    # Chromium refuses to start as root with its sandbox on; every host in a test is loopback.
    os.environ.setdefault("QTWEBENGINE_DISABLE_SANDBOX", "1")
# The graphics driver's cache would count as something that a login has left behind.
os.environ["MESA_SHADER_CACHE_DISABLE"] = "true"
# A camera and a microphone to be refused, on machines that have none.
os.environ["QTWEBENGINE_CHROMIUM_FLAGS"] = "--use-fake-device-for-media-stream"

hypothesis.settings.register_profile("project", deadline=None, print_blob=True)
hypothesis.settings.load_profile("project")


def _is_here(host: object) -> bool:
    if isinstance(host, bytes | bytearray):
        host = host.decode("ascii", "replace")
    if host is None or host in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False


def _refuse_network(event: str, arguments: tuple[object, ...]) -> None:
    """An audit hook: sees every address that Python code is about to look up or to speak to."""
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event in ("socket.connect", "socket.sendto") and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    else:
        return
    if not _is_here(host):
        pytest.fail(f"A test reached for {host}; tests speak to this machine only.")


sys.addaudithook(_refuse_network)


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Let the ``qt_`` settings stand unread where pytest-qt, and with it PySide6, is absent."""
    if not pluginmanager.hasplugin("pytest-qt"):
        for name in ("qt_api", "qt_log_level_fail"):
            parser.addini(name, "read by pytest-qt only")
        parser.addini("qt_log_ignore", "read by pytest-qt only", type="linelist")


@pytest.fixture(scope="session")
def qapp_cls() -> type[QApplication]:
    """pytest-qt's application, able to hold web views whichever test comes first."""
    from PySide6.QtCore import QCoreApplication, Qt
    from PySide6.QtWidgets import QApplication

    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    return QApplication


@pytest.fixture(autouse=True)
def _own_surroundings(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of the person's home, settings, proxies, time zone or secrets reaches a test."""
    home = tmp_path_factory.mktemp("home")
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(home))
    for name, folder in {
        "XDG_CACHE_HOME": "cache",
        "XDG_CONFIG_HOME": "config",
        "XDG_DATA_HOME": "data",
        "XDG_STATE_HOME": "state",
        "XDG_RUNTIME_DIR": "runtime",
        "APPDATA": "roaming",
        "LOCALAPPDATA": "local",
    }.items():
        (home / folder).mkdir(mode=0o700)
        monkeypatch.setenv(name, str(home / folder))
    for name in os.environ:
        if name.lower().endswith("_proxy") or name.startswith(("CONTACT_HISTORY_", "GENESYS_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "tests.keyring_in_memory.MemoryKeyring")
    keyring.set_keyring(MemoryKeyring())


@pytest.fixture(autouse=True)
def _no_thread_outlives_the_test() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + LEAVING_S
    left = [thread for thread in threading.enumerate() if thread not in before]
    # Threads that Qt or Chromium began show up as dummies; they cannot be joined.
    left = [thread for thread in left if not isinstance(thread, threading._DummyThread)]
    for thread in left:
        thread.join(max(0.0, deadline - time.monotonic()))
    names = sorted(thread.name for thread in left if thread.is_alive())
    assert not names, f"threads outlived the test: {', '.join(names)}"
    if "PySide6.QtCore" in sys.modules:
        _join_qt_pool()


@pytest.fixture(autouse=True)
def _no_web_page_outlives_the_test() -> Iterator[None]:
    """One that is left crashes the interpreter when it ends, long after its test has passed."""
    yield
    if "PySide6.QtWebEngineCore" in sys.modules:
        _delete_what_was_deleted_later()
        left = _web_objects()
        assert not left, f"left of the web view: {', '.join(left)}"


def _delete_what_was_deleted_later() -> None:
    """Qt keeps that for the next event loop, and after the last test there is none."""
    from PySide6.QtCore import QCoreApplication, QEvent

    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _web_objects() -> list[str]:
    import shiboken6
    from PySide6.QtWebEngineCore import QWebEnginePage, QWebEngineProfile

    kinds = (QWebEnginePage, QWebEngineProfile)
    return [repr(each) for each in shiboken6.getAllValidWrappers() if isinstance(each, kinds)]


def _join_qt_pool() -> None:
    from PySide6.QtCore import QThreadPool

    assert QThreadPool.globalInstance().waitForDone(int(LEAVING_S * 1000)), (
        "work in Qt's thread pool outlived the test"
    )
