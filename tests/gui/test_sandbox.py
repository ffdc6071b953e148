"""T16, T17: the sandbox stays on, and the environment can't weaken the web view."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from desktop_app.gui import sandbox

HOSTILE = {
    "QTWEBENGINE_REMOTE_DEBUGGING": "9222",
    "QTWEBENGINE_CHROMIUM_FLAGS": "--no-sandbox",
    "QTWEBENGINE_DISABLE_SANDBOX": "1",
    "QTWEBENGINEPROCESS_PATH": "elsewhere",
    "QT_PLUGIN_PATH": "elsewhere",
    "QT_QPA_PLATFORM_PLUGIN_PATH": "elsewhere",
    "SSLKEYLOGFILE": "keys",
}
HARMLESS = {"HOME": "/home", "QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": "2"}


def test_T17_hostile_variables_are_dropped_and_others_kept() -> None:
    environment = HOSTILE | HARMLESS
    assert sorted(sandbox.scrub(environment)) == sorted(HOSTILE)
    assert environment == HARMLESS


@pytest.fixture
def no_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "why_unsandboxed", lambda: "the program runs as root")


@pytest.fixture
def working_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "why_unsandboxed", lambda: "")


@pytest.mark.usefixtures("working_sandbox")
@pytest.mark.parametrize("loopback_only", [True, False])
def test_T16_where_the_sandbox_works_it_stays_on(loopback_only: bool) -> None:
    environment = {"QTWEBENGINE_DISABLE_SANDBOX": "1"}
    assert sandbox.prepare(loopback_only=loopback_only, environment=environment) == ""
    assert not sandbox.is_switched_off(environment)


@pytest.mark.usefixtures("no_sandbox")
def test_T16_it_is_off_only_for_this_computers_own_pages() -> None:
    environment: dict[str, str] = {}
    assert sandbox.prepare(loopback_only=True, environment=environment) == ""
    assert sandbox.is_switched_off(environment)


@pytest.mark.usefixtures("no_sandbox")
def test_T16_for_any_other_page_sign_in_is_refused_with_the_reason() -> None:
    environment = {"QTWEBENGINE_DISABLE_SANDBOX": "1"}
    why = sandbox.prepare(loopback_only=False, environment=environment)
    assert why == "the program runs as root"
    assert not sandbox.is_switched_off(environment)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="root and namespaces are Linux's")
def test_T16_root_is_told_apart() -> None:
    assert (sandbox.why_unsandboxed() == "the program runs as root") == (os.geteuid() == 0)


def test_T17_the_decision_is_made_before_qt_is_loaded() -> None:
    seen = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; import desktop_app.gui.sandbox;"
            "print([name for name in sys.modules if name.startswith('PySide6')])",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert seen.stdout.strip() == "[]"
