"""``--self-test`` and the trial of the browser: what they find whole, and what they don't."""

from __future__ import annotations

import sys

import pytest
from click.testing import CliRunner, Result

from desktop_app.cli import main
from desktop_app.commands import examining
from desktop_app.commands.examining import Finding
from desktop_app.commands.exits import Exit
from desktop_app.core.signin.findings import Verdict
from desktop_app.gui import sandbox
from tests.commands.conftest import write_policy

WELL = Finding("journey", "Practice journey", Verdict.OK, "19 steps, 300 contacts.")


def tried() -> Result:
    return CliRunner().invoke(main, ["--self-test"])


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the trial of the browser tells; the journey goes well."""
    told = ["It works: Qt, the browser drew a page over TLS, sandboxed."]
    monkeypatch.setattr(
        examining, "window", lambda: Finding("window", "Window", Verdict.OK, told[0])
    )
    monkeypatch.setattr(examining, "journey", lambda: WELL)
    return told


def test_an_installation_that_is_whole_is_told_line_by_line(browser: list[str]) -> None:
    told = tried()
    assert told.exit_code == Exit.COMPLETE
    titles = [line.removeprefix("ok").split(":")[0].strip() for line in told.output.splitlines()]
    assert titles == ["Program", "Encryption", "Browser", "Practice journey"]


def test_T16_a_browser_without_its_sandbox_fails_it(
    browser: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    browser[0] = "It works: Qt, the browser drew a page over TLS, without its sandbox."
    monkeypatch.setattr(sandbox, "why_unsandboxed", lambda: "it runs as root")
    told = tried()
    assert told.exit_code == Exit.FAULT
    assert "wrong    Browser: It draws, but unsandboxed: it runs as root." in told.output


def test_a_journey_that_fails_fails_it(browser: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    lost = Finding("journey", "Practice journey", Verdict.WRONG, "No row came.")
    monkeypatch.setattr(examining, "journey", lambda: lost)
    told = tried()
    assert told.exit_code == Exit.FAULT and "No row came." in told.output


def test_a_store_that_cant_be_written_fails_it(
    browser: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError

    monkeypatch.setattr("desktop_app.core.history.vault.open_store", refuse)
    assert tried().exit_code == Exit.FAULT


def test_a_program_that_ends_without_a_word_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examining, "this_program", lambda: [sys.executable, "-c", "exit(7)"])
    found = examining.window()
    assert found.verdict is Verdict.WARNING and "ended with 7" in found.told
    assert examining.journey().verdict is Verdict.WRONG


@pytest.mark.parametrize(
    "line", ["practice = false", "export = false", "retention_days = 5", 'sign_in = "browser"']
)
def test_where_the_policy_forbids_what_it_does_it_is_left_out(line: str) -> None:
    write_policy(line)
    found = examining.journey()
    assert found.verdict is Verdict.UNKNOWN and "policy" in found.told
    write_policy("exprot = true\n")
    assert examining.journey().verdict is Verdict.WRONG


@pytest.mark.parametrize("verdict", [Verdict.WARNING, Verdict.UNKNOWN, Verdict.WRONG])
def test_a_browser_that_does_not_draw_fails_it(
    browser: list[str], monkeypatch: pytest.MonkeyPatch, verdict: Verdict
) -> None:
    lost = Finding("window", "Window", verdict, "It doesn't work.")
    monkeypatch.setattr(examining, "window", lambda: lost)
    assert tried().exit_code == Exit.FAULT


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="others always have a screen")
def test_without_a_screen_windows_are_drawn_off_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert examining.screenless() == {"QT_QPA_PLATFORM": "offscreen"}
    monkeypatch.setenv("DISPLAY", ":7")
    assert examining.screenless() == {}
